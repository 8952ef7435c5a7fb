//! Wrong settings, taken ports, a database that is not there: a clear message, no panic, no hang.

use std::{
    net::TcpListener,
    process::{Command, Output},
};

use rats_instagram_sim::{Fault, FaultRule};
use rats_tests::{Database, World, postgres, program::program};
use reqwest::{Method, StatusCode};
use serde_json::json;

/// Runs `rats-api` with these settings alone; it must end by itself, within a while.
fn ends(settings: impl IntoIterator<Item = (String, String)>) -> (Output, String) {
    let mut command = Command::new("timeout");
    command.args(["30".into(), program("rats-api").into_os_string(), "--with-scheduler".into()]).env_clear();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = command.envs(settings).env("PATH", path).env("LOG", "error").output().expect("rats-api starts");
    assert_ne!(output.status.code(), Some(124), "it hangs");
    let text = String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned();
    assert!(!output.status.success(), "it should not have started");
    assert!(!text.contains("panicked"), "{text}");
    (output, text)
}

/// The settings of a world that runs, changed.
fn settings(world: &World, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut settings = world.settings.clone();
    settings.insert("PORT".into(), "0".into());
    settings.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    settings.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_named_all_at_once() {
    let (_, text) = ends([("PORT".to_owned(), "eighty".to_owned()), ("STAND_ALONE".to_owned(), "perhaps".to_owned())]);
    for name in ["PORT: read “eighty”", "STAND_ALONE: read “perhaps”", "JWT_SECRET: not set", "DATABASE_URL: not set"]
    {
        assert!(text.contains(name), "{name} is missing in:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_named() {
    let world = World::start(Database::Sqlite).await;
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let (_, text) = ends(settings(&world, &[("PORT", &port), ("DATABASE_URL", "sqlite::memory:")]));
    assert!(text.contains(&port) && text.contains("PORT"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_one_sqlite_file_is_refused() {
    let world = World::start(Database::Sqlite).await;
    let (_, text) = ends(settings(&world, &[]));
    assert!(text.contains("in use by another process") && text.contains("PostgreSQL"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_database_path_is_named() {
    let world = World::start(Database::Sqlite).await;
    let (_, text) = ends(settings(&world, &[("DATABASE_URL", "sqlite:/proc/none/rats.db")]));
    assert!(text.contains("/proc/none/rats.db"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_postgresql_is_told_at_the_start_without_its_password() {
    let world = World::start(Database::Sqlite).await;
    let (_, text) =
        ends(settings(&world, &[("DATABASE_URL", "postgres://rats:sentinel-db-password@127.0.0.1:9/rats")]));
    assert!(text.contains("the database cannot be reached"), "{text}");
    assert!(!text.contains("sentinel-db-password"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_18_a_short_encryption_key_is_refused_without_being_shown() {
    let world = World::start(Database::Sqlite).await;
    let (_, text) =
        ends(settings(&world, &[("TOKEN_ENCRYPTION_KEYS", "k1:c2VudGluZWw="), ("DATABASE_URL", "sqlite::memory:")]));
    assert!(text.contains("TOKEN_ENCRYPTION_KEYS") && !text.contains("c2VudGluZWw"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_instagram_is_told() {
    let world = World::with(Database::Sqlite, &[("INSTAGRAM_GRAPH_URL", "http://127.0.0.1:9")]).await;
    let anna = world.person("anna").await;
    let callback = anna.consent(&anna.auth_url().await, "goldencrust", "approve").await;
    let end = anna.follow_callback(&callback).await.expect_err("Instagram does not answer");
    assert!(end.ends_with("reason=unavailable"), "{end}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_waits_with_the_reason_while_instagram_is_down_and_goes_out_after() {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let down = Fault::Error { call: None, status: Some(500), code: 2, subcode: None, message: None };
    world.simulator.state().add_fault(FaultRule { fault: down, account: None, times: None, probability: None });
    let event = anna.event("Zoë").await;
    let body = json!({"platform": "instagram", "content": "Patience", "eventId": event["_id"]});
    let (_, answer) = anna.post("/api/social-media/post", &body).await;
    let id = answer["post"]["_id"].as_str().expect("an id");
    let waiting = anna.post_until(id, |post| post["attention"].is_object()).await;
    assert_eq!((&waiting["status"], &waiting["attention"]["code"]), (&json!("scheduled"), &json!("unreachable")));
    world.simulator.state().clear_faults();
    anna.post_until(id, |post| post["status"] == "published").await;
    assert_eq!(world.ledger().media.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_in_the_middle_is_told_and_comes_back() {
    let world = World::start(Database::Postgres).await;
    let anna = world.person("anna").await;
    let url = &world.settings["DATABASE_URL"];
    postgres::close(url).await.expect("closed");
    let answer = anna.request(Method::GET, "/api/events").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let ready = anna.browser.get(format!("{}/ready", world.address)).send().await.expect("an answer");
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let health = anna.browser.get(format!("{}/api/health", world.address)).send().await.expect("an answer");
    assert_eq!(health.status(), StatusCode::OK);
    postgres::reopen(url).await.expect("open");
    anna.event("Zoë").await;
}
