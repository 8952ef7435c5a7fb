use std::error::Error as _;

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use rats_application::connect::{CallbackFailure, ConfirmConnect, ReceiveCallback};
use rats_domain::secret::Secret;

use super::{
    back,
    confirm::connect,
    cookie::{PENDING, SECONDS},
};
use crate::{
    Api, dashboard,
    http::{problem::Problem, query::Pairs},
};

/// Takes in Instagram's redirect. Always answers with a redirect: to our confirmation page, or back to the frontend with a reason.
#[utoipa::path(get, path = "/api/social-auth/instagram/callback", tag = "connecting", params(
    ("code" = Option<String>, Query), ("state" = Option<String>, Query), ("error" = Option<String>, Query),
), responses((status = 303, description = "To the confirmation page, or back to the frontend with a reason.")))]
pub(crate) async fn callback(api: Data<Api>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    api.limit_address(&request)?;
    let Ok(pairs) = Pairs::of(&request) else { return Ok(back(&api, &request, Err("state"))) };
    let secret = |name| pairs.only(name).filter(|value| (1..=4096).contains(&value.len())).map(Secret::new);
    // With an error there is nothing to exchange, whatever else is there; without either, it was no denial.
    let code = match secret("code") {
        _ if pairs.has("error") => Err(CallbackFailure::Denied),
        code => code.ok_or(CallbackFailure::Exchange(None)),
    };
    match ReceiveCallback(api.ports().clone()).run(secret("state").as_ref(), code).await {
        Ok(name) if is_own(&api, &request, &name).await => Ok(back(&api, &request, connect(&api, &name).await)),
        Ok(name) => Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, "/connect/confirm"))
            .insert_header((header::SET_COOKIE, PENDING.set(&name, SECONDS)))
            .finish()),
        Err(failure) => {
            tracing::info!(
                reason = failure.reason(),
                source = failure.source().map(tracing::field::display),
                "a connect flow ended at its callback"
            );
            Ok(back(&api, &request, Err(failure.reason())))
        }
    }
}

/// Whether whoever began it is signed in on the dashboard in this very browser: then nobody is to be asked whether it was them.
async fn is_own(api: &Api, request: &HttpRequest, name: &Secret) -> bool {
    let Ok(Some(session)) = dashboard::session_of(api, request).await else { return false };
    ConfirmConnect(api.ports().clone()).is_of(name, &session.user).await.unwrap_or(false)
}
