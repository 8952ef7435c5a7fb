use rats_media::card::Kind;

use crate::desk::{KINDS, card, pixels};

#[test]
fn a_line_in_a_script_without_a_font_is_left_out_and_said_so() {
    for kind in KINDS {
        let tamil = card(kind, "Happy day", "தமிழ்");
        assert_eq!(tamil.notes, ["the line “தமிழ்” was left out: no font for Tamil; put one into FONT_DIR"], "{kind:?}");
        let without = card(kind, "Happy day", "");
        assert!(without.notes.is_empty());
        assert_eq!(pixels(&tamil), pixels(&without), "{kind:?}");
    }
}

#[test]
fn a_title_that_cannot_be_written_leaves_a_card_with_the_rest() {
    let named = card(Kind::Holiday, "பொங்கல்", "to all of you");
    assert_eq!(named.notes.len(), 1);
    assert_eq!(pixels(&named), pixels(&card(Kind::Holiday, "", "to all of you")));

    let bare = card(Kind::Holiday, "பொங்கல்", "தமிழ்");
    assert_eq!(bare.notes.len(), 2);
    assert_eq!(pixels(&bare), pixels(&card(Kind::Holiday, "", "")));
}

#[test]
fn a_recipient_of_spaces_is_none() {
    assert_eq!(card(Kind::Birthday, "Birthday", " \n\u{200B} "), card(Kind::Birthday, "Birthday", ""));
}
