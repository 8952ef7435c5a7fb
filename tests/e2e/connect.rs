//! Connecting, and every way in which it ends without a connection.

use std::time::Duration;

use rats_tests::{Database, World, person::Person};
use reqwest::StatusCode;
use serde_json::json;

const END: &str = "http://localhost:3000/settings/social-accounts?error=instagram_auth_failed&reason=";

async fn start() -> (World, Person) {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    (world, anna)
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_05_denied_consent_leaves_nothing() {
    let (_world, anna) = start().await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "deny").await;
    assert_eq!(anna.follow_callback(&callback).await, Err(format!("{END}denied")));
    assert!(!anna.is_connected().await);
    assert_eq!(anna.follow_callback(&callback).await, Err(format!("{END}state")), "its state is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_01_an_unknown_missing_or_altered_state_is_refused() {
    let (_world, anna) = start().await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    let (base, _) = callback.split_once('?').expect("a query");
    for query in ["code=x&state=unknown", "code=x", "code=x&state=", "", "error=access_denied"] {
        assert_eq!(anna.follow_callback(&format!("{base}?{query}")).await, Err(format!("{END}state")), "{query}");
    }
    assert!(anna.follow_callback(&callback).await.is_ok(), "the true one still works");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_02_a_replayed_callback_does_nothing() {
    let (_world, anna) = start().await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    assert!(anna.follow_callback(&callback).await.is_ok());
    assert_eq!(anna.follow_callback(&callback).await, Err(format!("{END}state")));
    assert!(!anna.is_connected().await, "unconfirmed is not connected");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_01_a_state_ends_after_ten_minutes() {
    let (world, anna) = start().await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    world.clock.turn(Duration::from_mins(10));
    assert_eq!(anna.follow_callback(&callback).await, Err(format!("{END}state")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_instagram_does_not_take_ends_with_its_reason() {
    let (_world, anna) = start().await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    let altered = callback.replace("code=", "code=wrong");
    assert_eq!(anna.follow_callback(&altered).await, Err(format!("{END}exchange")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_has_run_out_ends_with_its_reason() {
    let (world, anna) = start().await;
    let old = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    world.clock.turn(Duration::from_hours(1));
    let fresh = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    // Its state would run out first, so it comes with a new one.
    let late = fresh.replace(&part(&fresh, "code"), &part(&old, "code"));
    assert_eq!(anna.follow_callback(&late).await, Err(format!("{END}exchange")));
    assert!(!anna.is_connected().await);
}

/// A parameter of an address, with its name.
fn part(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').expect("a query");
    let named = |part: &&str| part.split('=').next() == Some(name);
    query.split('&').find(named).expect("the parameter").split('#').next().expect("a part").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_a_declined_confirmation_leaves_nothing() {
    let (_world, anna) = start().await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    let cookie = anna.follow_callback(&callback).await.expect("pending");
    assert_eq!(anna.decide(&cookie, "decline").await, format!("{END}declined"));
    assert!(!anna.is_connected().await);
    assert_eq!(anna.confirm_page(&cookie).await.0, StatusCode::SEE_OTHER, "nothing is left to confirm");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_another_browser_cannot_confirm() {
    let (world, anna) = start().await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    let cookie = anna.follow_callback(&callback).await.expect("pending");
    let page = anna.browser.get(format!("{}/connect/confirm", world.address)).send().await.expect("a page");
    assert_eq!(page.status(), StatusCode::FORBIDDEN);
    let form = [("decision", "connect"), ("csrf", "")];
    let posted =
        anna.browser.post(format!("{}/connect/confirm", world.address)).form(&form).send().await.expect("a page");
    assert_eq!(posted.status(), StatusCode::FORBIDDEN);
    assert!(!anna.is_connected().await);
    world.clock.turn(Duration::from_mins(10));
    assert_eq!(anna.confirm_page(&cookie).await.0, StatusCode::SEE_OTHER, "it ends after ten minutes");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_22_confirming_needs_the_pages_own_token() {
    let (world, anna) = start().await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    let cookie = anna.follow_callback(&callback).await.expect("pending");
    let form = [("decision", "connect"), ("csrf", "guessed")];
    let request = anna.browser.post(format!("{}/connect/confirm", world.address)).header("Cookie", &cookie);
    assert_eq!(request.form(&form).send().await.expect("a page").status(), StatusCode::FORBIDDEN);
    assert!(!anna.is_connected().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_the_page_names_both_accounts() {
    let (_world, anna) = start().await;
    anna.event("Zoë").await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    let cookie = anna.follow_callback(&callback).await.expect("pending");
    let (_, page) = anna.confirm_page(&cookie).await;
    for text in ["goldencrust", "anna", "Zoë’s birthday"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("code="), "no code in the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_07_an_account_is_not_taken_over() {
    let (world, anna) = start().await;
    anna.connect("goldencrust").await;
    let ben = world.person("ben").await;
    let callback = ben.consent(&ben.auth_url().await, "goldencrust", "approve").await;
    let cookie = ben.follow_callback(&callback).await.expect("pending");
    assert_eq!(ben.decide(&cookie, "connect").await, format!("{END}linked_elsewhere"));
    assert!(anna.is_connected().await && !ben.is_connected().await);
    anna.delete("/api/social-auth/instagram/disconnect").await;
    ben.connect("goldencrust").await;
    assert!(ben.is_connected().await && !anna.is_connected().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_connection_the_test_says_that_nothing_was_posted() {
    let (world, anna) = start().await;
    let event = anna.event("Zoë").await;
    let (status, answer) = anna.test(&event).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&answer["success"], &answer["simulation"], &answer["connected"]),
        (&json!(true), &json!(true), &json!(false))
    );
    assert!(world.ledger().media.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_06_fewer_scopes_are_told_and_keep_posts_back() {
    let (world, anna) = start().await;
    let callback =
        anna.consent_to(&anna.auth_url().await, "goldencrust", &["instagram_business_manage_insights"]).await;
    let cookie = anna.follow_callback(&callback).await.expect("pending");
    assert!(anna.confirm_page(&cookie).await.1.contains("Publishing was not allowed"));
    anna.decide(&cookie, "connect").await;
    let accounts = anna.get("/api/social-auth/connected-accounts").await;
    assert!(accounts["instagramAccount"]["missing"][0].as_str().expect("a text").contains("Publishing"), "{accounts}");
    let event = anna.event("Zoë").await;
    let (status, answer) = anna.test(&event).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["message"].as_str().expect("a text").contains("did not allow"), "{answer}");
    assert!(world.ledger().containers.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_03_nothing_of_the_request_becomes_the_redirect_uri() {
    let (world, anna) = start().await;
    let request = anna.request(reqwest::Method::GET, "/api/social-auth/instagram/auth-url");
    let answer = request.header("X-Forwarded-Host", "evil.example").header("X-Forwarded-Proto", "ftp").send().await;
    let text = answer.expect("an answer").text().await.expect("a body");
    assert!(
        !text.contains("evil") && text.contains(&world.address.replace("://", "%3A%2F%2F").replace(':', "%3A")),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_04_the_journey_ends_at_the_settings_page_only() {
    let (_world, anna) = start().await;
    for target in ["//evil.example", "/\\evil.example", "https:evil.example", "%2F%2Fevil.example"] {
        let callback = format!(
            "{}/api/social-auth/instagram/callback?state=x&redirect={target}&next={target}&return_to={target}",
            anna.address
        );
        assert_eq!(anna.follow_callback(&callback).await, Err(format!("{END}state")), "{target}");
    }
}
