use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use super::begin;
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::Form,
        frame::{own_path, see},
    },
    http::{body::MAX_BYTES, origin, problem::Problem, user},
};

/// `POST /session`: RATS' frontend hands its user over, with the JWT in a form's `token`, once for a session that lasts no longer than that.
///
/// It is a form, not a call: a browser keeps the cookie of a page that it goes to, whatever it thinks of other sites' cookies. Only a page of
/// the frontend, or of ours, may send it; else anybody could sign people in as somebody else.
pub(super) async fn hand_over(api: Data<Api>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Failure> {
    api.limit_address(&request)?;
    if !origin::is_frontend(&api, &request) && !origin::is_surely_own(&api, &request) {
        return Err(Failure::foreign());
    }
    let form = Form::read(&request, payload, MAX_BYTES).await?;
    let found = api.tokens().verify_until(form.value("token"), api.ports().clock.now());
    let Some((user, ends)) = found else { return Err(refused()) };
    if !user::exists(&api, &user).await? {
        return Err(refused());
    }
    begin(&api, &request, &user, Some(ends), |_| see(own_path(form.value("next")))).await
}

fn refused() -> Failure {
    Problem::unauthorized(
        "RATS’ sign-in has run out, or it is not one for here. Go back to RATS, sign in there, and open this again.",
    )
    .into()
}
