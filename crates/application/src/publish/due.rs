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
use crate::{Ports, Refusal, meanwhile::meanwhile};
use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, FusedFuture},
    pin_mut, select_biased,
    stream::FuturesUnordered,
};
use rats_domain::{
    clock::{Clock, Monotonic},
    id::{PostId, UserId},
    publication::{QueueError, Stage},
};

/// The most that one claim takes.
const BATCH: usize = 500;
/// No more is claimed before this part of what may be worked on at once is free: each claim walks over whatever is claimed already.
const LEAST_ROOM: usize = 8;
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
        let mut crew = Crew::new(self.ports.clock.as_ref());
        let most = self.ports.settings.publish.in_flight;
        let least_room = most.div_ceil(LEAST_ROOM).min(BATCH);
        while !stop.is_terminated() {
            let room = most.saturating_sub(crew.working.len()).min(BATCH);
            if room < least_room {
                select_biased! { () = stop => {}, () = crew.some_done().fuse() => {} }
                continue;
            }
            let claimed = self.claim(&mut crew, room).await;
            if !claimed.as_ref().is_ok_and(|count| *count == room) {
                self.rest(&mut crew, claimed.is_err(), &mut stop).await;
            }
        }
        while crew.working.next().await.is_some() {}
    }

    /// Claims what is due and begins to work on it; answers how many. Other work goes on meanwhile, and the claim is never dropped half way.
    async fn claim<'a>(&'a self, crew: &mut Crew<'a>, room: usize) -> Result<usize, QueueError> {
        let asked = self.ports.clock.monotonic();
        crew.again = None;
        let claims = crew.meanwhile(self.ports.queue.claim_due(self.ports.settings.publish.lease, room)).await;
        let claims = claims.inspect_err(|error| tracing::warn!(%error, source = ?std::error::Error::source(error), "what is due could not be claimed"))?;
        self.compare_clocks(claims.now);
        let count = claims.claims.len();
        for claim in claims.claims {
            crew.working.push(guarded(Work::new(&self.ports, &self.memory, claim, asked)).boxed());
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

    /// Sleeps until something may be due, while the crew works on.
    async fn rest(&self, crew: &mut Crew<'_>, failed: bool, mut stop: &mut (impl FusedFuture<Output = ()> + Unpin)) {
        let (ports, asked) = (&self.ports, self.ports.clock.monotonic());
        let safety = ports.settings.publish.safety_poll;
        let next = if failed { None } else { crew.meanwhile(ports.queue.next_due()).await.ok() };
        // Counted from the answer, unless that took long: a claim that comes a moment too early finds nothing, and has to come again.
        let begun = ports.clock.monotonic().min(asked + LEAST_REST);
        let Some(next) = next else {
            return self.wait_for_store(crew, begun + AFTER_FAILURE.min(safety), stop).await;
        };
        // Never at once: what is due may be locked for a moment.
        let due = begun + next.unwrap_or(safety).clamp(LEAST_REST.min(safety), safety);
        let changed = ports.queue.changed().fuse();
        pin_mut!(changed);
        loop {
            let wake = crew.again.map_or(due, |again| due.min(again.max(begun + LEAST_REST)));
            select_biased! {
                () = stop => return,
                () = changed => return,
                () = ports.clock.sleep_until(wake).fuse() => return,
                () = crew.one_done().fuse() => {}
            }
        }
    }

    /// Sleeps while the crew works on, whatever changes meanwhile: a store that is away is not to be asked without a pause.
    async fn wait_for_store(
        &self,
        crew: &mut Crew<'_>,
        until: Monotonic,
        mut stop: &mut (impl FusedFuture<Output = ()> + Unpin),
    ) {
        loop {
            select_biased! {
                () = stop => return,
                () = self.ports.clock.sleep_until(until).fuse() => return,
                () = crew.one_done().fuse() => {}
            }
        }
    }
}

/// Posts that are being worked on, all in one task.
struct Crew<'a> {
    working: FuturesUnordered<BoxFuture<'a, Option<Duration>>>,
    /// When there is more to do about the soonest of those that are done with for now.
    again: Option<Monotonic>,
    clock: &'a dyn Clock,
}

impl<'a> Crew<'a> {
    fn new(clock: &'a dyn Clock) -> Self {
        Self { working: FuturesUnordered::new(), again: None, clock }
    }

    /// Makes `call` while the work goes on.
    async fn meanwhile<T>(&mut self, call: impl Future<Output = T>) -> T {
        let Self { working, again, clock } = self;
        meanwhile(call, working, |left| *again = sooner(*again, *clock, left)).await
    }

    /// Returns when work on a post is done; never, if there is none.
    async fn one_done(&mut self) {
        match self.working.next().await {
            Some(left) => self.done(left),
            None => std::future::pending().await,
        }
    }

    /// Returns when work on one or more posts is done.
    async fn some_done(&mut self) {
        self.one_done().await;
        while let Some(Some(left)) = self.working.next().now_or_never() {
            self.done(left);
        }
    }

    fn done(&mut self, left: Option<Duration>) {
        self.again = sooner(self.again, self.clock, left);
    }
}

/// The sooner of a time and what is `left` until another.
fn sooner(again: Option<Monotonic>, clock: &dyn Clock, left: Option<Duration>) -> Option<Monotonic> {
    let left = left.map(|left| clock.monotonic() + left);
    [again, left].into_iter().flatten().min()
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

    /// Works on the post whenever it is due and nobody else does, until it is settled, held, a person's to decide, or for later: then it is a
    /// scheduler's. Once `stop` is ready, what is in flight is finished and the rest left to whoever comes next.
    pub async fn run(
        &self,
        user: &UserId,
        post: &PostId,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), Refusal> {
        let stop = stop.fuse();
        pin_mut!(stop);
        if (&mut stop).now_or_never().is_some() {
            return Ok(());
        }
        let clock = &self.ports.clock;
        let mut due = clock.monotonic();
        while let Some(record) = self.ports.posts.find(user, post).await? {
            let stage = record.publication.stage;
            let is_for_later = record.publication.publish_at.is_some_and(|at| at > clock.now() + LONGEST_GLANCE);
            if !stage.is_open() || matches!(stage, Stage::Held | Stage::NeedsReview) || is_for_later {
                return Ok(());
            }
            if clock.monotonic() >= due {
                // Nothing more to do, or another worker has it, or another post of the account is being published.
                let rest = self.work(post).await?.unwrap_or(GLANCE);
                due = clock.monotonic() + rest.max(LEAST_REST);
            }
            select_biased! {
                () = stop => return Ok(()),
                () = clock.sleep_until(due.min(clock.monotonic() + LONGEST_GLANCE)).fuse() => {}
            }
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
