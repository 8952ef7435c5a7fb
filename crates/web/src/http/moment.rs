//! Times and days on the wire.

use time::{
    Date, OffsetDateTime, Time, UtcOffset, format_description::well_known::Rfc3339, macros::format_description,
};

/// A time as RATS writes it: UTC, milliseconds, `Z`.
pub(crate) fn wire(at: OffsetDateTime) -> String {
    let shape = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    at.to_offset(UtcOffset::UTC).format(shape).unwrap_or_default()
}

/// A day as RATS writes it: UTC midnight.
pub(crate) fn wire_day(day: Date) -> String {
    wire(day.midnight().assume_utc())
}

/// A time with an offset or `Z` (RFC 3339), in whole microseconds, which is what is kept.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    at.replace_microsecond(at.microsecond()).ok()
}

/// A day: `YYYY-MM-DD`, or a time whose UTC day it is.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    let shape = format_description!("[year]-[month]-[day]");
    let day = Date::parse(text, shape).ok().or_else(|| parse(text).map(OffsetDateTime::date))?;
    (1..=9999).contains(&day.year()).then_some(day)
}

/// A local time, `HH:MM`.
pub(crate) fn parse_time(text: &str) -> Option<Time> {
    Time::parse(text, format_description!("[hour]:[minute]")).ok()
}

/// A local time, `HH:MM`.
pub(crate) fn wire_time(time: Time) -> String {
    time.format(format_description!("[hour]:[minute]")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime, time};

    use super::*;

    #[test]
    fn a_local_time_has_two_digits_each() {
        assert_eq!((parse_time("09:05"), wire_time(time!(9:05))), (Some(time!(9:05)), "09:05".to_owned()));
        for wrong in ["9:05", "24:00", "09:60", "09:05:00", "", "noon", " 09:05"] {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_time_needs_an_offset() {
        assert_eq!(parse("2026-12-04T10:00:00+01:00"), Some(datetime!(2026-12-04 9:00 UTC)));
        assert_eq!(parse("2026-12-04T10:00:00"), None);
        assert_eq!(parse("9999-12-31T23:59:59-00:01"), None, "in UTC it is a year that does not exist");
        assert_eq!(parse_day("9999-12-31T23:59:59-10:00"), None);
    }

    #[test]
    fn a_day_is_midnight_utc_on_the_wire() {
        assert_eq!(wire_day(parse_day("2026-12-04").unwrap()), "2026-12-04T00:00:00.000Z");
        assert_eq!(parse_day("2026-12-04T00:00:00.000Z"), Some(date!(2026 - 12 - 04)));
        assert_eq!(parse_day("4.12.2026"), None);
    }
}
