use rats_domain::{analytics::AccountSummary, metrics::AccountDay};
use time::{Date, OffsetDateTime};

use super::figure::short_day;
use crate::dashboard::{
    chart::Lines,
    local::When,
    number::{self, dash, grouped, known, rounded},
};

/// An account's own numbers over a period, by the day (UTC).
pub(super) struct AccountView {
    pub(super) username: String,
    pub(super) figures: Vec<AccountFigure>,
    pub(super) charts: Vec<AccountChart>,
    pub(super) rows: Vec<AccountRow>,
    pub(super) days: usize,
    pub(super) may_grow: u64,
    /// When it was last read.
    pub(super) read: Option<When>,
}

/// One of them.
pub(in crate::dashboard) struct AccountFigure {
    pub(in crate::dashboard) name: &'static str,
    pub(in crate::dashboard) value: String,
    pub(in crate::dashboard) of: String,
}

/// Some of them over the days.
pub(super) struct AccountChart {
    pub(super) title: &'static str,
    pub(super) names: &'static [&'static str],
    pub(super) svg: String,
}

/// A day of which something is known.
pub(super) struct AccountRow {
    pub(super) day: String,
    pub(super) values: [String; 3],
}

impl AccountView {
    pub(super) fn new(
        username: String,
        days: &[(Date, Option<AccountDay>)],
        when: impl Fn(OffsetDateTime) -> When,
    ) -> Self {
        let known: Vec<AccountDay> = days.iter().filter_map(|(_, known)| *known).collect();
        let summary = AccountSummary::of(&known);
        let first = days.first().map_or(Date::MIN, |(day, _)| *day);
        let points = |value: fn(&AccountDay) -> Option<u64>| {
            let point = |(day, known): &(Date, Option<AccountDay>)| {
                (place(first, *day), known.as_ref().and_then(value).map(number::place))
            };
            days.iter().map(point).collect::<Vec<_>>()
        };
        let chart = |title, names, series| {
            let svg = Lines { series, below: Box::new(move |days: &f64| below(first, *days)) }.svg()?;
            Some(AccountChart { title, names, svg })
        };
        let seen = vec![points(|day| day.numbers.reach), points(|day| day.numbers.views)];
        let charts = [
            chart("Followers", &["Followers"][..], vec![points(|day| day.followers)]),
            chart("Reach and views", &["Accounts reached that day", "Views"][..], seen),
        ];
        Self {
            username,
            figures: figures(&summary),
            charts: charts.into_iter().flatten().collect(),
            rows: known.iter().rev().map(AccountRow::from).collect(),
            days: days.len(),
            may_grow: summary.may_still_grow,
            read: known.iter().map(|day| day.measured_at).max().map(when),
        }
    }
}

impl From<&AccountDay> for AccountRow {
    fn from(day: &AccountDay) -> Self {
        let values = [day.followers, day.numbers.reach, day.numbers.views];
        Self { day: short_day(day.day), values: values.map(known) }
    }
}

/// Followers at the end, views in all, reach a day: accounts that two days reached would count twice in a sum.
pub(in crate::dashboard) fn figures(summary: &AccountSummary) -> Vec<AccountFigure> {
    let of_days = |count: u64| match count {
        0 => "Instagram has not told it for these days".into(),
        1 => "of 1 day".into(),
        count => format!("of {count} days"),
    };
    let followers = match (summary.followers_first, summary.followers_last) {
        (Some((first, before)), Some((last, _))) if first != last => {
            format!("on {}; {} on {}", short_day(last), grouped(before), short_day(first))
        }
        (_, Some((last, _))) => format!("on {}", short_day(last)),
        _ => of_days(0),
    };
    vec![
        AccountFigure {
            name: "Followers",
            value: summary.followers_last.map_or_else(dash, |(_, count)| grouped(count)),
            of: followers,
        },
        AccountFigure { name: "Views", value: known(summary.views.value()), of: of_days(summary.views.count) },
        AccountFigure {
            name: "Accounts reached a day",
            value: summary.daily_reach().map_or_else(dash, rounded),
            of: format!("{}{}", if summary.reach_days() > 1 { "the mean " } else { "" }, of_days(summary.reach_days())),
        },
    ]
}

fn place(first: Date, day: Date) -> f64 {
    number::place((day - first).whole_days().unsigned_abs())
}

/// The day that stands so many days right of the first.
#[expect(clippy::cast_possible_truncation, reason = "a period has at most 366 days")]
fn below(first: Date, days: f64) -> String {
    short_day(first.saturating_add(time::Duration::days(days.round() as i64)))
}

#[cfg(test)]
mod tests {
    use rats_domain::{analytics::every_day, metrics::AccountNumbers};
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn what_is_known_of_an_account_is_told_with_of_how_many_days() {
        let read =
            |day, reach, views| AccountDay::read(day, AccountNumbers { reach, views }, datetime!(2026-12-07 3:00 UTC));
        let days = [
            AccountDay { followers: Some(2_300), ..read(date!(2026 - 12 - 01), Some(100), Some(1_250)) },
            AccountDay { followers: Some(2_318), ..read(date!(2026 - 12 - 03), Some(50), None) },
        ];
        let when = |at| When::new(at, &rats_domain::zone::Zone::utc(), at);
        let view =
            AccountView::new("anna".into(), &every_day(&days, date!(2026 - 12 - 01), date!(2026 - 12 - 04)), when);
        let told: Vec<_> = view.figures.iter().map(|figure| (figure.value.as_str(), figure.of.as_str())).collect();
        assert_eq!(told, [("2,318", "on 3 Dec; 2,300 on 1 Dec"), ("1,250", "of 1 day"), ("75", "the mean of 2 days")]);
        assert_eq!(view.rows[0].values, ["2,318", "50", "–"]);
        assert_eq!(view.charts.len(), 2);
        assert_eq!(view.read.unwrap().iso, "2026-12-07T03:00:00.000Z");

        let none = AccountView::new("anna".into(), &every_day(&[], date!(2026 - 12 - 01), date!(2026 - 12 - 04)), when);
        assert!(none.figures.iter().all(|figure| figure.value == "–" && figure.of.contains("not told")));
        assert!(none.charts.is_empty() && none.rows.is_empty());
    }
}
