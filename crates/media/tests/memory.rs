//! How much memory the largest accepted pictures take, as the system counts it: one test, alone in its process.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{
    fs,
    io::{Cursor, Write as _},
};

use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};
use png::{BitDepth, ColorType};
use rats_media::fit::{Fit, Limits, fit};

/// What one picture may take beside its file, in bytes.
const MOST: u64 = 300_000_000;

/// Makes a picture's file.
type Maker = fn() -> Vec<u8>;

/// A PNG written row by row.
fn png(width: u32, height: u32, kind: ColorType, depth: BitDepth) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(kind);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row = vec![120; kind.samples() * width as usize * if depth == BitDepth::Sixteen { 2 } else { 1 }];
    for _ in 0..height {
        rows.write_all(&row).unwrap();
    }
    rows.finish().unwrap();
    drop(writer);
    file
}

fn progressive(side: u16, sampling: jpeg_encoder::SamplingFactor) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    encoder.set_progressive(true);
    encoder.set_sampling_factor(sampling);
    let pixels = vec![120; usize::from(side) * usize::from(side) * 3];
    encoder.encode(&pixels, side, side, jpeg_encoder::ColorType::Rgb).unwrap();
    file
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// The most memory held since [`forget_peak`], in bytes.
fn peak() -> u64 {
    read("VmHWM:")
}

fn held() -> u64 {
    read("VmRSS:")
}

fn read(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

#[test]
fn sec_35_the_largest_accepted_pictures_take_less_than_300_mb() {
    use jpeg_encoder::SamplingFactor::{F_1_1, F_2_2};
    let makers: [(&str, Maker); 9] = [
        ("a PNG of 16 bits", || png(7_000, 7_000, ColorType::Rgb, BitDepth::Sixteen)),
        ("a PNG of 16 bits with transparency", || png(7_071, 7_071, ColorType::Rgba, BitDepth::Sixteen)),
        ("a grey PNG of 16 bits with transparency", || png(7_071, 7_071, ColorType::GrayscaleAlpha, BitDepth::Sixteen)),
        ("a PNG with transparency", || png(7_071, 7_071, ColorType::Rgba, BitDepth::Eight)),
        ("a progressive JPEG with half the colours", || progressive(6_400, F_2_2)),
        ("a progressive JPEG", || progressive(5_200, F_1_1)),
        ("a lossless WebP", || encoded(RgbImage::new(5_900, 5_900), ImageFormat::WebP)),
        ("a lossless WebP with transparency", || encoded(RgbaImage::new(7_071, 7_071), ImageFormat::WebP)),
        ("a GIF", || encoded(RgbaImage::new(7_071, 7_071), ImageFormat::Gif)),
    ];
    for (what, make) in makers {
        let file = make();
        let before = held();
        forget_peak();
        let fitted = fit(&file, Fit::Pad, &Limits::default()).unwrap();
        let took = peak().saturating_sub(before);
        assert!(took < MOST, "{what} took {} MB", took / 1_000_000);
        assert_eq!((fitted.width, fitted.height), (1_440, 1_440));
    }
}
