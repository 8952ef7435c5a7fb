//! A browser that goes away in the middle of a request changes nothing and breaks nothing.

use std::time::Duration;

use rats_tests::{Database, World};
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_goes_away_breaks_nothing_on_sqlite() {
    goes_away(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_goes_away_breaks_nothing_on_postgresql() {
    goes_away(Database::Postgres).await;
}

async fn goes_away(database: Database) {
    let world = World::start(database).await;
    let anna = world.person("anna").await;
    let host = world.address.trim_start_matches("http://").to_owned();
    let body = json!({
        "title": "Gone", "eventType": "birthday", "date": "2099-01-01", "recipientName": "Zoë", "recipientRelation": "friend",
    })
    .to_string();
    let request = format!(
        "POST /api/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        anna.token,
        body.len()
    );
    for millis in 0..40 {
        let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).await.expect("a connection");
        // Some go away in the middle of sending, the others while the answer is made.
        let part = if millis % 4 == 0 { request.len() / 2 } else { request.len() };
        stream.write_all(&request.as_bytes()[..part]).await.expect("sent");
        tokio::time::timeout(Duration::from_millis(millis / 4), std::future::pending::<()>())
            .await
            .expect_err("time passes");
        drop(stream);
    }
    let events = anna.get("/api/events").await;
    for event in events.as_array().expect("events") {
        assert!(
            event["aiGeneratedMessage"].is_string() && event["aiGeneratedPlan"].is_string(),
            "whole or not at all: {event}"
        );
    }
    anna.event("Tom").await;
    world.stop().await;
}
