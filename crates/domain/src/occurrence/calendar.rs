//! On which day, and at which moment, an event takes place.

use time::{Date, Month, OffsetDateTime, Time, util::is_leap_year};

use crate::{event::EventDetails, zone::Zone};

impl EventDetails {
    /// Its day in a year. What is on 29 February takes place on the 28th in a common year. `None` beyond the years 1 to 9999.
    #[must_use]
    pub fn day_in(&self, year: i32) -> Option<Date> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        let day = if self.is_on_leap_day() { 29 } else { self.date.day() };
        let month = self.date.month();
        let last = month.length(year);
        Date::from_calendar_date(year, month, day.min(last)).ok()
    }

    /// The first day from `today` on at which it takes place; none if it is over, or if the calendar ends before.
    #[must_use]
    pub fn next_day(&self, today: Date) -> Option<Date> {
        if self.date >= today {
            return Some(self.date);
        }
        let days = (today.year()..=today.year() + 1).filter_map(|year| self.day_in(year));
        days.filter(|_| self.is_recurring).find(|day| *day >= today)
    }

    /// The same event on the day to which it moves on.
    #[must_use]
    pub fn moved_on_to(&self, day: Date) -> Self {
        Self { date: day, on_leap_day: self.is_on_leap_day(), ..self.clone() }
    }

    /// The same event on a day that a person gave.
    ///
    /// What is on 29 February stays so on 28 February of any common year: that is how its day reads there, and RATS' form always sends the day,
    /// be it the one that it showed before the event moved on.
    #[must_use]
    pub fn given(self, day: Date) -> Self {
        let is_its_day = (day.month(), day.day()) == (Month::February, 28) && !is_leap_year(day.year());
        let on_leap_day = self.is_on_leap_day() && is_its_day;
        Self { date: day, on_leap_day, ..self }
    }

    fn is_on_leap_day(&self) -> bool {
        self.on_leap_day || (self.date.month(), self.date.day()) == (Month::February, 29)
    }
}

impl Zone {
    /// The first moment of a day at which clocks there show `time` or later.
    ///
    /// A time that is left out because clocks are set forward is therefore the moment after the gap, and one that comes twice the first of the
    /// two. A day that is left out as a whole (Samoa's 2011-12-30) is the beginning of the next. `None` beyond the years 1 to 9999.
    #[must_use]
    pub fn first_from(&self, day: Date, time: Time) -> Option<OffsetDateTime> {
        let at = self.at(day, time)?;
        let shown = self.local(at);
        if (shown.date(), shown.time()) == (day, time) {
            return Some(at);
        }
        // It was left out. `at` counts from the old offset, so the gap ended before it or just then.
        self.set_at_or_before(at)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime, time};

    use super::*;
    use crate::event::Event;

    fn on(date: Date) -> EventDetails {
        Event::example("e", "u", date).details
    }

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    #[test]
    fn it_comes_back_each_year_from_its_own_date_on() {
        let event = on(date!(1990 - 12 - 04));
        assert_eq!(event.next_day(date!(2026 - 12 - 04)), Some(date!(2026 - 12 - 04)));
        assert_eq!(event.next_day(date!(2026 - 12 - 05)), Some(date!(2027 - 12 - 04)));
        assert_eq!(on(date!(2030 - 12 - 04)).next_day(date!(2026 - 12 - 04)), Some(date!(2030 - 12 - 04)));
        let once = EventDetails { is_recurring: false, ..event };
        assert_eq!(once.next_day(date!(2026 - 12 - 04)), None);
        assert_eq!(once.next_day(date!(1990 - 12 - 04)), Some(date!(1990 - 12 - 04)));
    }

    #[test]
    fn what_is_on_29_february_is_on_the_28th_in_common_years_and_back_in_leap_years() {
        let event = on(date!(2024 - 02 - 29));
        assert_eq!(event.next_day(date!(2024 - 03 - 01)), Some(date!(2025 - 02 - 28)));
        assert_eq!(event.next_day(date!(2025 - 03 - 01)), Some(date!(2026 - 02 - 28)));
        let moved = event.moved_on_to(date!(2027 - 02 - 28));
        assert_eq!(moved.next_day(date!(2027 - 03 - 01)), Some(date!(2028 - 02 - 29)), "it is not forgotten");
        assert_eq!(moved.day_in(2100), Some(date!(2100 - 02 - 28)), "no leap year");
        for form in [date!(2027 - 02 - 28), date!(2026 - 02 - 28), date!(2029 - 02 - 28)] {
            let same = moved.clone().given(form);
            assert_eq!(
                (same.date, same.day_in(2028)),
                (form, Some(date!(2028 - 02 - 29))),
                "the form shows its day so"
            );
        }
        let first = event.given(date!(2026 - 02 - 28));
        assert_eq!(first.day_in(2028), Some(date!(2028 - 02 - 29)));
        let leap = moved.clone().given(date!(2028 - 02 - 28));
        assert_eq!(leap.day_in(2032), Some(date!(2032 - 02 - 28)), "there the 28th is another day");
        let other = moved.given(date!(2027 - 02 - 27)).given(date!(2027 - 02 - 28));
        assert_eq!(other.day_in(2028), Some(date!(2028 - 02 - 28)), "a person's own day is taken as it is");
    }

    #[test]
    fn the_calendar_ends_with_the_year_9999() {
        let last = on(date!(9999 - 12 - 31));
        assert_eq!(last.next_day(date!(2026 - 12 - 04)), Some(date!(9999 - 12 - 31)));
        let past = on(date!(9999 - 12 - 30));
        assert_eq!(past.next_day(date!(9999 - 12 - 31)), None);
        assert_eq!((last.day_in(10_000), last.day_in(0)), (None, None));
        assert_eq!(zone("America/New_York").first_from(date!(9999 - 12 - 31), time!(23:00)), None);
    }

    #[test]
    fn a_time_that_is_left_out_is_the_moment_after_the_gap() {
        // 2027-03-28: from 02:00 to 03:00.
        let berlin = zone("Europe/Berlin");
        let after = Some(datetime!(2027-03-28 1:00 UTC));
        assert_eq!(berlin.first_from(date!(2027 - 03 - 28), time!(2:00)), after);
        assert_eq!(berlin.first_from(date!(2027 - 03 - 28), time!(2:30)), after);
        assert_eq!(berlin.first_from(date!(2027 - 03 - 28), time!(3:00)), after);
        assert_eq!(berlin.first_from(date!(2027 - 03 - 28), time!(1:59)), Some(datetime!(2027-03-28 0:59 UTC)));
        // 2027-10-03: from 02:00 to 02:30.
        let howe = zone("Australia/Lord_Howe");
        let half = howe.first_from(date!(2027 - 10 - 03), time!(2:15)).unwrap();
        assert_eq!(howe.local(half), datetime!(2027-10-03 2:30));
        // The clocks went from 2018-11-03 24:00 to 01:00, and Samoa had no 2011-12-30.
        let sao_paulo = zone("America/Sao_Paulo");
        assert_eq!(sao_paulo.first_from(date!(2018 - 11 - 04), time!(0:30)), Some(datetime!(2018-11-04 3:00 UTC)));
        let apia = zone("Pacific/Apia");
        let next = apia.first_from(date!(2011 - 12 - 30), time!(9:00)).unwrap();
        assert_eq!(apia.local(next), datetime!(2011-12-31 0:00));
    }

    #[test]
    fn a_time_that_comes_twice_is_the_first_of_the_two() {
        // 2026-10-25: from 03:00 back to 02:00.
        let berlin = zone("Europe/Berlin");
        assert_eq!(berlin.first_from(date!(2026 - 10 - 25), time!(2:30)), Some(datetime!(2026-10-25 0:30 UTC)));
    }
}
