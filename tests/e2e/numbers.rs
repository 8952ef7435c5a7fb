//! Numbers of posts from the simulated Instagram over HTTP, when things do not stay as they were.

use std::time::Duration;

use rats_application::collect_metrics::CollectMetrics;
use rats_instagram_sim::{Fault, FaultRule, MediaId};
use rats_tests::{Database, World, person::Person, until};
use reqwest::StatusCode;
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Publishes now; answers its id.
async fn publish(anna: &Person, text: &str) -> String {
    let event = anna.event("Zoë").await;
    let body = json!({"platform": "instagram", "content": text, "eventId": event["_id"]});
    let (status, answer) = anna.post("/api/social-media/post", &body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let id = answer["post"]["_id"].as_str().expect("an id").to_owned();
    anna.post_until(&id, |post| post["status"] == "published").await;
    id
}

async fn metrics(anna: &Person, post: &str) -> Value {
    anna.get(&format!("/api/social-media/posts/{post}/metrics")).await
}

/// Reads what is due until the post is as wanted; answers it then. The loop behind the API may be the one that reads.
async fn read_until(world: &World, anna: &Person, post: &str, is_right: impl Fn(&Value) -> bool) -> Value {
    let collect = CollectMetrics::new(world.ports.clone());
    until(async || {
        collect.run().await.expect("numbers");
        is_right(&metrics(anna, post).await)
    })
    .await;
    metrics(anna, post).await
}

fn readings(answer: &Value) -> usize {
    answer["series"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retired_metric_stays_as_it_was_told_and_a_deleted_post_is_gone() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let kept = publish(&anna, "This one stays.").await;
    let deleted = publish(&anna, "This one goes.").await;
    world.clock.turn(14 * HOUR);
    let first = read_until(&world, &anna, &kept, |answer| readings(answer) > 0).await;
    read_until(&world, &anna, &deleted, |answer| readings(answer) > 0).await;
    assert!(first["metrics"]["totalInteractions"].is_u64() && first["metrics"]["reach"].is_u64(), "{first}");

    let retired = Fault::MetricRetired { metric: "total_interactions".into() };
    world.simulator.state().add_fault(FaultRule { fault: retired, account: None, times: None, probability: None });
    let media = anna.get(&format!("/api/social-media/posts/{deleted}")).await["post"]["platformPostId"].clone();
    world.simulator.state().delete_by_hand(MediaId(media.as_str().and_then(|id| id.parse().ok()).expect("an id")));
    for day in 2..=6 {
        world.clock.turn(DAY);
        read_until(&world, &anna, &kept, |answer| readings(answer) >= day).await;
    }

    let last = metrics(&anna, &kept).await;
    let series = last["series"].as_array().expect("readings");
    assert_eq!(series[0]["totalInteractions"], first["metrics"]["totalInteractions"]);
    assert!(series[1..].iter().all(|one| one["totalInteractions"].is_null() && one["reach"].is_u64()), "{last}");
    assert_eq!(last["asOf"]["totalInteractions"], series[0]["measuredAt"], "it is said how old it is");
    assert_eq!((&last["mayStillGrow"], &last["collection"]["state"]), (&json!(true), &json!("collecting")));
    let summary = anna.get("/api/social-media/analytics/summary").await;
    let rate = &summary["total"]["engagementRate"];
    assert_eq!(rate["posts"], 2, "{summary}");
    let told: u64 =
        [&first, &metrics(&anna, &deleted).await].iter().filter_map(|one| one["series"][0]["reach"].as_u64()).sum();
    assert_eq!(rate["reach"], told, "of the readings that told both, and of no later reach");

    let gone = read_until(&world, &anna, &deleted, |answer| answer["collection"]["state"] == "gone").await;
    assert_eq!((readings(&gone), &gone["collection"]["nextAt"]), (1, &Value::Null), "{gone}");
    world.stop().await;
}
