use rats_instagram_sim::{NewContainer, Picture, Target};
use serde_json::Value;

use crate::harness::{error, sim};

const FIELDS: &str =
    "id,caption,media_type,media_product_type,timestamp,permalink,shortcode,media_url,username,owner{id},like_count";

#[tokio::test]
async fn f4_p1_a_media_reads_with_its_fields() {
    let sim = sim().await;
    let media = sim.published("Happy birthday ✨ #cake").await;
    let (_, body) = sim.get(&format!("v25.0/{media}"), &[("fields", FIELDS)]).await;
    assert_eq!(body["caption"], "Happy birthday ✨ #cake");
    assert_eq!((&body["media_type"], &body["media_product_type"]), (&Value::from("IMAGE"), &Value::from("FEED")));
    assert_eq!(body["owner"]["id"], sim.account.ig_user_id.to_string());
    let shortcode = body["shortcode"].as_str().unwrap();
    assert_eq!(body["permalink"], sim.url(&format!("p/{shortcode}/")));
    let picture = sim.http.get(body["media_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/jpeg");
    assert_eq!(picture.bytes().await.unwrap(), crate::harness::jpeg(64, 80, false));
}

#[tokio::test]
async fn f0_3_5_timestamps_have_an_offset_without_a_colon_and_whole_seconds() {
    let sim = sim().await;
    let media = sim.published("").await;
    let (_, body) = sim.get(&format!("v25.0/{media}"), &[("fields", "timestamp,caption")]).await;
    assert_eq!(body["timestamp"], "2026-11-03T09:15:07+0000");
    assert_eq!(body.get("caption"), None);
}

#[tokio::test]
async fn f4_p3_nothing_can_be_deleted() {
    let sim = sim().await;
    let media = sim.published("").await;
    let url = sim.url(&format!("v25.0/{media}"));
    let answer = sim.http.delete(url).bearer_auth(&sim.account.token).send().await.unwrap();
    assert_eq!(error(&crate::harness::reply(answer).await), (400, 100, Some(33)));
    assert_eq!(sim.live(), 1);
}

#[tokio::test]
async fn f4_p4_the_listing_is_newest_first_and_pages_with_the_token_in_next() {
    let sim = sim().await;
    for caption in ["one", "two", "three"] {
        sim.published(caption).await;
        sim.pass(10);
    }
    let (_, first) = sim.get(&sim.edge("media"), &[("fields", "caption"), ("limit", "2")]).await;
    assert_eq!(captions(&first), ["three", "two"]);
    assert_eq!(first["paging"].get("previous"), None);
    let next = first["paging"]["next"].as_str().unwrap();
    assert!(next.contains(&format!("access_token={}", sim.account.token)));
    let second: Value = serde_json::from_str(&sim.http.get(next).send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(captions(&second), ["one"]);
    assert_eq!(second["paging"].get("next"), None);
    let previous = second["paging"]["previous"].as_str().unwrap();
    let back: Value =
        serde_json::from_str(&sim.http.get(previous).send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(captions(&back), ["three", "two"]);
}

#[tokio::test]
async fn f4_p4_since_and_until_bound_the_listing() {
    let sim = sim().await;
    sim.published("old").await;
    sim.pass(100);
    let between = (sim.now().unix_timestamp() - 50).to_string();
    sim.published("new").await;
    let (_, since) = sim.get(&sim.edge("media"), &[("fields", "caption"), ("since", &between)]).await;
    assert_eq!(captions(&since), ["new"]);
    let (_, until) = sim.get(&sim.edge("media"), &[("fields", "caption"), ("until", &between)]).await;
    assert_eq!(captions(&until), ["old"]);
}

#[tokio::test]
async fn f4_p5_pages_hold_25_by_default_and_100_at_most() {
    let sim = sim().await;
    assert_eq!(sim.get(&sim.edge("media"), &[]).await.1, serde_json::json!({"data": []}));
    let picture = rats_instagram_sim::Picture::stand_in();
    for _ in 0..101 {
        let new = rats_instagram_sim::NewContainer { caption: String::new(), alt_text: None, picture: picture.clone() };
        let state = sim.simulator.state();
        let container = state.create_container(sim.account.ig_user_id, new, sim.now());
        state.publish(&sim.account.token, sim.account.ig_user_id.into(), container, sim.now()).ok();
    }
    assert_eq!(sim.get(&sim.edge("media"), &[]).await.1["data"].as_array().unwrap().len(), 25);
    let (_, all) = sim.get(&sim.edge("media"), &[("limit", "1000")]).await;
    assert_eq!(all["data"].as_array().unwrap().len(), 100);
}

fn captions(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|media| media["caption"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_is_posted_by_hand_is_live_and_counts_against_no_quota() {
    let sim = sim().await;
    let new = NewContainer { caption: "By hand".into(), alt_text: None, picture: Picture::stand_in() };
    let state = sim.simulator.state();
    state.post_by_hand(sim.account.ig_user_id, new, sim.now()).unwrap();
    assert_eq!(sim.live(), 1);
    assert_eq!(state.quota_usage(&sim.account.token, Target::Me, None, sim.now()).unwrap(), 0);
}
