//! What programs of the product run in: settings, a directory, a simulated Instagram in this process.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use rats_domain::clock::Clock as _;
use rats_instagram_sim::{Config, Ledger, Simulator};
use rats_runtime::SystemClock;
use reqwest::StatusCode;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{
    Database, port,
    world::{settings, start_simulator},
};

/// An installation of the product, whose programs a test starts and kills.
pub struct Installation {
    /// Where the API will be, without a slash at the end.
    pub address: String,
    /// The simulated Instagram.
    pub simulator: Simulator,
    /// The clock of the simulated Instagram; the programs have the machine's.
    pub clock: Arc<SystemClock>,
    /// The settings for every program; they log warnings unless told otherwise.
    pub settings: BTreeMap<String, String>,
    /// Its directory: database, pictures.
    pub dir: TempDir,
}

impl Installation {
    /// Prepares everything, with these settings besides; no program runs yet.
    pub async fn new(database: Database, more: &[(&str, &str)], simulator: Config) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let url = database.url(&dir).await;
        Self::over(&url, dir, more, simulator).await
    }

    /// The same over the database at `url`.
    pub async fn over(url: &str, dir: TempDir, more: &[(&str, &str)], simulator: Config) -> Self {
        let clock = Arc::new(SystemClock::default());
        let port = port();
        let address = format!("http://localhost:{port}");
        let simulator = start_simulator(&address, clock.clone(), simulator).await;
        let path = std::env::var("PATH").unwrap_or_default();
        let own = [("PORT", &*port.to_string()), ("PATH", &*path), ("LOG", "warn")];
        let settings = settings(url, &dir, &address, &simulator, &[&own, more].concat());
        Self { address, simulator, clock, settings, dir }
    }

    /// Waits until the API can serve, at most a minute.
    pub async fn wait_ready(&self) {
        let (ready, end) = (format!("{}/ready", self.address), Instant::now() + Duration::from_mins(1));
        loop {
            let answer = reqwest::get(&ready).await;
            if answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return;
            }
            assert!(Instant::now() < end, "it was not ready within a minute: {answer:?}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// What the simulated Instagram published.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.simulator.state().ledger(self.clock.now())
    }
}
