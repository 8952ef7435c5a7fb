//! The way of ordinary photos: brightness and colour planes are scaled, turned and encoded each by itself.
//!
//! Nothing is converted to RGB and back, and colours stay at half size: quicker, smaller, and no worse.

use rats_scaling::{Crop, scale_grey};
use rusty_jpeg::{
    decode::{Decoder, Error, PlanarComponent},
    encode::{Encoder, PlanarYcbcrImage, SamplingFactor},
};

use super::{
    FitError, Limits, colour, encode,
    jpeg::{Colours, Frame},
    make::Made,
    shape::Shape,
    source::Source,
    turn::{turn, upright},
};

/// White in YCbCr.
const WHITE: [u8; 3] = [255, 128, 128];

/// Whether a JPEG can go this way: YCbCr that means sRGB. Progressive files are decoded quicker the other way.
pub(super) fn takes(frame: &Frame) -> bool {
    !frame.progressive
        && frame.colours() == Colours::YCbCr
        && frame.brightness_is_finest()
        && frame.icc.as_deref().and_then(colour::profile).is_none_or(|profile| colour::is_srgb(&profile))
}

/// Makes the JPEG; none where the decoder does not know the file's kind of sampling.
pub(super) fn make(source: &Source, shape: &Shape, limits: &Limits) -> Result<Option<Made>, FitError> {
    let crop = shape.keep_as_stored(source.width, source.height, source.orientation);
    let inner = upright(shape.inner.0, shape.inner.1, source.orientation);
    let Some(decoded) = decode(source, &crop, inner)? else { return Ok(None) };

    let mut planes = Vec::with_capacity(3);
    for (index, component) in decoded.components.iter().enumerate() {
        let half = |pixels: u32| if index == 0 { pixels } else { pixels.div_ceil(2) };
        let size = (half(inner.0), half(inner.1));
        let plane = resize(component, &decoded.part(component, &crop), size)?;
        let plane = turn::<1>(plane, size.0, size.1, source.orientation);
        let canvas = (half(shape.canvas.0), half(shape.canvas.1));
        let offset = if index == 0 { shape.offset() } else { (shape.offset().0 / 2, shape.offset().1 / 2) };
        let (width, _) = upright(size.0, size.1, source.orientation);
        planes.push(on_canvas(plane, width, canvas, offset, WHITE[index]));
    }
    let encoded = encode::within(limits, |quality| encode_planes(&planes, shape.canvas, quality))?;
    Ok(Some(Made { encoded, converted: false, transparent: false }))
}

struct Decoded {
    components: Vec<PlanarComponent>,
    /// How much smaller than the file says the picture was decoded: 1, 1/2, 1/4, 1/8.
    scale: f64,
    finest: (f64, f64),
}

impl Decoded {
    /// The part `crop` of the whole picture in a component's own samples.
    fn part(&self, component: &PlanarComponent, crop: &Crop) -> Crop {
        let across = self.scale * f64::from(component.horizontal_sampling_factor) / self.finest.0;
        let down = self.scale * f64::from(component.vertical_sampling_factor) / self.finest.1;
        crop.scaled(across, down).within(side(component.width), side(component.height))
    }
}

/// Decodes at the smallest size that still covers what is needed.
fn decode(source: &Source, crop: &Crop, inner: (u32, u32)) -> Result<Option<Decoded>, FitError> {
    let need = |stored: u32, kept: f64, made: u32| clamped(f64::from(stored) * f64::from(made) / kept);
    let mut decoder = Decoder::new(source.clean.as_slice());
    decoder.set_single_threaded(true);
    let image = decoder
        .scale(need(source.width, crop.width, inner.0), need(source.height, crop.height, inner.1))
        .and_then(|_| decoder.decode_planar());
    let image = match image {
        Ok(image) => image,
        Err(Error::Unsupported(_)) => return Ok(None),
        Err(error) => return Err(FitError::undecodable(error)),
    };
    let first = image.components.first().ok_or_else(|| FitError::corrupt("it has no picture in it"))?;
    let finest = (f64::from(first.horizontal_sampling_factor), f64::from(first.vertical_sampling_factor));
    let scale = [1.0, 0.5, 0.25, 0.125]
        .into_iter()
        .find(|scale| (f64::from(source.width) * scale).ceil() <= f64::from(image.width))
        .ok_or_else(|| FitError::corrupt("its size changes while it is read"))?;
    Ok(Some(Decoded { components: image.components, scale, finest }))
}

fn resize(component: &PlanarComponent, part: &Crop, to: (u32, u32)) -> Result<Vec<u8>, FitError> {
    let rows = component.data.len() / component.stride;
    let from = (u32::try_from(component.stride), u32::try_from(rows));
    let from = (from.0.map_err(FitError::failed)?, from.1.map_err(FitError::failed)?);
    scale_grey(&component.data, from, part, to).map_err(FitError::failed)
}

fn on_canvas(plane: Vec<u8>, width: u32, canvas: (u32, u32), offset: (u32, u32), white: u8) -> Vec<u8> {
    if plane.len() == canvas.0 as usize * canvas.1 as usize {
        return plane;
    }
    let mut whole = vec![white; canvas.0 as usize * canvas.1 as usize];
    let rows = whole.chunks_exact_mut(canvas.0 as usize).skip(offset.1 as usize);
    for (row, line) in rows.zip(plane.chunks_exact(width as usize)) {
        row[offset.0 as usize..][..line.len()].copy_from_slice(line);
    }
    whole
}

fn encode_planes(planes: &[Vec<u8>], canvas: (u32, u32), quality: u8) -> Result<Vec<u8>, FitError> {
    let [y, cb, cr] = planes else { return Err(FitError::failed("a photo has three planes")) };
    let (width, half) = (canvas.0 as usize, canvas.0.div_ceil(2) as usize);
    let (w, h) = (encode::side(canvas.0)?, encode::side(canvas.1)?);
    let image = PlanarYcbcrImage::new(y, cb, cr, [width, half, half], w, h, (2, 2))
        .ok_or_else(|| FitError::failed("the planes do not match"))?;
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode_image(image).map_err(|error| FitError::failed(error.to_string()))?;
    Ok(jpeg)
}

#[expect(clippy::cast_precision_loss, reason = "a JPEG's side has 16 bits")]
fn side(samples: usize) -> f64 {
    samples as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 16 bits before")]
fn clamped(pixels: f64) -> u16 {
    pixels.ceil().clamp(1.0, f64::from(u16::MAX)) as u16
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::ColorType;
    use zune_jpeg::{JpegDecoder, zune_core::bytestream::ZCursor};

    use super::*;
    use crate::fit::{Fit, exif, interleaved};

    /// A picture with soft and hard edges in every colour.
    fn photo(width: u16, height: u16, sampling: jpeg_encoder::SamplingFactor, orientation: u8) -> Vec<u8> {
        let mut pixels = Vec::new();
        for y in 0..u32::from(height) {
            for x in 0..u32::from(width) {
                let [across, down] = [x * 255 / u32::from(width), y * 255 / u32::from(height)];
                let ring = u32::from((x / 40 + y / 30) % 2 == 0) * 60;
                pixels.extend(
                    [across, (down + ring).min(255), 255 - across.midpoint(down)].map(|level| level.to_le_bytes()[0]),
                );
            }
        }
        let mut jpeg = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 92);
        encoder.set_sampling_factor(sampling);
        let orientation = image::metadata::Orientation::from_exif(orientation).unwrap();
        encoder.add_exif_metadata(&exif::orientation_only(orientation)).unwrap();
        encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
        jpeg
    }

    fn decoded(jpeg: &[u8]) -> Vec<u8> {
        JpegDecoder::new(ZCursor::new(jpeg)).decode().unwrap()
    }

    #[test]
    fn both_ways_give_the_same_picture() {
        use jpeg_encoder::SamplingFactor::{F_1_1, F_1_2, F_2_1, F_2_2};
        let limits = Limits::default();
        for (index, (width, height)) in
            [(700, 600), (333, 401), (1_801, 1_201), (900, 200), (200, 900)].into_iter().enumerate()
        {
            for (sampling, how) in [(F_2_2, Fit::Pad), (F_1_1, Fit::Crop), (F_2_1, Fit::Pad), (F_1_2, Fit::Crop)] {
                let orientation = u8::try_from(index + 3).unwrap();
                let source = Source::read(&photo(width, height, sampling, orientation), &limits).unwrap();
                let (w, h) = upright(source.width, source.height, source.orientation);
                let shape = Shape::of(w, h, how);
                let planar = decoded(&make(&source, &shape, &limits).unwrap().unwrap().encoded.jpeg);
                let oracle = decoded(&interleaved::make(&source, &shape, &limits).unwrap().encoded.jpeg);
                assert_eq!(planar.len(), oracle.len());
                let difference: u64 = planar.iter().zip(&oracle).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
                let mean = difference * 100 / planar.len() as u64;
                assert!(mean < 250, "{width}×{height} {sampling:?} {how:?} {orientation}: {mean} hundredths");
            }
        }
    }
}
