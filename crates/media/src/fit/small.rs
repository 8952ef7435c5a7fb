//! Small copies of our own pictures, for lists.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{FitError, Limits, make::make, shape::Shape, source::Source, turn};

/// The largest small copy, in bytes: a page shows ten of them and is still quick.
const MOST_BYTES: usize = 7_500;

/// A copy of a picture `width` pixels wide, or as wide as it is, as a JPEG of at most 7,500 bytes.
///
/// # Errors
///
/// [`FitError`] for what is no picture.
pub fn small(jpeg: &[u8], width: u32) -> Result<Vec<u8>, FitError> {
    catch_unwind(AssertUnwindSafe(|| {
        let limits = Limits { max_jpeg_bytes: MOST_BYTES, ..Limits::default() };
        let source = Source::read(jpeg, &limits)?;
        let (whole, high) = turn::upright(source.width, source.height, source.orientation);
        let width = width.clamp(1, whole);
        let canvas = (width, (high * width / whole).max(1));
        let shape = Shape { keep: (f64::from(whole), f64::from(high)), inner: canvas, canvas };
        Ok(make(&source, &shape, &limits)?.encoded.jpeg)
    }))
    .unwrap_or_else(|_| Err(FitError::undecodable("its decoder panicked")))
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder};
    use zune_jpeg::{JpegDecoder, zune_core::bytestream::ZCursor};

    use super::*;

    #[test]
    fn a_small_copy_keeps_the_shape_and_is_light_whatever_it_shows() {
        let mut noise: u32 = 1;
        let mut next = || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.to_be_bytes()[0]
        };
        let pixels: Vec<u8> = (0..1_080 * 1_340 * 3).map(|_| next()).collect();
        let mut jpeg = Vec::new();
        Encoder::new(&mut jpeg, 90).encode(&pixels, 1_080, 1_340, ColorType::Rgb).unwrap();

        let copy = small(&jpeg, 240).unwrap();
        assert!(copy.len() <= MOST_BYTES, "{} bytes", copy.len());
        let mut decoder = JpegDecoder::new(ZCursor::new(&copy));
        decoder.decode_headers().unwrap();
        assert_eq!(decoder.dimensions(), Some((240, 297)));
        assert!(small(b"<svg/>", 240).is_err());
    }
}
