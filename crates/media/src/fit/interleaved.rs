//! The way of pictures that are not ordinary photos: grey, CMYK, RGB, wide gamut, PNG, WebP, GIF.
//!
//! Colours are converted after scaling, when few pixels are left. It can also take every photo that
//! [`planar`](super::planar) takes, which makes it that path's fallback and its oracle in tests.

use std::io::Cursor;

use image::{
    ImageDecoder,
    codecs::{gif::GifDecoder, webp::WebPDecoder},
};
use moxcms::ColorProfile;
use png::Transformations;
use rats_scaling::{Channels, Crop, scale};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{
    FitError, Limits,
    colour::{self, Raster},
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
    let transparent = raster.is_transparent();
    // The picture is scaled as it lies and turned afterwards, when it is small.
    let crop = shape.keep_as_stored(source.width, source.height, source.orientation);
    let (width, height) = upright(shape.inner.0, shape.inner.1, source.orientation);
    let small = resize(raster, &crop, (width, height))?;
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
        (None, Kind::Png) => decode_png(bytes),
        (None, Kind::WebP) => decode_other(WebPDecoder::new(bytes).map_err(FitError::undecodable)?),
        (None, _) => decode_other(GifDecoder::new(bytes).map_err(FitError::undecodable)?),
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
    let mut pixels = decoder.decode().map_err(FitError::undecodable)?;
    // Adobe's programs store ink inverted, and all others followed; so every browser reads it.
    match frame.colours() {
        Colours::Cmyk => pixels.iter_mut().for_each(colour::invert),
        Colours::Ycck => pixels.as_chunks_mut().0.iter_mut().for_each(colour::ycck_to_ink),
        _ => {}
    }
    Ok(Raster { width: source.width, height: source.height, pixels, channels })
}

/// Decodes row by row to 8 bits a colour, so that a deeper picture takes no more memory.
fn decode_png(file: Cursor<&[u8]>) -> Result<(Raster, Option<ColorProfile>), FitError> {
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(FitError::undecodable)?;
    let size = reader.output_buffer_size().ok_or_else(|| FitError::undecodable("it does not fit into memory"))?;
    let mut pixels = vec![0; size];
    reader.next_frame(&mut pixels).map_err(FitError::undecodable)?;

    let channels = match reader.output_color_type().0 {
        png::ColorType::Grayscale => Channels::Grey,
        png::ColorType::GrayscaleAlpha => Channels::GreyAlpha,
        png::ColorType::Rgb => Channels::Rgb,
        png::ColorType::Rgba => Channels::Rgba,
        png::ColorType::Indexed => return Err(FitError::undecodable("its palette was not applied")),
    };
    let info = reader.info();
    // cICP outranks an ICC profile.
    let points = info.coding_independent_code_points;
    let profile = points
        .and_then(|p| colour::cicp(p.color_primaries, p.transfer_function, p.is_video_full_range_image))
        .or_else(|| info.icc_profile.as_deref().and_then(colour::profile));
    Ok((Raster { width: info.width, height: info.height, pixels, channels }, profile))
}

/// Decodes what comes as RGB or RGBA of 8 bits.
fn decode_other(mut decoder: impl ImageDecoder) -> Result<(Raster, Option<ColorProfile>), FitError> {
    let profile = decoder.icc_profile().ok().flatten().as_deref().and_then(colour::profile);
    let (width, height) = decoder.dimensions();
    let channels = if decoder.color_type().has_alpha() { Channels::Rgba } else { Channels::Rgb };
    let mut pixels = vec![0; usize::try_from(decoder.total_bytes()).map_err(FitError::failed)?];
    decoder.read_image(&mut pixels).map_err(FitError::undecodable)?;
    Ok((Raster { width, height, pixels, channels }, profile))
}

fn resize(mut raster: Raster, crop: &Crop, (width, height): (u32, u32)) -> Result<Raster, FitError> {
    let (from, channels) = ((raster.width, raster.height), raster.channels);
    let pixels = scale(&mut raster.pixels, channels, from, crop, (width, height)).map_err(FitError::failed)?;
    Ok(Raster { width, height, pixels, channels })
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
