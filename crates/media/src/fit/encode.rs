//! Baseline JPEG, 4:2:0, as good as the limit allows.

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use super::{FitError, Limits};

/// Qualities tried one after the other until the file is small enough; nearly every picture takes the first.
const QUALITIES: [u8; 7] = [88, 80, 70, 55, 40, 25, 10];

/// A JPEG and whether it took more compression than usual.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) jpeg: Vec<u8>,
    pub(super) pressed: bool,
}

/// Encodes with falling quality until the file is within the limit.
pub(super) fn within(limits: &Limits, encode: impl Fn(u8) -> Result<Vec<u8>, FitError>) -> Result<Encoded, FitError> {
    for quality in QUALITIES {
        let jpeg = encode(quality)?;
        if jpeg.len() <= limits.max_jpeg_bytes {
            return Ok(Encoded { jpeg, pressed: quality < QUALITIES[0] });
        }
    }
    Err(FitError::CannotShrink { max_bytes: limits.max_jpeg_bytes })
}

/// Encodes RGB pixels.
pub(super) fn rgb(pixels: &[u8], (width, height): (u32, u32), quality: u8) -> Result<Vec<u8>, FitError> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // The default takes every second sample, which shows as jagged colour edges.
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.encode(pixels, side(width)?, side(height)?, ColorType::Rgb).map_err(FitError::failed)?;
    Ok(jpeg)
}

/// A side as JPEG writes it.
pub(super) fn side(pixels: u32) -> Result<u16, FitError> {
    u16::try_from(pixels).map_err(FitError::failed)
}
