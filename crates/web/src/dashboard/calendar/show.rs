use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::{
    Refusal,
    calendar::{MoveToDay, ShowDays},
    post::TakePulse,
};
use rats_domain::id::PostId;
use serde::Deserialize;
use time::Date;

use super::grid::{DayView, View, days};
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::{Frame, page, see},
        visitor::Visitor,
    },
    http::moment::parse_day,
};

#[derive(Template)]
#[template(path = "calendar/calendar.html")]
struct CalendarPage {
    frame: Frame,
    form: Form,
    heading: String,
    view: &'static str,
    day: String,
    before: String,
    after: String,
    days: Vec<DayView>,
    is_empty: bool,
    zone: String,
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    view: String,
    day: String,
    done: String,
}

/// `GET /calendar`.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let said = (asked.done == "moved").then_some("It has another day.");
    let day = parse_day(&asked.day).unwrap_or_else(|| visitor.zone().day(api.ports().clock.now()));
    shown(&api, &visitor, (View::parse(&asked.view), day), said, Form::default()).await
}

/// `POST /calendar/move`: another day at the same time.
pub(super) async fn shift(api: Data<Api>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let SignedForm { visitor, mut form } = sent;
    let view = View::parse(form.value("view"));
    let today = visitor.zone().day(api.ports().clock.now());
    let day = parse_day(form.value("day"));
    let done = match day {
        Some(day) => {
            let (id, seen) = (PostId::new(form.value("post")), form.seen());
            MoveToDay(api.ports().clone()).run(&visitor.user, &id, day, visitor.zone(), seen).await
        }
        None => Err(Refusal::field("day", "Give a day like 2026-12-04.")),
    };
    let around = parse_day(form.value("around")).or(day).unwrap_or(today);
    match done {
        Ok(_) => {
            // It goes on where it is shown.
            let span = view.span(around);
            let around = day.filter(|day| !(span.0..=span.1).contains(day)).unwrap_or(around);
            Ok(see(&format!("/calendar?view={}&day={around}&done=moved", view.as_str())))
        }
        Err(refusal) => {
            form.refused(refusal, &[])?;
            shown(&api, &visitor, (view, around), None, form).await
        }
    }
}

async fn shown(
    api: &Api,
    visitor: &Visitor,
    (view, day): (View, Date),
    said: Option<&'static str>,
    form: Form,
) -> Result<HttpResponse, Failure> {
    let today = visitor.zone().day(api.ports().clock.now());
    let (span, pulse) = (view.span(day), TakePulse(api.ports().clone()).run(&visitor.user).await?);
    let found = ShowDays(api.ports().clone()).run(&visitor.user, span, visitor.zone(), view.most()).await?;
    let status = if form.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let heading = match view {
        View::Month => format!("{} {}", day.month(), day.year()),
        View::Week => {
            format!("{} {} to {} {} {}", span.0.day(), span.0.month(), span.1.day(), span.1.month(), span.1.year())
        }
    };
    let shown = CalendarPage {
        frame: Frame::new(visitor, "/calendar", "Calendar").saying(said).following(pulse),
        form,
        heading,
        view: view.as_str(),
        day: day.to_string(),
        before: view.step(day, false).to_string(),
        after: view.step(day, true).to_string(),
        is_empty: found.iter().all(|day| day.posts.items.is_empty() && day.events.items.is_empty()),
        days: days(&found, (view, day), today, visitor.zone()),
        zone: visitor.zone().name().to_owned(),
    };
    Ok(page(status, &shown))
}
