//! Where a publication stands.

use serde::{Deserialize, Serialize};

/// What RATS calls a post's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not on its way.
    Draft,
    /// On its way, or its outcome is not known yet.
    Scheduled,
    /// Live.
    Published,
    /// It ended without going live.
    Failed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Scheduled, Self::Published, Self::Failed];

    /// RATS' word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Failed => "failed",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// The stages that read as this status.
    pub fn stages(self) -> impl Iterator<Item = Stage> {
        Stage::ALL.into_iter().filter(move |stage| stage.status() == self)
    }
}

/// Where a publication stands, finer than [`Status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Kept without a time.
    Draft,
    /// Waiting for its lead time, or moved.
    Waiting,
    /// Its container is made and is being processed.
    Staging,
    /// Its container is ready; one call remains.
    Staged,
    /// A publish request was, or is about to be, sent.
    PublishRequested,
    /// A publish request was sent and its outcome is unknown; we are asking.
    Reconciling,
    /// Waiting for the person to connect the account again; no request is unsettled.
    Held,
    /// We could not find out; a person decides.
    NeedsReview,
    /// Live.
    Published,
    /// It ended without going live.
    Failed,
    /// The person cancelled it.
    Cancelled,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Waiting,
        Self::Staging,
        Self::Staged,
        Self::PublishRequested,
        Self::Reconciling,
        Self::Held,
        Self::NeedsReview,
        Self::Published,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word used on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Staging => "staging",
            Self::Staged => "staged",
            Self::PublishRequested => "publish_requested",
            Self::Reconciling => "reconciling",
            Self::Held => "held",
            Self::NeedsReview => "needs_review",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// What RATS calls it.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Draft | Self::Cancelled => Status::Draft,
            Self::Published => Status::Published,
            Self::Failed => Status::Failed,
            _ => Status::Scheduled,
        }
    }

    /// The stage as far as a person's next decision goes: what a worker does on the way to an outcome is one to them.
    #[must_use]
    pub fn standing(self) -> Self {
        match self {
            Self::Staging | Self::Staged | Self::PublishRequested => Self::Waiting,
            other => other,
        }
    }

    /// Whether something may still happen by itself or by a person's decision about its outcome.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.status() == Status::Scheduled
    }

    /// Whether a publish request was sent that was neither answered nor refused.
    #[must_use]
    pub fn is_unsettled(self) -> bool {
        matches!(self, Self::PublishRequested | Self::Reconciling | Self::NeedsReview)
    }

    /// Whether it holds its account's lane: no other post of the account may send its first publish request.
    #[must_use]
    pub fn holds_lane(self) -> bool {
        matches!(self, Self::PublishRequested | Self::Reconciling)
    }
}
