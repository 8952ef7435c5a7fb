//! The structure of PNG files.
//!
//! Source: PNG specification, third edition, §5.

use image::metadata::Orientation;

use super::{
    FitError, Limits,
    exif::{self, Exif},
    kind::Kind,
    source::{Extras, Source, check_tail},
};

const SIGNATURE_BYTES: usize = 8;

/// Reads a PNG's structure; pixels are counted before anything else is looked at.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, FitError> {
    let mut rest = &bytes[SIGNATURE_BYTES..];
    let (width, height) = size(rest)?;
    limits.check_pixels(width, height)?;

    let mut clean = bytes[..SIGNATURE_BYTES].to_vec();
    let mut extras = Extras::default();
    let mut exif = Exif::default();
    loop {
        let Chunk { name, body, whole, after } = Chunk::first(rest)?;
        rest = after;
        match &name {
            b"IEND" => {
                clean.extend_from_slice(whole);
                break;
            }
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"iCCP" | b"sRGB" | b"gAMA" | b"cHRM" | b"cICP" | b"sBIT" => {
                clean.extend_from_slice(whole);
            }
            b"eXIf" => {
                exif = Exif::read(body);
                let orientation = exif.orientation.unwrap_or(Orientation::NoTransforms);
                extras.metadata |= body != exif::orientation_only(orientation);
                if orientation != Orientation::NoTransforms {
                    clean.extend(chunk(*b"eXIf", &exif::orientation_only(orientation)));
                }
            }
            b"acTL" => extras.animation = true,
            b"tEXt" | b"zTXt" | b"iTXt" | b"tIME" => extras.metadata = true,
            [first, ..] if first.is_ascii_uppercase() => return Err(FitError::corrupt("it holds an unknown part")),
            _ => {}
        }
    }
    extras.location = exif.has_location;
    extras.tail = check_tail(rest)?;
    let orientation = exif.orientation.unwrap_or(Orientation::NoTransforms);
    Ok(Source { kind: Kind::Png, width, height, orientation, extras, clean, frame: None })
}

struct Chunk<'a> {
    name: [u8; 4],
    body: &'a [u8],
    whole: &'a [u8],
    after: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn first(bytes: &'a [u8]) -> Result<Self, FitError> {
        let (length, rest) = bytes.split_first_chunk().ok_or_else(cut_off)?;
        let (name, rest) = rest.split_first_chunk().ok_or_else(cut_off)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| cut_off())?;
        let body = rest.get(..length).ok_or_else(cut_off)?;
        let (whole, after) = bytes.split_at_checked(length.saturating_add(12)).ok_or_else(cut_off)?;
        Ok(Self { name: *name, body, whole, after })
    }
}

fn size(chunks: &[u8]) -> Result<(u32, u32), FitError> {
    let header = Chunk::first(chunks)?;
    match (&header.name, header.body) {
        (b"IHDR", &[w3, w2, w1, w0, h3, h2, h1, h0, _, _, _, _, _]) => {
            Ok((u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0])))
        }
        _ => Err(FitError::corrupt("it does not begin with its size")),
    }
}

fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = u32::try_from(body.len()).unwrap_or_default().to_be_bytes().to_vec();
    chunk.extend(name);
    chunk.extend(body);
    let sum = crc(&chunk[4..]);
    chunk.extend(sum.to_be_bytes());
    chunk
}

/// CRC-32 bit by bit: it only ever sees the few bytes of an orientation.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

fn cut_off() -> FitError {
    FitError::corrupt("it ends too early")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_pngs() {
        assert_eq!(crc(b"IEND"), 0xAE42_6082);
    }
}
