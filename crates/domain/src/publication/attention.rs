//! What a person should know about a post that is not simply on its way.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttentionKind {
    /// It goes out later than asked: quota or rate limits.
    Moved,
    /// The account must act in the Instagram app first.
    ActInApp,
    /// Instagram has not confirmed yet; we keep checking.
    Unconfirmed,
    /// Instagram has not confirmed, and we cannot look before the account is connected again.
    UnconfirmedReconnect,
    /// The account must be connected again.
    Reconnect,
    /// We could not find out whether it is live.
    Review,
    /// It is live, but Instagram did not tell its id.
    IdUnknown,
    /// Instagram refused the content.
    ContentRefused,
    /// Its time passed before it could go out.
    DeadlinePassed,
    /// Instagram refuses this app.
    AppRefused,
    /// Instagram could not be reached, or fetch our picture; we try again.
    Unreachable,
    /// This server's clock is wrong; nothing is published until it is right.
    ClockWrong,
    /// It waits for another post of the account.
    Behind,
}

/// What a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonAction {
    /// Connect the account again.
    Reconnect,
    /// Say which media on Instagram it is.
    Adopt,
    /// Say that it is not live: publish it again.
    Republish,
    /// Change it.
    Edit,
    /// Do what the Instagram app asks for.
    OpenInstagram,
}

impl PersonAction {
    /// The word used on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reconnect => "reconnect",
            Self::Adopt => "adopt",
            Self::Republish => "republish",
            Self::Edit => "edit",
            Self::OpenInstagram => "open_instagram",
        }
    }
}

impl AttentionKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Moved,
        Self::ActInApp,
        Self::Unconfirmed,
        Self::UnconfirmedReconnect,
        Self::Reconnect,
        Self::Review,
        Self::IdUnknown,
        Self::ContentRefused,
        Self::DeadlinePassed,
        Self::AppRefused,
        Self::Unreachable,
        Self::ClockWrong,
        Self::Behind,
    ];

    /// The word used on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::ActInApp => "act_in_app",
            Self::Unconfirmed => "unconfirmed",
            Self::UnconfirmedReconnect => "unconfirmed_reconnect",
            Self::Reconnect => "reconnect",
            Self::Review => "needs_review",
            Self::IdUnknown => "id_unknown",
            Self::ContentRefused => "content_refused",
            Self::DeadlinePassed => "deadline_passed",
            Self::AppRefused => "app_refused",
            Self::Unreachable => "unreachable",
            Self::ClockWrong => "clock_wrong",
            Self::Behind => "behind",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What a person can do about it.
    #[must_use]
    pub fn actions(self) -> &'static [PersonAction] {
        match self {
            Self::ActInApp => &[PersonAction::OpenInstagram],
            Self::Reconnect | Self::UnconfirmedReconnect => &[PersonAction::Reconnect],
            Self::Review => &[PersonAction::Adopt, PersonAction::Republish],
            Self::ContentRefused | Self::DeadlinePassed => &[PersonAction::Edit],
            _ => &[],
        }
    }
}

/// What a person should know about a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// What it is about.
    pub kind: AttentionKind,
    /// A sentence or two for the person.
    pub message: String,
    /// When it is expected to go on, where that is known.
    #[serde(with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
}

impl Attention {
    /// Something to know, without a time.
    pub fn new(kind: AttentionKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), until: None }
    }

    /// Something to know until a time.
    pub fn until(kind: AttentionKind, message: impl Into<String>, until: OffsetDateTime) -> Self {
        Self { kind, message: message.into(), until: Some(until) }
    }

    /// What a person should know while an outcome is not known.
    #[must_use]
    pub fn unconfirmed() -> Self {
        Self::new(
            AttentionKind::Unconfirmed,
            "Instagram has not confirmed this post: it may be live already. We keep checking. If it is not live and there is still time we send it ourselves; if we cannot find out we ask you here. Do not post it yourself meanwhile.",
        )
    }
}
