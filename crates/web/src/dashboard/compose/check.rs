use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use rats_application::post::{Check, Plan, PlannedTime, Preflight, Verdict};
use rats_domain::{
    caption::{Counts, counts},
    id::{EventId, PictureId},
    zone::Zone,
};
use time::{Duration, OffsetDateTime};

use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, SignedForm},
        frame::page,
        local::{field, parse_field},
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
    /// Of what is filled in; `message` is its event's, which an empty text stands for: it is counted.
    pub(super) async fn of(api: &Api, visitor: &Visitor, form: &Form, message: &str) -> Result<Self, Failure> {
        let given = |name: &str| Some(form.value(name)).filter(|text| !text.trim().is_empty());
        let caption = given("caption").unwrap_or_default();
        let (picture, event) = (given("media").map(PictureId::new), given("event").map(EventId::new));
        let time = given("at").map_or(PlannedTime::Open, |text| {
            parse_field(text, visitor.zone()).map_or(PlannedTime::Unreadable, PlannedTime::At)
        });
        let plan = Plan { caption, picture: picture.as_ref(), time, event: event.as_ref() };
        let mut checks = Preflight(api.ports().clone()).run(&visitor.user, &plan).await?;
        if let PlannedTime::At(at) = time {
            checks.extend(clocks(form.value("at"), at, visitor.zone()));
        }
        let view = |check: Check| CheckView {
            name: check.name,
            verdict: check.verdict,
            message: Sentence::new(&check.message, visitor.zone()),
        };
        let limits = &api.ports().settings.caption;
        Ok(Self {
            counts: counts(if caption.is_empty() { message } else { caption }),
            most: Counts { utf16_units: limits.utf16_units, hashtags: limits.hashtags, mentions: limits.mentions },
            checks: checks.into_iter().map(view).collect(),
        })
    }
}

/// What clocks do to the time that was typed, which is `at`: they leave it out, or show it twice.
fn clocks(typed: &str, at: OffsetDateTime, zone: &Zone) -> Option<Check> {
    let shown = field(at, zone);
    let is_again = |after| field(at + after, zone) == shown;
    let message = if !typed.trim().replacen(' ', "T", 1).starts_with(&shown) {
        format!("Clocks are set forward then and do not show this time: it goes out at {}.", shown.replace('T', " "))
    } else if [Duration::minutes(30), Duration::HOUR].into_iter().any(is_again) {
        "Clocks are set back then and show this time twice: it goes out at the first.".to_owned()
    } else {
        return None;
    };
    Some(Check { name: "Clocks", verdict: Verdict::Doubtful, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_clocks_leave_out_or_show_twice_is_told() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let told = |typed: &str| clocks(typed, parse_field(typed, &zone).unwrap(), &zone).map(|check| check.message);
        assert!(told("2027-03-28T02:30").unwrap().contains("it goes out at 2027-03-28 03:00"));
        assert!(told("2026-10-25T02:30").unwrap().contains("twice"));
        let fine = ["2026-10-25T03:30", "2027-03-28T03:00:00", "2026-12-24 18:30"];
        assert_eq!(fine.map(told), [None, None, None]);
    }
}
