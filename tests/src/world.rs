//! The whole product beside a simulated Instagram, in this process, on ports of its own.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    time::Duration,
};

use rats_application::Ports;
use rats_domain::clock::Clock as _;
use rats_instagram_sim::{Ledger, SimClock, Simulator};
use rats_runtime::{Assembly, Server, SystemClock, config::Config, run_loops};
use rats_storage::Store;
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::{sync::watch, task::JoinHandle};

use crate::{person::Person, postgres};

/// What a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file in a directory of the test's own.
    Sqlite,
    /// A database of the test's own on the tests' cluster.
    Postgres,
}

impl Database {
    /// The address of an empty database of this kind; a file is in `dir`.
    pub async fn url(self, dir: &TempDir) -> String {
        match self {
            Self::Sqlite => format!("sqlite:{}", dir.path().join("rats.db").display()),
            Self::Postgres => postgres::database().await.expect("PostgreSQL"),
        }
    }
}

/// Secrets that must show up nowhere.
pub mod sentinel {
    /// Signs RATS' tokens.
    pub const JWT_SECRET: &str = "sentinel-jwt-secret-0123456789abcdef";
    /// The Instagram app's secret.
    pub const CLIENT_SECRET: &str = "sentinel-app-secret";
    /// A user's password.
    pub const PASSWORD: &str = "sentinel-password";
    /// The tests' PostgreSQL's.
    pub const DATABASE_PASSWORD: &str = "sentinel-database-password";
    /// Encrypts tokens at rest.
    pub const TOKEN_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
}

/// The simulated app's id.
const CLIENT_ID: &str = "100000000000001";

/// The product and the simulated Instagram live by one clock, turned together.
struct SharedClock(Arc<SystemClock>);

impl SimClock for SharedClock {
    fn now(&self) -> OffsetDateTime {
        self.0.now()
    }

    fn advance(&self, by: Duration) -> bool {
        self.0.turn(by);
        true
    }
}

/// The whole product beside a simulated Instagram.
pub struct World {
    /// Where the API is, without a slash at the end.
    pub address: String,
    /// The simulated Instagram.
    pub simulator: Simulator,
    /// The clock of both.
    pub clock: Arc<SystemClock>,
    /// The product's ports, to look behind the API.
    pub ports: Arc<Ports>,
    /// The product's store.
    pub store: Store,
    /// The settings that it runs with.
    pub settings: BTreeMap<String, String>,
    /// Its directory: database, pictures.
    pub dir: TempDir,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

impl World {
    /// Starts everything with short spans.
    pub async fn start(database: Database) -> Self {
        Self::with(database, &[]).await
    }

    /// Starts everything, with these settings besides.
    pub async fn with(database: Database, more: &[(&str, &str)]) -> Self {
        Self::with_simulator(database, more, rats_instagram_sim::Config::default()).await
    }

    /// The same, with the simulator set up as wanted (its app is filled in).
    pub async fn with_simulator(
        database: Database,
        more: &[(&str, &str)],
        simulator: rats_instagram_sim::Config,
    ) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(SystemClock::default());
        let listener = listen();
        let address = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let simulator = start_simulator(&address, clock.clone(), simulator).await;
        let settings = settings(&database.url(&dir).await, &dir, &address, &simulator, more);
        let (stop, signal) = watch::channel(false);
        let (ports, store, running) = run(&settings, clock.clone(), listener, signal).await;
        Self { address, simulator, clock, ports, store, settings, dir, stop, running }
    }

    /// Stops the product, turns the clock meanwhile, and starts it again.
    pub async fn restart_after(self, span: Duration) -> Self {
        let Self { address, simulator, clock, ports, store, settings, dir, stop, running } = self;
        let _ = stop.send(true);
        for task in running {
            let _ = task.await;
        }
        drop((ports, store));
        clock.turn(span);
        let port = address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the same port");
        let (stop, signal) = watch::channel(false);
        let (ports, store, running) = run(&settings, clock.clone(), listener, signal).await;
        Self { address, simulator, clock, ports, store, settings, dir, stop, running }
    }

    /// What the simulated Instagram published.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.simulator.state().ledger(self.clock.now())
    }

    /// A newly registered user.
    pub async fn person(&self, name: &str) -> Person {
        Person::register(&self.address, name).await
    }

    /// Stops everything and gives the directory back.
    pub async fn stop(self) -> TempDir {
        let _ = self.stop.send(true);
        for task in self.running {
            let _ = task.await;
        }
        self.simulator.stop().await;
        self.dir
    }
}

/// Starts the product.
async fn run(
    settings: &BTreeMap<String, String>,
    clock: Arc<SystemClock>,
    listener: TcpListener,
    signal: watch::Receiver<bool>,
) -> (Arc<Ports>, Store, Vec<JoinHandle<()>>) {
    let (config, _) = Config::read(settings.clone()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let assembly =
        Assembly::new(&config, clock).await.unwrap_or_else(|error| panic!("{}", rats_runtime::report(&error)));
    let running = run_loops(assembly.ports.clone(), assembly.store.clone(), signal.clone());
    let loops = tokio::spawn(async { running.await.expect("no loop ends by itself") });
    let server = Server::new(&config, assembly.ports.clone(), assembly.store.clone());
    let serving = tokio::spawn(async move { server.run(listener, signal, |_| {}).await.expect("serving") });
    (assembly.ports, assembly.store, vec![loops, serving])
}

/// A listener on a free port of this machine.
#[must_use]
pub fn listen() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port")
}

/// A simulated Instagram for the product at `address`.
pub async fn start_simulator(address: &str, clock: Arc<SystemClock>, config: rats_instagram_sim::Config) -> Simulator {
    let config = rats_instagram_sim::Config {
        client_id: CLIENT_ID.into(),
        client_secret: sentinel::CLIENT_SECRET.into(),
        redirect_uris: vec![callback(address)],
        ..config
    };
    rats_instagram_sim::start(config, Arc::new(SharedClock(clock)), listen()).await.expect("a simulator")
}

/// The settings of a product at `address` over the database at `database_url` beside `simulator`.
#[must_use]
pub fn settings(
    database_url: &str,
    dir: &TempDir,
    address: &str,
    simulator: &Simulator,
    more: &[(&str, &str)],
) -> BTreeMap<String, String> {
    let instagram = simulator.base_url().to_string();
    let instagram = instagram.trim_end_matches('/');
    let callback = callback(address);
    let media = dir.path().join("media").display().to_string();
    let keys = format!("test:{}", sentinel::TOKEN_KEY);
    let own = [
        ("PUBLIC_BASE_URL", address),
        ("CLIENT_URL", "http://localhost:3000"),
        ("DATABASE_URL", database_url),
        ("MEDIA_DIR", &media),
        ("TOKEN_ENCRYPTION_KEYS", &keys),
        ("JWT_SECRET", sentinel::JWT_SECRET),
        ("INSTAGRAM_CLIENT_ID", CLIENT_ID),
        ("INSTAGRAM_CLIENT_SECRET", sentinel::CLIENT_SECRET),
        ("INSTAGRAM_REDIRECT_URI", &callback),
        ("INSTAGRAM_AUTHORIZE_URL", instagram),
        ("INSTAGRAM_TOKEN_URL", instagram),
        ("INSTAGRAM_GRAPH_URL", instagram),
        ("LOGINS_PER_MINUTE", "1000"),
        // A test looks at a post twenty times a second.
        ("REQUESTS_PER_MINUTE", "100000"),
        ("SAFETY_POLL", "1"),
        ("LEASE", "8"),
        ("GRACE", "1"),
        ("WITNESS_WINDOW", "1"),
    ];
    own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn callback(address: &str) -> String {
    format!("{address}/api/social-auth/instagram/callback")
}
