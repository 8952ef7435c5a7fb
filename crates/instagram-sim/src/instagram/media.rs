use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use url::Url;

use super::access::{Answer, Target};
use super::account::Account;
use super::container::NewContainer;
use super::engagement::{AccountEngagement, Engagement, is_measured};
use super::fault::Fault;
use super::id::{AccountId, ContainerId, MEDIA_BASE, MediaId};
use super::random::shortcode;
use super::scope::Call;
use super::{Instagram, World, refusal};

/// A published media as it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaView {
    /// Its id.
    pub id: MediaId,
    /// Whose.
    pub account: AccountId,
    /// The owner's handle.
    pub username: String,
    /// The caption, empty for none.
    pub caption: String,
    /// The text for who cannot see the picture.
    pub alt_text: Option<String>,
    /// When it was published.
    pub timestamp: OffsetDateTime,
    /// The name in its address.
    pub shortcode: String,
    /// Its page.
    pub permalink: Url,
    /// Its picture's address.
    pub media_url: Url,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// Likes, comments and the rest, at the moment of reading.
    pub engagement: Engagement,
}

/// A media as the state keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Media {
    pub(super) id: MediaId,
    pub(super) account: AccountId,
    pub(super) container: ContainerId,
    pub(super) caption: String,
    alt_text: Option<String>,
    pub(super) picture: String,
    pub(super) timestamp: OffsetDateTime,
    /// From when on listings show it.
    pub(super) listed: OffsetDateTime,
    pub(super) shortcode: String,
    /// Deleted by its owner: it went live, and cannot be read any more.
    #[serde(default)]
    is_deleted: bool,
}

impl Media {
    fn is_of(&self, account: AccountId) -> bool {
        self.account == account && !self.is_deleted
    }
}

impl Instagram {
    /// `GET /{media-id}`; readable by its own account only.
    pub fn media(&self, token: &str, id: MediaId, now: OffsetDateTime) -> Answer<MediaView> {
        self.change(|world| {
            let account = world.authorise(token, Call::MediaRead, now)?;
            let own = world.media.get(&id).filter(|media| media.is_of(account));
            let media = own.ok_or_else(|| refusal::missing_object("get", &id.to_string()))?;
            Ok(self.view(world, media, now))
        })
    }

    /// `GET /{media-id}/insights`: the numbers at this moment, `None` while Instagram has none yet.
    pub fn insights(&self, token: &str, id: MediaId, now: OffsetDateTime) -> Answer<Option<Engagement>> {
        self.change(|world| {
            let account = world.authorise(token, Call::Insights, now)?;
            let own = world.media.get(&id).filter(|media| media.is_of(account));
            let media = own.ok_or_else(|| refusal::missing_object("get", &id.to_string()))?;
            let engagement = self.view(world, media, now).engagement;
            Ok(is_measured(media.timestamp, now).then_some(engagement))
        })
    }

    /// `GET /{ig-user-id}/insights`: what the account's media did from `since` to `until`.
    pub fn account_insights(
        &self,
        token: &str,
        target: Target,
        (since, until): (OffsetDateTime, OffsetDateTime),
        now: OffsetDateTime,
    ) -> Answer<AccountEngagement> {
        self.change(|world| {
            let account = world.authorise_on(token, target, Call::Insights, now)?;
            let at = |media: &Media, at: OffsetDateTime| {
                Engagement::at(
                    self.config().seed,
                    media.id,
                    media.timestamp,
                    at.clamp(media.timestamp, now.max(media.timestamp)),
                )
            };
            let own = world.media.values().filter(|media| media.is_of(account));
            Ok(own.map(|media| at(media, until).since(at(media, since))).fold(
                AccountEngagement::default(),
                |sum, media| AccountEngagement { views: sum.views + media.views, reach: sum.reach + media.reach },
            ))
        })
    }

    /// How many follow an account: those that it came with, and those that its media brought.
    #[must_use]
    pub fn followers(&self, account: &Account, now: OffsetDateTime) -> u64 {
        let world = self.world();
        let media = account.media.iter().filter_map(|id| world.media.get(id));
        let brought = media.map(|media| Engagement::at(self.config().seed, media.id, media.timestamp, now).follows());
        u64::from(account.followers) + brought.sum::<u64>()
    }

    /// Its owner posts something in the app: no container that anybody else knows of, and nothing that counts against the quota.
    pub fn post_by_hand(&self, account: AccountId, new: NewContainer, now: OffsetDateTime) -> Answer<MediaId> {
        let container = self.create_container(account, new, now);
        self.change(|world| {
            let media = world.publish(container, now)?;
            if let Some(owner) = world.accounts.get_mut(&account) {
                owner.creations.pop();
                owner.publishes.pop();
            }
            Ok(media)
        })
    }

    /// Its owner deletes a media in the app: reads of it are refused from now on, and no listing shows it. The ledger keeps it.
    pub fn delete_by_hand(&self, id: MediaId) {
        self.change(|world| {
            let Some(media) = world.media.get_mut(&id) else { return };
            media.is_deleted = true;
            if let Some(owner) = world.accounts.get_mut(&media.account) {
                owner.media.retain(|own| *own != id);
            }
        });
    }

    /// A published media by the name in its address, for its page.
    #[must_use]
    pub fn post(&self, shortcode: &str, now: OffsetDateTime) -> Option<MediaView> {
        let world = self.world();
        let media = world.media.get(world.shortcodes.get(shortcode)?).filter(|media| !media.is_deleted)?;
        Some(self.view(&world, media, now))
    }

    /// Everything an account published, newest first, for its page.
    #[must_use]
    pub fn posts(&self, account: AccountId, now: OffsetDateTime) -> Vec<MediaView> {
        let world = self.world();
        let Some(found) = world.accounts.get(&account) else { return Vec::new() };
        let newest_first = found.media.iter().rev().filter_map(|id| world.media.get(id));
        newest_first.map(|media| self.view(&world, media, now)).collect()
    }

    /// The bytes of a published picture.
    #[must_use]
    pub fn jpeg(&self, id: MediaId) -> Option<Arc<[u8]>> {
        let world = self.world();
        let picture = world.pictures.get(&world.media.get(&id)?.picture)?;
        Some(Arc::clone(&picture.jpeg))
    }

    pub(super) fn view(&self, world: &World, media: &Media, now: OffsetDateTime) -> MediaView {
        let username = world.accounts.get(&media.account).map(|account| account.username.clone());
        let picture = world.pictures.get(&media.picture);
        MediaView {
            id: media.id,
            account: media.account,
            username: username.unwrap_or_default(),
            caption: media.caption.clone(),
            alt_text: media.alt_text.clone(),
            timestamp: media.timestamp,
            shortcode: media.shortcode.clone(),
            permalink: self.address(&format!("/p/{}/", media.shortcode)),
            media_url: self.address(&format!("/_media/{}.jpg", media.id)),
            size: picture.map_or((0, 0), |picture| (picture.width, picture.height)),
            engagement: Engagement::at(self.config().seed, media.id, media.timestamp, now),
        }
    }

    fn address(&self, path: &str) -> Url {
        let mut url = self.base_url().clone();
        url.set_path(path);
        url
    }
}

impl World {
    /// Makes a media of a container, whatever was made of it before.
    pub(super) fn publish(&mut self, from: ContainerId, now: OffsetDateTime) -> Answer<MediaId> {
        let container = self.containers.get(&from).cloned().ok_or_else(refusal::resource_missing)?;
        let account = container.account;
        let status_lag = self.lag(account, |fault| match fault {
            Fault::StatusLag { seconds } => Some(*seconds),
            _ => None,
        });
        let listing_lag = self.lag(account, |fault| match fault {
            Fault::ListingLag { seconds } => Some(*seconds),
            _ => None,
        });
        let id = MediaId(MEDIA_BASE + self.media.len() as u64 + 1);
        let media = Media {
            id,
            account,
            container: from,
            caption: container.caption,
            alt_text: container.alt_text,
            picture: container.picture,
            timestamp: now,
            listed: now + listing_lag,
            shortcode: shortcode(id.0),
            is_deleted: false,
        };
        self.shortcodes.insert(media.shortcode.clone(), id);
        self.media.insert(id, media);
        if let Some(container) = self.containers.get_mut(&from) {
            container.media.push(id);
            container.published_shows = now + status_lag;
        }
        if let Some(owner) = self.accounts.get_mut(&account) {
            owner.media.push(id);
            owner.publishes.push(now);
        }
        Ok(id)
    }

    fn lag(&mut self, account: AccountId, seconds: impl Fn(&Fault) -> Option<u64>) -> std::time::Duration {
        std::time::Duration::from_secs(self.take_fault(account, seconds).unwrap_or(0))
    }
}
