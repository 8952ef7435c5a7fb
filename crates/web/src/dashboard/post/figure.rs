use rats_domain::metrics::{CollectionState, History, Metric, Numbers, Snapshot};
use time::OffsetDateTime;

use crate::{
    dashboard::{
        chart::Lines,
        local::{When, span_words},
        number::{known, place},
        visitor::Visitor,
    },
    post::collection_words,
};

/// What is on the first chart, and what on the second: each is of one size, so that none flattens the other.
const SEEN: [Metric; 2] = [Metric::Impressions, Metric::Reach];
const ANSWERED: [Metric; 4] = [Metric::Likes, Metric::Comments, Metric::Shares, Metric::Saved];

/// A post's numbers, with when each was told.
pub(super) struct FiguresView {
    pub(super) figures: Vec<FigureView>,
    pub(super) charts: Vec<ChartView>,
    pub(super) names: Vec<&'static str>,
    pub(super) rows: Vec<RowView>,
    pub(super) may_grow: bool,
    pub(super) collection: &'static str,
    pub(super) next: Option<When>,
}

/// One number.
pub(super) struct FigureView {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) as_of: Option<When>,
}

/// Some of them over time.
pub(super) struct ChartView {
    pub(super) title: &'static str,
    pub(super) names: Vec<&'static str>,
    pub(super) svg: String,
}

/// One reading.
pub(super) struct RowView {
    pub(super) at: When,
    pub(super) age: String,
    pub(super) values: Vec<String>,
}

impl FiguresView {
    pub(super) fn new(history: &History, visitor: &Visitor, now: OffsetDateTime) -> Self {
        let when = |at| When::new(at, visitor.zone(), now);
        let numbers = history.metrics.map(|metrics| metrics.numbers).unwrap_or_default();
        let shown = || SEEN.into_iter().chain(ANSWERED);
        let figure = |metric: Metric| FigureView {
            name: name(metric, &numbers),
            value: known(metric.of(&numbers)),
            as_of: history.told_at(metric).map(|at| when(at).within()),
        };
        let row = |snapshot: &Snapshot| RowView {
            at: when(snapshot.taken_at),
            age: span_words(snapshot.age),
            values: shown().map(|metric| known(metric.of(&snapshot.numbers))).collect(),
        };
        let state = history.collection.state(history.is_connected);
        Self {
            figures: shown().map(figure).collect(),
            charts: [chart("Seen", &SEEN, history, &numbers), chart("Answered", &ANSWERED, history, &numbers)]
                .into_iter()
                .flatten()
                .collect(),
            names: shown().map(|metric| name(metric, &numbers)).collect(),
            rows: history.snapshots.iter().rev().map(row).collect(),
            may_grow: history.may_still_grow() == Some(true),
            collection: collection_words(state),
            next: history.collection.next_at.filter(|_| state == CollectionState::Collecting).map(when),
        }
    }
}

fn chart(title: &'static str, metrics: &[Metric], history: &History, numbers: &Numbers) -> Option<ChartView> {
    let told = |metric: &Metric| {
        let point =
            |snapshot: &Snapshot| (snapshot.age.as_seconds_f64() / 86_400.0, metric.of(&snapshot.numbers).map(place));
        let points: Vec<_> = history.snapshots.iter().map(point).collect();
        points.iter().any(|(_, value)| value.is_some()).then(|| (name(*metric, numbers), points))
    };
    let (names, series): (Vec<_>, Vec<_>) = metrics.iter().filter_map(told).unzip();
    let svg = Lines { series, below: Box::new(|days| age(*days)) }.svg()?;
    Some(ChartView { title, names, svg })
}

/// An age on the axis.
fn age(days: f64) -> String {
    if days.abs() < 1e-9 {
        return "0".into();
    }
    if days * 24.0 < 3.0 {
        return format!("{:.0} min", days * 1_440.0);
    }
    if days < 2.0 { format!("{:.0} h", days * 24.0) } else { format!("{days:.0} d") }
}

/// A number's name; impressions are called views where Instagram tells those.
fn name(metric: Metric, numbers: &Numbers) -> &'static str {
    match metric {
        Metric::Impressions if numbers.impressions.is_some() => "Impressions",
        Metric::Impressions => "Views",
        Metric::Reach => "Accounts reached",
        Metric::Likes => "Likes",
        Metric::Comments => "Comments",
        Metric::Shares => "Shares",
        Metric::Saved => "Saves",
        Metric::TotalInteractions => "Interactions",
    }
}
