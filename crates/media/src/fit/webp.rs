//! The structure of WebP files.
//!
//! Source: WebP container specification (RIFF).

use std::io::Cursor;

use image::{ImageDecoder, codecs::webp::WebPDecoder, metadata::Orientation};

use super::{
    FitError, Limits,
    exif::{self, Exif},
    kind::Kind,
    source::{Extras, Source, check_tail},
};

/// Flags of the `VP8X` chunk.
const HAS_XMP: u8 = 0b0000_0100;
const HAS_EXIF: u8 = 0b0000_1000;

/// An `ANMF` chunk begins with where and how long its picture is shown.
const FRAME_HEADER: usize = 16;

/// Reads a WebP's structure; the decoder's constructor reads sizes only.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, FitError> {
    let length = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    let end = usize::try_from(length).ok().and_then(|length| length.checked_add(8)).ok_or_else(cut_off)?;
    let (file, tail) = bytes.split_at_checked(end).ok_or_else(cut_off)?;
    let (width, height) =
        WebPDecoder::new(Cursor::new(file)).map_err(|error| FitError::corrupt(error.to_string()))?.dimensions();
    limits.check_pixels(width, height)?;

    let mut found = Found::default();
    let mut rest = file.get(12..).ok_or_else(cut_off)?;
    while !rest.is_empty() {
        let chunk = Chunk::first(rest)?;
        rest = chunk.after;
        found.take(&chunk)?;
    }
    found.extras.location = found.exif.has_location;
    found.extras.tail = check_tail(tail)?;
    let orientation = found.exif.orientation.unwrap_or(Orientation::NoTransforms);
    let extras = found.extras;
    Ok(Source { kind: Kind::WebP, width, height, orientation, extras, clean: found.cleaned(orientation), frame: None })
}

#[derive(Default)]
struct Found {
    exif: Exif,
    extras: Extras,
    frames: usize,
    /// Whole chunks that decoding needs, in their order.
    kept: Vec<u8>,
    /// Where the flags stand among them.
    flags_at: Option<usize>,
}

impl Found {
    fn take(&mut self, chunk: &Chunk<'_>) -> Result<(), FitError> {
        match &chunk.name {
            b"VP8X" => {
                self.flags_at = Some(self.kept.len() + 8);
                self.kept.extend_from_slice(chunk.whole);
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" | b"ANIM" => self.kept.extend_from_slice(chunk.whole),
            b"ANMF" => {
                self.frames += 1;
                if self.frames == 1 {
                    self.kept.extend(first_frame(chunk.body)?);
                }
                self.extras.animation = self.frames > 1;
            }
            b"EXIF" => {
                let tiff = chunk.body.strip_prefix(b"Exif\0\0").unwrap_or(chunk.body);
                self.exif = Exif::read(tiff);
                self.extras.metadata |=
                    tiff != exif::orientation_only(self.exif.orientation.unwrap_or(Orientation::NoTransforms));
            }
            _ => self.extras.metadata = true,
        }
        Ok(())
    }

    fn cleaned(mut self, orientation: Orientation) -> Vec<u8> {
        let turned = orientation != Orientation::NoTransforms;
        if let Some(flags) = self.flags_at.and_then(|at| self.kept.get_mut(at)) {
            *flags = *flags & !(HAS_EXIF | HAS_XMP) | if turned { HAS_EXIF } else { 0 };
            if turned {
                self.kept.extend(chunk(*b"EXIF", &exif::orientation_only(orientation)));
            }
        }
        let mut body = b"WEBP".to_vec();
        body.extend(self.kept);
        chunk(*b"RIFF", &body)
    }
}

/// An animation's first frame with the chunks that decoding needs.
fn first_frame(body: &[u8]) -> Result<Vec<u8>, FitError> {
    let (header, mut rest) = body.split_at_checked(FRAME_HEADER).ok_or_else(cut_off)?;
    let mut kept = header.to_vec();
    while !rest.is_empty() {
        let chunk = Chunk::first(rest)?;
        rest = chunk.after;
        if matches!(&chunk.name, b"VP8 " | b"VP8L" | b"ALPH") {
            kept.extend_from_slice(chunk.whole);
        }
    }
    Ok(chunk(*b"ANMF", &kept))
}

struct Chunk<'a> {
    name: [u8; 4],
    body: &'a [u8],
    whole: &'a [u8],
    after: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// The first chunk of `bytes`; a body of odd length is followed by one byte of padding.
    fn first(bytes: &'a [u8]) -> Result<Self, FitError> {
        let (name, rest) = bytes.split_first_chunk().ok_or_else(cut_off)?;
        let (length, rest) = rest.split_first_chunk().ok_or_else(cut_off)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| cut_off())?;
        let body = rest.get(..length).ok_or_else(cut_off)?;
        let (whole, after) = bytes.split_at_checked(8 + length + length % 2).ok_or_else(cut_off)?;
        Ok(Self { name: *name, body, whole, after })
    }
}

fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend(u32::try_from(body.len()).unwrap_or_default().to_le_bytes());
    chunk.extend(body);
    chunk.extend(std::iter::repeat_n(0, body.len() % 2));
    chunk
}

fn cut_off() -> FitError {
    FitError::corrupt("it ends too early")
}
