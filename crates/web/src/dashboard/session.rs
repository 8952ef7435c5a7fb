//! Signing in and out, and being handed over by RATS' frontend.

mod hand_over;
mod register;
mod sign_in;
mod sign_out;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, ServiceConfig},
};
use rats_application::session::BeginSession;
use rats_domain::id::UserId;
use time::OffsetDateTime;

use super::{cookie::SESSION, failure::Failure};
use crate::Api;

pub(super) use sign_in::first as sign_in_first;

pub(super) fn configure(api: &Api, config: &mut ServiceConfig) {
    if api.settings().stand_alone {
        config
            .route("/sign-in", web::get().to(sign_in::show))
            .route("/sign-in", web::post().to(sign_in::sign_in))
            .route("/register", web::get().to(register::show))
            .route("/register", web::post().to(register::register));
    } else {
        config.route("/sign-in", web::get().to(sign_in::elsewhere));
    }
    config
        .route("/session", web::post().to(hand_over::hand_over))
        .route("/sign-out", web::post().to(sign_out::here))
        .route("/sign-out-everywhere", web::post().to(sign_out::everywhere));
}

/// Begins a session in the browser that sent a request, in the place of whatever it had, and goes on with `next`, which is given the token of the
/// session's forms.
async fn begin(
    api: &Api,
    request: &HttpRequest,
    user: &UserId,
    proof_ends: Option<OffsetDateTime>,
    next: impl FnOnce(&str) -> HttpResponse,
) -> Result<HttpResponse, Failure> {
    let before = SESSION.read(request);
    let (id, session) = BeginSession(api.ports().clone()).run(user, proof_ends, before.as_ref()).await?;
    let seconds = (session.expires_at - session.begun_at).whole_seconds();
    let mut response = next(&SESSION.csrf(&id));
    if let Ok(cookie) = header::HeaderValue::from_str(&SESSION.set(&id, seconds)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
