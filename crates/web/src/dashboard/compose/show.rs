use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path, Query},
};
use askama::Template;
use rats_application::{
    Refusal,
    analytics::{FindBestTimes, PeriodRequest},
    connect::FindConnection,
    event::{FindEvent, ListEvents},
    picture::FindPicture,
};
use rats_domain::{
    event::Event,
    id::{EventId, PictureId},
    part::Span,
    picture::{CardLook, Picture},
};
use serde::Deserialize;
use time::{Date, OffsetDateTime};

use super::check::Checked;
use crate::{
    Api,
    dashboard::{
        event::card_path,
        failure::Failure,
        form::Form,
        frame::{Frame, page},
        local::{day_words, field, within},
        look, thumb,
        visitor::Visitor,
    },
};

/// How much of a caption Instagram shows before “… more”, in characters, roughly.
const SHOWN: usize = 125;
/// How many events to come, and how many past ones, can be chosen from.
const COMING: usize = 150;
const PAST: usize = 50;
/// How many of the best hours are named.
const HOURS: usize = 3;

#[derive(Template)]
#[template(path = "compose/compose.html")]
struct ComposePage {
    frame: Frame,
    form: Form,
    /// The post that an earlier sending of this form made, if it was sent before.
    made: Option<String>,
    events: Vec<(String, String)>,
    picture: Option<PictureView>,
    preview: Preview,
    checked: Checked,
    hours: Vec<String>,
    zone: String,
    earliest: String,
    /// The largest picture, in bytes.
    most: usize,
    looks: [(CardLook, &'static str); 4],
}

/// An uploaded picture, as it was made to fit.
struct PictureView {
    id: String,
    small: String,
    fit: &'static str,
    size: (u32, u32),
    changes: Vec<String>,
    has_original: bool,
}

/// The post as Instagram will show it.
struct Preview {
    account: String,
    picture: String,
    /// How the text begins, and what stands behind “more”.
    begins: String,
    goes_on: String,
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    event: String,
    at: String,
}

/// `GET /compose`.
pub(super) async fn show(visitor: Visitor, api: Data<Api>, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let key = api.ports().random.new_name();
    let form = Form::of([("event", asked.event.clone()), ("at", asked.at.clone()), ("key", key)]);
    shown(&api, &visitor, form).await
}

/// `GET /compose/original/{id}`: the picture as it was uploaded, metadata removed, for its owner alone.
pub(super) async fn original(visitor: Visitor, api: Data<Api>, id: Path<String>) -> Result<HttpResponse, Failure> {
    let bytes = FindPicture(api.ports().clone()).original(&visitor.user, &PictureId::new(id.into_inner())).await?;
    let small = api.ports().maker.small(bytes.into(), thumb::WIDTH).await.map_err(Refusal::from)?;
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .insert_header((header::CACHE_CONTROL, "private, max-age=86400"))
        .body(small))
}

/// The page with what is filled in.
pub(super) async fn shown(api: &Api, visitor: &Visitor, form: Form) -> Result<HttpResponse, Failure> {
    shown_beside(api, visitor, form, None).await
}

/// The same, and the post that the form made when it was sent before.
pub(super) async fn shown_beside(
    api: &Api,
    visitor: &Visitor,
    form: Form,
    made: Option<String>,
) -> Result<HttpResponse, Failure> {
    let (ports, now) = (api.ports(), api.ports().clock.now());
    let events = offered(api, visitor, form.value("event"), now).await?;
    let account = FindConnection(ports.clone()).run(&visitor.user).await?.map(|connection| connection.username);
    let event = events.iter().find(|event| event.id.as_str() == form.value("event"));
    let picture = match form.value("media") {
        "" => None,
        id => FindPicture(ports.clone()).run(&visitor.user, &PictureId::new(id)).await.ok(),
    };
    let message = event.and_then(|event| event.message.as_deref()).unwrap_or_default();
    let status = if form.is_refused() || made.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = ComposePage {
        frame: Frame::new(visitor, "/compose", "A new post"),
        preview: Preview::new(visitor, &form, picture.as_ref(), event, account),
        checked: Checked::of(api, visitor, &form, message).await?,
        picture: picture.map(PictureView::from),
        events: events.iter().map(|event| choice(event, visitor.zone().day(now))).collect(),
        hours: hours(api, visitor).await?,
        zone: visitor.zone().name().to_owned(),
        earliest: field(now, visitor.zone()),
        most: api.settings().upload_bytes,
        looks: look::CHOICES,
        form,
        made,
    };
    Ok(page(status, &shown))
}

/// The events to choose from: the one that is chosen, the nearest of those to come, the latest of the past. Whoever has more begins at the
/// event's own page.
async fn offered(api: &Api, visitor: &Visitor, chosen: &str, now: OffsetDateTime) -> Result<Vec<Event>, Failure> {
    let (list, user, today) = (ListEvents(api.ports().clone()), &visitor.user, visitor.zone().day(now));
    let coming = list.coming(user, today, Span::first(COMING)).await?.items;
    let past = list.past(user, today, Span::first(PAST)).await?.items;
    let mut events: Vec<Event> = coming.into_iter().chain(past).collect();
    if !chosen.is_empty() && events.iter().all(|event| event.id.as_str() != chosen) {
        match FindEvent(api.ports().clone()).run(user, &EventId::new(chosen)).await {
            Ok(event) => events.insert(0, event),
            // What is said about it is said when it is saved.
            Err(Refusal::NotFound(_)) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(events)
}

fn choice(event: &Event, today: Date) -> (String, String) {
    (event.id.to_string(), format!("{}, {}", event.details.title, within(&day_words(event.details.date, today))))
}

/// The hours at which posts did best, where there are enough of them to tell.
async fn hours(api: &Api, visitor: &Visitor) -> Result<Vec<String>, Failure> {
    let request = PeriodRequest { time_zone: Some(visitor.zone().name().to_owned()), ..PeriodRequest::default() };
    let found = FindBestTimes(api.ports().clone()).run(&visitor.user, &request).await?;
    let best = found.times.best().into_iter().take(HOURS);
    Ok(best.map(|cell| format!("{}s at {:02}:00", cell.weekday, cell.hour)).collect())
}

impl Preview {
    fn new(
        visitor: &Visitor,
        form: &Form,
        picture: Option<&Picture>,
        event: Option<&Event>,
        account: Option<String>,
    ) -> Self {
        let message = event.and_then(|event| event.message.as_deref()).unwrap_or_default();
        let caption = Some(form.value("caption").trim()).filter(|text| !text.is_empty()).unwrap_or(message);
        let (begins, goes_on) = split(caption);
        let card = || {
            let Some(event) = event else { return String::new() };
            let look =
                CardLook::parse(form.value("look")).unwrap_or_else(|| visitor.preferences.look_of(event.details.kind));
            format!("{}&small", card_path(event, look))
        };
        Self {
            account: account.unwrap_or_else(|| "your account".into()),
            picture: picture.map_or_else(card, |picture| format!("/media/{}.jpg", picture.id)),
            begins,
            goes_on,
        }
    }
}

/// Where Instagram folds a caption.
fn split(caption: &str) -> (String, String) {
    let Some((end, _)) = caption.char_indices().nth(SHOWN) else { return (caption.to_owned(), String::new()) };
    let at = caption[..end].rfind(char::is_whitespace).unwrap_or(end);
    (caption[..at].to_owned(), caption[at..].to_owned())
}

impl From<Picture> for PictureView {
    fn from(picture: Picture) -> Self {
        Self {
            small: thumb::path(picture.id.as_str()),
            id: picture.id.to_string(),
            fit: picture.fit.as_str(),
            size: (picture.width, picture.height),
            changes: picture.changes,
            has_original: picture.original.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_caption_is_folded_at_a_word() {
        let text = format!("{}end", "word ".repeat(30));
        let (begins, goes_on) = split(&text);
        assert_eq!(format!("{begins}{goes_on}"), text);
        assert!(begins.ends_with("word") && begins.chars().count() <= SHOWN);
        assert_eq!(split("short"), ("short".into(), String::new()));
        assert_eq!(split(&"é".repeat(200)).0.chars().count(), SHOWN, "where there is no word to fold at");
    }
}
