//! The complete flow, on both databases.

use std::time::Duration;

use rats_application::collect_metrics::CollectMetrics;
use rats_domain::clock::Clock as _;
use rats_tests::{Database, World, person::Person, until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_goes_all_the_way_on_sqlite() {
    all_the_way(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_goes_all_the_way_on_postgresql() {
    all_the_way(Database::Postgres).await;
}

async fn all_the_way(database: Database) {
    let world = World::start(database).await;
    let anna = world.person("anna").await;
    assert!(!anna.is_connected().await);
    anna.connect("goldencrust").await;
    assert!(anna.is_connected().await);

    let event = anna.event("Zoë").await;
    let message = event["aiGeneratedMessage"].as_str().expect("a message").to_owned();
    test_goes_live(&world, &anna, &event, &message).await;
    let post = scheduled_goes_out_in_time(&world, &anna).await;
    metrics_appear_and_grow(&world, &anna, &post).await;

    let token = token_of(&world).await;
    let (status, answer) = anna.delete("/api/social-auth/instagram/disconnect").await;
    assert_eq!((status, &answer["success"]), (StatusCode::OK, &json!(true)));
    assert!(!anna.is_connected().await);
    let dir = world.stop().await;
    if database == Database::Sqlite {
        sec_10_token_is_gone_from(&dir, &token);
    }
}

async fn test_goes_live(world: &World, anna: &Person, event: &Value, message: &str) {
    let (status, answer) = anna.test(event).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!((&answer["success"], answer["simulation"].as_bool().unwrap_or(false)), (&json!(true), false));
    let ledger = world.ledger();
    assert_eq!(ledger.media.len(), 1);
    let media = &ledger.media[0];
    assert_eq!(media.caption, message);
    let picture = picture_of(anna, answer["postId"].as_str().expect("a post id")).await;
    let shown = anna
        .browser
        .get(format!("{}_media/{}.jpg", world.simulator.base_url(), media.media_id))
        .send()
        .await
        .expect("a picture");
    assert_eq!(shown.bytes().await.expect("bytes"), picture, "Instagram has our very JPEG");
}

/// The post's picture as everyone sees it.
async fn picture_of(anna: &Person, post: &str) -> Vec<u8> {
    let post = anna.get(&format!("/api/social-media/posts/{post}")).await["post"].clone();
    let answer = reqwest::get(post["imageUrl"].as_str().expect("an address")).await.expect("a picture");
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    let bytes = answer.bytes().await.expect("bytes").to_vec();
    assert!(bytes.starts_with(&[0xFF, 0xD8, 0xFF]), "a JPEG");
    bytes
}

async fn scheduled_goes_out_in_time(world: &World, anna: &Person) -> String {
    let at = world.clock.now() + Duration::from_secs(4);
    let event = anna.event("Tom").await;
    let body = json!({"platform": "instagram", "content": "Counting the hours! 🎉", "eventId": event["_id"], "scheduledFor": at.format(&Rfc3339).expect("a time")});
    let (status, answer) = anna.post("/api/social-media/schedule", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["post"]["status"], "scheduled");
    let id = answer["post"]["_id"].as_str().expect("an id").to_owned();
    let post = anna.post_until(&id, |post| post["status"] == "published").await;
    let lateness = post["receipt"]["latenessMs"].as_i64().expect("a number");
    assert!((0..1_000).contains(&lateness), "{lateness} ms late");
    assert_eq!(world.ledger().media.len(), 2);
    let steps: Vec<&str> =
        post["timeline"].as_array().expect("entries").iter().filter_map(|entry| entry["step"].as_str()).collect();
    assert_eq!(steps, ["scheduled", "container_created", "container_ready", "publish_requested", "published"]);
    id
}

async fn metrics_appear_and_grow(world: &World, anna: &Person, post: &str) {
    let path = format!("/api/social-media/posts/{post}/metrics");
    let impressions = async || anna.get(&path).await["metrics"]["impressions"].as_u64().unwrap_or(0);
    let read_more_than = async |before: u64| {
        until(async || {
            // Whichever reads it, this or the loop behind the API.
            CollectMetrics::new(world.ports.clone()).run().await.expect("numbers");
            impressions().await > before
        })
        .await;
        impressions().await
    };
    assert_eq!(anna.get(&path).await["metrics"]["impressions"], Value::Null, "not known yet");
    world.clock.turn(Duration::from_hours(2));
    let early = read_more_than(0).await;
    world.clock.turn(Duration::from_hours(20));
    read_more_than(early).await;
    assert_eq!(anna.get(&path).await["metrics"]["impressionsSource"], "views");
    let listed = anna.get("/api/social-media/posts?status=published").await;
    assert_eq!(listed["posts"].as_array().expect("posts").len(), 2);
}

/// The only connection's token, read behind the API.
async fn token_of(world: &World) -> String {
    let far = world.clock.now() + Duration::from_hours(24 * 365);
    let found = world.ports.connections.due_for_refresh(far, far, far, 10).await.expect("connections");
    let token = found.into_iter().next().and_then(|connection| connection.token).expect("a token");
    token.secret.expose().to_owned()
}

fn sec_10_token_is_gone_from(dir: &tempfile::TempDir, token: &str) {
    for entry in std::fs::read_dir(dir.path()).expect("files").flatten().filter(|entry| entry.path().is_file()) {
        let bytes = std::fs::read(entry.path()).expect("bytes");
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "{}", entry.path().display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_post_never_goes_out() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let event = anna.event("Zoë").await;
    let at = (world.clock.now() + Duration::from_mins(30)).format(&Rfc3339).expect("a time");
    let (_, answer) = anna
        .post(
            "/api/social-media/schedule",
            &json!({"platform": "instagram", "eventId": event["_id"], "scheduledFor": at}),
        )
        .await;
    let path = format!("/api/social-media/posts/{}", answer["post"]["_id"].as_str().expect("an id"));
    let (status, answer) = anna.delete(&path).await;
    assert_eq!((status, &answer["post"]["stage"]), (StatusCode::OK, &json!("cancelled")), "{answer}");
    world.clock.turn(Duration::from_hours(1));
    let (status, _) = anna.delete(&path).await;
    assert_eq!(status, StatusCode::OK, "a cancelled post can be removed");
    let (status, _) = anna.send(Method::GET, &path, &json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(world.ledger().media.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_makes_one_post() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let event = anna.event("Zoë").await;
    let body = json!({"platform": "instagram", "content": "Once", "eventId": event["_id"]});
    let send = |body: Value| {
        let request = anna.request(Method::POST, "/api/social-media/post").header("Idempotency-Key", "k1").json(&body);
        async { rats_tests::person::read(request.send().await.expect("an answer")).await }
    };
    let (first, second) = tokio::join!(send(body.clone()), send(body.clone()));
    assert_eq!((first.0, second.0), (StatusCode::ACCEPTED, StatusCode::ACCEPTED), "{first:?} {second:?}");
    assert_eq!(first.1, second.1, "the same answer");
    let (status, _) = send(json!({"platform": "instagram", "content": "Twice", "eventId": event["_id"]})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    anna.post_until(first.1["post"]["_id"].as_str().expect("an id"), |post| post["status"] == "published").await;
    assert_eq!(world.ledger().media.len(), 1);
}
