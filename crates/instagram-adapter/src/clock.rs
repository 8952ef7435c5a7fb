//! The machine's clock for deadlines.

use std::time::Duration;

use rats_domain::clock::Monotonic;

/// Reads `CLOCK_BOOTTIME`: it never jumps and keeps running while the machine is suspended.
///
/// The deadline given to [`Publisher::publish`](rats_domain::instagram::Publisher::publish) is compared with this clock right before
/// each write, so the [`Clock`](rats_domain::clock::Clock) that made the deadline must read the same one.
#[must_use]
pub fn boottime() -> Monotonic {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanoseconds = u32::try_from(now.tv_nsec).unwrap_or(0);
    Monotonic::from_start(Duration::new(seconds, nanoseconds))
}
