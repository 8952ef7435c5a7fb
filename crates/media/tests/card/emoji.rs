//! Emoji are pictures: that they are there only pixels can tell.

use rats_media::card::Kind;

use crate::desk::{card, pixels};

/// The ground and the ink of the look used here.
const GROUND: [i32; 3] = [0xFF, 0xCB, 0x47];
const INK: [i32; 3] = [0x2A, 0x15, 0x48];

const TOP: usize = 400;
const BOTTOM: usize = 900;

#[test]
fn joined_flag_skin_tone_and_keycap_emoji_are_one_picture_each() {
    for emoji in ["👩‍🚀", "👨‍👩‍👧‍👦", "👩‍❤️‍💋‍👨", "🇵🇹", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👍🏻", "1️⃣"]
    {
        let picture = drawn(emoji);
        assert!(picture.colourful > 3_000, "{emoji}: {picture:?}");
        assert!(picture.width < picture.height * 3 / 2, "{emoji} fell apart: {picture:?}");
    }
}

#[test]
fn letters_have_no_colour_of_their_own_and_nothing_draws_nothing() {
    let letters = drawn("Hello");
    assert!(letters.colourful < 1_000 && letters.width > 200, "{letters:?}");
    let nothing = drawn("");
    assert_eq!((nothing.colourful, nothing.width), (0, 0));
}

#[test]
fn the_tone_of_a_skin_is_kept() {
    assert_ne!(pixels(&card(Kind::Other, "👍🏽", "")), pixels(&card(Kind::Other, "👍🏿", "")));
}

#[derive(Debug)]
struct Picture {
    width: usize,
    height: usize,
    /// Pixels that no mixture of ink and ground gives.
    colourful: usize,
}

fn drawn(title: &str) -> Picture {
    let (with, without) = (pixels(&card(Kind::Other, title, "")), pixels(&card(Kind::Other, "", "")));
    let mut colourful = 0;
    let (mut left, mut right, mut top, mut bottom) = (1_080, 0, 1_340, 0);
    for (at, (new, old)) in with.iter().zip(&without).enumerate() {
        let (x, y) = (at % 1_080, at / 1_080);
        if !(TOP..BOTTOM).contains(&y) || distance(wide(*new), wide(*old)) < 40 * 40 {
            continue;
        }
        (left, right, top, bottom) = (left.min(x), right.max(x), top.min(y), bottom.max(y));
        colourful += usize::from(off_the_line(wide(*new)));
    }
    Picture { width: right.saturating_sub(left), height: bottom.saturating_sub(top), colourful }
}

/// Whether `colour` is far from every mixture of ground and ink.
fn off_the_line(colour: [i32; 3]) -> bool {
    (0..=16).all(|step| {
        let mix = [0, 1, 2].map(|channel| (GROUND[channel] * step + INK[channel] * (16 - step)) / 16);
        distance(colour, mix) > 75 * 75
    })
}

fn distance(a: [i32; 3], b: [i32; 3]) -> i32 {
    (0..3).map(|channel| (a[channel] - b[channel]).pow(2)).sum()
}

fn wide(pixel: [u8; 3]) -> [i32; 3] {
    pixel.map(i32::from)
}
