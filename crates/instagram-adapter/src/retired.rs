//! Metrics that Instagram no longer has: remembered, so that each costs a request now and then and not with every reading.
//!
//! One media may lack a metric that all others have. So it takes two that refuse it until it is left out, and then of all.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rats_domain::clock::Monotonic;

/// For how long a refusal counts: it may have been Instagram's mistake.
const KEPT: Duration = Duration::from_hours(24);

/// What has the metric: the same name may be gone of one and not of the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// A media.
    Media,
    /// An account.
    Account,
}

/// What was refused, by whom and when.
#[derive(Default)]
pub(crate) struct Retired(Mutex<BTreeMap<(Subject, &'static str), Refused>>);

/// The last refusal of a metric.
struct Refused {
    /// The id of whose metric it was.
    of: String,
    at: Monotonic,
    /// Whether another one's was refused shortly before.
    is_second: bool,
}

impl Refused {
    fn counts(&self, now: Monotonic) -> bool {
        now.since(self.at) < KEPT
    }
}

impl Retired {
    /// Whether two refused this one of late.
    pub(crate) fn has(&self, subject: Subject, name: &'static str, now: Monotonic) -> bool {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(&(subject, name)).is_some_and(|refused| refused.is_second && refused.counts(now))
    }

    /// These were refused just now, of `id`.
    pub(crate) fn note(&self, subject: Subject, id: &str, names: &[&'static str], now: Monotonic) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            let before = refused.get(&(subject, name)).filter(|before| before.counts(now));
            let is_second = before.is_some_and(|before| before.is_second || before.of != id);
            if is_second {
                tracing::warn!(metric = name, "Instagram refuses a metric; the others are read without it");
            }
            refused.insert((subject, name), Refused { of: id.to_owned(), at: now, is_second });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin() -> Monotonic {
        Monotonic::from_start(Duration::from_hours(1))
    }

    /// Who refuses `saved` at which hour; then whether it is left out at hour 30.
    fn is_left_out(refusals: &[(&str, u64)]) -> bool {
        let retired = Retired::default();
        let at = |hour| begin() + Duration::from_hours(hour);
        for (id, hour) in refusals {
            retired.note(Subject::Media, id, &["saved"], at(*hour));
        }
        retired.has(Subject::Media, "saved", at(30))
    }

    #[test]
    fn two_media_retire_a_metric_and_one_does_not() {
        assert!(is_left_out(&[("a", 9), ("b", 10)]));
        assert!(!is_left_out(&[("a", 9), ("a", 10)]));
    }

    #[test]
    fn a_metric_is_asked_for_again_a_day_after_its_last_refusal() {
        assert!(!is_left_out(&[("a", 5), ("b", 6)]), "a day ago");
        assert!(is_left_out(&[("a", 5), ("b", 7)]));
        assert!(!is_left_out(&[("a", 5), ("b", 6), ("a", 30)]), "and takes two again");
        assert!(!is_left_out(&[("a", 1), ("b", 29)]), "two that are far apart are no two");
    }

    #[test]
    fn an_accounts_metric_is_not_a_medias() {
        let retired = Retired::default();
        for id in ["a", "b"] {
            retired.note(Subject::Account, id, &["reach"], begin());
        }
        assert!(retired.has(Subject::Account, "reach", begin()) && !retired.has(Subject::Media, "reach", begin()));
        assert!(!retired.has(Subject::Account, "views", begin()));
    }
}
