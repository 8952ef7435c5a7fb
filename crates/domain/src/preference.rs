//! What a user prefers: where they live, when their events go out, and how their cards look.

use async_trait::async_trait;
use time::{OffsetDateTime, Time, macros::time};

use crate::{event::EventKind, id::UserId, picture::CardLook, store::StoreError, zone::Zone};

/// The local time at which events go out unless somebody says otherwise.
pub const POST_AT: Time = time!(9:00);

/// A user's preferences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Where they live: their days begin and end there.
    pub zone: Zone,
    /// The local time, to the minute, at which their events go out where the event does not say another.
    pub post_at: Time,
    /// How their cards look; none for the look of each kind of event.
    pub card_look: Option<CardLook>,
    /// When they last changed it; none if never.
    pub changed_at: Option<OffsetDateTime>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { zone: Zone::utc(), post_at: POST_AT, card_look: None, changed_at: None }
    }
}

impl Preferences {
    /// How the card of an event of this kind looks, unless somebody says otherwise.
    #[must_use]
    pub fn look_of(&self, kind: EventKind) -> CardLook {
        self.card_look.unwrap_or_else(|| CardLook::of(kind))
    }
}

/// Keeps preferences.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PreferenceRepository: Send + Sync {
    /// The user's preferences; the default ones where they never gave any.
    async fn preferences(&self, user: &UserId) -> Result<Preferences, StoreError>;

    /// Keeps the user's preferences. In the same step all their events are due to be looked at
    /// ([`EventAgenda`](crate::occurrence::EventAgenda)).
    async fn prefer(&self, user: &UserId, preferences: &Preferences) -> Result<(), StoreError>;
}
