//! The account's media, page by page.

use rats_domain::instagram::{Dated, Listing, MediaReader, PlatformError};
use time::macros::datetime;

use crate::{
    fixture::{NOW, access, instagram},
    server::Server,
};

async fn recent(server: &Server) -> Result<Dated<Listing>, PlatformError> {
    let since = datetime!(2026-11-03 08:00:00 UTC);
    instagram(&server.base).recent(&access(), since).await
}

fn item(id: &str, time: &str) -> String {
    format!(
        r#"{{"id":"{id}","caption":"c","media_type":"IMAGE","media_product_type":"FEED","timestamp":"2026-11-03T{time}+0000","permalink":"https:\/\/www.instagram.com\/p\/{id}\/"}}"#
    )
}

/// A page whose `next` leads elsewhere, as one that must not be followed.
fn page(items: &[String], after: Option<&str>) -> String {
    let paging = after.map_or(String::new(), |after| {
        format!(r#","paging":{{"cursors":{{"before":"b","after":"{after}"}},"next":"http://127.0.0.1:1/steal?access_token=x"}}"#)
    });
    format!(r#"{{"data":[{}]{paging}}}"#, items.join(","))
}

#[tokio::test]
async fn f4_p4_pages_are_read_by_cursor_until_one_ends_before_the_moment() {
    let server = Server::bodies(&[
        &page(&[item("1", "09:00:00"), item("2", "08:00:00")], Some("A1")),
        &page(&[item("3", "08:00:00"), item("4", "07:59:59")], Some("A2")),
    ]);
    let listing = recent(&server).await.unwrap();
    let ids: Vec<&str> = listing.value.media.iter().map(|media| media.id.as_str()).collect();

    assert_eq!(ids, ["1", "2", "3"]);
    assert!(listing.value.complete);
    assert_eq!(listing.date, Some(NOW));
    assert_eq!(listing.value.media[0].permalink.as_deref(), Some("https://www.instagram.com/p/1/"));
    assert!(!server.next().contains("after="));
    assert!(server.next().contains("&after=A1 HTTP"));
    assert!(server.rest().is_empty());
}

#[tokio::test]
async fn an_account_without_media_is_a_whole_listing() {
    let listing = recent(&Server::bodies(&[r#"{"data":[]}"#])).await.unwrap();

    assert!(listing.value.complete && listing.value.media.is_empty());
}

#[tokio::test]
async fn a_listing_without_end_is_incomplete() {
    let bodies: Vec<String> = (0..20).map(|n| page(&[item("1", "09:00:00")], Some(&format!("A{n}")))).collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let listing = recent(&Server::bodies(&bodies)).await.unwrap();

    assert!(!listing.value.complete);
    assert_eq!(listing.value.media.len(), 10);
}

#[tokio::test]
async fn a_cursor_that_comes_again_makes_the_listing_incomplete() {
    let server = Server::bodies(&[&page(&[item("1", "09:00:00")], Some("A1"))]);

    assert!(!recent(&server).await.unwrap().value.complete);
}

#[tokio::test]
async fn media_that_cannot_be_read_makes_the_listing_incomplete() {
    let broken = r#"{"id":"2","caption":"no time"}"#.to_owned();
    let listing = recent(&Server::bodies(&[&page(&[item("1", "09:00:00"), broken], None)])).await.unwrap();

    assert!(!listing.value.complete);
    assert_eq!(listing.value.media.len(), 1);
}

#[tokio::test]
async fn f4_4_only_a_single_picture_of_the_feed_is_an_image() {
    let kinds = [
        ("IMAGE", "FEED", true),
        ("IMAGE", "STORY", false),
        ("VIDEO", "REELS", false),
        ("CAROUSEL_ALBUM", "FEED", false),
    ];
    for (kind, product, is_image) in kinds {
        let body = item("1", "09:00:00").replace("IMAGE", kind).replace("FEED", product);
        let listing = recent(&Server::bodies(&[&page(&[body], None)])).await.unwrap();

        assert_eq!(listing.value.media[0].is_image, is_image, "{kind} {product}");
    }
}

#[tokio::test]
async fn a_page_that_fails_fails_the_listing() {
    let server = Server::bodies(&[&page(&[item("1", "09:00:00")], Some("A1")), "{"]);

    recent(&server).await.unwrap_err();
}
