use image::ImageFormat;
use jpeg_encoder::ColorType;
use rats_media::fit::{Fit, FitError, Limits, fit};

use crate::pictures::*;

#[track_caller]
fn refused(bytes: &[u8]) -> FitError {
    match fit(bytes, Fit::Pad, &Limits::default()) {
        Err(error) => error,
        Ok(fitted) => panic!("taken: {:?}", fitted.changes),
    }
}

#[test]
fn sec_35_a_png_of_50000_by_50000_is_refused_from_its_header_alone() {
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
    bomb.extend([50_000_u32.to_be_bytes(), 50_000_u32.to_be_bytes()].concat());
    bomb.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    bomb.extend([0; 958]);
    let error = refused(&bomb);
    assert_eq!(error.to_string(), "the picture is 50000×50000; at most 50 megapixels are accepted");
    assert!(matches!(error, FitError::TooManyPixels { .. }), "not one byte of its (missing) pixels was looked for");
}

#[test]
fn sec_35_pixels_are_counted_before_decoding_in_every_kind() {
    let few = Limits { max_pixels: 10_000, ..Limits::default() };
    for file in
        [jpeg(640, 480), encoded(rgb_image(640, 480), ImageFormat::Png), LOSSY_WEBP.to_vec(), ANIMATED_GIF.to_vec()]
    {
        assert!(matches!(fit(&file, Fit::Pad, &few), Err(FitError::TooManyPixels { width: 640, height: 480, .. })));
    }
}

#[test]
fn sec_35_a_gif_picture_larger_than_its_screen_is_counted_too() {
    let mut gif = b"GIF89a\x01\0\x01\0\0\0\0\x2C\0\0\0\0".to_vec();
    gif.extend(b"\xFF\xFF\xFF\xFF\0\x02\x01\0\0\x3B");
    assert!(matches!(refused(&gif), FitError::TooManyPixels { width: 65_535, .. }));
}

#[test]
fn sec_35_too_many_bytes_are_refused_unread() {
    let limits = Limits { max_bytes: 1_000, ..Limits::default() };
    let error = fit(&[0; 1_001], Fit::Pad, &limits).unwrap_err();
    assert!(matches!(error, FitError::TooLarge { bytes: 1_001, .. }));
    let error = refused(&vec![0; 31_500_000]);
    assert_eq!(error.to_string(), "the file has 31.5 MB; at most 30 MB are accepted");
}

#[test]
fn sec_35_what_is_no_picture_is_named() {
    for (bytes, looks_like) in [
        (&b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..], "an SVG drawing"),
        (b"<?xml version=\"1.0\"?>\n<!-- x --><svg/>", "an SVG drawing"),
        (b"Happy birthday to you", "a text"),
        (b"%PDF-1.4 ...", "a PDF document"),
        (b"<html><img src=x></html>", "a web page"),
        (b"\0\0\0\x20ftypisom....", "a video"),
        (b"", "an empty file"),
    ] {
        let error = refused(bytes);
        assert_eq!(error.to_string(), format!("this is {looks_like}; please send a JPEG, PNG, WebP or GIF picture"));
    }
}

#[test]
fn sec_35_polyglots_are_refused() {
    let comment = |text: &[u8]| {
        jpeg_of(&rgb(64, 64), (64, 64), ColorType::Rgb, |encoder| encoder.add_app_segment(4, text.to_vec()).unwrap())
    };
    let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let png = encoded(rgb_image(64, 64), ImageFormat::Png);
    for (file, hidden) in [
        (comment(b"<script>alert(1)</script>"), "a script"),
        (comment(b"<?php system($_GET[0]); ?>"), "a script"),
        (comment(b"%PDF-1.4"), "a PDF document"),
        ([&jpeg(64, 64)[..], b"<html><body>"].concat(), "a web page"),
        ([&png[..], zip].concat(), "an archive"),
        ([&png[..], b"PK\x03\x04rest"].concat(), "an archive"),
        ([ANIMATED_GIF, b"\n<SCRIPT src=x>"].concat(), "a script"),
        ([LOSSY_WEBP, b"MZ\x90"].concat(), "a program"),
        (b"GIF89a/*<svg onload=alert(1)>*/=1;".to_vec(), "a web page"),
    ] {
        let error = refused(&file);
        assert!(matches!(error, FitError::Polyglot { hidden: found } if found == hidden), "{hidden}: {error:?}");
    }
}

#[test]
fn cut_off_files_are_refused_wherever_they_are_cut() {
    let files = [
        jpeg(200, 200),
        PROGRESSIVE_JPEG.to_vec(),
        encoded(rgb_image(64, 64), ImageFormat::Png),
        LOSSY_WEBP.to_vec(),
        encoded(rgb_image(64, 64), ImageFormat::WebP),
        CMYK_JPEG[..].to_vec(),
    ];
    for file in files {
        for eighth in 1..8 {
            let cut = &file[..file.len() * eighth / 8];
            let error = refused(cut);
            assert!(matches!(error, FitError::Corrupt { .. }), "{eighth}/8 of {:?}: {error:?}", &file[..4]);
        }
    }
    assert!(refused(&jpeg(64, 64)[..40]).to_string().starts_with("the picture is damaged (it ends too early)"));
}

#[test]
fn damaged_scans_are_refused_not_smeared() {
    let mut seed = 1_u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_be_bytes()[0]
    };
    let noise: Vec<u8> = (0..200 * 200 * 3).map(|_| random()).collect();
    let grey: Vec<u8> = noise[..200 * 200].to_vec();
    for whole in
        [jpeg_of(&noise, (200, 200), ColorType::Rgb, |_| {}), jpeg_of(&grey, (200, 200), ColorType::Luma, |_| {})]
    {
        let mut damaged = whole.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 200].fill_with(&mut random);
        assert!(matches!(refused(&damaged), FitError::Corrupt { .. }));
    }
}

#[test]
fn no_change_of_one_byte_gets_a_panic_out_of_it() {
    let files = [
        TURNED_JPEG.to_vec(),
        jpeg(64, 48),
        encoded(transparent_image(24, 24), ImageFormat::Png),
        TURNED_WEBP.to_vec(),
        ANIMATED_WEBP.to_vec(),
        encoded(rgb_image(24, 24), ImageFormat::Gif),
    ];
    for file in files {
        let limits = Limits { max_pixels: 1_000_000, ..Limits::default() };
        for at in (0..file.len()).step_by(1 + file.len() / 60) {
            let mut changed = file.clone();
            changed[at] ^= 0x55;
            let _ = fit(&changed, Fit::Pad, &limits);
        }
    }
}

#[test]
fn rare_jpegs_are_named() {
    for (from, to, feature) in [(0xC0, 0xC9, "arithmetic"), (0xC0, 0xC3, "lossless")] {
        let mut file = jpeg(64, 64);
        let at = file.windows(2).position(|pair| pair == [0xFF, from]).unwrap();
        file[at + 1] = to;
        assert!(refused(&file).to_string().contains(feature));
    }
    let mut deep = jpeg(64, 64);
    let at = deep.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    deep[at + 4] = 12;
    assert!(matches!(refused(&deep), FitError::Unsupported { .. }));
}

#[test]
fn sec_35_a_jpeg_of_endless_scans_is_refused() {
    let file = PROGRESSIVE_JPEG;
    let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    let length =
        file[scan + 2..].windows(2).position(|p| p[0] == 0xFF && !matches!(p[1], 0 | 0xD0..=0xD7)).unwrap() + 2;
    let bomb = [&file[..scan], &file[scan..scan + length].repeat(200), &file[scan + length..]].concat();
    assert!(refused(&bomb).to_string().contains("too many"));
}
