use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::event::ListEvents;
use rats_domain::event::{Event, EventFilter, EventKind};
use serde::Deserialize;
use time::Date;

use super::card;
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        frame::{Frame, page},
        local::day_words,
        visitor::Visitor,
    },
};

/// How many events a page shows; the nearest ones.
const MOST: usize = 60;

#[derive(Template)]
#[template(path = "event/list.html")]
struct EventsPage {
    frame: Frame,
    coming: Vec<EventTile>,
    past: Vec<EventTile>,
    left_out: usize,
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
    done: String,
}

/// `GET /events`.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let today = visitor.zone.day(api.ports().clock.now());
    let events = ListEvents(api.ports().clone()).run(&visitor.user, EventFilter::All).await?;
    let tile = |event: &Event| EventTile::new(&visitor, event, today);
    let (past, coming): (Vec<Event>, Vec<Event>) = events.into_iter().partition(|event| event.details.date < today);
    let said = (asked.done == "deleted").then_some(
        "The event was deleted. A post that it had become by itself is cancelled; others that were scheduled stay so.",
    );
    let shown = EventsPage {
        frame: Frame::new(&visitor, "/events", "Events").saying(said),
        left_out: coming.len().saturating_sub(MOST) + past.len().saturating_sub(MOST),
        coming: coming.iter().take(MOST).map(tile).collect(),
        past: past.iter().rev().take(MOST).map(tile).collect(),
    };
    Ok(page(StatusCode::OK, &shown))
}

impl EventTile {
    fn new(visitor: &Visitor, event: &Event, today: Date) -> Self {
        let details = &event.details;
        Self {
            path: format!("/events/{}", event.id),
            card: format!("{}&small", card::path(event, visitor.look_of(event.details.kind))),
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
