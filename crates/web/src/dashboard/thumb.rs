//! Small copies of our own pictures.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use rats_application::Refusal;
use rats_domain::id::UserId;

use super::{failure::Failure, visitor::session_of};
use crate::Api;

/// How wide a small copy is, in pixels.
pub(super) const WIDTH: u32 = 240;

/// How many small copies go with each page that a user may ask for.
const PICTURES: u32 = 4;

/// Where the small copy of a picture is.
pub(crate) fn path(picture: &str) -> String {
    format!("/thumb/{picture}.jpg")
}

/// Who asks for a small picture, within the limit of those: a page has many, and what they take is not taken from the pages.
///
/// # Errors
///
/// Where nobody is signed in there is nothing to see.
pub(super) async fn viewer(api: &Api, request: &HttpRequest) -> Result<UserId, Failure> {
    let Some(session) = session_of(api, request).await? else {
        // Guessing sessions is limited by address, here too.
        api.limit_address(request)?;
        return Err(Failure::nothing());
    };
    let most = api.settings().requests_per_minute.saturating_mul(PICTURES);
    api.limit(format!("thumbs {}", session.user), most)?;
    Ok(session.user)
}

/// `GET /thumb/{name}`: the picture itself is public under its name; making copies of it is not for everybody.
pub(super) async fn serve(api: Data<Api>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Failure> {
    viewer(&api, &request).await?;
    let is_name = |name: &&str| name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let name = name.strip_suffix(".jpg").filter(is_name).ok_or_else(Failure::nothing)?;
    let whole = api.ports().files.get(name).await.map_err(Refusal::from)?.ok_or_else(Failure::nothing)?;
    let small = api.ports().maker.small(whole.into(), WIDTH).await.map_err(Refusal::from)?;
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .insert_header((header::CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .body(small))
}
