//! When a post's numbers are read: often while they move, then seldom, never after 90 days.
//!
//! Readings are planned by the post's age, so that posts can be compared at equal age. Each is a little late by chance, so that the posts
//! of one moment are not all read at one.

use time::{Duration, OffsetDateTime};

/// The planned readings of the first day.
const FIRST_DAY: [Duration; 7] = [
    Duration::minutes(5),
    Duration::minutes(15),
    Duration::minutes(30),
    Duration::hours(1),
    Duration::hours(3),
    Duration::hours(6),
    Duration::hours(12),
];

/// Until this day of its age a post is read daily.
const DAILY_UNTIL: i64 = 30;

/// Nothing older is read.
pub const LAST_AGE: Duration = Duration::days(90);

/// How late a reading is by chance: a tenth of the time since the one before at most, and never later than this.
const MOST_JITTER: Duration = Duration::minutes(15);

/// A reading that is no later than this stands for its age, however young that is: chance and a round of reading take so long.
const LEAST_LATE: Duration = Duration::minutes(2);

/// The first wait after a reading that failed; it doubles with each one more.
const FIRST_RETRY: Duration = Duration::minutes(1);

/// The longest wait after a reading that failed.
const LONGEST_RETRY: Duration = Duration::hours(6);

/// Over how long readings that were missed are spread, at most.
const LONGEST_SPREAD: Duration = Duration::minutes(30);

/// A planned reading, named by the age at which it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(Duration);

impl Slot {
    /// Every one, soonest first: 7 on the first day, then one a day to day 30, then one a week, 45 in all.
    pub fn all() -> impl Iterator<Item = Self> {
        let daily = (1..=DAILY_UNTIL).map(Duration::days);
        let weekly = (1..).map(|week| Duration::days(DAILY_UNTIL + 7 * week)).take_while(|age| *age <= LAST_AGE);
        FIRST_DAY.into_iter().chain(daily).chain(weekly).map(Self)
    }

    /// The one of this age, if one is planned for it.
    #[must_use]
    pub fn of_age(age: Duration) -> Option<Self> {
        Self::all().find(|slot| slot.0 == age)
    }

    /// Its age in a word: `5m`, `12h`, `30d`.
    #[must_use]
    pub fn word(self) -> String {
        match (self.0.whole_days(), self.0.whole_hours(), self.0.whole_minutes()) {
            (0, 0, minutes) => format!("{minutes}m"),
            (0, hours, _) => format!("{hours}h"),
            (days, ..) => format!("{days}d"),
        }
    }

    /// Reads [`word`](Self::word) back, of one that is planned.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|slot| slot.word() == word)
    }

    /// One that was stored: it was planned then, whatever is planned now.
    #[must_use]
    pub fn stored(age: Duration) -> Self {
        Self(age)
    }

    /// The last one that is due at `age`; `None` before the first, and beyond [`LAST_AGE`].
    #[must_use]
    pub fn reached(age: Duration) -> Option<Self> {
        Self::all().take_while(|slot| slot.0 <= age).last().filter(|_| age <= LAST_AGE)
    }

    /// The first one that is due after `age`.
    #[must_use]
    pub fn after(age: Duration) -> Option<Self> {
        Self::all().find(|slot| slot.0 > age)
    }

    /// At which age it is due.
    #[must_use]
    pub fn age(self) -> Duration {
        self.0
    }

    /// Whether what was read at `age` stands for this age: at most a tenth of it, or two minutes, late.
    #[must_use]
    pub fn is_met_at(self, age: Duration) -> bool {
        age - self.0 <= (self.0 / 10_i32).max(LEAST_LATE)
    }

    /// How late it may be by chance, at most.
    #[must_use]
    pub fn jitter(self) -> Duration {
        let before = Self::all().take_while(|slot| *slot < self).last().map_or(Duration::ZERO, Self::age);
        ((self.0 - before) / 10_i32).min(MOST_JITTER)
    }
}

/// When a post that went out at `sent_at` is read next after `now`; `None`: never again. `fraction` in `0.0..1.0` is the chance.
#[must_use]
pub fn next_reading(sent_at: OffsetDateTime, now: OffsetDateTime, fraction: f64) -> Option<OffsetDateTime> {
    let slot = Slot::after(now - sent_at)?;
    Some(sent_at + slot.age() + slot.jitter() * fraction)
}

/// When to try again after the `failures`-th failure in a row, or at the next planned reading where that is sooner.
#[must_use]
pub fn retry(sent_at: OffsetDateTime, now: OffsetDateTime, failures: u32, fraction: f64) -> Option<OffsetDateTime> {
    let doubled = 1_i32.checked_shl(failures.saturating_sub(1)).filter(|factor| *factor > 0);
    let wait = doubled.map_or(LONGEST_RETRY, |factor| (FIRST_RETRY * factor).min(LONGEST_RETRY));
    let again = now + wait * (1.0 + fraction / 2.0);
    let end = sent_at + LAST_AGE;
    match next_reading(sent_at, now, fraction) {
        Some(planned) => Some(again.min(planned)),
        None => Some(again).filter(|again| *again <= end),
    }
}

/// When a reading that was missed is made up, where many were: once, well before the next planned one.
#[must_use]
pub fn spread(sent_at: OffsetDateTime, now: OffsetDateTime, fraction: f64) -> OffsetDateTime {
    let age = now - sent_at;
    let room = Slot::after(age).map_or(LONGEST_SPREAD, |next| (next.age() - age) / 2_i32);
    now + room.min(LONGEST_SPREAD) * fraction
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const SENT: OffsetDateTime = datetime!(2026-12-04 9:00 UTC);

    fn read_at(age: Duration, fraction: f64) -> Option<Duration> {
        next_reading(SENT, SENT + age, fraction).map(|at| at - SENT)
    }

    #[test]
    fn readings_are_planned_as_written() {
        let ages: Vec<i64> = Slot::all().map(|slot| slot.age().whole_minutes()).collect();
        let day = 24 * 60;
        assert_eq!(ages[..9], [5, 15, 30, 60, 180, 360, 720, day, 2 * day]);
        assert_eq!(ages[36..39], [30 * day, 37 * day, 44 * day]);
        assert_eq!((ages.len(), ages[44]), (45, 86 * day));
        assert!(ages.is_sorted());
    }

    #[test]
    fn planned_ages_are_told_in_words() {
        let words: Vec<String> = Slot::all().map(Slot::word).collect();
        assert_eq!(words[..9], ["5m", "15m", "30m", "1h", "3h", "6h", "12h", "1d", "2d"]);
        assert_eq!(words[44], "86d");
        assert!(Slot::all().all(|slot| Slot::parse(&slot.word()) == Some(slot)));
        assert_eq!([Slot::parse("2h"), Slot::parse("24h"), Slot::parse("")], [None; 3]);
    }

    #[test]
    fn the_next_reading_is_late_by_chance_and_never_early() {
        assert_eq!(read_at(Duration::ZERO, 0.0), Some(Duration::minutes(5)));
        assert_eq!(read_at(Duration::ZERO, 0.5), Some(Duration::minutes(5) + Duration::seconds(15)));
        assert_eq!(read_at(Duration::minutes(5), 0.0), Some(Duration::minutes(15)));
        assert_eq!(read_at(Duration::days(3), 0.5), Some(Duration::days(4) + Duration::seconds(450)));
        assert_eq!(read_at(Duration::days(86), 0.0), None);
        // A clock that is behind the one that sent it.
        assert_eq!(read_at(Duration::minutes(-3), 0.0), Some(Duration::minutes(5)));
    }

    #[test]
    fn a_reading_counts_for_the_last_slot_that_it_reached() {
        let reached = |age| Slot::reached(age).map(Slot::age);
        assert_eq!(reached(Duration::minutes(4)), None);
        assert_eq!(reached(Duration::minutes(14)), Some(Duration::minutes(5)));
        assert_eq!(reached(Duration::days(9) + Duration::hours(20)), Some(Duration::days(9)));
        assert_eq!(reached(Duration::days(89)), Some(Duration::days(86)));
        assert_eq!(reached(Duration::days(91)), None, "nothing is read after 90 days");
    }

    #[test]
    fn a_late_reading_does_not_stand_for_its_age() {
        let day = Slot::of_age(Duration::days(1)).unwrap();
        assert!(day.is_met_at(Duration::days(1) + Duration::hours(2)));
        assert!(!day.is_met_at(Duration::days(1) + Duration::hours(3)));
        let first = Slot::of_age(Duration::minutes(5)).unwrap();
        assert!(first.is_met_at(Duration::minutes(7)) && !first.is_met_at(Duration::minutes(7) + Duration::SECOND));
        assert!(
            Slot::all().all(|slot| slot.is_met_at(slot.age() + slot.jitter() + Duration::MINUTE)),
            "chance is none's fault"
        );
        assert_eq!(Slot::of_age(Duration::hours(2)), None);
    }

    #[test]
    fn a_failed_reading_is_tried_again_ever_later_but_not_after_the_next_planned_one() {
        let wait = |age, failures| retry(SENT, SENT + age, failures, 0.0).map(|at| at - SENT - age);
        let old = Duration::days(20);
        assert_eq!(
            [1, 2, 3].map(|failures| wait(old, failures)),
            [1, 2, 4].map(|minutes| Some(Duration::minutes(minutes)))
        );
        assert_eq!([10, 99].map(|failures| wait(old, failures)), [Some(LONGEST_RETRY); 2]);
        assert_eq!(wait(Duration::minutes(14), 3), Some(Duration::MINUTE), "at 15 minutes it is read anyway");
        assert_eq!(wait(LAST_AGE, 3), None);
    }

    #[test]
    fn what_was_missed_is_made_up_within_half_an_hour_and_before_the_next_one() {
        let most = |age| spread(SENT, SENT + age, 1.0) - SENT - age;
        assert_eq!(most(Duration::days(10)), Duration::minutes(30));
        assert_eq!(most(Duration::minutes(20)), Duration::minutes(5));
        assert_eq!(most(Duration::days(88)), Duration::minutes(30));
        assert_eq!(spread(SENT, SENT + Duration::days(10), 0.0), SENT + Duration::days(10));
    }
}
