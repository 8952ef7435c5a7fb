//! How often one user or one address may ask.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rats_domain::clock::Monotonic;

const WINDOW: Duration = Duration::from_mins(1);

/// The most keys that are remembered, some 10 MB.
const MOST_KEYS: usize = 100_000;

/// Counts per key in windows of a minute, in bounded memory.
#[derive(Default)]
pub(crate) struct Limiter(Mutex<HashMap<String, Window>>);

struct Window {
    began: Monotonic,
    count: u32,
}

impl Limiter {
    /// Counts one more for `key`.
    ///
    /// # Errors
    ///
    /// The seconds until there is room again, if `most` were counted in this window.
    pub(crate) fn count(&self, key: String, most: u32, now: Monotonic) -> Result<(), u64> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MOST_KEYS && !windows.contains_key(&key) {
            make_room(&mut windows, now);
        }
        let window = windows.entry(key).or_insert(Window { began: now, count: 0 });
        let age = now.since(window.began);
        if age >= WINDOW {
            *window = Window { began: now, count: 0 };
        } else if window.count >= most {
            return Err(WINDOW.saturating_sub(age).as_secs().max(1));
        }
        window.count += 1;
        Ok(())
    }
}

/// Forgets windows that are over; where none is, the quietest half, so that a flood of addresses does not free those who are counted.
fn make_room(windows: &mut HashMap<String, Window>, now: Monotonic) {
    windows.retain(|_, window| now.since(window.began) < WINDOW);
    if windows.len() >= MOST_KEYS {
        let mut counts: Vec<u32> = windows.values().map(|window| window.count).collect();
        let (_, median, _) = counts.select_nth_unstable(MOST_KEYS / 2);
        let median = *median;
        windows.retain(|_, window| window.count > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Monotonic {
        Monotonic::from_start(Duration::from_secs(seconds))
    }

    #[test]
    fn sec_42_a_full_window_says_when_there_is_room_again() {
        let limiter = Limiter::default();
        assert!((0..3).all(|_| limiter.count("a".into(), 3, at(10)).is_ok()));
        assert_eq!(limiter.count("a".into(), 3, at(30)), Err(40));
        assert_eq!(limiter.count("b".into(), 3, at(30)), Ok(()));
        assert_eq!(limiter.count("a".into(), 3, at(70)), Ok(()));
    }

    #[test]
    fn sec_42_memory_is_bounded_and_who_is_counted_stays_counted() {
        let limiter = Limiter::default();
        for _ in 0..5 {
            let _ = limiter.count("noisy".into(), 5, at(1));
        }
        for key in 0..MOST_KEYS + 10 {
            let _ = limiter.count(key.to_string(), 5, at(1));
        }
        assert!(limiter.0.lock().unwrap().len() <= MOST_KEYS);
        assert!(limiter.count("noisy".into(), 5, at(2)).is_err());
    }
}
