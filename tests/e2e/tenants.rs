//! Other people's things do not exist, on every operation there is.

use rats_tests::{Database, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A body that the operation takes, so that only the id is wrong.
fn body(method: &Method, path: &str) -> Value {
    match path.rsplit('/').next() {
        Some("{id}") if *method == Method::PATCH => json!({"content": "Mine now"}),
        Some("test-message") => json!({"platform": "instagram"}),
        Some("adopt") => json!({"platformPostId": "18000000000000001"}),
        _ => json!({}),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_25_another_users_ids_are_unknown_on_every_operation() {
    let world = World::start(Database::Sqlite).await;
    let (anna, ben) = (world.person("anna").await, world.person("ben").await);
    anna.connect("goldencrust").await;
    ben.connect("lena.frames").await;
    let event = anna.event("Zoë").await;
    let at = "2099-01-01T09:00:00Z";
    let (_, refused) = anna
        .post(
            "/api/social-media/schedule",
            &json!({"platform": "instagram", "eventId": event["_id"], "scheduledFor": at}),
        )
        .await;
    assert_eq!(refused["errors"][0]["field"], "scheduledFor", "more than a year ahead");
    let (_, now) =
        anna.post("/api/social-media/post", &json!({"platform": "instagram", "eventId": event["_id"]})).await;
    let ids = [event["_id"].as_str().expect("an id"), now["post"]["_id"].as_str().expect("an id")];
    let api = ben.get("/openapi.json").await;
    let mut tried = 0;
    for (path, item) in api["paths"].as_object().expect("paths").iter().filter(|(path, _)| path.contains("{id}")) {
        for method in item.as_object().expect("operations").keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            for id in ids {
                let (status, answer) = ben.send(method.clone(), &path.replace("{id}", id), &body(&method, path)).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {answer}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 26, "only {tried}");
    let (status, _) =
        ben.post("/api/social-media/post", &json!({"platform": "instagram", "content": "x", "eventId": ids[0]})).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "nor in a body");
}
