//! Storing what cannot be asked for again: a media id, a fresh token.

use std::{error::Error, time::Duration};

use rats_domain::{clock::Clock, publication::QueueError, store::StoreError};

/// How often it is tried: for a minute and a half.
const TRIES: u32 = 20;
/// The first wait; the next five are twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Why something was not stored.
pub(crate) trait Passing: Error {
    /// Whether the same call may succeed later.
    fn is_passing(&self) -> bool;
}

impl Passing for StoreError {
    fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl Passing for QueueError {
    fn is_passing(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_passing())
    }
}

/// Makes the call `store` until the store no longer says that it is away, at most 20 times in a minute and a half. It may have done what it did
/// not answer, so doing it twice must be as good as once.
pub(crate) async fn persist<T, E: Passing, F: Future<Output = Result<T, E>>>(
    clock: &dyn Clock,
    what: &str,
    store: impl Fn() -> F,
) -> Result<T, E> {
    for attempt in 0..TRIES - 1 {
        match store().await {
            Err(error) if error.is_passing() => tracing::warn!(%error, "{what} could not be stored yet"),
            outcome => return outcome,
        }
        clock.sleep_until(clock.monotonic() + FIRST_WAIT * 2_u32.pow(attempt.min(5))).await;
    }
    store().await
}
