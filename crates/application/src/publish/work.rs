//! One claimed publication being worked on.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rats_domain::{
    clock::Monotonic,
    connection::{Connection, Health},
    id::{AccountId, PostId},
    instagram::{Access, Dated, PlatformError},
    publication::{Attention, AttentionKind, Claim, IllegalStep, Publication, QueueError, Stage, Step},
    store::StoreError,
    timeline::Entry,
};
use time::OffsetDateTime;

use super::note::{because, note};
use crate::{Ports, persist::persist};

/// With less than this left of a lease it is extended before something slow begins.
const LEASE_RESERVE: Duration = Duration::from_secs(40);

/// A single run may begin by so much before the due time: its request was stored by a clock that is not the store's.
const EARLY: Duration = Duration::from_secs(1);

/// For how long an unclear answer counts.
const HOUR: Duration = Duration::from_hours(1);

/// For how long a first look is remembered: far longer than any wait that is counted from it.
const LONGEST_LOOK: Duration = Duration::from_hours(48);

/// How many steps one claim may take before others get their turn.
const MOST_STEPS: usize = 40;

/// What a process remembers between claims; nothing of it is needed to be right, all of it is lost in a crash.
#[derive(Default)]
pub(super) struct Memory {
    /// When this process first looked into a post's last request, which is known by its intent.
    looks: Mutex<BTreeMap<PostId, (OffsetDateTime, Monotonic)>>,
    /// When accounts got unclear answers, within the last hour.
    unclear: Mutex<BTreeMap<AccountId, Vec<Monotonic>>>,
    /// Instagram's clock as last seen, and when.
    date: Mutex<Option<(OffsetDateTime, Monotonic)>>,
}

impl Memory {
    /// When this process first looked into the request; now, if it has not.
    pub(super) fn first_look(&self, post: &PostId, intent: OffsetDateTime, now: Monotonic) -> Monotonic {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, first)) = looks.get(post).filter(|(known, _)| *known == intent) {
            return *first;
        }
        // Another process may have settled what this one looked into. What is forgotten though it is unsettled waits once more.
        looks.retain(|_, (_, first)| now.since(*first) < LONGEST_LOOK);
        looks.insert(post.clone(), (intent, now));
        now
    }

    /// Forgets the post: it is settled, or its container is sent again.
    pub(super) fn forget(&self, post: &PostId) {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner).remove(post);
    }

    /// Notes an unclear answer; tells how many the account had in the last hour. Other processes count their own.
    pub(super) fn unclear_again(&self, account: &AccountId, now: Monotonic) -> usize {
        let mut unclear = self.unclear.lock().unwrap_or_else(PoisonError::into_inner);
        let times = unclear.entry(account.clone()).or_default();
        times.push(now);
        times.retain(|at| now.since(*at) < HOUR);
        let count = times.len();
        unclear.retain(|_, times| times.last().is_some_and(|at| now.since(*at) < HOUR));
        count
    }

    /// Instagram's clock by what was last seen of it; `None` before it was. Ours may have been set since, the monotonic one goes on.
    fn date(&self, now: Monotonic) -> Option<OffsetDateTime> {
        let (date, seen) = (*self.date.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(date + now.since(seen))
    }
}

/// Whether there is more to do under this claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next step is due.
    Go,
    /// It rests, or is settled; the lease was given back.
    Done,
}

/// Why work on a claim stopped. Nothing is lost: whoever claims it next goes on from what is stored.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Illegal(#[from] IllegalStep),
}

/// A claimed publication.
pub(super) struct Work<'a> {
    pub(super) ports: &'a Ports,
    pub(super) memory: &'a Memory,
    pub(super) claim: Claim,
    /// The end of the lease, counted from before the claim was sent.
    pub(super) lease_ends: Monotonic,
    /// What the store's clock said when it last leased it, and when that answer came.
    said: OffsetDateTime,
    answered: Monotonic,
    /// What was found out since the last record and need not be durable by itself: it is told with the next one.
    untold: Vec<Entry>,
    /// Why a witness could last not be asked.
    pub(super) trouble: Option<PlatformError>,
}

impl<'a> Work<'a> {
    /// Works on `claim`, which was asked for at `asked`.
    pub(super) fn new(ports: &'a Ports, memory: &'a Memory, claim: Claim, asked: Monotonic) -> Self {
        let lease_ends = asked + ports.settings.publish.lease;
        let said = claim.now;
        Self {
            ports,
            memory,
            claim,
            lease_ends,
            said,
            answered: ports.clock.monotonic(),
            untold: vec![],
            trouble: None,
        }
    }

    /// Takes every step that is due; answers how long until the next one is, if there is one.
    pub(super) async fn run(mut self) -> Option<Duration> {
        let mut flow = self.begin().await;
        for _ in 0..MOST_STEPS {
            if !matches!(flow, Ok(Flow::Go)) {
                break;
            }
            flow = self.advance().await;
        }
        match flow {
            Ok(Flow::Go) => drop(self.release().await),
            Ok(Flow::Done) => {}
            Err(Stop::Queue(QueueError::LeaseLost)) => {
                tracing::debug!(post = %self.publication().post, "another worker or a person took over");
                return None;
            }
            Err(stop) => self.stopped(&stop).await,
        }
        self.publication().due_at.map(|due_at| (due_at - self.now()).try_into().unwrap_or_default())
    }

    /// What a single run claimed before its time is given back: the other worker that moved it had its reasons.
    async fn begin(&mut self) -> Result<Flow, Stop> {
        let soon = self.now() + EARLY;
        if self.publication().due_at.is_some_and(|due_at| due_at > soon) { self.release().await } else { Ok(Flow::Go) }
    }

    async fn advance(&mut self) -> Result<Flow, Stop> {
        match self.publication().stage {
            Stage::Waiting | Stage::Staging | Stage::Staged => self.towards_request().await,
            Stage::PublishRequested => self.take_over().await,
            Stage::Reconciling | Stage::NeedsReview => self.reconcile().await,
            Stage::Held => self.end_held().await,
            Stage::Draft | Stage::Published | Stage::Failed | Stage::Cancelled => self.release().await,
        }
    }

    async fn stopped(&mut self, stop: &Stop) {
        let post = self.publication().post.clone();
        match stop {
            Stop::Queue(QueueError::LaneTaken) => {
                tracing::debug!(%post, "another post of the account is being published");
                let _ = self.release().await;
            }
            stop => {
                tracing::warn!(%post, error = %stop, source = ?std::error::Error::source(stop), "work on a post stopped; it goes on after its lease");
            }
        }
    }

    /// What is being worked on.
    pub(super) fn publication(&self) -> &Publication {
        &self.claim.publication
    }

    /// The store's clock, by which leases and due times are judged: what it said when it leased this, and the time since.
    ///
    /// Our own wall clock may differ from it and from other processes' clocks; nothing that is decided here depends on it.
    /// It is behind by the way of the store's answer, so nothing is early.
    pub(super) fn now(&self) -> OffsetDateTime {
        self.said + self.ports.clock.monotonic().since(self.answered)
    }

    /// How far the store's clock is ahead of Instagram's; `None` before this process has seen that.
    pub(super) fn ahead(&self) -> Option<time::Duration> {
        self.memory.date(self.ports.clock.monotonic()).map(|date| self.now() - date)
    }

    /// Notes Instagram's clock and hands the answer on.
    pub(super) fn dated<T>(&self, answer: Dated<T>) -> T {
        if let Some(date) = answer.date {
            let seen = (date, self.ports.clock.monotonic());
            *self.memory.date.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        }
        answer.value
    }

    /// Stores what `step` leads to, with `entries`; the lease is kept while the next step is due already.
    pub(super) async fn take(&mut self, step: Step, entries: &[Entry]) -> Result<Flow, Stop> {
        let next = self.publication().after(step)?;
        let due = next.due_at.is_some_and(|due_at| due_at <= self.now());
        let go = next.stage.is_open() && next.stage != Stage::Held && due;
        self.record(next, entries, go).await?;
        Ok(if go { Flow::Go } else { Flow::Done })
    }

    /// Takes a step that need not be durable by itself: while the next one is due already, it is stored together with that.
    /// If it is lost, it is found out again.
    pub(super) async fn take_along(&mut self, step: Step, entry: Entry) -> Result<Flow, Stop> {
        let next = self.publication().after(step)?;
        if next.due_at.is_none_or(|due_at| due_at > self.now()) {
            self.record(next, &[entry], false).await?;
            return Ok(Flow::Done);
        }
        self.claim.publication = next;
        self.untold.push(entry);
        Ok(Flow::Go)
    }

    /// Has `entry` told with whatever is stored next.
    pub(super) fn tell_along(&mut self, entry: Entry) {
        self.untold.push(entry);
    }

    /// Stores `next`, with `entries` and whatever was not told yet.
    pub(super) async fn record(&mut self, next: Publication, entries: &[Entry], keep_lease: bool) -> Result<(), Stop> {
        let entries = [self.untold.as_slice(), entries].concat();
        let store = || self.ports.queue.record(&self.claim, &next, &entries, keep_lease);
        if self.publication().stage == Stage::PublishRequested {
            // What Instagram answered cannot be asked for again.
            let what = format!("what became of the publish request of post {}", self.publication().post);
            persist(self.ports.clock.as_ref(), &what, store).await?;
        } else {
            store().await?;
        }
        self.claim.publication = next;
        self.untold.clear();
        Ok(())
    }

    /// Gives the lease back as it is.
    pub(super) async fn release(&mut self) -> Result<Flow, Stop> {
        self.record(self.publication().clone(), &[], false).await?;
        Ok(Flow::Done)
    }

    /// Makes sure that the lease lasts for something slow.
    pub(super) async fn keep_lease(&mut self) -> Result<(), Stop> {
        if self.lease_ends.since(self.ports.clock.monotonic()) < LEASE_RESERVE {
            self.renew_lease().await
        } else {
            Ok(())
        }
    }

    /// The lease begins anew, if it is still this worker's and nobody has changed the post since.
    pub(super) async fn renew_lease(&mut self) -> Result<(), Stop> {
        let (asked, lease) = (self.ports.clock.monotonic(), self.ports.settings.publish.lease);
        self.claim.lease_until = self.ports.queue.extend(&self.claim, lease).await?;
        self.said = self.claim.lease_until - lease;
        self.answered = self.ports.clock.monotonic();
        self.lease_ends = asked + lease;
        Ok(())
    }

    /// A timeline entry.
    pub(super) fn entry(&self, step: &str, message: impl Into<String>) -> Entry {
        note(self.ports, self.now(), step, self.publication(), message.into())
    }

    /// A timeline entry with what Instagram said.
    pub(super) fn entry_because(&self, step: &str, error: &PlatformError) -> Entry {
        because(self.entry(step, error.message.clone()), error)
    }

    /// The connection, and access through it if it works. As of the claim: whoever disconnects it raises the epoch.
    pub(super) fn access(&self) -> Option<(Connection, Access)> {
        let connection = self.claim.connection.clone().filter(|connection| connection.health == Health::Working)?;
        let token = connection.token.as_ref()?.secret.clone();
        let access = Access { account: connection.account.clone(), token };
        Some((connection, access))
    }

    /// Whether its time has passed: nothing is sent any more.
    pub(super) fn is_useless(&self) -> bool {
        self.publication().useless_after.is_some_and(|end| self.now() >= end)
    }

    /// A held post is looked at when it becomes useless.
    async fn end_held(&mut self) -> Result<Flow, Stop> {
        if !self.is_useless() {
            return self.release().await;
        }
        let text = if self.access().is_none() {
            "Its time passed while the Instagram account was not connected, so nothing was published. Connect the account, then try again, or give it another time."
        } else {
            "Its time passed while this account did not allow us to publish, so nothing was published. Connect the account again and allow everything that is asked for, then try again, or give it another time."
        };
        let entry = self.entry("failed", text);
        self.take(Step::Fail { attention: Attention::new(AttentionKind::DeadlinePassed, text) }, &[entry]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::NOW;

    #[test]
    fn a_first_look_is_one_of_a_request_and_is_not_remembered_for_ever() {
        let (memory, [one, other]) = (Memory::default(), ["1", "2"].map(PostId::new));
        let after = |hours| Monotonic::from_start(Duration::from_hours(hours));
        assert_eq!(memory.first_look(&one, NOW, after(1)), after(1));
        assert_eq!(memory.first_look(&one, NOW, after(2)), after(1));
        assert_eq!(memory.first_look(&one, NOW + Duration::from_mins(1), after(3)), after(3), "it was sent again");
        memory.first_look(&other, NOW, after(60));
        assert_eq!(memory.looks.lock().unwrap().len(), 1, "who settled the first one has not said so here");
        memory.forget(&other);
        assert_eq!(memory.first_look(&other, NOW, after(61)), after(61));
    }
}
