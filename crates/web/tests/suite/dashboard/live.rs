use std::{future::poll_fn, pin::pin};

use actix_web::{
    body::MessageBody as _,
    test::{TestRequest, call_service, init_service},
};
use rats_web::app;

use super::browser::Browser;
use crate::world::World;

/// The first `count` pieces of what a page is told.
async fn told(browser: &Browser<'_>, since: &str, last: Option<&str>, count: usize) -> Vec<String> {
    let service = init_service(app(&browser.world.api, |_| {})).await;
    let mut request =
        TestRequest::get().uri(&format!("/live?since={since}")).insert_header(("cookie", browser.cookie.as_str()));
    if let Some(last) = last {
        request = request.insert_header(("last-event-id", last));
    }
    let response = call_service(&service, request.peer_addr("192.0.2.7:1".parse().unwrap()).to_request()).await;
    assert_eq!(response.headers().get("content-type").unwrap(), "text/event-stream");
    let mut body = pin!(response.into_body());
    let mut pieces = Vec::new();
    while let Some(piece) = poll_fn(|context| body.as_mut().poll_next(context)).await {
        pieces.push(String::from_utf8(piece.ok().unwrap().to_vec()).unwrap());
        if pieces.len() == count {
            break;
        }
    }
    pieces
}

fn pulse(page: &str) -> String {
    page.split("data-live=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_page_is_told_what_moved_since_it_was_made_and_goes_on_where_it_broke_off() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let before = pulse(&anna.get("/").await.text());
    assert_eq!(told(&anna, &before, None, 2).await[1], ":\n\n", "nothing has moved");

    anna.connect().await;
    let moved = told(&anna, &before, None, 2).await;
    assert_eq!(moved[0], "retry: 3000\n\n");
    assert!(moved[1].starts_with("event: change\nid: "), "{moved:?}");
    let now = pulse(&anna.get("/").await.text());
    assert!(moved[1].contains(&now));
    assert_eq!(told(&anna, &before, Some(&now), 2).await[1], ":\n\n", "it knows that already");

    let post = anna.draft("Soon").await;
    anna.submit(&post, &format!("{post}/move"), &[("at", "2026-12-01T10:30")]).await;
    assert!(told(&anna, &now, None, 2).await[1].starts_with("event: change"), "a post has a time");
}

#[actix_web::test]
async fn a_page_that_follows_has_a_place_for_what_is_new_and_says_what_each_post_is() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let post = anna.draft("Soon").await;
    let page = anna.get(&post).await.text();
    let (inside, after) = page.split_once("</main>").unwrap();
    assert!(inside.contains("data-news=\"Anna&#39;s birthday: Draft\""), "{page}");
    assert!(after.contains("id=\"news\" role=\"status\" aria-live=\"polite\""), "outside of what is replaced: {page}");
    assert!(!anna.get("/settings").await.text().contains("id=\"news\""));
}

#[actix_web::test]
async fn sec_20_who_is_signed_out_is_told_nothing_more() {
    let world = World::new().await;
    let mut anna = Browser::registered(&world, "anna").await;
    let kept = Browser { world: &world, cookie: anna.cookie.clone() };
    let before = pulse(&anna.get("/").await.text());
    let listening = told(&kept, &before, None, 100);
    let (pieces, _) = futures_util::join!(listening, async { anna.submit("/", "/sign-out", &[]).await });
    assert!(pieces.len() < 100, "the stream has ended");
    assert_eq!(kept.get("/live").await.status, 303);
}
