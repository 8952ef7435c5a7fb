//! How long to wait before trying again. Pure functions.

use std::time::Duration;

/// The shortest wait between tries: what has just failed is not asked again at once.
const LEAST: Duration = Duration::from_secs(1);
/// The longest wait between tries.
const LONGEST: Duration = Duration::from_mins(15);

/// The wait before the next try after `attempt` that went wrong (from 0): exponential with full jitter, so that many that failed together come
/// back spread over the whole of it. It is drawn by `fraction` (in `0.0..1.0`) from all below 2 s doubled each time, 15 min at most, and is never
/// shorter than 1 s.
pub(super) fn retry(attempt: u32, fraction: f64) -> Duration {
    let doubled = Duration::from_secs(2).saturating_mul(2_u32.saturating_pow(attempt.min(16)));
    doubled.min(LONGEST).mul_f64(fraction).max(LEAST)
}

/// The wait before a container of this age is asked for its status again. Images take some seconds, Instagram asks for at most one call a minute in the long run.
pub(super) fn container_look(age: Duration) -> Duration {
    match age.as_secs() {
        0..=4 => Duration::from_secs(1),
        5..=29 => Duration::from_secs(3),
        30..=119 => Duration::from_secs(10),
        _ => Duration::from_mins(1),
    }
}

/// The wait before an outcome that has been unclear for `since` is looked into again.
pub(super) fn reconcile_look(since: Duration) -> Duration {
    match since.as_secs() {
        0..=9 => Duration::from_secs(2),
        10..=59 => Duration::from_secs(10),
        60..=599 => Duration::from_secs(30),
        _ => Duration::from_mins(2),
    }
}

/// The wait before a post in review that was unclear for `since` is looked into again.
pub(super) fn review_look(since: Duration) -> Duration {
    (since / 4).clamp(Duration::from_mins(15), Duration::from_hours(7 * 24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_back_off_and_stay_bounded() {
        assert_eq!(retry(0, 0.0), Duration::from_secs(1));
        assert!(retry(3, 0.999) <= Duration::from_secs(16));
        assert!(retry(60, 0.999) <= LONGEST);
        for fraction in [0.0, 0.5, 0.999] {
            assert!((0..12).all(|attempt| retry(attempt + 1, fraction) >= retry(attempt, fraction)));
        }
        assert!((0..8).all(|attempt| retry(attempt + 1, 0.999) > retry(attempt, 0.999)));
    }

    #[test]
    fn tries_that_failed_together_are_spread_over_the_whole_wait() {
        assert_eq!(retry(5, 0.5), Duration::from_secs(32));
        assert_eq!(retry(5, 0.25), Duration::from_secs(16));
        assert_eq!(retry(5, 0.0), LEAST, "but never at once");
    }
}
