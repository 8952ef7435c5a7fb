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

    let (_, _, uploaded) = anna.upload(crate::pictures::TURNED_JPEG.to_vec(), "pad").await;
    let media = uploaded["media"]["_id"].clone();
    assert!(media.is_string(), "{uploaded}");
    let soon = crate::changes::in_minutes(&world, 60);
    let post = |members: Value| with(json!({"platform": "instagram", "content": "Mine"}), members);
    let (_, draft) =
        ben.post("/api/social-media/posts", &post(json!({"eventId": ben.event("Ben").await["_id"]}))).await;
    let own = format!("/api/social-media/posts/{}", draft["post"]["_id"].as_str().expect("an id"));
    let own_event = ben.event("Bo").await;
    let event = format!("/api/events/{}", own_event["_id"].as_str().expect("an id"));
    let refused = async |method: Method, path: &str, body: Value| {
        let (status, answer) = ben.send(method, path, &body).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path} {body}: {answer}");
    };
    for members in [json!({"eventId": ids[0]}), json!({"mediaId": media}), json!({"mediaId": media, "fit": "crop"})] {
        refused(Method::POST, "/api/social-media/post", post(members.clone())).await;
        refused(Method::POST, "/api/social-media/posts", post(members.clone())).await;
        let at = with(members.clone(), json!({"scheduledFor": soon}));
        refused(Method::POST, "/api/social-media/schedule", post(at)).await;
        refused(Method::PATCH, &own, members).await;
    }
    // The same as of a picture that never was.
    let of_event = async |media: &Value| {
        let (status, mut answer) =
            ben.send(Method::PUT, &event, &json!({"autoPost": {"enabled": true, "mediaId": media}})).await;
        answer["requestId"] = Value::Null;
        (status, answer)
    };
    let foreign = of_event(&media).await;
    assert_eq!((foreign.0, &foreign.1["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("autoPost.mediaId")));
    assert_eq!(foreign, of_event(&json!("0123456789abcdef0123456789abcdef")).await);
}

/// An object with the members of another.
fn with(mut object: Value, members: Value) -> Value {
    let (Some(object_members), Value::Object(members)) = (object.as_object_mut(), members) else {
        panic!("two objects")
    };
    object_members.extend(members);
    object
}
