//! Everything started, in order, and stopped in the opposite one.

use std::{
    collections::BTreeMap,
    error::Error,
    net::{IpAddr, Ipv4Addr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use rats_application::account::Register;
use rats_domain::{clock::Clock as _, secret::Secret};
use rats_instagram_sim::{SimClock, Simulator};
use rats_runtime::{
    Assembly, Server, StartError, SystemClock, bind, config::Config, listen_for_metrics, run_loops, stop_signal,
};
use time::OffsetDateTime;

use crate::{
    home::Home,
    page::{self, Links},
};

/// The demo user.
pub(crate) const DEMO_EMAIL: &str = "demo@rats.example";
/// The demo user's password.
pub(crate) const DEMO_PASSWORD: &str = "celebrate-2026";

/// The simulated app.
const CLIENT_ID: &str = "100000000000001";
const CLIENT_SECRET: &str = "simulated-secret";

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
    let home = Home::open(&PathBuf::from(setting("SANDBOX_DIR", "data/sandbox")))?;
    let host = IpAddr::from(Ipv4Addr::LOCALHOST);
    let listener = bind(host, port("PORT", 5001)?, "PORT")?;
    let simulator_port = port("SIMULATOR_PORT", 5002)?;
    let simulator_listener = bind(host, simulator_port, "SIMULATOR_PORT")?;
    let metrics_port = if simulator_port == 0 { 0 } else { simulator_port.saturating_add(1) };
    let address = format!("http://localhost:{}", listener.local_addr()?.port());

    let clock = Arc::new(SystemClock::default());
    let simulator = start_simulator(&home, &address, clock.clone(), simulator_listener).await?;
    let config = config(&home, &address, simulator.base_url().as_str().trim_end_matches('/'), metrics_port)?;
    let metrics_listener = listen_for_metrics(&config)?;
    let metrics = metrics_listener.as_ref().map(TcpListener::local_addr).transpose()?;
    let assembly = Assembly::new(&config, clock).await?;
    register_demo(&assembly).await;

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
) -> std::io::Result<Simulator> {
    let config = rats_instagram_sim::Config {
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        redirect_uris: vec![callback(address)],
        processing: Duration::from_secs(1),
        state_file: Some(home.path("instagram.json")),
        ..rats_instagram_sim::Config::default()
    };
    let clock = SharedClock::open(clock, home.path("clock-turned-seconds"));
    rats_instagram_sim::start(config, Arc::new(clock), listener).await
}

/// The environment over the sandbox's own settings.
fn config(home: &Home, address: &str, instagram: &str, metrics_port: u16) -> Result<Config, StartError> {
    let path = |name: &str| home.path(name).display().to_string();
    let own = [
        ("CLIENT_URL", address.to_owned()),
        ("PUBLIC_BASE_URL", address.to_owned()),
        ("DATABASE_URL", format!("sqlite:{}", path("rats.db"))),
        ("MEDIA_DIR", path("media")),
        ("SAFETY_POLL", "1".to_owned()),
        ("METRICS_ADDRESS", format!("127.0.0.1:{metrics_port}")),
    ];
    let mut values: BTreeMap<String, String> = own.map(|(name, value)| (name.to_owned(), value)).into();
    values.extend(home.secrets());
    values.extend(std::env::vars());
    // Not to be set from outside: the sandbox never speaks to Instagram itself.
    let fixed = [
        ("INSTAGRAM_CLIENT_ID", CLIENT_ID.to_owned()),
        ("INSTAGRAM_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("INSTAGRAM_REDIRECT_URI", callback(address)),
        ("INSTAGRAM_AUTHORIZE_URL", instagram.to_owned()),
        ("INSTAGRAM_TOKEN_URL", instagram.to_owned()),
        ("INSTAGRAM_GRAPH_URL", instagram.to_owned()),
    ];
    values.extend(fixed.map(|(name, value)| (name.to_owned(), value)));
    Config::read(values).map(|(config, _)| config).map_err(StartError::Settings)
}

fn callback(address: &str) -> String {
    format!("{address}/api/social-auth/instagram/callback")
}

/// The demo user is there from the first start on.
async fn register_demo(assembly: &Assembly) {
    let register = Register(assembly.ports.clone());
    if register.run(DEMO_EMAIL, Secret::new(DEMO_PASSWORD), "Demo").await.is_ok() {
        tracing::info!("the demo user was registered");
    }
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
}

fn port(name: &'static str, default: u16) -> Result<u16, StartError> {
    let text = setting(name, &default.to_string());
    text.parse().map_err(|_| StartError::setting(name, format!("read “{text}”; expected a port number, 0 to 65535")))
}
