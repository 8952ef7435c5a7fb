//! The shape of the tables of texts.
//!
//! `{name}` stands for the recipient, `{title}` for the event's title; nothing else may stand in braces.

use rats_domain::event::EventKind;

use super::{anniversary, birthday, holiday, other};
use crate::relation::Relation;

/// The texts of one kind of event.
pub(super) struct Words {
    pub(super) family: Set,
    pub(super) partner: Set,
    pub(super) friend: Set,
    pub(super) colleague: Set,
    pub(super) other: Set,
}

/// The texts for one kind of event and one relation, several each.
pub(super) struct Set {
    pub(super) messages: &'static [&'static str],
    pub(super) plans: &'static [&'static str],
}

/// The texts for an event of `kind` of someone who is `relation`.
pub(super) fn words(kind: EventKind, relation: Relation) -> &'static Set {
    let words: &'static Words = match kind {
        EventKind::Birthday => &birthday::WORDS,
        EventKind::Anniversary => &anniversary::WORDS,
        EventKind::Holiday => &holiday::WORDS,
        EventKind::Other => &other::WORDS,
    };
    match relation {
        Relation::Family => &words.family,
        Relation::Partner => &words.partner,
        Relation::Friend => &words.friend,
        Relation::Colleague => &words.colleague,
        Relation::Other => &words.other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn every_set() -> impl Iterator<Item = (EventKind, Relation, &'static Set)> {
        EventKind::ALL
            .into_iter()
            .flat_map(|kind| Relation::ALL.map(|relation| (kind, relation, words(kind, relation))))
    }

    #[test]
    fn there_are_several_texts_for_every_kind_and_relation() {
        for (kind, relation, set) in every_set() {
            assert!(set.messages.len() >= 4, "{kind:?} {relation:?}");
            assert!(set.plans.len() >= 3, "{kind:?} {relation:?}");
        }
    }

    #[test]
    fn no_text_is_there_twice() {
        let mut seen = HashSet::new();
        for (.., set) in every_set() {
            for text in set.messages.iter().chain(set.plans) {
                assert!(seen.insert(*text), "{text}");
            }
        }
    }

    #[test]
    fn only_name_and_title_stand_in_braces() {
        for (.., set) in every_set() {
            for text in set.messages.iter().chain(set.plans) {
                let rest = text.replace("{name}", "").replace("{title}", "");
                assert!(!rest.contains(['{', '}', '#', '@']), "{text}");
            }
        }
    }

    #[test]
    fn a_message_is_short_has_an_emoji_and_speaks_to_someone() {
        for (kind, relation, set) in every_set() {
            for message in set.messages {
                assert!((40..260).contains(&message.chars().count()), "{message}");
                assert!(message.chars().any(|c| u32::from(c) > 0x2600), "{message}");
                assert!(message.contains("{name}") || relation == Relation::Partner, "{message}");
                assert!(kind != EventKind::Other || message.contains("{title}"), "{message}");
            }
        }
    }

    #[test]
    fn a_plan_has_three_to_five_lines() {
        for (.., set) in every_set() {
            for plan in set.plans {
                assert!((3..=5).contains(&plan.lines().count()), "{plan}");
                assert!(plan.lines().all(|line| !line.starts_with(' ') && !line.is_empty()), "{plan}");
            }
        }
    }
}
