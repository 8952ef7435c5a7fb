//! A thousand slow connections at once: everyone else is served as before, and the slow ones are ended.

use std::time::Duration;

use futures_util::future::join_all;
use rats_instagram_sim::Config;
use rats_tests::{
    Database, Installation, Process,
    person::{Person, browser},
    sentinel,
};
use reqwest::StatusCode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};

/// Slow connections of each kind.
const EACH: usize = 500;

/// Open files of a process besides.
const OTHER_FILES: usize = 500;

/// How often a slow one sends another byte.
const DRIP: Duration = Duration::from_millis(200);

/// How long anyone else may wait for an answer meanwhile.
const SOON: Duration = Duration::from_secs(2);

/// The settings of the time-outs, in seconds.
const TIMEOUTS: [(&str, &str); 2] = [("HEAD_TIMEOUT", "1"), ("BODY_TIMEOUT", "1")];

/// When the last head is cut off: a second after it began, and a little for a busy machine.
const HEADS_END: Duration = Duration::from_secs(6);

/// The same of a body: a second until it is answered, another until the connection is closed.
const BODIES_END: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread")]
async fn sec_42_a_thousand_slow_connections_stop_nobody_and_are_ended() {
    allow_open_files(2 * EACH + OTHER_FILES);
    let installation = Installation::new(Database::Sqlite, &TIMEOUTS, Config::default()).await;
    let _api = Process::start("rats-api", &["--with-scheduler"], &installation.settings);
    installation.wait_ready().await;
    let anna = Person::register(&installation.address, "anna").await;

    let began = Instant::now();
    let head = "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let heads = slow(&anna.address, &format!("{head}X-Slow: ")).await;
    let bodies = slow(&anna.address, &format!("{head}Content-Length: 1000\r\n\r\n{{\"email\":\"")).await;
    others_are_served(&anna).await;
    assert_ended(heads, began + HEADS_END).await;
    others_are_served(&anna).await;
    assert_ended(bodies, began + BODIES_END).await;
    others_are_served(&anna).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_42_a_picture_or_a_decision_that_stops_half_way_is_ended() {
    let installation = Installation::new(Database::Sqlite, &TIMEOUTS, Config::default()).await;
    let _api = Process::start("rats-api", &["--with-scheduler"], &installation.settings);
    installation.wait_ready().await;
    let anna = Person::register(&installation.address, "anna").await;
    let multipart = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9999\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
    let upload =
        format!("POST /api/media HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n{multipart}", anna.token);
    assert!(stopping(&anna.address, &upload).await.starts_with("HTTP/1.1 408 "));
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\ndecision=";
    let cookie = format!("Cookie: __Host-rats_connect={}\r\n", "0".repeat(64));
    let decision = format!("POST /connect/confirm HTTP/1.1\r\nHost: localhost\r\n{cookie}{form}");
    assert!(stopping(&anna.address, &decision).await.starts_with("HTTP/1.1 4"));
}

/// Sends part of a request and nothing more; answers what came back until the connection was closed.
async fn stopping(address: &str, part: &str) -> String {
    let mut stream = TcpStream::connect(address.trim_start_matches("http://").replace("localhost", "127.0.0.1"))
        .await
        .expect("a connection");
    stream.write_all(part.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    timeout(BODIES_END, stream.read_to_end(&mut answer)).await.expect("it is ended").expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Opens many connections and sends the same part of a request on each, then drips.
async fn slow(address: &str, part: &str) -> Vec<JoinHandle<String>> {
    let address = address.trim_start_matches("http://").replace("localhost", "127.0.0.1");
    let opened = join_all((0..EACH).map(|_| async {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        stream.write_all(part.as_bytes()).await.expect("sent");
        stream
    }));
    opened.await.into_iter().map(|stream| tokio::spawn(drip(stream))).collect()
}

/// Sends a byte now and then until the connection is closed; answers what came back.
async fn drip(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    loop {
        match timeout(DRIP, stream.read_buf(&mut answer)).await {
            Ok(Ok(0) | Err(_)) => return String::from_utf8_lossy(&answer).into_owned(),
            Ok(Ok(_)) => {}
            // Where it is closed by now, the next read tells.
            Err(_) => drop(stream.write_all(b"x").await),
        }
    }
}

/// Someone else, on connections of their own, is served in time: with and without a body, signed in, from the database.
async fn others_are_served(anna: &Person) {
    let login = json!({"email": "anna@rats.example", "password": sentinel::PASSWORD});
    for request in [
        browser().get(format!("{}/api/health", anna.address)),
        browser().get(format!("{}/ready", anna.address)),
        browser().get(format!("{}/api/events", anna.address)).bearer_auth(&anna.token),
        browser().post(format!("{}/api/auth/login", anna.address)).json(&login),
    ] {
        let answer = timeout(SOON, request.send()).await.expect("in time").expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

async fn assert_ended(slow: Vec<JoinHandle<String>>, end: Instant) {
    for answer in timeout_at(end, join_all(slow)).await.expect("all are closed") {
        let answer = answer.expect("an end");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
}

/// Lets this process, and those that it starts, have so many open files.
fn allow_open_files(many: usize) {
    let (limit, many) = (getrlimit(Resource::Nofile), many as u64);
    if limit.current.is_some_and(|now| now < many) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(many), ..limit }).expect("as many open files");
    }
}
