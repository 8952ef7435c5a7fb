//! Time as a port: what makes everything above it simulable.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

/// A reading of a clock that never jumps and keeps running while the machine is suspended (`CLOCK_BOOTTIME`).
///
/// Only differences of readings of one process mean anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Monotonic(Duration);

impl Monotonic {
    /// A reading, counted from the clock's own beginning.
    #[must_use]
    pub fn from_start(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// Time since the clock's own beginning.
    #[must_use]
    pub fn since_start(self) -> Duration {
        self.0
    }

    /// Time from `earlier` to this reading; zero if it is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl std::ops::Add<Duration> for Monotonic {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0 + span)
    }
}

impl std::ops::Sub<Duration> for Monotonic {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span))
    }
}

/// Where the use cases take time and waiting from.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Clock: Send + Sync {
    /// The wall clock, UTC, in whole microseconds (what the store keeps).
    fn now(&self) -> OffsetDateTime;

    /// The clock for spans and deadlines.
    fn monotonic(&self) -> Monotonic;

    /// Waits until [`monotonic`](Clock::monotonic) has reached `moment`.
    async fn sleep_until(&self, moment: Monotonic);
}
