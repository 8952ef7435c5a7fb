//! The structure of GIF files.
//!
//! Source: the GIF specification, version 89a.

use image::metadata::Orientation;

use super::{
    FitError, Limits,
    kind::Kind,
    source::{Extras, Source, check_tail},
};

const HEADER: usize = 13;

/// Reads a GIF's structure; pixels are counted before anything else is looked at.
///
/// The cleaned file holds the first picture alone, without comments and application blocks. A missing end mark is no damage.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, FitError> {
    let header = bytes.get(..HEADER).ok_or_else(FitError::cut_off)?;
    let (width, height) = (u16_at(header, 6), u16_at(header, 8));
    limits.check_pixels(width, height)?;

    let mut reader = Reader { bytes, at: HEADER + colour_table(header[10]) };
    let mut clean = bytes.get(..reader.at).ok_or_else(FitError::cut_off)?.to_vec();
    let mut pictures = 0;
    let mut extras = Extras::default();
    while let Some(block) = reader.block()? {
        match block {
            Block::Picture(part) => {
                pictures += 1;
                limits.check_pixels(u16_at(part, 5), u16_at(part, 7))?;
                if pictures == 1 {
                    limits.check_decoding((width, height), decoding_bytes((width, height), part))?;
                    clean.extend_from_slice(part);
                }
            }
            Block::Control(part) if pictures == 0 => clean.extend_from_slice(part),
            Block::Control(_) => {}
            Block::Other => extras.metadata = true,
        }
    }
    if pictures == 0 {
        return Err(FitError::corrupt("it has no picture in it"));
    }
    extras.animation = pictures > 1;
    extras.metadata &= !extras.animation; // an animation's blocks say how often it repeats
    extras.tail = check_tail(&bytes[reader.at..])?;
    clean.push(0x3B);
    Ok(Source { kind: Kind::Gif, width, height, orientation: Orientation::NoTransforms, extras, clean, frame: None })
}

enum Block<'a> {
    Picture(&'a [u8]),
    Control(&'a [u8]),
    Other,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn block(&mut self) -> Result<Option<Block<'a>>, FitError> {
        let begin = self.at;
        match self.bytes.get(begin..) {
            None | Some([]) => Ok(None),
            Some([0x3B, ..]) => {
                self.at += 1;
                Ok(None)
            }
            Some([0x21, label, ..]) => {
                let label = *label;
                self.at += 2;
                self.sub_blocks()?;
                Ok(Some(if label == 0xF9 { Block::Control(&self.bytes[begin..self.at]) } else { Block::Other }))
            }
            Some([0x2C, _, _, _, _, _, _, _, _, flags, ..]) => {
                self.at += 10 + colour_table(*flags) + 1;
                self.sub_blocks()?;
                Ok(Some(Block::Picture(&self.bytes[begin..self.at])))
            }
            Some([0x2C, ..]) => Err(FitError::cut_off()),
            Some(_) => Err(FitError::corrupt("its parts do not follow each other")),
        }
    }

    fn sub_blocks(&mut self) -> Result<(), FitError> {
        loop {
            let length = usize::from(*self.bytes.get(self.at).ok_or_else(FitError::cut_off)?);
            self.at += 1 + length;
            if length == 0 {
                return Ok(());
            }
        }
    }
}

/// What the decoder holds at once: the screen in four bytes a pixel and the picture's colour numbers, or, where the picture does not
/// fill the screen's rows, the picture in four bytes a pixel as well.
fn decoding_bytes((width, height): (u32, u32), part: &[u8]) -> u64 {
    let pixels = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let [left, top, across, down] = [1, 3, 5, 7].map(|at| u16_at(part, at));
    let fills = left == 0 && across == width && top + down <= height;
    pixels(width, height) * 4 + pixels(across, down) * if fills { 1 } else { 5 }
}

fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn u16_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}
