use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::preferences::ReadPreferences;
use rats_domain::picture::CardLook;
use serde::Deserialize;
use serde_json::{Map, json};

use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::{Frame, page, see},
        look,
        visitor::Visitor,
    },
    http::{body::JsonBody, moment},
    preferences::{self, BY_KIND},
};

/// The form's fields, which the API calls the same.
const FIELDS: [&str; 3] = ["timeZone", "postAt", "cardLook"];

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct SettingsPage {
    frame: Frame,
    form: Form,
    by_kind: (&'static str, &'static str),
    looks: [(CardLook, &'static str); 4],
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: String,
}

/// `GET /settings`.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let known = ReadPreferences(api.ports().clone()).run(&visitor.user).await?;
    let look = known.card_look.map_or(BY_KIND, CardLook::as_str).to_owned();
    let (zone, post_at) = (known.zone.name().to_owned(), moment::wire_time(known.post_at));
    let form = Form::of([("timeZone", zone), ("postAt", post_at), ("cardLook", look)]);
    Ok(shown(&visitor, form, (asked.done == "saved").then_some("Kept. Posts of your events follow within seconds.")))
}

/// `POST /settings`.
pub(super) async fn save(api: Data<Api>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let SignedForm { visitor, mut form } = sent;
    let given = FIELDS.into_iter().filter(|name| *name != "cardLook" || !form.value(name).is_empty());
    let body: Map<_, _> = given.map(|name| (name.to_owned(), json!(form.value(name).trim()))).collect();
    match preferences::change(&api, &visitor.user, JsonBody::of(body)).await {
        Ok(_) => Ok(see("/settings?done=saved")),
        Err(problem) => {
            form.faulted(problem, &FIELDS)?;
            Ok(shown(&visitor, form, None))
        }
    }
}

fn shown(visitor: &Visitor, form: Form, said: Option<&'static str>) -> HttpResponse {
    let status = if form.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::new(visitor, "/settings", "Settings").saying(said);
    let by_kind = (BY_KIND, "As fits the event");
    page(status, &SettingsPage { frame, form, by_kind, looks: look::CHOICES })
}
