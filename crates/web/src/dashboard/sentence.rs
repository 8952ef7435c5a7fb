//! Sentences of ours with times in them, which programs read in UTC and people on their own clock, and with links, which people follow.

use rats_domain::zone::Zone;
use time::{OffsetDateTime, PrimitiveDateTime, macros::format_description};

use super::local::When;

/// A sentence, as pages show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// What comes one after the other.
    pub(crate) pieces: Vec<Piece>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Words.
    Words(String),
    /// A time.
    At(When),
    /// An address.
    Link(String),
}

/// How many words a time has: `4 December 2026, 09:00 UTC`.
const WORDS: usize = 5;

impl Sentence {
    /// What stands in `text`, its times on the clock of `zone`.
    pub(crate) fn new(text: &str, zone: &Zone) -> Self {
        let (mut pieces, mut told) = (Vec::new(), 0);
        for (at, _) in text.match_indices("UTC") {
            let end = at + "UTC".len();
            let Some((begin, moment)) = stamp(text, told, end) else { continue };
            linked(&text[told..begin], &mut pieces);
            pieces.push(Piece::At(When::dated(moment, zone)));
            told = end;
        }
        linked(&text[told..], &mut pieces);
        pieces.retain(|piece| *piece != Piece::Words(String::new()));
        Self { pieces }
    }

    /// The links in it.
    pub(crate) fn links(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Link(link) => Some(link.as_str()),
            _ => None,
        })
    }

    /// Whether it tells a time.
    pub(crate) fn has_time(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::At(_)))
    }

    /// Whether it says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

/// Words, and the addresses between them.
fn linked(words: &str, pieces: &mut Vec<Piece>) {
    let mut rest = words;
    while let Some(begin) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from) = rest.split_at(begin);
        let end =
            from.find(|letter: char| letter.is_whitespace() || "(),;\"'<>".contains(letter)).unwrap_or(from.len());
        let link = from[..end].trim_end_matches(['.', ':']);
        pieces.extend([Piece::Words(before.to_owned()), Piece::Link(link.to_owned())]);
        rest = &from[link.len()..];
    }
    pieces.push(Piece::Words(rest.to_owned()));
}

/// The time that ends at `end`, and where it begins, not before `from`.
fn stamp(text: &str, from: usize, end: usize) -> Option<(usize, OffsetDateTime)> {
    let shape = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    let before = &text[from..end];
    // Where the first of its words begins; nothing stands between but single spaces.
    let begin = before.rmatch_indices(' ').nth(WORDS - 1).map_or(0, |(space, _)| space + 1);
    // It may follow a bracket or a quotation mark.
    let digit = before[begin..].find(|letter: char| letter.is_ascii_digit())?;
    let at = PrimitiveDateTime::parse(&before[begin + digit..], shape).ok()?;
    Some((from + begin + digit, at.assume_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let piece = |piece: Piece| match piece {
            Piece::Words(words) => words,
            Piece::At(when) => format!("<{}|{}>", when.words, when.utc),
            Piece::Link(link) => format!("[{link}]"),
        };
        Sentence::new(text, &berlin).pieces.into_iter().map(piece).collect()
    }

    #[test]
    fn times_stand_on_the_persons_clock_with_utc_beside() {
        assert_eq!(
            told("Moved from 4 December 2026, 09:00 UTC to 31 December 2026, 23:30 UTC."),
            [
                "Moved from ",
                "<4 December 2026, 10:00|Friday, 4 December 2026, 09:00 UTC>",
                " to ",
                "<1 January 2027, 00:30|Thursday, 31 December 2026, 23:30 UTC>",
                "."
            ]
        );
        assert_eq!(told("(4 December 2026, 09:00 UTC)")[0], "(");
        assert_eq!(told("4 July 2026, 09:00 UTC"), ["<4 July 2026, 11:00|Saturday, 4 July 2026, 09:00 UTC>"]);
    }

    #[test]
    fn addresses_are_links_without_what_ends_the_sentence() {
        assert_eq!(
            told("It may be it (https://instagram.com/p/a/, id 1; http://x/p/b): see https://y/?a=1. Or not."),
            [
                "It may be it (",
                "[https://instagram.com/p/a/]",
                ", id 1; ",
                "[http://x/p/b]",
                "): see ",
                "[https://y/?a=1]",
                ". Or not."
            ]
        );
        assert_eq!(told("javascript:alert(1) http:"), ["javascript:alert(1) http:"]);
    }

    #[test]
    fn what_is_no_time_stays_as_it_is() {
        for text in ["", "UTC", "é UTC 2026 UTC", "32 December 2026, 09:00 UTC", "4  December 2026, 09:00 UTC"] {
            assert_eq!(told(text).concat(), text);
        }
    }
}
