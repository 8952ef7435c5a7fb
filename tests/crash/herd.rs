//! Posts of as many accounts due in the same second, while a scheduler is told to stop, or the database is away: none is lost, none goes out
//! twice, and where others can go on, none waits longer than a lease.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rats_domain::{clock::Clock as _, id::PostId, post::PostRepository as _, publication::Stage};
use rats_instagram_sim::{Config, Ledger, Repeat};
use rats_tests::{Database, Installation, Process, pictures, postgres, seed, until};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::block_in_place,
};

use crate::outage;

/// How many posts, each of an account of its own.
const POSTS: usize = 300;
/// So many are live when something happens.
const BEGUN: usize = 30;
/// How long after it is stored the herd is due: it is staged meanwhile.
const AHEAD: Duration = Duration::from_secs(10);
/// How long a claim lasts; the tests' setting.
const LEASE: Duration = Duration::from_secs(8);
/// What a busy machine may take besides.
const SLACK: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread")]
async fn two_schedulers_share_a_herd_of_which_one_that_is_stopped_delays_nothing() {
    let herd = Herd::new(Installation::new(Database::Postgres, &settings(), config()).await).await;
    let doors = [Door::open(&herd).await, Door::open(&herd).await];
    let mut stopped = herd.start_behind(&doors[0]);
    let _other = herd.start_behind(&doors[1]);
    herd.begins().await;
    assert!(stopped.stop().success());
    herd.is_out().await;

    herd.is_on_time();
    let shares = doors.each_ref().map(|door| door.publishes.load(Ordering::Relaxed));
    assert!(shares.iter().all(|share| *share >= BEGUN / 2), "each took a part: {shares:?}");
    herd.is_recorded().await;
    herd.is_stored().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_on_sqlite_that_is_stopped_and_started_again_delays_nothing() {
    let herd = Herd::new(Installation::new(Database::Sqlite, &settings(), config()).await).await;
    let start = || Process::start("rats-api", &["--with-scheduler"], &herd.installation.settings);
    let mut stopped = start();
    herd.begins().await;
    assert!(stopped.stop().success());
    let mut again = start();
    herd.is_out().await;

    herd.is_on_time();
    assert!(again.stop().success());
    herd.is_stored().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_in_the_middle_of_a_herd_costs_time_and_nothing_else() {
    let outage = outage(6);
    let server = block_in_place(postgres::Server::start).expect("a cluster");
    let url = postgres::create(server.url(), "rats").await.expect("a database");
    let dir = tempfile::tempdir().expect("a directory");
    let quiet = [&settings()[..], &[("LOG", "error")]].concat();
    let herd = Herd::new(Installation::over(&url, dir, &quiet, config()).await).await;
    let start = || Process::start("rats-scheduler", &[], &herd.installation.settings);
    let _schedulers = [start(), start()];
    herd.begins().await;
    block_in_place(|| server.stop());
    tokio::time::sleep(outage).await;
    block_in_place(|| server.start_again());
    herd.is_out().await;

    herd.is_recorded().await;
    herd.is_stored().await;
}

/// Few at once, so that the herd takes its time.
fn settings() -> [(&'static str, &'static str); 3] {
    [("IN_FLIGHT", "40"), ("GRACE", "3"), ("WITNESS_WINDOW", "3")]
}

fn config() -> Config {
    Config {
        repeat: Repeat::Hostile,
        latency: Duration::from_millis(300),
        remember_pictures: true,
        ..Config::default()
    }
}

struct Herd {
    installation: Installation,
    due: OffsetDateTime,
}

impl Herd {
    /// Stores the herd; no program runs yet.
    async fn new(mut installation: Installation) -> Self {
        installation.settings.insert("PUBLIC_BASE_URL".into(), pictures::serve());
        let due = installation.clock.now() + AHEAD;
        seed::fill(&installation, (POSTS, POSTS), AHEAD, |number| (number, due)).await;
        Self { installation, due }
    }

    fn start_behind(&self, door: &Door) -> Process {
        let mut settings = self.installation.settings.clone();
        settings.insert("INSTAGRAM_GRAPH_URL".into(), format!("http://{}", door.address));
        Process::start("rats-scheduler", &[], &settings)
    }

    fn ledger(&self) -> Ledger {
        self.installation.ledger()
    }

    /// Waits until all are staged, which they must be before their time, and some are live.
    async fn begins(&self) {
        until(|| async { self.ledger().containers.len() == POSTS }).await;
        assert!(self.installation.clock.now() < self.due, "the machine is too slow for this test");
        until(|| async { self.ledger().media.len() >= BEGUN }).await;
    }

    /// Waits until all are live.
    async fn is_out(&self) {
        until(|| async { self.ledger().media.len() >= POSTS }).await;
    }

    fn is_on_time(&self) {
        let last = self.ledger().media.iter().map(|media| media.timestamp).max().expect("a post");
        assert!(last < self.due + LEASE + SLACK, "the last one is live {} after its time", last - self.due);
    }

    /// Waits until PostgreSQL says that all are published.
    async fn is_recorded(&self) {
        let client = postgres::client(&self.installation.settings["DATABASE_URL"]).await.expect("the database");
        let open = "SELECT count(*) FROM publication WHERE stage <> 'published'";
        until(|| async { client.query_one(open, &[]).await.expect("a number").get::<_, i64>(0) == 0 }).await;
    }

    /// Each is live once, not before its time, and the database says so; on SQLite no program runs any more.
    async fn is_stored(&self) {
        let ledger = self.ledger();
        let mut numbers: Vec<usize> = ledger.media.iter().filter_map(|media| seed::number_in(&media.caption)).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..POSTS).collect::<Vec<_>>());
        assert!(ledger.media.iter().all(|media| media.timestamp >= self.due));
        let store = seed::open(&self.installation.settings["DATABASE_URL"]).await;
        for number in 0..POSTS {
            let id = PostId::new(seed::post_id(number));
            let post = store.find(&seed::user(number), &id).await.expect("an answer").expect("the post");
            assert_eq!(post.publication.stage, Stage::Published, "{post:?}");
        }
    }
}

/// A way to the simulated Instagram of one process's own, which counts the publish requests that go through it.
struct Door {
    address: SocketAddr,
    publishes: Arc<AtomicUsize>,
}

impl Door {
    async fn open(herd: &Herd) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let to = herd.installation.simulator.base_url();
        let to = format!("{}:{}", to.host_str().expect("a host"), to.port().expect("a port"));
        let publishes = Arc::new(AtomicUsize::new(0));
        let counted = publishes.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, to.clone(), counted.clone()));
            }
        });
        Self { address, publishes }
    }
}

/// A publish request comes first on a connection of its own.
async fn pass(mut from: TcpStream, to: String, publishes: Arc<AtomicUsize>) -> std::io::Result<()> {
    let mut to = TcpStream::connect(to).await?;
    let mut first = [0; 1_024];
    let length = from.read(&mut first).await?;
    if String::from_utf8_lossy(&first[..length]).contains("/media_publish") {
        publishes.fetch_add(1, Ordering::Relaxed);
    }
    to.write_all(&first[..length]).await?;
    copy_bidirectional(&mut from, &mut to).await?;
    Ok(())
}
