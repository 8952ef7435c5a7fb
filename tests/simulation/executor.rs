//! A world of simulated processes: one thread, a clock that only waiting turns, and a seed that picks which ready task runs.
//!
//! tokio's order would give one interleaving only; here every seed gives another, and the same seed the same.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_util::task::{ArcWake, waker};
use rats_tests::SplitMix64;

/// A simulated process; tasks of one die together.
pub(crate) type Process = usize;

/// Where the network and the people live, which never die.
pub(crate) const OUTSIDE: Process = 0;

/// So many polls without time going on are no work any more.
const SPINNING: u32 = 20_000;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The world's time, its waiting tasks and its processes. Cloning shares it.
#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<State>>);

struct State {
    /// Since the world began.
    now: Duration,
    draws: SplitMix64,
    next_id: u64,
    tasks: BTreeMap<u64, Task>,
    timers: BTreeMap<(Duration, u64), Waker>,
    /// Processes that do nothing before this moment, as after SIGSTOP.
    paused: BTreeMap<Process, Duration>,
    /// Whatever a trace is made of: equal seeds must give equal ones.
    trace: u64,
    /// How often something was done since time last went on.
    busy: u32,
    /// What must never happen and did.
    violations: Vec<String>,
}

struct Task {
    process: Process,
    ready: Arc<Flag>,
    /// Taken while it runs.
    job: Option<Job>,
}

struct Flag(AtomicBool);

impl ArcWake for Flag {
    fn wake_by_ref(flag: &Arc<Self>) {
        flag.0.store(true, Ordering::Relaxed);
    }
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            now: Duration::ZERO,
            draws: first_draw(seed),
            next_id: 0,
            tasks: BTreeMap::new(),
            timers: BTreeMap::new(),
            paused: BTreeMap::new(),
            trace: seed,
            busy: 0,
            violations: Vec::new(),
        })))
    }

    /// Lets the same be drawn from here on as whenever this seed was given.
    pub(crate) fn reseed(&self, seed: u64) {
        self.state().draws = first_draw(seed);
    }

    /// Since the world began.
    pub(crate) fn now(&self) -> Duration {
        self.state().now
    }

    /// A number from the seed below `end`.
    pub(crate) fn draw(&self, end: u64) -> u64 {
        self.state().draw(end)
    }

    /// Whether something that happens so many times in a thousand happens now.
    pub(crate) fn happens(&self, per_mille: u64) -> bool {
        self.draw(1000) < per_mille
    }

    /// A span from the seed.
    pub(crate) fn span(&self, from: Duration, to: Duration) -> Duration {
        let width = u64::try_from(to.saturating_sub(from).as_micros()).unwrap_or(u64::MAX);
        from + Duration::from_micros(self.draw(width.max(1)))
    }

    /// Adds to what equal seeds must have in common.
    pub(crate) fn note(&self, what: u64) {
        let mut state = self.state();
        let now = u64::try_from(state.now.as_micros()).unwrap_or(u64::MAX);
        state.trace = (state.trace ^ what ^ now).wrapping_mul(0x0100_0000_01b3).rotate_left(17);
    }

    /// What all that happened comes down to.
    pub(crate) fn trace(&self) -> u64 {
        self.state().trace
    }

    /// Notes that something happened that must never happen.
    pub(crate) fn complain(&self, what: String) {
        self.state().violations.push(what);
    }

    /// What must never happen and did first.
    pub(crate) fn violation(&self) -> Option<String> {
        self.state().violations.first().cloned()
    }

    /// Starts a task.
    pub(crate) fn spawn(&self, process: Process, job: impl Future<Output = ()> + Send + 'static) {
        let mut state = self.state();
        state.next_id += 1;
        let id = state.next_id;
        let task = Task { process, ready: Arc::new(Flag(AtomicBool::new(true))), job: Some(Box::pin(job)) };
        state.tasks.insert(id, task);
    }

    /// SIGKILL: the process's tasks are no more. Where one of them is running at this moment it ends at its next wait.
    pub(crate) fn kill(&self, process: Process) {
        let gone: Vec<Task> = {
            let mut state = self.state();
            state.paused.remove(&process);
            state.tasks.extract_if(.., |_, task| task.process == process).map(|(_, task)| task).collect()
        };
        // Dropped without the lock: what they hold may come back here.
        drop(gone);
    }

    /// The end of the world: its tasks hold it, and would for ever.
    pub(crate) fn end(&self) {
        let tasks = std::mem::take(&mut self.state().tasks);
        // Dropped without the lock: what they hold may come back here.
        drop(tasks);
        self.state().timers.clear();
    }

    /// SIGSTOP for a while.
    pub(crate) fn pause(&self, process: Process, span: Duration) {
        let mut state = self.state();
        let until = state.now + span;
        state.paused.insert(process, until);
    }

    /// Waits until the world's time is `moment`.
    pub(crate) fn sleep_until(&self, moment: Duration) -> Sleep {
        Sleep { world: self.clone(), moment, registered: None }
    }

    /// Waits for `span`.
    pub(crate) fn sleep(&self, span: Duration) -> Sleep {
        self.sleep_until(self.now() + span)
    }

    /// Lets everything happen until `end`.
    pub(crate) fn run_until(&self, end: Duration) {
        loop {
            if let Some((id, ready)) = self.pick() {
                self.poll(id, &ready);
            } else if !self.advance(end) {
                return;
            }
        }
    }

    /// Lets everything happen until `done` says so, at most until `end`; answers whether it did.
    pub(crate) fn run_while(&self, end: Duration, mut done: impl FnMut() -> bool) -> bool {
        loop {
            if let Some((id, ready)) = self.pick() {
                self.poll(id, &ready);
            } else if done() {
                return true;
            } else if !self.advance(end) {
                return done();
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pick(&self) -> Option<(u64, Arc<Flag>)> {
        let mut state = self.state();
        let ready: Vec<u64> = state
            .tasks
            .iter()
            .filter(|(_, task)| task.ready.0.load(Ordering::Relaxed) && !state.paused.contains_key(&task.process))
            .map(|(id, _)| *id)
            .collect();
        let count = u64::try_from(ready.len()).unwrap_or(u64::MAX);
        let picked = usize::try_from(state.draw(count.max(1))).unwrap_or_default();
        let id = *ready.get(picked)?;
        let flag = state.tasks.get(&id)?.ready.clone();
        Some((id, flag))
    }

    fn poll(&self, id: u64, ready: &Arc<Flag>) {
        let Some(mut job) = ({
            let mut state = self.state();
            state.busy += 1;
            assert!(state.busy < SPINNING, "something is done again and again while no time passes");
            state.tasks.get_mut(&id).and_then(|task| task.job.take())
        }) else {
            return;
        };
        ready.0.store(false, Ordering::Relaxed);
        let waker = waker(ready.clone());
        let ended = job.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
        let mut state = self.state();
        if ended {
            state.tasks.remove(&id);
        } else if let Some(task) = state.tasks.get_mut(&id) {
            task.job = Some(job);
            return;
        }
        drop(state);
        drop(job);
    }

    /// Nothing is ready: time goes on to whatever comes next; `false` once that is after `end`.
    fn advance(&self, end: Duration) -> bool {
        let mut state = self.state();
        state.busy = 0;
        let timer = state.timers.keys().next().map(|(moment, _)| *moment);
        let resumed = state.paused.values().min().copied();
        let Some(next) = timer.into_iter().chain(resumed).min().filter(|next| *next <= end) else {
            state.now = state.now.max(end);
            return false;
        };
        state.now = state.now.max(next);
        let now = state.now;
        state.paused.retain(|_, until| *until > now);
        let later = state.timers.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut state.timers, later);
        drop(state);
        due.into_values().for_each(Waker::wake);
        true
    }
}

/// Where the draws of a seed begin: far from those of every other.
fn first_draw(seed: u64) -> SplitMix64 {
    SplitMix64::new(SplitMix64::mixed(seed ^ 0x6a09_e667_f3bc_c908))
}

impl State {
    fn draw(&mut self, end: u64) -> u64 {
        self.draws.draw() % end.max(1)
    }
}

/// A wait in the world's time.
pub(crate) struct Sleep {
    world: World,
    moment: Duration,
    registered: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let world = self.world.clone();
        let mut state = world.state();
        if state.now >= self.moment {
            return Poll::Ready(());
        }
        let id = self.registered.unwrap_or_else(|| {
            state.next_id += 1;
            state.next_id
        });
        self.registered = Some(id);
        state.timers.insert((self.moment, id), context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.registered {
            self.world.state().timers.remove(&(self.moment, id));
        }
    }
}
