//! Clocks of simulated processes: the world's time, each a little off.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use rats_domain::{
    clock::{Clock, Monotonic},
    random::Random,
};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::executor::World;

/// When every world begins.
pub(crate) const BEGIN: OffsetDateTime = datetime!(2026-12-04 6:00 UTC);

/// A process's clock. Its wall clock may be off, its monotonic one is right.
#[derive(Clone)]
pub(crate) struct SkewedClock {
    world: World,
    /// In microseconds.
    off: Arc<AtomicI64>,
    /// The most that it ever was, either way.
    furthest: Arc<AtomicI64>,
}

impl SkewedClock {
    pub(crate) fn new(world: &World, off: Duration) -> Self {
        let clock = Self { world: world.clone(), off: Arc::default(), furthest: Arc::default() };
        clock.set(off);
        clock
    }

    /// Sets it off by so much.
    pub(crate) fn set(&self, off: Duration) {
        let off = i64::try_from(off.whole_microseconds()).unwrap_or_default();
        self.off.store(off, Ordering::Relaxed);
        self.furthest.fetch_max(off.abs(), Ordering::Relaxed);
    }

    /// The most that it ever was off.
    pub(crate) fn furthest_off(&self) -> Duration {
        Duration::microseconds(self.furthest.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl Clock for SkewedClock {
    fn now(&self) -> OffsetDateTime {
        BEGIN + self.world.now() + Duration::microseconds(self.off.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic::from_start(self.world.now())
    }

    async fn sleep_until(&self, moment: Monotonic) {
        self.world.sleep_until(moment.since_start()).await;
    }
}

impl Random for World {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = u8::try_from(self.draw(256)).unwrap_or_default();
        }
    }
}
