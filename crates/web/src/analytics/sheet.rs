//! Posts as lines of a sheet (RFC 4180), which a spreadsheet shows and never runs.

use rats_domain::{
    analytics::{Engagement, SheetRow},
    event::EventKind,
    metrics::{ImpressionsSource, Metric, Numbers},
    picture::PictureSource,
    zone::Zone,
};
use time::macros::format_description;

use super::view::rounded;
use crate::http::moment::wire;

/// The first line, after the mark by which spreadsheets know UTF-8.
pub(super) const HEAD: &str = "\u{feff}_id,sentAt,sentLocal,kind,eventKind,eventTitle,content,permalink,impressions,impressionsSource,reach,likes,comments,shares,saved,totalInteractions,engagementRate,measuredAt,mayStillGrow,state\r\n";

/// Appends a post's line.
pub(super) fn push_line(sheet: &mut String, row: &SheetRow, zone: &Zone) {
    let (published, shown) = (&row.published, &row.shown);
    let numbers = published.metrics.map_or_else(Numbers::default, |metrics| metrics.numbers);
    let number = |metric: Metric| metric.of(&numbers).map(|number| number.to_string()).unwrap_or_default();
    let local = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let mut engagement = Engagement::default();
    if let Some(rated) = published.metrics.and_then(|metrics| metrics.rated) {
        engagement.add(rated);
    }
    let rate = engagement.rate().ok().map(|rate| rounded(rate).to_string());
    let cells = [
        published.post.to_string(),
        wire(published.sent_at),
        zone.local(published.sent_at).format(local).unwrap_or_default(),
        published.picture.map(PictureSource::as_str).unwrap_or_default().to_owned(),
        published.event.map(EventKind::as_str).unwrap_or_default().to_owned(),
        text(shown.event.as_ref().map_or("", |(_, title)| title)),
        text(&shown.caption),
        text(shown.permalink.as_deref().unwrap_or_default()),
        number(Metric::Impressions),
        numbers.impressions_source().map(ImpressionsSource::as_str).unwrap_or_default().to_owned(),
        number(Metric::Reach),
        number(Metric::Likes),
        number(Metric::Comments),
        number(Metric::Shares),
        number(Metric::Saved),
        number(Metric::TotalInteractions),
        rate.unwrap_or_default(),
        published.metrics.map(|metrics| wire(metrics.measured_at)).unwrap_or_default(),
        published.metrics.map(|_| published.may_still_grow().to_string()).unwrap_or_default(),
        row.state.as_str().to_owned(),
    ];
    sheet.push_str(&cells.join(","));
    sheet.push_str("\r\n");
}

/// A text as a cell: in quotes, and with an apostrophe before whatever a spreadsheet would take for a formula.
///
/// A formula begins with one of a few characters at the beginning of a cell, blanks aside. Where a cell begins is not sure: a spreadsheet
/// that parts cells by semicolons or tabs sees no quotes around this one, and so its line breaks, semicolons and tabs begin one, too.
fn text(text: &str) -> String {
    let mut cell = String::with_capacity(text.len() + 2);
    cell.push('"');
    let mut is_start = true;
    for c in text.chars() {
        if is_start && is_trigger(c) {
            cell.push('\'');
        }
        is_start = matches!(c, '\n' | '\r' | '\t' | ';') || is_start && (c.is_whitespace() || c == '"');
        if c == '"' {
            cell.push('"');
        }
        cell.push(c);
    }
    cell.push('"');
    cell
}

/// What makes a cell a formula, in ASCII and in the full-width forms that some spreadsheets take for the same.
fn is_trigger(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\"=1", "＝1", "＠x"] {
            let cell = text(formula);
            let inside = cell.trim_matches('"').trim_start();
            assert!(inside.starts_with('\'') || inside.trim_start_matches('"').contains('\''), "{formula:?} is {cell}");
        }
        assert_eq!(text("=HYPERLINK(\"http://evil\")"), "\"'=HYPERLINK(\"\"http://evil\"\")\"");
    }

    #[test]
    fn a_cell_may_begin_within_a_text() {
        assert_eq!(text("Hi\n=cmd()"), "\"Hi\n'=cmd()\"");
        assert_eq!(text("Hi; @anna"), "\"Hi; '@anna\"");
        assert_eq!(text("Hi\t-1"), "\"Hi\t'-1\"");
        assert_eq!(text("- tea\r\n- cake"), "\"'- tea\r\n'- cake\"");
    }

    #[test]
    fn what_is_harmless_stays_as_it_is() {
        for plain in ["Happy birthday, Anna! 🎂", "1 + 1 = 2", "with @anna, and #joy", "line\nline", ""] {
            assert_eq!(text(plain), format!("\"{plain}\""));
        }
        assert_eq!(text("say \"hi\""), "\"say \"\"hi\"\"\"");
    }
}
