use rats_domain::{
    caption::CaptionLimits,
    event::{AutoPost, Contact, EventDetails, EventKind, Handles},
    text::is_blank,
};
use time::Date;
use utoipa::{
    ToSchema,
    openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type},
};

use super::auto_post::{self, AutoPostRequest};
use crate::http::{body::JsonBody, members::Members, moment, problem::Problem};

/// RATS' words for kinds of events.
const KINDS: [&str; 4] = ["birthday", "anniversary", "holiday", "other"];
/// The longest contact or handle, in characters.
const MAX_HANDLE: usize = 200;

/// Something can be seen: what `is_blank` of the domain's `text` says, as a pattern.
const VISIBLE: &str = concat!(
    r"[^\s\u0000-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E",
    r"\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB",
    // Beyond the first 65,536 characters as they are, since dialects of patterns write them differently.
    "\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]"
);

/// A new event.
#[expect(dead_code, reason = "describes the body to clients; functions below read it")]
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewEvent {
    #[schema(schema_with = text::<200>)]
    title: String,
    #[schema(pattern = "^(birthday|anniversary|holiday|other)$")]
    event_type: String,
    /// A day.
    #[schema(format = Date)]
    date: String,
    #[schema(schema_with = text::<200>)]
    recipient_name: String,
    #[schema(schema_with = text::<100>)]
    recipient_relation: String,
    recipient_contact: Option<ContactRequest>,
    social_media_handles: Option<HandlesRequest>,
    #[schema(max_length = 2000)]
    notes: Option<String>,
    #[schema(schema_with = reminder_days)]
    reminder_days: Option<Vec<u16>>,
    is_recurring: Option<bool>,
    is_active: Option<bool>,
    auto_post: Option<AutoPostRequest>,
}

/// A text of 1 to `MOST` characters of which something can be seen.
fn text<const MOST: usize>() -> Schema {
    visible::<MOST>(Type::String.into()).into()
}

/// The same, or null.
fn text_or_null<const MOST: usize>() -> Schema {
    visible::<MOST>(SchemaType::from_iter([Type::String, Type::Null])).into()
}

fn visible<const MOST: usize>(kind: SchemaType) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind).min_length(Some(1)).max_length(Some(MOST)).pattern(Some(VISIBLE))
}

/// At most 20 numbers of 0 to 365, or null.
fn reminder_days() -> Schema {
    let day = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(365));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(day)
        .max_items(Some(20))
        .build()
        .into()
}

/// How to reach the recipient; empty texts are unset.
#[derive(ToSchema)]
pub(crate) struct ContactRequest {
    #[schema(max_length = 200)]
    email: Option<String>,
    #[schema(max_length = 200)]
    phone: Option<String>,
}

/// The recipient's names on social platforms; empty texts are unset.
#[derive(ToSchema)]
pub(crate) struct HandlesRequest {
    #[schema(max_length = 200)]
    facebook: Option<String>,
    #[schema(max_length = 200)]
    instagram: Option<String>,
    #[schema(max_length = 200)]
    twitter: Option<String>,
    #[schema(max_length = 200)]
    whatsapp: Option<String>,
}

/// Changes of an event: any of its members. `null` for contact, handles or notes clears them, for `autoPost` switches it off.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct EventChanges {
    #[schema(schema_with = text_or_null::<200>)]
    title: Option<String>,
    #[schema(pattern = "^(birthday|anniversary|holiday|other)$", value_type = Option<String>)]
    event_type: Option<EventKind>,
    #[schema(format = Date, value_type = Option<String>)]
    date: Option<Date>,
    #[schema(schema_with = text_or_null::<200>)]
    recipient_name: Option<String>,
    #[schema(schema_with = text_or_null::<100>)]
    recipient_relation: Option<String>,
    #[schema(value_type = Option<ContactRequest>)]
    recipient_contact: Option<Contact>,
    #[schema(value_type = Option<HandlesRequest>)]
    social_media_handles: Option<Handles>,
    #[schema(max_length = 2000)]
    notes: Option<String>,
    #[schema(schema_with = reminder_days)]
    reminder_days: Option<Vec<u16>>,
    is_recurring: Option<bool>,
    is_active: Option<bool>,
    #[schema(value_type = Option<AutoPostRequest>)]
    auto_post: Option<AutoPost>,
}

impl EventChanges {
    /// Reads any subset of the members.
    pub(crate) fn read(body: JsonBody, limits: &CaptionLimits) -> Result<Self, Problem> {
        let mut members = body.members();
        let changes = Self::members(&mut members, limits);
        members.finish()?;
        Ok(changes)
    }

    /// Reads a whole event.
    pub(crate) fn read_new(body: JsonBody, limits: &CaptionLimits) -> Result<EventDetails, Problem> {
        let mut members = body.members();
        let changes = Self::members(&mut members, limits);
        for (name, given) in [
            ("title", changes.title.is_some()),
            ("eventType", changes.event_type.is_some()),
            ("date", changes.date.is_some()),
            ("recipientName", changes.recipient_name.is_some()),
            ("recipientRelation", changes.recipient_relation.is_some()),
        ] {
            if !given && !members.is_wrong(name) {
                members.wrong(name, format!("`{name}` is missing."));
            }
        }
        members.finish()?;
        let whole = changes.whole();
        whole.ok_or_else(|| Problem::bad_request("The event is not complete."))
    }

    /// What was given in the place of what was.
    pub(crate) fn apply(&self, before: EventDetails) -> EventDetails {
        let date = self.date.unwrap_or(before.date);
        let before = before.given(date);
        EventDetails {
            title: self.title.clone().unwrap_or(before.title),
            kind: self.event_type.unwrap_or(before.kind),
            date,
            recipient_name: self.recipient_name.clone().unwrap_or(before.recipient_name),
            recipient_relation: self.recipient_relation.clone().unwrap_or(before.recipient_relation),
            contact: self.recipient_contact.clone().unwrap_or(before.contact),
            handles: self.social_media_handles.clone().unwrap_or(before.handles),
            notes: match &self.notes {
                None => before.notes,
                Some(notes) => Some(notes.clone()).filter(|notes| !notes.is_empty()),
            },
            reminder_days: self.reminder_days.clone().unwrap_or(before.reminder_days),
            is_recurring: self.is_recurring.unwrap_or(before.is_recurring),
            is_active: self.is_active.unwrap_or(before.is_active),
            auto_post: self.auto_post.clone().unwrap_or(before.auto_post),
            on_leap_day: before.on_leap_day,
        }
    }

    fn whole(self) -> Option<EventDetails> {
        Some(EventDetails {
            title: self.title?,
            kind: self.event_type?,
            date: self.date?,
            recipient_name: self.recipient_name?,
            recipient_relation: self.recipient_relation?,
            contact: self.recipient_contact.unwrap_or_default(),
            handles: self.social_media_handles.unwrap_or_default(),
            notes: self.notes.filter(|notes| !notes.is_empty()),
            reminder_days: self.reminder_days.unwrap_or_else(|| vec![1, 7]),
            is_recurring: self.is_recurring.unwrap_or(true),
            is_active: self.is_active.unwrap_or(true),
            auto_post: self.auto_post.unwrap_or_default(),
            on_leap_day: false,
        })
    }

    fn members(members: &mut Members, limits: &CaptionLimits) -> Self {
        Self {
            title: members.sized_text("title", 1, 200),
            event_type: members.word("eventType", &KINDS, EventKind::parse),
            date: date(members),
            recipient_name: members.sized_text("recipientName", 1, 200),
            recipient_relation: members.sized_text("recipientRelation", 1, 100),
            recipient_contact: cleared(members, "recipientContact", contact),
            social_media_handles: cleared(members, "socialMediaHandles", handles),
            notes: if members.is_null("notes") {
                members.skip("notes");
                Some(String::new())
            } else {
                members.sized_text("notes", 0, 2_000)
            },
            reminder_days: members.numbers("reminderDays", 20, 365),
            is_recurring: members.flag("isRecurring"),
            is_active: members.flag("isActive"),
            auto_post: cleared(members, "autoPost", |members| auto_post::read(members, limits)),
        }
    }
}

/// A nested object; `null` clears it.
fn cleared<T: Default>(members: &mut Members, name: &str, read: impl FnOnce(&mut Members) -> T) -> Option<T> {
    if members.is_null(name) {
        members.skip(name);
        return Some(T::default());
    }
    members.nested(name, read)
}

fn date(members: &mut Members) -> Option<Date> {
    let text = members.text("date")?;
    let day = moment::parse_day(&text);
    if day.is_none() {
        let fault = if text.is_empty() { "is empty" } else { "is not a day" };
        members.wrong("date", format!("`date` {fault}. Give one as YYYY-MM-DD."));
    }
    day
}

fn contact(members: &mut Members) -> Contact {
    let ContactRequest { email, phone } = ContactRequest { email: set(members, "email"), phone: set(members, "phone") };
    Contact { email, phone }
}

fn handles(members: &mut Members) -> Handles {
    let read = HandlesRequest {
        facebook: set(members, "facebook"),
        instagram: set(members, "instagram"),
        twitter: set(members, "twitter"),
        whatsapp: set(members, "whatsapp"),
    };
    Handles { facebook: read.facebook, instagram: read.instagram, twitter: read.twitter, whatsapp: read.whatsapp }
}

/// A text that is set: RATS' forms send empty ones for what is not.
fn set(members: &mut Members, name: &str) -> Option<String> {
    members.sized_text(name, 0, MAX_HANDLE).map(|text| text.trim().to_owned()).filter(|text| !is_blank(text))
}

/// Where to send an event's message.
#[derive(ToSchema)]
pub(crate) struct TestRequest {
    #[schema(pattern = "^(instagram|facebook|twitter|email|whatsapp)$", value_type = String)]
    pub(crate) platform: Platform,
}

/// Where a message can be sent, as RATS' frontend offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    Instagram,
    Facebook,
    Twitter,
    Email,
    Whatsapp,
}

impl Platform {
    const ALL: [Self; 5] = [Self::Instagram, Self::Facebook, Self::Twitter, Self::Email, Self::Whatsapp];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
            Self::Twitter => "twitter",
            Self::Email => "email",
            Self::Whatsapp => "whatsapp",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Instagram => "Instagram",
            Self::Facebook => "Facebook",
            Self::Twitter => "Twitter",
            Self::Email => "E-mail",
            Self::Whatsapp => "WhatsApp",
        }
    }
}

impl TestRequest {
    pub(crate) fn read(body: JsonBody) -> Result<Self, Problem> {
        let mut members = body.members();
        let words = Platform::ALL.map(Platform::as_str);
        if !members.has("platform") {
            members.wrong("platform", format!("`platform` is missing. Give one of {}.", words.join(", ")));
        }
        let parse = |word: &str| Platform::ALL.into_iter().find(|platform| platform.as_str() == word);
        let platform = members.word("platform", &words, parse);
        members.finish()?;
        let missing = || Problem::bad_request("`platform` is missing.");
        Ok(Self { platform: platform.ok_or_else(missing)? })
    }
}
