//! Pictures of ours, made to fit Instagram.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use url::Url;

use crate::{
    event::EventKind,
    id::{PictureId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    store::StoreError,
};

/// How a picture whose ratio Instagram refuses is brought into its range (4:5 to 1.91:1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fit {
    /// White is added at two sides.
    #[default]
    Pad,
    /// The middle is kept.
    Crop,
}

impl Fit {
    /// The word used on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pad => "pad",
            Self::Crop => "crop",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pad, Self::Crop].into_iter().find(|fit| fit.as_str() == word)
    }
}

/// Where a picture came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PictureSource {
    /// A person's own, uploaded or fetched from an address they gave. Its original is kept, metadata removed.
    Photo,
    /// Rendered by us from an event.
    Card,
}

impl PictureSource {
    /// The word used in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Card => "card",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Photo, Self::Card].into_iter().find(|source| source.as_str() == word)
    }
}

/// A picture of ours, a baseline JPEG that fits Instagram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its id: 128 random bits in hexadecimal, also its unguessable public name.
    pub id: PictureId,
    /// Whose it is.
    pub user: UserId,
    /// Where it came from.
    pub source: PictureSource,
    /// The name of the kept original, another 128 random bits, never public; none for cards.
    pub original: Option<String>,
    /// How it was brought into Instagram's range.
    pub fit: Fit,
    /// Width in pixels, 320 to 1,440.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size of the JPEG in bytes, at most 8,000,000.
    pub bytes: u64,
    /// What was done to make it fit, in words.
    pub changes: Vec<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Keeps what is known of pictures; the files themselves are with [`PictureFiles`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PictureRepository: Send + Sync {
    /// Adds a picture; with a key, at most once under it.
    async fn add<'a>(&self, picture: &Picture, key: Option<&'a IdempotencyKey>) -> Result<Added<Picture>, AddError>;

    /// The user's picture with this id.
    async fn find(&self, user: &UserId, id: &PictureId) -> Result<Option<Picture>, StoreError>;

    /// The user's picture made from `original` with `fit`, if there is one.
    async fn find_variant(&self, user: &UserId, original: &str, fit: Fit) -> Result<Option<Picture>, StoreError>;
}

/// A picture just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadePicture {
    /// The baseline JPEG.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What was done, in words.
    pub changes: Vec<String>,
    /// The original with all metadata removed; empty for cards.
    pub original: Vec<u8>,
}

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file is the person's to change; the text says how.
    #[error("{0}")]
    Unusable(String),
    /// We failed; trying again may help.
    #[error("the picture could not be made")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// How a card looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardLook {
    /// A cake under bunting, in peach and raspberry.
    Cake,
    /// Two hearts of gold in an arch, roses below, on emerald.
    Hearts,
    /// Paper lanterns rising over a lake at dusk.
    Lanterns,
    /// Waves and daisies of the seventies, on marigold.
    Daisies,
}

impl CardLook {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cake, Self::Hearts, Self::Lanterns, Self::Daisies];

    /// The one for a kind of event, where nobody chose another.
    #[must_use]
    pub fn of(kind: EventKind) -> Self {
        match kind {
            EventKind::Birthday => Self::Cake,
            EventKind::Anniversary => Self::Hearts,
            EventKind::Holiday => Self::Lanterns,
            EventKind::Other => Self::Daisies,
        }
    }

    /// The word used on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cake => "cake",
            Self::Hearts => "hearts",
            Self::Lanterns => "lanterns",
            Self::Daisies => "daisies",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.as_str() == word)
    }
}

/// What a card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardBrief {
    /// How it looks.
    pub look: CardLook,
    /// What is celebrated: which wish is right.
    pub kind: EventKind,
    /// The event's title.
    pub title: String,
    /// Whom it is about.
    pub recipient: Option<String>,
    /// Its day.
    pub date: Date,
    /// Varies the decoration.
    pub seed: u64,
}

/// Makes pictures: fits photos, renders cards. Work runs beside the async workers, a bounded number at a time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PictureMaker: Send + Sync {
    /// Makes `photo` fit Instagram.
    async fn fit(&self, photo: Arc<[u8]>, fit: Fit) -> Result<MadePicture, PictureError>;

    /// A copy of one of our pictures, `width` pixels wide at most, as a JPEG of some kilobytes.
    async fn small(&self, jpeg: Arc<[u8]>, width: u32) -> Result<Vec<u8>, PictureError>;

    /// Renders an event card.
    async fn card(&self, brief: CardBrief) -> Result<MadePicture, PictureError>;
}

/// Fetches a picture from an address that a person gave. It reaches public addresses only.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PictureFetcher: Send + Sync {
    /// The bytes at `url`, at most 30 MB.
    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, PictureError>;
}

/// Keeps picture files by name: 32 hexadecimal characters for what is served, with an `o` in front for originals, which never are.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PictureFiles: Send + Sync {
    /// Keeps `bytes` under `name`, durably.
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// The bytes under `name`.
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Forgets `name`; nothing happens if there is none.
    async fn delete(&self, name: &str) -> Result<(), StoreError>;
}
