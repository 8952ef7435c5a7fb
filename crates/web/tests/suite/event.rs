use actix_web::http::Method;
use serde_json::{Value, json};

use crate::world::{World, event};

#[actix_web::test]
async fn an_event_is_made_as_rats_form_sends_it() {
    let world = World::new().await;
    let made = world.post("u1", "/api/events", event()).await.json();

    assert_eq!(made["date"], "2026-12-04T00:00:00.000Z");
    assert_eq!(made["recipientContact"], json!({}));
    assert_eq!(made["socialMediaHandles"], json!({ "instagram": "anna" }));
    assert_eq!(made["isActive"], true);
    assert!(!made["aiGeneratedMessage"].as_str().unwrap().is_empty());
    assert_eq!(world.get("u1", "/api/events").await.json().as_array().unwrap().len(), 1);
    assert_eq!(world.get("u1", "/api/events?month=12&year=2026").await.json().as_array().unwrap().len(), 1);
    assert_eq!(world.get("u1", "/api/events?month=11&year=2026").await.json(), json!([]));
    assert_eq!(world.get("u1", "/api/events?month=12&year=9999").await.json(), json!([]), "the calendar's last month");
    assert_eq!(world.get("u1", "/api/events?month=1&year=10000").await.status, 400);
    assert_eq!(world.get("u1", "/api/events?upcoming=true").await.json().as_array().unwrap().len(), 1);
    assert_eq!(world.get("u1", "/api/events/reminders").await.json(), json!([]));
}

#[actix_web::test]
async fn an_event_is_changed_regenerated_and_deleted() {
    let world = World::new().await;
    let path = format!("/api/events/{}", world.event("u1").await);
    let changed = world.call("u1", Method::PUT, &path, json!({ "title": "Party", "reminderDays": [] })).await.json();
    assert_eq!((&changed["title"], &changed["reminderDays"]), (&json!("Party"), &json!([])));

    let written = world.post("u1", &format!("{path}/regenerate"), json!({})).await.json();
    assert!(written["message"].is_string() && written["plan"].is_string());

    assert!(world.call("u1", Method::DELETE, &path, Value::Null).await.json()["message"].is_string());
    assert_eq!(world.get("u1", &path).await.status, 404);
}

#[actix_web::test]
async fn sec_25_someone_elses_event_is_like_none() {
    let world = World::new().await;
    let path = format!("/api/events/{}", world.event("u1").await);
    for (method, path, body) in [
        (Method::GET, path.clone(), Value::Null),
        (Method::PUT, path.clone(), json!({ "title": "Mine" })),
        (Method::DELETE, path.clone(), Value::Null),
        (Method::POST, format!("{path}/regenerate"), json!({})),
        (Method::POST, format!("{path}/test-message"), json!({ "platform": "instagram" })),
    ] {
        assert_eq!(world.call("u2", method, &path, body).await.status, 404, "{path}");
    }
    assert_eq!(world.get("u2", "/api/events").await.json(), json!([]));
}

#[actix_web::test]
async fn sec_27_every_wrong_and_unknown_member_is_named_at_once() {
    let world = World::new().await;
    let mut body = event();
    body["title"] = json!(7);
    body["user"] = json!("u2");
    body["recipientContact"]["fax"] = json!("1");
    body.as_object_mut().unwrap().remove("recipientName");
    let refused = world.post("u1", "/api/events", body).await;

    assert_eq!(refused.status, 400);
    let errors = refused.json()["errors"].clone();
    let mut fields: Vec<&str> =
        errors.as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["recipientContact.fax", "recipientName", "title", "user"]);
}

#[actix_web::test]
async fn what_shows_nothing_is_as_good_as_empty() {
    let world = World::new().await;
    let mut body = event();
    body["title"] = json!("\u{200B}\u{2060} ");
    body["recipientName"] = json!("\u{AD}\u{FE0F}\u{E0020}");
    body["recipientRelation"] = json!("\u{3164}");
    body["socialMediaHandles"]["instagram"] = json!("\u{FEFF}");
    let refused = world.post("u1", "/api/events", body.clone()).await;
    assert_eq!(refused.status, 400);
    let errors = refused.json()["errors"].clone();
    let fields: Vec<&Value> = errors.as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(fields, ["title", "recipientName", "recipientRelation"]);
    assert_eq!(errors[0]["message"], "`title` is empty. Give 1 to 200 characters.");

    // Between letters they join and direct them.
    for name in ["title", "recipientName", "recipientRelation"] {
        body[name] = json!("\u{200F}👩\u{200D}🎤");
    }
    let made = world.post("u1", "/api/events", body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.json()["title"], "\u{200F}👩\u{200D}🎤");
    assert_eq!(made.json()["socialMediaHandles"], json!({}));
}

#[actix_web::test]
async fn deleting_an_event_tells_which_of_its_posts_stay_scheduled() {
    let world = World::new().await;
    world.connect("u1").await;
    let (celebrated, other) = (world.event("u1").await, world.event("u1").await);
    for event in [&celebrated, &celebrated, &other] {
        let body = json!({ "platform": "instagram", "eventId": event, "scheduledFor": "2026-12-04T10:00:00Z" });
        assert_eq!(world.post("u1", "/api/social-media/schedule", body).await.status, 201);
    }
    let delete =
        async |event: &str| world.call("u1", Method::DELETE, &format!("/api/events/{event}"), Value::Null).await.json();
    let two = delete(&celebrated).await;
    assert_eq!(two["scheduledPosts"], 2);
    assert_eq!(
        two["message"],
        "The event was deleted. 2 of its posts stay scheduled; cancel them if they should not go out."
    );
    let one = delete(&other).await;
    assert_eq!(
        one["message"],
        "The event was deleted. 1 of its posts stays scheduled; cancel it if it should not go out."
    );
    let scheduled = world.get("u1", "/api/social-media/posts?status=scheduled").await.json();
    assert_eq!(scheduled["posts"].as_array().unwrap().len(), 3);

    let none = delete(&world.event("u1").await).await;
    assert_eq!((&none["message"], &none["scheduledPosts"]), (&json!("The event was deleted."), &json!(0)));
}

#[actix_web::test]
async fn test_says_that_nothing_was_posted_where_nothing_is_connected() {
    let world = World::new().await;
    let path = format!("/api/events/{}/test-message", world.event("u1").await);
    for platform in ["instagram", "facebook", "email"] {
        let answer = world.post("u1", &path, json!({ "platform": platform })).await.json();
        assert_eq!((&answer["success"], &answer["simulation"]), (&json!(true), &json!(true)));
        assert!(answer["message"].as_str().unwrap().starts_with("Nothing was"), "{answer}");
        assert_eq!(answer["connected"], false);
    }
}

#[actix_web::test]
async fn test_posts_once_and_answers_with_the_post() {
    let world = World::new().await;
    let path = format!("/api/events/{}/test-message", world.event("u1").await);
    world.connect("u1").await;
    let answer = world.post("u1", &path, json!({ "platform": "instagram" })).await;

    assert_eq!(answer.status, 200, "{}", answer.json());
    let answer = answer.json();
    assert_eq!((&answer["success"], answer.get("simulation")), (&json!(true), None));
    assert_eq!(answer["platformPostId"], "17900");
    assert!(answer["postId"].is_string(), "our own id, to look it up by");
    assert_eq!(answer["recipientInfo"], json!({ "name": "Anna", "platform": "instagram", "handle": "anna" }));
}
