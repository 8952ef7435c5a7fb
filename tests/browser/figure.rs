//! What pages weigh and how soon they are seen, with some history on them; and the README's pictures of them.

use std::time::Duration;

use rats_tests::{person::Person, program::root};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    page::{Page, Width},
    picture,
    visit::Visit,
};

/// What a page may weigh on its way, in bytes, the person's own pictures apart.
const MOST_BYTES: f64 = 100_000.0;

/// From post to post: each day some hours later.
const STEP: Duration = Duration::from_hours(26);

/// What was celebrated: whose, what kind, who they are.
const CELEBRATED: [(&str, &str, &str, &str); 9] = [
    ("Nonna Rosa’s 80th birthday", "birthday", "Nonna Rosa", "grandmother"),
    ("Mia & Jonas, ten years", "anniversary", "Mia and Jonas", "friends"),
    ("Lantern evening", "holiday", "Everybody on our street", "neighbours"),
    ("Theo’s first day at school", "other", "Theo", "nephew"),
    ("Ada’s birthday", "birthday", "Ada", "sister"),
    ("Twenty years of the bakery", "anniversary", "The bakery", "our own"),
    ("Papa’s birthday", "birthday", "Papa", "father"),
    ("First snow party", "other", "The whole team", "colleagues"),
    ("New Year’s breakfast", "holiday", "Our early birds", "regulars"),
];

#[tokio::test]
async fn home_compose_and_analytics_are_light() {
    let visit = Visit::begin(Width::Desktop).await;
    let person = Person::register(&visit.sandbox.address, "Mara").await;
    person.connect("goldencrust").await;
    // The README's pictures are made on demand: they want weeks on them, a test does not.
    let has_pictures = std::env::var_os("README_PICTURES").is_some();
    let mut celebrated = CELEBRATED.iter().cycle();
    for celebrated in celebrated.by_ref().take(if has_pictures { 18 } else { 2 }) {
        goes_out(&visit, celebrated).await;
    }
    let mut event = String::new();
    for (days, celebrated) in (1..=3).zip(celebrated) {
        event = posts_itself(&visit, celebrated, days).await;
    }
    visit.sign_in("Mara").await;
    for path in ["/", "/compose", "/analytics"] {
        let (bytes, painted) = load(&visit.page, path).await;
        println!("{path}: {bytes} bytes, first paint after {painted} ms");
        assert!(bytes < MOST_BYTES, "{path} weighs {bytes} bytes");
    }
    if has_pictures {
        for (path, name) in [("/", "home"), ("/calendar", "calendar"), (&*event, "event"), ("/analytics", "analytics")]
        {
            visit.page.go(path).await;
            let png = picture::small(&visit.page.picture().await);
            std::fs::write(root().join(format!("docs/images/{name}.png")), png).expect("a file");
        }
    }
}

/// Celebrates something today; a day and some hours later its numbers were read.
async fn goes_out(visit: &Visit, celebrated: &(&str, &str, &str, &str)) {
    let person = visit.person("Mara").await;
    let event = event(visit, &person, celebrated, 0).await;
    let body = json!({"platform": "instagram", "eventId": event["_id"]});
    let (status, answer) = person.post("/api/social-media/post", &body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let id = answer["post"]["_id"].as_str().expect("an id").to_owned();
    person.post_until(&id, |post| post["status"] == "published").await;
    visit.sandbox.turn(STEP).await;
    let person = visit.person("Mara").await;
    let read = async || person.get(&format!("/api/social-media/posts/{id}/metrics")).await["series"] != json!([]);
    rats_tests::until(read).await;
}

/// Leaves something to be celebrated in some days to itself, until it has become a post; answers the event's page.
async fn posts_itself(visit: &Visit, celebrated: &(&str, &str, &str, &str), days: i64) -> String {
    let person = visit.person("Mara").await;
    let event = event(visit, &person, celebrated, days).await;
    let id = event["_id"].as_str().expect("an id");
    let path = format!("/api/events/{id}");
    let (status, answer) = person.send(Method::PUT, &path, &json!({"autoPost": {"enabled": true}})).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    rats_tests::until(async || person.get(&path).await["autoPost"]["next"]["postId"].is_string()).await;
    format!("/events/{id}")
}

async fn event(visit: &Visit, person: &Person, celebrated: &(&str, &str, &str, &str), days: i64) -> Value {
    let day = (visit.sandbox.now().await + time::Duration::days(days)).date();
    let (title, kind, recipient, relation) = celebrated;
    let body = json!({
        "title": title, "eventType": kind, "date": day.to_string(), "recipientName": recipient, "recipientRelation": relation,
    });
    let (status, event) = person.post("/api/events", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{event}");
    event
}

/// Loads a page with nothing kept from before; answers how many bytes came, the person's own pictures apart, and after how many milliseconds
/// something was seen.
async fn load(page: &Page, path: &str) -> (f64, f64) {
    page.call("Network.setCacheDisabled", json!({"cacheDisabled": true})).await;
    page.chromium.forget_events();
    page.go(path).await;
    let painted = page.until("performance.getEntriesByName('first-contentful-paint')[0]?.startTime").await;
    let answers = page.chromium.events("Network.responseReceived");
    let own = |id: &Value| answers.iter().any(|it| it["requestId"] == *id && is_own_picture(it));
    let finished = page.chromium.events("Network.loadingFinished");
    let bytes =
        finished.iter().filter(|it| !own(&it["requestId"])).filter_map(|it| it["encodedDataLength"].as_f64()).sum();
    (bytes, painted.as_f64().expect("a time"))
}

/// A picture, besides our own few, which are drawn with lines.
fn is_own_picture(answer: &Value) -> bool {
    answer["type"] == "Image" && answer["response"]["mimeType"] != "image/svg+xml"
}
