use rats_domain::metrics::AccountDay;
use time::Date;

use super::figure::{count, grouped, short_day};
use crate::dashboard::chart::Lines;

/// An account's followers over a period.
pub(super) struct AccountView {
    pub(super) username: String,
    pub(super) followers: Option<String>,
    pub(super) svg: Option<String>,
    pub(super) days: usize,
    pub(super) known: usize,
}

impl AccountView {
    pub(super) fn new(username: String, days: &[(Date, Option<AccountDay>)]) -> Self {
        let known: Vec<(Date, u64)> =
            days.iter().filter_map(|(day, known)| Some((*day, known.as_ref()?.followers?))).collect();
        let first = days.first().map_or(Date::MIN, |(day, _)| *day);
        let place = |day: Date| count((day - first).whole_days().unsigned_abs());
        let points = known.iter().map(|(day, followers)| (place(*day), count(*followers))).collect();
        let below = Box::new(move |days: &f64| below(first, *days));
        Self {
            username,
            followers: known.first().zip(known.last()).map(|(first, last)| told(*first, *last)),
            svg: Lines { series: vec![points], below }.svg(),
            days: days.len(),
            known: known.len(),
        }
    }
}

/// The day that stands so many days right of the first.
#[expect(clippy::cast_possible_truncation, reason = "a period has at most 366 days")]
fn below(first: Date, days: f64) -> String {
    short_day(first.saturating_add(time::Duration::days(days.round() as i64)))
}

fn told((first, before): (Date, u64), (last, now): (Date, u64)) -> String {
    if first == last {
        return format!("{} on {}", grouped(now), short_day(last));
    }
    format!("{} on {}, {} on {}", grouped(before), short_day(first), grouped(now), short_day(last))
}
