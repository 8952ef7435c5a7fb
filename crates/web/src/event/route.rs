use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Json, Path, Payload, ServiceConfig},
};
use rats_application::{
    auto_post::{NextPosts, PostAgain},
    event::{CreateEvent, DeleteEvent, EditEvent, FindEvent, ListEvents, ListReminders, RegenerateMessage},
};
use rats_domain::{
    event::{Event, EventFilter},
    id::{EventId, UserId},
};
use time::{Date, Month};

use super::{DeletedView, EventChanges, EventView, NewEvent, RegeneratedView, test_message::test_message};
use crate::{
    Api,
    http::{
        body::JsonBody,
        idempotency,
        problem::{Fault, Problem},
        query::Pairs,
        route::resource,
        user::CurrentUser,
    },
};

pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/api/events", [("GET", web::get().to(list)), ("POST", web::post().to(create))]))
        .service(resource("/api/events/reminders", [("GET", web::get().to(reminders))]))
        .service(resource(
            "/api/events/{id}",
            [("GET", web::get().to(find)), ("PUT", web::put().to(edit)), ("DELETE", web::delete().to(delete))],
        ))
        .service(resource("/api/events/{id}/regenerate", [("POST", web::post().to(regenerate))]))
        .service(resource("/api/events/{id}/post-again", [("POST", web::post().to(post_again))]))
        .service(resource("/api/events/{id}/test-message", [("POST", web::post().to(test_message))]));
}

/// Lists the user's events by date.
#[utoipa::path(get, path = "/api/events", tag = "events", security(("bearer" = [])), params(
    ("month" = Option<u8>, Query, minimum = 1, maximum = 12, description = "With `year`: only that month's."),
    ("year" = Option<u16>, Query, minimum = 1, maximum = 9999, description = "With `month`."),
    ("upcoming" = Option<bool>, Query, description = "`true`: only those of the next 30 days."),
), responses((status = 200, body = [EventView])))]
pub(crate) async fn list(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
) -> Result<Json<Vec<EventView>>, Problem> {
    let pairs = Pairs::of(&request)?;
    pairs.refuse_repeated()?;
    let events = ListEvents(api.ports().clone());
    let filter = month(&pairs)?;
    let found = match pairs.only("upcoming") {
        Some("true") => events.upcoming(&user.0).await?,
        None | Some("false") => events.run(&user.0, filter).await?,
        Some(_) => return Err(Problem::invalid(vec![Fault::new("upcoming", "`upcoming` must be true or false.")])),
    };
    Ok(Json(shown(&api, &user.0, found).await?))
}

/// Events as RATS' frontend reads them, each with its next post.
async fn shown(api: &Api, user: &UserId, events: Vec<Event>) -> Result<Vec<EventView>, Problem> {
    let mut next = NextPosts(api.ports().clone()).run(user, &events).await?;
    Ok(events
        .into_iter()
        .map(|event| (next.remove(&event.id), event))
        .map(|(next, event)| EventView::new(event, next))
        .collect())
}

/// The same for one.
async fn shown_one(api: &Api, event: Event) -> Result<EventView, Problem> {
    let next = NextPosts(api.ports().clone()).run(&event.user, std::slice::from_ref(&event)).await?;
    Ok(EventView::new(event, next.into_values().next()))
}

fn month(pairs: &Pairs) -> Result<EventFilter, Problem> {
    let (month, year) = match (pairs.only("month"), pairs.only("year")) {
        (None, None) => return Ok(EventFilter::All),
        (Some(month), Some(year)) => (month, year),
        (month, _) => {
            let missing = if month.is_some() { "year" } else { "month" };
            let message = format!("`month` and `year` belong together; `{missing}` is missing.");
            return Err(Problem::invalid(vec![Fault::new(missing, message)]));
        }
    };
    let span = || {
        let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
        let year = year.parse::<i32>().ok().filter(|year| (1..=9999).contains(year))?;
        let first = Date::from_calendar_date(year, month, 1).ok()?;
        Some(EventFilter::Between(first, first.replace_day(month.length(year)).ok()?))
    };
    let wrong = || {
        let message = "Give `month` (1 to 12) and `year` (1 to 9999).";
        Problem::invalid(vec![Fault::new("month", message)])
    };
    let span = span().ok_or_else(wrong)?;
    Ok(span)
}

/// Creates an event; for today or a later day its message and plan are written first.
#[utoipa::path(post, path = "/api/events", tag = "events", security(("bearer" = [])), request_body = NewEvent,
    responses((status = 201, body = EventView)))]
pub(crate) async fn create(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = JsonBody::read(&request, payload).await?;
    let key = idempotency::key(&request, body.canonical().as_bytes())?;
    let details = EventChanges::read_new(body, &api.ports().settings.caption)?;
    let event = CreateEvent(api.ports().clone()).run(&user.0, details, key.as_ref()).await?;
    Ok(HttpResponse::Created().json(shown_one(&api, event).await?))
}

/// Lists the active events for which today is a reminder day.
#[utoipa::path(get, path = "/api/events/reminders", tag = "events", security(("bearer" = [])),
    responses((status = 200, body = [EventView])))]
pub(crate) async fn reminders(user: CurrentUser, api: Data<Api>) -> Result<Json<Vec<EventView>>, Problem> {
    let events = ListReminders(api.ports().clone()).run(&user.0).await?;
    Ok(Json(shown(&api, &user.0, events).await?))
}

/// Shows an event.
#[utoipa::path(get, path = "/api/events/{id}", tag = "events", security(("bearer" = [])), params(("id" = String, Path)),
    responses((status = 200, body = EventView)))]
pub(crate) async fn find(user: CurrentUser, api: Data<Api>, id: Path<String>) -> Result<Json<EventView>, Problem> {
    let event = FindEvent(api.ports().clone()).run(&user.0, &EventId::new(id.into_inner())).await?;
    Ok(Json(shown_one(&api, event).await?))
}

/// Changes any of an event's members; message and plan are written again where the old ones would not fit any more, and a post that it became
/// by itself follows.
#[utoipa::path(put, path = "/api/events/{id}", tag = "events", security(("bearer" = [])), params(("id" = String, Path)),
    request_body = EventChanges, responses((status = 200, body = EventView)))]
pub(crate) async fn edit(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<EventView>, Problem> {
    let changes = EventChanges::read(JsonBody::read(&request, payload).await?, &api.ports().settings.caption)?;
    let id = EventId::new(id.into_inner());
    let event = EditEvent(api.ports().clone()).run(&user.0, &id, |before| Ok(changes.apply(before))).await?;
    Ok(Json(shown_one(&api, event).await?))
}

/// Deletes an event; a post that it became by itself is cancelled, its other posts stay, and those that are scheduled are counted.
#[utoipa::path(delete, path = "/api/events/{id}", tag = "events", security(("bearer" = [])), params(("id" = String, Path)),
    responses((status = 200, body = DeletedView)))]
pub(crate) async fn delete(user: CurrentUser, api: Data<Api>, id: Path<String>) -> Result<Json<DeletedView>, Problem> {
    let staying = DeleteEvent(api.ports().clone()).run(&user.0, &EventId::new(id.into_inner())).await?;
    Ok(Json(DeletedView::new(staying)))
}

/// Writes another message and plan.
#[utoipa::path(post, path = "/api/events/{id}/regenerate", tag = "events", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = RegeneratedView)))]
pub(crate) async fn regenerate(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<RegeneratedView>, Problem> {
    JsonBody::read_optional(&request, payload).await?.members().finish()?;
    let written = RegenerateMessage(api.ports().clone()).run(&user.0, &EventId::new(id.into_inner())).await?;
    Ok(Json(written.into()))
}

/// Has the event posted by itself once more in a year in which it was already: after its post was cancelled, removed, failed or is live.
#[utoipa::path(post, path = "/api/events/{id}/post-again", tag = "events", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = EventView)))]
pub(crate) async fn post_again(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<EventView>, Problem> {
    JsonBody::read_optional(&request, payload).await?.members().finish()?;
    let event = PostAgain(api.ports().clone()).run(&user.0, &EventId::new(id.into_inner())).await?;
    Ok(Json(shown_one(&api, event).await?))
}
