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
fn sec_35_what_decoding_takes_is_counted_before_decoding() {
    // Of a progressive JPEG every coefficient is held until the end. This one has a head, and not one of them.
    let mut jpeg = b"\xFF\xD8\xFF\xC2\0\x11\x08".to_vec();
    jpeg.extend([7_000_u16.to_be_bytes(), 7_000_u16.to_be_bytes()].concat());
    jpeg.extend(b"\x03\x01\x11\0\x02\x11\0\x03\x11\0");
    jpeg.extend(b"\xFF\xDA\0\x0C\x03\x01\0\x02\0\x03\0\0\0\0\0\xFF\xD9");
    let error = refused(&jpeg);
    assert!(matches!(error, FitError::TooMuchToDecode { width: 7_000, height: 7_000, .. }));
    assert_eq!(
        error.to_string(),
        "the picture is 7000×7000 and takes 441 MB to decode as it is stored, at most 250 MB are allowed; please send it smaller, or as an ordinary JPEG"
    );
}

#[test]
fn sec_35_a_picture_of_endless_rows_and_one_beside_its_screen_are_counted_as_they_are_decoded() {
    // Some rows of a PNG are held as they are stored.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
    png.extend([25_000_000_u32.to_be_bytes(), 2_u32.to_be_bytes()].concat());
    png.extend([16, 6, 0, 0, 0, 0, 0, 0, 0]);
    assert!(matches!(refused(&png), FitError::TooMuchToDecode { bytes: 1_800_000_000, .. }));

    // A GIF's picture that does not fill its screen is held beside it.
    let mut gif = b"GIF89a\x58\x1B\x58\x1B\0\0\0\x2C\0\0\0\0".to_vec();
    gif.extend(b"\x57\x1B\x58\x1B\0\x02\x01\0\0\x3B");
    assert!(matches!(refused(&gif), FitError::TooMuchToDecode { width: 7_000, bytes: 440_965_000, .. }));

    // An animation's canvas and frame are held beside the picture.
    let limits = Limits { max_decoding_bytes: 640 * 480 * 12 - 1, ..Limits::default() };
    assert!(matches!(fit(ANIMATED_WEBP, Fit::Pad, &limits), Err(FitError::TooMuchToDecode { bytes: 3_686_400, .. })));
}

#[test]
fn sec_35_a_webp_whose_frame_is_larger_than_its_canvas_is_refused_undecoded() {
    let swollen = |file: &[u8]| {
        let mut file = file.to_vec();
        let sides = file.windows(3).position(|part| part == b"\x9D\x01\x2A").unwrap() + 3;
        file[sides..sides + 4].copy_from_slice(b"\xFF\x3F\xFF\x3F");
        file
    };
    let canvas = b"VP8X\x0A\0\0\0\0\0\0\0\x7F\x02\0\xDF\x01\0";
    let mut extended = [b"RIFF\0\0\0\0WEBP", &canvas[..], &LOSSY_WEBP[12..]].concat();
    let length = u32::try_from(extended.len() - 8).unwrap().to_le_bytes();
    extended[4..8].copy_from_slice(&length);
    assert!(fit(&extended, Fit::Pad, &Limits::default()).is_ok());
    for file in [&extended, ANIMATED_WEBP] {
        let error = refused(&swollen(file));
        assert!(error.to_string().contains("its frame is larger than the picture"), "{error}");
    }
}

#[test]
fn sec_41_what_cannot_be_decoded_is_told_in_our_own_words() {
    let mut gif = encoded(rgb_image(64, 64), ImageFormat::Gif);
    let data = gif.windows(10).rposition(|part| part[0] == 0x2C && part[5..9] == [64, 0, 64, 0]).unwrap() + 10;
    let table = if gif[data - 1] & 0x80 == 0 { 0 } else { 3 << ((gif[data - 1] & 7) + 1) };
    gif[data + table] = 12; // a code of more bits than there are
    let mut png = encoded(rgb_image(64, 64), ImageFormat::Png);
    let pixels = png.windows(4).position(|part| part == b"IDAT").unwrap() + 4;
    png[pixels] ^= 0x55;
    let mut webp = encoded(rgb_image(64, 64), ImageFormat::WebP);
    webp[40..].fill(0xFF);
    let mut headless = LOSSY_WEBP.to_vec();
    headless[12] = b'X';
    let mut progressive = PROGRESSIVE_JPEG.to_vec();
    let scan = progressive.windows(2).position(|part| part == [0xFF, 0xDA]).unwrap() + 14;
    progressive[scan..scan + 40].fill(0x55);
    for file in [&gif, &png, &webp, &headless, &progressive] {
        let told = refused(file).to_string();
        assert_eq!(
            told,
            "the picture is damaged (it cannot be decoded); please send it again or save it anew",
            "{:?}",
            &file[..4]
        );
    }
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
