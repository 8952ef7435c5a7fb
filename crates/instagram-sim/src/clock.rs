use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::watch;

/// The time that the simulated Instagram lives by, injected so that it can be the same clock as its client's.
pub trait SimClock: Send + Sync {
    /// The current moment.
    fn now(&self) -> OffsetDateTime;

    /// Turns the clock forward for the control API; `false` (the default) says that it cannot be turned.
    fn advance(&self, by: Duration) -> bool {
        let _ = by;
        false
    }
}

/// A clock that one can turn forward: the machine's time plus an offset, or a purely manual one for tests.
///
/// Share it as an `Arc` between the simulator and what is tested against it.
#[derive(Debug)]
pub struct TurnableClock {
    start: Option<OffsetDateTime>,
    turned: watch::Sender<Duration>,
}

impl TurnableClock {
    /// A clock that runs with the machine's and can be turned ahead of it.
    #[must_use]
    pub fn real() -> Self {
        Self { start: None, turned: watch::Sender::new(Duration::ZERO) }
    }

    /// A clock that stands at `start` until it is turned.
    #[must_use]
    pub fn manual(start: OffsetDateTime) -> Self {
        Self { start: Some(start), turned: watch::Sender::new(Duration::ZERO) }
    }

    /// Turns the clock forward and wakes everyone in [`sleep_until`](Self::sleep_until).
    pub fn advance(&self, by: Duration) {
        self.turned.send_modify(|turned| *turned = turned.saturating_add(by));
    }

    /// How far the clock was turned since it was made.
    #[must_use]
    pub fn turned(&self) -> Duration {
        *self.turned.borrow()
    }

    /// Waits until the clock shows `moment`, whether time passes or the clock is turned.
    pub async fn sleep_until(&self, moment: OffsetDateTime) {
        let mut turned = self.turned.subscribe();
        while let Some(left) = remaining(moment, self.now()) {
            let passes = async {
                match self.start {
                    Some(_) => std::future::pending().await,
                    None => tokio::time::sleep(left).await,
                }
            };
            tokio::select! {
                () = passes => {}
                _ = turned.changed() => {}
            }
        }
    }
}

impl SimClock for TurnableClock {
    fn now(&self) -> OffsetDateTime {
        self.start.unwrap_or_else(machine_time) + self.turned()
    }

    fn advance(&self, by: Duration) -> bool {
        TurnableClock::advance(self, by);
        true
    }
}

fn remaining(moment: OffsetDateTime, now: OffsetDateTime) -> Option<Duration> {
    Duration::try_from(moment - now).ok().filter(|left| !left.is_zero())
}

#[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the machine's clock")]
fn machine_time() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_a_manual_clock_is_turned() {
        let clock = TurnableClock::manual(OffsetDateTime::UNIX_EPOCH);
        let moment = OffsetDateTime::UNIX_EPOCH + Duration::from_mins(1);
        tokio::join!(clock.sleep_until(moment), async {
            clock.advance(Duration::from_secs(30));
            tokio::task::yield_now().await;
            assert!(clock.now() < moment);
            clock.advance(Duration::from_secs(30));
        });
        assert_eq!(clock.now(), moment);
    }
}
