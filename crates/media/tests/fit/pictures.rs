//! Pictures made for the tests: four fields of different colours, so that colours and directions can be probed.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Red, green, blue, yellow: left to right, then down.
pub(crate) const FIELDS: [[u8; 3]; 4] = [[200, 60, 50], [60, 160, 80], [50, 80, 190], [220, 200, 70]];

pub(crate) const LOSSY_WEBP: &[u8] = include_bytes!("fixtures/lossy.webp");
pub(crate) const ALPHA_WEBP: &[u8] = include_bytes!("fixtures/alpha.webp");
pub(crate) const TURNED_WEBP: &[u8] = include_bytes!("fixtures/turned.webp");
pub(crate) const ANIMATED_WEBP: &[u8] = include_bytes!("fixtures/animated.webp");
pub(crate) const ANIMATED_GIF: &[u8] = include_bytes!("fixtures/animated.gif");
pub(crate) const TURNED_JPEG: &[u8] = include_bytes!("fixtures/turned.jpg");
pub(crate) const CMYK_JPEG: &[u8] = include_bytes!("fixtures/cmyk.jpg");
pub(crate) const PROGRESSIVE_JPEG: &[u8] = include_bytes!("fixtures/progressive.jpg");
/// 16 bits a colour.
pub(crate) const INTERLACED_PNG: &[u8] = include_bytes!("fixtures/interlaced.png");
pub(crate) const RESTART_JPEG: &[u8] = include_bytes!("fixtures/restart.jpg");

/// The four fields in pixels of `N` bytes, a row at a time.
pub(crate) fn fields<const N: usize>(width: usize, height: usize, pixel: impl Fn([u8; 3]) -> [u8; N]) -> Vec<u8> {
    let row = |left: usize| {
        let (left, right) = (pixel(FIELDS[left]), pixel(FIELDS[left + 1]));
        [left.repeat(width / 2), right.repeat(width - width / 2)].concat()
    };
    [row(0).repeat(height / 2), row(2).repeat(height - height / 2)].concat()
}

pub(crate) fn rgb(width: usize, height: usize) -> Vec<u8> {
    fields(width, height, |colour| colour)
}

/// A JPEG with whatever `set` says.
pub(crate) fn jpeg_of(
    pixels: &[u8],
    (width, height): (usize, usize),
    colours: ColorType,
    set: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 92);
    set(&mut encoder);
    encoder.encode(pixels, u16::try_from(width).unwrap(), u16::try_from(height).unwrap(), colours).unwrap();
    jpeg
}

pub(crate) fn jpeg(width: usize, height: usize) -> Vec<u8> {
    jpeg_of(&rgb(width, height), (width, height), ColorType::Rgb, |encoder| {
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
    })
}

pub(crate) fn jpeg_with_profile(width: usize, height: usize, profile: &moxcms::ColorProfile) -> Vec<u8> {
    let icc = profile.encode().unwrap();
    jpeg_of(&rgb(width, height), (width, height), ColorType::Rgb, |encoder| encoder.add_icc_profile(&icc).unwrap())
}

/// EXIF with a maker, an orientation and a GPS directory (latitude 47° 22' 30" N).
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    tiff.extend(b"\x0F\x01\x02\0\x04\0\0\0Own\0");
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend(b"\x25\x88\x04\0\x01\0\0\0\x32\0\0\0");
    tiff.extend([0; 4]);
    tiff.extend(b"\x02\0\x01\0\x02\0\x02\0\0\0N\0\0\0\x02\0\x05\0\x03\0\0\0\x50\0\0\0\0\0\0\0");
    for number in [47_u32, 1, 22, 1, 30, 1] {
        tiff.extend(number.to_le_bytes());
    }
    tiff
}

/// A JPEG as a camera stores it: with EXIF, XMP and a comment.
pub(crate) fn camera_jpeg(width: usize, height: usize, orientation: u8) -> Vec<u8> {
    jpeg_of(&rgb(width, height), (width, height), ColorType::Rgb, |encoder| {
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.add_exif_metadata(&exif(orientation)).unwrap();
        encoder
            .add_app_segment(1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta GPSLatitude='47,22.5N'/>".to_vec())
            .unwrap();
        encoder.add_app_segment(13, b"Photoshop 3.0\0 iptc".to_vec()).unwrap();
    })
}

pub(crate) fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

pub(crate) fn rgb_image(width: u32, height: u32) -> RgbImage {
    RgbImage::from_raw(width, height, rgb(width as usize, height as usize)).unwrap()
}

/// The third field clear, the fourth half clear.
pub(crate) fn transparent_image(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let field = usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2);
        let Rgb([r, g, b]) = Rgb(FIELDS[field]);
        Rgba([r, g, b, [255, 255, 0, 128][field]])
    })
}

/// A PNG written by the `png` crate, with whatever `set` says.
pub(crate) fn png_of(
    pixels: &[u8],
    (width, height): (u32, u32),
    kind: (png::ColorType, png::BitDepth),
    set: impl FnOnce(&mut png::Info<'static>),
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut info = png::Info::with_size(width, height);
    (info.color_type, info.bit_depth) = kind;
    set(&mut info);
    let mut writer = png::Encoder::with_info(&mut file, info).unwrap().write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    file
}

/// Puts a chunk in front of a PNG's pixels.
pub(crate) fn with_png_chunk(png: &[u8], name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend(name);
    chunk.extend(body);
    let sum = !chunk[4..].iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    });
    chunk.extend(sum.to_be_bytes());
    let header = 8 + 25;
    [&png[..header], &chunk, &png[header..]].concat()
}
