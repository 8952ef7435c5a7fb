//! The member `autoPost` of an event.

use rats_application::auto_post::NextPost;
use rats_domain::{
    caption::{Caption, CaptionLimits},
    event::AutoPost,
    id::PictureId,
    text::is_blank,
};
use serde::Serialize;
use time::Time;
use utoipa::ToSchema;

use crate::http::{members::Members, moment};

/// Whether, when and how an event is posted by itself. It is given whole: what is left out is as by default.
#[expect(dead_code, reason = "describes the member to clients; `read` reads it")]
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct AutoPostRequest {
    enabled: bool,
    /// The local time, `HH:MM`; left out, the user's own (`postAt` of the settings).
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    at: Option<String>,
    /// The text; left out, the event's message.
    #[schema(max_length = 2200)]
    caption: Option<String>,
    /// A picture uploaded before; left out, the event's card.
    #[schema(max_length = 100)]
    media_id: Option<String>,
}

/// Reads the member.
pub(super) fn read(members: &mut Members, limits: &CaptionLimits) -> AutoPost {
    if !members.has("enabled") || members.is_null("enabled") {
        members.skip("enabled");
        members.wrong("enabled", "`enabled` is missing. Give true or false.");
    }
    AutoPost {
        enabled: members.flag("enabled").unwrap_or_default(),
        at: time(members, "at"),
        caption: caption(members, limits),
        picture: members.sized_text("mediaId", 0, 100).filter(|id| !is_blank(id)).map(PictureId::new),
    }
}

/// A local time, `HH:MM`.
pub(crate) fn time(members: &mut Members, name: &str) -> Option<Time> {
    let text = members.text(name)?;
    let time = moment::parse_time(&text);
    if time.is_none() {
        let shown: String = text.chars().take(40).collect();
        members.wrong(name, format!("`{name}` is \"{shown}\". Give a time of day from 00:00 to 23:59, like 09:00."));
    }
    time
}

fn caption(members: &mut Members, limits: &CaptionLimits) -> Option<Caption> {
    let text = members.sized_text("caption", 0, 20_000).filter(|text| !is_blank(text))?;
    match Caption::parse(&text, limits) {
        Ok(caption) => Some(caption),
        Err(broken) => {
            for rule in broken.0 {
                members.wrong("caption", format!("`caption` cannot be used: {rule}."));
            }
            None
        }
    }
}

/// Whether, when and how an event is posted by itself.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AutoPostView {
    enabled: bool,
    /// The local time, where the event has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_id: Option<String>,
    /// The next post; only where it is switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NextPostView>,
}

/// The next post of an event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NextPostView {
    /// When it goes out; left out where it never does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    at: Option<String>,
    /// The post, once it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<String>,
    /// Why it will not go out, or not as one may expect.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemView>,
}

/// What is in the way of a post.
#[derive(Serialize, ToSchema)]
#[schema(as = NextPostProblem)]
pub(crate) struct ProblemView {
    /// A stable word for it.
    code: String,
    /// What is in the way and what to do.
    message: String,
}

impl AutoPostView {
    pub(super) fn new(auto_post: AutoPost, next: Option<NextPost>) -> Self {
        Self {
            enabled: auto_post.enabled,
            at: auto_post.at.map(moment::wire_time),
            caption: auto_post.caption.map(|caption| caption.as_str().to_owned()),
            media_id: auto_post.picture.map(|picture| picture.as_str().to_owned()),
            next: next.map(NextPostView::from),
        }
    }
}

impl From<NextPost> for NextPostView {
    fn from(next: NextPost) -> Self {
        Self {
            at: next.at.map(moment::wire),
            post_id: next.post.map(|post| post.to_string()),
            problem: next.problem.map(|problem| ProblemView { code: problem.code, message: problem.message }),
        }
    }
}
