use image::metadata::Orientation;
use rats_scaling::Crop;

use super::{Fit, turn};

/// The narrowest and the widest ratio made (width / height).
///
/// Instagram takes 4:5 to 1.91:1 and does not say how it rounds at the borders, so that we stay inside by 0.005.
/// Source: Instagram's content publishing page, "Image specifications".
const NARROWEST: f64 = 0.8 + 0.005;
const WIDEST: f64 = 1.91 - 0.005;

/// Widths that Instagram shows as they are; others it scales itself. Same source.
const MIN_WIDTH: f64 = 320.0;
const MAX_WIDTH: f64 = 1_440.0;

/// Where which part of an upright picture goes: `keep` of it, scaled to `inner`, at `offset` on a white `canvas`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    /// The part kept of the upright picture, centred: width and height in its pixels.
    pub(super) keep: (f64, f64),
    /// The scaled picture: width and height in pixels.
    pub(super) inner: (u32, u32),
    /// The whole: width and height in pixels.
    pub(super) canvas: (u32, u32),
}

impl Shape {
    /// The shape for an upright picture of `width` × `height` pixels.
    pub(super) fn of(width: u32, height: u32, fit: Fit) -> Self {
        let (w, h) = (f64::from(width), f64::from(height));
        let ratio = (w / h).clamp(NARROWEST, WIDEST);
        match fit {
            Fit::Pad => {
                let canvas = scaled((w.max(h * ratio), h.max(w / ratio)), fit);
                let inner = if w / h < NARROWEST {
                    (whole(w * f64::from(canvas.1) / h).min(canvas.0), canvas.1)
                } else if w / h > WIDEST {
                    (canvas.0, whole(h * f64::from(canvas.0) / w).min(canvas.1))
                } else {
                    canvas
                };
                Self { keep: (w, h), inner, canvas }
            }
            Fit::Crop => {
                let keep = (w.min(h * ratio), h.min(w / ratio));
                let canvas = scaled(keep, fit);
                Self { keep, inner: canvas, canvas }
            }
        }
    }

    /// Where the scaled picture stands on the canvas. Even, so that it also falls on the grid of half-size colour planes.
    pub(super) fn offset(&self) -> (u32, u32) {
        ((self.canvas.0 - self.inner.0) / 4 * 2, (self.canvas.1 - self.inner.1) / 4 * 2)
    }

    /// The part kept, in the pixels of the picture as it is stored: `width` × `height`, not yet turned.
    pub(super) fn keep_as_stored(&self, width: u32, height: u32, orientation: Orientation) -> Crop {
        let kept = if turn::swaps_sides(orientation) { (self.keep.1, self.keep.0) } else { self.keep };
        let (w, h) = (f64::from(width), f64::from(height));
        Crop { left: (w - kept.0) / 2.0, top: (h - kept.1) / 2.0, width: kept.0, height: kept.1 }
    }

    /// What was done to the shape, in words; `width` × `height` is the upright picture.
    pub(super) fn changes(&self, width: u32, height: u32) -> Vec<String> {
        let mut changes = Vec::new();
        if self.keep.0 + 0.5 < f64::from(width) {
            changes.push("left and right cut off".into());
        } else if self.keep.1 + 0.5 < f64::from(height) {
            changes.push("top and bottom cut off".into());
        }
        let kept = (whole(self.keep.0), whole(self.keep.1));
        if kept.0.abs_diff(self.inner.0) > 1 || kept.1.abs_diff(self.inner.1) > 1 {
            changes.push(format!("scaled from {}×{} to {}×{}", kept.0, kept.1, self.inner.0, self.inner.1));
        }
        if self.inner.0 < self.canvas.0 {
            changes.push("white bars added left and right".into());
        } else if self.inner.1 < self.canvas.1 {
            changes.push("white bars added above and below".into());
        }
        changes
    }
}

/// Whole pixels, with a width in the range.
///
/// Rounding may lead out of the range of ratios by a pixel; padding then adds one and cutting takes one away, so that a picture that
/// need not be scaled keeps its pixels.
fn scaled((width, height): (f64, f64), fit: Fit) -> (u32, u32) {
    let scale = width.clamp(MIN_WIDTH, MAX_WIDTH) / width;
    let (mut width, mut height) = (whole(width * scale), whole(height * scale));
    let ratio = f64::from(width) / f64::from(height);
    if ratio < NARROWEST {
        if fit == Fit::Pad && f64::from(width) < MAX_WIDTH { width += 1 } else { height -= 1 }
    } else if ratio > WIDEST {
        if fit == Fit::Crop && f64::from(width) > MIN_WIDTH { width -= 1 } else { height += 1 }
    }
    (width, height)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 1 and at most a picture's side")]
fn whole(side: f64) -> u32 {
    side.round().max(1.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(shape: Shape) -> f64 {
        f64::from(shape.canvas.0) / f64::from(shape.canvas.1)
    }

    #[test]
    fn every_shape_is_inside_instagrams_range() {
        let sides =
            [1, 2, 3, 7, 100, 319, 320, 321, 401, 500, 799, 1_079, 1_080, 1_440, 1_441, 3_000, 4_031, 9_999, 50_000];
        for width in sides {
            for height in sides {
                for fit in [Fit::Pad, Fit::Crop] {
                    let shape = Shape::of(width, height, fit);
                    assert!((NARROWEST..=WIDEST).contains(&ratio(shape)), "{width}×{height} {shape:?}");
                    assert!((320..=1_440).contains(&shape.canvas.0), "{width}×{height} {shape:?}");
                    assert!(
                        shape.inner.0 <= shape.canvas.0 && shape.inner.1 <= shape.canvas.1,
                        "{width}×{height} {shape:?}"
                    );
                    assert!(shape.inner.0 > 0 && shape.inner.1 > 0);
                    assert!(shape.inner.0 == shape.canvas.0 || shape.inner.1 == shape.canvas.1, "{shape:?}");
                    assert!(shape.keep.0 <= f64::from(width) && shape.keep.1 <= f64::from(height));
                    assert!(shape.offset().0.is_multiple_of(2) && shape.offset().1.is_multiple_of(2));
                }
            }
        }
    }

    #[test]
    fn a_picture_that_fits_keeps_its_size() {
        let shape = Shape::of(1_080, 1_080, Fit::Pad);
        assert_eq!((shape.inner, shape.canvas), ((1_080, 1_080), (1_080, 1_080)));
        assert!(shape.changes(1_080, 1_080).is_empty());
    }

    #[test]
    fn a_panorama_is_padded_or_cropped() {
        let padded = Shape::of(3_000, 500, Fit::Pad);
        assert_eq!((padded.inner, padded.canvas), ((1_440, 240), (1_440, 756)));
        assert_eq!(
            padded.changes(3_000, 500),
            ["scaled from 3000×500 to 1440×240", "white bars added above and below"]
        );
        let cropped = Shape::of(3_000, 500, Fit::Crop);
        assert_eq!(cropped.canvas, (952, 500));
        assert_eq!(cropped.changes(3_000, 500), ["left and right cut off"]);
    }

    #[test]
    fn a_tall_picture_is_padded_at_its_sides() {
        let shape = Shape::of(500, 3_000, Fit::Pad);
        assert_eq!(shape.canvas, (1_440, 1_788));
        assert_eq!(shape.inner.1, 1_788);
        assert_eq!(shape.changes(500, 3_000)[1], "white bars added left and right");
    }
}
