use actix_web::{http::Method, test::TestRequest};
use serde_json::{Value, json};

use crate::{fake::listed, world::World};

fn scheduled(event: &str) -> Value {
    json!({ "platform": "instagram", "eventId": event, "scheduledFor": "2026-12-04T10:00:00+01:00" })
}

#[actix_web::test]
async fn a_post_is_scheduled_listed_and_cancelled() {
    let world = World::new().await;
    let event = world.event("u1").await;
    world.connect("u1").await;
    let made = world.post("u1", "/api/social-media/schedule", scheduled(&event)).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.header("etag"), "\"1\"");
    let post = made.json()["post"].clone();
    assert_eq!((&post["status"], &post["stage"]), (&json!("scheduled"), &json!("waiting")));
    assert_eq!(post["scheduledFor"], "2026-12-04T09:00:00.000Z");
    assert_eq!(post["event"]["title"], "Anna's birthday");

    let path = format!("/api/social-media/posts/{}", post["_id"].as_str().unwrap());
    assert_eq!(world.get("u1", &path).await.json()["post"]["timeline"][0]["step"], "scheduled");
    assert_eq!(world.get("u1", &format!("{path}/metrics")).await.json()["metrics"]["likes"], Value::Null);
    for (method, path) in
        [(Method::GET, path.clone()), (Method::DELETE, path.clone()), (Method::GET, format!("{path}/metrics"))]
    {
        assert_eq!(world.call("u2", method, &path, Value::Null).await.status, 404);
    }
    for _ in 0..3 {
        let cancelled = world.call("u1", Method::DELETE, &path, Value::Null).await.json();
        assert_eq!(cancelled["post"]["stage"], "cancelled", "what is repeated by itself removes nothing");
    }
    let clock = &world.api.ports().clock;
    clock.sleep_until(clock.monotonic() + std::time::Duration::from_secs(10)).await;
    assert_eq!(world.call("u1", Method::DELETE, &path, Value::Null).await.json()["post"], Value::Null);
    assert_eq!(world.get("u1", &path).await.status, 404);
}

#[actix_web::test]
async fn a_post_that_waits_for_an_account_names_it() {
    let world = World::new().await;
    let event = world.event("u1").await;
    world.connect("u1").await;
    let post = world.post("u1", "/api/social-media/schedule", scheduled(&event)).await.json()["post"].clone();
    world.call("u1", Method::DELETE, "/api/social-auth/instagram/disconnect", Value::Null).await;

    let path = format!("/api/social-media/posts/{}", post["_id"].as_str().unwrap());
    let shown = world.get("u1", &path).await.json()["post"].clone();
    let listed = world.get("u1", "/api/social-media/posts").await.json()["posts"][0].clone();
    for post in [shown, listed] {
        assert_eq!((&post["stage"], &post["attention"]["code"]), (&json!("held"), &json!("reconnect")));
        let message = post["attention"]["message"].as_str().unwrap();
        assert!(message.ends_with(" The account is @anna."), "{message}");
    }
}

#[actix_web::test]
async fn pages_of_posts_follow_each_other() {
    let world = World::new().await;
    let event = world.event("u1").await;
    world.connect("u1").await;
    for _ in 0..3 {
        world.post("u1", "/api/social-media/schedule", scheduled(&event)).await;
    }
    let first = world.get("u1", "/api/social-media/posts?limit=2").await.json();
    let rest = format!("/api/social-media/posts?limit=2&cursor={}", first["nextCursor"].as_str().unwrap());
    let second = world.get("u1", &rest).await.json();
    assert_eq!((first["posts"].as_array().unwrap().len(), second["posts"].as_array().unwrap().len()), (2, 1));
    assert_eq!(second["nextCursor"], Value::Null);
    assert_eq!(
        world.get("u1", "/api/social-media/posts?limit=0&status=x&cursor=%21").await.json()["errors"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[actix_web::test]
async fn the_same_key_makes_one_post_and_another_body_is_refused() {
    let world = World::new().await;
    let event = world.event("u1").await;
    world.connect("u1").await;
    let send = |body: Value| {
        let request =
            TestRequest::post().uri("/api/social-media/schedule").insert_header(("authorization", world.bearer("u1")));
        world.send(request.insert_header(("idempotency-key", "k")).set_json(body))
    };
    let first = send(scheduled(&event)).await.json()["post"]["_id"].clone();
    assert_eq!(send(scheduled(&event)).await.json()["post"]["_id"], first);
    let mut other = scheduled(&event);
    other["content"] = json!("Another text");
    assert_eq!(send(other).await.status, 422);
}

#[actix_web::test]
async fn what_cannot_be_posted_is_named() {
    let world = World::new().await;
    let body =
        json!({ "platform": "twitter", "media": [], "status": "published", "scheduledFor": "2026-12-04T10:00:00" });
    let errors = world.post("u1", "/api/social-media/schedule", body).await.json()["errors"].clone();
    let fields: Vec<&Value> = errors.as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(fields, ["platform", "media", "scheduledFor", "status"]);
}

#[actix_web::test]
async fn an_uploaded_picture_is_served_whole_and_in_parts_and_its_original_is_not() {
    let world = World::new().await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nphoto\r\n--b--\r\n";
    let request = TestRequest::post().uri("/api/media").insert_header(("authorization", world.bearer("u1")));
    let request = request.insert_header(("content-type", "multipart/form-data; boundary=b")).set_payload(form);
    let made = world.send(request).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let path = format!("/media/{}.jpg", made.json()["media"]["_id"].as_str().unwrap());

    let whole = world.send(TestRequest::get().uri(&path)).await;
    assert_eq!((whole.header("content-type"), whole.header("x-content-type-options")), ("image/jpeg", "nosniff"));
    assert_eq!(whole.bytes, b"0123456789");
    let part = world.send(TestRequest::get().uri(&path).insert_header(("range", "bytes=2-4"))).await;
    assert_eq!((part.status.as_u16(), part.header("content-range")), (206, "bytes 2-4/10"));
    assert_eq!(part.bytes, b"234");
    assert_eq!(world.send(TestRequest::get().uri(&path).insert_header(("range", "bytes=10-"))).await.status, 416);

    let names: Vec<String> = world.outside.files.lock().unwrap().keys().cloned().collect();
    let original = names.iter().find(|name| name.starts_with('o')).unwrap();
    assert_eq!(world.send(TestRequest::get().uri(&format!("/media/{original}.jpg"))).await.status, 404);
}

#[actix_web::test]
async fn a_post_in_review_is_adopted_by_the_link_that_people_copy() {
    let world = World::new().await;
    let event = world.event("u1").await;
    world.connect("u1").await;
    let made = world.post("u1", "/api/social-media/schedule", scheduled(&event)).await.json();
    let id = made["post"]["_id"].as_str().unwrap();
    world.review(id, "Look at the profile.").await;
    let adopt = format!("/api/social-media/posts/{id}/adopt");
    let adopt = async |name: &str| world.post("u1", &adopt, json!({ "platformPostId": name })).await;

    for (name, words) in [
        ("the first one", "neither the link nor the id"),
        ("https://www.instagram.com/share/p/BAxyz/", "Open the post there and copy its address"),
    ] {
        let refused = adopt(name).await;
        assert_eq!(refused.status, 400, "{name}: {}", refused.text());
        let wrong = refused.json()["errors"][0].clone();
        assert_eq!(wrong["field"], "platformPostId", "{name}: {wrong}");
        assert!(wrong["message"].as_str().unwrap().contains(words), "{name}: {wrong}");
    }
    let refused = adopt("https://www.instagram.com/p/ABC/").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("not_shown")), "{}", refused.text());
    assert!(refused.text().contains("may take a minute to show"), "{}", refused.text());

    world.outside.listed.lock().unwrap().push(listed("ABC", "Happy day, Anna!"));
    let adopted = adopt("https://www.instagram.com/anna/p/ABC/?igsh=MzRl").await;
    assert_eq!(adopted.status, 200, "{}", adopted.text());
    let post = adopted.json()["post"].clone();
    assert_eq!((&post["status"], &post["platformPostId"]), (&json!("published"), &json!("1790")));
    assert_eq!(post["permalink"], "https://www.instagram.com/p/ABC/");
}

#[actix_web::test]
async fn what_may_be_shown_already_is_published_again_only_on_the_persons_word() {
    let world = World::new().await;
    let event = world.event("u1").await;
    world.connect("u1").await;
    let mut body = scheduled(&event);
    body["content"] = json!("Happy birthday, twins!");
    world.post("u1", "/api/social-media/schedule", body.clone()).await;
    let made = world.post("u1", "/api/social-media/schedule", body).await.json();
    let id = made["post"]["_id"].as_str().unwrap();
    world.review(id, "Look at the profile.").await;
    world.outside.listed.lock().unwrap().push(listed("ABC", "Happy birthday, twins!"));
    let again = format!("/api/social-media/posts/{id}/republish");

    let refused = world.post("u1", &again, json!({})).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("may_be_shown")), "{}", refused.text());
    assert!(refused.json()["message"].as_str().unwrap().contains("https://www.instagram.com/p/ABC/, id 1790"));
    let accepted = world.post("u1", &again, json!({ "anyway": true })).await;
    assert_eq!(accepted.status, 202, "{}", accepted.text());
    let edited = world.call("u1", Method::PATCH, &again.replace("/republish", ""), json!({ "anyway": true })).await;
    assert_eq!(edited.status, 400, "it belongs to publishing again alone");
}
