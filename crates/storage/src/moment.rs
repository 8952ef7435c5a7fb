//! Times as the database keeps them: microseconds since 1970 UTC.

use std::time::Duration;

use time::OffsetDateTime;

use crate::trouble::Trouble;

/// A time as stored. Anything below a microsecond is dropped.
pub(crate) fn micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000)).unwrap_or(i64::MAX)
}

/// A span as stored.
pub(crate) fn span(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// A stored time.
pub(crate) fn moment(micros: i64) -> Result<OffsetDateTime, Trouble> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .map_err(|error| Trouble::damaged("a time", error))
}

/// A stored time that may be absent.
pub(crate) fn moment_if(micros: Option<i64>) -> Result<Option<OffsetDateTime>, Trouble> {
    micros.map(moment).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_time_is_read_back_to_the_microsecond() {
        for time in [datetime!(2026-11-24 10:00:00.000001 UTC), datetime!(1969-12-31 23:59:59.999999 UTC)] {
            assert_eq!(moment(micros(time)).unwrap(), time);
        }
    }
}
