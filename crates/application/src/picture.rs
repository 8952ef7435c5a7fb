//! Pictures: uploads, pictures from elsewhere, cards.

use std::sync::Arc;

use rats_domain::{
    event::{Event, EventKind},
    id::{EventId, PictureId, UserId},
    idempotency::IdempotencyKey,
    picture::{CardBrief, CardLook, Fit, MadePicture, Picture, PictureError, PictureSource},
};
use time::macros::date;
use url::Url;

use crate::{FieldProblem, Ports, Refusal};

/// Takes in a picture that a person uploads.
pub struct UploadPicture(pub Arc<Ports>);

impl UploadPicture {
    /// Makes `photo` fit Instagram and keeps it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Invalid`] naming `file` if it is not a picture that can be used, with what to change.
    pub async fn run(
        &self,
        user: &UserId,
        photo: Arc<[u8]>,
        fit: Fit,
        key: Option<&IdempotencyKey>,
    ) -> Result<Picture, Refusal> {
        let made = self.0.maker.fit(photo, fit).await?;
        keep(&self.0, user, made, PictureSource::Photo, fit, key).await
    }
}

/// A picture of the user's.
pub struct FindPicture(pub Arc<Ports>);

impl FindPicture {
    /// What is known of the picture.
    pub async fn run(&self, user: &UserId, id: &PictureId) -> Result<Picture, Refusal> {
        self.0.pictures.find(user, id).await?.ok_or(Refusal::NotFound("picture"))
    }

    /// Its original, metadata removed, which only its owner is shown; of a card there is none.
    pub async fn original(&self, user: &UserId, id: &PictureId) -> Result<Vec<u8>, Refusal> {
        let missing = || Refusal::NotFound("picture");
        let original = self.run(user, id).await?.original.ok_or_else(missing)?;
        self.0.files.get(&kept_as(&original)).await?.ok_or_else(missing)
    }
}

/// What a person says about a post's picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureChoice {
    /// One that they uploaded before.
    Uploaded(PictureId),
    /// One at an address.
    At(Url),
    /// None: the event's card in this look, or in the one that the user prefers.
    Card(Option<CardLook>),
}

/// The picture that was chosen, made if need be.
pub(crate) async fn choose(
    ports: &Ports,
    user: &UserId,
    choice: &PictureChoice,
    fit: Option<Fit>,
    event: Option<&Event>,
) -> Result<Picture, Refusal> {
    match (choice, event) {
        (PictureChoice::Uploaded(id), _) => uploaded(ports, user, id, fit).await,
        (PictureChoice::At(url), _) => fetched(ports, user, url, fit.unwrap_or_default()).await,
        (PictureChoice::Card(look), Some(event)) => card(ports, user, event, *look).await,
        (PictureChoice::Card(_), None) => Err(Refusal::field(
            "mediaId",
            "Instagram needs a picture: give `mediaId` (upload one to /api/media first) or `imageUrl`, or an `eventId`, whose card we draw.",
        )),
    }
}

async fn uploaded(ports: &Ports, user: &UserId, id: &PictureId, fit: Option<Fit>) -> Result<Picture, Refusal> {
    let missing = || Refusal::NotFound("picture");
    let picture = ports.pictures.find(user, id).await?.ok_or_else(missing)?;
    let (Some(fit), Some(original)) = (fit, &picture.original) else { return Ok(picture) };
    if fit == picture.fit {
        return Ok(picture);
    }
    if let Some(variant) = ports.pictures.find_variant(user, original, fit).await? {
        return Ok(variant);
    }
    let bytes = ports.files.get(&kept_as(original)).await?.ok_or_else(missing)?;
    let mut made = ports.maker.fit(bytes.into(), fit).await?;
    made.original = Vec::new();
    let picture = described(ports, user, &made, PictureSource::Photo, fit, Some(original.clone()));
    store(ports, &picture, made, None).await
}

async fn fetched(ports: &Ports, user: &UserId, url: &Url, fit: Fit) -> Result<Picture, Refusal> {
    let at_image_url = |error| match error {
        PictureError::Unusable(message) => Refusal::field("imageUrl", message),
        failed @ PictureError::Failed(_) => failed.into(),
    };
    let photo = ports.fetcher.fetch(url).await.map_err(at_image_url)?;
    let made = ports.maker.fit(photo.into(), fit).await.map_err(at_image_url)?;
    keep(ports, user, made, PictureSource::Photo, fit, None).await
}

/// Shows an event's card.
pub struct DrawCard(pub Arc<Ports>);

impl DrawCard {
    /// The card of the user's event as a JPEG, as a post would show it; it is not kept. Without a look, in the one that the user prefers.
    pub async fn run(&self, user: &UserId, id: &EventId, look: Option<CardLook>) -> Result<Vec<u8>, Refusal> {
        let event = self.0.events.find(user, id).await?.ok_or(Refusal::NotFound("event"))?;
        Ok(draw(&self.0, user, &event, look).await?.jpeg)
    }
}

/// Shows how cards look.
pub struct DrawSample(pub Arc<Ports>);

impl DrawSample {
    /// A card in this look as a JPEG, of an event that nobody has; it is always the same.
    pub async fn run(&self, look: CardLook) -> Result<Vec<u8>, Refusal> {
        let (kind, title, recipient) = match look {
            CardLook::Cake => (EventKind::Birthday, "Birthday", Some("Anna")),
            CardLook::Hearts => (EventKind::Anniversary, "Anniversary", Some("Ana & Rui")),
            CardLook::Lanterns => (EventKind::Holiday, "Happy New Year", None),
            CardLook::Daisies => (EventKind::Other, "Summer party", None),
        };
        let (title, recipient) = (title.to_owned(), recipient.map(str::to_owned));
        let brief = CardBrief { look, kind, title, recipient, date: date!(2026 - 06 - 21), seed: 1 };
        Ok(self.0.maker.card(brief).await?.jpeg)
    }
}

/// Renders the event's card and keeps it.
async fn card(ports: &Ports, user: &UserId, event: &Event, look: Option<CardLook>) -> Result<Picture, Refusal> {
    let made = draw(ports, user, event, look).await?;
    keep(ports, user, made, PictureSource::Card, Fit::Pad, None).await
}

/// Renders the event's card. The same event gives the same decoration.
async fn draw(ports: &Ports, user: &UserId, event: &Event, look: Option<CardLook>) -> Result<MadePicture, Refusal> {
    let details = &event.details;
    let look = match look {
        Some(look) => look,
        None => ports.preferences.preferences(user).await?.look_of(details.kind),
    };
    let recipient = Some(details.recipient_name.clone()).filter(|name| !name.trim().is_empty());
    let seed = event.id.as_str().bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let (kind, title) = (details.kind, details.title.clone());
    let brief = CardBrief { look, kind, title, recipient, date: details.date, seed };
    ports.maker.card(brief).await.map_err(|error| match error {
        PictureError::Unusable(message) => Refusal::Invalid(vec![FieldProblem { field: "eventId", message }]),
        failed @ PictureError::Failed(_) => failed.into(),
    })
}

async fn keep(
    ports: &Ports,
    user: &UserId,
    made: MadePicture,
    source: PictureSource,
    fit: Fit,
    key: Option<&IdempotencyKey>,
) -> Result<Picture, Refusal> {
    let original = (!made.original.is_empty()).then(|| ports.random.new_name());
    let picture = described(ports, user, &made, source, fit, original);
    store(ports, &picture, made, key).await
}

fn described(
    ports: &Ports,
    user: &UserId,
    made: &MadePicture,
    source: PictureSource,
    fit: Fit,
    original: Option<String>,
) -> Picture {
    Picture {
        id: PictureId::new(ports.random.new_name()),
        user: user.clone(),
        source,
        original,
        fit,
        width: made.width,
        height: made.height,
        bytes: made.jpeg.len() as u64,
        changes: made.changes.clone(),
        created_at: ports.clock.now(),
    }
}

/// The file name of an original: of a form that is never served.
fn kept_as(original: &str) -> String {
    format!("o{original}")
}

/// Files first, so that no picture is known whose file is not there.
async fn store(
    ports: &Ports,
    picture: &Picture,
    made: MadePicture,
    key: Option<&IdempotencyKey>,
) -> Result<Picture, Refusal> {
    if let Some(original) = picture.original.as_ref().filter(|_| !made.original.is_empty()) {
        ports.files.put(&kept_as(original), made.original).await?;
    }
    ports.files.put(picture.id.as_str(), made.jpeg).await?;
    Ok(ports.pictures.add(picture, key).await?.into_inner())
}
