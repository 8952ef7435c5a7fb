//! Runs what computes beside the async workers, a bounded number at a time.

use std::{sync::Arc, thread::available_parallelism};

use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::fit::{Fit, FitError, Fitted, Limits, fit};

/// Makes pictures on threads of their own, so that no request waits behind a decoder.
///
/// At most as many at once as the machine has cores: more would be no quicker, and each takes up to 300 MB, beside the file, for the
/// largest pictures. The others wait their turn.
#[derive(Clone, Debug)]
pub struct Workshop {
    limits: Limits,
    benches: Arc<Semaphore>,
}

impl Workshop {
    /// A workshop with one bench for each core.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::with_benches(limits, available_parallelism().map_or(1, usize::from))
    }

    /// A workshop that makes at most `benches` pictures at once.
    #[must_use]
    pub fn with_benches(limits: Limits, benches: usize) -> Self {
        Self { limits, benches: Arc::new(Semaphore::new(benches.max(1))) }
    }

    /// Makes `photo` fit Instagram, see [`fit`].
    ///
    /// # Errors
    ///
    /// As [`fit`].
    pub async fn fit(&self, photo: Arc<[u8]>, how: Fit) -> Result<Fitted, FitError> {
        let limits = self.limits;
        self.run(move || fit(&photo, how, &limits)).await.unwrap_or_else(|lost| Err(FitError::Failed(Box::new(lost))))
    }

    /// Runs `work` on a bench of its own.
    ///
    /// # Errors
    ///
    /// The work panicked or the runtime shuts down.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, WorkLost> {
        let bench = Arc::clone(&self.benches).acquire_owned().await.map_err(|_| WorkLost)?;
        // The bench stays taken until the work is over, also when the caller has gone away.
        let done = spawn_blocking(move || {
            let made = work();
            drop(bench);
            made
        });
        done.await.map_err(|_| WorkLost)
    }
}

/// The work panicked, or was not begun because the runtime shuts down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the work was not finished")]
pub struct WorkLost;
