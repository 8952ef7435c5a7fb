//! A database that was copied, restored or promoted: nothing is published before it is adopted, nothing twice afterwards, nothing is lost.

use std::{collections::BTreeMap, time::Duration};

use rats_domain::clock::Clock as _;
use rats_instagram_sim::{Config, Repeat};
use rats_tests::{Database, Installation, Process, person::Person, postgres, until};
use reqwest::StatusCode;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Goes out by the original, after the copy was taken.
const SENT: &str = "Sent by the original";
/// Falls due while nothing may be published.
const DUE: &str = "Due in between";

/// When [`SENT`] and [`DUE`] are due, after they were scheduled.
const SENT_AFTER: Duration = Duration::from_secs(3);
const DUE_AFTER: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_sqlite_file_publishes_nothing_until_it_is_adopted() {
    let mut story = Story::new(Database::Sqlite, &[]).await;
    let mut original = Process::start("rats-api", &["--with-scheduler"], &story.settings);
    story.schedule().await;
    let (file, copy) = (story.file("rats.db"), story.file("copy.db"));
    // The container is made already: it is a witness, too.
    until(|| async { !story.installation.ledger().containers.is_empty() }).await;
    assert!(original.stop().success());
    std::fs::copy(&file, &copy).expect("a copy");
    let mut original = Process::start("rats-api", &["--with-scheduler"], &story.settings);
    story.wait_sent().await;
    original.kill();

    story.settings.insert("DATABASE_URL".into(), format!("sqlite:{}", copy.display()));
    let mut moved = Process::start("rats-api", &["--with-scheduler"], &story.settings);
    story.publishes_nothing().await;
    story.adopt_is_refused(&["--stopped-now", "--yes"], "in use by rats-api");
    assert!(moved.stop().success());
    story.adopt_is_refused(&["--yes"], "give --stopped-at or --stopped-now");
    story.adopt_is_refused(&["--stopped-now"], "give --yes");
    story.adopt_is_refused(&["--stopped-at", "2026-01-01T00:00:00Z", "--yes"], "it cannot have stopped before");
    story.adopt();
    let _adopted = Process::start("rats-api", &["--with-scheduler"], &story.settings);

    let sent = story.ends(|sent| sent["status"] == "published").await;
    assert_eq!(sent["receipt"]["confirmedBy"], "status", "{sent:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_restored_into_another_cluster_publishes_nothing_until_it_is_adopted() {
    let mut story = Story::new(Database::Postgres, &[("LEAD", "1")]).await;
    let other = postgres::Server::start().expect("another cluster");
    let mut original =
        [Process::start("rats-api", &[], &story.settings), Process::start("rats-scheduler", &[], &story.settings)];
    story.schedule().await;
    let restored = postgres::create(other.url(), "restored").await.expect("a database");
    postgres::restore_dump(&story.settings["DATABASE_URL"], &restored).expect("a dump");
    story.wait_sent().await;
    original.iter_mut().for_each(Process::kill);

    story.settings.insert("DATABASE_URL".into(), restored);
    let _moved =
        [Process::start("rats-api", &[], &story.settings), Process::start("rats-scheduler", &[], &story.settings)];
    story.publishes_nothing().await;
    story.adopt();

    let sent = story.ends(|sent| sent["stage"] == "needs_review").await;
    let shown = story.installation.ledger().media[0].permalink.clone();
    assert!(sent["attention"]["message"].as_str().expect("words").contains(&shown), "{sent:#}");
    // A person looks and says that it is this one, although no container of it is known.
    let id = sent["_id"].as_str().expect("an id");
    let media = story.installation.ledger().media[0].media_id.to_string();
    let adopt = json!({"platformPostId": media});
    let (status, answer) = story.anna().post(&format!("/api/social-media/posts/{id}/adopt"), &adopt).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["post"]["status"], "published", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_under_running_programs_stops_them_until_it_is_adopted() {
    let mut story = Story::new(Database::Postgres, &[("LEAD", "1")]).await;
    let primary = postgres::Server::start().expect("a primary");
    let address = postgres::create(primary.url(), "rats").await.expect("a database");
    let standby = primary.standby().expect("a standby");
    let host = |url: &str| url.split('@').nth(1).and_then(|rest| rest.split('/').next()).expect("a host").to_owned();
    let both = address.replace(&host(&address), &format!("{},{}", host(&address), host(standby.url())));
    story.settings.insert("DATABASE_URL".into(), format!("{both}?target_session_attrs=read-write"));
    let _running =
        [Process::start("rats-api", &[], &story.settings), Process::start("rats-scheduler", &[], &story.settings)];
    story.schedule().await;
    cut_off(&primary, &standby).await;
    story.wait_sent().await;
    drop(primary);
    let follower = postgres::client(standby.url()).await.expect("the standby");
    follower.batch_execute("SELECT pg_promote()").await.expect("a promotion");

    story.publishes_nothing().await;
    story.adopt();

    story.ends(|sent| sent["stage"] == "needs_review").await;
}

/// Lets the standby catch up, then hear no more of what its primary does.
async fn cut_off(primary: &postgres::Server, standby: &postgres::Server) {
    let (primary, standby) = (
        postgres::client(primary.url()).await.expect("the primary"),
        postgres::client(standby.url()).await.expect("the standby"),
    );
    let written: String = primary.query_one("SELECT pg_current_wal_lsn()::text", &[]).await.expect("a place").get(0);
    let behind = format!("SELECT pg_last_wal_replay_lsn() < '{written}'::pg_lsn");
    until(|| async { !standby.query_one(&behind, &[]).await.expect("an answer").get::<_, bool>(0) }).await;
    standby.batch_execute("ALTER SYSTEM SET primary_conninfo = ''").await.expect("a setting");
    standby.batch_execute("SELECT pg_reload_conf()").await.expect("it is read");
    let cut = "SELECT count(*) = 0 FROM pg_stat_wal_receiver";
    until(|| async { standby.query_one(cut, &[]).await.expect("an answer").get::<_, bool>(0) }).await;
}

/// An installation whose database moves, and what its posts become.
struct Story {
    installation: Installation,
    settings: BTreeMap<String, String>,
    posts: Option<Posts>,
}

struct Posts {
    anna: Person,
    sent: String,
    due: String,
    due_at: OffsetDateTime,
}

impl Story {
    async fn new(database: Database, more: &[(&str, &str)]) -> Self {
        let config = Config { repeat: Repeat::Hostile, processing: Duration::from_millis(100), ..Config::default() };
        let installation = Installation::new(database, more, config).await;
        let mut settings = installation.settings.clone();
        settings.insert("LOG".into(), "off".into());
        Self { installation, settings, posts: None }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.installation.dir.path().join(name)
    }

    fn posts(&self) -> &Posts {
        self.posts.as_ref().expect("they are scheduled")
    }

    fn anna(&self) -> &Person {
        &self.posts().anna
    }

    async fn schedule(&mut self) {
        self.installation.wait_ready().await;
        let anna = Person::register(&self.installation.address, "anna").await;
        anna.connect("goldencrust").await;
        let now = self.installation.clock.now();
        let sent = schedule(&anna, SENT, now + SENT_AFTER).await;
        let due = schedule(&anna, DUE, now + DUE_AFTER).await;
        self.posts = Some(Posts { anna, sent, due, due_at: now + DUE_AFTER });
    }

    /// How often a text went out.
    fn published(&self, text: &str) -> usize {
        self.installation.ledger().media.iter().filter(|media| media.caption == text).count()
    }

    async fn wait_sent(&self) {
        until(|| async { self.published(SENT) == 1 }).await;
        assert!(self.installation.clock.now() < self.posts().due_at, "the machine is too slow for this test");
    }

    /// It says why, and publishes nothing, also when a post is due.
    async fn publishes_nothing(&self) {
        let ready = format!("{}/ready", self.installation.address);
        let told = || async {
            let Ok(answer) = reqwest::get(&ready).await else { return false };
            let status = answer.status();
            let text = answer.text().await.unwrap_or_default();
            status == StatusCode::SERVICE_UNAVAILABLE && text.contains("rats-api adopt-database")
        };
        until(told).await;
        let late = self.posts().due_at + Duration::from_millis(1_500);
        until(|| async { self.installation.clock.now() > late }).await;
        assert_eq!((self.published(SENT), self.published(DUE)), (1, 0));
        let due = self.anna().get(&format!("/api/social-media/posts/{}", self.posts().due)).await;
        assert_eq!(due["post"]["status"], "scheduled", "it can be read: {due:#}");
        assert!(told().await);
    }

    fn adopt_is_refused(&self, arguments: &[&str], why: &str) {
        let (ok, said) = Process::run("rats-api", &[&["adopt-database"], arguments].concat(), &self.settings);
        assert!(!ok && said.contains(why), "{said}");
    }

    fn adopt(&self) {
        let (ok, said) = Process::run("rats-api", &["adopt-database", "--stopped-now", "--yes"], &self.settings);
        assert!(ok && said.contains("2 posts may have gone out already"), "{said}");
        let (ok, said) = Process::run("rats-api", &["check"], &self.settings);
        assert!(said.contains("✓ database"), "{ok} {said}");
    }

    /// Both go on; each was published once. Answers the first, once it is as `settled` says.
    async fn ends(&self, settled: impl Fn(&Value) -> bool) -> Value {
        self.installation.wait_ready().await;
        let sent = self.anna().post_until(&self.posts().sent, settled).await;
        let due = self.anna().post_until(&self.posts().due, |due| due["status"] == "published").await;
        assert!(due["timeline"].as_array().expect("steps").iter().any(|entry| entry["step"] == "cleared"), "{due:#}");
        assert_eq!((self.published(SENT), self.published(DUE)), (1, 1));
        sent
    }
}

async fn schedule(anna: &Person, text: &str, at: OffsetDateTime) -> String {
    let event = anna.event("Zoë").await;
    let at = at.format(&Rfc3339).expect("a time");
    let body = json!({"platform": "instagram", "content": text, "eventId": event["_id"], "scheduledFor": at});
    let (status, answer) = anna.post("/api/social-media/schedule", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["post"]["_id"].as_str().expect("an id").to_owned()
}
