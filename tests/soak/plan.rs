//! What a run does: short by default, as long as the environment says.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_instagram_sim::Repeat;
use rats_runtime::SystemClock;

/// How long a claim lasts.
pub(crate) const LEASE: Duration = Duration::from_secs(8);
/// How long a dead worker's request may be in flight after that.
pub(crate) const GRACE: Duration = Duration::from_secs(3);
/// *W*.
pub(crate) const WITNESS_WINDOW: Duration = Duration::from_secs(3);
/// How long status and listing of the simulated Instagram lag at most: below *W*.
pub(crate) const LAG: Duration = Duration::from_secs(2);
/// How long before its time a post is staged.
pub(crate) const LEAD: Duration = Duration::from_secs(5);

/// A run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What the run is called.
    pub(crate) name: &'static str,
    /// Decides who dies when, what goes wrong, and when posts are due.
    pub(crate) seed: u64,
    /// How many posts.
    pub(crate) posts: usize,
    /// Of how many accounts.
    pub(crate) accounts: usize,
    /// How many SIGKILLs at least.
    pub(crate) kills: usize,
    /// How often the database is restarted.
    pub(crate) restarts: usize,
    /// Over how long posts are due, and schedulers die.
    pub(crate) span: Duration,
    /// What a second publish of a container does.
    pub(crate) repeat: Repeat,
    /// Whether Instagram fails, and the database.
    pub(crate) faults: bool,
}

impl Plan {
    /// A run of this name, as long as the environment says.
    pub(crate) fn new(name: &'static str, repeat: Repeat, faults: bool) -> Self {
        let posts = number("SOAK_POSTS").unwrap_or(120);
        let kills = number("SOAK_KILLS").unwrap_or(20);
        // Sixteen posts a second, and time to recover between two deaths of a process.
        let span = Duration::from_millis(u64::try_from((posts * 60).max(kills * 700)).unwrap_or(u64::MAX));
        let span = span.max(Duration::from_secs(12));
        Self {
            name,
            seed: seed(),
            posts,
            accounts: (posts / 2).clamp(1, 200),
            kills,
            restarts: if faults { 2 + usize::try_from(span.as_secs() / 40).unwrap_or_default() } else { 0 },
            span,
            repeat,
            faults,
        }
    }
}

fn number(name: &str) -> Option<usize> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// `SOAK_SEED`, or a new one for every run.
fn seed() -> u64 {
    let fresh = || SystemClock::default().now().unix_timestamp().unsigned_abs();
    number("SOAK_SEED").and_then(|seed| seed.try_into().ok()).unwrap_or_else(fresh)
}
