//! The publication queue.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{ContainerId, PostId},
    publication::{Claim, Claims, Downtime, Publication, PublicationQueue, QueueError},
    receipt::Receipt,
    store::StoreError,
    timeline::Entry,
};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::{Dialect, read, statements, transact},
    claim::{Contents as _, Leased},
    commit::{Decision, Fact, Job},
    fixed::Fixed,
    group::commit,
    moment::{micros, moment, span},
    place::Places as _,
    publication::{COLUMNS, Publications as _, Row, Write, with_epoch},
    schema::publication,
    trouble::Trouble,
};

/// What a claim passes over among the publications `p`, by the clock's reading `$1`: those of an account with a live lease, and
/// staged ones whose account's lane another post holds, unless their time has passed: that ends without sending.
pub(crate) fn free<D: Dialect>() -> String {
    let alone = D::ALONE;
    format!(
        "NOT EXISTS (SELECT 1 FROM publication l WHERE l.account = p.account AND l.lease_until > $1{alone}) AND {}",
        lane_is_free::<D>("p")
    )
}

/// The first of its account among those a claim may take.
fn first<D: Dialect>() -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM publication e WHERE e.account = p.account AND e.due_at <= $1 \
         AND (e.due_at < p.due_at OR (e.due_at = p.due_at AND e.post_id < p.post_id)) AND {}{})",
        lane_is_free::<D>("e"),
        D::ALONE
    )
}

fn lane_is_free<D: Dialect>(post: &str) -> String {
    format!(
        "({post}.stage <> 'staged' OR {post}.useless_after <= $1 \
         OR NOT EXISTS (SELECT 1 FROM publication h WHERE h.lane = {post}.account{}))",
        D::ALONE
    )
}

#[async_trait]
impl PublicationQueue for Store {
    async fn claim_due(&self, lease: Duration, limit: usize) -> Result<Claims, QueueError> {
        let (clock, lease, limit) = (self.clock(), span(lease), i64::try_from(limit).unwrap_or(i64::MAX));
        let here = self.database().here();
        let claimed: Result<(i64, Vec<Leased>), Trouble> = transact!(self, |conn| {
            let now = clock.now(conn).await?;
            if !conn.is_at_home(&here).await? {
                return Ok((now, vec![]));
            }
            let rows = conn.lease_due(now, now + lease, limit).await?;
            Ok((now, conn.with_content(rows, now).await?))
        });
        let (now, mut found) = claimed.map_err(StoreError::from)?;
        found.sort_by(|a, b| a.order().cmp(&b.order()));
        // One that cannot be read must not stop the others; it comes back when its lease ends.
        let claims = found.into_iter().filter_map(|found| {
            found
                .claim(&self.inner.keys, now, now + lease)
                .inspect_err(|trouble| tracing::error!(%trouble, "a publication cannot be read"))
                .ok()
        });
        Ok(Claims { now: moment(now).map_err(StoreError::from)?, claims: claims.collect() })
    }

    async fn claim(&self, post: &PostId, lease: Duration) -> Result<Option<Claim>, QueueError> {
        let (clock, post, lease) = (self.clock(), post.as_str().to_owned(), span(lease));
        let here = self.database().here();
        let claimed: Result<(i64, Vec<Leased>), Trouble> = transact!(self, |conn| {
            let now = clock.now(conn).await?;
            if !conn.is_at_home(&here).await? {
                return Ok((now, vec![]));
            }
            let rows = conn.lease_one(&post, now, now + lease).await?.into_iter().collect();
            Ok((now, conn.with_content(rows, now).await?))
        });
        let (now, mut found) = claimed.map_err(StoreError::from)?;
        let claim = found.pop().map(|found| found.claim(&self.inner.keys, now, now + lease)).transpose();
        Ok(claim.map_err(StoreError::from)?)
    }

    async fn record(
        &self,
        claim: &Claim,
        next: &Publication,
        entries: &[Entry],
        keep_lease: bool,
    ) -> Result<(), QueueError> {
        let epoch = claim.publication.epoch;
        let next = with_epoch(next, epoch).map_err(StoreError::from)?;
        let container =
            |publication: &Publication| publication.container.as_ref().map(|container| container.id.clone());
        let new_container = container(&next) != container(&claim.publication);
        let write = Write { next, expected: epoch, keeps_lease: keep_lease, new_container };
        let (entries, lease_until) = (entries.to_owned(), micros(claim.lease_until));
        match self.store(Job::Decision(Box::new(Decision { write, entries, lease_until }))).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(QueueError::LeaseLost),
            Err(trouble) if trouble.is_taken("lane") => Err(QueueError::LaneTaken),
            Err(trouble) => Err(QueueError::Store(trouble.into())),
        }
    }

    async fn extend(&self, claim: &Claim, lease: Duration) -> Result<OffsetDateTime, QueueError> {
        let (clock, lease) = (self.clock(), span(lease));
        let (post, epoch) = (claim.publication.post.as_str().to_owned(), claim.publication.epoch);
        let here = self.database().here();
        let extended = transact!(self, |conn| {
            if !conn.is_at_home(&here).await? {
                return Ok(None);
            }
            let until = clock.now(conn).await? + lease;
            let target = publication::table
                .filter(publication::post_id.eq(post))
                .filter(publication::epoch.eq(epoch))
                .filter(publication::due_at.is_not_null());
            let moved = Fixed(diesel::update(target).set(publication::lease_until.eq(until))).execute(conn).await?;
            Ok((moved == 1).then_some(moment(until)?))
        });
        extended.map_err(StoreError::from)?.ok_or(QueueError::LeaseLost)
    }

    async fn record_published(&self, post: &PostId, receipt: &Receipt, entries: &[Entry]) -> Result<bool, QueueError> {
        let fact = Fact { post: post.clone(), told: receipt.clone(), entries: entries.to_owned() };
        Ok(self.store(Job::Fact(fact)).await.map_err(StoreError::from)?)
    }

    async fn next_due(&self) -> Result<Option<Duration>, StoreError> {
        self.due_seen();
        let clock = self.clock();
        let here = self.database().here();
        let left = read!(self, |conn| {
            let now = clock.now(conn).await?;
            if !conn.is_at_home(&here).await? {
                return Ok(None);
            }
            let next = conn.next_due(now).await?;
            Ok(next.map(|next| u64::try_from(next - now).unwrap_or(0)))
        })?;
        Ok(left.map(Duration::from_micros))
    }

    async fn changed(&self) {
        self.due_changes().changed().await;
    }

    async fn downtime(
        &self,
        began_by: OffsetDateTime,
        ended_after: OffsetDateTime,
    ) -> Result<Option<Downtime>, StoreError> {
        let (began_by, ended_after) = (micros(began_by), micros(ended_after));
        let found = read!(self, |conn| conn.downtime(began_by, ended_after).await)?;
        Ok(found)
    }

    async fn containers(&self, post: &PostId, since: OffsetDateTime) -> Result<Vec<ContainerId>, StoreError> {
        let (post, since) = (post.as_str().to_owned(), micros(since));
        let ids = read!(self, |conn| conn.containers_of(&post, since).await)?;
        Ok(ids.into_iter().map(ContainerId::new).collect())
    }
}

impl Store {
    /// Stores the job, with others where there is a runtime; answers whether anything was written.
    async fn store(&self, job: Job) -> Result<bool, Trouble> {
        match &self.database().runtime {
            Some(runtime) => self.inner.group.commit(runtime, self.database(), job).await,
            None => Ok(!commit(self.database().clone(), Arc::new([job])).await?.is_empty()),
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Due {
    #[diesel(sql_type = Nullable<BigInt>)]
    due_at: Option<i64>,
}

statements! {
    /// What the queue does.
    trait Queue {
        /// Leases what is due, in one statement.
        ///
        /// The materialised part makes the limit hold: PostgreSQL may evaluate a plain sub-select more than once.
        async fn lease_due(conn, now: i64, until: i64, limit: i64) -> Result<Vec<Row>, Trouble> {
            Ok(Fixed(sql_query(format!(
                "WITH due AS MATERIALIZED (SELECT p.post_id FROM publication p WHERE p.due_at <= $1 \
                 AND (p.lease_until IS NULL OR p.lease_until <= $1) AND {} AND {} \
                 ORDER BY p.due_at, p.post_id LIMIT $2{}) \
                 UPDATE publication SET lease_until = $3, epoch = epoch + 1 WHERE {} RETURNING {COLUMNS}",
                free::<Self>(),
                first::<Self>(),
                Self::SKIP_LOCKED,
                Self::IN_DUE
            ))
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(limit)
            .bind::<BigInt, _>(until))
            .load(conn)
            .await?)
        }

        /// Leases one publication that is open and under no live lease.
        async fn lease_one(conn, post: &str, now: i64, until: i64) -> Result<Option<Row>, Trouble> {
            Ok(Fixed(sql_query(
                format!("UPDATE publication SET lease_until = $1, epoch = epoch + 1 WHERE post_id = $2 \
                 AND due_at IS NOT NULL AND (lease_until IS NULL OR lease_until <= $3) \
                 AND (stage <> 'staged' OR useless_after <= $3 OR NOT EXISTS (SELECT 1 FROM publication h WHERE h.lane = publication.account)) \
                 RETURNING {COLUMNS}"),
            )
            .bind::<BigInt, _>(until)
            .bind::<Text, _>(post.to_owned())
            .bind::<BigInt, _>(now))
            .get_result(conn)
            .await
            .optional()?)
        }

        /// When the next is due of those that a claim does not pass over, or the next lease ends: what its holder left behind is due then.
        async fn next_due(conn, now: i64) -> Result<Option<i64>, Trouble> {
            let next: Due = Fixed(sql_query(format!(
                "SELECT MIN(due_at) AS due_at FROM (SELECT * FROM (SELECT p.due_at FROM publication p \
                 WHERE p.due_at IS NOT NULL AND (p.lease_until IS NULL OR p.lease_until <= $1) AND {} \
                 ORDER BY p.due_at, p.post_id LIMIT 1) free \
                 UNION ALL SELECT MIN(lease_until) FROM publication WHERE lease_until > $1) next",
                free::<Self>()
            ))
            .bind::<BigInt, _>(now))
            .get_result(conn)
            .await?;
            Ok(next.due_at)
        }
    }
}
