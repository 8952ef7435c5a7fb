use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use rats_application::{
    account::Register,
    preferences::{ChangePreferences, PreferenceChanges},
};
use rats_domain::{id::UserId, secret::Secret};

use super::begin;
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, OpenForm},
        frame::{page, see},
    },
};

#[derive(Template)]
#[template(path = "session/register.html")]
struct RegisterPage {
    form: Form,
}

/// `GET /register`.
pub(super) async fn show() -> HttpResponse {
    page(StatusCode::OK, &RegisterPage { form: Form::default() })
}

/// `POST /register`; who is registered is signed in.
pub(super) async fn register(api: Data<Api>, request: HttpRequest, form: OpenForm) -> Result<HttpResponse, Failure> {
    let OpenForm(form) = form;
    api.limit_logins(&request)?;
    let password = Secret::new(form.value("password"));
    match Register(api.ports().clone()).run(form.value("email"), password, form.value("username")).await {
        Ok(user) => {
            live_where(&api, &user.id, form.value("zone")).await;
            begin(&api, &request, &user.id, None, |_| see("/")).await
        }
        Err(refusal) => {
            let mut form = form.without("password");
            form.refused(refusal, &["email", "password", "username"])?;
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &RegisterPage { form }))
        }
    }
}

/// Whoever registers lives, as far as we know, where their browser's clock is. Where it does not say, or in words that we do not know, they
/// choose it in the settings.
async fn live_where(api: &Api, user: &UserId, zone: &str) {
    if zone.is_empty() {
        return;
    }
    let changes = PreferenceChanges { time_zone: Some(zone.to_owned()), ..PreferenceChanges::default() };
    if let Err(refusal) = ChangePreferences(api.ports().clone()).run(user, changes).await {
        tracing::debug!(%user, %refusal, "a browser's time zone was not kept");
    }
}
