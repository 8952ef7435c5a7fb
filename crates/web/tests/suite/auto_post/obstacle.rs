//! What stands in the way of an event that posts itself, and days that are odd.

use std::time::Duration;

use actix_web::http::Method;
use rats_domain::id::AccountId;
use serde_json::{Value, json};

use super::{DAY, HOUR, world};
use crate::world::{World, event};

#[actix_web::test]
async fn on_the_day_itself_it_goes_out_today_or_says_why_not() {
    let world = world().await;
    let mut today = event();
    (today["date"], today["autoPost"]) = (json!("2026-11-24"), json!({ "enabled": true, "at": "12:01" }));
    let made = world.post("u1", "/api/events", today.clone()).await.json();
    assert_eq!(made["autoPost"]["next"]["at"], "2026-11-24T12:01:00.000Z");
    assert_eq!(made["autoPost"]["next"]["postId"], world.the_post().await["_id"]);

    today["autoPost"]["at"] = json!("11:59");
    let late = world.post("u1", "/api/events", today).await.json();
    let next = &late["autoPost"]["next"];
    assert_eq!((&next["at"], &next["problem"]["code"]), (&json!("2027-11-24T11:59:00.000Z"), &json!("too_late_today")));
    assert_eq!(world.posts().await.len(), 1);
}

#[actix_web::test]
async fn what_stands_in_the_way_is_told_ahead_and_goes_by_itself() {
    let world = World::new().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    assert_eq!(world.next(&path).await["problem"]["code"], "not_connected", "ten days ahead");
    world.wait(DAY * 5).await;
    assert!(world.posts().await.is_empty());
    world.connect("u1").await;
    world.wait(Duration::ZERO).await;
    assert_eq!(world.next(&path).await["problem"], Value::Null);
    assert_eq!(world.the_post().await["scheduledFor"], "2026-12-04T09:00:00.000Z");
}

#[actix_web::test]
async fn a_full_quota_and_an_access_that_ends_are_told_ahead() {
    let world = world().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    *world.outside.quota.lock().unwrap() = Some(0);
    world.api.ports().history.keep_quota_total(&AccountId::new("1784"), 0).await.unwrap();
    world.wait(DAY * 4).await;
    let next = world.next(&path).await;
    assert_eq!((&next["problem"]["code"], &next["postId"]), (&json!("quota"), &world.the_post().await["_id"]));

    // Nobody renews it here; it ends sixty days after it was given.
    world.change(&path, json!({ "date": "2027-02-10" })).await;
    assert_eq!(world.next(&path).await["problem"], Value::Null);
    world.wait(DAY * 41).await;
    let next = world.next(&path).await;
    assert_eq!((&next["at"], &next["problem"]["code"]), (&json!("2027-02-10T09:00:00.000Z"), &json!("reconnect")));
}

#[actix_web::test]
async fn what_comes_back_and_cannot_is_told_why() {
    let world = world().await;
    let path = world.posts_itself(json!({ "enabled": true })).await;
    world.wait(DAY * 4).await;
    world.change(&path, json!({ "autoPost": null })).await;
    world.call("u1", Method::DELETE, "/api/social-auth/instagram/disconnect", Value::Null).await;
    let changed = world.change(&path, json!({ "autoPost": { "enabled": true } })).await;
    assert_eq!(changed["autoPost"]["next"]["problem"]["code"], "not_connected");
    assert_eq!(world.the_post().await["stage"], "cancelled");
    world.connect("u1").await;
    world.wait(Duration::ZERO).await;
    assert_eq!(world.the_post().await["stage"], "waiting");
}

#[actix_web::test]
async fn days_that_have_passed_move_on_posted_or_not_and_odd_ones_are_harmless() {
    let world = world().await;
    let on = async |date: &str, auto_post: Value| {
        let mut body = event();
        (body["date"], body["autoPost"]) = (json!(date), auto_post);
        world.post("u1", "/api/events", body).await.json()["_id"].as_str().unwrap().to_owned()
    };
    let born = on("1990-05-01", Value::Null).await;
    let leap = on("2024-02-29", json!({ "enabled": true })).await;
    let last = on("9999-12-31", json!({ "enabled": true })).await;
    world.wait(HOUR).await;
    let shown = async |id: &str| world.get("u1", &format!("/api/events/{id}")).await.json();
    assert_eq!(shown(&born).await["date"], "2027-05-01T00:00:00.000Z");
    assert_eq!(shown(&leap).await["date"], "2027-02-28T00:00:00.000Z");
    let far = shown(&last).await;
    assert_eq!(far["autoPost"]["next"]["problem"]["code"], "over");
    assert!(far["autoPost"]["next"]["problem"]["message"].as_str().unwrap().contains("9999"));
    assert_eq!(world.post("u1", &format!("/api/events/{last}/post-again"), json!({})).await.status, 409);

    // Its form sends the day as it is; 29 February is not forgotten.
    world.change(&format!("/api/events/{leap}"), json!({ "date": "2027-02-28", "title": "Leap" })).await;
    world.wait(DAY * 91).await;
    world.wait(DAY * 9).await;
    assert_eq!(shown(&leap).await["date"], "2028-02-29T00:00:00.000Z");
    let [post] = &world.posts().await[..] else { panic!("one post") };
    assert_eq!(post["scheduledFor"], "2027-02-28T09:00:00.000Z");
}
