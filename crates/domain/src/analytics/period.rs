//! A span of days in a time zone.

use time::{Date, Duration, OffsetDateTime};

use crate::zone::Zone;

/// The most days of a period.
pub const MOST_DAYS: i64 = 366;

/// A span of days in a time zone, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    first: Date,
    last: Date,
    zone: Zone,
    start: OffsetDateTime,
    end: OffsetDateTime,
}

/// Why there is no such period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodError {
    /// It ends before it begins.
    Reversed,
    /// It has more than [`MOST_DAYS`] days.
    TooLong,
    /// It, or the one before it, is not within the years 1 to 9999.
    Beyond,
}

impl Period {
    /// The days from `first` to `last`.
    ///
    /// # Errors
    ///
    /// [`PeriodError`] says why there is none.
    pub fn new(first: Date, last: Date, zone: Zone) -> Result<Self, PeriodError> {
        if last < first {
            return Err(PeriodError::Reversed);
        }
        if (last - first).whole_days() >= MOST_DAYS {
            return Err(PeriodError::TooLong);
        }
        let start = zone.start_of(first).ok_or(PeriodError::Beyond)?;
        let end = last.next_day().and_then(|next| zone.start_of(next)).ok_or(PeriodError::Beyond)?;
        Ok(Self { first, last, zone, start, end })
    }

    /// As many days, right before it.
    ///
    /// # Errors
    ///
    /// [`PeriodError::Beyond`] where the calendar begins later.
    pub fn before(&self) -> Result<Self, PeriodError> {
        let days = |count| Duration::days(count);
        let first = self.first.checked_sub(days(self.days())).ok_or(PeriodError::Beyond)?;
        let last = self.first.checked_sub(days(1)).ok_or(PeriodError::Beyond)?;
        Self::new(first, last, self.zone.clone())
    }

    /// Its first day.
    #[must_use]
    pub fn first(&self) -> Date {
        self.first
    }

    /// Its last day.
    #[must_use]
    pub fn last(&self) -> Date {
        self.last
    }

    /// How many days it has.
    #[must_use]
    pub fn days(&self) -> i64 {
        (self.last - self.first).whole_days() + 1
    }

    /// Its time zone.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// When its first day begins.
    #[must_use]
    pub fn start(&self) -> OffsetDateTime {
        self.start
    }

    /// When its last day is over.
    #[must_use]
    pub fn end(&self) -> OffsetDateTime {
        self.end
    }

    /// Whether an instant is within it.
    #[must_use]
    pub fn contains(&self, at: OffsetDateTime) -> bool {
        (self.start..self.end).contains(&at)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    fn period(first: Date, last: Date) -> Result<Period, PeriodError> {
        Period::new(first, last, Zone::parse("Europe/Berlin").unwrap())
    }

    #[test]
    fn a_period_begins_and_ends_at_local_midnight() {
        // Over the night in which clocks are set back.
        let period = period(date!(2026 - 10 - 20), date!(2026 - 10 - 26)).unwrap();
        assert_eq!(period.days(), 7);
        assert_eq!((period.start(), period.end()), (datetime!(2026-10-19 22:00 UTC), datetime!(2026-10-26 23:00 UTC)));
        assert!(period.contains(period.start()) && !period.contains(period.end()));
    }

    #[test]
    fn the_period_before_has_as_many_days_and_ends_where_it_begins() {
        let period = period(date!(2026 - 03 - 01), date!(2026 - 03 - 31)).unwrap();
        let before = period.before().unwrap();
        assert_eq!((before.first(), before.last()), (date!(2026 - 01 - 29), date!(2026 - 02 - 28)));
        assert_eq!(before.end(), period.start());
        assert_eq!(before.days(), period.days());
    }

    #[test]
    fn what_is_no_period_is_told_apart() {
        assert_eq!(period(date!(2026 - 03 - 02), date!(2026 - 03 - 01)), Err(PeriodError::Reversed));
        assert_eq!(period(date!(2024 - 01 - 01), date!(2025 - 01 - 01)), Err(PeriodError::TooLong));
        assert!(period(date!(2024 - 01 - 01), date!(2024 - 12 - 31)).is_ok());
        assert_eq!(period(date!(9999 - 12 - 31), date!(9999 - 12 - 31)), Err(PeriodError::Beyond));
        let early = period(date!(0001 - 01 - 02), date!(0001 - 01 - 09)).unwrap();
        assert_eq!(early.before(), Err(PeriodError::Beyond));
    }
}
