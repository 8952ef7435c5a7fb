use actix_web::{HttpResponse, http::header, web::Data};
use rats_application::session::EndSession;

use crate::{
    Api,
    dashboard::{cookie::SESSION, failure::Failure, form::SignedForm, frame::see},
};

/// `POST /sign-out`: this browser's session ends, here and on the server.
pub(super) async fn here(api: Data<Api>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    EndSession(api.ports().clone()).run(sent.visitor.session()).await?;
    Ok(out("/sign-in?done=out"))
}

/// `POST /sign-out-everywhere`: all of the user's sessions end.
pub(super) async fn everywhere(api: Data<Api>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    EndSession(api.ports().clone()).everywhere(&sent.visitor.user).await?;
    Ok(out("/sign-in?done=everywhere"))
}

fn out(path: &str) -> HttpResponse {
    let mut response = see(path);
    if let Ok(cookie) = header::HeaderValue::from_str(&SESSION.clear()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
