//! The structure of PNG files.
//!
//! Source: PNG specification, third edition, §5.

use image::metadata::Orientation;

use super::{
    FitError, Limits,
    chunk::Chunk,
    exif::{self, Exif},
    kind::Kind,
    source::{Extras, Source, check_tail},
};

const SIGNATURE_BYTES: usize = 8;

/// What a decoded pixel takes at most: deeper ones are made 8 bits a colour row by row.
const PIXEL_BYTES: u64 = 4;

/// What the decoder holds for each pixel of a row beside that: some rows as they are stored, at most 8 bytes a pixel.
const ROW_BYTES: u64 = 64;

/// Reads a PNG's structure; pixels are counted before anything else is looked at.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, FitError> {
    let mut rest = &bytes[SIGNATURE_BYTES..];
    let (width, height) = size(rest)?;
    limits.check_pixels(width, height)?;
    limits.check_decoding((width, height), u64::from(width) * (u64::from(height) * PIXEL_BYTES + ROW_BYTES))?;

    let mut clean = bytes[..SIGNATURE_BYTES].to_vec();
    let mut extras = Extras::default();
    let mut exif = Exif::default();
    loop {
        let Chunk { name, body, whole, after } = Chunk::png(rest)?;
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

fn size(chunks: &[u8]) -> Result<(u32, u32), FitError> {
    let header = Chunk::png(chunks)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_pngs() {
        assert_eq!(crc(b"IEND"), 0xAE42_6082);
    }
}
