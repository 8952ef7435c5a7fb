use actix_web::test::TestRequest;
use rats_domain::id::UserId;

use super::browser::{Browser, OWN, token};
use crate::world::World;

#[actix_web::test]
async fn who_registers_lives_where_their_browsers_clock_is() {
    let world = World::new().await;
    for (name, zone, shown) in
        [("anna", "Asia/Tokyo", "Asia/Tokyo"), ("bert", "Mars/Olympus", "UTC"), ("cleo", "", "UTC")]
    {
        let mut browser = Browser::new(&world);
        let email = format!("{name}@example.com");
        let fields = [("username", name), ("email", &email), ("password", "sentinel-password"), ("zone", zone)];
        assert_eq!(browser.send("/register", &fields).await.status, 303);
        let settings = browser.get("/settings").await.text();
        assert!(settings.contains(&format!("value=\"{shown}\"")), "{zone}: {settings}");
    }
}

#[actix_web::test]
async fn who_is_not_signed_in_is_asked_to_and_comes_back_to_where_they_wanted() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let page = anna.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("anna"));

    anna.cookie.clear();
    assert_eq!(anna.get("/").await.header("location"), "/sign-in");
    let fields = [("email", "Anna@example.com"), ("password", "sentinel-password"), ("next", "/?a=1")];
    assert_eq!(anna.send("/sign-in", &fields).await.header("location"), "/?a=1");
    assert_eq!(anna.get("/sign-in").await.header("location"), "/", "who is signed in goes on");
}

#[actix_web::test]
async fn what_is_wrong_is_said_at_its_field_and_what_was_written_stays() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let fields = [("username", "<i>Zoë"), ("email", "zoe"), ("password", "short")];
    let page = browser.send("/register", &fields).await;
    assert_eq!(page.status, 422);
    let text = page.text();
    assert!(text.contains("id=\"email-wrong\"") && text.contains("id=\"password-wrong\""), "{text}");
    assert!(text.contains("&#60;i&#62;Zoë") && text.contains("value=\"zoe\""), "{text}");
    assert!(!text.contains("short\""), "a password is never shown again: {text}");

    let page = browser.send("/sign-in", &[("email", "zoe@example.com"), ("password", "nothing")]).await;
    assert_eq!(page.status, 401);
    assert!(page.text().contains("is wrong") && page.text().contains("zoe@example.com"));
    assert!(page.header("www-authenticate").is_empty(), "no browser is to ask for a password by itself");
}

#[actix_web::test]
async fn sec_20_21_a_session_is_new_at_each_sign_in_and_its_cookie_is_out_of_reach() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let first = anna.cookie.clone();
    let answer = anna.send("/sign-in", &[("email", "anna@example.com"), ("password", "sentinel-password")]).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-rats_session="), "{cookie}");
    for part in ["; Path=/;", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(anna.cookie.len(), "__Host-rats_session=".len() + 64, "256 bits");
    assert_ne!(anna.cookie, first);

    let before = Browser { world: &world, cookie: first };
    assert_eq!(before.get("/").await.status, 303, "the session before has ended");
}

#[actix_web::test]
async fn sec_20_signing_out_ends_the_session_on_the_server() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let kept = Browser { world: &world, cookie: anna.cookie.clone() };
    let answer = anna.submit("/", "/sign-out", &[]).await;
    assert_eq!(answer.header("location"), "/sign-in?done=out");
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(kept.get("/").await.status, 303, "a copy of the cookie is good for nothing");
}

#[actix_web::test]
async fn sec_20_signing_out_everywhere_ends_all_sessions_of_the_user_and_no_other() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let bert = Browser::registered(&world, "bert").await;
    let mut phone = Browser::new(&world);
    phone.send("/sign-in", &[("email", "anna@example.com"), ("password", "sentinel-password")]).await;

    anna.submit("/", "/sign-out-everywhere", &[]).await;
    assert_eq!(phone.get("/").await.status, 303);
    assert_eq!(bert.get("/").await.status, 200);
}

#[actix_web::test]
async fn sec_22_a_form_without_the_sessions_token_or_from_elsewhere_does_nothing() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let mut bert = Browser::registered(&world, "bert").await;
    let (of_anna, of_bert) = (token(&anna.get("/").await), token(&bert.get("/").await));
    for (origin, token) in [
        (Some("https://evil.example"), of_anna.as_str()),
        (Some("null"), of_anna.as_str()),
        (Some(OWN), of_bert.as_str()),
        (Some(OWN), ""),
        (None, ""),
    ] {
        let answer = anna.send_from(origin, "/sign-out", &[("csrf", token)]).await;
        assert_eq!(answer.status, 403, "{origin:?}");
        assert_eq!(anna.get("/").await.status, 200, "{origin:?}");
    }
    bert.cookie.clear();
    for origin in [Some("https://evil.example"), None] {
        let fields = [("email", "anna@example.com"), ("password", "sentinel-password")];
        let answer = bert.send_from(origin, "/sign-in", &fields).await;
        assert_eq!(answer.status, 403, "nobody is signed in by another site: {origin:?}");
        assert!(answer.header("set-cookie").is_empty());
    }
}

#[actix_web::test]
async fn sec_12_who_is_signed_in_here_is_not_asked_whether_it_was_them() {
    let world = World::new().await;
    let anna = Browser::registered(&world, "anna").await;
    let bearer = async |email: &str| {
        let user = world.api.ports().users.find_by_email(email).await.unwrap().unwrap().0;
        world.api.tokens().issue(&user, world.api.ports().clock.now()).unwrap()
    };
    let callback = async |email: &str| {
        let token = bearer(email).await;
        let request = TestRequest::get().uri("/api/social-auth/instagram/auth-url");
        let begun = world.send(request.insert_header(("authorization", format!("Bearer {token}")))).await.json();
        let state = begun["authUrl"].as_str().unwrap().split_once("state=").unwrap().1.to_owned();
        anna.get(&format!("/api/social-auth/instagram/callback?code=c&state={state}")).await
    };
    Browser::registered(&world, "bert").await;
    assert_eq!(
        callback("bert@example.com").await.header("location"),
        "/connect/confirm",
        "another user's is asked about"
    );

    let ended = callback("anna@example.com").await;
    assert!(
        ended.header("location").ends_with("/settings/social-accounts?connected=instagram"),
        "RATS' own journey ends at RATS"
    );
    let user =
        UserId::new(world.api.ports().users.find_by_email("anna@example.com").await.unwrap().unwrap().0.id.as_str());
    assert!(world.api.ports().connections.find_by_user(&user).await.unwrap().is_some());
}

#[actix_web::test]
async fn pages_load_nothing_from_elsewhere_and_their_files_are_kept_for_ever() {
    let world = World::new().await;
    let page = Browser::new(&world).get("/sign-in").await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.header("cache-control"), "no-store");

    let text = page.text();
    let style = text.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let request = TestRequest::get().uri(style).insert_header(("accept-encoding", "gzip, br"));
    let answer = world.send(request).await;
    assert_eq!((answer.header("content-encoding"), answer.header("content-type")), ("gzip", "text/css; charset=utf-8"));
    assert!(answer.header("cache-control").contains("immutable"));
    assert!(answer.bytes.len() < 12_000, "{} bytes", answer.bytes.len());
    assert_eq!(world.send(TestRequest::get().uri("/assets/dashboard.0000000000000000.css")).await.status, 404);
}

#[actix_web::test]
async fn what_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    let world = World::new().await;
    let html = TestRequest::get().uri("/nowhere").insert_header(("accept", "text/html,*/*"));
    let page = world.send(html).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (404, "text/html; charset=utf-8"));
    let api = TestRequest::get().uri("/api/nowhere").insert_header(("accept", "text/html,*/*"));
    assert_eq!(world.send(api).await.header("content-type"), "application/problem+json");
}
