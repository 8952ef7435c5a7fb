//! When the service was down over a post's time.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_tests::{Database, World, person::Person};
use reqwest::StatusCode;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

#[tokio::test(flavor = "multi_thread")]
async fn after_three_hours_down_what_is_within_its_deadline_goes_out_and_the_rest_tells_why_not() {
    let world = World::with(Database::Sqlite, &[("USELESS_AFTER", "3600")]).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let missed = schedule(&world, &anna, "Missed", Duration::from_mins(30)).await;
    let late = schedule(&world, &anna, "Late", Duration::from_mins(150)).await;

    let world = world.restart_after(Duration::from_hours(3)).await;

    let late = anna.post_until(&late, |post| post["status"] == "published").await;
    assert!(late["attention"].is_null(), "{late:#}");
    let missed = anna.post_until(&missed, |post| post["status"] == "failed").await;
    let why = missed["attention"]["message"].as_str().expect("words");
    assert!(why.contains("so nothing was published. The service was down from ") && why.contains(" UTC to "), "{why}");
    let captions: Vec<_> = world.ledger().media.into_iter().map(|media| media.caption).collect();
    assert_eq!(captions, ["Late"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_another_reason_made_late_does_not_blame_the_downtime() {
    let world = World::with(Database::Sqlite, &[("USELESS_AFTER", "3600")]).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let world = world.restart_after(Duration::from_hours(3)).await;
    let id = schedule(&world, &anna, "After it", Duration::from_mins(30)).await;

    world.clock.turn(Duration::from_hours(2));

    let failed = anna.post_until(&id, |post| post["status"] == "failed").await;
    let why = failed["attention"]["message"].as_str().expect("words");
    assert!(!why.contains("down"), "{why}");
}

async fn schedule(world: &World, anna: &Person, text: &str, from_now: Duration) -> String {
    let event = anna.event("Zoë").await;
    let at = (world.clock.now() + from_now).format(&Rfc3339).expect("a time");
    let body = json!({"platform": "instagram", "content": text, "eventId": event["_id"], "scheduledFor": at});
    let (status, answer): (StatusCode, Value) = anna.post("/api/social-media/schedule", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["post"]["_id"].as_str().expect("an id").to_owned()
}
