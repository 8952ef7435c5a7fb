//! Draws one card of every kind, and some that are hard to set, into the folder given as argument.

use std::{error::Error, fs, path::PathBuf};

use rats_media::card::{CardBrief, CardLook, CardPress, Kind, bundled_fonts};
use time::macros::date;

const CARDS: &[(&str, Kind, &str, &str)] = &[
    ("birthday", Kind::Birthday, "Amélie's birthday", "Amélie"),
    ("birthday-note", Kind::Birthday, "The big 3-0!", "Jonathan & Maximiliane"),
    ("birthday-long", Kind::Birthday, "Birthday", "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"),
    ("birthday-mixed", Kind::Birthday, "नमस्ते Anna 🎂", "محمد & Zoë 👨‍👩‍👧 さん"),
    ("birthday-japanese", Kind::Birthday, "さくらの誕生日", "佐藤さくら"),
    ("birthday-none", Kind::Birthday, "Birthday", ""),
    ("anniversary", Kind::Anniversary, "Nora & Jakob's anniversary", "Nora & Jakob"),
    ("anniversary-note", Kind::Anniversary, "25th wedding anniversary", "Ana Beatriz & Rui Miguel"),
    ("anniversary-greek", Kind::Anniversary, "10η επέτειος", "Ελένη & Γιώργος"),
    ("holiday", Kind::Holiday, "Happy New Year", "to all of you"),
    (
        "holiday-long",
        Kind::Holiday,
        "Season's greetings from the whole team at Riverside Community Garden",
        "neighbours, friends and volunteers",
    ),
    ("holiday-arabic", Kind::Holiday, "عيد مبارك!", "للجميع 🌙"),
    ("holiday-hindi", Kind::Holiday, "शुभ दीपावली 🪔", ""),
    ("other", Kind::Other, "We moved to Lisbon!", "Tomás & family"),
    ("other-chinese", Kind::Other, "乔迁之喜", "李明一家 🏡"),
    ("other-emoji", Kind::Other, "🎉🇵🇹👍🏽1️⃣", "Zoë"),
    ("other-thai", Kind::Other, "ขึ้นบ้านใหม่", "ครอบครัวสมชาย"),
    ("other-hebrew", Kind::Other, "מזל טוב (ובהצלחה)!", "Dana"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: card FOLDER")?);
    fs::create_dir_all(&folder)?;
    let press = CardPress::new(bundled_fonts(), None);
    for (name, kind, title, recipient) in CARDS {
        let recipient = Some((*recipient).to_owned());
        let brief = CardBrief {
            look: CardLook::of(*kind),
            kind: *kind,
            title: (*title).to_owned(),
            recipient,
            date: date!(2026 - 11 - 28),
            seed: 7,
        };
        let card = press.render(&brief)?;
        fs::write(folder.join(format!("{name}.jpg")), card.jpeg)?;
    }
    Ok(())
}
