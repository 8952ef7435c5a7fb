//! Workers killed with SIGKILL at the worst moments: no post is lost, none is published twice.

#![expect(clippy::expect_used, reason = "in a test, what is missing ends it")]

use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rats_domain::clock::Clock as _;
use rats_instagram_sim::{Config, Fault, FaultRule, Repeat};
use rats_runtime::SystemClock;
use rats_tests::{Database, person::Person, program::program, world};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// A process of the product, killed with the test.
struct Process(Child);

impl Process {
    fn start(name: &str, arguments: &[&str], settings: &BTreeMap<String, String>) -> Self {
        let mut command = Command::new(program(name));
        command.args(arguments).env_clear().envs(settings).env("LOG", "warn").stdout(Stdio::null());
        Self(command.spawn().expect("it starts"))
    }

    /// SIGKILL.
    fn kill(&mut self) {
        self.0.kill().expect("it was running");
        self.0.wait().expect("it ended");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// When the worker is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// The container is made, not published yet.
    BeforePublish,
    /// The publish request is with Instagram, its answer is not here.
    BeforeAnswer,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_container_and_publish_loses_nothing_on_postgresql() {
    killed(Database::Postgres, Moment::BeforePublish).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_publish_and_its_answer_doubles_nothing_on_postgresql() {
    killed(Database::Postgres, Moment::BeforeAnswer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_container_and_publish_loses_nothing_on_sqlite() {
    killed(Database::Sqlite, Moment::BeforePublish).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_publish_and_its_answer_doubles_nothing_on_sqlite() {
    killed(Database::Sqlite, Moment::BeforeAnswer).await;
}

/// A post is scheduled, the worker killed at `moment` and started again; the ledger tells how often it was published.
async fn killed(database: Database, moment: Moment) {
    let clock = Arc::new(SystemClock::default());
    let port = free_port();
    let address = format!("http://localhost:{port}");
    let config = Config { repeat: Repeat::Hostile, processing: Duration::from_millis(200), ..Config::default() };
    let simulator = world::start_simulator(&address, clock.clone(), config).await;
    let dir = tempfile::tempdir().expect("a directory");
    let mut settings = world::settings(database, &dir, &address, &simulator, &[("PORT", &port.to_string())]).await;
    settings.insert("PATH".into(), std::env::var("PATH").unwrap_or_default());
    simulator.state().add_fault(FaultRule {
        fault: Fault::AnswerLate { delay_ms: 3_000 },
        account: None,
        times: Some(1),
        probability: None,
    });

    let mut worker = start(database, &settings).await;
    let anna = ready_person(&address).await;
    anna.connect("goldencrust").await;
    let id = schedule(&anna, clock.now() + Duration::from_secs(2)).await;
    wait_for(moment, &simulator, &clock).await;
    worker.kill();
    let _again = start(database, &settings).await;
    wait_ready(&address).await;
    let published = anna.post_until(&id, |post| post["status"] != "scheduled" || post["stage"] == "needs_review").await;
    assert_eq!(published["status"], "published", "{published:#}");
    assert_eq!(simulator.state().ledger(clock.now()).media.len(), 1);
    drop(simulator);
}

/// What is killed: on PostgreSQL a scheduler of its own beside an API that lives on, on SQLite the one process that does both.
struct Worker {
    killed: Process,
    _api: Option<Process>,
}

impl Worker {
    fn kill(&mut self) {
        self.killed.kill();
    }
}

async fn start(database: Database, settings: &BTreeMap<String, String>) -> Worker {
    match database {
        Database::Sqlite => Worker { killed: Process::start("rats-api", &["--with-scheduler"], settings), _api: None },
        Database::Postgres => {
            let address = &settings["PUBLIC_BASE_URL"];
            let runs = reqwest::get(format!("{address}/api/health")).await.is_ok();
            let api = (!runs).then(|| Process::start("rats-api", &[], settings));
            Worker { killed: Process::start("rats-scheduler", &[], settings), _api: api }
        }
    }
}

fn free_port() -> u16 {
    world::listen().local_addr().expect("an address").port()
}

async fn wait_ready(address: &str) {
    until(|| async {
        reqwest::get(format!("{address}/ready")).await.is_ok_and(|answer| answer.status() == StatusCode::OK)
    })
    .await;
}

async fn ready_person(address: &str) -> Person {
    wait_ready(address).await;
    Person::register(address, "anna").await
}

async fn schedule(anna: &Person, at: time::OffsetDateTime) -> String {
    let event = anna.event("Zoë").await;
    let at = at.format(&time::format_description::well_known::Rfc3339).expect("a time");
    let body = json!({"platform": "instagram", "content": "Only once", "eventId": event["_id"], "scheduledFor": at});
    let (status, answer): (StatusCode, Value) = anna.post("/api/social-media/schedule", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["post"]["_id"].as_str().expect("an id").to_owned()
}

async fn wait_for(moment: Moment, simulator: &rats_instagram_sim::Simulator, clock: &SystemClock) {
    until(|| async {
        let ledger = simulator.state().ledger(clock.now());
        match moment {
            Moment::BeforePublish => !ledger.containers.is_empty(),
            Moment::BeforeAnswer => !ledger.media.is_empty(),
        }
    })
    .await;
}

async fn until<R: Future<Output = bool>>(holds: impl Fn() -> R) {
    let end = tokio::time::Instant::now() + Duration::from_mins(1);
    while !holds().await {
        assert!(tokio::time::Instant::now() < end, "it took too long");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
