use serde::Serialize;
use time::OffsetDateTime;

use super::Instagram;
use super::id::{AccountId, ContainerId, MediaId};

/// What really happened, for a test to ask: how often was this published?
#[derive(Debug, Clone, Serialize)]
pub struct Ledger {
    /// Everything that was published, oldest first.
    pub media: Vec<LedgerMedia>,
    /// Everything that was created, oldest first.
    pub containers: Vec<LedgerContainer>,
}

/// A published media.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerMedia {
    /// Its id.
    pub media_id: MediaId,
    /// What it was made of.
    pub container_id: ContainerId,
    /// Whose.
    pub ig_user_id: AccountId,
    /// Its caption.
    pub caption: String,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339")]
    pub timestamp: OffsetDateTime,
    /// Its page.
    pub permalink: String,
    /// Of its picture, in hexadecimal.
    pub sha256: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The picture's size.
    pub bytes: usize,
    /// Publish requests received for its container.
    pub publish_calls: usize,
}

/// A created container.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerContainer {
    /// Its id.
    pub container_id: ContainerId,
    /// Whose.
    pub ig_user_id: AccountId,
    /// Its caption.
    pub caption: String,
    /// Its true status, without lag.
    pub status: &'static str,
    /// Publish requests received.
    pub publish_calls: usize,
    /// When they were received, in RFC 3339.
    pub publish_requests: Vec<String>,
    /// What was made of it: more than one only by a hostile repeat.
    pub media_ids: Vec<MediaId>,
}

impl Instagram {
    /// What really happened.
    #[must_use]
    pub fn ledger(&self, now: OffsetDateTime) -> Ledger {
        let world = self.world();
        let media = world.media.values().map(|media| {
            let picture = world.pictures.get(&media.picture);
            let calls = world.containers.get(&media.container).map_or(0, |from| from.publish_requests.len());
            LedgerMedia {
                media_id: media.id,
                container_id: media.container,
                ig_user_id: media.account,
                caption: media.caption.clone(),
                timestamp: media.timestamp,
                permalink: self.view(&world, media, now).permalink.into(),
                sha256: media.picture.clone(),
                width: picture.map_or(0, |picture| picture.width),
                height: picture.map_or(0, |picture| picture.height),
                bytes: picture.map_or(0, |picture| picture.bytes),
                publish_calls: calls,
            }
        });
        let containers = world.containers.values().map(|container| LedgerContainer {
            container_id: container.id,
            ig_user_id: container.account,
            caption: container.caption.clone(),
            status: container.status(now).code(),
            publish_calls: container.publish_requests.len(),
            publish_requests: container.publish_requests.iter().map(|at| spoken(*at)).collect(),
            media_ids: container.media.clone(),
        });
        Ledger { media: media.collect(), containers: containers.collect() }
    }
}

fn spoken(moment: OffsetDateTime) -> String {
    moment.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}
