//! Schedulers that die, sleep past their leases and are started again, over a database that crashes.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rats_domain::clock::Clock as _;
use rats_runtime::SystemClock;
use rats_tests::Process;
use time::OffsetDateTime;
use tokio::{
    task::{JoinSet, block_in_place},
    time::{Instant, sleep, sleep_until},
};

use crate::{
    bed::Bed,
    plan::{LEASE, Plan},
    random::Random,
};

/// How many schedulers there are.
const SCHEDULERS: u64 = 3;
/// The shortest life of one.
const LEAST_LIFE: Duration = Duration::from_millis(30);
/// Of so many deaths one follows a pause beyond the lease.
const PAUSED: usize = 10;

/// What happened to the schedulers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// When each was killed, or paused before that.
    pub(crate) deaths: Vec<OffsetDateTime>,
    /// Of these, how many were paused and then killed.
    pub(crate) killed_asleep: usize,
    /// How many woke beyond their lease and were killed later.
    pub(crate) woken: usize,
    /// How many ended by themselves, since the database did not answer when they started.
    pub(crate) ended: usize,
    /// How often the database crashed.
    pub(crate) restarts: usize,
}

/// How a scheduler dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    /// At work.
    Awake,
    /// While it is paused.
    Asleep,
    /// Some time after it woke beyond its lease.
    Woken,
}

/// A scheduler and what starts it again.
pub(crate) struct Scheduler {
    settings: BTreeMap<String, String>,
    log: PathBuf,
    process: Process,
}

impl Scheduler {
    fn start(settings: BTreeMap<String, String>, log: PathBuf) -> Self {
        let process = Process::recorded("rats-scheduler", &[], &settings, &log);
        Self { settings, log, process }
    }

    fn start_again(&mut self) {
        self.process = Process::recorded("rats-scheduler", &[], &self.settings, &self.log);
    }

    /// Starts it again if it ended by itself, as who looks after a service does.
    pub(crate) fn look_after(&mut self) {
        if self.process.has_ended() {
            self.start_again();
        }
    }
}

/// Runs the schedulers for the plan's span and until there were enough kills; answers them, alive.
pub(crate) async fn run(plan: &Plan, bed: &Bed) -> (Vec<Scheduler>, Tally) {
    let tally = Arc::new(Mutex::new(Tally::default()));
    let until = Instant::now() + plan.span;
    let mut schedulers = JoinSet::new();
    for number in 0..SCHEDULERS {
        let log = bed.installation.dir.path().join("log");
        let scheduler = Scheduler::start(bed.installation.settings.clone(), log);
        let random = Random::new(plan.seed, 2 + number);
        schedulers.spawn(torment(scheduler, random, plan.clone(), until, tally.clone()));
    }
    let mut random = Random::new(plan.seed, 100);
    let restarts = u32::try_from(plan.restarts).unwrap_or_default();
    for _ in 0..restarts {
        let part = plan.span / restarts;
        let before = random.between(Duration::ZERO, part);
        sleep(before).await;
        block_in_place(|| {
            bed.server.stop();
            bed.server.start_again();
        });
        locked(&tally, |tally| tally.restarts += 1);
        sleep(part.saturating_sub(before)).await;
    }
    let schedulers = schedulers.join_all().await;
    let tally = locked(&tally, |tally| tally.clone());
    (schedulers, tally)
}

/// Kills a scheduler and starts it again, and again.
async fn torment(
    mut scheduler: Scheduler,
    mut random: Random,
    plan: Plan,
    until: Instant,
    tally: Arc<Mutex<Tally>>,
) -> Scheduler {
    let lives = u32::try_from(plan.kills).unwrap_or(u32::MAX).max(1);
    // Three live at a time, half so long on the average: a fifth more deaths than are wanted, but for pauses and starts.
    let longest = plan.span * 5 / lives;
    let is_enough = || locked(&tally, |tally| tally.deaths.len()) >= plan.kills;
    loop {
        let end = Instant::now() + random.between(LEAST_LIFE, longest);
        sleep_until(if is_enough() { end.min(until) } else { end }).await;
        if Instant::now() >= until && is_enough() {
            return scheduler;
        }
        if scheduler.process.has_ended() {
            locked(&tally, |tally| tally.ended += 1);
            sleep(Duration::from_millis(200)).await;
            scheduler.start_again();
            continue;
        }
        match locked(&tally, die) {
            Death::Awake => {}
            death => {
                scheduler.process.pause();
                sleep(LEASE + random.between(Duration::from_millis(100), Duration::from_secs(2))).await;
                if death == Death::Woken {
                    scheduler.process.resume();
                    sleep(random.between(LEAST_LIFE, longest)).await;
                }
            }
        }
        scheduler.process.kill();
        scheduler.start_again();
    }
}

/// Counts a death, and says how it is.
fn die(tally: &mut Tally) -> Death {
    let number = tally.deaths.len();
    tally.deaths.push(SystemClock::default().now());
    match (number % PAUSED, number / PAUSED % 2) {
        (3, 0) => {
            tally.woken += 1;
            Death::Woken
        }
        (3, _) => {
            tally.killed_asleep += 1;
            Death::Asleep
        }
        _ => Death::Awake,
    }
}

fn locked<T>(tally: &Mutex<Tally>, work: impl FnOnce(&mut Tally) -> T) -> T {
    work(&mut tally.lock().unwrap_or_else(PoisonError::into_inner))
}
