use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use image::metadata::Orientation;

use super::{
    Fit, FitError, Limits, encode::Encoded, interleaved, kind::Kind, planar, shape::Shape, source::Source, turn,
};

/// A picture made to fit.
#[derive(Clone, PartialEq, Eq)]
pub struct Fitted {
    /// The baseline JPEG: sRGB, 4:2:0, no metadata.
    pub jpeg: Vec<u8>,
    /// Width in pixels, 320 to 1,440.
    pub width: u32,
    /// Height in pixels; width / height is 0.805 to 1.905.
    pub height: u32,
    /// What was done, in words for the person who sent it.
    pub changes: Vec<String>,
    /// The picture as it was sent with all metadata removed, its pixels untouched: what another fit can be made from.
    pub original: Vec<u8>,
}

impl fmt::Debug for Fitted {
    /// Without the pictures: nobody wants megabytes in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jpeg, width, height, changes, original } = self;
        let mut fitted = f.debug_struct("Fitted");
        fitted.field("width", width).field("height", height).field("changes", changes);
        fitted.field("jpeg_bytes", &jpeg.len()).field("original_bytes", &original.len()).finish()
    }
}

/// Makes the picture in `bytes` fit Instagram.
///
/// This computes for tens of milliseconds; async code calls it through [`Workshop`](crate::workshop::Workshop).
///
/// # Errors
///
/// [`FitError`]; its text tells the person what to do.
pub fn fit(bytes: &[u8], fit: Fit, limits: &Limits) -> Result<Fitted, FitError> {
    // A decoder that panics on a strange file has found it damaged; the rest of the service goes on.
    catch_unwind(AssertUnwindSafe(|| {
        let source = Source::read(bytes, limits)?;
        let (width, height) = turn::upright(source.width, source.height, source.orientation);
        let shape = Shape::of(width, height, fit);
        let made = make(&source, &shape, limits)?;
        let changes = changes(&source, &shape, (width, height), &made);
        let (width, height) = shape.canvas;
        Ok(Fitted { jpeg: made.encoded.jpeg, width, height, changes, original: source.clean })
    }))
    .unwrap_or_else(|_| Err(FitError::undecodable("its decoder panicked")))
}

/// What either path gives.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) encoded: Encoded,
    pub(super) converted: bool,
    pub(super) transparent: bool,
}

pub(super) fn make(source: &Source, shape: &Shape, limits: &Limits) -> Result<Made, FitError> {
    if source.frame.as_ref().is_some_and(planar::takes)
        && let Some(made) = planar::make(source, shape, limits)?
    {
        return Ok(made);
    }
    interleaved::make(source, shape, limits)
}

fn changes(source: &Source, shape: &Shape, (width, height): (u32, u32), made: &Made) -> Vec<String> {
    let mut changes = Vec::new();
    if source.kind != Kind::Jpeg {
        changes.push(format!("converted from {} to JPEG", source.kind.name()));
    } else if source.frame.as_ref().is_some_and(|frame| frame.progressive) {
        changes.push("converted from progressive to baseline JPEG".into());
    }
    if source.orientation != Orientation::NoTransforms {
        changes.push("turned upright".into());
    }
    changes.extend(shape.changes(width, height));
    if made.transparent {
        changes.push("transparent parts made white".into());
    }
    if made.converted {
        changes.push("colours converted to sRGB".into());
    }
    if made.encoded.pressed {
        changes.push("compressed more than usual to keep the file small".into());
    }
    changes.extend(source.extras.changes());
    changes
}
