//! What every request and answer passes: an id, a log line, security headers.

use std::cell::RefCell;

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use tracing::Instrument as _;

use crate::api::Api;

tokio::task_local! {
    static REQUEST: RefCell<String>;
}

/// The id of the request that this task serves.
pub(crate) fn request_id() -> String {
    REQUEST.try_with(|id| id.borrow().clone()).unwrap_or_default()
}

/// Serves a request under an id of its own, logs it without its query, and secures the answer.
pub(crate) async fn edge<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let Some(api) = request.app_data::<Data<Api>>().cloned() else { return next.call(request).await };
    let (clock, id) = (api.ports().clock.clone(), api.ports().random.new_name());
    let began = clock.monotonic();
    let span = tracing::info_span!("request", id = %id, method = %request.method(), path = %shown(request.path()));
    let serve = REQUEST.scope(RefCell::new(id.clone()), async move {
        let mut response = next.call(request).await?;
        secure(response.headers_mut(), &id, api.https());
        let took_ms = u64::try_from(clock.monotonic().since(began).as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), took_ms, "served");
        Ok(response)
    });
    serve.instrument(span).await
}

/// A path as it may be logged: short, without control characters.
fn shown(path: &str) -> String {
    path.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn secure(headers: &mut HeaderMap, id: &str, https: bool) {
    let mut preset = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    preset(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    preset(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    preset(header::REFERRER_POLICY, "no-referrer");
    preset(header::CACHE_CONTROL, "no-store");
    if https {
        preset(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
