use std::fs;

use rats_media::card::{CardError, CardPress, Kind, bundled_fonts};

use crate::desk::{brief, card};

#[test]
fn the_same_brief_gives_the_same_bytes_and_another_seed_another_card() {
    let first = brief(Kind::Birthday, "Anna's birthday", "Anna");
    let press = CardPress::new(bundled_fonts(), None);
    let one = press.render(&first).unwrap();
    assert_eq!(one, card(Kind::Birthday, "Anna's birthday", "Anna"));

    let mut other = first;
    other.seed += 1;
    assert_ne!(one.jpeg, press.render(&other).unwrap().jpeg);
}

#[test]
fn a_card_is_a_baseline_jpeg_of_half_a_megabyte_at_most() {
    let card = card(Kind::Anniversary, "Nora & Jakob", "Nora & Jakob");
    let (width, height) = (1_080_u16.to_be_bytes(), 1_340_u16.to_be_bytes());
    let header = card.jpeg.windows(19).find(|bytes| bytes[..2] == [0xFF, 0xC0]).unwrap();
    assert_eq!((&header[5..7], &header[7..9]), (&height[..], &width[..]));
    // Two by two pixels share a colour.
    assert_eq!(header[11], 0x22);
    assert!((50_000..500_000).contains(&card.jpeg.len()), "{}", card.jpeg.len());
}

#[test]
fn the_fonts_are_not_read_before_the_first_card() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = folder.path().join("fonts");
    let press = CardPress::new(fonts.clone(), None);

    let missing = press.render(&brief(Kind::Other, "A", "")).unwrap_err();
    assert!(matches!(&missing, CardError::FontMissing { path } if path.starts_with(&fonts)), "{missing}");
    assert!(missing.to_string().contains("folder is missing or not whole"), "{missing}");

    fs::create_dir(&fonts).unwrap();
    for font in bundled() {
        fs::copy(bundled_fonts().join(&font), fonts.join(&font)).unwrap();
    }
    assert!(press.render(&brief(Kind::Other, "A", "")).is_ok());
}

#[test]
fn a_font_of_the_extra_folder_writes_what_the_bundle_cannot() {
    // The bundle without its Thai, and the Thai in the extra folder.
    let (bundle, extra) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for font in bundled() {
        // A font that has no Thai stands in its place, so that the bundle is whole.
        let source = if font.contains("Thai") { "NotoSansHebrew-Bold.ttf" } else { font.as_str() };
        fs::copy(bundled_fonts().join(source), bundle.path().join(&font)).unwrap();
    }
    fs::copy(bundled_fonts().join("NotoSansThai-Bold.ttf"), extra.path().join("thai.ttf")).unwrap();
    let thai = brief(Kind::Other, "สวัสดี", "");

    let without = CardPress::new(bundle.path().into(), None).render(&thai).unwrap();
    assert_eq!(without.notes, ["the line “สวัสดี” was left out: no font for Thai; put one into FONT_DIR"]);
    let with = CardPress::new(bundle.path().into(), Some(extra.path().into())).render(&thai).unwrap();
    assert!(with.notes.is_empty());
    assert_eq!(with.jpeg, card(Kind::Other, "สวัสดี", "").jpeg);
}

#[test]
fn every_font_is_named_with_its_licence_and_all_stay_small() {
    let folder = bundled_fonts();
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let mut bytes = 0;
    for font in bundled() {
        let line = readme.lines().find(|line| line.contains(&format!("`{font}`"))).unwrap_or_else(|| panic!("{font}"));
        let licence = line.split("](").nth(1).and_then(|rest| rest.split(')').next()).unwrap();
        assert!(fs::read_to_string(folder.join(licence)).unwrap().contains("SIL Open Font License, Version 1.1"));
        bytes += fs::metadata(folder.join(&font)).unwrap().len();
    }
    assert!(bytes <= 22_000_000, "{bytes}");
}

fn bundled() -> Vec<String> {
    let files = fs::read_dir(bundled_fonts()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    files.filter(|file| file != "README.md" && file != "LICENSES").collect()
}
