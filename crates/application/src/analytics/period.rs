use rats_domain::{
    analytics::{MOST_DAYS, Period, PeriodError},
    id::UserId,
    zone::Zone,
};
use time::{Date, Duration, OffsetDateTime};

use crate::{FieldProblem, Ports, Refusal};

/// The days that are asked for, in a time zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodRequest {
    /// The first day; as many days before `to` as is usual, if absent.
    pub from: Option<Date>,
    /// The last day; today, if absent.
    pub to: Option<Date>,
    /// An IANA name; the user's own time zone, if absent.
    pub time_zone: Option<String>,
}

impl PeriodRequest {
    /// So many days, of which `today` is the last.
    #[must_use]
    pub fn of_the_last(days: u16, today: Date, time_zone: Option<String>) -> Self {
        let from = today.saturating_sub(Duration::days(i64::from(days) - 1));
        Self { from: Some(from), to: Some(today), time_zone }
    }

    /// The time zone, which is the user's where none is named.
    ///
    /// # Errors
    ///
    /// [`Refusal::Invalid`] where there is none of that name.
    pub async fn zone(&self, ports: &Ports, user: &UserId) -> Result<Zone, Refusal> {
        let Some(name) = &self.time_zone else { return Ok(ports.preferences.preferences(user).await?.zone) };
        Zone::parse(name).map_err(|_| {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let text = format!(
                "`timeZone` is \"{shown}\", which IANA's database does not have. Give a name such as Europe/Lisbon."
            );
            Refusal::field("timeZone", text)
        })
    }

    /// The period, of `days` days where it is not said otherwise, and the one before it.
    pub(super) async fn periods(&self, ports: &Ports, user: &UserId, days: i64) -> Result<(Period, Period), Refusal> {
        self.periods_in(self.zone(ports, user).await?, ports.clock.now(), days)
    }

    fn periods_in(&self, zone: Zone, now: OffsetDateTime, days: i64) -> Result<(Period, Period), Refusal> {
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
            PeriodError::TooLong => ("from", format!("These are more than {MOST_DAYS} days. Ask for fewer.")),
            PeriodError::Beyond => (named, format!("`{named}` is too close to an end of the calendar.")),
        };
        Refusal::Invalid(vec![FieldProblem { field, message }])
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::preference::Preferences;
    use time::macros::{date, datetime};

    use super::*;
    use crate::mock::Mocks;

    const NOW: OffsetDateTime = datetime!(2026-12-04 23:30 UTC);

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    fn fields<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> Vec<&'static str> {
        match answer {
            Err(Refusal::Invalid(problems)) => problems.iter().map(|problem| problem.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_a_word_it_is_the_last_days_in_the_zone() {
        let (period, before) = PeriodRequest::default().periods_in(zone("Asia/Tokyo"), NOW, 28).unwrap();
        assert_eq!((period.first(), period.last()), (date!(2026 - 11 - 08), date!(2026 - 12 - 05)));
        assert_eq!((before.first(), before.last()), (date!(2026 - 10 - 11), date!(2026 - 11 - 07)));
    }

    #[test]
    fn the_zone_is_the_users_own_where_none_is_named() {
        let mut mocks = Mocks::default();
        let lives = Preferences { zone: zone("Asia/Tokyo"), ..Preferences::default() };
        mocks.preferences.expect_preferences().returning(move |_| Ok(lives.clone()));
        let (ports, user) = (mocks.ports(), UserId::new("u"));
        let asked = |name: Option<&str>| {
            let request = PeriodRequest { time_zone: name.map(str::to_owned), ..PeriodRequest::default() };
            request.zone(&ports, &user).now_or_never().unwrap()
        };
        assert_eq!(asked(None).unwrap().name(), "Asia/Tokyo");
        assert_eq!(asked(Some("europe/lisbon")).unwrap().name(), "Europe/Lisbon");
        assert_eq!(fields(asked(Some("Mars"))), ["timeZone"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |request: &PeriodRequest| fields(request.periods_in(Zone::utc(), NOW, 28));
        let days = |from: Date, to: Date| PeriodRequest { from: Some(from), to: Some(to), time_zone: None };
        assert_eq!(wrong(&days(date!(2026 - 12 - 02), date!(2026 - 12 - 01))), ["from"]);
        assert_eq!(wrong(&days(date!(2025 - 12 - 01), date!(2026 - 12 - 02))), ["from"]);
        assert_eq!(wrong(&days(date!(9999 - 12 - 31), date!(9999 - 12 - 31))), ["from"]);
        assert_eq!(wrong(&days(date!(0001 - 01 - 01), date!(0001 - 01 - 01))), ["from"]);
        assert_eq!(wrong(&PeriodRequest { to: Some(date!(9999 - 12 - 31)), ..PeriodRequest::default() }), ["to"]);
        assert_eq!(wrong(&PeriodRequest { from: Some(date!(2027 - 01 - 01)), ..PeriodRequest::default() }), ["from"]);
    }
}
