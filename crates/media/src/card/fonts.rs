use std::path::{Path, PathBuf};
use std::sync::Arc;

use fontdb::{Database, ID, Source, Style};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::{CardError, text};

/// Where the fonts of this crate stand in a source tree.
#[must_use]
pub fn bundled_fonts() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts"))
}

/// A font of the bundle; the number is its place in [`FILES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Pacifico,
    Baloo,
    GreatVibes,
    Cormorant,
    Yeseva,
    Bricolage,
    Outfit,
    Sans,
    Arabic,
    Hebrew,
    Devanagari,
    Thai,
    Japanese,
    Chinese,
    Korean,
    Emoji,
}

const FILES: [&str; 16] = [
    "Pacifico_400Regular.ttf",
    "Baloo2_800ExtraBold.ttf",
    "GreatVibes_400Regular.ttf",
    "CormorantGaramond_700Bold.ttf",
    "YesevaOne_400Regular.ttf",
    "BricolageGrotesque_800ExtraBold.ttf",
    "Outfit_600SemiBold.ttf",
    "NotoSans-Bold.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoSansHebrew-Bold.ttf",
    "NotoSansDevanagari-Bold.ttf",
    "NotoSansThai-Bold.ttf",
    "NotoSansJP-Bold-subset.ttf",
    "NotoSansSC-Bold-subset.ttf",
    "NotoSansKR-Bold-subset.ttf",
    "NotoColorEmoji.ttf",
];

/// The fonts at hand, mapped into memory while they are used.
#[derive(Debug)]
pub(super) struct Fonts {
    database: Arc<Database>,
    /// The bundled ones in the order of [`FILES`], then those of the extra folder.
    ids: Vec<ID>,
}

/// A font by its place in [`Fonts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FontIndex(usize);

impl From<Face> for FontIndex {
    fn from(face: Face) -> Self {
        Self(face as usize)
    }
}

impl FontIndex {
    /// The name by which SVG text asks for the font.
    pub(super) fn family(self) -> String {
        format!("f{}", self.0)
    }
}

/// The first font of the bundle that is not under `bundled`.
pub(super) fn missing(bundled: &Path) -> Option<PathBuf> {
    FILES.iter().map(|file| bundled.join(file)).find(|path| !path.is_file())
}

impl Fonts {
    /// Reads the names of all fonts; their glyphs stay on disk until used.
    pub(super) fn load(bundled: &Path, extra: Option<&Path>) -> Result<Self, CardError> {
        let mut database = Database::new();
        let mut ids = Vec::with_capacity(FILES.len());
        for file in FILES {
            let path = bundled.join(file);
            let faces = database.load_font_source(Source::File(path.clone()));
            ids.push(*faces.first().ok_or(CardError::FontMissing { path })?);
        }

        if let Some(folder) = extra {
            database.load_fonts_dir(folder);
            ids.extend(extras(&database, &ids));
        }
        Ok(Self { database: Arc::new(database), ids })
    }

    pub(super) fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database)
    }

    /// The font that [`FontIndex::family`] names.
    pub(super) fn by_family(&self, family: &str) -> Option<ID> {
        self.ids.get(family.strip_prefix('f')?.parse::<usize>().ok()?).copied()
    }

    /// The extra fonts, best first.
    pub(super) fn extras(&self) -> impl Iterator<Item = FontIndex> {
        (FILES.len()..self.ids.len()).map(FontIndex)
    }

    /// Whether `font` has a glyph for every visible character of each of `graphemes`; one answer each.
    pub(super) fn covers(&self, font: FontIndex, graphemes: &[&str]) -> Vec<bool> {
        let covered = |font: &FontRef<'_>| {
            let charmap = font.charmap();
            let has = |grapheme: &&str| {
                grapheme
                    .chars()
                    .filter(|c| !text::is_ignorable(*c))
                    .all(|c| charmap.map(c).is_some_and(|id| id.to_u32() != 0))
            };
            graphemes.iter().map(has).collect()
        };
        self.with(font, covered).unwrap_or_else(|| vec![false; graphemes.len()])
    }

    /// The width of a space at a font size of 100.
    pub(super) fn space(&self, font: FontIndex) -> f64 {
        let advance = |font: &FontRef<'_>| {
            let space = font.charmap().map(' ')?;
            font.glyph_metrics(Size::new(100.0), LocationRef::default()).advance_width(space)
        };
        f64::from(self.with(font, advance).flatten().unwrap_or(25.0))
    }

    fn with<T>(&self, font: FontIndex, ask: impl FnOnce(&FontRef<'_>) -> T) -> Option<T> {
        let id = *self.ids.get(font.0)?;
        self.database
            .with_face_data(id, |data, index| FontRef::from_index(data, index).ok().map(|font| ask(&font)))
            .flatten()
    }
}

/// The faces beyond the bundle: upright before slanted, near to bold before the others.
fn extras(database: &Database, bundled: &[ID]) -> Vec<ID> {
    let mut faces: Vec<_> = database.faces().filter(|face| !bundled.contains(&face.id)).collect();
    faces.sort_by_key(|face| (face.style != Style::Normal, face.weight.0.abs_diff(700), face.post_script_name.clone()));
    faces.iter().map(|face| face.id).collect()
}
