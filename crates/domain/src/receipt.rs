//! What is known of a publication that is live.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::id::{ContainerId, MediaId};

/// How we know that a post is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConfirmedBy {
    /// Instagram answered the publish request with the media's id.
    Answer,
    /// The container's status reads published.
    Status,
    /// Exactly one media in the account's listing matches.
    Listing,
    /// A person said so and named the media.
    Person,
}

impl ConfirmedBy {
    /// The word used on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Status => "status",
            Self::Listing => "listing",
            Self::Person => "person",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Answer, Self::Status, Self::Listing, Self::Person].into_iter().find(|by| by.as_str() == word)
    }
}

/// What is known of a publication that is live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The container it was published from; `None` where it is not known to us, only the media is, by a person's word.
    pub container: Option<ContainerId>,
    /// Its media on Instagram; unknown where Instagram did not tell and no witness could.
    pub media: Option<MediaId>,
    /// Its public address, once known.
    pub permalink: Option<String>,
    /// When the publish request left (or was about to, where a crash hides the exact moment).
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    /// When we learnt that it is live.
    #[serde(with = "time::serde::rfc3339")]
    pub confirmed_at: OffsetDateTime,
    /// How we know.
    pub confirmed_by: ConfirmedBy,
}
