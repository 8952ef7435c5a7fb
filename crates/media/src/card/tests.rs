//! What can only be seen inside: glyphs, their order, and the ground they stand on.

use time::macros::date;

use super::fonts::Fonts;
use super::look::Role;
use super::measure::{self, Measure};
use super::press::{raster, sheet};
use super::setting::{Block, Room};
use super::{CardBrief, CardLook, Kind, bundled_fonts, look};

fn fonts() -> Fonts {
    Fonts::load(&bundled_fonts(), None).unwrap()
}

fn brief(kind: Kind, title: &str, recipient: &str) -> CardBrief {
    let (look, title, recipient) = (CardLook::of(kind), title.into(), Some(recipient.into()));
    CardBrief { look, kind, title, recipient, date: date!(2026 - 11 - 28), seed: 3 }
}

const LANGUAGES: &[(&str, &str)] = &[
    ("Chúc mừng năm mới, Łódź!", "Zoë Đặng & Ñuño"),
    ("Χρόνια πολλά", "Ελένη"),
    ("З днем народження", "Їжачок & Ґалаґан"),
    ("عيد ميلاد سعيد", "محمد، سارة"),
    ("חג שמח (לכולם)!", "שרה"),
    ("शुभ दीपावली", "लक्ष्मी और श्री"),
    ("สุขสันต์วันเกิด", "น้ำผึ้ง"),
    ("お誕生日おめでとう！", "佐藤さくら"),
    ("생일 축하해요", "김뷁"),
    ("乔迁之喜", "李明"),
    ("नमस्ते Anna 🎂", "محمد & Zoë 👨‍👩‍👧 さん"),
    ("family 👩‍❤️‍💋‍👨", "a👨‍👩‍👧‍👦 🇵🇹 🏴󠁧󠁢󠁳󠁣󠁴󠁿 👍🏽 1️⃣"),
];

#[test]
fn no_glyph_is_missing_in_ten_languages_and_mixes_of_them() {
    let fonts = fonts();
    for kind in [Kind::Birthday, Kind::Anniversary, Kind::Holiday, Kind::Other] {
        for (title, recipient) in LANGUAGES {
            let (svg, notes) = sheet(&brief(kind, title, recipient), &fonts);
            assert!(notes.is_empty(), "{kind:?} {title}: {notes:?}");
            let tree = measure::parse(&svg, &fonts).unwrap();
            let texts = measure::texts(tree.root());
            assert!(texts.len() >= 4, "{kind:?} {title}");
            let missing: Vec<_> = texts.iter().filter_map(|text| measure::missing(text)).collect();
            assert!(missing.is_empty(), "{kind:?} {title}: {missing:?}");
        }
    }
}

#[test]
fn words_stand_in_the_order_in_which_they_are_read() {
    assert_eq!(order("Anna מזל טוב"), ["Anna", "טוב", "מזל"]);
    assert_eq!(order("מזל טוב Anna Lee"), ["Anna", "Lee", "טוב", "מזל"]);
    // The brackets of a right-to-left line are turned round, and the mark ends it on the left.
    assert_eq!(order("חג (שמח)!"), ["!(", "שמח", ")", "חג"]);
    assert_eq!(order("גיל 30"), ["30", "גיל"]);
}

#[test]
fn a_line_too_long_for_the_smallest_size_is_cut_between_graphemes() {
    let fonts = fonts();
    let voice = &look::of(CardLook::Daisies).hero;
    let room = Room { width: 850.0, height: 300.0 };
    let block = Block::fit(&"Nebuchadnezzar 👩‍❤️‍💋‍👨 ".repeat(20), voice, room, &mut Measure::new(&fonts)).unwrap();
    assert!(block.width() <= 850.5 && block.height() <= 300.5, "{}×{}", block.width(), block.height());
    assert!(block.pieces().last().unwrap().ends_with('…'), "{:?}", block.pieces());
}

fn order(text: &str) -> Vec<String> {
    let fonts = fonts();
    let room = Room { width: 2_000.0, height: 200.0 };
    let voice = super::setting::Voice { max_lines: 1, ..look::of(CardLook::Daisies).hero };
    Block::fit(text, &voice, room, &mut Measure::new(&fonts)).unwrap().pieces()
}

/// WCAG 2.2, success criterion 1.4.3.
const ENOUGH: f64 = 4.5;

#[test]
fn every_text_stands_out_from_every_pixel_behind_it() {
    let fonts = fonts();
    for kind in [Kind::Birthday, Kind::Anniversary, Kind::Holiday, Kind::Other] {
        let look = look::of(CardLook::of(kind));
        let page = raster(look.template, &fonts).unwrap();
        let within = |x: u32, y: u32| {
            (f64::from(x) - 540.0).abs() <= look.column / 2.0 && (look.top..look.bottom).contains(&f64::from(y))
        };
        for role in [Role::Hero, Role::Second, Role::Note] {
            let colour = look.voice(role).colour;
            for (at, pixel) in (0..).zip(page.pixels()).filter(|(at, _)| within(at % 1_080, at / 1_080)) {
                let contrast = contrast(rgb(colour), [pixel.red(), pixel.green(), pixel.blue()]);
                assert!(contrast >= ENOUGH, "{kind:?} {role:?} at {}, {}: {contrast:.2}", at % 1_080, at / 1_080);
            }
        }

        let pill = look.pill.split('"').nth(1).unwrap();
        let contrast = contrast(rgb(look.voice(Role::Date).colour), rgb(pill));
        assert!(contrast >= ENOUGH, "{kind:?} date: {contrast:.2}");
    }
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(rgb: [u8; 3]) -> f64 {
    let [red, green, blue] = rgb.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Of "#RRGGBB".
fn rgb(colour: &str) -> [u8; 3] {
    [1, 3, 5].map(|at| u8::from_str_radix(&colour[at..at + 2], 16).unwrap())
}
