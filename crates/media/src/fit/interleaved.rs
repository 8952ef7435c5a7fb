//! The way of pictures that are not ordinary photos: grey, CMYK, RGB, wide gamut, PNG, WebP, GIF.
//!
//! Colours are converted after scaling, when few pixels are left. It can also take every photo that
//! [`planar`](super::planar) takes, which makes it that path's fallback and its oracle in tests.

use std::io::Cursor;

use fast_image_resize::{
    PixelType, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use image::{
    DynamicImage, ImageDecoder,
    codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder},
};
use moxcms::ColorProfile;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{
    FitError, Limits,
    colour::{self, Channels, Raster},
    encode,
    jpeg::{Colours, Frame},
    kind::Kind,
    make::Made,
    shape::Shape,
    source::Source,
    turn::{turn, upright},
};

/// Makes the JPEG.
pub(super) fn make(source: &Source, shape: &Shape, limits: &Limits) -> Result<Made, FitError> {
    let (raster, profile) = decode(source)?;
    let transparent =
        raster.channels == Channels::Rgba && raster.pixels.iter().skip(3).step_by(4).any(|alpha| *alpha < 255);
    let small = resize(&raster, shape, source)?;
    drop(raster);
    let (width, height) = (small.width, small.height);
    let (rgb, converted) = colour::to_srgb(small, profile.as_ref());
    let rgb = on_canvas(turn::<3>(rgb, width, height, source.orientation), shape);
    let encoded = encode::within(limits, |quality| encode::rgb(&rgb, shape.canvas, quality))?;
    Ok(Made { encoded, converted, transparent })
}

fn decode(source: &Source) -> Result<(Raster, Option<ColorProfile>), FitError> {
    let bytes = Cursor::new(source.clean.as_slice());
    match (&source.frame, source.kind) {
        (Some(frame), _) => {
            let profile = frame.icc.as_deref().and_then(colour::profile);
            Ok((decode_jpeg(source, frame)?, profile))
        }
        (None, Kind::Png) => {
            let cicp = cicp(&source.clean)?;
            let (raster, profile) = decode_other(PngDecoder::new(bytes).map_err(corrupt)?)?;
            Ok((raster, cicp.or(profile)))
        }
        (None, Kind::WebP) => decode_other(WebPDecoder::new(bytes).map_err(corrupt)?),
        (None, _) => decode_other(GifDecoder::new(bytes).map_err(corrupt)?),
    }
}

fn decode_jpeg(source: &Source, frame: &Frame) -> Result<Raster, FitError> {
    let (space, channels) = match frame.colours() {
        Colours::Grey => (ColorSpace::Luma, Channels::Grey),
        Colours::YCbCr | Colours::Rgb => (ColorSpace::RGB, Channels::Rgb),
        Colours::Cmyk => (ColorSpace::CMYK, Channels::Cmyk),
        Colours::Ycck => (ColorSpace::YCCK, Channels::Cmyk),
    };
    // Not strict, the decoder fills what is damaged with grey and calls it a picture.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(space);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(source.clean.as_slice()), options);
    let mut pixels = decoder.decode().map_err(|error| FitError::corrupt(error.to_string()))?;
    // Adobe's programs store ink inverted, and all others followed; so every browser reads it.
    match frame.colours() {
        Colours::Cmyk => pixels.iter_mut().for_each(colour::invert),
        Colours::Ycck => pixels.as_chunks_mut().0.iter_mut().for_each(colour::ycck_to_ink),
        _ => {}
    }
    Ok(Raster { width: source.width, height: source.height, pixels, channels })
}

fn decode_other(mut decoder: impl ImageDecoder) -> Result<(Raster, Option<ColorProfile>), FitError> {
    let profile = decoder.icc_profile().ok().flatten().as_deref().and_then(colour::profile);
    let image = DynamicImage::from_decoder(decoder).map_err(corrupt)?;
    let (width, height) = (image.width(), image.height());
    let (pixels, channels) = match (image.color().has_color(), image.color().has_alpha()) {
        (false, false) => (image.into_luma8().into_raw(), Channels::Grey),
        (true, false) => (image.into_rgb8().into_raw(), Channels::Rgb),
        (_, true) => (image.into_rgba8().into_raw(), Channels::Rgba),
    };
    Ok((Raster { width, height, pixels, channels }, profile))
}

/// The cICP chunk, which the `image` crate does not look at; it outranks an ICC profile.
fn cicp(file: &[u8]) -> Result<Option<ColorProfile>, FitError> {
    let reader =
        png::Decoder::new(Cursor::new(file)).read_info().map_err(|error| FitError::corrupt(error.to_string()))?;
    let points = reader.info().coding_independent_code_points;
    Ok(points.and_then(|p| colour::cicp(p.color_primaries, p.transfer_function, p.is_video_full_range_image)))
}

fn resize(raster: &Raster, shape: &Shape, source: &Source) -> Result<Raster, FitError> {
    let pixel = match raster.channels {
        Channels::Grey => PixelType::U8,
        Channels::Rgb => PixelType::U8x3,
        Channels::Rgba | Channels::Cmyk => PixelType::U8x4,
    };
    // The picture is scaled as it lies and turned afterwards, when it is small.
    let (width, height) = upright(shape.inner.0, shape.inner.1, source.orientation);
    let crop = shape.keep_as_stored(source.width, source.height, source.orientation);
    let from = ImageRef::new(raster.width, raster.height, &raster.pixels, pixel).map_err(FitError::failed)?;
    let mut to = Image::new(width, height, pixel);
    let options = ResizeOptions::new()
        .crop(crop.left, crop.top, crop.width, crop.height)
        .use_alpha(raster.channels == Channels::Rgba);
    Resizer::new().resize(&from, &mut to, &options).map_err(FitError::failed)?;
    Ok(Raster { width, height, pixels: to.into_vec(), channels: raster.channels })
}

fn on_canvas(rgb: Vec<u8>, shape: &Shape) -> Vec<u8> {
    if shape.inner == shape.canvas {
        return rgb;
    }
    let bytes = |pixels: u32| pixels as usize * 3;
    let (left, top) = shape.offset();
    let mut canvas = vec![255; bytes(shape.canvas.0) * shape.canvas.1 as usize];
    let rows = canvas.chunks_exact_mut(bytes(shape.canvas.0)).skip(top as usize);
    for (row, line) in rows.zip(rgb.chunks_exact(bytes(shape.inner.0))) {
        row[bytes(left)..][..line.len()].copy_from_slice(line);
    }
    canvas
}

#[expect(clippy::needless_pass_by_value, reason = "given to `map_err`")]
fn corrupt(error: image::ImageError) -> FitError {
    FitError::corrupt(error.to_string())
}
