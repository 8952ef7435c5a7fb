//! Where only a person can tell whether a post is live.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::{
    page::Width,
    visit::{MINUTE, Visit},
};

#[tokio::test]
async fn who_is_asked_whether_a_post_is_live_answers_with_its_link() {
    let visit = Visit::begin(Width::Phone).await;
    let page = &visit.page;
    visit.register("Mara").await;
    let post = in_review(&visit).await;
    let live = visit.sandbox.ledger().await["media"][0].clone();
    let link = live["permalink"].as_str().expect("an address");

    page.go(&post).await;
    page.until_shows("Is it live?").await;
    page.until_shows(link).await;
    page.audit().await;
    page.without_scripts().await;
    page.go(&post).await;
    page.press("Publish it again now").await;
    page.until_shows("The profile shows what may be this post").await;
    page.fill("Link of the post on Instagram", "the one with the cake").await;
    page.press("It is live, as this one").await;
    page.until_shows("This is neither the link nor the id of a post on Instagram.").await;
    page.fill("Link of the post on Instagram", &format!("{link}?igsh=MzRl")).await;
    page.press("It is live, as this one").await;
    page.until_shows("It is recorded as live.").await;
    page.until_shows(live["mediaId"].as_str().expect("an id")).await;
    let ledger = visit.sandbox.ledger().await;
    assert_eq!(ledger["media"].as_array().map(Vec::len), Some(1), "{ledger:#}");
}

/// A post of Mara's that is live, which Instagram did not answer, and whose text does not tell it from a twin; answers its page's path.
async fn in_review(visit: &Visit) -> String {
    let mara = visit.person("Mara").await;
    mara.connect("the.okafors").await;
    for fault in
        [json!({"fault": "publish-then-drop", "times": 1}), json!({"fault": "status-lag", "seconds": 10_000_000})]
    {
        visit.sandbox.fault(&fault).await;
    }
    let event = mara.event("Nonna Rosa").await;
    let twin = async |wait: Duration| {
        let at = (visit.sandbox.now().await + wait).format(&Rfc3339).expect("a time");
        let body = json!({"platform": "instagram", "content": "Twins!", "eventId": event["_id"], "scheduledFor": at});
        let (status, made) = mara.post("/api/social-media/schedule", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["post"]["_id"].as_str().expect("an id").to_owned()
    };
    twin(Duration::from_hours(10)).await;
    let id = twin(Duration::from_secs(1)).await;
    mara.post_until(&id, |post| post["stage"] == "reconciling").await;
    visit.sandbox.turn(MINUTE).await;
    mara.post_until(&id, |post| post["stage"] == "needs_review").await;
    format!("/posts/{id}")
}
