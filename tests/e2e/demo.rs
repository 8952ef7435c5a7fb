//! What the demo user of a new sandbox has behind and before them.

use std::collections::BTreeMap;

use rats_tests::{
    Sandbox,
    person::{Person, browser},
};
use reqwest::header;
use serde_json::{Value, json};

/// The demo user, signed in by the API.
async fn sign_in(sandbox: &Sandbox) -> Person {
    let browser = browser();
    let body = json!({"email": "demo@rats.example", "password": "celebrate-2026"});
    let answer =
        browser.post(format!("{}/api/auth/login", sandbox.address)).json(&body).send().await.expect("an answer");
    let value: Value = answer.json().await.expect("json");
    let token = value["token"].as_str().expect("a token").to_owned();
    Person { address: sandbox.address.clone(), token, browser }
}

/// A page of the dashboard in the demo user's browser.
async fn page(person: &Person, path: &str) -> String {
    let form = [("token", person.token.as_str()), ("next", "/")];
    let session = person.browser.post(format!("{}/session", person.address)).header(header::ORIGIN, &person.address);
    let answer = session.form(&form).send().await.expect("an answer");
    let cookie = answer.headers()[header::SET_COOKIE]
        .to_str()
        .expect("a cookie")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let page = person.browser.get(format!("{}{path}", person.address)).header(header::COOKIE, cookie);
    page.send().await.expect("an answer").text().await.expect("a page")
}

async fn posts(person: &Person) -> Vec<Value> {
    person.get("/api/social-media/posts?limit=100").await["posts"].as_array().expect("posts").clone()
}

#[tokio::test]
async fn a_new_sandbox_has_weeks_of_posts_made_by_the_product_itself_and_only_once() {
    let place = tempfile::tempdir().expect("a directory");
    let dir = place.path().join("sandbox").display().to_string();
    let settings = [("SANDBOX_DEMO", "true"), ("SANDBOX_DIR", dir.as_str())];
    let sandbox = Sandbox::start(&settings);
    let person = sign_in(&sandbox).await;

    let made = posts(&person).await;
    let mut counts = BTreeMap::new();
    for post in &made {
        *counts.entry(post["status"].as_str().expect("a status")).or_insert(0) += 1;
    }
    assert_eq!(counts, BTreeMap::from([("published", 24), ("scheduled", 6), ("draft", 2), ("failed", 1)]), "{made:#?}");
    let failed = made.iter().find(|post| post["status"] == "failed").expect("one that failed");
    assert!(failed["attention"]["message"].as_str().is_some_and(|text| text.contains("format")), "{failed:#}");

    // Each is live once, and its numbers grew with it.
    let ledger = sandbox.ledger().await;
    assert_eq!(ledger["media"].as_array().map(Vec::len), Some(24));
    let oldest = made.iter().rfind(|post| post["status"] == "published").expect("the first one");
    let metrics =
        person.get(&format!("/api/social-media/posts/{}/metrics", oldest["_id"].as_str().expect("an id"))).await;
    let series = metrics["series"].as_array().unwrap_or_else(|| panic!("{metrics:#}"));
    assert!(series.len() >= 35, "{metrics:#}");

    for (path, expected) in [
        ("/", "Jonas"),
        ("/events", "Grandma Ilse"),
        ("/calendar", "calendar"),
        ("/analytics", "followers"),
        ("/accounts", "goldencrust"),
    ] {
        let page = page(&person, path).await;
        assert!(page.to_lowercase().contains(&expected.to_lowercase()), "{expected} is missing on {path}:\n{page}");
    }

    drop(sandbox);
    let again = Sandbox::start(&settings);
    assert_eq!(posts(&sign_in(&again).await).await.len(), made.len());
}
