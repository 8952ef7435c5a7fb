//! What people said about their events and posts, and when: what the judge goes by.

use rats_domain::{
    event::{Event, EventDetails},
    id::PostId,
    preference::Preferences,
};
use time::OffsetDateTime;

/// What an event and its owner said since a moment.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// When the person asked for it.
    pub(super) begun: OffsetDateTime,
    /// From when on nothing else is to go out; none where nobody was told that it is so.
    pub(super) holds_from: Option<OffsetDateTime>,
    /// Whose request had left before that.
    pub(super) spared: Vec<PostId>,
    /// None once the event is deleted.
    pub(super) event: Option<(EventDetails, String)>,
    pub(super) preferences: Preferences,
}

/// What a person did to the post itself.
#[derive(Clone, Debug)]
pub(super) struct ByHand {
    pub(super) post: PostId,
    pub(super) year: i32,
    pub(super) begun: OffsetDateTime,
    /// Whether the person was told that it is so.
    pub(super) is_told: bool,
    pub(super) what: Hand,
}

#[derive(Clone, Debug)]
pub(super) enum Hand {
    Text(String),
    Time(OffsetDateTime),
    Cancelled,
}

/// An event about which people change their minds.
pub(super) struct Restless {
    pub(super) event: Event,
    pub(super) owner: usize,
    pub(super) said: Vec<Said>,
    pub(super) by_hand: Vec<ByHand>,
}

impl Restless {
    pub(super) fn new(event: Event, owner: usize, preferences: Preferences) -> Self {
        let text = event.message.clone().unwrap();
        let said = Said {
            begun: event.created_at,
            holds_from: Some(event.created_at),
            spared: vec![],
            event: Some((event.details.clone(), text)),
            preferences,
        };
        Self { event, owner, said: vec![said], by_hand: vec![] }
    }
}
