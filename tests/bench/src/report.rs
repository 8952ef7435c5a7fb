//! Figures, their medians, and how they are shown.

use std::io::Write as _;

use serde_json::{Map, Value, json};

/// What one run came to: figures by name, in the order in which they are shown.
pub(crate) type Figures = Vec<(&'static str, f64)>;

/// A bench's outcome: a column for each contestant, a row for each figure.
pub(crate) struct Report {
    title: String,
    goals: Vec<(&'static str, &'static str)>,
    columns: Vec<(String, Figures)>,
    notes: Vec<String>,
}

impl Report {
    pub(crate) fn new(title: impl Into<String>, goals: &[(&'static str, &'static str)]) -> Self {
        Self { title: title.into(), goals: goals.to_vec(), columns: Vec::new(), notes: Vec::new() }
    }

    /// Adds a contestant with the medians of its runs.
    pub(crate) fn column(&mut self, name: impl Into<String>, runs: &[Figures]) {
        self.columns.push((name.into(), medians(runs)));
    }

    /// Adds a sentence below the table.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// A Markdown table.
    pub(crate) fn table(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let mut lines = vec![String::new(), self.title.clone(), String::new()];
        lines.push(format!("| | goal | {} |", names.join(" | ")));
        lines.push(format!("|---|---|{}", "---|".repeat(names.len())));
        lines.extend(self.figures().into_iter().map(|figure| self.row(figure)));
        lines.extend(self.notes.iter().flat_map(|note| [String::new(), note.clone()]));
        lines.push(String::new());
        lines.join("\n")
    }

    fn row(&self, figure: &str) -> String {
        let goal = self.goals.iter().find(|(name, _)| *name == figure).map_or("–", |(_, goal)| goal);
        let cell = |figures: &Figures| find(figures, figure).map_or("–".to_owned(), spoken);
        let cells: Vec<String> = self.columns.iter().map(|(_, figures)| cell(figures)).collect();
        format!("| {figure} | {goal} | {} |", cells.join(" | "))
    }

    /// The same as JSON.
    pub(crate) fn json(&self) -> String {
        let figures = |figures: &Figures| {
            figures.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<Map<_, _>>()
        };
        let columns: Map<String, Value> =
            self.columns.iter().map(|(name, found)| (name.clone(), Value::Object(figures(found)))).collect();
        let goals: Map<String, Value> =
            self.goals.iter().map(|(name, goal)| ((*name).to_owned(), json!(goal))).collect();
        format!("{:#}\n", json!({"bench": self.title, "goals": goals, "figures": columns, "notes": self.notes}))
    }

    /// Every figure that any contestant has.
    fn figures(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for (name, _) in self.columns.iter().flat_map(|(_, figures)| figures) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        names
    }
}

/// A figure by its name.
pub(crate) fn find(figures: &Figures, name: &str) -> Option<f64> {
    figures.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// Of each figure the middle one of all runs.
pub(crate) fn medians(runs: &[Figures]) -> Figures {
    let Some(first) = runs.first() else { return Vec::new() };
    let values = |name: &str| runs.iter().filter_map(|run| find(run, name)).collect::<Vec<_>>();
    first.iter().map(|(name, _)| (*name, percentile(&mut values(name), 50.0))).collect()
}

/// The value that `per_cent` of all do not exceed; sorts them.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a place in a list, far below the limits"
)]
pub(crate) fn percentile(values: &mut [f64], per_cent: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * per_cent / 100.0).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// Prints to standard output.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout();
    // A closed pipe is no reason to stop.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Tells whoever waits what is being done.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// As many digits as mean something.
fn spoken(value: f64) -> String {
    match value.abs() {
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
