//! Events that post themselves, over HTTP and on a real store.

mod obstacle;

use std::time::Duration;

use actix_web::http::Method;
use rats_application::auto_post::LookAtEvents;
use serde_json::{Value, json};

use crate::world::{World, event};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A person with an account; it is 2026-11-24 12:00 UTC, and Anna's birthday is on 2026-12-04.
async fn world() -> World {
    let world = World::new().await;
    world.connect("u1").await;
    world
}

impl World {
    /// An event that posts itself; answers its path.
    async fn posts_itself(&self, auto_post: Value) -> String {
        let mut body = event();
        body["autoPost"] = auto_post;
        let made = self.post("u1", "/api/events", body).await;
        assert_eq!(made.status, 201, "{}", made.json());
        format!("/api/events/{}", made.json()["_id"].as_str().unwrap())
    }

    /// Time goes on, and the background looks at what is due.
    async fn wait(&self, span: Duration) {
        let clock = &self.api.ports().clock;
        clock.sleep_until(clock.monotonic() + span).await;
        for _ in 0..3 {
            LookAtEvents(self.api.ports().clone()).run().await.unwrap();
        }
    }

    async fn change(&self, path: &str, changes: Value) -> Value {
        let answer = self.call("u1", Method::PUT, path, changes).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    }

    async fn next(&self, path: &str) -> Value {
        self.get("u1", path).await.json()["autoPost"]["next"].clone()
    }

    /// All posts of the person, newest first.
    async fn posts(&self) -> Vec<Value> {
        self.get("u1", "/api/social-media/posts").await.json()["posts"].as_array().unwrap().clone()
    }

    /// The one post, with its timeline.
    async fn the_post(&self) -> Value {
        let [post] = &self.posts().await[..] else { panic!("one post") };
        self.get("u1", &format!("/api/social-media/posts/{}", post["_id"].as_str().unwrap())).await.json()["post"]
            .clone()
    }

    async fn patch(&self, post: &Value, changes: Value) {
        let path = format!("/api/social-media/posts/{}", post["_id"].as_str().unwrap());
        assert_eq!(self.call("u1", Method::PATCH, &path, changes).await.status, 200);
    }
}

/// The last line of a timeline.
fn last(post: &Value) -> (&str, &str) {
    let entry = post["timeline"].as_array().unwrap().last().unwrap();
    (entry["step"].as_str().unwrap(), entry["message"].as_str().unwrap())
}

#[actix_web::test]
async fn rats_own_form_leaves_it_off_and_as_it_is() {
    let world = world().await;
    let path = format!("/api/events/{}", world.event("u1").await);
    assert_eq!(world.get("u1", &path).await.json()["autoPost"], json!({ "enabled": false }));

    let wish = json!({ "enabled": true, "at": "18:30", "caption": "Anna is great!", "mediaId": "" });
    let changed = world.change(&path, json!({ "autoPost": wish })).await;
    assert_eq!(changed["autoPost"]["at"], "18:30");
    assert_eq!(changed["autoPost"]["next"], json!({ "at": "2026-12-04T18:30:00.000Z" }));
    let again = world.change(&path, event()).await;
    assert_eq!(again["autoPost"], changed["autoPost"], "its edit page never sends it");
    let listed = world.get("u1", "/api/events").await.json();
    assert_eq!(listed[0]["autoPost"], changed["autoPost"]);

    let whole = world.change(&path, json!({ "autoPost": { "enabled": true } })).await;
    assert_eq!(whole["autoPost"], json!({ "enabled": true, "next": { "at": "2026-12-04T09:00:00.000Z" } }));
    let off = world.change(&path, json!({ "autoPost": null })).await;
    assert_eq!(off["autoPost"], json!({ "enabled": false }));
}

#[actix_web::test]
async fn what_is_wrong_is_named_and_nothing_is_stored() {
    let world = world().await;
    let path = format!("/api/events/{}", world.event("u1").await);
    let wrong = json!({ "at": "25:00", "caption": "#a ".repeat(31), "colour": "red" });
    let refused = world.call("u1", Method::PUT, &path, json!({ "title": "Party", "autoPost": wrong })).await;
    assert_eq!(refused.status, 400);
    let errors = refused.json()["errors"].as_array().unwrap().clone();
    let fields: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
    for field in ["autoPost.enabled", "autoPost.at", "autoPost.caption", "autoPost.colour"] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    let picture = json!({ "autoPost": { "enabled": true, "mediaId": "of-somebody-else" } });
    let refused = world.call("u1", Method::PUT, &path, picture).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["field"]), (400, &json!("autoPost.mediaId")));
    assert_eq!(world.get("u1", &path).await.json()["title"], "Anna's birthday");
    assert_eq!(world.call("u2", Method::POST, &format!("{path}/post-again"), json!({})).await.status, 404);
}

#[actix_web::test]
async fn settings_are_each_users_own_and_an_unknown_zone_is_explained() {
    let world = world().await;
    let path = "/api/social-media/settings";
    let default =
        json!({ "success": true, "settings": { "timeZone": "UTC", "postAt": "09:00", "cardLook": "byKind" } });
    assert_eq!(world.get("u1", path).await.json(), default);
    let put = async |body: Value| world.call("u1", Method::PUT, path, body).await;
    let told = put(json!({ "timeZone": "asia/tokyo" })).await.json();
    assert_eq!(told["settings"], json!({ "timeZone": "Asia/Tokyo", "postAt": "09:00", "cardLook": "byKind" }));
    assert_eq!(put(json!({ "cardLook": "hearts" })).await.json()["settings"]["cardLook"], "hearts");
    assert_eq!(put(json!({ "cardLook": "byKind" })).await.json(), told);
    for (body, field) in [
        (json!({ "timeZone": "Mars/Olympus" }), "timeZone"),
        (json!({ "timeZone": "Europe/Lisbon", "postAt": "9 o'clock" }), "postAt"),
        (json!({ "cardLook": "glitter" }), "cardLook"),
        (json!({ "zone": "UTC" }), "zone"),
    ] {
        let refused = put(body).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["field"]), (400, &json!(field)));
    }
    assert_eq!(world.get("u1", path).await.json(), told);
    assert_eq!(world.get("u2", path).await.json(), default);
}

#[actix_web::test]
async fn a_card_that_cannot_be_drawn_keeps_nothing_else_from_following() {
    let world = world().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    world.wait(DAY * 3 + HOUR).await;
    let made = world.the_post().await;
    world.outside.is_undrawable.store(true, std::sync::atomic::Ordering::SeqCst);
    world.change(&path, json!({ "date": "2026-12-05" })).await;
    let moved = world.the_post().await;
    assert_eq!((&moved["scheduledFor"], &moved["imageUrl"]), (&json!("2026-12-05T09:00:00.000Z"), &made["imageUrl"]));
    assert_eq!(world.next(&path).await["problem"]["code"], "picture");
    world.outside.is_undrawable.store(false, std::sync::atomic::Ordering::SeqCst);
    world.wait(HOUR * 2).await;
    assert_ne!(world.the_post().await["imageUrl"], made["imageUrl"], "it is drawn later");
}

#[actix_web::test]
async fn seven_days_ahead_it_is_a_post_that_follows_its_event() {
    let world = world().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    world.wait(DAY * 2).await;
    assert!(world.posts().await.is_empty(), "it is ten days ahead");
    world.wait(DAY + HOUR).await;
    let made = world.the_post().await;
    assert_eq!((&made["status"], &made["scheduledFor"]), (&json!("scheduled"), &json!("2026-12-04T09:00:00.000Z")));
    assert_eq!(made["content"], world.get("u1", &path).await.json()["aiGeneratedMessage"]);
    assert_eq!(world.next(&path).await, json!({ "at": made["scheduledFor"], "postId": made["_id"] }));

    world.change(&path, json!({ "date": "2026-12-05" })).await;
    let moved = world.the_post().await;
    assert_eq!(moved["scheduledFor"], "2026-12-05T09:00:00.000Z");
    assert_ne!(moved["imageUrl"], made["imageUrl"], "its card shows the day");
    assert_eq!(last(&moved).0, "moved");

    world.change(&path, json!({ "title": "Anna is 30" })).await;
    let renamed = world.the_post().await;
    assert_ne!(renamed["imageUrl"], moved["imageUrl"]);
    assert_eq!((last(&renamed).0, &renamed["content"]), ("edited", &made["content"]));
    world.post("u1", &format!("{path}/regenerate"), json!({})).await;
    let rewritten = world.the_post().await;
    assert_eq!(last(&rewritten), ("edited", "Text changed with its event."));
    assert_ne!(rewritten["content"], made["content"]);

    world
        .call("u1", Method::PUT, "/api/social-media/settings", json!({ "timeZone": "Asia/Tokyo", "postAt": "07:00" }))
        .await;
    world.wait(Duration::ZERO).await;
    assert_eq!(world.the_post().await["scheduledFor"], "2026-12-04T22:00:00.000Z");
    assert_eq!(world.posts().await.len(), 1);
}

#[actix_web::test]
async fn what_was_changed_by_hand_stays_and_is_said() {
    let world = world().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    world.wait(DAY * 4).await;
    let made = world.the_post().await;
    world.patch(&made, json!({ "content": "My own words.", "scheduledFor": "2026-12-04T20:00:00Z" })).await;

    world.post("u1", &format!("{path}/regenerate"), json!({})).await;
    let kept = world.the_post().await;
    assert_eq!((&kept["content"], last(&kept).0), (&json!("My own words."), "kept"));
    world.change(&path, json!({ "date": "2026-12-06" })).await;
    let stays = world.the_post().await;
    assert_eq!(stays["scheduledFor"], "2026-12-04T20:00:00.000Z");
    assert!(last(&stays).1.contains("6 December 2026, 09:00 UTC") && last(&stays).1.contains("by hand"));
    let lines = stays["timeline"].as_array().unwrap().len();
    world.wait(DAY).await;
    assert_eq!(world.the_post().await["timeline"].as_array().unwrap().len(), lines, "it is said once");

    // The person asks for the event's text again: from then on it follows.
    world.patch(&stays, json!({ "content": null })).await;
    let written = world.post("u1", &format!("{path}/regenerate"), json!({})).await.json();
    assert_eq!(world.the_post().await["content"], written["message"]);

    world.change(&path, json!({ "autoPost": { "enabled": false } })).await;
    assert_eq!(world.the_post().await["status"], "draft");
    world.change(&path, json!({ "autoPost": { "enabled": true } })).await;
    let back = world.the_post().await;
    assert_eq!((&back["status"], &back["scheduledFor"]), (&json!("scheduled"), &json!("2026-12-04T20:00:00.000Z")));
}

#[actix_web::test]
async fn it_is_cancelled_with_its_event_and_comes_back_with_it() {
    let world = world().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    world.wait(DAY * 4).await;
    for (off, on, why) in [
        (json!({ "autoPost": null }), json!({ "autoPost": { "enabled": true } }), "not posted by itself any more"),
        (json!({ "isActive": false }), json!({ "isActive": true }), "set inactive"),
        (json!({ "date": "2027-03-01" }), json!({ "date": "2026-12-04" }), "posted next on 2027-03-01"),
    ] {
        world.change(&path, off).await;
        let off = world.the_post().await;
        assert_eq!((&off["stage"], last(&off).0), (&json!("cancelled"), "cancelled"));
        assert!(last(&off).1.contains(why), "{}", last(&off).1);
        world.change(&path, on).await;
        let on = world.the_post().await;
        assert_eq!((&on["stage"], &on["scheduledFor"]), (&json!("waiting"), &json!("2026-12-04T09:00:00.000Z")));
        assert_eq!(on["_id"], off["_id"]);
    }
    let gone = world.call("u1", Method::DELETE, &path, Value::Null).await.json();
    assert_eq!(gone["scheduledPosts"], 0, "{gone}");
    let cancelled = world.the_post().await;
    assert_eq!(cancelled["stage"], "cancelled");
    assert!(last(&cancelled).1.contains("deleted"));
}

#[actix_web::test]
async fn what_its_person_cancelled_is_not_made_again_that_year_unless_they_ask() {
    let world = world().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    world.wait(DAY * 4).await;
    let made = world.the_post().await;
    let post = format!("/api/social-media/posts/{}", made["_id"].as_str().unwrap());
    let again = format!("{path}/post-again");
    assert_eq!(world.post("u1", &again, json!({})).await.json()["code"], "on_its_way");

    world.call("u1", Method::DELETE, &post, Value::Null).await;
    world.change(&path, json!({ "date": "2026-12-05" })).await;
    world.change(&path, json!({ "autoPost": null })).await;
    world.change(&path, json!({ "autoPost": { "enabled": true } })).await;
    world.wait(DAY).await;
    assert_eq!(world.the_post().await["stage"], "cancelled");
    let next = world.next(&path).await;
    assert_eq!((&next["at"], &next["problem"]["code"]), (&json!("2027-12-05T09:00:00.000Z"), &json!("cancelled")));

    world.call("u1", Method::DELETE, &post, Value::Null).await;
    world.wait(DAY).await;
    assert!(world.posts().await.is_empty());
    assert_eq!(world.next(&path).await["problem"]["code"], "removed");
    let asked = world.post("u1", &again, json!({})).await.json();
    assert_eq!(asked["autoPost"]["next"]["at"], "2026-12-05T09:00:00.000Z");
    assert_eq!(world.the_post().await["scheduledFor"], "2026-12-05T09:00:00.000Z");
}

#[actix_web::test]
async fn once_it_is_live_its_event_says_so_and_moves_on() {
    let world = world().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    world.wait(DAY * 9).await;
    let made = world.the_post().await;
    let post = format!("/api/social-media/posts/{}", made["_id"].as_str().unwrap());
    assert_eq!(world.post("u1", &format!("{post}/publish"), json!({})).await.status, 202);
    while world.the_post().await["status"] != "published" {
        tokio::task::yield_now().await;
    }
    world.wait(HOUR * 12).await;
    let sent = world.get("u1", &path).await.json();
    assert!(sent["lastMessageSent"].as_str().unwrap().starts_with("2026-12-03T12:00"));
    assert_eq!(sent["date"], "2026-12-04T00:00:00.000Z");

    world.change(&path, json!({ "date": "2026-12-20" })).await;
    world.wait(DAY).await;
    let next = world.next(&path).await;
    assert_eq!((&next["at"], &next["problem"]["code"]), (&json!("2027-12-20T09:00:00.000Z"), &json!("posted")));
    assert_eq!(world.posts().await.len(), 1, "not twice for one year");
    world.wait(DAY * 20).await;
    assert_eq!(world.get("u1", &path).await.json()["date"], "2027-12-20T00:00:00.000Z");
    assert_eq!(world.posts().await.len(), 1);
}
