use std::{sync::Arc, time::Duration};

use rats_domain::clock::Clock as _;
use rats_instagram_sim::SimClock;
use rats_runtime::SystemClock;
use time::OffsetDateTime;

/// A clock that begins in the past and is turned on to the present, never beyond.
pub(super) struct Past {
    clock: Arc<SystemClock>,
    behind: Duration,
}

impl Past {
    /// One that begins so long ago.
    pub(super) fn begin(ago: Duration) -> Self {
        Self { clock: Arc::new(SystemClock::behind(ago)), behind: ago }
    }

    /// The clock itself.
    pub(super) fn clock(&self) -> Arc<SystemClock> {
        self.clock.clone()
    }

    /// For the simulated Instagram, which lives by it too.
    pub(super) fn simulated(&self) -> Arc<dyn SimClock> {
        Arc::new(Simulated(self.clock.clone()))
    }

    /// What the machine's clock shows.
    pub(super) fn present(&self) -> OffsetDateTime {
        self.clock.now() + self.behind
    }

    /// Turns it on to a moment, or the present if that is sooner; a moment that has passed changes nothing.
    pub(super) fn turn_to(&mut self, at: OffsetDateTime) {
        self.turn(Duration::try_from(at - self.clock.now()).unwrap_or_default());
    }

    /// Turns it on to the present.
    pub(super) fn catch_up(&mut self) {
        self.turn(Duration::MAX);
    }

    fn turn(&mut self, by: Duration) {
        let by = by.min(self.behind);
        self.clock.turn(by);
        self.behind -= by;
    }
}

struct Simulated(Arc<SystemClock>);

impl SimClock for Simulated {
    fn now(&self) -> OffsetDateTime {
        self.0.now()
    }

    fn advance(&self, _: Duration) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_to_a_moment_and_never_beyond_the_present() {
        let mut past = Past::begin(Duration::from_hours(24));
        let begun = past.clock.now();
        past.turn_to(begun + Duration::from_hours(10));
        assert!(past.clock.now() - begun >= time::Duration::hours(10));
        past.turn_to(begun);
        assert!(past.clock.now() - begun >= time::Duration::hours(10), "it is not turned back");
        past.turn_to(begun + Duration::from_hours(100));
        past.catch_up();
        let present = SystemClock::default().now();
        assert!((past.clock.now() - present).abs() < time::Duration::MINUTE);
    }
}
