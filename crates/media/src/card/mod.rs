//! Draws the picture of an event that has none: four looks, one for each kind of event unless another is chosen, in any mix of scripts.
//!
//! A card is an SVG template (`look`) in which the words (`wording`) are set and fitted (`setting`), drawn by `resvg`.
//! `resvg` lays a text out in one font and one direction only, and drops glyphs or panics where fonts mix; so every line is
//! cut into pieces of one font and one direction (`typeset`) and each piece is placed by us. A line that no font can write
//! is left out and said so; the card is made all the same.

mod brief;
mod fonts;
mod greeting;
mod look;
mod measure;
mod press;
mod setting;
mod svg;
mod text;
mod typeset;
mod wording;

pub use brief::{CardBrief, CardLook, Kind};
pub use fonts::bundled_fonts;
pub use press::{Card, CardError, CardPress};

#[cfg(test)]
mod tests;
