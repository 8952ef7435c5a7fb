//! Local time: the one place that knows the rules of time zones.
//!
//! They come with this program (IANA's database in `jiff`), so that every process of a deployment knows the same ones, whatever its machine
//! has. Where clocks are set forward some local times do not exist, and where they are set back some come twice: [`Zone::at`] says what
//! holds then.

use jiff::{Timestamp, civil, tz::TimeZone};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// The longest name that is looked up.
const LONGEST_NAME: usize = 64;

/// A time zone of IANA's database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// There is no such time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such time zone in IANA's database")]
pub struct UnknownZone;

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".into(), rules: TimeZone::UTC }
    }

    /// A zone by its IANA name, such as `Europe/Lisbon`; case does not matter.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`] where there is none of that name.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        if name.len() > LONGEST_NAME {
            return Err(UnknownZone);
        }
        let rules = TimeZone::get(name).map_err(|_| UnknownZone)?;
        Ok(Self { name: rules.iana_name().ok_or(UnknownZone)?.to_owned(), rules })
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What clocks there show at an instant.
    #[must_use]
    pub fn local(&self, at: OffsetDateTime) -> PrimitiveDateTime {
        let at = at.to_offset(time::UtcOffset::UTC);
        // An instant that `time` knows is one that `jiff` knows, but for the last hours of year 9999.
        let offset = Timestamp::from_second(at.unix_timestamp()).map_or(0, |at| self.rules.to_offset(at).seconds());
        let utc = PrimitiveDateTime::new(at.date(), at.time());
        utc.checked_add(time::Duration::seconds(offset.into())).unwrap_or(utc)
    }

    /// The day there at an instant.
    #[must_use]
    pub fn day(&self, at: OffsetDateTime) -> Date {
        self.local(at).date()
    }

    /// The instant at which clocks there show a local time.
    ///
    /// One that is left out because clocks are set forward counts from the old offset: 02:30 becomes 03:30 where an hour is left out. Of
    /// one that comes twice it is the first. `None` where that is beyond the years 1 to 9999.
    #[must_use]
    pub fn at(&self, day: Date, time: Time) -> Option<OffsetDateTime> {
        let civil = civil(day, time)?;
        let at = self.rules.to_ambiguous_timestamp(civil).compatible().ok()?;
        let at = OffsetDateTime::from_unix_timestamp(at.as_second()).ok()?;
        (1..=9999).contains(&at.year()).then_some(at)
    }

    /// When the clocks there were last set to another offset, at `at` or before; none if never.
    pub(crate) fn set_at_or_before(&self, at: OffsetDateTime) -> Option<OffsetDateTime> {
        let just_after = Timestamp::from_second(at.unix_timestamp().checked_add(1)?).ok()?;
        let last = self.rules.preceding(just_after).next()?;
        OffsetDateTime::from_unix_timestamp(last.timestamp().as_second()).ok()
    }

    /// When a day begins there: midnight, or the first time that there is after it.
    #[must_use]
    pub fn start_of(&self, day: Date) -> Option<OffsetDateTime> {
        self.at(day, Time::MIDNIGHT)
    }
}

/// The same local time, to the second.
fn civil(day: Date, time: Time) -> Option<civil::DateTime> {
    let small = |number: u8| i8::try_from(number).ok();
    let (year, month) = (i16::try_from(day.year()).ok()?, small(Month::into(day.month()))?);
    let (hour, minute, second) = (small(time.hour())?, small(time.minute())?, small(time.second())?);
    civil::DateTime::new(year, month, small(day.day())?, hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime, time};

    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    #[test]
    fn zones_are_known_by_their_names_alone() {
        assert_eq!(zone("europe/lisbon").name(), "Europe/Lisbon");
        assert_eq!((zone("UTC").name(), Zone::utc().name()), ("UTC", "UTC"));
        for unknown in ["", "Lisbon", "Europe/Lisbon ", "+01:00", "../../etc/passwd", &"x".repeat(5_000)] {
            assert_eq!(Zone::parse(unknown), Err(UnknownZone), "{unknown}");
        }
    }

    #[test]
    fn local_time_follows_the_rules_of_its_moment() {
        let lisbon = zone("Europe/Lisbon");
        assert_eq!(lisbon.local(datetime!(2026-12-04 9:00 UTC)), datetime!(2026-12-04 9:00));
        assert_eq!(lisbon.local(datetime!(2026-07-04 23:30:00.25 UTC)), datetime!(2026-07-05 0:30:00.25));
        assert_eq!(zone("Asia/Kathmandu").local(datetime!(2026-12-04 9:00 UTC)), datetime!(2026-12-04 14:45));
        assert_eq!(zone("America/New_York").day(datetime!(2026-12-04 3:00 UTC)), date!(2026 - 12 - 03));
    }

    #[test]
    fn a_time_that_is_left_out_counts_from_the_old_offset_and_one_that_comes_twice_is_the_first() {
        let berlin = zone("Europe/Berlin");
        // 2027-03-28: from 02:00 to 03:00. 2026-10-25: from 03:00 back to 02:00.
        assert_eq!(berlin.at(date!(2027 - 03 - 28), time!(2:30)), Some(datetime!(2027-03-28 1:30 UTC)));
        assert_eq!(berlin.local(datetime!(2027-03-28 1:30 UTC)), datetime!(2027-03-28 3:30));
        assert_eq!(berlin.at(date!(2026 - 10 - 25), time!(2:30)), Some(datetime!(2026-10-25 0:30 UTC)));
        assert_eq!(berlin.at(date!(2026 - 10 - 25), time!(3:30)), Some(datetime!(2026-10-25 2:30 UTC)));
    }

    #[test]
    fn days_begin_at_midnight_or_right_after_and_have_23_to_25_hours() {
        let berlin = zone("Europe/Berlin");
        let hours = |zone: &Zone, day: Date| {
            let next = zone.start_of(day.next_day().unwrap()).unwrap();
            (next - zone.start_of(day).unwrap()).whole_hours()
        };
        assert_eq!(hours(&berlin, date!(2027 - 03 - 28)), 23);
        assert_eq!(hours(&berlin, date!(2026 - 10 - 25)), 25);
        assert_eq!(hours(&berlin, date!(2026 - 12 - 04)), 24);
        // Clocks went from 2018-11-03 24:00 to 01:00.
        let sao_paulo = zone("America/Sao_Paulo");
        assert_eq!(sao_paulo.start_of(date!(2018 - 11 - 04)), Some(datetime!(2018-11-04 3:00 UTC)));
        // Samoa had no 2011-12-30.
        let apia = zone("Pacific/Apia");
        assert_eq!(hours(&apia, date!(2011 - 12 - 30)), 0);
        assert_eq!(apia.day(apia.start_of(date!(2011 - 12 - 30)).unwrap()), date!(2011 - 12 - 31));
    }

    #[test]
    fn what_is_beyond_the_calendar_is_none() {
        let auckland = zone("Pacific/Auckland");
        assert_eq!(auckland.start_of(date!(0001 - 01 - 01)), None, "it is the year 0 in UTC");
        assert_eq!(zone("America/New_York").at(date!(9999 - 12 - 31), time!(23:00)), None);
        assert_eq!(auckland.local(datetime!(9999-12-31 23:59:59 UTC)), datetime!(9999-12-31 23:59:59));
    }
}
