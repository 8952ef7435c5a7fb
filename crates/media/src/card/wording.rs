use time::macros::format_description;

use super::{CardBrief, Kind, greeting, text};

/// The lines of a card, already cleaned; an empty one is not there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wording {
    /// The largest line: the wish, or the title.
    pub(super) hero: String,
    /// The person, where there is one.
    pub(super) second: String,
    /// What the title says beyond the wish and the person.
    pub(super) note: String,
    pub(super) date: String,
}

impl Wording {
    /// A birthday or an anniversary greets, in the title's language where the title tells it; a holiday or any other
    /// event shows its title.
    pub(super) fn new(brief: &CardBrief) -> Self {
        let title = text::clean(&brief.title);
        let recipient = text::clean(brief.recipient.as_deref().unwrap_or_default());
        let date = date(brief);

        if title.is_empty() {
            return Self {
                hero: greeting::default(brief.kind).unwrap_or_default().into(),
                second: recipient,
                date,
                ..Self::default()
            }
            .raised();
        }
        if let Some(wish) = wish(brief.kind, &title) {
            return greeted(brief.kind, &title, recipient, wish, date);
        }
        let second = if names(&title, &recipient) { String::new() } else { recipient };
        Self { hero: title, second, date, ..Self::default() }
    }

    /// Moves the lines up where a larger one is missing.
    pub(super) fn raised(mut self) -> Self {
        if self.second.is_empty() {
            self.second = std::mem::take(&mut self.note);
        }
        if self.hero.is_empty() {
            self.hero = std::mem::take(&mut self.second);
            self.second = std::mem::take(&mut self.note);
        }
        self
    }
}

/// The wish that goes with `title`; `None` where the title is to stand for itself.
fn wish(kind: Kind, title: &str) -> Option<&'static str> {
    if let Some(greeting) = greeting::of(kind, title) {
        let opening = greeting.wish.split(' ').next().unwrap_or_default().to_lowercase();
        let title = title.to_lowercase();
        let is_wish = title.starts_with(&opening) && !title.starts_with(&greeting.wish.to_lowercase());
        // "Happy 30th Birthday" is a wish of its own.
        return (!is_wish || opening == greeting.word).then_some(greeting.wish);
    }
    // In another language an English wish would be out of place.
    text::is_latin(title).then(|| greeting::default(kind)).flatten()
}

fn greeted(kind: Kind, title: &str, recipient: String, wish: &str, date: String) -> Wording {
    let (second, note) = match (recipient.is_empty(), beyond(kind, title, wish, &recipient)) {
        (true, Rest::Nothing) => (String::new(), String::new()),
        (true, Rest::Name(name)) => (name, String::new()),
        (true, Rest::More) => (title.to_owned(), String::new()),
        (false, Rest::Nothing) => (recipient, String::new()),
        (false, Rest::Name(name)) if names(&recipient, &name) => (recipient, String::new()),
        (false, Rest::Name(_) | Rest::More) => (recipient, title.to_owned()),
    };
    Wording { hero: wish.to_owned(), second, note, date }
}

enum Rest {
    Nothing,
    Name(String),
    More,
}

/// What `title` says besides the wish, the occasion's word and the recipient.
fn beyond(kind: Kind, title: &str, wish: &str, recipient: &str) -> Rest {
    let (lower, wish, recipient) = (title.to_lowercase(), wish.to_lowercase(), recipient.to_lowercase());
    let word = greeting::of(kind, title).map_or("", |greeting| greeting.word);

    let known = [wish.as_str(), recipient.as_str(), word];
    let left =
        known.iter().filter(|known| !known.is_empty()).fold(lower.clone(), |left, known| left.replace(known, " "));
    let says_more = left
        .split(|c: char| !text::is_mark_or_letter(c))
        .any(|part| !part.is_empty() && !SMALL_WORDS.contains(&part) && !inflects(part, &recipient));

    if !says_more {
        Rest::Nothing
    } else if let Some(name) = possessor(title, &lower).or_else(|| addressee(title, &lower, &wish)) {
        Rest::Name(name)
    } else {
        Rest::More
    }
}

/// Whether `part` is a form of a word of `name`: "Annas", "Анны".
fn inflects(part: &str, name: &str) -> bool {
    name.split_whitespace().any(|word| {
        let shared = part.chars().zip(word.chars()).take_while(|(a, b)| a == b).count();
        shared >= 3 && shared + 2 >= part.chars().count().max(word.chars().count())
    })
}

/// "Anna" of "Happy Birthday, Anna!"
fn addressee(title: &str, lower: &str, wish: &str) -> Option<String> {
    let rest = lower.strip_prefix(wish)?;
    let name = title.get(title.len().checked_sub(rest.len())?..)?;
    Some(name.trim_matches([' ', ',', '!', '.', ':', '-', '–', '—']).to_owned())
}

/// "Anna" of "Anna's birthday".
fn possessor(title: &str, lower: &str) -> Option<String> {
    let end = ["'s ", "’s "].iter().find_map(|mark| lower.find(mark).map(|at| (at, at + mark.len())))?;
    let rest = lower.get(end.1..)?.trim();
    let known = ["birthday", "bday", "b-day", "anniversary"].contains(&rest);
    known.then(|| title.get(..end.0).map(str::to_owned)).flatten()
}

/// Whether `title` already holds the recipient.
fn names(title: &str, recipient: &str) -> bool {
    !recipient.is_empty() && title.to_lowercase().contains(&recipient.to_lowercase())
}

/// Words that say nothing of their own beside a name and an occasion.
const SMALL_WORDS: &[&str] = &[
    "s", "the", "of", "for", "to", "our", "my", "de", "del", "di", "da", "von", "van", "zum", "der", "wedding", "の",
    "的", "의",
];

fn date(brief: &CardBrief) -> String {
    brief
        .date
        .format(format_description!("[weekday], [day padding:none] [month repr:long]"))
        .unwrap_or_else(|_| brief.date.to_string())
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::card::CardLook;

    fn lines(kind: Kind, title: &str, recipient: &str) -> [String; 3] {
        let recipient = (!recipient.is_empty()).then(|| recipient.to_owned());
        let (look, title, date) = (CardLook::of(kind), title.into(), date!(2026 - 11 - 28));
        let wording = Wording::new(&CardBrief { look, kind, title, recipient, date, seed: 1 });
        assert_eq!(wording.date, "Saturday, 28 November");
        [wording.hero, wording.second, wording.note]
    }

    #[test]
    fn a_birthday_greets_the_person_and_keeps_what_else_the_title_says() {
        let birthday = |title, recipient| lines(Kind::Birthday, title, recipient);
        assert_eq!(birthday("Anna's birthday", "Anna"), ["Happy Birthday", "Anna", ""]);
        assert_eq!(birthday("Anna’s Birthday", ""), ["Happy Birthday", "Anna", ""]);
        assert_eq!(birthday("Birthday", ""), ["Happy Birthday", "", ""]);
        assert_eq!(birthday("Happy birthday, Anna!", ""), ["Happy Birthday", "Anna", ""]);
        assert_eq!(birthday("Happy birthday Anna!", "Anna"), ["Happy Birthday", "Anna", ""]);
        assert_eq!(birthday("Happy 30th Birthday", "Anna"), ["Happy 30th Birthday", "Anna", ""]);
        assert_eq!(birthday("The big 3-0!", "Anna"), ["Happy Birthday", "Anna", "The big 3-0!"]);
        assert_eq!(birthday("Anna turns 30", ""), ["Happy Birthday", "Anna turns 30", ""]);
        assert_eq!(birthday("Annas Geburtstag", "Oma"), ["Alles Gute zum Geburtstag", "Oma", "Annas Geburtstag"]);
        assert_eq!(birthday("День рождения Анны", "Анна"), ["С днём рождения", "Анна", ""]);
        assert_eq!(birthday("さくらの誕生日", "さくら"), ["お誕生日おめでとう", "さくら", ""]);
        assert_eq!(birthday("", "Anna"), ["Happy Birthday", "Anna", ""]);
    }

    #[test]
    fn an_anniversary_greets_and_other_events_show_their_title() {
        let anniversary = |title, recipient| lines(Kind::Anniversary, title, recipient);
        assert_eq!(anniversary("Wedding anniversary", "Ana & Rui"), ["Happy Anniversary", "Ana & Rui", ""]);
        assert_eq!(anniversary("10 years at Acme", "Tom"), ["Happy Anniversary", "Tom", "10 years at Acme"]);
        assert_eq!(lines(Kind::Holiday, "Happy New Year", "to all of you"), ["Happy New Year", "to all of you", ""]);
        assert_eq!(lines(Kind::Other, "Tomás moved!", "Tomás"), ["Tomás moved!", "", ""]);
        assert_eq!(lines(Kind::Other, "", "Tomás"), ["Tomás", "", ""]);
    }

    #[test]
    fn a_title_in_another_script_is_not_greeted_in_english() {
        assert_eq!(lines(Kind::Birthday, "Анне 30!", "Анна"), ["Анне 30!", "Анна", ""]);
    }
}
