//! Everything started, in order, and stopped in the opposite one.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rats_application::account::Register;
use rats_domain::{clock::Clock as _, secret::Secret};
use rats_instagram_sim::{SimClock, Simulator};
use rats_runtime::{Assembly, Server, SystemClock, bind, listen_for_metrics, report, run_loops, stop_signal};
use time::OffsetDateTime;

use crate::{
    demo,
    home::Home,
    page::{self, Links},
    settings::{self, given, port},
};

/// The demo user.
pub(crate) const DEMO_EMAIL: &str = "demo@rats.example";
/// The demo user's password.
pub(crate) const DEMO_PASSWORD: &str = "celebrate-2026";

/// The simulated Instagram lives by our clock: both are turned together.
///
/// How far it was turned is kept beside the state, or published posts would lie in the future after a restart.
struct SharedClock {
    clock: Arc<SystemClock>,
    turned: PathBuf,
}

impl SharedClock {
    /// Turns `clock` as far as it was turned before.
    fn open(clock: Arc<SystemClock>, turned: PathBuf) -> Self {
        let before = std::fs::read_to_string(&turned).ok().and_then(|text| text.trim().parse().ok());
        clock.turn(Duration::from_secs(before.unwrap_or(0)));
        Self { clock, turned }
    }
}

impl SimClock for SharedClock {
    fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    fn advance(&self, by: Duration) -> bool {
        self.clock.turn(by);
        let turned = self.clock.turned().as_secs().to_string();
        if let Err(error) = std::fs::write(&self.turned, turned) {
            tracing::warn!(%error, "how far the clock was turned could not be kept");
        }
        true
    }
}

/// Runs until it is told to stop.
pub(crate) async fn run() -> Result<(), Box<dyn Error + Send + Sync>> {
    let dir = PathBuf::from(given("SANDBOX_DIR").unwrap_or_else(|| "data/sandbox".to_owned()));
    let wants_demo = settings::flag("SANDBOX_DEMO", true)?;
    let host = IpAddr::from(Ipv4Addr::LOCALHOST);
    let listener = bind(host, port("PORT", 5001)?, "PORT")?;
    let simulator_port = port("SIMULATOR_PORT", 5002)?;
    let simulator_listener = bind(host, simulator_port, "SIMULATOR_PORT")?;
    let metrics_port = if simulator_port == 0 { 0 } else { simulator_port.saturating_add(1) };
    let address = format!("http://localhost:{}", listener.local_addr()?.port());

    if wants_demo && is_new(&dir) {
        make_demo(&dir, &address, &simulator_listener).await;
    }
    let home = Home::open(&dir)?;
    let clock = Arc::new(SystemClock::default());
    let simulator = start_simulator(&home, &address, clock.clone(), simulator_listener).await?;
    let metrics = ("METRICS_ADDRESS".to_owned(), format!("127.0.0.1:{metrics_port}"));
    let outside = std::iter::once(metrics).chain(std::env::vars());
    let config = settings::product(&home, &address, simulator.base_url().as_str().trim_end_matches('/'), outside)?;
    let metrics_listener = listen_for_metrics(&config)?;
    let metrics = metrics_listener.as_ref().map(TcpListener::local_addr).transpose()?;
    let assembly = Assembly::new(&config, clock).await?;
    if given("DATABASE_URL").is_none() {
        register_demo(&assembly).await;
    } else {
        // Nobody wants a user there whose password is in these sources.
        page::tell(
            "\n  The database is the one that DATABASE_URL names, not the sandbox's own: no demo user is made there, and what is due there goes to the simulated Instagram.\n",
        );
    }

    let links = Links {
        address: address.clone(),
        simulator: simulator.base_url(),
        metrics: metrics.map_or("off".to_owned(), |address| format!("http://{address}/metrics")),
        email: DEMO_EMAIL,
        password: DEMO_PASSWORD,
    };
    page::announce(&links);
    let (hold, stop) = stop_signal();
    assembly.serve_metrics(metrics_listener, stop.clone())?;
    let running = run_loops(assembly.ports.clone(), assembly.store.clone(), stop.clone());
    let loops = tokio::spawn(async move {
        let outcome = running.await;
        let _ = hold.send(true);
        outcome
    });
    let server = Server::new(&config, assembly.ports.clone(), assembly.store.clone());
    server.run(listener, stop, page::routes(&links)).await?;
    loops.await??;
    simulator.stop().await;
    Ok(())
}

async fn start_simulator(
    home: &Home,
    address: &str,
    clock: Arc<SystemClock>,
    listener: TcpListener,
) -> Result<Simulator, Box<dyn Error + Send + Sync>> {
    let clock = SharedClock::open(clock, home.path("clock-turned-seconds"));
    let config = settings::simulator(home, address, Duration::from_secs(1))?;
    Ok(rats_instagram_sim::start(config, Arc::new(clock), listener).await?)
}

/// Whether nothing is kept there yet. A database or pictures elsewhere are somebody's own.
fn is_new(dir: &Path) -> bool {
    let is_empty = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    is_empty && given("DATABASE_URL").is_none() && given("MEDIA_DIR").is_none()
}

/// Makes the demo's history; a sandbox that cannot have one begins without.
async fn make_demo(dir: &Path, address: &str, simulator: &TcpListener) {
    page::tell("\n  Some weeks of demo posts are being made, once for this sandbox (SANDBOX_DEMO=false: none) …\n");
    if let Err(error) = demo::make(dir, address, simulator).await {
        tracing::warn!("this sandbox begins without demo posts, which could not be made: {}", report(error.as_ref()));
    }
}

/// The demo user is there from the first start on.
pub(crate) async fn register_demo(assembly: &Assembly) {
    let register = Register(assembly.ports.clone());
    if register.run(DEMO_EMAIL, Secret::new(DEMO_PASSWORD), "Demo").await.is_ok() {
        tracing::info!("the demo user was registered");
    }
}
