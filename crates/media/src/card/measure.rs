use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use resvg::usvg::{FontResolver, Group, Node, Options, Text, Tree};

use super::fonts::{FontIndex, Fonts};
use super::svg::{Svg, escaped};
use super::typeset::Piece;

/// Measures pieces by setting them with the engine that will draw them, and remembers.
#[derive(Debug)]
pub(super) struct Measure<'a> {
    fonts: &'a Fonts,
    widths: HashMap<(FontIndex, String), f64>,
}

impl<'a> Measure<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, widths: HashMap::new() }
    }

    pub(super) fn fonts(&self) -> &'a Fonts {
        self.fonts
    }

    /// Measures all of `pieces` at once.
    ///
    /// # Errors
    ///
    /// A piece that the engine cannot write: a glyph is missing, or it panics.
    pub(super) fn prepare<'p>(&mut self, pieces: impl Iterator<Item = &'p Piece>) -> Result<(), String> {
        let mut new: Vec<(FontIndex, String)> =
            pieces.map(|piece| (piece.font, piece.text.clone())).filter(|key| !self.widths.contains_key(key)).collect();
        new.sort();
        new.dedup();
        if new.is_empty() {
            return Ok(());
        }

        let sheet = sheet(&new);
        let tree =
            parse(&sheet, self.fonts).map_err(|_| new.first().map(|(_, text)| text.clone()).unwrap_or_default())?;
        let texts = texts(tree.root());
        if let Some(glyph) = texts.iter().find_map(|text| missing(text)) {
            return Err(glyph);
        }
        // A piece that leaves nothing to draw has no text in the tree.
        let drawn: HashMap<&str, f64> =
            texts.iter().map(|text| (text.id(), f64::from(text.bounding_box().width()))).collect();
        for (index, key) in new.into_iter().enumerate() {
            let width = drawn.get(format!("t{index}").as_str()).copied().unwrap_or_default();
            self.widths.insert(key, width);
        }
        Ok(())
    }

    /// The width of a prepared piece at a font size of 100.
    pub(super) fn width(&self, piece: &Piece) -> f64 {
        // A borrowed pair cannot be looked up without a copy; there are a dozen of them in a card.
        self.widths.get(&(piece.font, piece.text.clone())).copied().unwrap_or_default()
    }
}

/// The engine's tree of `svg`, every text in exactly the font it names.
///
/// # Errors
///
/// What the engine says, or that it panicked: it does on some texts of mixed fonts.
pub(super) fn parse(svg: &str, fonts: &Fonts) -> Result<Tree, String> {
    let options = Options {
        fontdb: fonts.database(),
        font_resolver: FontResolver {
            select_font: Box::new(|font, _| {
                font.families().iter().find_map(|family| fonts.by_family(&family.to_string().replace('"', "")))
            }),
            select_fallback: Box::new(|_, _, _| None),
        },
        ..Options::default()
    };
    let parsed = catch_unwind(AssertUnwindSafe(|| Tree::from_str(svg, &options)));
    parsed.map_err(|_| "the engine panicked".to_owned())?.map_err(|error| error.to_string())
}

fn sheet(keys: &[(FontIndex, String)]) -> String {
    let mut svg = Svg::new();
    svg.add(format_args!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">"#));
    for (index, (font, text)) in keys.iter().enumerate() {
        let (family, text) = (font.family(), escaped(text));
        svg.add(format_args!(r#"<text id="t{index}" y="100" font-size="100" font-family="{family}">{text}</text>"#));
    }
    svg.add(format_args!("</svg>"));
    svg.into_string()
}

pub(super) fn texts(group: &Group) -> Vec<&Text> {
    let mut found = Vec::new();
    for node in group.children() {
        match node {
            Node::Group(group) => found.extend(texts(group)),
            Node::Text(text) => found.push(text.as_ref()),
            Node::Path(_) | Node::Image(_) => {}
        }
    }
    found
}

/// The text of the first glyph that its font does not have.
pub(super) fn missing(text: &Text) -> Option<String> {
    let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
    glyphs.into_iter().find(|glyph| glyph.id.0 == 0).map(|glyph| glyph.text.clone())
}
