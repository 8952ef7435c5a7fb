use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use rats_application::{Refusal, picture::DrawCard};
use rats_domain::{event::Event, id::EventId, picture::CardLook};

use crate::{
    Api,
    dashboard::{failure::Failure, thumb},
};

/// Where an event's card is in a look; another version of the event is at another address.
pub(crate) fn path(event: &Event, look: CardLook) -> String {
    let version = event.updated_at.unix_timestamp_nanos() / 1_000;
    format!("/events/{}/card.jpg?v={version}&look={}", event.id, look.as_str())
}

/// `GET /events/{id}/card.jpg`, small with `small`: the card as a post would show it. It counts as a small picture, not as a page, and is asked for
/// once: its address changes with the event.
pub(super) async fn serve(api: Data<Api>, request: HttpRequest, id: Path<String>) -> Result<HttpResponse, Failure> {
    let (user, asked) = (thumb::viewer(&api, &request).await?, request.query_string());
    let look = asked.split('&').find_map(|member| CardLook::parse(member.strip_prefix("look=")?));
    let mut jpeg = DrawCard(api.ports().clone()).run(&user, &EventId::new(id.into_inner()), look).await?;
    if asked.ends_with("&small") {
        jpeg = api.ports().maker.small(jpeg.into(), thumb::WIDTH).await.map_err(Refusal::from)?;
    }
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .insert_header((header::CACHE_CONTROL, "private, max-age=604800, immutable"))
        .body(jpeg))
}
