use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;

use super::fonts::Face;
use super::measure::Measure;
use super::svg::{Svg, escaped};
use super::typeset::{Piece, Typeset, Unit, typeset};

/// How one line of the wording is to be set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice {
    pub(super) face: Face,
    pub(super) colour: &'static str,
    /// Font sizes, in pixels.
    pub(super) largest: f64,
    pub(super) smallest: f64,
    pub(super) max_lines: usize,
    /// From baseline to baseline, in font sizes.
    pub(super) leading: f64,
}

/// The room for a block, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Lines that fit.
#[derive(Debug)]
pub(super) struct Block {
    lines: Vec<Line>,
    size: f64,
    leading: f64,
    tall: bool,
    colour: &'static str,
}

/// Pieces from left to right, each at its distance from the line's start at a font size of 100.
#[derive(Debug)]
struct Line {
    pieces: Vec<(f64, Piece)>,
    width: f64,
}

/// Another line has to make the text this much larger to be worth it.
const WORTH_A_LINE: f64 = 1.12;

/// Lines of scripts with marks above and below are at least this far apart, in font sizes.
const TALL_LEADING: f64 = 1.42;

impl Block {
    /// Sets `text` as large as `room` allows; where even the smallest size is too large, cuts it and adds "…".
    ///
    /// # Errors
    ///
    /// The first grapheme that cannot be written.
    pub(super) fn fit(text: &str, voice: &Voice, room: Room, measure: &mut Measure<'_>) -> Result<Self, String> {
        if let Some(block) = Self::whole(text, voice, room, measure)? {
            return Ok(block);
        }
        let graphemes: Vec<&str> = text.graphemes(true).collect();
        let (mut fits, mut too_long) = (0, graphemes.len());
        let mut best = None;
        while fits + 1 < too_long {
            let middle = fits.midpoint(too_long);
            let shorter = graphemes.get(..middle).unwrap_or_default().concat();
            match Self::whole(&format!("{}…", shorter.trim_end()), voice, room, measure)? {
                Some(block) => (fits, best) = (middle, Some(block)),
                None => too_long = middle,
            }
        }
        best.ok_or_else(|| text.to_owned())
    }

    fn whole(text: &str, voice: &Voice, room: Room, measure: &mut Measure<'_>) -> Result<Option<Self>, String> {
        let set = typeset(text, voice.face, measure.fonts())?;
        measure.prepare(set.units.iter().flat_map(|unit| &unit.pieces))?;
        let leading = if set.tall { voice.leading.max(TALL_LEADING) } else { voice.leading };
        let ruler = Ruler { space: measure.fonts().space(set.space), measure };

        let mut best: Option<(f64, Vec<&[Unit]>)> = None;
        let mut lines_count = 0.0;
        for max_lines in 1..=voice.max_lines {
            lines_count += 1.0;
            let lines = ruler.balanced(&set, max_lines);
            let widest = lines.iter().map(|line| ruler.width(line)).fold(1.0, f64::max);
            let size = voice
                .largest
                .min(room.width / widest * 100.0)
                .min(room.height / height(lines_count, leading, set.tall));
            if lines.len() == max_lines && best.as_ref().is_none_or(|(before, _)| size > before * WORTH_A_LINE) {
                best = Some((size, lines));
            }
        }
        let fitting = best.filter(|(size, lines)| *size >= voice.smallest && !lines.is_empty());
        Ok(fitting.map(|(size, lines)| Self {
            lines: lines.iter().map(|line| ruler.line(line)).collect(),
            size,
            leading,
            tall: set.tall,
            colour: voice.colour,
        }))
    }

    pub(super) fn width(&self) -> f64 {
        self.lines.iter().map(|line| line.width).fold(0.0, f64::max) * self.size / 100.0
    }

    pub(super) fn height(&self) -> f64 {
        let lines = self.lines.iter().fold(0.0, |count, _| count + 1.0);
        height(lines, self.leading, self.tall) * self.size
    }

    /// The pieces from left to right and from the first line to the last.
    #[cfg(test)]
    pub(super) fn pieces(&self) -> Vec<String> {
        self.lines.iter().flat_map(|line| &line.pieces).map(|(_, piece)| piece.text.clone()).collect()
    }

    /// The block around `centre`, its upper edge at `top`, in pixels.
    pub(super) fn draw(&self, centre: f64, top: f64, svg: &mut Svg) {
        let mut baseline = top + ascent(self.tall) * self.size;
        for line in &self.lines {
            let left = centre - line.width * self.size / 200.0;
            for (offset, piece) in &line.pieces {
                let (x, size) = (left + offset * self.size / 100.0, self.size);
                let (family, colour, text) = (piece.font.family(), self.colour, escaped(&piece.text));
                svg.add(format_args!(
                    r#"<text x="{x:.1}" y="{baseline:.1}" font-size="{size:.2}" font-family="{family}" fill="{colour}">{text}</text>"#
                ));
            }
            baseline += self.leading * self.size;
        }
    }
}

/// From a block's upper edge to its first baseline, in font sizes.
fn ascent(tall: bool) -> f64 {
    if tall { 1.0 } else { 0.76 }
}

fn height(lines: f64, leading: f64, tall: bool) -> f64 {
    ascent(tall) + (lines - 1.0) * leading + if tall { 0.4 } else { 0.24 }
}

/// Widths at a font size of 100.
struct Ruler<'m, 'f> {
    space: f64,
    measure: &'m Measure<'f>,
}

impl Ruler<'_, '_> {
    fn unit(&self, unit: &Unit) -> f64 {
        unit.pieces.iter().map(|piece| self.measure.width(piece)).sum()
    }

    fn gap(&self, unit: &Unit) -> f64 {
        unit.space.map_or(0.0, |_| self.space)
    }

    fn width(&self, line: &[Unit]) -> f64 {
        let gaps: f64 = line.iter().skip(1).map(|unit| self.gap(unit)).sum();
        gaps + line.iter().map(|unit| self.unit(unit)).sum::<f64>()
    }

    /// The breaks into at most `max_lines` lines whose longest line is as short as can be.
    fn balanced<'u>(&self, set: &'u Typeset, max_lines: usize) -> Vec<&'u [Unit]> {
        let (mut low, mut high) = (0.0, self.width(&set.units));
        let mut best = vec![set.units.as_slice()];
        for _ in 0..24 {
            let middle = f64::midpoint(low, high);
            match self.greedy(&set.units, middle).filter(|lines| lines.len() <= max_lines) {
                Some(lines) => (best, high) = (lines, middle),
                None => low = middle,
            }
        }
        best
    }

    /// Lines no wider than `limit`; `None` if a unit alone is wider.
    fn greedy<'u>(&self, units: &'u [Unit], limit: f64) -> Option<Vec<&'u [Unit]>> {
        let mut lines = Vec::new();
        let mut rest = units;
        while !rest.is_empty() {
            let mut taken = 0;
            let mut width = 0.0;
            for (index, unit) in rest.iter().enumerate() {
                width += self.unit(unit) + if index == 0 { 0.0 } else { self.gap(unit) };
                if width > limit {
                    break;
                }
                if !unit.holds_next || index + 1 == rest.len() {
                    taken = index + 1;
                }
            }
            let (line, after) = rest.split_at_checked(taken).filter(|_| taken > 0)?;
            lines.push(line);
            rest = after;
        }
        Some(lines)
    }

    /// The line from left to right.
    fn line(&self, units: &[Unit]) -> Line {
        let logical: Vec<(Level, Option<&Piece>)> = units
            .iter()
            .enumerate()
            .flat_map(|(index, unit)| {
                let space = unit.space.filter(|_| index > 0).map(|level| (level, None));
                space.into_iter().chain(unit.pieces.iter().map(|piece| (piece.level, Some(piece))))
            })
            .collect();
        let levels: Vec<Level> = logical.iter().map(|(level, _)| *level).collect();

        let mut line = Line { pieces: Vec::new(), width: 0.0 };
        for index in BidiInfo::reorder_visual(&levels) {
            match logical.get(index) {
                Some((_, Some(piece))) => {
                    line.pieces.push((line.width, (*piece).clone()));
                    line.width += self.measure.width(piece);
                }
                _ => line.width += self.space,
            }
        }
        line
    }
}
