//! Looks at JPEGs that were made.

#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small test pictures")]

use rats_media::fit::{Fit, Fitted, Limits, fit};
use zune_jpeg::{JpegDecoder, zune_core::bytestream::ZCursor};

use crate::pictures::FIELDS;

/// Fits with the ordinary limits and checks everything that holds for every picture.
#[track_caller]
pub(crate) fn fitted(bytes: &[u8], how: Fit) -> Fitted {
    let fitted = fit(bytes, how, &Limits::default()).unwrap();
    check(&fitted);
    fitted
}

/// What Instagram asks of every picture.
#[track_caller]
pub(crate) fn check(fitted: &Fitted) {
    let Fitted { jpeg, width, height, .. } = fitted;
    assert!((320..=1_440).contains(width), "width {width}");
    let ratio = f64::from(*width) / f64::from(*height);
    assert!((0.805..=1.905).contains(&ratio), "ratio {ratio}");
    assert!(jpeg.len() <= 8_000_000);
    let markers = markers(jpeg);
    assert!(markers.contains(&0xC0), "baseline: {markers:x?}");
    for marker in [0xC1, 0xC2, 0xE1, 0xE2, 0xED, 0xEE, 0xFE] {
        assert!(!markers.contains(&marker), "no {marker:x}: {markers:x?}");
    }
    let sof = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    assert_eq!(jpeg[sof + 9], 3, "three colours");
    assert_eq!((jpeg[sof + 11], jpeg[sof + 14], jpeg[sof + 17]), (0x22, 0x11, 0x11), "4:2:0");
    assert_eq!(u16::from_be_bytes([jpeg[sof + 5], jpeg[sof + 6]]), u16::try_from(*height).unwrap());
    assert_eq!(u16::from_be_bytes([jpeg[sof + 7], jpeg[sof + 8]]), u16::try_from(*width).unwrap());
}

/// The markers before the first scan.
pub(crate) fn markers(jpeg: &[u8]) -> Vec<u8> {
    let mut markers = Vec::new();
    let mut at = 2;
    while jpeg[at + 1] != 0xDA {
        markers.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    markers
}

/// The colour at a place given in parts of the whole, averaged over a few pixels.
pub(crate) fn colour_at(fitted: &Fitted, across: f64, down: f64) -> [u8; 3] {
    let pixels = JpegDecoder::new(ZCursor::new(&fitted.jpeg)).decode().unwrap();
    let place = |part: f64, side: u32| (part * f64::from(side)) as usize;
    let (x, y) = (place(across, fitted.width), place(down, fitted.height));
    let width = fitted.width as usize;
    [0, 1, 2].map(|channel| {
        let sum: u32 = (0..9).map(|i| u32::from(pixels[((y - 1 + i / 3) * width + x - 1 + i % 3) * 3 + channel])).sum();
        u8::try_from(sum / 9).unwrap()
    })
}

#[track_caller]
pub(crate) fn assert_colour(fitted: &Fitted, (across, down): (f64, f64), expected: [u8; 3], tolerance: u8) {
    let colour = colour_at(fitted, across, down);
    let far = colour.iter().zip(expected).any(|(is, should)| is.abs_diff(should) > tolerance);
    assert!(!far, "at {across}, {down}: {colour:?}, not {expected:?}");
}

/// The four fields in the middle of each quarter, in this order.
#[track_caller]
pub(crate) fn assert_fields(fitted: &Fitted, order: [usize; 4], tolerance: u8) {
    for (place, field) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)].into_iter().zip(order) {
        assert_colour(fitted, place, FIELDS[field], tolerance);
    }
}
