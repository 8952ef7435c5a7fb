use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Payload, Query},
};
use rats_application::connect::{ConfirmConnect, ConfirmError, DeclineConnect, ShowConfirm};
use rats_domain::secret::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{back, cookie::PENDING, page};
use crate::{
    Api,
    http::{body, origin, problem::Problem},
};

/// The longest form, in bytes.
const MAX_FORM: usize = 1024;

/// What the person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Decision {
    /// Link the account.
    Connect,
    /// It was not me.
    Decline,
}

/// The confirmation page's form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionForm {
    decision: Decision,
    /// The page's own.
    csrf: String,
}

/// The page that names both accounts and asks.
#[utoipa::path(get, path = "/connect/confirm", tag = "connecting", responses(
    (status = 200, content_type = "text/html", body = String),
    (status = 303, description = "The pending connection is used or too old: back to the frontend."),
    (status = 403, content_type = "text/html", body = String, description = "Another browser began it.")))]
pub(crate) async fn confirm_page(api: Data<Api>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    api.limit_address(&request)?;
    let Some(name) = PENDING.read(&request) else { return Ok(page::forbidden(&api)) };
    match ShowConfirm(api.ports().clone()).run(&name).await? {
        Some(view) => Ok(page::confirm(&api, &view, &PENDING.csrf(&name))),
        None => Ok(ended(&api, &request, Err("expired"))),
    }
}

/// Connects or declines, then goes back to the frontend.
#[utoipa::path(post, path = "/connect/confirm", tag = "connecting",
    request_body(content = DecisionForm, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 303, description = "Back to the frontend."),
    (status = 403, content_type = "text/html", body = String, description = "Not from our own page, or another browser.")))]
pub(crate) async fn decide(api: Data<Api>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Problem> {
    api.limit_address(&request)?;
    let Some(name) = PENDING.read(&request).filter(|_| origin::may_be_own(&api, &request)) else {
        return Ok(page::forbidden(&api));
    };
    let Some(form) = read(&request, payload).await.filter(|form| PENDING.is_csrf(&name, &form.csrf)) else {
        return Ok(page::forbidden(&api));
    };
    let outcome = match form.decision {
        Decision::Connect => connect(&api, &name).await,
        Decision::Decline => decline(&api, &name).await,
    };
    Ok(ended(&api, &request, outcome))
}

pub(super) async fn connect(api: &Api, name: &Secret) -> Result<(), &'static str> {
    match ConfirmConnect(api.ports().clone()).run(name).await {
        Ok(_) => Ok(()),
        Err(ConfirmError::Expired) => Err("expired"),
        Err(ConfirmError::LinkedElsewhere) => Err("linked_elsewhere"),
        Err(ConfirmError::Refused(refusal)) => {
            tracing::warn!(error = %refusal, source = ?std::error::Error::source(&refusal), "a connection could not be confirmed");
            Err("unavailable")
        }
    }
}

async fn decline(api: &Api, name: &Secret) -> Result<(), &'static str> {
    match DeclineConnect(api.ports().clone()).run(name).await {
        Ok(true) => Err("declined"),
        Ok(false) => Err("expired"),
        Err(refusal) => {
            tracing::warn!(error = %refusal, source = ?std::error::Error::source(&refusal), "a connection could not be declined");
            Err("unavailable")
        }
    }
}

/// Back to the frontend, without the cookie.
fn ended(api: &Api, request: &HttpRequest, outcome: Result<(), &str>) -> HttpResponse {
    let mut response = back(api, request, outcome);
    if let Ok(value) = header::HeaderValue::from_str(&PENDING.clear()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

async fn read(request: &HttpRequest, payload: Payload) -> Option<DecisionForm> {
    let kind = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !kind.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let bytes = body::bytes(request, payload, MAX_FORM).await.ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    Query::<DecisionForm>::from_query(text).ok().map(Query::into_inner)
}
