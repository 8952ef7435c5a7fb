use rats_media::card::Kind;

use crate::desk::{KINDS, card, pixels};

#[test]
fn no_text_makes_the_press_fail() {
    let odd = [
        "\0\u{1}\u{1b}[31m\r\n\t",
        "<svg onload=\"x\">&amp;</text>'\"]]>",
        "\u{200D}\u{200D}\u{FE0F}\u{20E3}",
        "a\u{200D}🎂\u{200D}\u{200D}b \u{FE0F}👨\u{200D}",
        "🇵🇹🇵 🇵",
        "\u{202E}desrever\u{202C} \u{2066}x\u{2069}",
        "Z\u{335}\u{321}\u{31b}\u{347}\u{33c}a\u{334}\u{350}\u{322}l\u{335}g\u{338}o",
        "\u{E000}\u{10FFFD}\u{FFFE}\u{FFFF}",
        "👍🏽👍🏿👍\u{1F3FB}\u{1F3FF}",
        "़्ि\u{0e33}\u{0e31}\u{0e31}",
        "ـــــــــــــــــــــــــــــــــــــــــــــــــ",
        "« ‹()[]{}» עברית (a) [ב]",
        "--------------------------- & & & +",
        "𝕳𝖊𝖑𝖑𝖔 ｆｕｌｌ ①②③ ½ ™ ♥ ★ ✨",
        "…",
        "&",
    ];
    for (index, text) in odd.iter().enumerate() {
        let kind = KINDS[index % KINDS.len()];
        for (title, recipient) in [(*text, *text), (*text, ""), ("Fine", *text)] {
            assert_eq!((card(kind, title, recipient).width, card(kind, title, recipient).height), (1_080, 1_340));
        }
    }
}

#[test]
fn no_length_makes_the_press_fail() {
    for long in [
        "Maximilian ".repeat(200),
        "W".repeat(5_000),
        "漢".repeat(900),
        "👩‍❤️‍💋‍👨".repeat(90),
        "مرحبا ".repeat(120),
        "สวัสดี".repeat(90),
    ] {
        for kind in KINDS {
            assert!(card(kind, &long, &long).notes.is_empty(), "{kind:?} {long:.20}");
        }
    }
}

#[test]
fn a_long_name_keeps_out_of_the_margins() {
    let (with, without) = (
        pixels(&card(Kind::Other, "Wolfeschlegelsteinhausenbergerdorff Featherstonehaugh-Cholmondeley", "")),
        pixels(&card(Kind::Other, "", "")),
    );
    let changed: Vec<usize> = (0..with.len()).filter(|at| with[*at] != without[*at]).map(|at| at % 1_080).collect();
    assert!(changed.iter().all(|x| (96..984).contains(x)), "{:?} to {:?}", changed.iter().min(), changed.iter().max());
}
