//! Which page sent a request.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
};

use crate::Api;

/// Whether the browser says, or does not deny, that our own page sent the form.
pub(crate) fn may_be_own(api: &Api, request: &HttpRequest) -> bool {
    let origin = text(request, header::ORIGIN).is_none_or(|origin| is_own(api, request, &origin));
    let site = text(request, HeaderName::from_static("sec-fetch-site")).is_none_or(|site| site == "same-origin");
    origin && site
}

/// Whether the browser says that our own page sent the form. Where no session protects a form yet, nothing less will do.
pub(crate) fn is_surely_own(api: &Api, request: &HttpRequest) -> bool {
    text(request, header::ORIGIN).is_some_and(|origin| is_own(api, request, &origin)) && may_be_own(api, request)
}

/// Whether the browser says that a page of RATS' frontend sent the form.
pub(crate) fn is_frontend(api: &Api, request: &HttpRequest) -> bool {
    let frontend = api.settings().client_url.origin().ascii_serialization();
    text(request, header::ORIGIN).is_some_and(|origin| origin == frontend)
}

fn is_own(api: &Api, request: &HttpRequest, origin: &str) -> bool {
    let own = api.ports().settings.public_base_url.origin().ascii_serialization();
    let host = text(request, header::HOST).unwrap_or_default();
    origin == own || origin.split_once("://").is_some_and(|(_, named)| !host.is_empty() && named == host)
}

fn text(request: &HttpRequest, name: HeaderName) -> Option<String> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or("?").to_owned())
}
