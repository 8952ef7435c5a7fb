//! The structure of JPEG files: what they say of themselves, and the same file without what decoding does not need.
//!
//! Source: ITU-T T.81, annex B.

use image::metadata::Orientation;

use super::{
    FitError, Limits,
    exif::{self, Exif},
    kind::Kind,
    scan::{Scan, Tables},
    source::{Extras, Source, check_tail},
};

/// Ordinary progressive files have about 10 scans; each costs a pass over the picture.
const MAX_SCANS: usize = 100;

/// How a JPEG is coded.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
    /// The embedded ICC profile.
    pub(super) icc: Option<Vec<u8>>,
    jfif: bool,
    adobe_transform: Option<u8>,
}

/// One colour of a JPEG: its name and how finely it is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) across: u8,
    pub(super) down: u8,
}

/// What the components of a JPEG mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    Grey,
    YCbCr,
    Rgb,
    Cmyk,
    /// CMYK whose first three components are coded as YCbCr.
    Ycck,
}

impl Frame {
    /// What the components mean, by the rules that libjpeg set.
    pub(super) fn colours(&self) -> Colours {
        let ids: Vec<u8> = self.components.iter().map(|component| component.id).collect();
        match (ids.as_slice(), self.adobe_transform) {
            ([_], _) => Colours::Grey,
            ([_, _, _], Some(0)) => Colours::Rgb,
            ([b'R', b'G', b'B'], None) if !self.jfif => Colours::Rgb,
            ([_, _, _], _) => Colours::YCbCr,
            (_, Some(2)) => Colours::Ycck,
            _ => Colours::Cmyk,
        }
    }

    /// What the decoder holds at once: the pixels, and of a picture in several scans every coefficient, 16 bits each, until the end.
    fn decoding_bytes(&self, pixels: u64, scans: usize) -> u64 {
        let samples = |c: &Component| u64::from(c.across) * u64::from(c.down);
        let most = |side: fn(&Component) -> u8| u64::from(self.components.iter().map(side).max().unwrap_or(1));
        let coefficients =
            pixels * self.components.iter().map(samples).sum::<u64>() / (most(|c| c.across) * most(|c| c.down));
        let channels = match self.colours() {
            Colours::Grey => 1,
            Colours::YCbCr | Colours::Rgb => 3,
            Colours::Cmyk | Colours::Ycck => 4,
        };
        pixels * channels + if self.progressive || scans > 1 { coefficients * 2 } else { 0 }
    }

    /// Whether the first component is sampled at least as finely as the others, as brightness nearly always is.
    pub(super) fn brightness_is_finest(&self) -> bool {
        let first = self.components[0];
        self.components.iter().all(|other| other.across <= first.across && other.down <= first.down)
    }
}

/// Reads a JPEG's structure; pixels are counted before anything else is looked at.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, FitError> {
    let mut reader = Reader { bytes, at: 2, limits, found: Found::default() };
    while !reader.segment()? {}
    let Reader { at, found, .. } = reader;
    let (width, height) = found.size.ok_or_else(|| FitError::corrupt("it has no picture in it"))?;
    if found.scans == 0 {
        return Err(FitError::corrupt("it has no picture in it"));
    }
    let mut extras = found.extras;
    extras.tail = check_tail(&bytes[at..])?;
    let orientation = found.exif.orientation.unwrap_or(Orientation::NoTransforms);
    extras.location = found.exif.has_location;
    let frame = Frame { icc: assembled(found.icc), ..found.frame };
    limits.check_decoding((width, height), frame.decoding_bytes(u64::from(width) * u64::from(height), found.scans))?;
    let clean = cleaned(&found.kept, orientation, frame.jfif);
    Ok(Source { kind: Kind::Jpeg, width, height, orientation, extras, clean, frame: Some(frame) })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    limits: &'a Limits,
    found: Found<'a>,
}

#[derive(Default)]
struct Found<'a> {
    size: Option<(u32, u32)>,
    scans: usize,
    tables: Tables,
    restart: usize,
    frame: Frame,
    exif: Exif,
    icc: Vec<(u8, &'a [u8])>,
    extras: Extras,
    /// Whole segments that decoding needs, in their order.
    kept: Vec<&'a [u8]>,
}

impl<'a> Reader<'a> {
    /// Reads the next segment; true at the end of the picture.
    fn segment(&mut self) -> Result<bool, FitError> {
        let begin = self.at;
        let marker = self.marker()?;
        if marker == 0xD9 {
            return Ok(true);
        }
        let length =
            self.bytes.get(self.at..self.at + 2).map(|pair| usize::from(u16::from_be_bytes([pair[0], pair[1]])));
        let end = self.at + length.filter(|length| *length >= 2).ok_or_else(FitError::cut_off)?;
        let body = self.bytes.get(self.at + 2..end).ok_or_else(FitError::cut_off)?;
        self.at = end;
        if self.matters(marker, body)? {
            if marker == 0xDA {
                self.scan(body)?;
            }
            self.found.kept.push(&self.bytes[begin..self.at]);
        }
        Ok(false)
    }

    fn marker(&mut self) -> Result<u8, FitError> {
        if *self.bytes.get(self.at).ok_or_else(FitError::cut_off)? != 0xFF {
            return Err(FitError::corrupt("its parts do not follow each other"));
        }
        while *self.bytes.get(self.at).ok_or_else(FitError::cut_off)? == 0xFF {
            self.at += 1;
        }
        self.at += 1;
        Ok(self.bytes[self.at - 1])
    }

    /// Takes note of a segment; true if decoding needs it as it is.
    fn matters(&mut self, marker: u8, body: &'a [u8]) -> Result<bool, FitError> {
        match marker {
            0xC0..=0xC2 => self.frame(marker, body).map(|()| true),
            0xDA => {
                self.found.scans += 1;
                if self.found.size.is_none() || self.found.scans > MAX_SCANS {
                    return Err(FitError::corrupt("its scans are out of order or too many"));
                }
                Ok(true)
            }
            0xC4 => self.found.tables.define(body).map(|()| true),
            0xDD => {
                self.found.restart =
                    usize::from(u16::from_be_bytes(*body.first_chunk().ok_or_else(FitError::cut_off)?));
                Ok(true)
            }
            0xDB => Ok(true),
            0xE0..=0xEF | 0xFE => Ok(self.application(marker, body)),
            0xC3 | 0xC5..=0xCF | 0xDC..=0xDF => {
                Err(FitError::Unsupported { feature: "a rare JPEG coding (lossless, arithmetic or hierarchical)" })
            }
            _ => Err(FitError::corrupt("it holds an unknown part")),
        }
    }

    fn frame(&mut self, marker: u8, body: &[u8]) -> Result<(), FitError> {
        let &[precision, h1, h0, w1, w0, count, ref rest @ ..] = body else { return Err(FitError::cut_off()) };
        if self.found.size.is_some() || rest.len() != usize::from(count) * 3 || ![1, 3, 4].contains(&count) {
            return Err(FitError::corrupt("its description of the picture makes no sense"));
        }
        let (width, height) = (u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])));
        self.limits.check_pixels(width, height)?;
        if precision != 8 {
            return Err(FitError::Unsupported { feature: "a JPEG with more than 8 bits a colour" });
        }
        self.found.size = Some((width, height));
        self.found.frame.progressive = marker == 0xC2;
        if rest.chunks(3).any(|c| !(1..=4).contains(&(c[1] >> 4)) || !(1..=4).contains(&(c[1] & 15))) {
            return Err(FitError::corrupt("its description of the picture makes no sense"));
        }
        self.found.frame.components =
            rest.chunks(3).map(|c| Component { id: c[0], across: c[1] >> 4, down: c[1] & 15 }).collect();
        Ok(())
    }

    /// Takes note of an application segment or comment; true if decoding needs it.
    fn application(&mut self, marker: u8, body: &'a [u8]) -> bool {
        let found = &mut self.found;
        match (marker, body) {
            (0xE0, [b'J', b'F', b'I', b'F', 0, ..]) => {
                found.frame.jfif = true;
                return false; // written anew, without its thumbnail
            }
            (0xE0, [b'J', b'F', b'X', b'X', 0, ..]) => return false,
            (0xEE, [b'A', b'd', b'o', b'b', b'e', .., transform]) if body.len() == 12 => {
                found.frame.adobe_transform = Some(*transform);
                return true;
            }
            (0xE2, [b'I', b'C', b'C', b'_', b'P', b'R', b'O', b'F', b'I', b'L', b'E', 0, number, _, part @ ..]) => {
                found.icc.push((*number, part));
                return true;
            }
            (0xE1, [b'E', b'x', b'i', b'f', 0, _, tiff @ ..]) if found.exif == Exif::default() => {
                found.exif = Exif::read(tiff);
                found.extras.metadata |=
                    tiff != exif::orientation_only(found.exif.orientation.unwrap_or(Orientation::NoTransforms));
            }
            _ => found.extras.metadata = true,
        }
        false
    }

    /// Goes over a scan's coded pixels, and looks whether they are whole where no decoder will.
    fn scan(&mut self, header: &[u8]) -> Result<(), FitError> {
        let begin = self.at;
        self.skip_scan()?;
        if let (false, Some(size)) = (self.found.frame.progressive, self.found.size) {
            let Found { restart, ref tables, ref frame, .. } = self.found;
            let coded = &self.bytes[begin..self.at];
            Scan { size, components: &frame.components, restart, header, coded }.check(tables)?;
        }
        Ok(())
    }

    /// Goes to the first marker after a scan's coded pixels: inside them 0xFF is followed by 0 or a restart mark.
    fn skip_scan(&mut self) -> Result<(), FitError> {
        let coded = &self.bytes[self.at..];
        let length = coded
            .windows(2)
            .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF | 0xD0..=0xD7))
            .ok_or_else(FitError::cut_off)?;
        self.at += length;
        Ok(())
    }
}

fn assembled(mut parts: Vec<(u8, &[u8])>) -> Option<Vec<u8>> {
    parts.sort_by_key(|(number, _)| *number);
    (!parts.is_empty()).then(|| parts.into_iter().flat_map(|(_, part)| part).copied().collect())
}

fn cleaned(kept: &[&[u8]], orientation: Orientation, jfif: bool) -> Vec<u8> {
    let mut clean = vec![0xFF, 0xD8];
    if jfif {
        clean.extend(b"\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00");
    }
    if orientation != Orientation::NoTransforms {
        let tiff = exif::orientation_only(orientation);
        clean.extend([0xFF, 0xE1, 0, u8::try_from(tiff.len() + 8).unwrap_or_default()]);
        clean.extend(b"Exif\0\0");
        clean.extend(tiff);
    }
    clean.extend(kept.concat());
    clean.extend([0xFF, 0xD9]);
    clean
}
