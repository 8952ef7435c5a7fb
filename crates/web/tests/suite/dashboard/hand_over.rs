use rats_domain::{id::UserId, user::User};
use rats_web::WebSettings;

use super::browser::{Browser, OWN};
use crate::{fake::T, world::World};

const RATS: &str = "http://localhost:3000";

fn token(world: &World, id: &str) -> String {
    let user = User { id: UserId::new(id), email: String::new(), username: id.into(), created_at: T };
    world.api.tokens().issue(&user, T).unwrap()
}

#[actix_web::test]
async fn rats_hands_its_user_over_once_for_a_session() {
    let world = World::with(|settings| WebSettings { stand_alone: false, ..settings }).await;
    let mut browser = Browser::new(&world);
    assert!(browser.get("/sign-in").await.text().contains("Open RATS"));
    let good = token(&world, "u9");
    let answer = browser.send_from(Some(RATS), "/session", &[("token", good.as_str()), ("next", "/?a=1")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/?a=1"));
    let page = browser.get("/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains(&good), "the token itself is not kept");
}

#[actix_web::test]
async fn sec_22_nobody_is_signed_in_by_another_site_or_with_a_bad_token() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let good = token(&world, "u1");
    for (origin, token, status) in [
        (Some("https://evil.example"), good.as_str(), 403),
        (None, good.as_str(), 403),
        (Some("null"), good.as_str(), 403),
        (Some(RATS), "a.b.c", 401),
        (Some(RATS), token(&world, "stranger").as_str(), 401),
        (Some(RATS), "", 401),
    ] {
        let answer = browser.send_from(origin, "/session", &[("token", token)]).await;
        assert_eq!(answer.status, status, "{origin:?}");
        assert!(answer.header("set-cookie").is_empty());
    }
    let answer =
        browser.send_from(Some(OWN), "/session", &[("token", good.as_str()), ("next", "//evil.example")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"));
}

#[actix_web::test]
async fn sec_20_a_handed_over_session_lasts_no_longer_than_its_token() {
    let world = World::new().await;
    let clock = world.api.ports().clock.clone();
    clock.sleep_until(clock.monotonic() + std::time::Duration::from_hours(24 * 29)).await;
    let mut browser = Browser::new(&world);
    let old = token(&world, "u1");
    let answer = browser.send_from(Some(RATS), "/session", &[("token", old.as_str())]).await;
    assert!(answer.header("set-cookie").contains("Max-Age=86400;"), "{}", answer.header("set-cookie"));
}
