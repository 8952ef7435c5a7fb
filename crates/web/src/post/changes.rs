use rats_application::{
    picture::PictureChoice,
    post::{Change, PostChanges},
};
use rats_domain::{
    id::{EventId, PictureId},
    picture::Fit,
};
use time::OffsetDateTime;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::SchemaType},
};

use super::request::{ONE_PICTURE, image_url, refuse_media, time};
use crate::http::{body::JsonBody, if_match::MAX_VERSION, members::Members, problem::Problem};

/// The members of a post that can be changed.
const CONTENT: [&str; 5] = ["content", "eventId", "mediaId", "imageUrl", "fit"];

/// Another text, event or picture of a post in review, or none of them. What is not named stays; what is `null` is as if it had never been
/// given: the event's message, its card, no event.
#[expect(dead_code, reason = "describes the body to clients; functions below read it")]
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct RepublishRequest {
    /// Another text; `null`: the event's message.
    #[schema(max_length = 20_000)]
    content: Option<String>,
    /// Another event; `null`: none. Text and picture stay.
    #[schema(min_length = 1, max_length = 100)]
    event_id: Option<String>,
    /// Another picture, uploaded before; `null`: the event's card.
    #[schema(min_length = 1, max_length = 100)]
    media_id: Option<String>,
    /// Another picture, at a public address; `null`: the event's card.
    #[schema(format = "uri", max_length = 2000)]
    image_url: Option<String>,
    /// How the picture is brought into Instagram's range.
    #[schema(pattern = "^(pad|crop)$")]
    fit: Option<String>,
    /// Although the profile shows what may be it, and its text cannot tell (409 `may_be_shown`): the person has looked, and it is not.
    anyway: Option<bool>,
    /// The version that the person saw, where there is no `If-Match`.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: Option<i64>,
}

/// Changes of a post: as `RepublishRequest` without `anyway`, and `scheduledFor`; at least one besides `version`.
pub(crate) struct EditRequest {
    pub(super) changes: PostChanges,
    pub(super) time: Change<OffsetDateTime>,
    pub(super) version: Option<i64>,
}

impl ToSchema for EditRequest {}

impl PartialSchema for EditRequest {
    fn schema() -> RefOr<Schema> {
        let mut schema = RepublishRequest::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            let time = ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
                .description(Some("Another time, as when it is scheduled; `null`: a draft again."));
            object.properties.remove("anyway");
            object.properties.insert("scheduledFor".into(), time.into());
            object.description = Some(
                "Changes of a post: as `RepublishRequest` without `anyway`, and `scheduledFor`; at least one besides `version`."
                    .into(),
            );
        }
        schema
    }
}

impl EditRequest {
    pub(super) fn read(body: JsonBody) -> Result<Self, Problem> {
        let mut members = body.members();
        let names = [&CONTENT[..], &["scheduledFor"]].concat();
        // A `fit` that is null says nothing.
        let says = |name: &&str| members.has(name) && !(**name == *"fit" && members.is_null(name));
        let is_empty = !names.iter().any(says);
        let changes = content(&mut members);
        let time = change(&mut members, "scheduledFor", time);
        let version = version(&mut members);
        members.finish()?;
        if is_empty {
            let names = names.join("`, `");
            return Err(Problem::bad_request(format!("There is nothing to change. Give at least one of `{names}`.")));
        }
        Ok(Self { changes, time, version })
    }
}

impl RepublishRequest {
    pub(super) fn read(body: JsonBody) -> Result<(PostChanges, Option<i64>, bool), Problem> {
        let mut members = body.members();
        let changes = content(&mut members);
        let version = version(&mut members);
        let anyway = members.flag("anyway").unwrap_or_default();
        members.finish()?;
        Ok((changes, version, anyway))
    }
}

fn version(members: &mut Members) -> Option<i64> {
    members.number("version", 1, MAX_VERSION)
}

fn content(members: &mut Members) -> PostChanges {
    let content = change(members, "content", |members| members.sized_text("content", 0, 20_000));
    let event = change(members, "eventId", |members| members.sized_text("eventId", 1, 100).map(EventId::new));
    let media = change(members, "mediaId", |members| members.sized_text("mediaId", 1, 100).map(PictureId::new));
    let image = change(members, "imageUrl", image_url);
    let fit = members.word("fit", &["pad", "crop"], Fit::parse);
    refuse_media(members);
    let picture = match (media, image) {
        (Change::Set(_), Change::Set(_)) => {
            members.wrong("imageUrl", ONE_PICTURE);
            None
        }
        (Change::Set(id), _) => Some(PictureChoice::Uploaded(id)),
        (_, Change::Set(url)) => Some(PictureChoice::At(url)),
        (Change::Keep, Change::Keep) => None,
        (Change::Clear, _) | (_, Change::Clear) => Some(PictureChoice::Card(None)),
    };
    PostChanges { content, event, picture, fit }
}

/// A member that is kept where it is not given, and cleared by `null`.
fn change<T>(members: &mut Members, name: &str, read: impl FnOnce(&mut Members) -> Option<T>) -> Change<T> {
    if !members.has(name) {
        return Change::Keep;
    }
    if members.is_null(name) {
        members.skip(name);
        return Change::Clear;
    }
    // What is wrong is refused in the end.
    read(members).map_or(Change::Keep, Change::Set)
}
