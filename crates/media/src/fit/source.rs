use image::metadata::Orientation;

use super::{FitError, Limits, gif, jpeg, kind::Kind, png, webp};

/// A picture file as its structure tells it, nothing decoded.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) kind: Kind,
    /// Width as stored, before it is turned upright.
    pub(super) width: u32,
    /// Height as stored.
    pub(super) height: u32,
    pub(super) orientation: Orientation,
    pub(super) extras: Extras,
    /// The same picture without anything that decoding does not need.
    pub(super) clean: Vec<u8>,
    /// How a JPEG is coded.
    pub(super) frame: Option<jpeg::Frame>,
}

/// What the file held besides the picture, all of it removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four facts that do not depend on each other")]
pub(super) struct Extras {
    /// Where it was taken.
    pub(super) location: bool,
    /// EXIF, XMP, IPTC, comments.
    pub(super) metadata: bool,
    /// Pictures after the first.
    pub(super) animation: bool,
    /// Bytes after the end.
    pub(super) tail: bool,
}

impl Source {
    /// Reads the structure of a file.
    ///
    /// # Errors
    ///
    /// Every variant of [`FitError`] that a file can cause.
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, FitError> {
        limits.check_bytes(bytes.len())?;
        match Kind::of(bytes)? {
            Kind::Jpeg => jpeg::read(bytes, limits),
            Kind::Png => png::read(bytes, limits),
            Kind::WebP => webp::read(bytes, limits),
            Kind::Gif => gif::read(bytes, limits),
        }
    }
}

impl Extras {
    /// What was removed, in words.
    pub(super) fn changes(self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.location {
            changes.push("location and camera data removed".into());
        } else if self.metadata {
            changes.push("camera data and comments removed".into());
        }
        if self.animation {
            changes.push("only the first picture of the animation kept".into());
        }
        if self.tail {
            changes.push("data after the picture removed".into());
        }
        changes
    }
}

/// Whether `bytes` after a picture's end are worth a word, and none is an attack.
pub(super) fn check_tail(tail: &[u8]) -> Result<bool, FitError> {
    match super::kind::hidden_after(tail) {
        Some(hidden) => Err(FitError::Polyglot { hidden }),
        None => Ok(tail.iter().any(|byte| *byte != 0 && !byte.is_ascii_whitespace())),
    }
}
