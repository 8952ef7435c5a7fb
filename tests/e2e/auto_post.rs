//! An event that posts itself, from the switch to next year's date.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_tests::{Database, World, person::Person, until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};

/// How long before its time it is switched on in these stories.
const BEFORE: time::Duration = time::Duration::days(3);

/// An event three days from now, at this minute of the day in Kathmandu; answers its path and its day.
async fn posts_itself(world: &World, anna: &Person) -> (String, Date) {
    let put = json!({"timeZone": "Asia/Kathmandu", "postAt": at(world.clock.now())});
    let (status, told) = anna.send(Method::PUT, "/api/social-media/settings", &put).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let day = (world.clock.now() + BEFORE).to_offset(kathmandu()).date();
    let body = json!({
        "title": "Anna’s birthday", "eventType": "birthday", "date": day.to_string(), "recipientName": "Anna",
        "recipientRelation": "friend", "reminderDays": [1, 7], "isRecurring": true, "autoPost": {"enabled": true},
    });
    let (status, event) = anna.post("/api/events", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{event}");
    (format!("/api/events/{}", event["_id"].as_str().expect("an id")), day)
}

fn kathmandu() -> time::UtcOffset {
    time::UtcOffset::from_hms(5, 45, 0).expect("an offset")
}

/// The minute of the day in Kathmandu.
fn at(now: OffsetDateTime) -> String {
    let there = now.to_offset(kathmandu());
    format!("{:02}:{:02}", there.hour(), there.minute())
}

async fn the_post(anna: &Person) -> Value {
    let posts = anna.get("/api/social-media/posts").await["posts"].clone();
    let [post] = &posts.as_array().expect("a list")[..] else { panic!("one post: {posts:#}") };
    post.clone()
}

async fn goes_out_on_its_day(database: Database) {
    let world = World::start(database).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let (path, day) = posts_itself(&world, &anna).await;
    let event = anna.get(&path).await;
    let planned = the_post(&anna).await;
    assert_eq!(event["autoPost"]["next"], json!({"at": planned["scheduledFor"], "postId": planned["_id"]}));
    assert_eq!((&planned["status"], &planned["content"]), (&json!("scheduled"), &event["aiGeneratedMessage"]));
    assert!(world.ledger().media.is_empty());

    let back = format!("{path}/post-again");
    let berta = world.person("berta").await;
    for (method, at) in [(Method::GET, &path), (Method::PUT, &path), (Method::POST, &back)] {
        let (status, _) = berta.send(method, at, &json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "somebody else's");
    }

    let id = planned["_id"].as_str().expect("an id");
    if database == Database::Postgres {
        // PostgreSQL's clock cannot be turned: its owner does not wait for the day.
        let (status, now) = anna.post(&format!("/api/social-media/posts/{id}/publish"), &json!({})).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{now}");
        anna.post_until(id, |post| post["status"] == "published").await;
    }
    world.clock.turn(Duration::try_from(BEFORE).expect("a span"));
    let live = anna.post_until(id, |post| post["status"] == "published").await;
    let captions: Vec<String> = world.ledger().media.into_iter().map(|media| media.caption).collect();
    assert_eq!(captions, [live["content"].as_str().expect("a text")]);

    // Asked once more some minutes later, and moved on when its day is over.
    world.clock.turn(Duration::from_mins(5));
    until(|| async { anna.get(&path).await["lastMessageSent"].is_string() }).await;
    world.clock.turn(Duration::from_hours(25));
    let next_year = format!("{}-", day.year() + 1);
    until(|| async { anna.get(&path).await["date"].as_str().is_some_and(|date| date.starts_with(&next_year)) }).await;
    assert_eq!(world.ledger().media.len(), 1, "once");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_out_on_its_day_and_moves_to_the_next_year_on_sqlite() {
    goes_out_on_its_day(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_out_on_its_day_and_moves_to_the_next_year_on_postgres() {
    goes_out_on_its_day(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_its_request_has_left_the_event_changes_alone_and_says_so() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let (path, _) = posts_itself(&world, &anna).await;
    let planned = the_post(&anna).await;
    for fault in [
        rats_instagram_sim::Fault::PublishThenDrop,
        rats_instagram_sim::Fault::StatusLag { seconds: 3_000_000 },
        rats_instagram_sim::Fault::ListingLag { seconds: 3_000_000 },
    ] {
        let rule = rats_instagram_sim::FaultRule { fault, account: None, times: Some(1), probability: None };
        world.simulator.state().add_fault(rule);
    }
    world.clock.turn(Duration::try_from(BEFORE).expect("a span"));
    let id = planned["_id"].as_str().expect("an id");
    anna.post_until(id, |post| post["stage"] == "reconciling").await;

    let (status, changed) = anna.send(Method::PUT, &path, &json!({"title": "Too late"})).await;
    assert_eq!((status, &changed["title"]), (StatusCode::OK, &json!("Too late")));
    let post = anna.get(&format!("/api/social-media/posts/{id}")).await["post"].clone();
    assert_eq!((&post["imageUrl"], &post["content"]), (&planned["imageUrl"], &planned["content"]));
    world.stop().await;
}
