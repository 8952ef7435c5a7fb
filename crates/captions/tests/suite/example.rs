//! An event to write for.

use rats_domain::{
    event::{Contact, Event, EventDetails, EventKind, Handles},
    id::{EventId, UserId},
};
use time::macros::{date, datetime};

/// One word for each relation.
pub(crate) const RELATIONS: [&str; 5] = ["Mother", "wife", "best friend", "colleague", "neighbourhood hero"];

/// A friend's birthday.
pub(crate) fn event() -> Event {
    Event {
        id: EventId::new("652f8ae19bdb6d5a0e9b1c23"),
        user: UserId::new("u"),
        details: EventDetails {
            title: "Anna's day".into(),
            kind: EventKind::Birthday,
            date: date!(2026 - 12 - 04),
            recipient_name: "Anna Müller".into(),
            recipient_relation: "friend".into(),
            contact: Contact { email: Some("anna@private.example".into()), phone: Some("+49 170 5550100".into()) },
            handles: Handles::default(),
            notes: None,
            reminder_days: vec![1, 7],
            is_recurring: true,
            is_active: true,
            auto_post: rats_domain::event::AutoPost::default(),
            on_leap_day: false,
        },
        message: None,
        plan: None,
        last_message_sent: None,
        created_at: datetime!(2026-11-01 0:00 UTC),
        updated_at: datetime!(2026-11-01 0:00 UTC),
    }
}
