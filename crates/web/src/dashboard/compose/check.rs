use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use rats_application::post::{Check, Plan, Preflight, Verdict};
use rats_domain::{
    caption::{Counts, counts},
    id::EventId,
};

use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::page,
        local::parse_field,
        sentence::Sentence,
        visitor::Visitor,
    },
};

/// What is looked at before a post is saved, and how long its text is.
#[derive(Template)]
#[template(path = "compose/check.html")]
pub(super) struct Checked {
    counts: Counts,
    most: Counts,
    checks: Vec<CheckView>,
}

/// One thing that was looked at.
struct CheckView {
    name: &'static str,
    verdict: Verdict,
    message: Sentence,
}

/// `POST /compose/check`: the same as the page shows, for the script, while a text is written.
pub(super) async fn check(api: Data<Api>, sent: SignedForm) -> Result<HttpResponse, Failure> {
    Ok(page(StatusCode::OK, &Checked::of(&api, &sent.visitor, &sent.form, "").await?))
}

impl Checked {
    /// Of what is filled in; `message` is its event's, which an empty text stands for.
    pub(super) async fn of(api: &Api, visitor: &Visitor, form: &Form, message: &str) -> Result<Self, Failure> {
        let caption = match form.value("caption") {
            "" => message,
            caption => caption,
        };
        let has_picture = !form.value("media").is_empty() || !form.value("event").is_empty();
        let event = Some(EventId::new(form.value("event"))).filter(|id| !id.as_str().is_empty());
        let at = parse_field(form.value("at"), visitor.zone());
        let plan = Plan { caption, has_picture, at, event: event.as_ref() };
        let checks = Preflight(api.ports().clone()).run(&visitor.user, &plan).await?;
        let view = |check: Check| CheckView {
            name: check.name,
            verdict: check.verdict,
            message: Sentence::new(&check.message, visitor.zone()),
        };
        let limits = &api.ports().settings.caption;
        Ok(Self {
            counts: counts(caption),
            most: Counts { utf16_units: limits.utf16_units, hashtags: limits.hashtags, mentions: limits.mentions },
            checks: checks.into_iter().map(view).collect(),
        })
    }
}
