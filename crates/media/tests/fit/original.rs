use image::ImageFormat;
use rats_media::fit::Fit;

use crate::{look::fitted, pictures::*};

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn the_original_gives_the_same_picture_again_and_other_fits() {
    let gif = encoded(rgb_image(300, 300), ImageFormat::Gif);
    let png = with_png_chunk(&encoded(transparent_image(300, 900), ImageFormat::Png), *b"eXIf", &exif(8));
    let files = [
        &camera_jpeg(3_000, 500, 6),
        TURNED_JPEG,
        CMYK_JPEG,
        PROGRESSIVE_JPEG,
        RESTART_JPEG,
        &png,
        LOSSY_WEBP,
        ALPHA_WEBP,
        TURNED_WEBP,
        ANIMATED_WEBP,
        ANIMATED_GIF,
        &gif,
        &jpeg_with_profile(300, 300, &moxcms::ColorProfile::new_display_p3()),
    ];
    for file in files {
        let made = fitted(file, Fit::Pad);
        let again = fitted(&made.original, Fit::Pad);
        assert!(again.jpeg == made.jpeg, "the same picture");
        assert!(again.original == made.original, "nothing left to remove");
        assert!(!again.changes.iter().any(|change| change.contains("removed")), "{:?}", again.changes);
        fitted(&made.original, Fit::Crop);
    }
}

#[test]
fn no_original_says_where_or_with_what_it_was_taken() {
    let png = encoded(rgb_image(64, 64), ImageFormat::Png);
    let png = with_png_chunk(&png, *b"eXIf", &exif(6));
    let png = with_png_chunk(&png, *b"tEXt", b"Comment\0Own GPSLatitude");
    for file in [&camera_jpeg(640, 480, 6), &camera_jpeg(640, 480, 1), TURNED_JPEG, TURNED_WEBP, &png] {
        let made = fitted(file, Fit::Pad);
        for trace in
            [&b"Own"[..], b"Maker", b"GPS", b"xmp", b"Photoshop", b"a comment", b"\x25\x88\x04", b"\x88\x25\0\x04"]
        {
            assert!(!holds(&made.original, trace) && !holds(&made.jpeg, trace), "{:?}", String::from_utf8_lossy(trace));
        }
        assert!(made.changes.contains(&"location and camera data removed".into()));
    }
    assert!(!holds(&fitted(ANIMATED_GIF, Fit::Pad).original, b"NETSCAPE"));
}

#[test]
fn what_follows_the_end_is_cut_off_and_told() {
    let second = [jpeg(64, 64), jpeg(32, 32)].concat();
    let film = [&jpeg(64, 64)[..], b"\0\0\0\x18ftypmp42...."].concat();
    for file in [second, film] {
        let made = fitted(&file, Fit::Pad);
        assert!(made.changes.contains(&"data after the picture removed".into()));
        assert!(!holds(&made.original, b"ftyp") && made.original.len() < file.len());
    }
}

#[test]
fn the_original_keeps_its_pixels_untouched() {
    let file = camera_jpeg(640, 480, 6);
    let made = fitted(&file, Fit::Pad);
    let scan = |jpeg: &[u8]| jpeg[jpeg.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap()..].to_vec();
    assert!(scan(&file) == scan(&made.original));
}
