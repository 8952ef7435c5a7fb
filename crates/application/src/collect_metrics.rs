//! Collects the engagement of published posts at growing intervals, and what Instagram did not tell when they went live.
//!
//! Numbers come after publishing and staging: they wait as soon as Instagram's rate limits fill. Nothing that waits or fails is lost: it is
//! read a little later, and kept with the age that the post has then.

mod failure;
mod identify;
mod read;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    error::Error as _,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{StreamExt as _, stream};
use rats_domain::{
    id::{AccountId, PostId},
    metrics::{DueMetrics, schedule},
};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// The most taken at a time.
const BATCH: usize = 50;

/// How many are read at once.
const AT_ONCE: usize = 8;

/// From this part of a rate limit on numbers wait: staging and publishing come first.
const RESERVE_PERCENT: u64 = 60;

/// How long they wait then, at least; up to twice as long by chance.
const RESERVE_WAIT: Duration = Duration::minutes(10);

/// A reading that is so late was missed, by a process that was not there.
const MISSED: Duration = Duration::minutes(10);

/// Reads the numbers of published posts that are due, and looks for what is not known of them yet.
///
/// It remembers which accounts are to be left alone, from one run to the next.
pub struct CollectMetrics {
    ports: Arc<Ports>,
    /// Accounts that are to be left alone, and until when.
    resting: Mutex<BTreeMap<AccountId, OffsetDateTime>>,
}

impl CollectMetrics {
    /// One that knows of no account that is to be left alone.
    #[must_use]
    pub fn new(ports: Arc<Ports>) -> Self {
        Self { ports, resting: Mutex::default() }
    }

    /// Reads until nothing is due; answers of how many posts numbers were read.
    ///
    /// Where so many were missed that they do not fit one batch, each is made up once, at a time of its own within half an hour.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let mut read = 0;
        loop {
            let now = self.ports.clock.now();
            self.resting.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, until| *until > now);
            let due = self.ports.metrics.take_due(now, BATCH).await?;
            let more_wait = due.len() == BATCH;
            read += Round { ports: &self.ports, resting: &self.resting, began: now }.run(due, more_wait).await?;
            if !more_wait {
                return Ok(read);
            }
        }
    }
}

/// One batch.
struct Round<'a> {
    ports: &'a Ports,
    resting: &'a Mutex<BTreeMap<AccountId, OffsetDateTime>>,
    /// When its posts were handed out.
    began: OffsetDateTime,
}

impl Round<'_> {
    async fn run(&self, due: Vec<DueMetrics>, more_wait: bool) -> Result<usize, Refusal> {
        let now = self.now();
        let (mut later, mut readable) = (Vec::new(), Vec::new());
        for due in due {
            let was_missed = more_wait && due.collection.next_at.is_some_and(|at| now - at > MISSED);
            let missed = was_missed.then(|| schedule::spread(due.receipt.sent_at, now, self.chance()));
            match missed.or_else(|| self.reserved_until(&due.account)) {
                Some(at) => later.push((due.post, at)),
                None => readable.push(due),
            }
        }
        self.ports.metrics.put_off(&later).await?;
        let reads = readable.into_iter().map(|due| async move { self.attempt(&due).await });
        let reads = stream::iter(reads).buffer_unordered(AT_ONCE);
        Ok(reads.fold(0, |sum, is_read| async move { sum + usize::from(is_read) }).await)
    }

    /// Reads one post, whatever becomes of the others; answers whether numbers were read. One that meets a fault of ours is read again ever
    /// later, too, so that a row that is damaged for good does not cost calls every few minutes.
    async fn attempt(&self, due: &DueMetrics) -> bool {
        let error = match self.read(due).await {
            Ok(is_read) => return is_read,
            Err(error) => error,
        };
        tracing::warn!(post = %due.post, %error, source = ?error.source(), "the numbers of a post could not be dealt with");
        if let Err(error) = self.read_later(due).await {
            tracing::debug!(post = %due.post, %error, "nor could it be put off");
        }
        false
    }

    /// Until when the account's numbers wait, where what is left of its rate limit is for publishing, or it is to be left alone.
    fn reserved_until(&self, account: &AccountId) -> Option<OffsetDateTime> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner).get(account).copied();
        resting.map(|until| self.after(until)).or_else(|| {
            let is_reserved = self.ports.reader.used_percent(account) >= RESERVE_PERCENT;
            is_reserved.then(|| self.now() + RESERVE_WAIT * (1.0 + self.chance()))
        })
    }

    async fn put_off(&self, post: &PostId, at: OffsetDateTime) -> Result<(), Refusal> {
        Ok(self.ports.metrics.put_off(&[(post.clone(), at)]).await?)
    }

    fn now(&self) -> OffsetDateTime {
        self.ports.clock.now()
    }

    fn chance(&self) -> f64 {
        self.ports.random.fraction()
    }
}
