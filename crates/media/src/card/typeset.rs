use std::collections::HashMap;

use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;

use super::fonts::{Face, FontIndex, Fonts};
use super::text;

/// The longest word that is never broken, in graphemes.
const LONGEST_WORD: usize = 20;

/// The parts a longer word falls into, in graphemes.
const WORD_PART: usize = 12;

/// Text of one font and one direction, without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) font: FontIndex,
    pub(super) level: Level,
}

/// Pieces between which a line does not break.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) pieces: Vec<Piece>,
    /// The direction of the space before this unit, where there is one.
    pub(super) space: Option<Level>,
    /// Whether the next unit has to stay on the same line.
    pub(super) holds_next: bool,
}

/// A text cut for setting.
#[derive(Clone, Debug)]
pub(super) struct Typeset {
    pub(super) units: Vec<Unit>,
    /// The font whose space divides the words.
    pub(super) space: FontIndex,
    pub(super) tall: bool,
}

/// Cuts `line` into units that a line can hold, each piece in the first fitting font, `display` before all.
///
/// # Errors
///
/// The first grapheme for which there is no font.
pub(super) fn typeset(line: &str, display: Face, fonts: &Fonts) -> Result<Typeset, String> {
    let graphemes: Vec<(usize, &str)> = line.grapheme_indices(true).collect();
    let chosen = choose(&graphemes, display, fonts)?;
    let levels = BidiInfo::new(line, None).levels;

    let mut units: Vec<Unit> = Vec::new();
    let mut space = None;
    let word_lengths = word_lengths(&graphemes);
    let mut previous: Option<&str> = None;
    let mut in_word = 0;
    for (index, (at, grapheme)) in graphemes.iter().enumerate() {
        let level = levels.get(*at).copied().unwrap_or_else(Level::ltr);
        if *grapheme == " " {
            space = Some(level);
            previous = None;
            continue;
        }
        in_word = if previous.is_some() { in_word + 1 } else { 0 };
        let long = word_lengths.get(index).is_some_and(|length| *length > LONGEST_WORD);
        let breaks = previous.is_none_or(|previous| may_break(previous, grapheme) || long && in_word % WORD_PART == 0);
        if breaks {
            units.push(Unit { space: space.take(), ..Unit::default() });
        }
        if let (Some(unit), Some(font)) = (units.last_mut(), chosen.get(index)) {
            unit.push(grapheme, *font, level);
        }
        previous = Some(grapheme);
    }
    for unit in &mut units {
        unit.finish();
    }
    Ok(Typeset { units, space: latin_font(&graphemes, display, fonts), tall: text::is_tall(line) })
}

impl Unit {
    fn push(&mut self, grapheme: &str, font: FontIndex, level: Level) {
        match self.pieces.last_mut() {
            Some(piece) if piece.font == font && piece.level == level => piece.text.push_str(grapheme),
            _ => self.pieces.push(Piece { text: grapheme.to_owned(), font, level }),
        }
    }

    fn finish(&mut self) {
        let alone = matches!(self.pieces.as_slice(), [piece] if ["&", "+", "–", "—"].contains(&piece.text.as_str()));
        self.holds_next = alone;
        for piece in &mut self.pieces {
            if piece.level.is_rtl() && !has_strong_rtl(&piece.text) {
                piece.text = mirrored(&piece.text);
            }
        }
    }
}

/// One font for each grapheme.
fn choose(graphemes: &[(usize, &str)], display: Face, fonts: &Fonts) -> Result<Vec<FontIndex>, String> {
    let mut wanted: Vec<&str> =
        graphemes.iter().map(|(_, grapheme)| *grapheme).filter(|grapheme| *grapheme != " ").collect();
    wanted.sort_unstable();
    wanted.dedup();

    let latin = latin_font(graphemes, display, fonts);
    let mut found: HashMap<&str, FontIndex> = HashMap::new();
    let mut take = |font: FontIndex, may: fn(&str) -> bool| {
        let open: Vec<&str> =
            wanted.iter().filter(|grapheme| !found.contains_key(**grapheme) && may(grapheme)).copied().collect();
        let covered = if open.is_empty() { Vec::new() } else { fonts.covers(font, &open) };
        found.extend(open.iter().zip(covered).filter(|(_, covered)| *covered).map(|(grapheme, _)| (*grapheme, font)));
    };

    take(Face::Emoji.into(), text::is_emoji);
    take(latin, text::is_european);
    for face in order(display, graphemes) {
        take(face.into(), |_| true);
    }
    for font in fonts.extras() {
        take(font, |_| true);
    }
    graphemes
        .iter()
        .map(|(_, grapheme)| match *grapheme {
            " " => Ok(latin),
            grapheme => found.get(grapheme).copied().ok_or_else(|| grapheme.to_owned()),
        })
        .collect()
}

/// The one font for all Latin, Greek and Cyrillic letters of a line, so that no name changes its face in the middle.
fn latin_font(graphemes: &[(usize, &str)], display: Face, fonts: &Fonts) -> FontIndex {
    let european: Vec<&str> = graphemes
        .iter()
        .map(|(_, grapheme)| *grapheme)
        .filter(|grapheme| text::is_european(grapheme) && *grapheme != " ")
        .collect();
    let has_letter = european.iter().any(|grapheme| grapheme.contains(char::is_alphabetic));
    let foreign =
        graphemes.iter().any(|(_, grapheme)| !text::is_european(grapheme) && grapheme.contains(char::is_alphabetic));
    let fits = |font: Face| fonts.covers(font.into(), &european).iter().all(|covered| *covered);
    // Beside a script that has no display face, a lone mark looks best in the plain one.
    if (has_letter || !foreign) && fits(display) { display.into() } else { Face::Sans.into() }
}

/// The fonts to try after the emoji and the Latin one. The shapes of Han differ: kana calls for Japan's, hangul for Korea's.
fn order(display: Face, graphemes: &[(usize, &str)]) -> [Face; 10] {
    use Face::{Arabic, Chinese, Devanagari, Emoji, Hebrew, Japanese, Korean, Sans, Thai};
    let any = |within: fn(char) -> bool| graphemes.iter().any(|(_, grapheme)| grapheme.contains(within));
    let han = if any(|c| matches!(c, '\u{3041}'..='\u{30FF}')) {
        [Japanese, Chinese, Korean]
    } else if any(|c| matches!(c, '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7A3}')) {
        [Korean, Chinese, Japanese]
    } else {
        [Chinese, Japanese, Korean]
    };
    [display, Arabic, Hebrew, Devanagari, Thai, han[0], han[1], han[2], Sans, Emoji]
}

/// Whether a line may break between two neighbours without a space.
fn may_break(before: &str, after: &str) -> bool {
    const NOT_AT_START: &str = "、。，．・：；？！ー」』）】〉》”’…ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々";
    const NOT_AT_END: &str = "「『（【〈《“‘";
    if before == "-" {
        return true;
    }
    let wide = |grapheme: &str| grapheme.starts_with(text::is_wide);
    (wide(before) || wide(after)) && !NOT_AT_START.contains(after) && !NOT_AT_END.contains(before)
}

/// For each grapheme the length of the word it stands in.
fn word_lengths(graphemes: &[(usize, &str)]) -> Vec<usize> {
    let words = graphemes.split(|(_, grapheme)| *grapheme == " ");
    let mut lengths: Vec<usize> =
        words.flat_map(|word| std::iter::repeat_n(word.len(), word.len()).chain([0])).collect();
    lengths.truncate(graphemes.len());
    lengths
}

fn has_strong_rtl(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(unicode_bidi::bidi_class(c), unicode_bidi::BidiClass::R | unicode_bidi::BidiClass::AL))
}

/// Marks of a right-to-left run as they look when drawn from left to right.
fn mirrored(marks: &str) -> String {
    const PAIRS: [(&str, &str); 5] = [("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("«", "»")];
    let mirror = |grapheme| {
        let pair = PAIRS.iter().find_map(|(open, close)| match grapheme {
            _ if grapheme == *open => Some(*close),
            _ if grapheme == *close => Some(*open),
            _ => None,
        });
        pair.unwrap_or(grapheme)
    };
    marks.graphemes(true).rev().map(mirror).collect()
}
