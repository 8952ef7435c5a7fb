use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use rats_application::{
    event::{DeleteEvent, FindEvent, RegenerateMessage},
    post::TakePulse,
    preferences::ReadPreferences,
};
use rats_domain::{event::Event, id::EventId};
use serde::Deserialize;

use super::{
    auto_post::{self, NextView},
    card,
    list::kind_words,
};
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::{Frame, page, see},
        local::day_words,
        visitor::Visitor,
    },
    http::moment,
};

#[derive(Template)]
#[template(path = "event/event.html")]
struct EventPage {
    frame: Frame,
    event: Event,
    card: String,
    day: String,
    kind: &'static str,
    /// The switch.
    form: Form,
    next: Option<NextView>,
    /// The user's usual time, and where.
    usual: String,
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: String,
}

/// `GET /events/{id}`.
pub(super) async fn show(
    visitor: Visitor,
    api: Data<Api>,
    id: Path<String>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let event = FindEvent(api.ports().clone()).run(&visitor.user, &EventId::new(id.into_inner())).await?;
    let said = match asked.done.as_str() {
        "created" => Some("The event is kept."),
        "saved" => Some("The event was changed."),
        "rewritten" => {
            Some("The event was changed, and its message written anew, since the old one would not fit any more.")
        }
        "regenerated" => Some("There is another message."),
        "posts-itself" => Some("It is posted by itself, as set below."),
        "posts-nothing" => Some("It is not posted by itself any more; a post that it had become is cancelled."),
        "posts-again" => Some("Another post is made for this year; it appears here and in your calendar."),
        "templates" => Some("There is another message, from our templates: the model did not answer."),
        _ => None,
    };
    let form = auto_post::filled(&event.details.auto_post);
    shown(&api, &visitor, event, form, said).await
}

/// The page, with the switch as `form` has it.
pub(super) async fn shown(
    api: &Api,
    visitor: &Visitor,
    event: Event,
    form: Form,
    said: Option<&'static str>,
) -> Result<HttpResponse, Failure> {
    let status = if form.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let pulse = TakePulse(api.ports().clone()).run(&visitor.user).await?;
    let usual = ReadPreferences(api.ports().clone()).run(&visitor.user).await?.post_at;
    let shown = EventPage {
        frame: Frame::new(visitor, "/events", event.details.title.clone()).saying(said).following(pulse),
        card: card::path(&event, visitor.preferences.look_of(event.details.kind)),
        day: day_words(event.details.date, visitor.zone().day(api.ports().clock.now())),
        kind: kind_words(event.details.kind),
        next: auto_post::next(api, visitor, &event).await?,
        usual: format!("{} in {}", moment::wire_time(usual), visitor.zone().name()),
        form,
        event,
    };
    Ok(page(status, &shown))
}

/// `POST /events/{id}/regenerate`: another message.
pub(super) async fn regenerate(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let id = EventId::new(id.into_inner());
    let written = RegenerateMessage(api.ports().clone()).run(&sent.visitor.user, &id).await?;
    let word = match written.by {
        rats_domain::event::Author::TemplatesInstead { .. } => "templates",
        _ => "regenerated",
    };
    Ok(see(&format!("/events/{id}?done={word}")))
}

/// `POST /events/{id}/delete`.
pub(super) async fn delete(api: Data<Api>, id: Path<String>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    DeleteEvent(api.ports().clone()).run(&sent.visitor.user, &EventId::new(id.into_inner())).await?;
    Ok(see("/events?done=deleted"))
}
