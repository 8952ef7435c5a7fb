use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use resvg::tiny_skia::{Pixmap, Transform};

use super::fonts::{self, Fonts};
use super::look::{self, Look, Role};
use super::measure::{self, Measure};
use super::setting::{Block, Room};
use super::svg::{Dice, Svg};
use super::wording::Wording;
use super::{CardBrief, text};

/// The size of a card in pixels: Instagram's tallest feed format, 4:5, a little inside it.
const WIDTH: u16 = 1_080;
const HEIGHT: u16 = 1_340;

const QUALITY: u8 = 90;

/// A drawn card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// A baseline JPEG, sRGB, 4:2:0.
    pub jpeg: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// What a person should know of the card: lines that had to be left out, and why.
    pub notes: Vec<String>,
}

/// Why there is no card.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// A font of the bundle is not where it should be: the setting for the fonts' folder is wrong or the folder is not whole.
    #[error("there is no usable font at {}; the fonts' folder is missing or not whole", path.display())]
    FontMissing {
        /// The file that was looked for.
        path: PathBuf,
    },
    /// The drawing failed; another card may well succeed.
    #[error("the card could not be drawn: {reason}")]
    Drawing {
        /// What the engine said.
        reason: String,
    },
}

/// Draws cards. The fonts are read at the first card and not before: a server that draws none stays small.
#[derive(Debug)]
pub struct CardPress {
    bundled: PathBuf,
    extra: Option<PathBuf>,
    fonts: Mutex<Option<Arc<Fonts>>>,
}

impl CardPress {
    /// A press with the fonts of the folder `bundled`, and those under `extra` for what the bundle cannot write.
    #[must_use]
    pub fn new(bundled: PathBuf, extra: Option<PathBuf>) -> Self {
        Self { bundled, extra, fonts: Mutex::new(None) }
    }

    /// Whether the fonts are where they should be, to be asked before anybody wants a card.
    ///
    /// # Errors
    ///
    /// [`CardError::FontMissing`] where the bundled fonts are not whole.
    pub fn check(&self) -> Result<(), CardError> {
        fonts::missing(&self.bundled).map_or(Ok(()), |path| Err(CardError::FontMissing { path }))
    }

    /// Draws the card of `brief`. This computes for some ten milliseconds: keep it off the threads that answer requests.
    ///
    /// # Errors
    ///
    /// [`CardError::FontMissing`] where the bundled fonts are not whole, [`CardError::Drawing`] where the engine fails.
    pub fn render(&self, brief: &CardBrief) -> Result<Card, CardError> {
        let fonts = self.loaded()?;
        let (svg, notes) = sheet(brief, &fonts);
        Ok(Card { jpeg: jpeg(&raster(&svg, &fonts)?)?, width: WIDTH.into(), height: HEIGHT.into(), notes })
    }

    fn loaded(&self) -> Result<Arc<Fonts>, CardError> {
        let mut fonts = self.fonts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fonts) = fonts.as_ref() {
            return Ok(Arc::clone(fonts));
        }
        let loaded = Arc::new(Fonts::load(&self.bundled, self.extra.as_deref())?);
        *fonts = Some(Arc::clone(&loaded));
        Ok(loaded)
    }
}

/// The card as SVG, and what was left out of it.
pub(super) fn sheet(brief: &CardBrief, fonts: &Fonts) -> (String, Vec<String>) {
    let look = look::of(brief.look);
    let mut measure = Measure::new(fonts);
    let mut notes = Vec::new();
    let wording = writable(Wording::new(brief), look, &mut measure, &mut notes);

    let mut words = Svg::new();
    draw_words(look, &wording, &mut measure, &mut words);
    draw_date(look, &wording.date, &mut measure, &mut words);

    let svg = look
        .template
        .replace("<!-- scatter -->", &(look.scatter)(&mut Dice::new(brief.seed)))
        .replace("<!-- words -->", &words.into_string());
    (svg, notes)
}

/// The wording without the lines that no font can write.
fn writable(mut wording: Wording, look: &Look, measure: &mut Measure<'_>, notes: &mut Vec<String>) -> Wording {
    // A first setting in a room of no limits: only the glyphs are in question.
    for (line, role) in
        [(&mut wording.hero, Role::Hero), (&mut wording.second, Role::Second), (&mut wording.note, Role::Note)]
    {
        let room = Room { width: f64::MAX, height: f64::MAX };
        if line.is_empty() {
            continue;
        }
        if let Err(unwritable) = Block::fit(line, look.voice(role), room, measure) {
            let script = text::script_name(&unwritable);
            notes.push(format!("the line “{line}” was left out: no font for {script}; put one into FONT_DIR"));
            line.clear();
        }
    }
    wording.raised()
}

fn draw_words(look: &Look, wording: &Wording, measure: &mut Measure<'_>, svg: &mut Svg) {
    let zone = look.bottom - look.top;
    let mut left = zone;
    let mut blocks = Vec::new();
    let lines = [(&wording.hero, Role::Hero), (&wording.second, Role::Second), (&wording.note, Role::Note)];
    let lines: Vec<_> = lines.into_iter().filter(|(line, _)| !line.is_empty()).collect();
    for (index, (line, role)) in lines.iter().enumerate() {
        let gap = if index == 0 { 0.0 } else { look.gap(*role) };
        let reserved: f64 = lines.iter().skip(index + 1).map(|(_, role)| role.share() * zone + look.gap(*role)).sum();
        let room = Room { width: look.column, height: left - gap - reserved };
        let Ok(block) = Block::fit(line, look.voice(*role), room, measure) else { continue };
        left -= gap + block.height();
        blocks.push((gap, *role, block));
    }

    let mut y = look.top + left / 2.0;
    for (gap, role, block) in blocks {
        if role == Role::Second && gap > 0.0 {
            svg.add(format_args!(r#"<g transform="translate(540 {:.1})">{}</g>"#, y + gap * 0.4, look.divider));
        }
        y += gap;
        block.draw(540.0, y, svg);
        y += block.height();
    }
}

fn draw_date(look: &Look, date: &str, measure: &mut Measure<'_>, svg: &mut Svg) {
    let room = Room { width: look.column - 100.0, height: 80.0 };
    let Ok(block) = Block::fit(date, look.voice(Role::Date), room, measure) else { return };
    let (width, height) = (block.width() + 88.0, 84.0);
    let (x, y, radius) = (540.0 - width / 2.0, look.date_at - height / 2.0, height / 2.0);
    let pill = look.pill;
    svg.add(format_args!(r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height}" rx="{radius}" {pill}/>"#));
    // A date has no descenders to speak of but "y": what is centred is the height of its capitals.
    block.draw(540.0, look.date_at - block.height() * 0.5 + 1.0, svg);
}

pub(super) fn raster(svg: &str, fonts: &Fonts) -> Result<Pixmap, CardError> {
    let failed = |reason: &str| CardError::Drawing { reason: reason.to_owned() };
    let tree = measure::parse(svg, fonts).map_err(|reason| CardError::Drawing { reason })?;
    let mut pixmap = Pixmap::new(WIDTH.into(), HEIGHT.into()).ok_or_else(|| failed("no memory for the picture"))?;
    catch_unwind(AssertUnwindSafe(|| resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut())))
        .map_err(|_| failed("the engine panicked"))?;
    Ok(pixmap)
}

/// Every look paints the whole page, so there is no transparency to flatten.
fn jpeg(pixmap: &Pixmap) -> Result<Vec<u8>, CardError> {
    let mut jpeg = Vec::with_capacity(256 * 1024);
    let mut encoder = Encoder::new(&mut jpeg, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    let outcome = encoder.encode(pixmap.data(), WIDTH, HEIGHT, ColorType::Rgba);
    outcome.map_err(|error| CardError::Drawing { reason: error.to_string() })?;
    Ok(jpeg)
}
