//! What one run stands on: a database of its own, a simulated Instagram, and the product's programs.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use futures_util::{StreamExt as _, stream};
use rats_tests::{Database, Process, port, postgres, seed, sentinel};
use tempfile::TempDir;
use time::OffsetDateTime;

use crate::{
    Outcome,
    process::is_ready,
    report::tell,
    simulator::{Account, Simulator},
    template::Template,
    watch::Watch,
};

/// What one run stands on.
pub(crate) struct Bed {
    pub(crate) database: Database,
    pub(crate) simulator: Simulator,
    /// Looks into the database from outside.
    pub(crate) watch: Watch,
    pub(crate) dir: TempDir,
    accounts: Vec<Account>,
    settings: BTreeMap<String, String>,
    pub(crate) url: String,
}

impl Bed {
    /// A copy of the template, beside a simulated Instagram that takes `latency` for each answer; the programs get these settings.
    pub(crate) async fn new(template: &Template, latency: Duration, settings: &[(&str, String)]) -> Outcome<Self> {
        let dir = tempfile::tempdir()?;
        let url = template.copy(&dir).await?;
        let simulator = Simulator::start(latency)?;
        if simulator.accounts(template.accounts.len()).await? != template.accounts {
            return Err("the simulated Instagram made other accounts than before".into());
        }
        Ok(Self {
            database: template.database,
            watch: Watch::new(&url).await?,
            accounts: template.accounts.clone(),
            settings: all_settings(&url, &simulator, &dir, settings),
            simulator,
            dir,
            url,
        })
    }

    /// Stores so many posts, each of the next account, due when `publish_at` says; `lead` is how long before that they may be staged.
    /// Then the database learns what its tables hold, as it does by itself within a minute or so.
    pub(crate) async fn add_posts(
        &self,
        count: usize,
        lead: Duration,
        publish_at: impl Fn(usize) -> OffsetDateTime,
    ) -> Outcome {
        let store = seed::open(&self.url).await;
        stream::iter(0..count)
            .for_each_concurrent(seed::AT_ONCE, |number| {
                let at = number % self.accounts.len();
                seed::schedule(&store, number, (at, &self.accounts[at].ig_user_id), publish_at(number), lead)
            })
            .await;
        if self.database == Database::Postgres {
            postgres::client(&self.url).await?.batch_execute("VACUUM ANALYZE").await?;
        }
        Ok(())
    }

    /// Starts the program that publishes, and waits until it does.
    pub(crate) async fn start_publisher(&mut self) -> Outcome<Process> {
        let publisher = match self.database {
            Database::Postgres => self.start("rats-scheduler", &[]),
            Database::Sqlite => self.start("rats-api", &["--with-scheduler"]),
        };
        self.watch.until("SELECT count(*) AS count FROM installation", 1, Duration::from_secs(30)).await?;
        Ok(publisher)
    }

    /// Starts the API, and waits until it is ready.
    pub(crate) async fn start_api(&self) -> Outcome<Process> {
        // Beside SQLite nothing else may run, so the loops are in it.
        let arguments: &[&str] = if self.database == Database::Sqlite { &["--with-scheduler"] } else { &[] };
        let api = self.start("rats-api", arguments);
        let server = self.api_address();
        rats_tests::until(|| is_ready(&server)).await;
        Ok(api)
    }

    /// Where the API is, `host:port`.
    pub(crate) fn api_address(&self) -> String {
        format!("127.0.0.1:{}", self.settings["PORT"])
    }

    /// Starts a program.
    pub(crate) fn start(&self, program: &str, arguments: &[&str]) -> Process {
        self.start_with(program, arguments, &[])
    }

    /// Starts a program with these settings instead of the others' ones.
    pub(crate) fn start_with(&self, program: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Process {
        let own = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = self.settings.clone().into_iter().chain(own).collect();
        Process::recorded(program, arguments, &settings, &self.log())
    }

    /// Tells what the programs warned of.
    pub(crate) fn tell_warnings(&self) {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let count = log.lines().count();
        for line in log.lines().take(3) {
            tell(&format!("warned ({count} lines in all): {line}"));
        }
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }
}

fn all_settings(url: &str, simulator: &Simulator, dir: &TempDir, more: &[(&str, String)]) -> BTreeMap<String, String> {
    let port = port().to_string();
    let media = dir.path().join("media").display().to_string();
    let keys = format!("test:{}", sentinel::TOKEN_KEY);
    let own = [
        ("PORT", &*port),
        ("LOG", "warn"),
        ("DATABASE_URL", url),
        ("MEDIA_DIR", &media),
        ("TOKEN_ENCRYPTION_KEYS", &keys),
        ("JWT_SECRET", sentinel::JWT_SECRET),
        ("PUBLIC_BASE_URL", &simulator.pictures),
        ("INSTAGRAM_CLIENT_ID", "100000000000001"),
        ("INSTAGRAM_CLIENT_SECRET", "simulated-secret"),
        ("INSTAGRAM_REDIRECT_URI", "http://localhost/api/social-auth/instagram/callback"),
        ("INSTAGRAM_AUTHORIZE_URL", &simulator.address),
        ("INSTAGRAM_TOKEN_URL", &simulator.address),
        ("INSTAGRAM_GRAPH_URL", &simulator.address),
    ];
    let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let more = more.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    own.into_iter().chain(more).collect()
}
