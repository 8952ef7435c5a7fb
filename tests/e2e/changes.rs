//! What a person decides about a post before it goes out, and after it failed, on both databases.

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_instagram_sim::{Call, Config, Fault, FaultRule};
use rats_tests::{Database, World, person::Person};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_written_planned_moved_and_published_on_sqlite() {
    from_draft_to_live(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_written_planned_moved_and_published_on_postgresql() {
    from_draft_to_live(Database::Postgres).await;
}

async fn from_draft_to_live(database: Database) {
    let world = World::start(database).await;
    let anna = world.person("anna").await;
    let event = anna.event("Zoë").await;
    let body = json!({"platform": "instagram", "content": "A first thought", "eventId": event["_id"]});
    let (status, draft) = anna.post("/api/social-media/posts", &body).await;
    assert_eq!((status, &draft["post"]["status"]), (StatusCode::CREATED, &json!("draft")), "{draft}");
    let path = path(&draft);
    anna.connect("goldencrust").await;

    // So soon that it is prepared at once.
    let soon = in_minutes(&world, 3);
    patch(&anna, &path, &json!({"scheduledFor": soon, "content": "A second thought"})).await;
    let staged = post_until_staged(&anna, &draft).await;
    assert_eq!(world.ledger().containers.len(), 1);
    let version = staged["version"].clone();
    assert_eq!(version, json!(2), "staging is no change");

    patch(&anna, &path, &json!({"scheduledFor": in_minutes(&world, 4), "version": version})).await;
    post_until_staged(&anna, &draft).await;
    assert_eq!(world.ledger().containers.len(), 1, "a move keeps what Instagram has prepared");
    patch(&anna, &path, &json!({"content": "A third thought"})).await;
    post_until_staged(&anna, &draft).await;
    assert_eq!(world.ledger().containers.len(), 2, "another text is prepared anew");
    assert!(world.ledger().media.is_empty(), "nothing goes out before its time");

    let (status, now) = anna.post(&format!("{path}/publish"), &json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{now}");
    let live = anna.post_until(id(&draft), |post| post["status"] == "published").await;
    let ledger = world.ledger();
    assert_eq!((ledger.media.len(), ledger.media[0].caption.as_str()), (1, "A third thought"));
    assert_eq!(live["version"], json!(6), "draft, time, move, text, now, live: {live:#}");
    assert!(live["updatedAt"].as_str() > now["post"]["updatedAt"].as_str(), "{live:#}");
    let (status, late) = anna.send(Method::PATCH, &path, &json!({"content": "Too late"})).await;
    assert_eq!((status, &late["code"]), (StatusCode::CONFLICT, &json!("published")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_post_is_changed_and_tried_again() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let refused = Fault::Error {
        call: Some(Call::Create),
        status: Some(400),
        code: 36_003,
        subcode: Some(2_207_009),
        message: None,
    };
    world.simulator.state().add_fault(FaultRule { fault: refused, account: None, times: Some(2), probability: None });
    let event = anna.event("Zoë").await;
    let body = json!({"platform": "instagram", "content": "As it is", "eventId": event["_id"]});
    let (_, made) = anna.post("/api/social-media/post", &body).await;
    let path = path(&made);
    let failed = anna.post_until(id(&made), |post| post["status"] == "failed").await;
    assert_eq!(failed["version"], json!(2), "{failed:#}");

    let (status, again) = anna.post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!((status, &again["post"]["stage"]), (StatusCode::ACCEPTED, &json!("waiting")), "{again}");
    anna.post_until(id(&made), |post| post["status"] == "failed" && post["version"] == 4).await;
    patch(&anna, &path, &json!({"content": "Another text"})).await;
    let (status, again) = anna.post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{again}");
    anna.post_until(id(&made), |post| post["status"] == "published").await;
    let ledger = world.ledger();
    assert_eq!((ledger.media.len(), ledger.media[0].caption.as_str()), (1, "Another text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_in_review_is_published_again_with_another_text() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    // It is live, and only the quota counter ever tells.
    let never = 10_000_000;
    for fault in [Fault::PublishThenDrop, Fault::StatusLag { seconds: never }, Fault::ListingLag { seconds: never }] {
        let times = Some(1);
        world.simulator.state().add_fault(FaultRule { fault, account: None, times, probability: None });
    }
    let event = anna.event("Zoë").await;
    let soon = (world.clock.now() + Duration::from_secs(1)).format(&Rfc3339).expect("a time");
    let body =
        json!({"platform": "instagram", "content": "Is it live?", "eventId": event["_id"], "scheduledFor": soon});
    let (_, made) = anna.post("/api/social-media/schedule", &body).await;
    let path = path(&made);
    anna.post_until(id(&made), |post| post["stage"] == "reconciling").await;
    world.clock.turn(Duration::from_mins(1));
    anna.post_until(id(&made), |post| post["stage"] == "needs_review").await;

    let (status, refused) = anna.send(Method::PATCH, &path, &json!({"content": "It is not"})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("needs_review")), "{refused}");
    let again = format!("{path}/republish");
    let (status, refused) = anna.post(&again, &json!({"content": "It is not", "version": 1})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("version")), "{refused}");
    let (status, refused) = anna.post(&again, &json!({"scheduledFor": in_minutes(&world, 10)})).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("scheduledFor")));
    let (status, answer) = anna.post(&again, &json!({"content": "It is not"})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    anna.post_until(id(&made), |post| post["status"] == "published").await;
    let ledger = world.ledger();
    let captions: Vec<&str> = ledger.media.iter().map(|media| media.caption.as_str()).collect();
    assert_eq!(captions, ["Is it live?", "It is not"], "the person's word holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_in_review_is_adopted_by_the_link_that_its_person_was_told() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    // It is live, and its text does not tell it from a twin.
    for (fault, times) in [(Fault::PublishThenDrop, Some(1)), (Fault::StatusLag { seconds: 10_000_000 }, None)] {
        world.simulator.state().add_fault(FaultRule { fault, account: None, times, probability: None });
    }
    let event = anna.event("Zoë").await;
    let soon = (world.clock.now() + Duration::from_secs(1)).format(&Rfc3339).expect("a time");
    let body =
        |at: &str| json!({"platform": "instagram", "content": "Twins!", "eventId": event["_id"], "scheduledFor": at});
    anna.post("/api/social-media/schedule", &body(&in_minutes(&world, 600))).await;
    let (_, made) = anna.post("/api/social-media/schedule", &body(&soon)).await;
    let path = path(&made);
    anna.post_until(id(&made), |post| post["stage"] == "reconciling").await;
    world.clock.turn(Duration::from_mins(1));
    let asked = anna.post_until(id(&made), |post| post["stage"] == "needs_review").await;

    let live = world.ledger().media[0].clone();
    let told = asked["attention"]["message"].as_str().expect("words");
    assert!(told.contains(&format!("{}, id {}", live.permalink, live.media_id)), "{told}");
    let (status, refused) = anna.post(&format!("{path}/republish"), &json!({})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("may_be_shown")), "{refused}");
    let adopt = format!("{path}/adopt");
    let (status, refused) = anna.post(&adopt, &json!({"platformPostId": "https://www.instagram.com/p/older/"})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("not_shown")), "{refused}");
    let (status, answer) = anna.post(&adopt, &json!({"platformPostId": format!("{}?igsh=MzRl", live.permalink)})).await;
    assert_eq!((status, &answer["post"]["status"]), (StatusCode::OK, &json!("published")), "{answer}");
    assert_eq!(answer["post"]["platformPostId"], json!(live.media_id), "{answer}");
    assert_eq!(world.ledger().media.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_with_more_posts_than_instagram_allows_is_told() {
    let simulator = Config { quota_total: 50, ..Config::default() };
    let world = World::with_simulator(Database::Sqlite, &[], simulator).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let picture = image_of(&anna).await;
    let at = world.clock.now() + Duration::from_hours(48);
    let schedule = async |minute: u64| {
        let at = (at + Duration::from_mins(minute)).format(&Rfc3339).expect("a time");
        let body = json!({"platform": "instagram", "content": format!("Number {minute}"), "mediaId": picture, "scheduledFor": at});
        let (status, answer) = anna.post("/api/social-media/schedule", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["warnings"].clone()
    };
    for minute in 0..50 {
        assert_eq!(schedule(minute).await, json!([]), "{minute}");
    }
    let warnings = schedule(50).await;
    assert_eq!(warnings[0]["code"], "quota", "{warnings}");
    assert!(warnings[0]["message"].as_str().expect("a message").contains("Instagram allows 50"), "{warnings}");
    let free = (at + Duration::from_hours(24)).format(&Rfc3339).expect("a time");
    assert_eq!(warnings[0]["nextFreeAt"].as_str().expect("a time")[..19], free[..19]);
}

/// The id of a picture that was uploaded.
async fn image_of(anna: &Person) -> Value {
    let (status, _, answer) = anna.upload(crate::pictures::TURNED_JPEG.to_vec(), "pad").await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["media"]["_id"].clone()
}

fn id(answer: &Value) -> &str {
    answer["post"]["_id"].as_str().expect("an id")
}

fn path(answer: &Value) -> String {
    format!("/api/social-media/posts/{}", id(answer))
}

pub(crate) fn in_minutes(world: &World, minutes: u64) -> String {
    (world.clock.now() + Duration::from_mins(minutes)).format(&Rfc3339).expect("a time")
}

async fn patch(anna: &Person, path: &str, body: &Value) {
    let (status, answer) = anna.send(Method::PATCH, path, body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

async fn post_until_staged(anna: &Person, answer: &Value) -> Value {
    anna.post_until(id(answer), |post| post["stage"] == "staged").await
}
