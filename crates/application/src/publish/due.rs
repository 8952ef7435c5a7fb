//! The loop that publishes what is due, and the run of a single post.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{
    FutureExt as _, StreamExt as _, future::BoxFuture, pin_mut, select_biased, stream::FuturesUnordered,
};
use rats_domain::{
    clock::Monotonic,
    id::{PostId, UserId},
    publication::{Claims, QueueError, Stage},
};
use time::OffsetDateTime;

use super::work::{Memory, Work};
use crate::{Ports, Refusal};

/// The most that one claim takes.
const BATCH: usize = 100;
/// The wait after the store could not be asked.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// The shortest sleep after a claim that left room.
const LEAST_REST: Duration = Duration::from_millis(20);
/// How often a single run looks at a post that another worker has.
const GLANCE: Duration = Duration::from_millis(500);

/// Publishes what is due, many at once, until told to stop.
pub struct PublishDue {
    ports: Arc<Ports>,
    memory: Memory,
}

type Working<'a> = FuturesUnordered<BoxFuture<'a, ()>>;

impl PublishDue {
    /// Over these ports.
    #[must_use]
    pub fn new(ports: Arc<Ports>) -> Self {
        Self { ports, memory: Memory::default() }
    }

    /// Runs until `stop` is ready, then finishes what is in flight.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let stop = stop.fuse();
        pin_mut!(stop);
        let mut working: Working<'_> = FuturesUnordered::new();
        loop {
            let room = self.ports.settings.publish.in_flight.saturating_sub(working.len()).min(BATCH);
            if room == 0 {
                select_biased! { () = stop => break, () = working.select_next_some() => continue }
            }
            let claimed = self.claim(&mut working, room).await;
            if claimed.as_ref().is_ok_and(|count| *count == room) {
                continue;
            }
            let rest = self.rest(claimed.is_err()).fuse();
            pin_mut!(rest);
            select_biased! {
                () = stop => break,
                () = working.select_next_some() => {}
                () = rest => {}
            }
        }
        while working.next().await.is_some() {}
    }

    /// Claims what is due and begins to work on it; answers how many. Other work goes on meanwhile, and the claim is never dropped half way.
    async fn claim<'a>(&'a self, working: &mut Working<'a>, room: usize) -> Result<usize, QueueError> {
        let asked = self.ports.clock.monotonic();
        let claim = self.ports.queue.claim_due(self.ports.settings.publish.lease, room).fuse();
        pin_mut!(claim);
        let claims: Result<Claims, QueueError> = loop {
            select_biased! {
                claims = claim => break claims,
                () = working.select_next_some() => {}
            }
        };
        let claims = claims.inspect_err(|error| tracing::warn!(%error, source = ?std::error::Error::source(error), "what is due could not be claimed"))?;
        let count = claims.claims.len();
        for claim in claims.claims {
            working.push(guarded(Work::new(&self.ports, &self.memory, claim, asked)).boxed());
        }
        Ok(count)
    }

    /// Sleeps until something may be due.
    async fn rest(&self, failed: bool) {
        let ports = &self.ports;
        let now = ports.clock.monotonic();
        let safety = if failed { AFTER_FAILURE } else { ports.settings.publish.safety_poll };
        let next = if failed { Ok(None) } else { ports.queue.next_due().await };
        // Never at once: our clock and the store's differ by a little, and what is due may be locked for a moment.
        let until_due =
            next.ok().flatten().map_or(safety, |due| (due - ports.clock.now()).try_into().unwrap_or(Duration::ZERO));
        let wake = ports.clock.sleep_until(now + until_due.clamp(LEAST_REST.min(safety), safety)).fuse();
        let changed = ports.queue.changed().fuse();
        pin_mut!(wake, changed);
        select_biased! { () = wake => {}, () = changed => {} }
    }
}

/// A panic is a bug about one post; the others go on, and this one comes back when its lease ends.
async fn guarded(work: Work<'_>) {
    let post = work.publication().post.clone();
    if AssertUnwindSafe(work.run()).catch_unwind().await.is_err() {
        tracing::error!(%post, "work on a post panicked");
    }
}

/// Walks one post to its end: what "publish now" and "test" do in the process that took the request, whether or not a scheduler runs.
pub struct RunPost {
    ports: Arc<Ports>,
    memory: Memory,
}

impl RunPost {
    /// Over these ports.
    #[must_use]
    pub fn new(ports: Arc<Ports>) -> Self {
        Self { ports, memory: Memory::default() }
    }

    /// Works on the post whenever it is due and nobody else does, until it is settled, held or a person's to decide.
    pub async fn run(&self, user: &UserId, post: &PostId) -> Result<(), Refusal> {
        let mut worked = false;
        while let Some(record) = self.ports.posts.find(user, post).await? {
            let publication = record.publication;
            if !publication.stage.is_open() || matches!(publication.stage, Stage::Held | Stage::NeedsReview) {
                return Ok(());
            }
            let due: Duration = publication.due_at.map_or(GLANCE, |due| self.until(due));
            // Still due after it was worked on: another worker has it, or another post of the account is being published.
            let wait = if worked { due.max(GLANCE) } else { due };
            worked = wait.is_zero();
            if worked {
                self.work(post).await?;
            } else {
                self.sleep(wait.min(Duration::from_mins(1))).await;
            }
        }
        Ok(())
    }

    /// Works on the post under a lease, if it gets one.
    async fn work(&self, post: &PostId) -> Result<(), Refusal> {
        let asked: Monotonic = self.ports.clock.monotonic();
        match self.ports.queue.claim(post, self.ports.settings.publish.lease).await {
            Ok(Some(claim)) => {
                Work::new(&self.ports, &self.memory, claim, asked).run().await;
                Ok(())
            }
            Ok(None) | Err(QueueError::LeaseLost | QueueError::LaneTaken) => Ok(()),
            Err(QueueError::Store(error)) => Err(error.into()),
        }
    }

    fn until(&self, due: OffsetDateTime) -> Duration {
        (due - self.ports.clock.now()).try_into().unwrap_or_default()
    }

    async fn sleep(&self, span: Duration) {
        self.ports.clock.sleep_until(self.ports.clock.monotonic() + span).await;
    }
}
