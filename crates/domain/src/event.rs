//! What RATS celebrates.

mod auto_post;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::{
    id::{EventId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    part::{Part, Span},
    store::StoreError,
};

pub use auto_post::AutoPost;

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// A birthday.
    Birthday,
    /// An anniversary.
    Anniversary,
    /// A holiday.
    Holiday,
    /// Anything else.
    Other,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Birthday, Self::Anniversary, Self::Holiday, Self::Other];

    /// RATS' word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Birthday => "birthday",
            Self::Anniversary => "anniversary",
            Self::Holiday => "holiday",
            Self::Other => "other",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// How to reach the recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// An e-mail address.
    pub email: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
}

/// The recipient's names on social platforms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handles {
    /// On Facebook.
    pub facebook: Option<String>,
    /// On Instagram.
    pub instagram: Option<String>,
    /// On Twitter.
    pub twitter: Option<String>,
    /// On WhatsApp.
    pub whatsapp: Option<String>,
}

/// What a person says about an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDetails {
    /// Its title, 1 to 200 characters.
    pub title: String,
    /// Its kind.
    pub kind: EventKind,
    /// Its day. One that recurs moves on to the next year once its day is over where its owner lives.
    pub date: Date,
    /// Whom it is about, 1 to 200 characters.
    pub recipient_name: String,
    /// What they are to the person ("friend", "mother"), 1 to 100 characters.
    pub recipient_relation: String,
    /// How to reach them.
    pub contact: Contact,
    /// Their names on social platforms.
    pub handles: Handles,
    /// Anything else to know, at most 2,000 characters.
    pub notes: Option<String>,
    /// How many days before to remind, at most 20 numbers of 0 to 365.
    pub reminder_days: Vec<u16>,
    /// Whether it comes back each year.
    pub is_recurring: bool,
    /// Whether it is of interest at present.
    pub is_active: bool,
    /// Whether it is posted by itself.
    #[serde(default)]
    pub auto_post: AutoPost,
    /// Whether it takes place on 29 February although its date, of a common year, says 28.
    #[serde(default)]
    pub on_leap_day: bool,
}

impl EventDetails {
    /// Whether a message written for `self` does not fit `other`.
    #[must_use]
    pub fn needs_new_message(&self, other: &Self) -> bool {
        self.kind != other.kind
            || self.recipient_name != other.recipient_name
            || self.recipient_relation != other.recipient_relation
            || self.notes.as_deref().unwrap_or("") != other.notes.as_deref().unwrap_or("")
    }

    /// Whether it is to be posted by itself.
    #[must_use]
    pub fn posts_itself(&self) -> bool {
        self.is_active && self.auto_post.enabled
    }
}

/// An event with what was made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Whose it is.
    pub user: UserId,
    /// What the person said.
    pub details: EventDetails,
    /// The message, once written.
    pub message: Option<String>,
    /// The plan, once written.
    pub plan: Option<String>,
    /// When its message last went out.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_message_sent: Option<OffsetDateTime>,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl Event {
    /// Whether `today` is one of its reminder days: it is active, and its next day or the one after is as many days ahead as one of them says.
    #[must_use]
    pub fn reminds_on(&self, today: Date) -> bool {
        let EventDetails { is_active, reminder_days, .. } = &self.details;
        // On its own day it may be time to be reminded of the next one, a year ahead.
        let next_days =
            [Some(today), today.next_day()].into_iter().flatten().filter_map(|from| self.details.next_day(from));
        let mut ahead = next_days.map(|day| (day - today).whole_days());
        *is_active && ahead.any(|ahead| reminder_days.iter().any(|days| i64::from(*days) == ahead))
    }
}

/// Which events to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFilter {
    /// All of them.
    All,
    /// From the first day to the last, both included.
    Between(Date, Date),
}

/// In which order events are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventOrder {
    /// By date, then by creation, ascending.
    Soonest,
    /// The other way round.
    Latest,
}

/// Keeps events. Someone else's event is like one that does not exist. One that is added, replaced or deleted is due to be looked at at once
/// ([`EventAgenda`](crate::occurrence::EventAgenda)), in the same step.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EventRepository: Send + Sync {
    /// Adds an event; with a key, at most once under it.
    async fn add<'a>(&self, event: &Event, key: Option<&'a IdempotencyKey>) -> Result<Added<Event>, AddError>;

    /// The user's event with this id.
    async fn find(&self, user: &UserId, id: &EventId) -> Result<Option<Event>, StoreError>;

    /// The user's events, by date, then by creation, ascending.
    async fn list(&self, user: &UserId, filter: EventFilter) -> Result<Vec<Event>, StoreError>;

    /// A part of the user's events, in two queries.
    async fn part(
        &self,
        user: &UserId,
        filter: EventFilter,
        order: EventOrder,
        span: Span,
    ) -> Result<Part<Event>, StoreError>;

    /// Of each day from the first to the last on which the user has events, the first `most` of them, by creation; in one query.
    async fn by_day(
        &self,
        user: &UserId,
        first: Date,
        last: Date,
        most: usize,
    ) -> Result<Vec<(Date, Part<Event>)>, StoreError>;

    /// Puts `event` in the place of the one with its id, user and `expected` as its last change; answers whether it did.
    async fn replace(&self, event: &Event, expected: OffsetDateTime) -> Result<bool, StoreError>;

    /// Deletes the user's event; answers whether there was one. Its posts stay and lose their event.
    async fn delete(&self, user: &UserId, id: &EventId) -> Result<bool, StoreError>;
}

/// What was written for an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The message, never empty, within Instagram's caption rules.
    pub message: String,
    /// The plan, never empty.
    pub plan: String,
    /// Who wrote it.
    pub by: Author,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// A model.
    Model,
    /// Our templates, as there is no model.
    Templates,
    /// Our templates, since the model failed, with the reason in words for the person.
    TemplatesInstead {
        /// Why the model did not write it.
        reason: String,
    },
}

/// Writes an event's message and plan. It always answers: where a model fails, from templates.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MessageWriter: Send + Sync {
    /// Writes for `event`. `variant` (0 first, then counted up) asks for another wording.
    async fn write(&self, event: &Event, variant: u32) -> Written;
}

/// When the example was made.
#[cfg(any(test, feature = "mock"))]
const LONG_AGO: OffsetDateTime = time::macros::datetime!(2026-11-01 0:00 UTC);

#[cfg(any(test, feature = "mock"))]
impl Event {
    /// Somebody's birthday, every year, without a message: for tests.
    #[must_use]
    pub fn example(id: &str, user: &str, date: Date) -> Self {
        Self {
            id: EventId::new(id),
            user: UserId::new(user),
            details: EventDetails {
                title: "Anna's birthday".into(),
                kind: EventKind::Birthday,
                date,
                recipient_name: "Anna".into(),
                recipient_relation: "friend".into(),
                contact: Contact::default(),
                handles: Handles::default(),
                notes: None,
                reminder_days: vec![],
                is_recurring: true,
                is_active: true,
                auto_post: AutoPost::default(),
                on_leap_day: false,
            },
            message: None,
            plan: None,
            last_message_sent: None,
            created_at: LONG_AGO,
            updated_at: LONG_AGO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn event() -> Event {
        let mut event = Event::example("e", "u", date!(2026 - 12 - 04));
        event.details.reminder_days = vec![1, 7];
        event
    }

    #[test]
    fn it_reminds_on_its_reminder_days_only() {
        assert!(event().reminds_on(date!(2026 - 12 - 03)));
        assert!(event().reminds_on(date!(2026 - 11 - 27)));
        assert!(!event().reminds_on(date!(2026 - 12 - 04)));
        assert!(event().reminds_on(date!(2027 - 11 - 27)), "it comes back, whether or not somebody moved it on");
        let mut once = event();
        once.details.is_recurring = false;
        assert!(once.reminds_on(date!(2026 - 12 - 03)) && !once.reminds_on(date!(2027 - 12 - 03)));
        let mut yearly = event();
        yearly.details.reminder_days = vec![0, 365];
        assert!(yearly.reminds_on(date!(2026 - 12 - 04)));
        yearly.details.reminder_days = vec![365];
        assert!(yearly.reminds_on(date!(2026 - 12 - 04)), "of the next one");
        let mut idle = event();
        idle.details.is_active = false;
        assert!(!idle.reminds_on(date!(2026 - 12 - 03)));
    }

    #[test]
    fn only_what_the_message_speaks_of_asks_for_a_new_one() {
        let before = event().details;
        let moved = EventDetails {
            date: date!(2027 - 01 - 01),
            title: "x".into(),
            notes: Some(String::new()),
            ..before.clone()
        };
        assert!(!before.needs_new_message(&moved));
        assert!(before.needs_new_message(&EventDetails { notes: Some("likes tea".into()), ..before.clone() }));
    }
}
