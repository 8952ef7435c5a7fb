//! Times as a person reads them: in their own time zone, with UTC beside.

use rats_domain::zone::Zone;
use time::{
    Date, Duration, OffsetDateTime, Time, UtcOffset,
    macros::{format_description, time},
};

use crate::http::moment::wire;

/// A moment, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// For machines.
    pub(crate) iso: String,
    /// In UTC, for whoever asks.
    pub(crate) utc: String,
    /// On the person's clock.
    pub(crate) words: String,
}

impl When {
    /// A moment on the clock of `zone`, told from `now`.
    pub(crate) fn new(at: OffsetDateTime, zone: &Zone, now: OffsetDateTime) -> Self {
        let local = zone.local(at);
        let words = format!("{}, {}", day_words(local.date(), zone.day(now)), clock_words(local.time()));
        Self { iso: wire(at), utc: utc_words(at), words }
    }

    /// The same inside of a sentence.
    pub(crate) fn within(self) -> Self {
        Self { words: within(&self.words), ..self }
    }

    /// The same to the second: what happened in which order, and how late.
    pub(crate) fn exact(at: OffsetDateTime, zone: &Zone, now: OffsetDateTime) -> Self {
        let When { iso, utc, words } = Self::new(at, zone, now);
        Self { iso, utc, words: format!("{words}:{:02}", at.second()) }
    }

    /// The same with its date, as it stands inside of a sentence.
    pub(crate) fn dated(at: OffsetDateTime, zone: &Zone) -> Self {
        let dated = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute]");
        let words = zone.local(at).format(dated).unwrap_or_default();
        Self { iso: wire(at), utc: utc_words(at), words }
    }
}

fn utc_words(at: OffsetDateTime) -> String {
    let long = format_description!("[weekday], [day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(UtcOffset::UTC).format(long).unwrap_or_default()
}

/// A day, told from today.
pub(crate) fn day_words(day: Date, today: Date) -> String {
    match (day - today).whole_days() {
        0 => "Today".into(),
        1 => "Tomorrow".into(),
        -1 => "Yesterday".into(),
        _ if day.year() == today.year() || (day - today).abs() < Duration::days(120) => {
            let short = format_description!("[weekday repr:short] [day padding:none] [month repr:short]");
            day.format(short).unwrap_or_default()
        }
        _ => {
            let dated = format_description!("[day padding:none] [month repr:short] [year]");
            day.format(dated).unwrap_or_default()
        }
    }
}

/// What [`day_words`] says, or begins, inside of a sentence.
pub(crate) fn within(words: &str) -> String {
    let is_name = ["Today", "Tomorrow", "Yesterday"].iter().any(|name| words.starts_with(name));
    if is_name { words[..1].to_lowercase() + &words[1..] } else { words.to_owned() }
}

/// A time of day, to the minute.
pub(crate) fn clock_words(at: Time) -> String {
    at.format(format_description!("[hour]:[minute]")).unwrap_or_default()
}

/// A moment as `datetime-local` fields write it.
pub(crate) fn field(at: OffsetDateTime, zone: &Zone) -> String {
    let shape = format_description!("[year]-[month]-[day]T[hour]:[minute]");
    zone.local(at).format(shape).unwrap_or_default()
}

/// What a `datetime-local` field says, or what is typed where a browser has none such, on the clock of `zone`; where clocks leave that time out, the first after it, as for events.
pub(crate) fn parse_field(text: &str, zone: &Zone) -> Option<OffsetDateTime> {
    let (day, clock) = text.trim().split_once(['T', ' '])?;
    let day = Date::parse(day, format_description!("[year]-[month]-[day]")).ok()?;
    let clock = clock.get(..5)?;
    zone.first_from(day, Time::parse(clock, format_description!("[hour]:[minute]")).ok()?)
}

/// How long from `now` to `at`, roughly: in days, else hours, else minutes.
pub(crate) fn span_words(span: Duration) -> String {
    let many = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match span.abs() {
        span if span >= Duration::days(2) => many(span.whole_days(), "day"),
        span if span >= Duration::hours(2) => many(span.whole_hours(), "hour"),
        span if span >= Duration::minutes(1) => many(span.whole_minutes(), "minute"),
        _ => "moments".into(),
    }
}

/// The greeting of the hour.
pub(crate) fn greeting(at: Time) -> &'static str {
    match at {
        at if at < time!(5:00) => "Hello",
        at if at < time!(12:00) => "Good morning",
        at if at < time!(18:00) => "Good afternoon",
        _ => "Good evening",
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_moment_is_told_on_the_persons_clock_and_in_utc() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let now = datetime!(2026-12-03 23:30 UTC);
        let when = When::new(datetime!(2026-12-04 9:00 UTC), &berlin, now);
        assert_eq!((when.words.as_str(), when.utc.as_str()), ("Today, 10:00", "Friday, 4 December 2026, 09:00 UTC"));
        assert_eq!(when.iso, "2026-12-04T09:00:00.000Z");
        assert_eq!(When::exact(datetime!(2026-12-04 9:00:07.9 UTC), &berlin, now).words, "Today, 10:00:07");
        assert_eq!(When::new(datetime!(2026-12-10 9:00 UTC), &berlin, now).words, "Thu 10 Dec, 10:00");
        assert_eq!(When::new(datetime!(2027-11-10 9:00 UTC), &berlin, now).words, "10 Nov 2027, 10:00");
    }

    #[test]
    fn a_field_is_read_on_the_persons_clock_also_where_the_clock_jumps() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let at = datetime!(2026-12-04 9:00 UTC);
        assert_eq!(field(at, &berlin), "2026-12-04T10:00");
        assert_eq!(parse_field("2026-12-04T10:00", &berlin), Some(at));
        assert_eq!(parse_field("2027-03-28T02:30", &berlin), Some(datetime!(2027-03-28 1:00 UTC)));
        for wrong in ["", "2026-12-04", "2026-13-04T10:00", "2026-12-04T25:00", "T10:00", "2026-12-04T1é:00"] {
            assert_eq!(parse_field(wrong, &berlin), None, "{wrong}");
        }
    }

    #[test]
    fn spans_are_told_roughly() {
        let told = |minutes| span_words(Duration::minutes(minutes));
        assert_eq!(
            [0, 1, 90, 130, 60 * 47, 60 * 49].map(told),
            ["moments", "1 minute", "90 minutes", "2 hours", "47 hours", "2 days"]
        );
    }
}
