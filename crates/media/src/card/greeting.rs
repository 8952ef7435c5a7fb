use super::Kind;

/// A word that names the occasion in a title, and the wish people make in the same language.
#[derive(Debug)]
pub(super) struct Greeting {
    /// Lower case.
    pub(super) word: &'static str,
    pub(super) wish: &'static str,
}

/// The greeting in the language of `title`, told by the word for the occasion in it.
pub(super) fn of(kind: Kind, title: &str) -> Option<&'static Greeting> {
    let title = title.to_lowercase();
    table(kind).iter().find(|greeting| title.contains(greeting.word))
}

/// The wish for a title that does not name the occasion: "Anna turns 30!"
pub(super) fn default(kind: Kind) -> Option<&'static str> {
    table(kind).first().map(|greeting| greeting.wish)
}

fn table(kind: Kind) -> &'static [Greeting] {
    match kind {
        Kind::Birthday => BIRTHDAY,
        Kind::Anniversary => ANNIVERSARY,
        Kind::Holiday | Kind::Other => &[],
    }
}

const fn greeting(word: &'static str, wish: &'static str) -> Greeting {
    Greeting { word, wish }
}

/// Longer words before the shorter ones they hold.
const BIRTHDAY: &[Greeting] = &[
    greeting("birthday", "Happy Birthday"),
    greeting("bday", "Happy Birthday"),
    greeting("b-day", "Happy Birthday"),
    greeting("geburtstag", "Alles Gute zum Geburtstag"),
    greeting("anniversaire", "Joyeux anniversaire"),
    greeting("cumpleaños", "Feliz cumpleaños"),
    greeting("compleanno", "Buon compleanno"),
    greeting("aniversário", "Feliz aniversário"),
    greeting("verjaardag", "Fijne verjaardag"),
    greeting("urodziny", "Wszystkiego najlepszego"),
    greeting("doğum günü", "Doğum günün kutlu olsun"),
    greeting("γενέθλια", "Χρόνια πολλά"),
    greeting("день рождения", "С днём рождения"),
    greeting("день народження", "З днем народження"),
    greeting("عيد ميلاد", "عيد ميلاد سعيد"),
    greeting("יום הולדת", "יום הולדת שמח"),
    greeting("जन्मदिन", "जन्मदिन मुबारक"),
    greeting("วันเกิด", "สุขสันต์วันเกิด"),
    greeting("誕生日", "お誕生日おめでとう"),
    greeting("生日", "生日快乐"),
    greeting("생일", "생일 축하해요"),
];

const ANNIVERSARY: &[Greeting] = &[
    greeting("anniversary", "Happy Anniversary"),
    greeting("hochzeitstag", "Alles Gute zum Hochzeitstag"),
    greeting("anniversaire", "Joyeux anniversaire"),
    greeting("aniversario", "Feliz aniversario"),
    greeting("aniversário", "Feliz aniversário"),
    greeting("anniversario", "Buon anniversario"),
    greeting("годовщина", "С годовщиной"),
    greeting("επέτειος", "Ευτυχισμένη επέτειος"),
    greeting("結婚記念日", "結婚記念日おめでとう"),
    greeting("结婚纪念日", "结婚纪念日快乐"),
    greeting("결혼기념일", "결혼기념일 축하해요"),
];
