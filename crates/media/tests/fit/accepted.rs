use image::{DynamicImage, GrayAlphaImage, GrayImage, ImageFormat};
use jpeg_encoder::{ColorType, SamplingFactor};
use moxcms::ColorProfile;
use png::{BitDepth, CodingIndependentCodePoints};
use rats_media::fit::{Fit, Limits, fit};

use crate::{
    look::{assert_colour, assert_fields, check, fitted},
    pictures::*,
};

const UPRIGHT: [usize; 4] = [0, 1, 2, 3];
const WHITE: [u8; 3] = [255; 3];

#[test]
fn a_phones_photo_of_12_megapixels_is_turned_scaled_and_stripped() {
    let made = fitted(&camera_jpeg(4_000, 3_000, 6), Fit::Pad);
    assert_eq!((made.width, made.height), (1_440, 1_788), "3:4 is a little too narrow");
    assert_fields(&made, [2, 0, 3, 1], 6);
    assert_eq!(
        made.changes,
        [
            "turned upright",
            "scaled from 3000×4000 to 1341×1788",
            "white bars added left and right",
            "location and camera data removed",
        ]
    );
    assert_colour(&made, (0.01, 0.5), WHITE, 2);
}

#[test]
fn every_exif_orientation_is_turned_upright() {
    let orders = [
        [0, 1, 2, 3],
        [1, 0, 3, 2],
        [3, 2, 1, 0],
        [2, 3, 0, 1],
        [0, 2, 1, 3],
        [2, 0, 3, 1],
        [3, 1, 2, 0],
        [1, 3, 0, 2],
    ];
    for (orientation, order) in (1..=8).zip(orders) {
        let made = fitted(&camera_jpeg(500, 410, orientation), Fit::Pad);
        assert_fields(&made, order, 6);
        assert_eq!(made.changes.iter().any(|change| change == "turned upright"), orientation > 1);
    }
}

#[test]
fn jpegs_of_other_programs_are_taken() {
    for (jpeg, order) in [(TURNED_JPEG, [2, 0, 3, 1]), (PROGRESSIVE_JPEG, UPRIGHT), (RESTART_JPEG, UPRIGHT)] {
        assert_fields(&fitted(jpeg, Fit::Crop), order, 6);
    }
    assert_eq!(fitted(PROGRESSIVE_JPEG, Fit::Pad).changes, ["converted from progressive to baseline JPEG"]);
}

#[test]
fn an_untouched_picture_has_no_changes_to_tell() {
    assert!(fitted(&jpeg(640, 480), Fit::Pad).changes.is_empty());
}

#[test]
fn every_sampling_and_progressive_jpegs_come_out_baseline() {
    for sampling in [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
        SamplingFactor::F_2_2,
        SamplingFactor::F_4_1,
    ] {
        for progressive in [false, true] {
            let jpeg = jpeg_of(&rgb(801, 601), (801, 601), ColorType::Rgb, |encoder| {
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
            });
            assert_fields(&fitted(&jpeg, Fit::Pad), UPRIGHT, 6);
        }
    }
}

#[test]
fn odd_and_tiny_sizes_are_taken() {
    for (width, height) in [(1, 1), (2, 3), (17, 19), (321, 401), (641, 479), (1_441, 1_081), (1, 900), (900, 1)] {
        for how in [Fit::Pad, Fit::Crop] {
            check(&fit(&jpeg(width, height), how, &Limits::default()).unwrap());
        }
    }
    assert_eq!(fitted(&jpeg(100, 100), Fit::Pad).width, 320, "scaled up");
}

#[test]
fn a_panorama_gets_bars_or_loses_its_sides() {
    let padded = fitted(&jpeg(3_000, 500), Fit::Pad);
    assert_eq!((padded.width, padded.height), (1_440, 756));
    assert_colour(&padded, (0.5, 0.05), WHITE, 2);
    assert_colour(&padded, (0.5, 0.95), WHITE, 2);
    assert_colour(&padded, (0.25, 0.4), FIELDS[0], 6);

    let cropped = fitted(&jpeg(3_000, 500), Fit::Crop);
    assert_eq!((cropped.width, cropped.height), (952, 500));
    assert_fields(&cropped, UPRIGHT, 6);
    assert_eq!(cropped.changes, ["left and right cut off"]);
}

#[test]
fn a_tall_picture_gets_bars_or_loses_top_and_bottom() {
    let padded = fitted(&jpeg(500, 2_000), Fit::Pad);
    assert_eq!((padded.width, padded.height), (1_440, 1_788));
    assert_colour(&padded, (0.05, 0.5), WHITE, 2);
    assert_colour(&padded, (0.45, 0.25), FIELDS[0], 6);

    let cropped = fitted(&jpeg(500, 2_000), Fit::Crop);
    assert_eq!(cropped.changes, ["top and bottom cut off"]);
    assert_fields(&cropped, UPRIGHT, 6);
}

#[test]
fn transparent_parts_become_white() {
    for file in [
        encoded(transparent_image(640, 480), ImageFormat::Png),
        encoded(transparent_image(640, 480), ImageFormat::WebP),
        ALPHA_WEBP.to_vec(),
    ] {
        let made = fitted(&file, Fit::Pad);
        assert_colour(&made, (0.25, 0.25), FIELDS[0], 8);
        assert_colour(&made, (0.25, 0.75), WHITE, 3);
        assert_colour(&made, (0.75, 0.75), FIELDS[3].map(|level| u8::midpoint(level, 255)), 8);
        assert!(made.changes.contains(&"transparent parts made white".into()), "{:?}", made.changes);
    }
}

#[test]
fn webp_is_taken_lossy_lossless_turned_and_animated() {
    let lossless = encoded(rgb_image(640, 480), ImageFormat::WebP);
    for (file, order) in
        [(LOSSY_WEBP, UPRIGHT), (&lossless, UPRIGHT), (TURNED_WEBP, [2, 0, 3, 1]), (ANIMATED_WEBP, UPRIGHT)]
    {
        assert_fields(&fitted(file, Fit::Crop), order, 8);
    }
    assert!(fitted(TURNED_WEBP, Fit::Pad).changes.contains(&"location and camera data removed".into()));
    assert!(fitted(ANIMATED_WEBP, Fit::Pad).changes.contains(&"only the first picture of the animation kept".into()));
}

#[test]
fn the_first_picture_of_a_gif_is_taken() {
    let made = fitted(ANIMATED_GIF, Fit::Pad);
    assert_fields(&made, UPRIGHT, 8);
    assert_eq!(made.changes, ["converted from GIF to JPEG", "only the first picture of the animation kept"]);
    assert_fields(&fitted(&encoded(rgb_image(400, 400), ImageFormat::Gif), Fit::Pad), UPRIGHT, 8);
}

#[test]
fn png_is_taken_in_16_bits_with_a_palette_and_in_grey() {
    let deep = encoded(DynamicImage::from(DynamicImage::from(rgb_image(640, 480)).into_rgb16()), ImageFormat::Png);
    assert_fields(&fitted(&deep, Fit::Pad), UPRIGHT, 6);
    assert_fields(&fitted(INTERLACED_PNG, Fit::Pad), UPRIGHT, 6);

    let of_palette =
        fields(640, 480, |colour| [u8::try_from(FIELDS.iter().position(|field| *field == colour).unwrap()).unwrap()]);
    let palette = png_of(&of_palette, (640, 480), (png::ColorType::Indexed, BitDepth::Eight), |info| {
        info.palette = Some(FIELDS.concat().into());
    });
    assert_fields(&fitted(&palette, Fit::Pad), UPRIGHT, 6);

    let grey = encoded(GrayImage::from_pixel(400, 400, image::Luma([77])), ImageFormat::Png);
    assert_colour(&fitted(&grey, Fit::Pad), (0.5, 0.5), [77; 3], 3);
    let half_clear = encoded(GrayAlphaImage::from_pixel(400, 400, image::LumaA([77, 128])), ImageFormat::Png);
    let half_clear = fitted(&half_clear, Fit::Pad);
    assert_colour(&half_clear, (0.5, 0.5), [166; 3], 3);
    assert!(half_clear.changes.contains(&"transparent parts made white".into()), "{:?}", half_clear.changes);
    let png = with_png_chunk(&encoded(rgb_image(500, 410), ImageFormat::Png), *b"eXIf", &exif(6));
    assert_fields(&fitted(&png, Fit::Pad), [2, 0, 3, 1], 6);
}

#[test]
fn a_grey_jpeg_is_taken() {
    let grey = jpeg_of(&vec![77; 640 * 480], (640, 480), ColorType::Luma, |_| {});
    assert_colour(&fitted(&grey, Fit::Pad), (0.5, 0.5), [77; 3], 3);
}

#[test]
fn ink_becomes_light() {
    let made = fitted(CMYK_JPEG, Fit::Pad);
    assert_fields(&made, UPRIGHT, 8);
    assert_eq!(made.changes, ["colours converted to sRGB"]);

    // Written inverted, as Adobe does; with and without a colour transform.
    for colours in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let ink = fields(640, 480, |[r, g, b]| [255 - r, 255 - g, 255 - b, 0]);
        let jpeg = jpeg_of(&ink, (640, 480), colours, |_| {});
        assert_fields(&fitted(&jpeg, Fit::Pad), UPRIGHT, 8);
    }
}

#[test]
fn wide_colours_are_converted_to_srgb() {
    let made = fitted(&jpeg_with_profile(640, 480, &ColorProfile::new_display_p3()), Fit::Pad);
    assert_eq!(made.changes, ["colours converted to sRGB"]);
    // Display P3 (200, 60, 50) and (60, 160, 80) in sRGB, computed from the published matrices.
    assert_colour(&made, (0.25, 0.25), [217, 45, 38], 6);
    assert_colour(&made, (0.75, 0.25), [0, 162, 73], 6);
}

#[test]
fn a_profile_that_is_srgb_changes_nothing() {
    let made = fitted(&jpeg_with_profile(640, 480, &ColorProfile::new_srgb()), Fit::Pad);
    assert!(made.changes.is_empty(), "{:?}", made.changes);
    assert_fields(&made, UPRIGHT, 6);
}

#[test]
fn the_colours_of_a_png_with_cicp_are_converted() {
    let png = png_of(&rgb(640, 480), (640, 480), (png::ColorType::Rgb, BitDepth::Eight), |_| {});
    let points = CodingIndependentCodePoints {
        color_primaries: 12,
        transfer_function: 13,
        matrix_coefficients: 0,
        is_video_full_range_image: true,
    };
    let body = [points.color_primaries, points.transfer_function, points.matrix_coefficients, 1];
    let made = fitted(&with_png_chunk(&png, *b"cICP", &body), Fit::Pad);
    assert_colour(&made, (0.25, 0.25), [217, 45, 38], 6);
    assert!(made.changes.contains(&"colours converted to sRGB".into()));
}

#[test]
fn an_rgb_jpeg_is_not_taken_for_ycbcr() {
    // An Adobe segment with transform 0 says that three components are RGB: the same bytes then mean other colours.
    let plain = jpeg_of(&vec![128; 400 * 400 * 3], (400, 400), ColorType::Ycbcr, |encoder| {
        encoder.add_app_segment(14, b"Adobe\0\x64\0\0\0\0\0".to_vec()).unwrap();
    });
    assert_colour(&fitted(&plain, Fit::Pad), (0.5, 0.5), [128; 3], 3);
    let red = jpeg_of(&[255, 0, 0].repeat(400 * 400), (400, 400), ColorType::Ycbcr, |encoder| {
        encoder.add_app_segment(14, b"Adobe\0\x64\0\0\0\0\0".to_vec()).unwrap();
    });
    assert_colour(&fitted(&red, Fit::Pad), (0.5, 0.5), [255, 0, 0], 6);
}

#[test]
fn quality_falls_until_the_file_is_small_enough() {
    let noise: Vec<u8> =
        (0..800_u32 * 800 * 3).map(|i| (i.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
    let picture = jpeg_of(&noise, (800, 800), ColorType::Rgb, |_| {});
    let usual = fitted(&picture, Fit::Pad);
    let limits = Limits { max_jpeg_bytes: usual.jpeg.len() / 2, ..Limits::default() };
    let pressed = fit(&picture, Fit::Pad, &limits).unwrap();
    check(&pressed);
    assert!(pressed.jpeg.len() <= limits.max_jpeg_bytes);
    assert_eq!(pressed.changes, ["compressed more than usual to keep the file small"]);
    let impossible = Limits { max_jpeg_bytes: 1_000, ..Limits::default() };
    let refused = fit(&picture, Fit::Pad, &impossible).unwrap_err();
    assert_eq!(refused.to_string(), "the picture cannot be made smaller than 1000 bytes");
}
