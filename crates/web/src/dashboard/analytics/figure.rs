use rats_domain::{
    analytics::{Figures, NoRate},
    metrics::Metric,
};
use time::{Date, OffsetDateTime};

use crate::dashboard::{
    local::When,
    number::{dash, grouped, known, posts},
    visitor::Visitor,
};

/// What is shown of a period, in this order.
const SHOWN: [Metric; 6] =
    [Metric::Impressions, Metric::Reach, Metric::Likes, Metric::Comments, Metric::Shares, Metric::Saved];

/// A figure of a period beside the one before.
pub(super) struct FigureView {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) of: String,
    pub(super) before: String,
}

/// Some posts, as a line of a table.
pub(super) struct LineView {
    pub(super) name: String,
    pub(super) posts: String,
    pub(super) values: Vec<String>,
}

/// The period's figures.
pub(super) fn figures(now: &Figures, before: &Figures) -> Vec<FigureView> {
    let posts = FigureView {
        name: "Posts",
        value: grouped(now.posts),
        of: format!("{} with numbers", grouped(now.measured)),
        before: format!("{} before", grouped(before.posts)),
    };
    let sums = SHOWN.map(|metric| {
        let (sum, previous) = (now.sum(metric), before.sum(metric));
        FigureView {
            name: name(metric, now),
            value: known(sum.value()),
            of: of(sum.count),
            before: previous.value().map_or_else(String::new, |value| format!("{} before", grouped(value))),
        }
    });
    let rate = FigureView {
        name: "Engagement",
        value: rate(now),
        of: of(now.engagement.posts),
        before: before.engagement.rate().map_or_else(|_| String::new(), |rate| format!("{} before", percent(rate))),
    };
    std::iter::once(posts).chain(sums).chain([rate]).collect()
}

/// From when to when something was read, inside of a sentence.
pub(super) fn span(
    read: Option<(OffsetDateTime, OffsetDateTime)>,
    visitor: &Visitor,
    now: OffsetDateTime,
) -> Option<(When, When)> {
    let when = |at| When::new(at, visitor.zone(), now).within();
    read.map(|(first, last)| (when(first), when(last)))
}

/// The names of a table's columns.
pub(super) fn columns(whole: &Figures) -> Vec<&'static str> {
    SHOWN.iter().map(|metric| name(*metric, whole)).chain(["Engagement"]).collect()
}

/// A line of a table.
pub(super) fn line(name: String, figures: &Figures) -> LineView {
    let value = |metric: Metric| {
        let sum = figures.sum(metric);
        // Of how many it is, where that is not all of them.
        let part = if sum.count == figures.posts {
            String::new()
        } else {
            format!(" ({} of {})", grouped(sum.count), grouped(figures.posts))
        };
        sum.value().map_or_else(dash, |value| format!("{}{part}", grouped(value)))
    };
    let values = SHOWN.into_iter().map(value).chain([rate(figures)]).collect();
    LineView { name, posts: grouped(figures.posts), values }
}

/// A number's name; impressions are called what Instagram told of most posts.
fn name(metric: Metric, figures: &Figures) -> &'static str {
    match metric {
        Metric::Impressions => match figures.impressions_of {
            (0, _) => "Views",
            (_, 0) => "Impressions",
            _ => "Views and impressions",
        },
        Metric::Reach => "Reach",
        Metric::Likes => "Likes",
        Metric::Comments => "Comments",
        Metric::Shares => "Shares",
        Metric::Saved => "Saves",
        Metric::TotalInteractions => "Interactions",
    }
}

fn rate(figures: &Figures) -> String {
    match figures.engagement.rate() {
        Ok(rate) => percent(rate),
        Err(NoRate::NotMeasured | NoRate::NobodyReached) => dash(),
    }
}

/// A share, to a tenth of a percent.
pub(super) fn percent(rate: f64) -> String {
    format!("{:.1} %", rate * 100.0)
}

fn of(count: u64) -> String {
    match count {
        0 => "of no post known yet".into(),
        some => format!("of {}", posts(some)),
    }
}

/// A day, where there is little room.
pub(super) fn short_day(day: Date) -> String {
    format!("{} {}", day.day(), &day.month().to_string()[..3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_dash() {
        let none = figures(&Figures::default(), &Figures::default());
        assert!(none.iter().skip(1).all(|figure| figure.value == "–" && figure.of == "of no post known yet"));
    }
}
