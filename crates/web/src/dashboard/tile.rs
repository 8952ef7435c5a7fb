//! A post as lists show it.

use std::collections::BTreeMap;

use rats_domain::{
    analytics::SheetRow,
    id::PostId,
    post::PostRecord,
    publication::{Attention, Stage},
    zone::Zone,
};
use time::OffsetDateTime;

use super::{local::When, number::grouped, sentence::Sentence, thumb};

/// How much of a caption a list shows, in characters.
const LINE: usize = 90;

/// A post as lists show it.
pub(crate) struct Tile {
    /// Where its page is.
    pub(crate) path: String,
    /// Its small picture.
    pub(crate) picture: String,
    /// What it is called: its event, else how its text begins.
    pub(crate) title: String,
    /// When it goes out, or did; or nothing.
    pub(crate) when: Option<When>,
    /// Where it stands.
    pub(crate) status: Status,
    /// What to know about it.
    pub(crate) note: Sentence,
    /// Its numbers, in words.
    pub(crate) numbers: Vec<String>,
}

/// Where a post stands, as a word and its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// The word.
    pub(crate) word: &'static str,
    /// The class of its colour.
    pub(crate) class: &'static str,
}

impl Status {
    /// Of a post.
    pub(crate) fn of(stage: Stage, attention: Option<&Attention>) -> Self {
        let (word, class) = match stage {
            Stage::Draft => ("Draft", ""),
            Stage::Cancelled => ("Cancelled", ""),
            Stage::Waiting | Stage::Staging | Stage::Staged if attention.is_some() => ("Waiting", "attention"),
            Stage::Waiting => ("Scheduled", "scheduled"),
            Stage::Staging | Stage::Staged => ("Getting ready", "scheduled"),
            Stage::PublishRequested => ("Going out now", "scheduled"),
            Stage::Reconciling => ("Not confirmed yet", "attention"),
            Stage::Held => ("Waits for the account", "attention"),
            Stage::NeedsReview => ("Needs your review", "attention"),
            Stage::Published => ("Live", "published"),
            Stage::Failed => ("Did not go out", "failed"),
        };
        Self { word, class }
    }
}

impl Tile {
    /// Of a post that is, or is to be, on its way; `accounts` are those that posts wait for.
    pub(crate) fn of(
        record: &PostRecord,
        accounts: &BTreeMap<PostId, String>,
        zone: &Zone,
        now: OffsetDateTime,
    ) -> Self {
        let attention = record.attention();
        let named = named(accounts.get(&record.post.id));
        let sent = record.receipt.as_ref().map(|receipt| receipt.sent_at);
        let at = sent.or(record.post.scheduled_for).or(record.publication.publish_at);
        Self {
            path: format!("/posts/{}", record.post.id),
            picture: thumb::path(record.post.picture.as_str()),
            title: title(record.event_title.as_deref(), record.post.caption.as_str()),
            when: at.map(|at| When::new(at, zone, now)),
            status: Status::of(record.publication.stage, attention.as_ref()),
            note: attention.map_or_else(Sentence::default, |attention| {
                Sentence::new(&format!("{}{named}", attention.message), zone)
            }),
            numbers: vec![],
        }
    }

    /// Of a post that went out, with its numbers.
    pub(crate) fn of_live(row: &SheetRow, zone: &Zone, now: OffsetDateTime) -> Self {
        let (shown, published) = (&row.shown, &row.published);
        let numbers = published.metrics.map(|metrics| metrics.numbers).unwrap_or_default();
        let told = [(numbers.likes, "like"), (numbers.comments, "comment"), (numbers.reach, "reached")];
        let words = |(count, word): (Option<u64>, &str)| {
            let many = if matches!(count, Some(1)) || word == "reached" { "" } else { "s" };
            count.map(|count| format!("{} {word}{many}", grouped(count)))
        };
        Self {
            path: format!("/posts/{}", shown.post),
            picture: thumb::path(shown.picture.as_str()),
            title: title(shown.event.as_ref().map(|(_, title)| title.as_str()), &shown.caption),
            when: Some(When::new(published.sent_at, zone, now)),
            status: Status::of(Stage::Published, None),
            note: Sentence::default(),
            numbers: told.into_iter().filter_map(words).collect(),
        }
    }
}

/// Which account a post waits for, in a sentence: another one may be connected by now.
pub(crate) fn named(waits_for: Option<&String>) -> String {
    waits_for.map_or_else(String::new, |account| format!(" The account is @{account}."))
}

/// What a post is called: its event, else how its text begins.
pub(crate) fn title(event: Option<&str>, caption: &str) -> String {
    if let Some(event) = event {
        return event.to_owned();
    }
    let line = caption.lines().next().unwrap_or_default();
    match line.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None if line.is_empty() => "A post without a text".into(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_called_by_its_event_or_how_it_begins() {
        assert_eq!(title(Some("Anna's birthday"), "x"), "Anna's birthday");
        assert_eq!(title(None, "Hello\nworld"), "Hello");
        assert_eq!(title(None, &"é".repeat(91)).chars().count(), 91, "90 and an ellipsis");
        assert_eq!(title(None, ""), "A post without a text");
    }
}
