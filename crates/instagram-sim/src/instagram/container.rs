use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::access::{Answer, Target};
use super::failure::Failure;
use super::fault::Fault;
use super::id::{AccountId, CONTAINER_BASE, ContainerId, MediaId};
use super::picture::Picture;
use super::scope::Call;
use super::{Instagram, caption, refusal};

/// How long a container can be published. Source: `POST /{ig-user-id}/media`.
const LIFETIME: Duration = Duration::DAY;
/// Containers an account may create in 24 h. Source: as above; the error is not documented, so the publish limit's.
const MAX_CREATIONS: usize = 400;

/// What a container is made of.
#[derive(Debug, Clone)]
pub struct NewContainer {
    /// The caption, empty for none.
    pub caption: String,
    /// The text for who cannot see the picture.
    pub alt_text: Option<String>,
    /// The downloaded picture.
    pub picture: Picture,
}

/// What a read of a container answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContainerView {
    /// Its id.
    pub id: ContainerId,
    /// Its status.
    pub status: ContainerStatus,
}

/// `status_code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerStatus {
    /// Being processed.
    InProgress,
    /// Ready to publish.
    Finished,
    /// Live.
    Published,
    /// Failed with this subcode.
    Error(u32),
    /// Not published within 24 h.
    Expired,
}

/// A container as the state keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Container {
    pub(super) id: ContainerId,
    pub(super) account: AccountId,
    pub(super) caption: String,
    pub(super) alt_text: Option<String>,
    pub(super) picture: String,
    created: OffsetDateTime,
    pub(super) ready: OffsetDateTime,
    error: Option<u32>,
    /// From when on the status tells of the publish.
    pub(super) published_shows: OffsetDateTime,
    pub(super) media: Vec<MediaId>,
    pub(super) publish_requests: Vec<OffsetDateTime>,
}

impl ContainerStatus {
    /// `status_code` as on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
            Self::Published => "PUBLISHED",
            Self::Error(_) => "ERROR",
            Self::Expired => "EXPIRED",
        }
    }
}

impl Instagram {
    /// What meets a creation before its picture is downloaded: token, faults, caption and budget.
    pub fn check_creation(
        &self,
        token: &str,
        target: Target,
        text: (&str, Option<&str>),
        now: OffsetDateTime,
    ) -> Answer<AccountId> {
        self.change(|world| {
            let account = world.authorise_on(token, target, Call::Create, now)?;
            caption::check(text.0, text.1)?;
            if world.has_fault(account, &Fault::DownloadRefused) {
                return Err(refusal::download_refused().into());
            }
            if world.has_fault(account, &Fault::DownloadTimeout) {
                return Err(refusal::download_timeout().into());
            }
            let found = world.accounts.get_mut(&account).ok_or_else(refusal::unreadable_token)?;
            found.creations.retain(|made| now - *made < Duration::DAY);
            if found.creations.len() >= MAX_CREATIONS {
                return Err(refusal::quota_reached().into());
            }
            Ok(account)
        })
    }

    /// Makes the container for an account that [`check_creation`](Self::check_creation) answered.
    pub fn create_container(&self, account: AccountId, new: NewContainer, now: OffsetDateTime) -> ContainerId {
        let ready = now + self.config().processing;
        self.change(|world| {
            let last = world.containers.last_key_value().map_or(CONTAINER_BASE, |(id, _)| id.0);
            let id = ContainerId(last.max(world.containers_from) + 1);
            let error = world.take_fault(account, |fault| match fault {
                Fault::ContainerError { subcode } => Some(*subcode),
                _ => None,
            });
            if let Some(found) = world.accounts.get_mut(&account) {
                found.creations.push(now);
            }
            let container = Container {
                id,
                account,
                caption: new.caption,
                alt_text: new.alt_text,
                picture: new.picture.sha256.clone(),
                created: now,
                ready,
                error,
                published_shows: now,
                media: Vec::new(),
                publish_requests: Vec::new(),
            };
            world.pictures.entry(new.picture.sha256.clone()).or_insert(new.picture);
            world.containers.insert(id, container);
            id
        })
    }

    /// The answer to a creation that did happen; takes the fault that loses it.
    pub fn answer_creation(&self, account: AccountId, id: ContainerId) -> Answer<ContainerId> {
        let lost = self.change(|world| world.has_fault(account, &Fault::CreateThenDrop));
        if lost { Err(Failure::Dropped) } else { Ok(id) }
    }

    /// `GET /{container-id}`; readable by its own account only.
    pub fn container(&self, token: &str, id: ContainerId, now: OffsetDateTime) -> Answer<ContainerView> {
        self.change(|world| {
            let account = world.authorise(token, Call::ContainerRead, now)?;
            let own = world.containers.get(&id).filter(|container| container.account == account);
            let container = own.ok_or_else(|| refusal::missing_object("get", &id.to_string()))?;
            Ok(ContainerView { id, status: container.shown_status(now) })
        })
    }

    /// Whether an id is a container's.
    #[must_use]
    pub fn is_container(&self, id: u64) -> bool {
        self.world().containers.contains_key(&ContainerId(id))
    }
}

impl Container {
    /// The status as it really is.
    pub(super) fn status(&self, now: OffsetDateTime) -> ContainerStatus {
        if !self.media.is_empty() {
            return ContainerStatus::Published;
        }
        self.unpublished_status(now)
    }

    /// The status as it reads, which may lag behind a publish.
    pub(super) fn shown_status(&self, now: OffsetDateTime) -> ContainerStatus {
        if now < self.published_shows { self.unpublished_status(now) } else { self.status(now) }
    }

    fn unpublished_status(&self, now: OffsetDateTime) -> ContainerStatus {
        match self.error {
            _ if now < self.ready => ContainerStatus::InProgress,
            Some(subcode) => ContainerStatus::Error(subcode),
            None if now - self.created >= LIFETIME => ContainerStatus::Expired,
            None => ContainerStatus::Finished,
        }
    }
}

/// `status` as on the wire; the text of `EXPIRED` is inferred.
pub(crate) fn status_text(status: ContainerStatus) -> String {
    match status {
        ContainerStatus::InProgress => "In Progress: Media is still being processed.".to_owned(),
        ContainerStatus::Finished => "Finished: Media has been uploaded and it is ready to be published.".to_owned(),
        ContainerStatus::Published => "Published: Media has been successfully published.".to_owned(),
        ContainerStatus::Error(subcode) => format!("Error: Media upload has failed with error code {subcode}"),
        ContainerStatus::Expired => "Expired: The media was not published within 24 hours.".to_owned(),
    }
}
