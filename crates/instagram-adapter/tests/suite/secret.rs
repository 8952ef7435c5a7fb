//! Tokens, codes and the app's secret go where they must and are shown nowhere.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use rats_domain::{
    instagram::{Authorizer, MediaReader, Publisher},
    secret::Secret,
};
use rats_instagram_adapter::{Instagram, Settings, SettingsError};
use url::Url;

use crate::{
    fixture::{
        APP_SECRET, CODE, StandingClock, TOKEN, access, container, error_body, everything, instagram, media, settings,
        soon,
    },
    server::{Script, Server, headed},
};

fn assert_clean(shown: &str) {
    for secret in [TOKEN, CODE, APP_SECRET] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that every call shows of its failure.
async fn failures(base: &Url) -> String {
    let client = instagram(base);
    let exchanged = client.exchange(&Secret::new(CODE)).await.unwrap_err();
    let image = "https://rats.example/p.jpg".parse().unwrap();
    let errors = [
        client.refresh(&Secret::new(TOKEN)).await.unwrap_err(),
        client.profile(&Secret::new(TOKEN)).await.unwrap_err(),
        client.create_image(&access(), &image, "x").await.unwrap_err(),
        client.status(&access(), &container()).await.unwrap_err(),
        client.permalink(&access(), &media()).await.unwrap_err(),
        client.engagement(&access(), &media(), everything()).await.unwrap_err(),
    ];
    let published = client.publish(&access(), &container(), soon()).await;
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    format!("{client:#?} {exchanged} {exchanged:?} {texts:?} {errors:#?} {published:?}")
}

#[tokio::test]
async fn sec_09_sec_19_no_error_log_or_debug_shows_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole binary: a thread's own subscriber misses what other threads' tests met first.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let echo = format!(
        r#"{{"access_token":["{TOKEN}","{CODE}","{APP_SECRET}"],"id":["{TOKEN}"],"permalink":["{TOKEN}"],"status_code":["{TOKEN}"]}}"#
    );
    let trace = format!(r#"{{"error":{{"message":"{APP_SECRET}","code":1,"fbtrace_id":"{TOKEN} {CODE}"}}}}"#);
    for server in [
        Server::answering(200, &echo),
        Server::answering(400, &error_body(190, None)),
        Server::answering(400, &trace),
        Server::answering(500, TOKEN),
        Server::start(vec![Script::HangUp]),
    ] {
        assert_clean(&failures(&server.base).await);
    }
    assert_clean(&failures(&Url::parse("http://127.0.0.1:1").unwrap()).await);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("Instagram did not do it"), "the log was not caught");
    assert_clean(&log);
}

#[tokio::test]
async fn sec_09_the_token_travels_in_the_header() {
    let server = Server::answering(400, &error_body(1, None));
    let client = instagram(&server.base);
    client.profile(&Secret::new(TOKEN)).await.unwrap_err();
    client.status(&access(), &container()).await.unwrap_err();
    for _ in 0..2 {
        let request = server.next();
        assert!(!request.lines().next().unwrap().contains(TOKEN), "{request}");
        assert!(request.contains(&format!("authorization: Bearer {TOKEN}\r\n")), "{request}");
    }
}

#[tokio::test]
async fn sec_08_redirects_are_not_followed_by_any_call() {
    let elsewhere = Server::answering(200, "{}");
    let server = Server::start(vec![Script::Answer(headed(307, &format!("location: {}\r\n", elsewhere.base), "{}"))]);
    failures(&server.base).await;

    assert!(elsewhere.rest().is_empty());
}

#[test]
fn sec_08_tokens_go_over_tls_or_nowhere_but_this_machine() {
    let made = |base: &str| {
        let base: Url = base.parse().unwrap();
        Instagram::new(settings(&base), Arc::new(StandingClock)).map(drop)
    };
    for base in [
        "http://graph.instagram.com",
        "http://10.0.0.1",
        "http://localhost.evil.example",
        "ftp://127.0.0.1",
        "https://user:pw@graph.instagram.com",
        "https://graph.instagram.com/?x=1",
    ] {
        let error = made(base).unwrap_err();
        assert!(matches!(error, SettingsError::Base { setting: "token_base", .. }), "{base}: {error:?}");
        assert!(!error.to_string().contains("pw"), "{error}");
    }
    for base in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1/graph/"] {
        made(base).unwrap();
    }
}

#[test]
fn a_connection_may_not_take_as_long_as_a_request() {
    let base = "http://127.0.0.1:1".parse().unwrap();
    let settings = settings(&base);
    let settings = Settings { connect_timeout: settings.read_timeout, ..settings };

    let made = Instagram::new(settings, Arc::new(StandingClock));
    assert!(matches!(made.unwrap_err(), SettingsError::ConnectTimeout));
}
