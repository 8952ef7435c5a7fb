//! On which day, and when, an event is to be posted next: pure rules.

use std::time::Duration;

use rats_domain::{
    event::{Event, EventDetails},
    occurrence::Occurrence,
    preference::Preferences,
};
use time::{Date, OffsetDateTime};

/// A day of an event, and when it is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Planned {
    /// Its day, where its owner lives.
    pub(super) day: Date,
    /// When it is to be live.
    pub(super) at: OffsetDateTime,
}

/// The next time that an event is to be posted; none if it is over, or the calendar ends before. Whether its owner wants that is not asked.
///
/// A time that has passed counts as long as a late post is `useful`, if the event was to be posted then already: nobody was there to do it.
/// What was changed since then waits for its next day.
pub(super) fn next(event: &Event, preferences: &Preferences, now: OffsetDateTime, useful: Duration) -> Option<Planned> {
    let useful = time::Duration::try_from(useful).unwrap_or(time::Duration::MAX);
    let changed_at = preferences.changed_at.map_or(event.updated_at, |changed| changed.max(event.updated_at));
    let is_to_come =
        |planned: &Planned| planned.at > now || (now < planned.at.saturating_add(useful) && changed_at <= planned.at);
    let today = preferences.zone.day(now);
    // What was due shortly before midnight may still be of use.
    let days = [today.previous_day(), Some(today), today.next_day()].into_iter().flatten();
    days.filter_map(|from| on_or_after(event, preferences, from)).find(is_to_come)
}

/// When the post of an occurrence is to go out, where its event still takes place in its year.
///
/// An event whose day is the same, but whose time would have passed already, goes out at the time that it had: whoever changes a time zone or a
/// time on the very day does not want its post gone.
pub(super) fn of_occurrence(
    event: &Event,
    occurrence: &Occurrence,
    planned: Option<Planned>,
    preferences: &Preferences,
    now: OffsetDateTime,
) -> Option<Planned> {
    let of_its_year = planned.filter(|planned| planned.day.year() == occurrence.year);
    let as_it_was = Planned { day: occurrence.rendition.day, at: occurrence.rendition.publish_at };
    let today = preferences.zone.day(now);
    // Whoever moves to where its day begins once more does not want its post gone either.
    let has_begun = as_it_was.day < today || (as_it_was.day == today && as_it_was.at <= now);
    of_its_year.or_else(|| is_still_on(&event.details, as_it_was.day, has_begun).then_some(as_it_was))
}

/// Whether an event still takes place on a day, or took place on one that `has_begun`: it may have moved on by itself since.
fn is_still_on(details: &EventDetails, day: Date, has_begun: bool) -> bool {
    let comes_back = details.is_recurring && details.day_in(day.year()) == Some(day);
    details.date == day || (comes_back && (details.date < day || has_begun))
}

/// The first time on or after a day.
pub(super) fn on_or_after(event: &Event, preferences: &Preferences, from: Date) -> Option<Planned> {
    let day = event.details.next_day(from)?;
    let time = event.details.auto_post.at.unwrap_or(preferences.post_at);
    Some(Planned { day, at: preferences.zone.first_from(day, time)? })
}

/// The day to which an event moves on now, if its own is over where its owner lives.
pub(super) fn moves_on_to(event: &Event, preferences: &Preferences, now: OffsetDateTime) -> Option<Date> {
    let today = preferences.zone.day(now);
    let is_over = event.details.is_recurring && event.details.date < today;
    is_over.then(|| event.details.next_day(today)).flatten()
}

#[cfg(test)]
mod tests {
    use rats_domain::zone::Zone;
    use time::macros::{date, datetime, time};

    use super::*;
    use crate::auto_post::tests::{event, occurrence};

    const USEFUL: Duration = Duration::from_hours(12);

    fn lisbon() -> Preferences {
        Preferences { zone: Zone::parse("Europe/Lisbon").unwrap(), ..Preferences::default() }
    }

    /// Of an event on a day that was last changed long ago.
    fn planned(day: Date, now: OffsetDateTime) -> Option<(Date, OffsetDateTime)> {
        let mut event = event();
        event.details.date = day;
        event.updated_at = datetime!(2020-01-01 0:00 UTC);
        next(&event, &lisbon(), now, USEFUL).map(|planned| (planned.day, planned.at))
    }

    #[test]
    fn it_is_the_next_day_at_the_owners_local_time() {
        let summer = Some((date!(2027 - 07 - 04), datetime!(2027-07-04 8:00 UTC)));
        assert_eq!(planned(date!(2027 - 07 - 04), datetime!(2026-12-04 9:00 UTC)), summer);
        assert_eq!(planned(date!(1990 - 07 - 04), datetime!(2026-12-04 9:00 UTC)), summer);
        let mut own = event();
        own.details.auto_post.at = Some(time!(20:30));
        let at = next(&own, &lisbon(), datetime!(2026-12-04 9:00 UTC), USEFUL).unwrap().at;
        assert_eq!(at, datetime!(2026-12-04 20:30 UTC));
    }

    #[test]
    fn what_nobody_was_there_for_still_goes_out_while_it_is_of_use() {
        let today = Some((date!(2026 - 12 - 04), datetime!(2026-12-04 9:00 UTC)));
        assert_eq!(planned(date!(2026 - 12 - 04), datetime!(2026-12-04 20:59 UTC)), today);
        let next_year = Some((date!(2027 - 12 - 04), datetime!(2027-12-04 9:00 UTC)));
        assert_eq!(planned(date!(2026 - 12 - 04), datetime!(2026-12-04 21:00 UTC)), next_year);
        // Also after midnight.
        let mut late = event();
        (late.details.auto_post.at, late.updated_at) = (Some(time!(23:30)), datetime!(2020-01-01 0:00 UTC));
        let at = next(&late, &lisbon(), datetime!(2026-12-05 3:00 UTC), USEFUL).unwrap().at;
        assert_eq!(at, datetime!(2026-12-04 23:30 UTC));
    }

    #[test]
    fn what_was_changed_after_its_time_waits_for_the_next_year() {
        let now = datetime!(2026-12-04 10:00 UTC);
        let mut changed = event();
        changed.updated_at = datetime!(2026-12-04 9:30 UTC);
        let day = |event: &Event, preferences: &Preferences| next(event, preferences, now, USEFUL).unwrap().day;
        assert_eq!(day(&changed, &lisbon()), date!(2027 - 12 - 04));
        changed.updated_at = datetime!(2026-12-04 8:30 UTC);
        assert_eq!(day(&changed, &lisbon()), date!(2026 - 12 - 04));
        let moved_here = Preferences { changed_at: Some(datetime!(2026-12-04 9:59 UTC)), ..lisbon() };
        assert_eq!(day(&changed, &moved_here), date!(2027 - 12 - 04));
    }

    #[test]
    fn a_late_post_stays_although_its_day_begins_once_more_where_its_owner_moves() {
        let now = datetime!(2026-12-05 3:00 UTC);
        let late = occurrence(&event(), 2026, "p");
        let mut moved_on = event();
        moved_on.details.date = date!(2027 - 12 - 04);
        let honolulu = Preferences { zone: Zone::parse("Pacific/Honolulu").unwrap(), ..Preferences::default() };
        let to_come = next(&moved_on, &honolulu, now, USEFUL);
        let kept = of_occurrence(&moved_on, &late, to_come, &honolulu, now);
        assert_eq!(kept.map(|kept| kept.day), Some(date!(2026 - 12 - 04)));
        // Before its time, on a day that its event left.
        let before = datetime!(2026-12-04 8:00 UTC);
        assert_eq!(of_occurrence(&moved_on, &late, to_come, &lisbon(), before), None);
    }

    #[test]
    fn the_end_of_the_calendar_is_the_end() {
        let last = planned(date!(9999 - 12 - 30), datetime!(2026-12-04 9:00 UTC));
        assert_eq!(last.map(|planned| planned.0), Some(date!(9999 - 12 - 30)));
        assert_eq!(
            planned(date!(9999 - 12 - 31), datetime!(2026-12-04 9:00 UTC)),
            None,
            "no zone knows that day whole"
        );
        assert_eq!(planned(date!(9999 - 12 - 30), datetime!(9999-12-31 22:00 UTC)), None);
        let mut over = event();
        over.details.is_recurring = false;
        assert_eq!(next(&over, &lisbon(), datetime!(2026-12-06 9:00 UTC), USEFUL), None);
        assert_eq!(moves_on_to(&over, &lisbon(), datetime!(2026-12-06 9:00 UTC)), None);
    }

    #[test]
    fn it_moves_on_when_the_day_is_over_where_its_owner_lives() {
        let auckland = Preferences { zone: Zone::parse("Pacific/Auckland").unwrap(), ..Preferences::default() };
        let over = datetime!(2026-12-04 11:00 UTC);
        assert_eq!(moves_on_to(&event(), &auckland, over - time::Duration::SECOND), None);
        assert_eq!(moves_on_to(&event(), &auckland, over), Some(date!(2027 - 12 - 04)));
        assert_eq!(moves_on_to(&event(), &lisbon(), over), None);
    }
}
