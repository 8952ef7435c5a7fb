use rats_application::{Ports, post::Warning};
use rats_domain::{
    id::EventId,
    post::PostRecord,
    publication::{Attention, PersonAction},
    receipt::{ConfirmedBy, Receipt},
    timeline::Entry,
};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::MetricsView;
use crate::http::moment::wire;

/// A post.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PostView {
    #[serde(rename = "_id")]
    id: String,
    user: String,
    /// `instagram`.
    platform: &'static str,
    content: String,
    /// `draft`, `scheduled`, `published` or `failed`.
    status: &'static str,
    /// Where its publication stands, finer than `status`.
    stage: &'static str,
    /// When we learnt that it is live.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// The person's time; a moved time is `attention.until`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    scheduled_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<MetricsView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventRef>,
    image_url: String,
    /// Instagram's media id, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_post_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permalink: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attention: Option<AttentionView>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Raised by each change of a person, and when it was published, failed, held or is to be decided; what `If-Match` takes.
    version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: Option<Vec<EntryView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptView>,
}

impl PostView {
    /// The post as lists show it.
    pub(crate) fn new(ports: &Ports, record: &PostRecord) -> Self {
        let (post, receipt) = (&record.post, record.receipt.as_ref());
        Self {
            id: post.id.to_string(),
            user: post.user.to_string(),
            platform: "instagram",
            content: post.caption.as_str().to_owned(),
            status: record.publication.stage.status().as_str(),
            stage: record.publication.stage.as_str(),
            published_at: receipt.map(|receipt| wire(receipt.confirmed_at)),
            scheduled_for: post.scheduled_for.map(wire),
            metrics: record.metrics.as_ref().map(MetricsView::from),
            event: post.event.as_ref().map(|id| EventRef::new(id, record.event_title.clone().unwrap_or_default())),
            image_url: ports.picture_url(post.picture.as_str()).into(),
            platform_post_id: receipt.and_then(|receipt| receipt.media.as_ref()).map(ToString::to_string),
            permalink: receipt.and_then(|receipt| receipt.permalink.clone()),
            attention: record.attention().as_ref().map(AttentionView::from),
            created_at: wire(post.created_at),
            updated_at: wire(record.updated_at),
            version: record.publication.version,
            timeline: None,
            receipt: None,
        }
    }

    /// The same, naming the account that must be connected again, where it is one.
    pub(crate) fn waiting_for(mut self, account: Option<&String>) -> Self {
        if let (Some(attention), Some(account)) = (&mut self.attention, account) {
            attention.message = format!("{} The account is @{account}.", attention.message);
        }
        self
    }

    /// The post with what happened to it.
    pub(crate) fn detailed(ports: &Ports, record: &PostRecord, timeline: Vec<Entry>) -> Self {
        let due = record.publication.publish_at.unwrap_or(record.post.created_at);
        Self {
            timeline: Some(timeline.into_iter().map(EntryView::from).collect()),
            receipt: record.receipt.as_ref().map(|receipt| ReceiptView::new(receipt, due)),
            ..Self::new(ports, record)
        }
    }
}

/// The event that a post celebrates.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventRef {
    #[serde(rename = "_id")]
    id: String,
    title: String,
}

impl EventRef {
    pub(crate) fn new(id: &EventId, title: String) -> Self {
        Self { id: id.to_string(), title }
    }
}

/// What to know about a post that is not simply on its way.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttentionView {
    code: &'static str,
    message: String,
    /// What the person can do: `reconnect`, `adopt`, `republish`, `edit`, `open_instagram`.
    actions: Vec<&'static str>,
    /// When it is expected to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    until: Option<String>,
}

impl From<&Attention> for AttentionView {
    fn from(attention: &Attention) -> Self {
        Self {
            code: attention.kind.as_str(),
            message: attention.message.clone(),
            actions: attention.kind.actions().iter().copied().map(PersonAction::as_str).collect(),
            until: attention.until.map(wire),
        }
    }
}

/// One step of a post's life.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryView {
    #[schema(format = DateTime)]
    at: String,
    step: String,
    attempt: u32,
    message: String,
    /// Instagram's error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subcode: Option<i64>,
    /// For Instagram's support.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            at: wire(entry.at),
            step: entry.step,
            attempt: entry.attempt,
            message: entry.message,
            code: entry.code,
            subcode: entry.subcode,
            trace_id: entry.trace_id,
        }
    }
}

/// What is known of a post being live.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptView {
    #[schema(format = DateTime)]
    sent_at: String,
    /// From the person's time (where it was to go out at once, when they said so) to the request; `null` where Instagram did not answer it: which request was the
    /// one, and when it left, is not known exactly then.
    lateness_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_post_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permalink: Option<String>,
    /// `answer`, `status`, `listing` or `person`.
    confirmed_by: &'static str,
}

impl ReceiptView {
    fn new(receipt: &Receipt, due: OffsetDateTime) -> Self {
        let lateness = (receipt.sent_at - due).whole_milliseconds().max(0);
        let is_known = receipt.confirmed_by == ConfirmedBy::Answer;
        Self {
            sent_at: wire(receipt.sent_at),
            lateness_ms: is_known.then(|| i64::try_from(lateness).unwrap_or(i64::MAX)),
            platform_post_id: receipt.media.as_ref().map(ToString::to_string),
            permalink: receipt.permalink.clone(),
            confirmed_by: receipt.confirmed_by.as_str(),
        }
    }
}

/// Something to consider about a post that was accepted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WarningView {
    code: &'static str,
    message: String,
    /// When the account has room for the post.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    next_free_at: Option<String>,
}

impl From<Warning> for WarningView {
    fn from(warning: Warning) -> Self {
        Self { code: warning.code, message: warning.message, next_free_at: warning.next_free_at.map(wire) }
    }
}
