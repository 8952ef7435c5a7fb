use std::sync::atomic::Ordering;

use actix_web::{http::Method, test::TestRequest};
use serde_json::{Value, json};

use crate::world::{World, csrf};

#[actix_web::test]
async fn sec_12_an_account_works_only_after_a_person_confirmed_both() {
    let world = World::new().await;
    let cookie = world.callback("u1").await;
    let accounts = "/api/social-auth/connected-accounts";
    assert_eq!(world.get("u1", accounts).await.json()["connectedAccounts"]["instagram"], false);

    let page = world.page(&cookie).await;
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    assert!(
        text.contains("@anna") && text.contains("192.0.2.7") && text.contains("Insights were not allowed"),
        "{text}"
    );
    world.decide(&cookie, &csrf(&page), "connect", Some("https://rats.example")).await;
    assert_eq!(
        world.get("u1", accounts).await.json()["connectedAccounts"],
        json!({ "instagram": true, "facebook": false, "twitter": false })
    );

    let gone = world.call("u1", Method::DELETE, "/api/social-auth/instagram/disconnect", Value::Null).await;
    assert_eq!(gone.json()["success"], true);
    assert_eq!(world.get("u1", accounts).await.json()["connectedAccounts"]["instagram"], false);
}

#[actix_web::test]
async fn sec_21_the_cookie_is_bound_to_this_host_and_hidden_from_scripts() {
    let world = World::new().await;
    let cookie = world.callback("u1").await;
    assert!(cookie.starts_with("__Host-rats_connect="));
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
        assert!(cookie.contains(attribute), "{attribute}");
    }
}

#[actix_web::test]
async fn sec_22_a_decision_needs_the_cookie_the_token_and_our_own_page() {
    let world = World::new().await;
    let cookie = world.callback("u1").await;
    let token = csrf(&world.page(&cookie).await);
    assert_eq!(world.decide(&cookie, "wrong", "connect", None).await.status, 403);
    assert_eq!(world.decide(&cookie, &token, "connect", Some("https://evil.example")).await.status, 403);
    assert_eq!(world.decide(&cookie, &token, "connect", Some("null")).await.status, 403);
    assert_eq!(world.decide("other=1", &token, "connect", None).await.status, 403);
    assert_eq!(world.page("other=1").await.status, 403);
    let declined = world.decide(&cookie, &token, "decline", None).await;
    assert!(declined.header("location").ends_with("?error=instagram_auth_failed&reason=declined"));
}

#[actix_web::test]
async fn sec_01_a_bad_state_ends_without_asking_instagram() {
    let world = World::new().await;
    for query in ["", "?code=c", "?code=c&state=unknown", "?code=c&state=a&state=b", "?state=%"] {
        let path = format!("/api/social-auth/instagram/callback{query}");
        let answer = world.send(TestRequest::get().uri(&path)).await;
        assert_eq!(answer.status, 303);
        assert_eq!(
            answer.header("location"),
            "http://localhost:3000/settings/social-accounts?error=instagram_auth_failed&reason=state"
        );
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    assert_eq!(world.outside.exchanges.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn a_callback_without_a_code_is_a_denial_only_where_instagram_says_so() {
    let world = World::new().await;
    for (query, reason) in [
        ("", "exchange"),
        ("&code=", "exchange"),
        ("&code=a&code=b", "exchange"),
        ("&error=access_denied&error_reason=user_denied", "denied"),
        ("&code=c&error=access_denied", "denied"),
    ] {
        let target = world.callback_with("u1", query).await;
        assert_eq!(
            target,
            format!("http://localhost:3000/settings/social-accounts?error=instagram_auth_failed&reason={reason}"),
            "{query}"
        );
    }
    assert_eq!(world.outside.exchanges.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn sec_43_the_page_cannot_be_framed_and_its_form_reaches_the_frontend() {
    let world = World::new().await;
    let page = world.page(&world.callback("u1").await).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("form-action 'self' http://localhost:3000"), "{policy}");
    assert_eq!(page.header("referrer-policy"), "same-origin");
}
