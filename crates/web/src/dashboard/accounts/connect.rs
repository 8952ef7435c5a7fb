use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;
use rats_application::connect::{BeginConnect, Disconnect};
use rats_domain::secret::Secret;

use crate::{
    Api,
    connect::JOURNEY,
    dashboard::{
        failure::Failure,
        form::SignedForm,
        frame::{page, see},
    },
};

/// How long a journey to Instagram may take, in seconds.
const SECONDS: i64 = 600;

/// The way to Instagram. It is a page, not a redirect: a form's redirects may only lead to where our policy says, and Instagram's own go where
/// Instagram wants.
#[derive(Template)]
#[template(path = "accounts/leaving.html")]
struct LeavingPage<'a> {
    url: &'a str,
}

/// `POST /accounts/connect`.
pub(super) async fn begin(api: Data<Api>, request: HttpRequest, sent: SignedForm) -> Result<HttpResponse, Failure> {
    let browser = request.headers().get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let url = BeginConnect(api.ports().clone()).run(&sent.visitor.user, api.address(&request), browser).await?;
    let mut response = page(StatusCode::OK, &LeavingPage { url: url.as_str() });
    let journey = Secret::new(api.ports().random.new_token());
    if let Ok(cookie) = header::HeaderValue::from_str(&JOURNEY.set(&journey, SECONDS)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /accounts/disconnect`.
pub(super) async fn disconnect(api: Data<Api>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    Disconnect(api.ports().clone()).run(&sent.visitor.user).await?;
    Ok(see("/accounts?done=disconnected"))
}
