//! Workers killed with SIGKILL at the worst moments: no post is lost, none is published twice.

#![expect(clippy::expect_used, reason = "in a test, what is missing ends it")]

mod full;
mod herd;
mod moved;

use std::time::Duration;

use rats_domain::clock::Clock as _;
use rats_instagram_sim::{Config, Fault, FaultRule, Repeat};
use rats_tests::{Database, Installation, Process, person::Person, until};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// How long a database takes nothing: `OUTAGE_SECONDS`, or else so many.
fn outage(usual: u64) -> Duration {
    let seconds = std::env::var("OUTAGE_SECONDS");
    Duration::from_secs(seconds.map_or(usual, |text| text.parse().expect("a number of seconds")))
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
    let config = Config { repeat: Repeat::Hostile, processing: Duration::from_millis(200), ..Config::default() };
    let installation = Installation::new(database, &[], config).await;
    installation.simulator.state().add_fault(FaultRule {
        fault: Fault::AnswerLate { delay_ms: 3_000 },
        account: None,
        times: Some(1),
        probability: None,
    });

    let mut worker = start(database, &installation).await;
    installation.wait_ready().await;
    let anna = Person::register(&installation.address, "anna").await;
    anna.connect("goldencrust").await;
    let id = schedule(&anna, installation.clock.now() + Duration::from_secs(2)).await;
    wait_for(moment, &installation).await;
    worker.kill();
    let _again = start(database, &installation).await;
    installation.wait_ready().await;
    let published = anna.post_until(&id, |post| post["status"] != "scheduled" || post["stage"] == "needs_review").await;
    assert_eq!(published["status"], "published", "{published:#}");
    assert_eq!(installation.ledger().media.len(), 1);
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

async fn start(database: Database, installation: &Installation) -> Worker {
    let settings = &installation.settings;
    match database {
        Database::Sqlite => Worker { killed: Process::start("rats-api", &["--with-scheduler"], settings), _api: None },
        Database::Postgres => {
            let runs = reqwest::get(format!("{}/api/health", installation.address)).await.is_ok();
            let api = (!runs).then(|| Process::start("rats-api", &[], settings));
            Worker { killed: Process::start("rats-scheduler", &[], settings), _api: api }
        }
    }
}

async fn schedule(anna: &Person, at: time::OffsetDateTime) -> String {
    let event = anna.event("Zoë").await;
    let at = at.format(&time::format_description::well_known::Rfc3339).expect("a time");
    let body = json!({"platform": "instagram", "content": "Only once", "eventId": event["_id"], "scheduledFor": at});
    let (status, answer): (StatusCode, Value) = anna.post("/api/social-media/schedule", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["post"]["_id"].as_str().expect("an id").to_owned()
}

async fn wait_for(moment: Moment, installation: &Installation) {
    until(|| async {
        let ledger = installation.ledger();
        match moment {
            Moment::BeforePublish => !ledger.containers.is_empty(),
            Moment::BeforeAnswer => !ledger.media.is_empty(),
        }
    })
    .await;
}
