//! Where the reading of a post's numbers stands.

use time::{Duration, OffsetDateTime};

/// For how long Instagram must say that a media is not there, while it shows others of the account, before it is believed: for weeks of
/// 2026 it said so of media that were there.
const GONE_AFTER: Duration = Duration::days(3);

/// Where the reading of a post's numbers stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// When it is read next; `None`: never again.
    pub next_at: Option<OffsetDateTime>,
    /// How many readings in a row have failed.
    pub failures: u32,
    /// Since when Instagram has said, and nothing else, that there is no such media.
    pub missing_since: Option<OffsetDateTime>,
    /// Since when it counts as no longer on Instagram.
    pub gone_at: Option<OffsetDateTime>,
}

impl Collection {
    /// Whether it has been missing for so long that it is to be believed, once others of its account can be read.
    #[must_use]
    pub fn is_missing_long(&self, now: OffsetDateTime) -> bool {
        self.missing_since.is_some_and(|since| now - since >= GONE_AFTER)
    }

    /// In a word, of a post that is live; `is_connected` says whether the connection that it was published through works.
    #[must_use]
    pub fn state(&self, is_connected: bool) -> CollectionState {
        match (self.gone_at, self.next_at) {
            (Some(_), _) => CollectionState::Gone,
            (None, None) => CollectionState::Ended,
            (None, Some(_)) if !is_connected => CollectionState::Paused,
            (None, Some(_)) => CollectionState::Collecting,
        }
    }
}

/// Where the reading of a post's numbers stands, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectionState {
    /// It is read again.
    Collecting,
    /// It is read again once its account is connected again.
    Paused,
    /// It is old, or was never found: its numbers are not read any more.
    Ended,
    /// It is no longer on Instagram.
    Gone,
}

impl CollectionState {
    /// The word used on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collecting => "collecting",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Gone => "gone",
        }
    }
}
