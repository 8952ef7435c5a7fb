//! The structure of WebP files.
//!
//! Source: WebP container specification (RIFF).

use std::io::Cursor;

use image::{ImageDecoder, codecs::webp::WebPDecoder, metadata::Orientation};

use super::{
    FitError, Limits,
    chunk::Chunk,
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
    let end = usize::try_from(length).ok().and_then(|length| length.checked_add(8)).ok_or_else(FitError::cut_off)?;
    let (file, tail) = bytes.split_at_checked(end).ok_or_else(FitError::cut_off)?;
    let decoder = WebPDecoder::new(Cursor::new(file)).map_err(FitError::undecodable)?;
    let (width, height) = decoder.dimensions();
    limits.check_pixels(width, height)?;

    let mut found = Found { canvas: (width, height), ..Found::default() };
    let mut rest = file.get(12..).ok_or_else(FitError::cut_off)?;
    while !rest.is_empty() {
        let chunk = Chunk::riff(rest)?;
        rest = chunk.after;
        found.take(&chunk)?;
    }
    let half_bytes = found.half_bytes_a_pixel(decoder.color_type().has_alpha());
    limits.check_decoding((width, height), u64::from(width) * u64::from(height) * half_bytes / 2)?;
    found.extras.location = found.exif.has_location;
    found.extras.tail = check_tail(tail)?;
    let orientation = found.exif.orientation.unwrap_or(Orientation::NoTransforms);
    let extras = found.extras;
    Ok(Source { kind: Kind::WebP, width, height, orientation, extras, clean: found.cleaned(orientation), frame: None })
}

#[derive(Default)]
struct Found {
    canvas: (u32, u32),
    exif: Exif,
    extras: Extras,
    frames: usize,
    lossless: bool,
    alpha: bool,
    /// Whole chunks that decoding needs, in their order.
    kept: Vec<u8>,
    /// Where the flags stand among them.
    flags_at: Option<usize>,
}

impl Found {
    fn take(&mut self, chunk: &Chunk<'_>) -> Result<(), FitError> {
        self.lossless |= chunk.name == *b"VP8L";
        self.alpha |= chunk.name == *b"ALPH";
        match &chunk.name {
            b"VP8X" => {
                self.flags_at = Some(self.kept.len() + 8);
                self.kept.extend_from_slice(chunk.whole);
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" | b"ANIM" => {
                check_frame(chunk, self.canvas)?;
                self.kept.extend_from_slice(chunk.whole);
            }
            b"ANMF" => {
                self.frames += 1;
                if self.frames == 1 {
                    self.kept.extend(first_frame(chunk.body, self.canvas)?);
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

    /// What the decoder holds at once for a pixel, in halves of a byte.
    fn half_bytes_a_pixel(&self, transparent: bool) -> u64 {
        match (self.frames, self.lossless, self.alpha) {
            // The frame, the canvas it is put on, the picture.
            (1.., _, _) => 24,
            // The picture, its planes of half-size colours, its alpha and what that is decoded from.
            (0, false, true) => 21,
            // The picture alone.
            (0, true, _) if transparent => 8,
            // The picture, and the same with an alpha.
            (0, true, _) => 14,
            // The picture, its planes of half-size colours.
            (0, false, false) => 9,
        }
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
fn first_frame(body: &[u8], canvas: (u32, u32)) -> Result<Vec<u8>, FitError> {
    let (header, mut rest) = body.split_at_checked(FRAME_HEADER).ok_or_else(FitError::cut_off)?;
    let mut kept = header.to_vec();
    while !rest.is_empty() {
        let chunk = Chunk::riff(rest)?;
        rest = chunk.after;
        if matches!(&chunk.name, b"VP8 " | b"VP8L" | b"ALPH") {
            check_frame(&chunk, canvas)?;
            kept.extend_from_slice(chunk.whole);
        }
    }
    Ok(chunk(*b"ANMF", &kept))
}

/// A lossy frame (RFC 6386, 9.1) is decoded in the size that it says itself; only then does the decoder compare that with the picture's.
fn check_frame(chunk: &Chunk<'_>, (width, height): (u32, u32)) -> Result<(), FitError> {
    if chunk.name != *b"VP8 " {
        return Ok(());
    }
    let &[_, _, _, _, _, _, w0, w1, h0, h1, ..] = chunk.body else { return Err(FitError::cut_off()) };
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    if side(w0, w1) > width || side(h0, h1) > height {
        return Err(FitError::corrupt("its frame is larger than the picture"));
    }
    Ok(())
}

fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend(u32::try_from(body.len()).unwrap_or_default().to_le_bytes());
    chunk.extend(body);
    chunk.extend(std::iter::repeat_n(0, body.len() % 2));
    chunk
}
