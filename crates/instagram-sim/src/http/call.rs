use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, error};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Shared;
use super::params::Params;
use super::wire::Wire;
use crate::{Answer, Failure, GraphError, Target};

/// A call of the Graph API: its parameters, its token, and the moment it came.
pub(super) struct GraphCall {
    pub(super) request: HttpRequest,
    pub(super) shared: Data<Shared>,
    pub(super) params: Params,
    pub(super) token: String,
    pub(super) now: OffsetDateTime,
}

impl GraphCall {
    /// The number in the path; 0, which nothing has, when it is `me` or beyond 64 bits.
    pub(super) fn id(&self) -> u64 {
        self.request.match_info().get("id").and_then(|id| id.parse().ok()).unwrap_or(0)
    }

    /// The account in the path.
    pub(super) fn target(&self) -> Target {
        match self.request.match_info().get("id") {
            None | Some("me") => Target::Me,
            Some(_) => Target::Id(self.id()),
        }
    }

    /// Delivers an answer, or its absence, with the usage headers.
    pub(super) fn deliver(&self, answer: Answer<Value>) -> HttpResponse {
        match answer {
            Ok(body) => self.with_usage(HttpResponse::Ok().json(body), None),
            Err(Failure::Refused(error)) => {
                let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
                let body = error.envelope(&self.shared.trace());
                self.with_usage(HttpResponse::build(status).json(body), Some(&error))
            }
            Err(Failure::Empty) => HttpResponse::Ok().content_type("application/json").body(""),
            Err(Failure::Html(status)) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                HttpResponse::build(status)
                    .content_type("text/html")
                    .body("<html><body>Sorry, something went wrong.</body></html>")
            }
            Err(Failure::Dropped) => self.end(Wire::drop_now),
            Err(Failure::Cut) => self.end(Wire::cut),
        }
    }

    // The response goes to a closed connection.
    fn end(&self, how: impl FnOnce(&Wire)) -> HttpResponse {
        if let Some(wire) = self.request.conn_data::<Wire>() {
            how(wire);
        }
        HttpResponse::InternalServerError().force_close().finish()
    }

    fn with_usage(&self, mut response: HttpResponse, error: Option<&GraphError>) -> HttpResponse {
        let Some(usage) = self.shared.instagram.usage(&self.token) else { return response };
        let regain = error.and_then(|error| error.regain_minutes);
        let percent = if regain.is_some() { 100 } else { usage.percent };
        let app = json!({"call_count": percent, "total_time": percent / 2, "total_cputime": percent / 2});
        let mut business = serde_json::Map::new();
        business.insert(
            usage.account.to_string(),
            json!([{"type": "instagram", "call_count": percent, "total_cputime": percent / 2,
                "total_time": percent / 2, "estimated_time_to_regain_access": regain.unwrap_or(0)}]),
        );
        for (name, value) in [("x-app-usage", app), ("x-business-use-case-usage", Value::Object(business))] {
            if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
                response.headers_mut().insert(header::HeaderName::from_static(name), value);
            }
        }
        response
    }
}

impl FromRequest for GraphCall {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let params = Params::read(&request, &body.await?);
            let shared = request.app_data::<Data<Shared>>().cloned();
            let shared = shared.ok_or_else(|| error::ErrorInternalServerError("not set up"))?;
            let token = bearer(&request).unwrap_or_else(|| params.text("access_token").to_owned());
            let now = shared.clock.now();
            Ok(Self { request, shared, params, token, now })
        })
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let is_known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
    is_known.then(|| token.trim().to_owned())
}
