//! Who asks.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use rats_domain::id::UserId;

use super::problem::Problem;
use crate::api::Api;

/// The signed-in user of a request, within their limit.
pub(crate) struct CurrentUser(pub(crate) UserId);

impl FromRequest for CurrentUser {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identify(request))
    }
}

fn identify(request: &HttpRequest) -> Result<CurrentUser, Problem> {
    let Some(api) = request.app_data::<Data<Api>>() else {
        return Err(Problem::unavailable("The service is not ready."));
    };
    let user = bearer(request).and_then(|token| api.tokens().verify(token, api.ports().clock.now()));
    let Some(user) = user else {
        // Guessing tokens is limited by address.
        api.limit_address(request)?;
        return Err(Problem::unauthorized("You are not signed in, or your sign-in has run out. Please sign in again."));
    };
    api.limit(format!("user {user}"), api.settings().requests_per_minute)?;
    Ok(CurrentUser(user))
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
