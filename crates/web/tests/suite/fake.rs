//! What stands in for the outside.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rats_domain::{
    clock::{Clock, Monotonic},
    connection::{Feature, Token},
    event::{Author, Event, MessageWriter, Written},
    id::{AccountId, ContainerId, MediaId},
    instagram::{
        Access, AuthorizeError, Authorizer, ContainerStatus, Dated, Engagement, Grant, ListedMedia, Listing,
        MediaReader, PlatformError, Profile, PublishAnswer, Publisher, Quota, Wanted,
    },
    metrics::AccountNumbers,
    picture::{CardBrief, Fit, MadePicture, PictureError, PictureFetcher, PictureFiles, PictureMaker},
    random::Random,
    secret::Secret,
    store::StoreError,
};
use time::{OffsetDateTime, macros::datetime};
use url::Url;

/// The test's beginning.
pub(crate) const T: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

/// A clock that moves only when someone sleeps.
#[derive(Default)]
pub(crate) struct SteppingClock(AtomicU64);

#[async_trait]
impl Clock for SteppingClock {
    fn now(&self) -> OffsetDateTime {
        T + Duration::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic::from_start(Duration::from_micros(self.0.load(Ordering::SeqCst)))
    }

    async fn sleep_until(&self, moment: Monotonic) {
        let micros = u64::try_from(moment.since_start().as_micros()).unwrap();
        self.0.fetch_max(micros, Ordering::SeqCst);
        tokio::task::yield_now().await;
    }
}

/// Counts up.
#[derive(Default)]
pub(crate) struct CountingRandom(AtomicU64);

impl Random for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        for (byte, value) in bytes.iter_mut().zip(count.iter().cycle()) {
            *byte = *value;
        }
    }
}

/// An Instagram that takes everything at once, and files in memory.
#[derive(Default)]
pub(crate) struct Outside {
    pub(crate) exchanges: AtomicU64,
    pub(crate) published: AtomicU64,
    pub(crate) files: Mutex<HashMap<String, Vec<u8>>>,
    pub(crate) quota: Mutex<Option<u32>>,
    /// What the profile shows.
    pub(crate) listed: Mutex<Vec<ListedMedia>>,
    /// Whether no card can be drawn.
    pub(crate) is_undrawable: AtomicBool,
}

#[async_trait]
impl Authorizer for Outside {
    fn authorize_url(&self, state: &Secret) -> Url {
        format!("https://instagram.example/authorize?state={}", state.expose()).parse().unwrap()
    }

    async fn exchange(&self, _: &Secret) -> Result<Grant, AuthorizeError> {
        self.exchanges.fetch_add(1, Ordering::SeqCst);
        Ok(Grant { token: token(), features: Some(vec![Feature::Basic, Feature::Publish]) })
    }

    async fn refresh(&self, _: &Secret) -> Result<Token, PlatformError> {
        Ok(token())
    }

    async fn profile(&self, _: &Secret) -> Result<Profile, PlatformError> {
        Ok(Profile { account: Some(AccountId::new("1784")), app_scoped_id: "9".into(), username: "anna".into() })
    }
}

fn token() -> Token {
    Token { secret: Secret::new("IGAAsentinel"), issued_at: T, expires_at: T + Duration::from_hours(24 * 60) }
}

#[async_trait]
impl Publisher for Outside {
    async fn create_image(&self, _: &Access, _: &Url, _: &str) -> Result<ContainerId, PlatformError> {
        Ok(ContainerId::new("container"))
    }

    async fn status(&self, _: &Access, _: &ContainerId) -> Result<Dated<ContainerStatus>, PlatformError> {
        Ok(Dated { value: ContainerStatus::Finished, date: None })
    }

    async fn prepare(&self) {}

    async fn publish(&self, _: &Access, _: &ContainerId, _: Monotonic) -> PublishAnswer {
        let count = self.published.fetch_add(1, Ordering::SeqCst);
        PublishAnswer::Live(MediaId::new(format!("1790{count}")))
    }
}

#[async_trait]
impl MediaReader for Outside {
    async fn recent(&self, _: &Access, _: OffsetDateTime) -> Result<Dated<Listing>, PlatformError> {
        Ok(Dated { value: Listing { media: self.listed.lock().unwrap().clone(), complete: true }, date: None })
    }

    async fn quota(&self, _: &Access, _: OffsetDateTime) -> Result<Quota, PlatformError> {
        Ok(Quota { used: 0, total: *self.quota.lock().unwrap() })
    }

    async fn permalink(&self, _: &Access, media: &MediaId) -> Result<Option<String>, PlatformError> {
        Ok(Some(format!("https://instagram.example/p/{media}")))
    }

    fn used_percent(&self, _: &AccountId) -> u64 {
        0
    }

    async fn engagement(&self, _: &Access, _: &MediaId, _: Wanted) -> Result<Engagement, PlatformError> {
        unreachable!("no request waits for numbers")
    }

    async fn followers(&self, _: &Access) -> Result<Option<u64>, PlatformError> {
        unreachable!("no request waits for numbers")
    }

    async fn account_insights(
        &self,
        _: &Access,
        _: OffsetDateTime,
        _: OffsetDateTime,
    ) -> Result<AccountNumbers, PlatformError> {
        unreachable!("no request waits for numbers")
    }
}

#[async_trait]
impl PictureFiles for Outside {
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.files.lock().unwrap().insert(name.to_owned(), bytes);
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.files.lock().unwrap().get(name).cloned())
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.files.lock().unwrap().remove(name);
        Ok(())
    }
}

#[async_trait]
impl PictureMaker for Outside {
    async fn fit(&self, photo: Arc<[u8]>, _: Fit) -> Result<MadePicture, PictureError> {
        Ok(MadePicture { original: photo.to_vec(), ..made() })
    }

    async fn small(&self, jpeg: Arc<[u8]>, _: u32) -> Result<Vec<u8>, PictureError> {
        Ok(jpeg[..jpeg.len() / 2].to_vec())
    }

    async fn card(&self, brief: CardBrief) -> Result<MadePicture, PictureError> {
        if self.is_undrawable.load(Ordering::SeqCst) {
            return Err(PictureError::Unusable("The title has no letters that we can draw.".into()));
        }
        Ok(MadePicture { jpeg: format!("{:9} card", brief.look.as_str()).into(), ..made() })
    }
}

fn made() -> MadePicture {
    MadePicture { jpeg: b"0123456789".to_vec(), width: 1080, height: 1340, changes: vec![], original: vec![] }
}

#[async_trait]
impl PictureFetcher for Outside {
    async fn fetch(&self, _: &Url) -> Result<Vec<u8>, PictureError> {
        Ok(b"photo".to_vec())
    }
}

#[async_trait]
impl MessageWriter for Outside {
    async fn write(&self, event: &Event, variant: u32) -> Written {
        let message = format!("Happy day, {}! ({variant})", event.details.recipient_name);
        Written { message, plan: "Bake a cake.".into(), by: Author::Templates }
    }
}

/// What the profile shows at this code: a picture with this text, later than all that is scheduled.
pub(crate) fn listed(code: &str, text: &str) -> ListedMedia {
    ListedMedia {
        id: MediaId::new("1790"),
        caption: Some(text.into()),
        is_image: true,
        published_at: T + Duration::from_hours(30 * 24),
        permalink: Some(format!("https://www.instagram.com/p/{code}/")),
    }
}
