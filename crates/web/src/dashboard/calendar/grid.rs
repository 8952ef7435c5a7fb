use rats_application::calendar::{Day, is_on_its_way};
use rats_domain::{post::PostRecord, zone::Zone};
use time::{Date, Duration};

use crate::dashboard::{
    local::clock_words,
    thumb,
    tile::{Status, title},
};

/// How much of time a calendar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Month,
    Week,
}

impl View {
    pub(super) fn parse(word: &str) -> Self {
        if word == "week" { Self::Week } else { Self::Month }
    }

    /// How many posts, and how many events, a day shows: what its box has room for.
    pub(super) fn most(self) -> usize {
        match self {
            Self::Month => 4,
            Self::Week => 12,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
        }
    }

    /// The first and the last day that are shown around `day`: whole weeks, which begin on Monday (ISO 8601).
    pub(super) fn span(self, day: Date) -> (Date, Date) {
        let (first, last) = match self {
            Self::Week => (day, day),
            Self::Month => {
                let first = day.replace_day(1).unwrap_or(day);
                (first, day.replace_day(day.month().length(day.year())).unwrap_or(day))
            }
        };
        let back = i64::from(first.weekday().number_days_from_monday());
        let on = 6 - i64::from(last.weekday().number_days_from_monday());
        (first.saturating_sub(Duration::days(back)), last.saturating_add(Duration::days(on)))
    }

    /// A day of the span before, or after.
    pub(super) fn step(self, day: Date, forwards: bool) -> Date {
        let days = |count| Duration::days(if forwards { count } else { -count });
        match self {
            Self::Week => day.saturating_add(days(7)),
            Self::Month if forwards => {
                let last = day.replace_day(day.month().length(day.year())).unwrap_or(day);
                last.saturating_add(days(1))
            }
            Self::Month => day.replace_day(1).unwrap_or(day).saturating_add(days(1)),
        }
    }
}

/// One day.
pub(super) struct DayView {
    pub(super) iso: String,
    pub(super) number: u8,
    pub(super) name: String,
    pub(super) is_today: bool,
    pub(super) is_aside: bool,
    /// Says so where clocks change.
    pub(super) clocks: &'static str,
    pub(super) events: Vec<(String, String)>,
    pub(super) more_events: u64,
    pub(super) posts: Vec<ChipView>,
    pub(super) more_posts: u64,
}

impl DayView {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.posts.is_empty()
    }
}

/// A post on its day.
pub(super) struct ChipView {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) picture: String,
    pub(super) title: String,
    pub(super) clock: String,
    pub(super) status: Status,
    pub(super) can_move: bool,
}

/// Days with what is on them.
pub(super) fn days(found: &[Day], shown: (View, Date), today: Date, zone: &Zone) -> Vec<DayView> {
    let chip =
        |record: &PostRecord| record.moment().map(|at| ChipView::new(record, &clock_words(zone.local(at).time())));
    let view = |found: &Day| {
        let day = found.date;
        let events = &found.events;
        DayView {
            iso: day.to_string(),
            number: day.day(),
            name: format!("{}, {} {}", day.weekday(), day.day(), day.month()),
            is_today: day == today,
            is_aside: shown.0 == View::Month && day.month() != shown.1.month(),
            clocks: clocks(day, zone),
            events: events.items.iter().map(|event| (event.id.to_string(), event.details.title.clone())).collect(),
            more_events: events.others(),
            posts: found.posts.items.iter().filter_map(chip).collect(),
            more_posts: found.posts.others(),
        }
    };
    found.iter().map(view).collect()
}

impl ChipView {
    fn new(record: &PostRecord, clock: &str) -> Self {
        let stage = record.publication.stage;
        Self {
            id: record.post.id.to_string(),
            version: record.publication.version,
            picture: thumb::path(record.post.picture.as_str()),
            title: title(record.event_title.as_deref(), record.post.caption.as_str()),
            clock: clock.to_owned(),
            status: Status::of(stage, record.attention().as_ref()),
            can_move: is_on_its_way(stage),
        }
    }
}

/// Days have 23 or 25 hours where clocks change.
fn clocks(day: Date, zone: &Zone) -> &'static str {
    let next = day.next_day().and_then(|next| zone.start_of(next));
    match zone.start_of(day).zip(next).map(|(start, end)| (end - start).whole_minutes().cmp(&(24 * 60))) {
        Some(std::cmp::Ordering::Less) => "clocks go forward",
        Some(std::cmp::Ordering::Greater) => "clocks go back",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn whole_weeks_are_shown_from_monday_on() {
        assert_eq!(View::Month.span(date!(2026 - 11 - 15)), (date!(2026 - 10 - 26), date!(2026 - 12 - 06)));
        assert_eq!(View::Week.span(date!(2026 - 11 - 29)), (date!(2026 - 11 - 23), date!(2026 - 11 - 29)));
        assert_eq!(View::Month.span(date!(9999 - 12 - 31)).1, date!(9999 - 12 - 31), "the calendar's end");
    }

    #[test]
    fn the_month_before_and_after_are_one_step_away() {
        assert_eq!(View::Month.step(date!(2027 - 01 - 31), true), date!(2027 - 02 - 01));
        assert_eq!(View::Month.step(date!(2027 - 03 - 31), false), date!(2027 - 02 - 28));
        assert_eq!(View::Week.step(date!(2027 - 03 - 31), false), date!(2027 - 03 - 24));
    }

    #[test]
    fn a_day_on_which_clocks_change_says_so() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(clocks(date!(2027 - 03 - 28), &berlin), "clocks go forward");
        assert_eq!(clocks(date!(2026 - 10 - 25), &berlin), "clocks go back");
        assert_eq!(clocks(date!(2026 - 12 - 04), &berlin), "");
    }
}
