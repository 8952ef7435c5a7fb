//! How cards look, to choose from.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use rats_application::{Refusal, picture::DrawSample};
use rats_domain::picture::CardLook;

use super::{failure::Failure, thumb};
use crate::Api;

/// The looks by their words, and what they are called.
pub(super) const CHOICES: [(CardLook, &str); 4] = [
    (CardLook::Cake, "Cake and bunting"),
    (CardLook::Hearts, "Golden hearts"),
    (CardLook::Lanterns, "Paper lanterns"),
    (CardLook::Daisies, "Daisies"),
];

/// `GET /looks/{word}.jpg`: a small card in that look.
pub(super) async fn serve(api: Data<Api>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Failure> {
    thumb::viewer(&api, &request).await?;
    let look = name.strip_suffix(".jpg").and_then(CardLook::parse).ok_or_else(Failure::nothing)?;
    let whole = DrawSample(api.ports().clone()).run(look).await?;
    let small = api.ports().maker.small(whole.into(), thumb::WIDTH).await.map_err(Refusal::from)?;
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .insert_header((header::CACHE_CONTROL, "private, max-age=86400"))
        .body(small))
}
