//! What a post of an event says and shows.

use rats_domain::{
    caption::Caption,
    event::{Event, EventDetails, Written},
    id::{PictureId, UserId},
    picture::CardLook,
};
use time::Date;

use crate::{
    Ports, Refusal,
    picture::{self, PictureChoice},
};

/// A text for an event, with what was written for it just now, if it had none.
pub(super) struct Text {
    pub(super) caption: Caption,
    pub(super) written: Option<Written>,
}

/// The text that the owner gave, else the event's message, else one that is written now.
pub(super) async fn text(ports: &Ports, event: &Event) -> Text {
    if let Some(caption) = known_text(ports, event) {
        return Text { caption, written: None };
    }
    let written = ports.writer.write(event, 0).await;
    Text { caption: fitted(ports, &written.message), written: Some(written) }
}

/// The same, none where it would have to be written.
pub(super) fn known_text(ports: &Ports, event: &Event) -> Option<Caption> {
    let own = event.details.auto_post.caption.clone();
    own.or_else(|| event.message.as_deref().map(|message| fitted(ports, message)))
}

fn fitted(ports: &Ports, message: &str) -> Caption {
    Caption::fit(message, &[], &ports.settings.caption)
}

/// What its picture shows on a day, in words that are the same for the same picture.
pub(super) fn shows(event: &Event, day: Date, look: CardLook) -> String {
    let EventDetails { kind, title, recipient_name, auto_post, .. } = &event.details;
    if let Some(picture) = &auto_post.picture {
        return format!("picture {picture}");
    }
    let other = Some(look).filter(|look| *look != CardLook::of(*kind));
    let look = other.map_or_else(String::new, |look| format!(", {}", look.as_str()));
    format!("card of a {}: {title:?}, {recipient_name:?}, {day}{look}", kind.as_str())
}

/// The picture that the owner chose, else the card of that day, drawn now.
pub(super) async fn picture(ports: &Ports, event: &Event, day: Date, look: CardLook) -> Result<PictureId, Refusal> {
    let own = event.details.auto_post.picture.clone();
    let choice = own.map_or(PictureChoice::Card(Some(look)), PictureChoice::Uploaded);
    let on_the_day = Event { details: EventDetails { date: day, ..event.details.clone() }, ..event.clone() };
    Ok(picture::choose(ports, &event.user, &choice, None, Some(&on_the_day)).await?.id)
}

/// The picture that an event is to be posted with is one of the user's.
pub(crate) async fn check_picture(ports: &Ports, user: &UserId, details: &EventDetails) -> Result<(), Refusal> {
    let Some(picture) = &details.auto_post.picture else { return Ok(()) };
    if ports.pictures.find(user, picture).await?.is_some() {
        return Ok(());
    }
    let message = "There is no such picture. Upload one to /api/media first, or leave it out for the event's card.";
    Err(Refusal::field("autoPost.mediaId", message))
}
