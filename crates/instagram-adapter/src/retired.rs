//! Metrics that Instagram no longer has: remembered, so that each costs a request now and then and not with every reading.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rats_domain::clock::Monotonic;

use crate::clock::boottime;

/// For how long a metric that was refused is not asked for: it may have been Instagram's mistake.
const KEPT: Duration = Duration::from_hours(24);

/// What has the metric: the same name may be gone of one and not of the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// A media.
    Media,
    /// An account.
    Account,
}

/// What was refused, and when.
#[derive(Default)]
pub(crate) struct Retired(Mutex<BTreeMap<(Subject, &'static str), Monotonic>>);

impl Retired {
    /// Whether this one was refused of late.
    pub(crate) fn has(&self, subject: Subject, name: &'static str) -> bool {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(&(subject, name)).is_some_and(|at| boottime().since(*at) < KEPT)
    }

    /// These were refused just now.
    pub(crate) fn note(&self, subject: Subject, names: &[&'static str]) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            tracing::warn!(metric = name, "Instagram refuses a metric; the others are read without it");
            refused.insert((subject, name), boottime());
        }
    }
}
