//! When Instagram answers something else than it did: never twice, never lost, always explained.

use rats_instagram_sim::{Config, Fault, FaultRule, Repeat};
use rats_tests::{Database, World, person::Person};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A world in which `fault` happens once, and a connected person.
async fn with(fault: Fault) -> (World, Person) {
    let simulator = Config { repeat: Repeat::Hostile, ..Config::default() };
    // Blocked, an account rests before anything more of it is sent.
    let world = World::with_simulator(Database::Sqlite, &[("ACCOUNT_REST", "3")], simulator).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    world.simulator.state().add_fault(FaultRule { fault, account: None, times: Some(1), probability: None });
    (world, anna)
}

async fn publish(anna: &Person) -> Value {
    let event = anna.event("Zoë").await;
    let (status, answer) = anna
        .post(
            "/api/social-media/post",
            &json!({"platform": "instagram", "content": "Only once", "eventId": event["_id"]}),
        )
        .await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let id = answer["post"]["_id"].as_str().expect("an id");
    // The address is fetched after the fact is stored.
    let settled =
        |post: &Value| post["status"] == "failed" || post["stage"] == "needs_review" || post["permalink"].is_string();
    anna.post_until(id, settled).await
}

/// Live exactly once, with its id and address, whatever the answer was.
async fn is_live_once(fault: Fault) {
    let named = format!("{fault:?}");
    let (world, anna) = with(fault).await;
    let post = publish(&anna).await;
    assert_eq!(post["status"], "published", "{named}: {post:#}");
    let ledger = world.ledger();
    assert_eq!(ledger.media.len(), 1, "{named}");
    assert_eq!(post["platformPostId"], json!(ledger.media[0].media_id), "{named}");
    assert_eq!(post["permalink"], json!(ledger.media[0].permalink), "{named}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_although_it_is_live_is_found_out() {
    for fault in [
        Fault::PublishThenBlocked,
        Fault::PublishThenError,
        Fault::PublishThenDrop,
        Fault::PublishThenCut,
        Fault::PublishThenEmpty,
    ] {
        is_live_once(fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_without_effect_is_tried_again_with_the_same_container() {
    for fault in [Fault::Blocked, Fault::DropBeforePublish, Fault::Empty, Fault::NotReady] {
        is_live_once(fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_lags_is_waited_for() {
    let (world, anna) = with(Fault::PublishThenDrop).await;
    world.simulator.state().add_fault(FaultRule {
        fault: Fault::StatusLag { seconds: 1 },
        account: None,
        times: None,
        probability: None,
    });
    let post = publish(&anna).await;
    assert_eq!(post["status"], "published", "{post:#}");
    assert_eq!(world.ledger().media.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_fails_once_is_tried_again() {
    is_live_once(Fault::DownloadRefused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_token_is_told_and_reconnecting_goes_on() {
    let (world, anna) = with(Fault::TokenExpired).await;
    let event = anna.event("Zoë").await;
    let (status, answer) = anna.test(&event).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    assert_eq!((&answer["success"], &answer["simulation"]), (&json!(false), &json!(false)));
    assert!(answer["message"].as_str().expect("a message").contains("onnect"), "{answer}");
    assert!(!anna.is_connected().await, "an account that needs reconnecting reads false");
    world.simulator.state().clear_faults();
    anna.connect("goldencrust").await;
    let (status, answer) = anna.test(&event).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(world.ledger().media.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_caption_says_what_to_change() {
    let (world, anna) = with(Fault::Usage { percent: 10 }).await;
    let event = anna.event("Zoë").await;
    let body = json!({"platform": "instagram", "content": "#a ".repeat(31), "eventId": event["_id"]});
    let (status, answer) = anna.post("/api/social-media/post", &body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["message"].as_str().expect("a message").contains("31 hashtags"), "{answer}");
    assert!(world.ledger().containers.is_empty());
}
