use rats_domain::analytics::{BestTimes, Cell, ENOUGH_POSTS};

use time::OffsetDateTime;

use super::figure::{percent, span};
use crate::dashboard::{
    local::When,
    number::{posts, some_of},
    visitor::Visitor,
};

/// The hours of the week, as a table of levels.
pub(super) struct TimesView {
    pub(super) best: Vec<String>,
    /// Whether hours have enough posts to say something, which is that they reached nobody; where none is the best.
    pub(super) reached_nobody: bool,
    pub(super) days: Vec<DayView>,
    pub(super) posts: String,
    pub(super) left_out: String,
    /// From when to when what the rates are made of was read.
    pub(super) as_of: Option<(When, When)>,
}

/// One day of the week.
pub(super) struct DayView {
    pub(super) name: String,
    pub(super) hours: Vec<HourView>,
}

/// One hour: how many posts went out in it, and how they did beside the others.
pub(super) struct HourView {
    pub(super) posts: u64,
    pub(super) class: &'static str,
    pub(super) told: String,
}

impl TimesView {
    pub(super) fn new(times: &BestTimes, visitor: &Visitor, now: OffsetDateTime) -> Self {
        let rate = |cell: &Cell| cell.engagement.rate().ok().filter(|_| cell.is_enough());
        let most = times.cells.iter().filter_map(rate).fold(0.0, f64::max);
        let hour = |cell: &Cell| HourView {
            posts: cell.posts,
            class: rate(cell).map_or("", |rate| level(rate, most)),
            told: told(cell, rate(cell)),
        };
        let best = times.best();
        let left_out = some_of(&[
            (times.too_young, "left out as too young."),
            (times.not_measured, "left out since their reach or interactions are not known."),
        ]);
        Self {
            best: best.iter().filter_map(|cell| Some(words(cell, rate(cell)?))).collect(),
            reached_nobody: best.is_empty() && times.is_any_enough(),
            days: times
                .cells
                .chunks(24)
                .map(|cells| DayView { name: cells[0].weekday.to_string(), hours: cells.iter().map(hour).collect() })
                .collect(),
            posts: posts(times.whole.posts),
            left_out: left_out.join(" "),
            as_of: span(times.as_of, visitor, now),
        }
    }
}

fn words(cell: &Cell, rate: f64) -> String {
    format!("{} at {:02}:00, {} over {}", cell.weekday, cell.hour, percent(rate), posts(cell.engagement.posts))
}

fn told(cell: &Cell, rate: Option<f64>) -> String {
    match rate {
        Some(rate) => words(cell, rate),
        None if cell.is_enough() => {
            format!(
                "{} at {:02}:00: {} with settled numbers, which reached nobody",
                cell.weekday,
                cell.hour,
                posts(cell.engagement.posts)
            )
        }
        None => format!(
            "{} at {:02}:00: {} with settled numbers, fewer than {ENOUGH_POSTS}, which says nothing",
            cell.weekday,
            cell.hour,
            posts(cell.engagement.posts)
        ),
    }
}

/// In quarters of the best.
fn level(rate: f64, most: f64) -> &'static str {
    match rate / most {
        share if share > 0.75 => "l4",
        share if share > 0.5 => "l3",
        share if share > 0.25 => "l2",
        _ => "l1",
    }
}
