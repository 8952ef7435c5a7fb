//! The port that keeps publications and hands them out.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Allowance, Publication};
use crate::{
    connection::Connection,
    id::{ContainerId, PostId},
    post::Post,
    receipt::Receipt,
    store::StoreError,
    timeline::Entry,
};

/// The right to take decisions about a publication, until its lease ends or another claim is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The publication as it was when claimed, with the epoch that this claim raised.
    pub publication: Publication,
    /// What it publishes. Whoever changes it raises the epoch.
    pub post: Post,
    /// Through which connection, with its token; none if it is not bound to one. Whoever disconnects it raises the epoch.
    pub connection: Option<Connection>,
    /// What its account has used and has left.
    pub allowance: Allowance,
    /// The store's clock when it was claimed.
    pub now: OffsetDateTime,
    /// When the lease ends, by the store's clock.
    pub lease_until: OffsetDateTime,
}

/// What was claimed, and the store's clock at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The claims, soonest due first.
    pub claims: Vec<Claim>,
}

/// A time in which no worker ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downtime {
    /// The last sign of life before it.
    pub since: OffsetDateTime,
    /// The first one after it.
    pub until: OffsetDateTime,
}

/// Why something was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Another worker or a person has taken over: decide nothing, send nothing.
    #[error("the lease was lost")]
    LeaseLost,
    /// Another post of the account holds its lane.
    #[error("another post of this account is being published")]
    LaneTaken,
    /// See [`StoreError`]. The write may or may not have happened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps publications and hands them out.
///
/// Every method is atomic. An adapter proves these promises by passing the contract suite.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PublicationQueue: Send + Sync {
    /// Leases at most `limit` publications that are due by the store's clock, soonest due first, no two of one account.
    ///
    /// No two callers hold the same one; a lease that ran out can be taken again, and each claim raises the epoch. Publications of an
    /// account with a live lease are passed over, and so are staged ones whose account's lane another post holds, unless their time has passed.
    /// While the store does not live where it did (a clone, a restore, a promotion), nothing is leased here or by [`claim`](Self::claim),
    /// and [`record`](Self::record) and [`extend`](Self::extend) answer that the lease was lost.
    async fn claim_due(&self, lease: Duration, limit: usize) -> Result<Claims, QueueError>;

    /// Leases this one publication if it is open and not under a live lease, whatever its due time; `None` otherwise, and while it is
    /// staged, still in time, and another post holds its account's lane.
    async fn claim(&self, post: &PostId, lease: Duration) -> Result<Option<Claim>, QueueError>;

    /// Stores `next` and appends `entries`, if the claim's epoch is still the publication's.
    ///
    /// The lease is kept as it is while `keep_lease`, else it ends. Storing the same again answers `Ok`.
    ///
    /// # Errors
    ///
    /// [`QueueError::LeaseLost`] if another worker or a person has taken over, [`QueueError::LaneTaken`] if `next` needs the lane and
    /// another post holds it; nothing is stored then.
    async fn record(
        &self,
        claim: &Claim,
        next: &Publication,
        entries: &[Entry],
        keep_lease: bool,
    ) -> Result<(), QueueError>;

    /// Moves the end of the lease to now + `lease`, if the claim's epoch is still the publication's; answers the new end.
    async fn extend(&self, claim: &Claim, lease: Duration) -> Result<OffsetDateTime, QueueError>;

    /// Stores that the post is live, at any epoch and under no lease: a fact, not a decision.
    ///
    /// It is accepted as long as the receipt's container is or was the post's, or is unknown of a post that is in doubt; the publication becomes `Published`. An id already known
    /// stays, except that Instagram's own answer replaces one found by a witness, and any id or permalink fills a gap. Answers whether anything changed.
    async fn record_published(&self, post: &PostId, receipt: &Receipt, entries: &[Entry]) -> Result<bool, QueueError>;

    /// How long until there may be something to claim, by the store's clock: the next publication is due, passing over what
    /// [`claim_due`](Self::claim_due) passes over, or a lease ends, with which its account is free again. Zero if one is due.
    async fn next_due(&self) -> Result<Option<Duration>, StoreError>;

    /// Returns when something may have become due sooner than [`next_due`](Self::next_due) said, in this process or another.
    /// It may return too often; it may miss a change only while the store cannot be reached.
    async fn changed(&self);

    /// When no worker ran, in one stretch that began by `began_by` and ended at `ended_after` or later; the last such one.
    async fn downtime(
        &self,
        began_by: OffsetDateTime,
        ended_after: OffsetDateTime,
    ) -> Result<Option<Downtime>, StoreError>;

    /// Containers of the post that were made at or after `since`, newest first.
    async fn containers(&self, post: &PostId, since: OffsetDateTime) -> Result<Vec<ContainerId>, StoreError>;
}
