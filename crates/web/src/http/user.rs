//! Who asks.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use futures_util::future::LocalBoxFuture;
use rats_application::account::FindUser;
use rats_domain::id::UserId;

use super::problem::Problem;
use crate::api::Api;

/// The signed-in user of a request, within their limit.
pub(crate) struct CurrentUser(pub(crate) UserId);

impl FromRequest for CurrentUser {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { identify(&request).await })
    }
}

async fn identify(request: &HttpRequest) -> Result<CurrentUser, Problem> {
    let Some(api) = request.app_data::<Data<Api>>() else {
        return Err(Problem::unavailable("The service is not ready."));
    };
    let token = bearer(request).and_then(|token| api.tokens().verify(token, api.ports().clock.now()));
    if let Some(user) = token {
        api.limit(format!("user {user}"), api.settings().requests_per_minute)?;
        if exists(api, &user).await? {
            return Ok(CurrentUser(user));
        }
    }
    // Guessing tokens is limited by address.
    api.limit_address(request)?;
    Err(Problem::unauthorized("You are not signed in, or your sign-in has run out. Please sign in again."))
}

/// Whether the user that a good token names is still there. Where RATS' own server keeps the users, its signature has to do.
pub(crate) async fn exists(api: &Api, user: &UserId) -> Result<bool, Problem> {
    Ok(!api.settings().stand_alone || FindUser(api.ports().clone()).run(user).await?.is_some())
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
