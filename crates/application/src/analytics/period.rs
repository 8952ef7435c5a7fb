use rats_domain::{
    analytics::{MOST_DAYS, Period, PeriodError},
    zone::Zone,
};
use time::{Date, Duration, OffsetDateTime};

use crate::{FieldProblem, Refusal};

/// The days that are asked for, in a time zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodRequest {
    /// The first day; as many days before `to` as is usual, if absent.
    pub from: Option<Date>,
    /// The last day; today, if absent.
    pub to: Option<Date>,
    /// An IANA name; UTC, if absent.
    pub time_zone: Option<String>,
}

impl PeriodRequest {
    /// So many days, of which `today` is the last.
    #[must_use]
    pub fn of_the_last(days: u16, today: Date, time_zone: Option<String>) -> Self {
        let from = today.saturating_sub(Duration::days(i64::from(days) - 1));
        Self { from: Some(from), to: Some(today), time_zone }
    }

    /// The time zone.
    ///
    /// # Errors
    ///
    /// [`Refusal::Invalid`] where there is none of that name.
    pub fn zone(&self) -> Result<Zone, Refusal> {
        let Some(name) = &self.time_zone else { return Ok(Zone::utc()) };
        Zone::parse(name).map_err(|_| {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let text = format!(
                "`timeZone` is \"{shown}\", which IANA's database does not have. Give a name such as Europe/Lisbon."
            );
            Refusal::field("timeZone", text)
        })
    }

    /// The period, of `days` days where it is not said otherwise, and the one before it.
    pub(super) fn periods(&self, now: OffsetDateTime, days: i64) -> Result<(Period, Period), Refusal> {
        let zone = self.zone()?;
        let last = self.to.unwrap_or_else(|| zone.day(now));
        let first = self.from.unwrap_or_else(|| last.saturating_sub(Duration::days(days - 1)));
        let period = Period::new(first, last, zone).map_err(|error| self.refusal(error))?;
        let before = period.before().map_err(|error| self.refusal(error))?;
        Ok((period, before))
    }

    fn refusal(&self, error: PeriodError) -> Refusal {
        let named = if self.from.is_some() { "from" } else { "to" };
        let (field, message) = match error {
            PeriodError::Reversed => {
                let last =
                    if self.to.is_some() { "the last day" } else { "today, which is the last day unless one is given" };
                ("from", format!("`from` is after {last}. Give an earlier one."))
            }
            PeriodError::TooLong => {
                ("from", format!("From `from` to `to` there are more than {MOST_DAYS} days. Ask for fewer."))
            }
            PeriodError::Beyond => (named, format!("`{named}` is too close to an end of the calendar.")),
        };
        Refusal::Invalid(vec![FieldProblem { field, message }])
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-12-04 23:30 UTC);

    fn fields(request: &PeriodRequest) -> Vec<&'static str> {
        match request.periods(NOW, 28) {
            Err(Refusal::Invalid(problems)) => problems.iter().map(|problem| problem.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_a_word_it_is_the_last_days_in_the_zone() {
        let zone = Some("Asia/Tokyo".to_owned());
        let (period, before) = PeriodRequest { time_zone: zone, ..PeriodRequest::default() }.periods(NOW, 28).unwrap();
        assert_eq!((period.first(), period.last()), (date!(2026 - 11 - 08), date!(2026 - 12 - 05)));
        assert_eq!((before.first(), before.last()), (date!(2026 - 10 - 11), date!(2026 - 11 - 07)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let day = |from: Date, to: Date| PeriodRequest { from: Some(from), to: Some(to), time_zone: None };
        assert_eq!(fields(&day(date!(2026 - 12 - 02), date!(2026 - 12 - 01))), ["from"]);
        assert_eq!(fields(&day(date!(2025 - 12 - 01), date!(2026 - 12 - 02))), ["from"]);
        assert_eq!(fields(&day(date!(9999 - 12 - 31), date!(9999 - 12 - 31))), ["from"]);
        assert_eq!(fields(&day(date!(0001 - 01 - 01), date!(0001 - 01 - 01))), ["from"]);
        assert_eq!(fields(&PeriodRequest { to: Some(date!(9999 - 12 - 31)), ..PeriodRequest::default() }), ["to"]);
        assert_eq!(fields(&PeriodRequest { from: Some(date!(2027 - 01 - 01)), ..PeriodRequest::default() }), ["from"]);
        assert_eq!(fields(&PeriodRequest { time_zone: Some("Mars".into()), ..PeriodRequest::default() }), ["timeZone"]);
    }
}
