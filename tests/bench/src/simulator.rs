//! The simulated Instagram as a process of its own, so that its work is nobody's who is measured.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use rats_instagram_sim::{Config, Fault, FaultRule, TurnableClock};
use rats_tests::{pictures, world::listen};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{Outcome, measure, report::say};

/// The word by which this program is told to be the simulated Instagram.
pub(crate) const ROLE: &str = "simulator";

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 4096;

/// A running one. It ends with this value, and with this process however that ends.
pub(crate) struct Simulator {
    child: Child,
    /// Where it answers, without a slash at the end.
    pub(crate) address: String,
    /// Where pictures are, without a slash at the end.
    pub(crate) pictures: String,
    http: reqwest::Client,
}

/// An account that it knows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    pub(crate) ig_user_id: String,
    pub(crate) token: String,
}

/// What is live.
#[derive(Debug, Deserialize)]
pub(crate) struct Live {
    /// The post's text.
    pub(crate) caption: String,
    /// Its picture's hash.
    #[serde(rename = "sha256")]
    pub(crate) picture: String,
}

/// A publish request as it arrived.
pub(crate) struct Arrival {
    /// The post's text.
    pub(crate) caption: String,
    /// When.
    pub(crate) at: OffsetDateTime,
}

impl Simulator {
    /// Starts one whose Graph API takes `latency` for each answer.
    pub(crate) fn start(latency: Duration) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([ROLE, &latency.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("the simulator has no output")?).lines();
        let mut line = || lines.next().unwrap_or_else(|| Err(std::io::ErrorKind::UnexpectedEof.into()));
        let (address, pictures) = (line()?, line()?);
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(2)).build()?;
        Ok(Self { child, address, pictures, http })
    }

    /// Makes accounts: the same in every simulator, if nothing was made before.
    pub(crate) async fn accounts(&self, count: usize) -> Outcome<Vec<Account>> {
        Ok(serde_json::from_value(self.control("accounts", &json!({ "count": count })).await?)?)
    }

    /// Switches a fault on for this share of the calls that it meets.
    pub(crate) async fn fault(&self, fault: Fault, probability: f64) -> Outcome {
        let rule = FaultRule { fault, account: None, times: None, probability: Some(probability) };
        self.control("faults", &serde_json::to_value(rule)?).await?;
        Ok(())
    }

    async fn control(&self, what: &str, body: &Value) -> Outcome<Value> {
        let url = format!("{}/_control/{what}", self.address);
        let answer = self.http.post(url).header("content-type", "application/json").body(body.to_string()).send();
        Ok(serde_json::from_str(&answer.await?.error_for_status()?.text().await?)?)
    }

    /// CPU time that it has used.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        measure::cpu(self.child.id())
    }

    /// Every publish request so far.
    pub(crate) async fn arrivals(&self) -> Outcome<Vec<Arrival>> {
        let ledger = self.ledger().await?;
        let containers = ledger["containers"].as_array().ok_or("a ledger without containers")?;
        let requests = containers.iter().flat_map(|container| {
            let caption = container["caption"].as_str().unwrap_or_default();
            container["publishRequests"].as_array().into_iter().flatten().map(move |at| (caption, at))
        });
        requests
            .map(|(caption, at)| {
                let at = at.as_str().ok_or("a publish request without a time")?;
                let at = OffsetDateTime::parse(at, &time::format_description::well_known::Rfc3339)?;
                Ok(Arrival { caption: caption.to_owned(), at })
            })
            .collect()
    }

    /// What is live.
    pub(crate) async fn live(&self) -> Outcome<Vec<Live>> {
        Ok(serde_json::from_value(self.ledger().await?["media"].take())?)
    }

    async fn ledger(&self) -> Outcome<Value> {
        let answer = self.http.get(format!("{}/_control/ledger", self.address)).send().await?;
        Ok(serde_json::from_str(&answer.error_for_status()?.text().await?)?)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// What this program does in that role, until its input ends.
pub(crate) async fn run(latency_ms: u64) -> Outcome {
    let listener = listen();
    rustix::net::listen(&listener, BACKLOG)?;
    let config = Config { latency: Duration::from_millis(latency_ms), remember_pictures: true, ..Config::default() };
    let simulator = rats_instagram_sim::start(config, Arc::new(TurnableClock::real()), listener).await?;
    let address = simulator.base_url();
    say(&format!("{}\n{}\n", address.as_str().trim_end_matches('/'), pictures::serve()));
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
