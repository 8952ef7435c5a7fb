//! An account's own numbers over some days.

use std::collections::BTreeMap;

use time::Date;

use super::{Sum, figure::ratio};
use crate::metrics::AccountDay;

/// An account's own numbers over some days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountSummary {
    /// The first day on which its followers are known, and how many they were.
    pub followers_first: Option<(Date, u64)>,
    /// The last such day.
    pub followers_last: Option<(Date, u64)>,
    /// Its views, over the days of which they are known.
    pub views: Sum,
    /// What each day reached, added up; as accounts that two days reached count twice, only [`daily_reach`](Self::daily_reach) says something.
    reach: Sum,
    /// Of how many of the days reach or views may lack something, since Instagram's numbers lag.
    pub may_still_grow: u64,
}

impl AccountSummary {
    /// Of these days, the oldest first.
    #[must_use]
    pub fn of(days: &[AccountDay]) -> Self {
        let mut summary = Self::default();
        for day in days {
            if let Some(followers) = day.followers {
                summary.followers_first.get_or_insert((day.day, followers));
                summary.followers_last = Some((day.day, followers));
            }
            summary.views.add(day.numbers.views);
            summary.reach.add(day.numbers.reach);
            summary.may_still_grow += u64::from(day.may_still_grow());
        }
        summary
    }

    /// How many accounts a day reached on average; `None` where no day's reach is known.
    #[must_use]
    pub fn daily_reach(&self) -> Option<f64> {
        self.reach.value().map(|reach| ratio(reach, self.reach.count))
    }

    /// Of how many days the reach is known.
    #[must_use]
    pub fn reach_days(&self) -> u64 {
        self.reach.count
    }
}

/// Every day from `first` to `last`, with what is known of it.
#[must_use]
pub fn every_day(days: &[AccountDay], first: Date, last: Date) -> Vec<(Date, Option<AccountDay>)> {
    let known: BTreeMap<Date, AccountDay> = days.iter().map(|day| (day.day, *day)).collect();
    let all = std::iter::successors(Some(first), |day| day.next_day()).take_while(|day| *day <= last);
    all.map(|day| (day, known.get(&day).copied())).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;
    use crate::metrics::AccountNumbers;

    fn day(day: Date, followers: Option<u64>, reach: Option<u64>, views: Option<u64>) -> AccountDay {
        let measured_at = datetime!(2026-12-07 3:00 UTC);
        AccountDay { followers, ..AccountDay::read(day, AccountNumbers { reach, views }, measured_at) }
    }

    #[test]
    fn days_that_are_not_known_count_for_nothing() {
        let days = [
            day(date!(2026 - 12 - 02), None, Some(100), Some(250)),
            day(date!(2026 - 12 - 03), Some(2_300), Some(50), None),
            day(date!(2026 - 12 - 06), Some(2_318), None, Some(0)),
            day(date!(2026 - 12 - 07), Some(2_317), None, None),
        ];
        let summary = AccountSummary::of(&days);
        assert_eq!(summary.followers_first, Some((date!(2026 - 12 - 03), 2_300)));
        assert_eq!(summary.followers_last, Some((date!(2026 - 12 - 07), 2_317)));
        assert_eq!((summary.views.value(), summary.views.count), (Some(250), 2));
        assert_eq!((summary.daily_reach(), summary.reach_days()), (Some(75.0), 2));
        assert_eq!(summary.may_still_grow, 1, "the 6th; of the 7th nothing was told that could grow");

        let none = AccountSummary::of(&[]);
        assert_eq!((none.views.value(), none.daily_reach(), none.followers_last), (None, None, None));
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let known = day(date!(2026 - 12 - 31), Some(1), None, None);
        let days = every_day(&[known], date!(2026 - 12 - 30), date!(2027 - 01 - 01));
        assert_eq!(
            days,
            [(date!(2026 - 12 - 30), None), (date!(2026 - 12 - 31), Some(known)), (date!(2027 - 01 - 01), None)]
        );
        assert_eq!(every_day(&[], date!(9999 - 12 - 31), date!(9999 - 12 - 31)).len(), 1);
    }
}
