use std::sync::LazyLock;

use rats_media::card::{Card, CardBrief, CardLook, CardPress, Kind, bundled_fonts};
use time::macros::date;
use zune_jpeg::{JpegDecoder, zune_core::bytestream::ZCursor};

pub(crate) const KINDS: [Kind; 4] = [Kind::Birthday, Kind::Anniversary, Kind::Holiday, Kind::Other];

static PRESS: LazyLock<CardPress> = LazyLock::new(|| CardPress::new(bundled_fonts(), None));

pub(crate) fn brief(kind: Kind, title: &str, recipient: &str) -> CardBrief {
    let recipient = (!recipient.is_empty()).then(|| recipient.to_owned());
    CardBrief {
        look: CardLook::of(kind),
        kind,
        title: title.to_owned(),
        recipient,
        date: date!(2026 - 11 - 28),
        seed: 11,
    }
}

pub(crate) fn card(kind: Kind, title: &str, recipient: &str) -> Card {
    PRESS.render(&brief(kind, title, recipient)).unwrap()
}

/// The card's pixels, row by row.
pub(crate) fn pixels(card: &Card) -> Vec<[u8; 3]> {
    let mut decoder = JpegDecoder::new(ZCursor::new(&card.jpeg));
    let bytes = decoder.decode().unwrap();
    let pixels: Vec<[u8; 3]> = bytes.as_chunks::<3>().0.to_vec();
    assert_eq!(pixels.len(), 1_080 * 1_340);
    pixels
}
