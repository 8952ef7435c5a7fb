use rats_application::{picture::PictureChoice, post};
use rats_domain::{
    id::{EventId, PictureId},
    instagram::MediaName,
    picture::Fit,
};
use time::OffsetDateTime;
use url::Url;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

use crate::http::{body::JsonBody, members::Members, moment, problem::Problem};

/// A post without a time: to be published now, or a draft. One of `content` and `eventId` is needed, and a picture unless an event brings its card.
#[expect(dead_code, reason = "describes the body to clients; functions below read it")]
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct PostRequest {
    /// `instagram`.
    #[schema(pattern = "^instagram$")]
    platform: String,
    /// The text; without one, the event's message.
    #[schema(max_length = 20_000)]
    content: Option<String>,
    #[schema(min_length = 1, max_length = 100)]
    event_id: Option<String>,
    /// A picture uploaded before.
    #[schema(min_length = 1, max_length = 100)]
    media_id: Option<String>,
    /// A picture at a public address.
    #[schema(format = "uri", max_length = 2000)]
    image_url: Option<String>,
    #[schema(pattern = "^(pad|crop)$")]
    fit: Option<String>,
}

/// A post to be published at a time: the same and `scheduledFor`.
pub(crate) struct ScheduleRequest;

impl ToSchema for ScheduleRequest {}

impl PartialSchema for ScheduleRequest {
    fn schema() -> RefOr<Schema> {
        let mut schema = PostRequest::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            let time = ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
                .description(Some("With an offset or `Z`, not in the past, at most a year ahead."));
            object.properties.insert("scheduledFor".into(), time.into());
            object.required.push("scheduledFor".into());
            object.description = Some("A post to be published at a time: as `PostRequest`, and `scheduledFor`.".into());
        }
        schema
    }
}

/// Reads a post without a time.
pub(super) fn read_post(body: JsonBody) -> Result<post::PostRequest, Problem> {
    let mut members = body.members();
    let request = post_members(&mut members);
    members.finish()?;
    Ok(request)
}

/// Reads a post to be published at a time.
pub(super) fn read_scheduled(body: JsonBody) -> Result<(post::PostRequest, OffsetDateTime), Problem> {
    let mut members = body.members();
    let request = post_members(&mut members);
    let at = scheduled_for(&mut members);
    members.finish()?;
    let missing = || Problem::bad_request("`scheduledFor` is missing.");
    Ok((request, at.ok_or_else(missing)?))
}

fn post_members(members: &mut Members) -> post::PostRequest {
    platform(members);
    let content = members.sized_text("content", 0, 20_000);
    let event = members.sized_text("eventId", 1, 100).map(EventId::new);
    let media = members.sized_text("mediaId", 1, 100).map(PictureId::new);
    let image = image_url(members);
    let fit = members.word("fit", &["pad", "crop"], Fit::parse);
    refuse_media(members);
    if media.is_some() && image.is_some() {
        members.wrong("imageUrl", ONE_PICTURE);
    }
    let picture = match (media, image) {
        (Some(id), _) => PictureChoice::Uploaded(id),
        (None, Some(url)) => PictureChoice::At(url),
        (None, None) => PictureChoice::Card(None),
    };
    post::PostRequest { content, event, picture, fit }
}

fn platform(members: &mut Members) {
    if !members.has("platform") || members.is_null("platform") {
        members.skip("platform");
        return members.wrong("platform", "`platform` is missing. Give instagram.");
    }
    if let Some(platform) = members.text("platform")
        && platform != "instagram"
    {
        members.wrong("platform", "Only Instagram can be posted to. Give instagram as `platform`.");
    }
}

/// What is wrong with two pictures.
pub(super) const ONE_PICTURE: &str = "Give either `mediaId` or `imageUrl`, not both.";

/// Says by name that several pictures cannot be posted.
pub(super) fn refuse_media(members: &mut Members) {
    if members.has("media") {
        members.skip("media");
        members.wrong(
            "media",
            "`media` (several pictures, video) is not supported yet. Give one `mediaId` or `imageUrl`.",
        );
    }
}

/// A picture's address.
pub(super) fn image_url(members: &mut Members) -> Option<Url> {
    let text = members.sized_text("imageUrl", 1, 2_000)?;
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if url.is_none() {
        members.wrong("imageUrl", "`imageUrl` is not an address. Give one that begins with https://.");
    }
    url
}

fn scheduled_for(members: &mut Members) -> Option<OffsetDateTime> {
    if !members.has("scheduledFor") || members.is_null("scheduledFor") {
        members.skip("scheduledFor");
        members.wrong("scheduledFor", "`scheduledFor` is missing.");
        return None;
    }
    time(members)
}

/// The time that `scheduledFor` names.
pub(super) fn time(members: &mut Members) -> Option<OffsetDateTime> {
    let text = members.text("scheduledFor")?;
    let at = moment::parse(&text);
    if at.is_none() {
        members.wrong(
            "scheduledFor",
            "`scheduledFor` is not a time with an offset. Give one like 2026-12-04T09:00:00Z or 2026-12-04T10:00:00+01:00.",
        );
    }
    at
}

/// Which media on Instagram a post is.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct AdoptRequest {
    /// Its link, as people copy it (`https://www.instagram.com/p/ABC123xyz/`), the code in it (`ABC123xyz`), or Instagram's media id. What is
    /// named by link or code is looked for among what the account's profile shows since the post was sent.
    #[schema(
        min_length = 1,
        max_length = 2000,
        pattern = "^([A-Za-z0-9_-]{1,64}|(https?://)?[A-Za-z0-9.:-]+/([A-Za-z0-9_.]+/)?(p|reel|reels|tv)/[A-Za-z0-9_-]{1,64}/?([?#].*)?)$",
        value_type = String
    )]
    pub(super) platform_post_id: MediaName,
}

/// What is said of what names no media.
pub(crate) const NO_MEDIA: &str = "`platformPostId` is neither the link nor the id of a post on Instagram. Open the post there and copy its address, like https://www.instagram.com/p/ABC123xyz/.";

impl AdoptRequest {
    pub(super) fn read(body: JsonBody) -> Result<Self, Problem> {
        let mut members = body.members();
        let text = members.sized_text("platformPostId", 1, 2_000);
        let name = text.as_deref().and_then(MediaName::parse);
        if text.is_some() && name.is_none() {
            members.wrong("platformPostId", NO_MEDIA);
        }
        members.finish()?;
        let missing = || Problem::bad_request("`platformPostId` is missing.");
        Ok(Self { platform_post_id: name.ok_or_else(missing)? })
    }
}
