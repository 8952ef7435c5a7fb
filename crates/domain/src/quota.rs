//! Instagram's publishing quota: so many posts of an account in any 24 hours.
//!
//! A place is taken when a post goes out and is free again 24 h later. Counting by the clock alone tells today what will not fit next
//! week.
//! Source: Graph API, IG User Content Publishing Limit.

use time::{Duration, OffsetDateTime};

use crate::id::PostId;

/// How long a post takes its place.
pub const SPAN: Duration = Duration::hours(24);

/// How many posts an account may have in 24 h while Instagram has not told (`config.quota_total`).
///
/// Its documentation says 50 on some pages and 100 on others; the lower one is safe.
pub const CAUTIOUS_TOTAL: u32 = 50;

/// A place in an account's quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose it is.
    pub post: PostId,
    /// From when on.
    pub at: OffsetDateTime,
}

/// When posts of an account go out, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda(Vec<OffsetDateTime>);

impl FromIterator<OffsetDateTime> for Agenda {
    fn from_iter<I: IntoIterator<Item = OffsetDateTime>>(times: I) -> Self {
        let mut times: Vec<_> = times.into_iter().collect();
        times.sort_unstable();
        Self(times)
    }
}

impl Agenda {
    /// How many count at `at`: those of the 24 h that end then. What went out exactly 24 h before does not count any more.
    fn count_at(&self, at: OffsetDateTime) -> usize {
        self.until(at) - self.until(at - SPAN)
    }

    /// How many are in the fullest 24 h around one more at `at`, which is counted too.
    #[must_use]
    pub fn fullest_around(&self, at: OffsetDateTime) -> usize {
        let after = self.0[self.until(at)..].iter().take_while(|later| **later < at + SPAN);
        let ends = std::iter::once(at).chain(after.copied());
        ends.map(|end| self.count_at(end) + 1).max().unwrap_or(1)
    }

    /// The first moment from `from` on at which one more fits, where `total` are allowed in any 24 h.
    #[must_use]
    pub fn next_free(&self, from: OffsetDateTime, total: u32) -> OffsetDateTime {
        // Only when a place is given back can it begin to fit.
        let given_back = self.0.iter().map(|taken| *taken + SPAN).filter(|free| *free > from);
        let last = self.0.last().map_or(from, |last| from.max(*last + SPAN));
        let fits = |at: &OffsetDateTime| u32::try_from(self.fullest_around(*at)).is_ok_and(|count| count <= total);
        std::iter::once(from).chain(given_back).find(fits).unwrap_or(last)
    }

    /// How many are at or before `at`.
    fn until(&self, at: OffsetDateTime) -> usize {
        self.0.partition_point(|time| *time <= at)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const T: OffsetDateTime = datetime!(2026-12-04 9:00 UTC);

    fn at(hours: i64) -> OffsetDateTime {
        T + Duration::hours(hours)
    }

    fn agenda(hours: &[i64]) -> Agenda {
        hours.iter().map(|hours| at(*hours)).collect()
    }

    #[test]
    fn a_place_counts_for_exactly_24_hours() {
        let one = agenda(&[0]);
        assert_eq!([-1, 0, 23, 24].map(|hours| one.count_at(at(hours))), [0, 1, 1, 0]);
        assert_eq!(one.count_at(at(24) - Duration::MICROSECOND), 1);
    }

    #[test]
    fn the_fullest_window_may_lie_before_around_or_after() {
        let day = agenda(&[20, 2, 0, 10, 30]);
        assert_eq!(day.fullest_around(at(-5)), 4, "(-24..0]: 1, (-14..10]: 3 with it 4; 20 is more than a day later");
        assert_eq!(day.fullest_around(at(5)), 5, "(-4..20] holds 0, 2, 10, 20 and it");
        assert_eq!(day.fullest_around(at(25)), 4, "(1..25] holds 2, 10, 20 and it, as (6..30] holds 10, 20, 30 and it");
        assert_eq!(day.fullest_around(at(60)), 1, "nobody is near");
        assert_eq!(agenda(&[]).fullest_around(T), 1);
    }

    #[test]
    fn posts_of_one_moment_are_counted_all() {
        assert_eq!(agenda(&[0, 0, 0]).fullest_around(T), 4);
        assert_eq!(agenda(&[0, 0, 0]).fullest_around(at(-24)), 1, "they leave the window as it begins");
        assert_eq!(agenda(&[0, 0, 0]).fullest_around(at(-23)), 4);
    }

    #[test]
    fn the_next_free_time_is_when_enough_places_are_given_back() {
        assert_eq!(agenda(&[0, 1]).next_free(at(5), 3), at(5), "it fits at once");
        assert_eq!(agenda(&[0, 1]).next_free(at(5), 2), at(24));
        assert_eq!(agenda(&[0, 1, 2]).next_free(at(5), 2), at(25), "one more than allowed is planned already");
        assert_eq!(agenda(&[0, 1, 24, 25]).next_free(at(5), 2), at(48), "full, a day after the other");
        assert_eq!(agenda(&[0, 1, 30]).next_free(at(5), 2), at(24), "(6..30] then holds it and 30");
    }

    #[test]
    fn a_gap_that_is_too_short_for_one_more_is_passed_over() {
        // At 24 h a place is free for an hour only: the window that ends at 25 would hold three.
        assert_eq!(agenda(&[0, 2, 25, 25]).next_free(at(5), 2), at(49));
    }

    #[test]
    fn nothing_is_free_where_nothing_is_allowed() {
        assert_eq!(agenda(&[0]).next_free(at(1), 0), at(24), "an answer all the same");
    }
}
