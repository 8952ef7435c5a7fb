//! What can only be seen inside: glyphs and their order.

use time::macros::date;

use super::fonts::Fonts;
use super::measure::{self, Measure};
use super::press::sheet;
use super::setting::{Block, Room};
use super::{CardBrief, Kind, bundled_fonts, look};

fn fonts() -> Fonts {
    Fonts::load(&bundled_fonts(), None).unwrap()
}

fn brief(kind: Kind, title: &str, recipient: &str) -> CardBrief {
    CardBrief { kind, title: title.into(), recipient: Some(recipient.into()), date: date!(2026 - 11 - 28), seed: 3 }
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
    let voice = &look::of(Kind::Other).hero;
    let room = Room { width: 850.0, height: 300.0 };
    let block = Block::fit(&"Nebuchadnezzar 👩‍❤️‍💋‍👨 ".repeat(20), voice, room, &mut Measure::new(&fonts)).unwrap();
    assert!(block.width() <= 850.5 && block.height() <= 300.5, "{}×{}", block.width(), block.height());
    assert!(block.pieces().last().unwrap().ends_with('…'), "{:?}", block.pieces());
}

fn order(text: &str) -> Vec<String> {
    let fonts = fonts();
    let room = Room { width: 2_000.0, height: 200.0 };
    let voice = super::setting::Voice { max_lines: 1, ..look::of(Kind::Other).hero };
    Block::fit(text, &voice, room, &mut Measure::new(&fonts)).unwrap().pieces()
}
