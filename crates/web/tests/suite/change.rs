//! Drafts, edits, versions, publish now, the quota forecast.

use actix_web::{http::Method, test::TestRequest};
use serde_json::{Value, json};

use crate::world::{Answer, World};

const POSTS: &str = "/api/social-media/posts";

/// A world with a person who has an event and an account.
async fn world() -> (World, String) {
    let world = World::new().await;
    let event = world.event("u1").await;
    world.connect("u1").await;
    (world, event)
}

async fn draft(world: &World, event: &str) -> String {
    let body = json!({ "platform": "instagram", "content": "Soon", "eventId": event });
    let made = world.post("u1", POSTS, body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    format!("{POSTS}/{}", made.json()["post"]["_id"].as_str().unwrap())
}

async fn patch(world: &World, path: &str, body: Value) -> Answer {
    world.call("u1", Method::PATCH, path, body).await
}

/// The same with `If-Match`.
async fn patch_if(world: &World, path: &str, tag: &str, body: Value) -> Answer {
    let request = TestRequest::patch().uri(path).insert_header(("authorization", world.bearer("u1")));
    world.send(request.insert_header(("if-match", tag)).set_json(body)).await
}

async fn until(world: &World, path: &str, stage: &str) -> Answer {
    for _ in 0..1_000 {
        let shown = world.get("u1", path).await;
        if shown.json()["post"]["stage"] == stage {
            return shown;
        }
        tokio::task::yield_now().await;
    }
    panic!("it should be {stage}: {}", world.get("u1", path).await.json());
}

#[actix_web::test]
async fn a_draft_needs_no_account_and_is_checked_by_the_same_rules() {
    let world = World::new().await;
    let event = world.event("u1").await;
    let path = draft(&world, &event).await;
    let shown = world.get("u1", &path).await;
    assert_eq!((shown.header("etag"), &shown.json()["post"]["status"]), ("\"1\"", &json!("draft")));
    assert_eq!(shown.json()["post"]["timeline"][0]["message"], "Kept as a draft.");
    let bare = world.post("u1", POSTS, json!({ "platform": "instagram", "content": "#a ".repeat(31) })).await;
    assert_eq!((bare.status.as_u16(), &bare.json()["errors"][0]["field"]), (400, &json!("content")));
    let timed = json!({ "platform": "instagram", "eventId": event, "scheduledFor": "2026-12-04T09:00:00Z" });
    assert_eq!(world.post("u1", POSTS, timed).await.json()["errors"][0]["field"], "scheduledFor");

    let refused = patch(&world, &path, json!({ "scheduledFor": "2026-12-04T09:00:00Z" })).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("not_connected")));
}

#[actix_web::test]
async fn the_same_key_keeps_one_draft() {
    let (world, event) = world().await;
    let send = |text: &str| {
        let request = TestRequest::post().uri(POSTS).insert_header(("authorization", world.bearer("u1")));
        let body = json!({ "platform": "instagram", "content": text, "eventId": event });
        world.send(request.insert_header(("idempotency-key", "k")).set_json(body))
    };
    let first = send("Soon").await.json();
    assert_eq!(send("Soon").await.json(), first);
    assert_eq!(send("Later").await.status, 422);
}

#[actix_web::test]
async fn a_post_goes_from_draft_to_its_time_and_back() {
    let (world, event) = world().await;
    let path = draft(&world, &event).await;
    let edited = patch(&world, &path, json!({ "content": "Sooner" })).await;
    assert_eq!((edited.status.as_u16(), edited.header("etag")), (200, "\"2\""), "{}", edited.json());
    assert_eq!((&edited.json()["post"]["content"], &edited.json()["warnings"]), (&json!("Sooner"), &json!([])));

    let planned =
        patch(&world, &path, json!({ "scheduledFor": "2026-12-04T10:00:00+01:00", "version": 2 })).await.json();
    assert_eq!((&planned["post"]["stage"], &planned["post"]["version"]), (&json!("waiting"), &json!(3)));
    let moved = patch_if(&world, &path, "W/\"3\"", json!({ "scheduledFor": "2026-12-05T09:00:00Z" })).await;
    assert_eq!(moved.json()["post"]["scheduledFor"], "2026-12-05T09:00:00.000Z");
    let back = patch(&world, &path, json!({ "scheduledFor": null, "content": null })).await.json();
    assert_eq!((&back["post"]["status"], &back["post"]["scheduledFor"]), (&json!("draft"), &Value::Null));
    assert!(back["post"]["content"].as_str().unwrap().starts_with("Happy day, Anna!"), "{}", back["post"]["content"]);

    let timeline = world.get("u1", &path).await.json()["post"]["timeline"].clone();
    let told: Vec<&str> = timeline.as_array().unwrap().iter().map(|entry| entry["message"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        [
            "Kept as a draft.",
            "Text changed.",
            "Scheduled for 4 December 2026, 09:00 UTC.",
            "Moved from 4 December 2026, 09:00 UTC to 5 December 2026, 09:00 UTC.",
            "Text changed.",
            "Made a draft again; it does not go out.",
        ]
    );
}

#[actix_web::test]
async fn no_update_is_lost_to_somebody_elses() {
    let (world, event) = world().await;
    let path = draft(&world, &event).await;
    assert_eq!(patch_if(&world, &path, "\"1\"", json!({ "content": "One" })).await.status, 200);
    for late in [
        patch_if(&world, &path, "\"1\"", json!({ "content": "Two" })).await,
        patch(&world, &path, json!({ "content": "Two", "version": 1 })).await,
        world
            .send(
                TestRequest::delete()
                    .uri(&path)
                    .insert_header(("authorization", world.bearer("u1")))
                    .insert_header(("if-match", "\"1\"")),
            )
            .await,
        world
            .send(
                TestRequest::post()
                    .uri(&format!("{path}/publish"))
                    .insert_header(("authorization", world.bearer("u1")))
                    .insert_header(("if-match", "\"1\"")),
            )
            .await,
    ] {
        assert_eq!((late.status.as_u16(), &late.json()["code"]), (409, &json!("version")));
        assert!(late.json()["message"].as_str().unwrap().contains("version 2 now"), "{}", late.json());
    }
    assert_eq!(world.get("u1", &path).await.json()["post"]["content"], "One");
    assert_eq!(patch_if(&world, &path, "*", json!({ "content": "Two" })).await.status, 200, "whichever it is");
}

#[actix_web::test]
async fn a_change_that_makes_no_sense_is_named() {
    let (world, event) = world().await;
    let path = draft(&world, &event).await;
    for nothing in [json!({}), json!({ "version": 1 }), json!({ "fit": null })] {
        let refused = patch(&world, &path, nothing).await;
        assert_eq!(refused.status, 400);
        assert!(refused.json()["message"].as_str().unwrap().contains("nothing to change"), "{}", refused.json());
    }
    let wrong = json!({
        "content": 7, "mediaId": "a", "imageUrl": "https://example.com/a.jpg", "fit": "stretch", "scheduledFor": "tomorrow",
        "version": 0, "media": [], "platform": "instagram", "status": "published",
    });
    let errors = patch(&world, &path, wrong).await.json()["errors"].clone();
    let mut fields: Vec<&str> =
        errors.as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["content", "fit", "imageUrl", "media", "platform", "scheduledFor", "status", "version"]);
    for tag in ["1", "\"x\"", "\"0\"", "\"01\"", "\"1\", \"2\"", ""] {
        let refused = patch_if(&world, &path, tag, json!({ "content": "One" })).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["errors"][0]["field"]),
            (400, &json!("If-Match")),
            "{tag}"
        );
    }
    let torn = patch_if(&world, &path, "\"1\"", json!({ "content": "One", "version": 2 })).await;
    assert_eq!((torn.status.as_u16(), &torn.json()["errors"][0]["field"]), (400, &json!("version")));
    let past = patch(&world, &path, json!({ "scheduledFor": "2026-11-01T09:00:00Z" })).await;
    assert_eq!((past.status.as_u16(), &past.json()["errors"][0]["field"]), (400, &json!("scheduledFor")));
    assert_eq!(world.get("u1", &path).await.header("etag"), "\"1\"", "nothing was changed");
}

#[actix_web::test]
async fn a_draft_is_published_now_and_then_nothing_can_be_changed() {
    let (world, event) = world().await;
    let path = draft(&world, &event).await;
    let retried = world.post("u1", &format!("{path}/retry"), Value::Null).await;
    assert_eq!((retried.status.as_u16(), &retried.json()["code"]), (409, &json!("not_failed")));
    let accepted = world.post("u1", &format!("{path}/publish"), json!({})).await;
    assert_eq!((accepted.status.as_u16(), accepted.header("etag")), (202, "\"2\""), "{}", accepted.json());
    let live = until(&world, &path, "published").await;
    assert_eq!(live.header("etag"), "\"3\"", "the version tells that it is live");
    let post = live.json()["post"].clone();
    assert!(post["receipt"]["latenessMs"].as_i64().unwrap() < 1_000, "counted from the decision: {post}");

    for (method, path, body) in [
        (Method::PATCH, path.clone(), json!({ "content": "Too late" })),
        (Method::POST, format!("{path}/publish"), Value::Null),
        (Method::POST, format!("{path}/retry"), Value::Null),
        (Method::DELETE, path.clone(), Value::Null),
    ] {
        let refused = world.call("u1", method, &path, body).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("published")), "{path}");
    }
}

#[actix_web::test]
async fn while_nothing_can_be_published_nothing_is_accepted_for_now() {
    let (world, event) = world().await;
    let path = draft(&world, &event).await;
    world.ready.is_moved.store(true, std::sync::atomic::Ordering::Relaxed);
    let now = json!({ "platform": "instagram", "eventId": event });
    for (path, body) in [
        ("/api/social-media/post".to_owned(), now),
        (format!("{path}/publish"), Value::Null),
        (format!("{path}/retry"), Value::Null),
        (format!("{path}/republish"), Value::Null),
        (format!("/api/events/{event}/test-message"), json!({ "platform": "instagram" })),
    ] {
        let refused = world.post("u1", &path, body).await;
        assert_eq!(refused.status, 503, "{path} {}", refused.json());
        assert!(refused.json()["message"].as_str().unwrap().contains("Nothing was stored"), "{path}");
    }
    let posts = world.get("u1", POSTS).await.json()["posts"].clone();
    assert_eq!(posts.as_array().unwrap().iter().map(|post| &post["stage"]).collect::<Vec<_>>(), ["draft"]);
}

#[actix_web::test]
async fn a_day_that_is_full_is_told_with_the_next_free_time() {
    let world = World::new().await;
    *world.outside.quota.lock().unwrap() = Some(50);
    let event = world.event("u1").await;
    world.connect("u1").await;
    let schedule = async |minute: usize| {
        let at = format!("2026-12-04T09:{minute:02}:00Z");
        let body = json!({ "platform": "instagram", "content": "Again", "eventId": event, "scheduledFor": at });
        world.post("u1", "/api/social-media/schedule", body).await.json()
    };
    for minute in 0..50 {
        assert_eq!(schedule(minute).await["warnings"], json!([]), "{minute}");
    }
    let full = schedule(50).await;
    assert_eq!(full["warnings"][0]["code"], "quota");
    assert_eq!(full["warnings"][0]["nextFreeAt"], "2026-12-05T09:00:00.000Z");
    let path = format!("{POSTS}/{}", full["post"]["_id"].as_str().unwrap());
    let moved = patch(&world, &path, json!({ "scheduledFor": "2026-12-05T09:00:00Z" })).await.json();
    assert_eq!(moved["warnings"], json!([]), "there it fits");
}

#[actix_web::test]
async fn other_peoples_posts_are_not_there_to_be_changed() {
    let (world, event) = world().await;
    let path = draft(&world, &event).await;
    for (method, path, body) in [
        (Method::PATCH, path.clone(), json!({ "content": "Mine" })),
        (Method::POST, format!("{path}/publish"), Value::Null),
        (Method::POST, format!("{path}/retry"), Value::Null),
        (Method::POST, format!("{path}/republish"), json!({ "content": "Mine" })),
        (Method::DELETE, path.clone(), Value::Null),
    ] {
        assert_eq!(world.call("u2", method, &path, body).await.status, 404, "{path}");
    }
    let others = json!({ "platform": "instagram", "content": "x", "eventId": event });
    assert_eq!(world.post("u2", POSTS, others).await.status, 404);
    let own = world.event("u2").await;
    assert_eq!(patch(&world, &path, json!({ "eventId": own })).await.status, 404, "nor another's event to celebrate");
}

#[actix_web::test]
async fn the_description_tells_of_edits_and_versions() {
    let world = World::new().await;
    let api = world.get("u1", "/openapi.json").await.json();
    let (edit, again) =
        (&api["components"]["schemas"]["EditRequest"], &api["components"]["schemas"]["RepublishRequest"]);
    assert_eq!((&edit["additionalProperties"], &again["additionalProperties"]), (&json!(false), &json!(false)));
    assert_eq!(edit["properties"]["scheduledFor"]["type"], json!(["string", "null"]));
    assert_eq!(again["properties"].get("scheduledFor"), None);
    let patch = &api["paths"]["/api/social-media/posts/{id}"]["patch"];
    assert!(patch["parameters"].as_array().unwrap().iter().any(|parameter| parameter["name"] == "If-Match"), "{patch}");
    for status in ["200", "400", "401", "404", "409", "413", "415", "429", "500", "503"] {
        assert!(patch["responses"][status].is_object(), "{status}");
    }
}
