//! The publication queue.

use std::time::Duration;

use async_trait::async_trait;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{ContainerId, PostId},
    publication::{
        Attention, AttentionKind, Claim, Claims, Downtime, Publication, PublicationQueue, QueueError, Stage, Step,
    },
    receipt::Receipt,
    store::StoreError,
    timeline::Entry,
};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::{Dialect, read, statements, transact},
    fixed::Fixed,
    metrics::Readings as _,
    moment::{micros, moment, span},
    place::Places as _,
    publication::{COLUMNS, Lease, Publications as _, Row, with_epoch},
    receipt::{Receipts as _, merged},
    schema::publication,
    timeline::Timelines as _,
    trouble::Trouble,
};

/// What a claim passes over among the publications `p`, by the clock's reading `$1`: those of an account with a live lease, and
/// staged ones whose account's lane another post holds, unless their time has passed: that ends without sending.
const FREE: &str = "NOT EXISTS (SELECT 1 FROM publication l WHERE l.account = p.account AND l.lease_until > $1) \
                    AND (p.stage <> 'staged' OR p.useless_after <= $1 \
                    OR NOT EXISTS (SELECT 1 FROM publication h WHERE h.lane = p.account))";

/// The first of its account among those a claim may take.
const FIRST: &str = "NOT EXISTS (SELECT 1 FROM publication e WHERE e.account = p.account AND e.due_at <= $1 \
                     AND (e.due_at < p.due_at OR (e.due_at = p.due_at AND e.post_id < p.post_id)) \
                     AND (e.stage <> 'staged' OR e.useless_after <= $1 \
                     OR NOT EXISTS (SELECT 1 FROM publication h WHERE h.lane = e.account)))";

#[async_trait]
impl PublicationQueue for Store {
    async fn claim_due(&self, lease: Duration, limit: usize) -> Result<Claims, QueueError> {
        let (clock, lease, limit) = (self.clock(), span(lease), i64::try_from(limit).unwrap_or(i64::MAX));
        let here = self.here();
        let claimed = transact!(self, |conn| {
            let now = clock.now(conn).await?;
            if !conn.is_at_home(&here).await? {
                return Ok(Claims { now: moment(now)?, claims: vec![] });
            }
            let mut rows = conn.lease_due(now, now + lease, limit).await?;
            rows.sort_by(|a, b| (a.due_at, &a.post_id).cmp(&(b.due_at, &b.post_id)));
            // One that cannot be read must not stop the others; it comes back when its lease ends.
            let claims = rows.into_iter().filter_map(|row| {
                claim(row, now + lease)
                    .inspect_err(|trouble| tracing::error!(%trouble, "a publication cannot be read"))
                    .ok()
            });
            Ok(Claims { now: moment(now)?, claims: claims.collect() })
        });
        Ok(claimed.map_err(StoreError::from)?)
    }

    async fn claim(&self, post: &PostId, lease: Duration) -> Result<Option<Claim>, QueueError> {
        let (clock, post, lease) = (self.clock(), post.as_str().to_owned(), span(lease));
        let here = self.here();
        let claimed = transact!(self, |conn| {
            if !conn.is_at_home(&here).await? {
                return Ok(None);
            }
            let now = clock.now(conn).await?;
            let row = conn.lease_one(&post, now, now + lease).await?;
            row.map(|row| claim(row, now + lease)).transpose()
        });
        Ok(claimed.map_err(StoreError::from)?)
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
        let lane_is_freed = claim.publication.lane().is_some() && next.lane().is_none();
        let entries = entries.to_owned();
        let lease = if keep_lease { Lease::Kept } else { Lease::Ended };
        let here = self.here();
        let recorded = transact!(self, |conn| {
            let written = conn.is_at_home(&here).await? && conn.write_publication(&next, epoch, lease).await?;
            if written {
                conn.append(&next.post, &entries).await?;
            }
            Ok(written)
        });
        match recorded {
            Ok(true) => {
                if lane_is_freed {
                    self.inner.due.sooner();
                }
                Ok(())
            }
            Ok(false) => Err(QueueError::LeaseLost),
            Err(trouble) if trouble.is_taken("lane") => Err(QueueError::LaneTaken),
            Err(trouble) => Err(QueueError::Store(trouble.into())),
        }
    }

    async fn extend(&self, claim: &Claim, lease: Duration) -> Result<OffsetDateTime, QueueError> {
        let (clock, lease) = (self.clock(), span(lease));
        let (post, epoch) = (claim.publication.post.as_str().to_owned(), claim.publication.epoch);
        let here = self.here();
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
        let (post, receipt, entries) = (post.clone(), receipt.clone(), entries.to_owned());
        let changed = transact!(self, |conn| conn.publish(&post, &receipt, &entries).await);
        let changed = changed.map_err(StoreError::from)?;
        if changed {
            self.inner.due.sooner();
        }
        Ok(changed)
    }

    async fn next_due(&self) -> Result<Option<Duration>, StoreError> {
        self.due_seen();
        let clock = self.clock();
        let here = self.here();
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

    async fn containers(&self, post: &PostId) -> Result<Vec<ContainerId>, StoreError> {
        let post = post.as_str().to_owned();
        let ids = read!(self, |conn| conn.containers_of(&post).await)?;
        Ok(ids.into_iter().map(ContainerId::new).collect())
    }
}

fn claim(row: Row, lease_until: i64) -> Result<Claim, Trouble> {
    Ok(Claim { publication: Publication::try_from(row)?, lease_until: moment(lease_until)? })
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
                 AND (p.lease_until IS NULL OR p.lease_until <= $1) AND {FREE} AND {FIRST} \
                 ORDER BY p.due_at, p.post_id LIMIT $2{}) \
                 UPDATE publication SET lease_until = $3, epoch = epoch + 1 \
                 WHERE post_id IN (SELECT post_id FROM due) RETURNING {COLUMNS}",
                Self::SKIP_LOCKED
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
                 WHERE p.due_at IS NOT NULL AND (p.lease_until IS NULL OR p.lease_until <= $1) AND {FREE} \
                 ORDER BY p.due_at, p.post_id LIMIT 1) free \
                 UNION ALL SELECT MIN(lease_until) FROM publication WHERE lease_until > $1) next"
            ))
            .bind::<BigInt, _>(now))
            .get_result(conn)
            .await?;
            Ok(next.due_at)
        }

        /// Stores the fact that a post is live; answers whether anything changed.
        async fn publish(conn, post: &PostId, told: &Receipt, entries: &[Entry]) -> Result<bool, Trouble> {
            let Some(before) = conn.lock_publication(post.as_str()).await? else { return Ok(false) };
            let Some(account) = before.account.clone() else { return Ok(false) };
            let known = conn.receipt(post.as_str()).await?;
            let is_its = match &told.container {
                Some(container) => conn.containers_of(post.as_str()).await?.iter().any(|id| id == container.as_str()),
                None => before.is_in_doubt() || known.is_some(),
            };
            if !is_its {
                return Ok(false);
            }
            let told = conn.settle_owner(post, told).await?;
            let receipt = known.as_ref().map_or_else(|| told.clone(), |known| merged(known, &told));
            let is_new = before.stage != Stage::Published;
            if !is_new && known.as_ref() == Some(&receipt) {
                return Ok(false);
            }
            let attention = receipt.media.is_none().then(id_unknown);
            let next = before
                .after(Step::Published { attention })
                .map_err(|error| Trouble::damaged(format!("publication of {post}"), error))?;
            // Decisions taken before this fact was known are of no more worth: the epoch moves.
            let next = with_epoch(&next, before.epoch + i64::from(is_new))?;
            conn.write_publication(&next, before.epoch, Lease::Ended).await?;
            conn.put_receipt(post, &account, &receipt).await?;
            conn.begin_readings(post.as_str(), micros(receipt.confirmed_at)).await?;
            conn.append(post, entries).await?;
            Ok(true)
        }
    }
}

fn id_unknown() -> Attention {
    Attention::new(
        AttentionKind::IdUnknown,
        "This post is live, but Instagram did not tell us its id. We look for it on the profile; until it is found its engagement cannot be read.",
    )
}
