use std::time::Duration;

use time::OffsetDateTime;

use super::access::{Answer, Target};
use super::container::{Container, ContainerStatus};
use super::failure::Failure;
use super::fault::Fault;
use super::id::{AccountId, ContainerId, MediaId};
use super::scope::Call;
use super::{Instagram, World, refusal};
use crate::Repeat;

/// How long a publish request waits, by the machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PublishDelay {
    /// Before it is worked on.
    pub before: Duration,
    /// Before it is answered.
    pub after: Duration,
}

impl Instagram {
    /// How long the next publish request of this token waits; takes the fault.
    pub fn publish_delay(&self, token: &str) -> PublishDelay {
        self.change(|world| {
            let Some(account) = world.tokens.get(token).map(|found| found.account) else {
                return PublishDelay::default();
            };
            let before = world.take_fault(account, |fault| match fault {
                Fault::PublishLate { delay_ms } => Some(Duration::from_millis(*delay_ms)),
                _ => None,
            });
            let after = world.take_fault(account, |fault| match fault {
                Fault::AnswerLate { delay_ms } => Some(Duration::from_millis(*delay_ms)),
                _ => None,
            });
            PublishDelay { before: before.unwrap_or_default(), after: after.unwrap_or_default() }
        })
    }

    /// `POST /{ig-user-id}/media_publish`.
    pub fn publish(&self, token: &str, target: Target, id: ContainerId, now: OffsetDateTime) -> Answer<MediaId> {
        let (quota, repeat) = (self.config().quota_total, self.config().repeat);
        self.change(|world| {
            if let Some(container) = world.containers.get_mut(&id) {
                container.publish_requests.push(now);
            }
            let account = world.authorise_on(token, target, Call::Publish, now)?;
            world.refuse_by_fault(account, id, now)?;
            let container = world.own_container(account, id)?;
            if container.status(now) == ContainerStatus::Published {
                return world.repeat(id, repeat, now);
            }
            world.check_publishable(account, id, quota, now)?;
            let media = world.publish(id, now)?;
            world.spoil_answer(account, media)
        })
    }
}

impl World {
    /// The faults that refuse a publish without effect.
    fn refuse_by_fault(&mut self, account: AccountId, id: ContainerId, now: OffsetDateTime) -> Answer<()> {
        let ready = self.containers.get(&id).map(|container| container.ready);
        let failure = self.take_fault(account, |fault| {
            Some(match fault {
                Fault::DropBeforePublish => Failure::Dropped,
                Fault::Empty => Failure::Empty,
                Fault::Blocked => refusal::action_blocked().into(),
                Fault::NotReady => refusal::not_ready().into(),
                Fault::QuotaReached => refusal::quota_reached().into(),
                Fault::AccountRestricted => refusal::account_restricted().into(),
                Fault::NotFoundAfterFinished { seconds }
                    if ready.is_some_and(|ready| now < ready + Duration::from_secs(*seconds)) =>
                {
                    refusal::resource_missing().into()
                }
                _ => return None,
            })
        });
        failure.map_or(Ok(()), Err)
    }

    fn own_container(&self, account: AccountId, id: ContainerId) -> Answer<&Container> {
        let own = self.containers.get(&id).filter(|container| container.account == account);
        Ok(own.ok_or_else(refusal::resource_missing)?)
    }

    fn check_publishable(&self, account: AccountId, id: ContainerId, quota: u32, now: OffsetDateTime) -> Answer<()> {
        match self.own_container(account, id)?.status(now) {
            ContainerStatus::Finished | ContainerStatus::Published => {}
            ContainerStatus::InProgress | ContainerStatus::Error(_) => return Err(refusal::not_ready().into()),
            ContainerStatus::Expired => return Err(refusal::builder_expired().into()),
        }
        if self.quota_usage(account, now - time::Duration::DAY, now) >= quota {
            return Err(refusal::quota_reached().into());
        }
        Ok(())
    }

    fn repeat(&mut self, id: ContainerId, repeat: Repeat, now: OffsetDateTime) -> Answer<MediaId> {
        let first = self.containers.get(&id).and_then(|container| container.media.first().copied());
        match repeat {
            Repeat::SameId => Ok(first.ok_or_else(refusal::resource_missing)?),
            Repeat::Error2207008 => Err(refusal::builder_expired().into()),
            Repeat::Error9007 => Err(refusal::not_ready().into()),
            Repeat::Hostile => self.publish(id, now),
        }
    }

    /// The faults that lose or falsify the answer of a publish that did happen.
    fn spoil_answer(&mut self, account: AccountId, media: MediaId) -> Answer<MediaId> {
        let failure = self.take_fault(account, |fault| {
            Some(match fault {
                Fault::PublishThenDrop => Failure::Dropped,
                Fault::PublishThenCut => Failure::Cut,
                Fault::PublishThenEmpty => Failure::Empty,
                Fault::PublishThenError => refusal::service_down().into(),
                Fault::PublishThenBlocked => refusal::action_blocked().into(),
                Fault::PublishThenNotReady => refusal::not_ready().into(),
                _ => return None,
            })
        });
        failure.map_or(Ok(media), Err)
    }
}
