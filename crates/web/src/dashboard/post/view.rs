use rats_domain::{
    instagram::MediaName,
    post::PostRecord,
    publication::{AttentionKind, PersonAction, Publication, Stage},
    receipt::ConfirmedBy,
    timeline::Entry,
    zone::Zone,
};
use time::OffsetDateTime;

use crate::dashboard::{
    local::When,
    sentence::Sentence,
    tile::{Status, named, title},
    visitor::Visitor,
};

/// A post, as its page shows it.
pub(super) struct PostPart {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) title: String,
    pub(super) picture: String,
    /// The page of the event that it celebrates, whose card it may show, and what that is called.
    pub(super) event: Option<(String, String)>,
    pub(super) caption: String,
    pub(super) account: String,
    pub(super) status: Status,
    pub(super) at: Option<When>,
    /// Whether Instagram does not take it as it is.
    pub(super) is_refused: bool,
    pub(super) note: Option<NoteView>,
    pub(super) receipt: Option<ReceiptView>,
    pub(super) timeline: Vec<EntryView>,
    /// The links of what may be it on Instagram, where only the person can tell.
    pub(super) candidates: Vec<String>,
    /// After when it does not go out any more, while it can.
    pub(super) ends: Option<When>,
    may: &'static [&'static str],
}

/// What to know about a post.
pub(super) struct NoteView {
    pub(super) message: Sentence,
    pub(super) until: Option<When>,
    pub(super) class: &'static str,
    pub(super) reconnect: bool,
    /// What it waits for: where its page is, and what it is called.
    pub(super) behind: Option<(String, String)>,
    /// When we look again whether it is live.
    pub(super) look: Option<When>,
}

/// What a post has to wait for.
pub(super) enum Way {
    /// Another post of its account.
    Behind(Box<PostRecord>),
    /// Its account rests, in words.
    Rest(String),
}

/// What is known of it being live.
pub(super) struct ReceiptView {
    pub(super) sent: When,
    pub(super) punctuality: String,
    pub(super) media: Option<String>,
    pub(super) permalink: Option<String>,
    pub(super) confirmed: &'static str,
}

/// One step of its life.
pub(super) struct EntryView {
    pub(super) at: When,
    pub(super) message: Sentence,
    pub(super) detail: String,
}

/// What a person may do at a stage, by the words of the page's forms: the same rules as the use cases', so that nothing is offered that they
/// refuse.
fn allowed(stage: Stage) -> &'static [&'static str] {
    match stage {
        Stage::Draft | Stage::Cancelled => &["edit", "publish", "remove"],
        Stage::Waiting | Stage::Staging | Stage::Staged => &["edit", "publish", "cancel"],
        Stage::Held => &["edit", "cancel"],
        Stage::Failed => &["edit", "retry", "remove"],
        Stage::NeedsReview => &["decide"],
        Stage::PublishRequested | Stage::Reconciling | Stage::Published => &[],
    }
}

impl PostPart {
    pub(super) fn new(
        record: &PostRecord,
        timeline: Vec<Entry>,
        account: Option<String>,
        waits_for: Option<String>,
        visitor: &Visitor,
        now: OffsetDateTime,
    ) -> Self {
        let (post, publication) = (&record.post, &record.publication);
        let when = |at| When::new(at, visitor.zone(), now);
        let within = |at| when(at).within();
        let attention = record.attention();
        let changed = if publication.stage == Stage::Failed && is_changed_since(&timeline) {
            " You have changed it since: “Try again” sends it as it is now."
        } else {
            ""
        };
        let named = named(waits_for.as_ref());
        let due = publication.publish_at.unwrap_or(post.created_at);
        Self {
            id: post.id.to_string(),
            version: publication.version,
            title: title(record.event_title.as_deref(), post.caption.as_str()),
            picture: format!("/media/{}.jpg", post.picture),
            event: post
                .event
                .as_ref()
                .map(|id| (format!("/events/{id}"), record.event_title.clone().unwrap_or_else(|| "its event".into()))),
            caption: post.caption.as_str().to_owned(),
            account: waits_for.or(account).unwrap_or_else(|| "your account".into()),
            status: Status::of(publication.stage, attention.as_ref()),
            at: publication.publish_at.or(post.scheduled_for).map(when),
            is_refused: attention.as_ref().is_some_and(|attention| attention.kind == AttentionKind::ContentRefused)
                && !is_changed_since(&timeline),
            note: attention.map(|attention| {
                let message = Sentence::new(&format!("{}{named}{changed}", attention.message), visitor.zone());
                NoteView {
                    class: class(attention.kind),
                    reconnect: attention.kind.actions().contains(&PersonAction::Reconnect),
                    // Once is enough.
                    until: attention.until.filter(|_| !message.has_time()).map(within),
                    message,
                    behind: None,
                    look: look(publication, now).map(within),
                }
            }),
            receipt: record.receipt.as_ref().map(|receipt| ReceiptView {
                sent: When::exact(receipt.sent_at, visitor.zone(), now),
                punctuality: punctuality(receipt.confirmed_by, (receipt.sent_at - due).whole_milliseconds()),
                media: receipt.media.as_ref().map(ToString::to_string),
                permalink: receipt
                    .permalink
                    .clone()
                    .filter(|link| link.starts_with("https://") || link.starts_with("http://")),
                confirmed: confirmed(receipt.confirmed_by),
            }),
            timeline: timeline.into_iter().map(|entry| EntryView::new(entry, visitor, now)).collect(),
            candidates: vec![],
            ends: ends(publication).map(within),
            may: allowed(publication.stage),
        }
    }

    /// The same with what it has to wait for.
    pub(super) fn waiting(mut self, way: Way, zone: &Zone) -> Self {
        match (way, &mut self.note) {
            (Way::Behind(other), Some(note)) => {
                let name = title(other.event_title.as_deref(), other.post.caption.as_str());
                note.behind = Some((format!("/posts/{}", other.post.id), name.trim_end_matches('.').to_owned()));
            }
            (Way::Rest(words), note @ None) => {
                *note = Some(NoteView {
                    message: Sentence::new(&words, zone),
                    until: None,
                    class: "warn",
                    reconnect: false,
                    behind: None,
                    look: None,
                });
            }
            _ => {}
        }
        self
    }

    /// The same with what its note, and what was just refused, say may be it.
    pub(super) fn with_candidates(mut self, refused: &[&str], zone: &Zone) -> Self {
        if !self.may("decide") {
            return self;
        }
        let refused: Vec<Sentence> = refused.iter().map(|text| Sentence::new(text, zone)).collect();
        for link in self.note.iter().map(|note| &note.message).chain(&refused).flat_map(Sentence::links) {
            if MediaName::parse(link).is_some() && !self.candidates.iter().any(|known| known == link) {
                self.candidates.push(link.to_owned());
            }
        }
        self
    }

    /// Whether a person may do this now.
    pub(super) fn may(&self, word: &str) -> bool {
        self.may.contains(&word)
    }
}

impl EntryView {
    fn new(entry: Entry, visitor: &Visitor, now: OffsetDateTime) -> Self {
        let told = [
            entry.code.map(|code| format!("code {code}")),
            entry.subcode.map(|subcode| format!("subcode {subcode}")),
            entry.trace_id.map(|trace| format!("for Instagram’s support: {trace}")),
        ];
        let detail = told.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let message = Sentence::new(&entry.message, visitor.zone());
        Self { at: When::exact(entry.at, visitor.zone(), now), message, detail }
    }
}

/// Whether its person gave it another text or picture after it had failed.
fn is_changed_since(timeline: &[Entry]) -> bool {
    timeline.iter().rev().take_while(|entry| entry.step != "failed").any(|entry| entry.step == "edited")
}

/// When we look again whether it is live.
fn look(publication: &Publication, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let is_looked_into = matches!(publication.stage, Stage::Reconciling | Stage::NeedsReview);
    let attention = publication.attention.as_ref();
    // Without a connection nothing can be looked at.
    let waits = attention.is_some_and(|attention| attention.kind.actions().contains(&PersonAction::Reconnect));
    publication.due_at.filter(|at| is_looked_into && !waits && *at > now)
}

/// After when it does not go out any more, while it can.
fn ends(publication: &Publication) -> Option<OffsetDateTime> {
    let can = matches!(publication.stage, Stage::Waiting | Stage::Staging | Stage::Staged | Stage::Held);
    publication.useless_after.filter(|_| can)
}

fn class(kind: AttentionKind) -> &'static str {
    match kind {
        AttentionKind::ContentRefused | AttentionKind::DeadlinePassed | AttentionKind::AppRefused => "bad",
        AttentionKind::IdUnknown | AttentionKind::Behind => "",
        _ => "warn",
    }
}

fn confirmed(by: ConfirmedBy) -> &'static str {
    match by {
        ConfirmedBy::Answer => "Instagram’s own answer",
        ConfirmedBy::Status => "the status that Instagram tells",
        ConfirmedBy::Listing => "the profile’s list of posts",
        ConfirmedBy::Person => "your word",
    }
}

/// How punctual it was; only Instagram's own answer tells exactly which request was the one.
fn punctuality(by: ConfirmedBy, late_ms: i128) -> String {
    match (by, late_ms) {
        (ConfirmedBy::Answer, ..1_000) => "on time, within a second".into(),
        (ConfirmedBy::Answer, late) if late < 120_000 => format!("{} s after its time", late / 1_000),
        (ConfirmedBy::Answer, late) => format!("{} min after its time", late / 60_000),
        _ => "not known exactly".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_offered_once_a_request_has_left() {
        for stage in [Stage::PublishRequested, Stage::Reconciling, Stage::Published] {
            assert!(allowed(stage).is_empty(), "{stage:?}");
        }
        assert_eq!(allowed(Stage::NeedsReview), ["decide"]);
        assert_eq!(allowed(Stage::Held), ["edit", "cancel"], "it goes on by itself");
    }

    #[test]
    fn punctuality_is_told_only_where_it_is_known() {
        assert_eq!(punctuality(ConfirmedBy::Answer, 300), "on time, within a second");
        assert_eq!(punctuality(ConfirmedBy::Answer, 61_000), "61 s after its time");
        assert_eq!(punctuality(ConfirmedBy::Listing, 300), "not known exactly");
    }
}
