//! What a seed decides.

use std::time::Duration;

use rats_tests::SplitMix64;

/// Chooses moments, posts and accounts.
#[derive(Clone, Debug)]
pub(crate) struct Random(SplitMix64);

impl Random {
    /// The stream of this number of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(SplitMix64::new(SplitMix64::mixed(seed ^ SplitMix64::mixed(stream))))
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.draw() >> 1).unwrap_or_default() % end.max(1)
    }

    /// A span between two, to the millisecond.
    pub(crate) fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let room = most.saturating_sub(least).as_millis();
        let millis = u128::from(self.0.draw()) % room.max(1);
        least + Duration::from_millis(u64::try_from(millis).unwrap_or_default())
    }
}
