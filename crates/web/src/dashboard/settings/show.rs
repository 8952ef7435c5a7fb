use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::preferences::ReadPreferences;
use serde::Deserialize;
use serde_json::{Map, json};

use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::{Frame, page, see},
        visitor::Visitor,
    },
    http::{body::JsonBody, moment},
    preferences,
};

/// The form's fields, which the API calls the same.
const FIELDS: [&str; 2] = ["timeZone", "postAt"];

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct SettingsPage {
    frame: Frame,
    form: Form,
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
    let form = Form::of([("timeZone", known.zone.name().to_owned()), ("postAt", moment::wire_time(known.post_at))]);
    Ok(shown(&visitor, form, (asked.done == "saved").then_some("Kept. Posts of your events follow within seconds.")))
}

/// `POST /settings`.
pub(super) async fn save(api: Data<Api>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let SignedForm { visitor, mut form } = sent;
    let body: Map<_, _> = FIELDS.map(|name| (name.to_owned(), json!(form.value(name).trim()))).into_iter().collect();
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
    page(status, &SettingsPage { frame: Frame::new(visitor, "/settings", "Settings").saying(said), form })
}
