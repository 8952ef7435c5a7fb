//! A program that is told to stop while "publish now" waits for Instagram's answer.

use rats_instagram_sim::{Config, Fault, FaultRule};
use rats_tests::{Database, Installation, Process, person::Person, until};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_the_answer_to_a_publish_request() {
    let installation = Installation::new(Database::Postgres, &[], Config::default()).await;
    // Without a scheduler: nobody else takes the post up.
    let mut api = Process::start("rats-api", &[], &installation.settings);
    installation.wait_ready().await;
    let anna = Person::register(&installation.address, "anna").await;
    anna.connect("goldencrust").await;
    let event = anna.event("Ben").await;
    let fault = Fault::AnswerLate { delay_ms: 1_500 };
    installation.simulator.state().add_fault(FaultRule { fault, account: None, times: Some(1), probability: None });
    let body = json!({ "platform": "instagram", "eventId": event["_id"] });
    let (status, accepted) = anna.post("/api/social-media/post", &body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{accepted}");
    until(|| async { installation.ledger().containers.iter().any(|container| container.publish_calls > 0) }).await;

    assert!(api.stop().success());

    let _api = Process::start("rats-api", &[], &installation.settings);
    installation.wait_ready().await;
    let path = format!("/api/social-media/posts/{}", accepted["post"]["_id"].as_str().expect("an id"));
    let post = anna.get(&path).await["post"].clone();
    let steps: Vec<_> = post["timeline"].as_array().expect("entries").iter().map(|entry| &entry["step"]).collect();
    assert_eq!(post["stage"], "published", "{steps:?}");
    assert!(!steps.contains(&&json!("taken_over")), "{steps:?}");
}
