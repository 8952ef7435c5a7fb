//! A period cut into days, weeks or months.

use std::collections::BTreeMap;

use time::{Date, Duration};

use super::{Figures, Period, Published};

/// How a period is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// By the day.
    Day,
    /// By the week, which begins on Monday (ISO 8601).
    Week,
    /// By the calendar's month.
    Month,
}

impl Step {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The word used on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }

    /// The last day of what `day` is in.
    fn last(self, day: Date) -> Date {
        let days_left = match self {
            Self::Day => 0,
            Self::Week => 7 - i64::from(day.weekday().number_from_monday()),
            Self::Month => i64::from(day.month().length(day.year())) - i64::from(day.day()),
        };
        day.saturating_add(Duration::days(days_left))
    }
}

/// One of the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its first day within the period.
    pub first: Date,
    /// Its last day within the period.
    pub last: Date,
    /// What the posts came to that went out in it.
    pub figures: Figures,
}

/// The period's parts, all of them, and what the posts of each came to.
#[must_use]
pub fn buckets(posts: &[Published], period: &Period, step: Step) -> Vec<Bucket> {
    let mut buckets = Vec::new();
    let mut first = period.first();
    loop {
        let last = step.last(first).min(period.last());
        buckets.push(Bucket { first, last, figures: Figures::default() });
        match last.next_day() {
            Some(next) if last < period.last() => first = next,
            _ => break,
        }
    }
    let places: BTreeMap<Date, usize> =
        buckets.iter().enumerate().map(|(place, bucket)| (bucket.first, place)).collect();
    for post in posts.iter().filter(|post| period.contains(post.sent_at)) {
        let day = period.zone().day(post.sent_at);
        if let Some((_, place)) = places.range(..=day).next_back() {
            buckets[*place].figures.add(post);
        }
    }
    buckets
}
