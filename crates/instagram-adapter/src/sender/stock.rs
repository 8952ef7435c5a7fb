//! Connections made shortly before they are needed, each for one request.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rats_domain::clock::Monotonic;

use super::connect::Warm;
use crate::clock::boottime;

/// A connection that has waited longer is closed: nobody came for it.
const LONGEST: Duration = Duration::from_secs(10);

/// Connections on which nothing was sent yet.
pub(super) struct Stock {
    waiting: Mutex<VecDeque<(Monotonic, Warm)>>,
    most: usize,
}

impl Stock {
    /// Room for `most`.
    pub(super) fn of(most: usize) -> Self {
        Self { waiting: Mutex::default(), most }
    }

    /// The newest, if there is one.
    pub(super) fn take(&self) -> Option<Warm> {
        self.fresh().pop_back().map(|(_, warm)| warm)
    }

    pub(super) fn put(&self, warm: Warm) {
        self.fresh().push_back((boottime(), warm));
    }

    pub(super) fn has_room(&self) -> bool {
        self.fresh().len() < self.most
    }

    /// What is not too old.
    fn fresh(&self) -> MutexGuard<'_, VecDeque<(Monotonic, Warm)>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let now = boottime();
        while waiting.front().is_some_and(|(made, _)| now.since(*made) > LONGEST) {
            waiting.pop_front();
        }
        waiting
    }
}
