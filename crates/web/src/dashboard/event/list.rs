use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::{Refusal, event::ListEvents};
use rats_domain::{
    event::{Event, EventKind},
    part::{Part, Span},
};
use serde::Deserialize;
use time::Date;

use super::card;
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        frame::{Frame, page, see},
        local::day_words,
        pages::Pages,
        visitor::Visitor,
    },
    http::moment::parse_day,
};

/// How many past events stand below those to come, where all of these have room.
const PAST_BELOW: usize = 6;

#[derive(Template)]
#[template(path = "event/list.html")]
struct EventsPage {
    frame: Frame,
    /// What the list is called, and what it is of.
    heading: String,
    show: Show,
    events: Vec<EventTile>,
    total: u64,
    pages: Pages,
    /// Below: the first of those that are past.
    past: Vec<EventTile>,
    past_total: u64,
    /// Whether there are more of those.
    has_more_past: bool,
}

/// Which events are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Coming,
    Past,
    Day(Date),
}

/// An event as lists show it.
pub(super) struct EventTile {
    path: String,
    card: String,
    title: String,
    day: String,
    away: String,
    kind: &'static str,
    who: String,
    is_active: bool,
    has_message: bool,
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    show: String,
    day: String,
    page: String,
    done: String,
}

/// `GET /events`: those to come, those of the past with `show=past`, those of a day with `day`; page by page.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let today = visitor.zone().day(api.ports().clock.now());
    let (show, number) = (asked.show(), Pages::asked(&asked.page));
    let (list, user) = (ListEvents(api.ports().clone()), &visitor.user);
    let found = show.find(&list, &visitor, today, Pages::span(number)).await?;
    if found.items.is_empty() && number > 1 {
        // They have become fewer since.
        return Ok(see(show.base().trim_end_matches(['?', '&'])));
    }
    let pages = Pages::new(show.base(), number, found.total);
    let below = if show == Show::Coming && pages.count <= 1 { PAST_BELOW } else { 0 };
    let past = match show {
        Show::Coming => list.past(user, today, Span::first(below)).await?,
        _ => Part::default(),
    };
    let tile = |event: &Event| EventTile::new(&visitor, event, today);
    let said = (asked.done == "deleted").then_some(
        "The event was deleted. A post that it had become by itself is cancelled; others that were scheduled stay so.",
    );
    let shown = EventsPage {
        frame: Frame::new(&visitor, "/events", "Events").saying(said),
        heading: show.heading(),
        show,
        events: found.items.iter().map(tile).collect(),
        total: found.total,
        pages,
        past: past.items.iter().map(tile).collect(),
        past_total: past.total,
        has_more_past: past.others() > 0,
    };
    Ok(page(StatusCode::OK, &shown))
}

impl Asked {
    fn show(&self) -> Show {
        match (self.show.as_str(), parse_day(&self.day)) {
            ("past", _) => Show::Past,
            (_, Some(day)) => Show::Day(day),
            _ => Show::Coming,
        }
    }
}

impl Show {
    fn base(self) -> String {
        match self {
            Self::Coming => "/events?".into(),
            Self::Past => "/events?show=past&".into(),
            Self::Day(day) => format!("/events?day={day}&"),
        }
    }

    fn heading(self) -> String {
        match self {
            Self::Coming => "Coming up".into(),
            Self::Past => "Past".into(),
            Self::Day(day) => format!("On {}, {} {} {}", day.weekday(), day.day(), day.month(), day.year()),
        }
    }

    async fn find(self, list: &ListEvents, visitor: &Visitor, today: Date, span: Span) -> Result<Part<Event>, Refusal> {
        match self {
            Self::Coming => list.coming(&visitor.user, today, span).await,
            Self::Past => list.past(&visitor.user, today, span).await,
            Self::Day(day) => list.on(&visitor.user, day, span).await,
        }
    }
}

impl EventTile {
    fn new(visitor: &Visitor, event: &Event, today: Date) -> Self {
        let details = &event.details;
        Self {
            path: format!("/events/{}", event.id),
            card: format!("{}&small", card::path(event, visitor.preferences.look_of(event.details.kind))),
            title: details.title.clone(),
            day: day_words(details.date, today),
            away: away((details.date - today).whole_days()),
            kind: kind_words(details.kind),
            who: format!("{}, {}", details.recipient_name, details.recipient_relation),
            is_active: details.is_active,
            has_message: event.message.is_some(),
        }
    }
}

/// How far away a day is; nothing for those whose name says it.
fn away(days: i64) -> String {
    match days {
        2.. => format!("in {days} days"),
        ..=-2 => format!("{} days ago", -days),
        _ => String::new(),
    }
}

/// A kind of event, for people.
pub(super) fn kind_words(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Birthday => "Birthday",
        EventKind::Anniversary => "Anniversary",
        EventKind::Holiday => "Holiday",
        EventKind::Other => "Something else",
    }
}
