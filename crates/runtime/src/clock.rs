//! The machine's clocks and random generator.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use rats_domain::{
    clock::{Clock, Monotonic},
    random::Random,
};
use time::OffsetDateTime;

/// The longest single sleep: tokio's timers do not run while the machine is suspended, the monotonic clock does.
const NAP: Duration = Duration::from_secs(20);

/// The machine's wall clock and `CLOCK_BOOTTIME`.
///
/// The sandbox can turn its wall clock forward, and begin one in the past; nothing turns the monotonic one.
#[derive(Debug, Default)]
pub struct SystemClock {
    ahead_us: AtomicI64,
}

impl SystemClock {
    /// One whose wall clock is behind the machine's, for the sandbox's demo: it is turned on to the present.
    #[must_use]
    pub fn behind(span: Duration) -> Self {
        let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self { ahead_us: AtomicI64::new(-span) }
    }

    /// Turns the wall clock forward, for the sandbox and tests.
    pub fn turn(&self, span: Duration) {
        self.ahead_us.fetch_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// How far it was turned ahead of the machine's.
    #[must_use]
    pub fn turned(&self) -> Duration {
        Duration::from_micros(self.ahead_us.load(Ordering::SeqCst).try_into().unwrap_or(0))
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the machine's clock")]
    fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc() + time::Duration::microseconds(self.ahead_us.load(Ordering::SeqCst));
        now.replace_nanosecond(now.nanosecond() / 1_000 * 1_000).unwrap_or(now)
    }

    fn monotonic(&self) -> Monotonic {
        rats_instagram_adapter::boottime()
    }

    async fn sleep_until(&self, moment: Monotonic) {
        loop {
            let left = moment.since(self.monotonic());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(NAP)).await;
        }
    }
}

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::expect_used, reason = "an operating system without random numbers is no place to go on")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives random numbers");
    }
}
