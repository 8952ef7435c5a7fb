//! The loop that publishes what is due, and the run of a single post.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use time::OffsetDateTime;

use super::work::{Memory, Work};
use crate::{Ports, Refusal};
use futures_util::{
    FutureExt as _, StreamExt as _, future::BoxFuture, pin_mut, select_biased, stream::FuturesUnordered,
};
use rats_domain::{
    clock::Monotonic,
    id::{PostId, UserId},
    publication::{Claims, QueueError, Stage},
};

/// The most that one claim takes.
const BATCH: usize = 100;
/// The wait after the store could not be asked.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// More than this between our clock and the store's is told once.
const CLOCKS_APART: Duration = Duration::from_secs(10);
/// The shortest sleep after a claim that left room.
const LEAST_REST: Duration = Duration::from_millis(20);
/// How often a single run looks at a post that another worker has.
const GLANCE: Duration = Duration::from_millis(500);
/// How often a single run looks whether a person has changed or cancelled the post.
const LONGEST_GLANCE: Duration = Duration::from_mins(1);

/// Publishes what is due, many at once, until told to stop.
pub struct PublishDue {
    ports: Arc<Ports>,
    memory: Memory,
    told_of_clock: AtomicBool,
}

type Working<'a> = FuturesUnordered<BoxFuture<'a, Option<Duration>>>;

impl PublishDue {
    /// Over these ports.
    #[must_use]
    pub fn new(ports: Arc<Ports>) -> Self {
        Self { ports, memory: Memory::default(), told_of_clock: AtomicBool::new(false) }
    }

    /// Runs until `stop` is ready, then finishes what is in flight.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let stop = stop.fuse();
        pin_mut!(stop);
        let mut working: Working<'_> = FuturesUnordered::new();
        loop {
            let room = self.ports.settings.publish.in_flight.saturating_sub(working.len()).min(BATCH);
            if room == 0 {
                select_biased! { () = stop => break, _ = working.select_next_some() => continue }
            }
            let claimed = self.claim(&mut working, room).await;
            if claimed.as_ref().is_ok_and(|count| *count == room) {
                continue;
            }
            let rest = self.rest(claimed.is_err()).fuse();
            pin_mut!(rest);
            select_biased! {
                () = stop => break,
                _ = working.select_next_some() => {}
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
                _ = working.select_next_some() => {}
            }
        };
        let claims = claims.inspect_err(|error| tracing::warn!(%error, source = ?std::error::Error::source(error), "what is due could not be claimed"))?;
        self.compare_clocks(claims.now);
        let count = claims.claims.len();
        for claim in claims.claims {
            working.push(guarded(Work::new(&self.ports, &self.memory, claim, asked)).boxed());
        }
        Ok(count)
    }

    /// Posts for now are stored with their process's own time: one whose clock is wrong makes them late, or useless at once.
    fn compare_clocks(&self, store: OffsetDateTime) {
        let off = self.ports.clock.now() - store;
        if off.unsigned_abs() > CLOCKS_APART && !self.told_of_clock.swap(true, Ordering::Relaxed) {
            tracing::error!(
                seconds = off.whole_seconds(),
                "this machine's clock is off the database server's; set both by NTP"
            );
        }
    }

    /// Sleeps until something may be due.
    async fn rest(&self, failed: bool) {
        let ports = &self.ports;
        let now = ports.clock.monotonic();
        let safety = if failed { AFTER_FAILURE } else { ports.settings.publish.safety_poll };
        let next = if failed { Ok(None) } else { ports.queue.next_due().await };
        // Never at once: what is due may be locked for a moment.
        let until_due = next.ok().flatten().unwrap_or(safety);
        let wake = ports.clock.sleep_until(now + until_due.clamp(LEAST_REST.min(safety), safety)).fuse();
        let changed = ports.queue.changed().fuse();
        pin_mut!(wake, changed);
        select_biased! { () = wake => {}, () = changed => {} }
    }
}

/// A panic is a bug about one post; the others go on, and this one comes back when its lease ends.
async fn guarded(work: Work<'_>) -> Option<Duration> {
    let post = work.publication().post.clone();
    let ran = AssertUnwindSafe(work.run()).catch_unwind().await;
    ran.inspect_err(|_| tracing::error!(%post, "work on a post panicked")).ok().flatten()
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
        let clock = &self.ports.clock;
        let mut due = clock.monotonic();
        while let Some(record) = self.ports.posts.find(user, post).await? {
            let stage = record.publication.stage;
            if !stage.is_open() || matches!(stage, Stage::Held | Stage::NeedsReview) {
                return Ok(());
            }
            if clock.monotonic() >= due {
                // Nothing more to do, or another worker has it, or another post of the account is being published.
                let rest = self.work(post).await?.unwrap_or(GLANCE);
                due = clock.monotonic() + rest.max(LEAST_REST);
            }
            clock.sleep_until(due.min(clock.monotonic() + LONGEST_GLANCE)).await;
        }
        Ok(())
    }

    /// Works on the post under a lease, if it gets one; answers how long until there is more to do.
    async fn work(&self, post: &PostId) -> Result<Option<Duration>, Refusal> {
        let asked: Monotonic = self.ports.clock.monotonic();
        match self.ports.queue.claim(post, self.ports.settings.publish.lease).await {
            Ok(Some(claim)) => Ok(guarded(Work::new(&self.ports, &self.memory, claim, asked)).await),
            Ok(None) | Err(QueueError::LeaseLost | QueueError::LaneTaken) => Ok(None),
            Err(QueueError::Store(error)) => Err(error.into()),
        }
    }
}
