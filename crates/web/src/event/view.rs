use rats_application::auto_post::NextPost;
use rats_domain::event::{Author, Contact, Event, Handles, Written};
use serde::Serialize;
use utoipa::ToSchema;

use super::auto_post::AutoPostView;
use crate::http::moment;

/// An event as RATS' frontend reads it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventView {
    #[serde(rename = "_id")]
    id: String,
    user: String,
    title: String,
    event_type: &'static str,
    /// Midnight UTC of its day.
    #[schema(format = DateTime)]
    date: String,
    recipient_name: String,
    recipient_relation: String,
    recipient_contact: ContactView,
    social_media_handles: HandlesView,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    reminder_days: Vec<u16>,
    is_recurring: bool,
    is_active: bool,
    auto_post: AutoPostView,
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_generated_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_generated_plan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_message_sent: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// How to reach the recipient.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactView {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

/// The recipient's names on social platforms.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandlesView {
    #[serde(skip_serializing_if = "Option::is_none")]
    facebook: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instagram: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    twitter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    whatsapp: Option<String>,
}

impl EventView {
    pub(super) fn new(event: Event, next: Option<NextPost>) -> Self {
        let details = event.details;
        let Contact { email, phone } = details.contact;
        let Handles { facebook, instagram, twitter, whatsapp } = details.handles;
        Self {
            id: event.id.to_string(),
            user: event.user.to_string(),
            title: details.title,
            event_type: details.kind.as_str(),
            date: moment::wire_day(details.date),
            recipient_name: details.recipient_name,
            recipient_relation: details.recipient_relation,
            recipient_contact: ContactView { email, phone },
            social_media_handles: HandlesView { facebook, instagram, twitter, whatsapp },
            notes: details.notes,
            reminder_days: details.reminder_days,
            is_recurring: details.is_recurring,
            is_active: details.is_active,
            auto_post: AutoPostView::new(details.auto_post, next),
            ai_generated_message: event.message,
            ai_generated_plan: event.plan,
            last_message_sent: event.last_message_sent.map(moment::wire),
            created_at: moment::wire(event.created_at),
            updated_at: moment::wire(event.updated_at),
        }
    }
}

/// An event was deleted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedView {
    message: String,
    /// How many of its posts stay scheduled.
    scheduled_posts: usize,
}

impl DeletedView {
    pub(crate) fn new(scheduled_posts: usize) -> Self {
        let message = match scheduled_posts {
            0 => "The event was deleted.".to_owned(),
            1 => "The event was deleted. 1 of its posts stays scheduled; cancel it if it should not go out.".to_owned(),
            _ => format!(
                "The event was deleted. {scheduled_posts} of its posts stay scheduled; cancel them if they should not go out."
            ),
        };
        Self { message, scheduled_posts }
    }
}

/// What was written for an event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegeneratedView {
    message: String,
    plan: String,
    /// `model` or `templates`.
    written_by: &'static str,
    /// Why the model did not write it, where it should have.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl From<Written> for RegeneratedView {
    fn from(written: Written) -> Self {
        let (written_by, note) = match written.by {
            Author::Model => ("model", None),
            Author::Templates => ("templates", None),
            Author::TemplatesInstead { reason } => ("templates", Some(reason)),
        };
        Self { message: written.message, plan: written.plan, written_by, note }
    }
}
