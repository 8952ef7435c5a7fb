//! A peer: another program that does the same, on the same PostgreSQL and beside the same simulated Instagram.

use std::{process::Stdio, time::Duration};

use rats_tests::postgres;
use serde::Deserialize;
use tokio::process::Command;

use crate::{
    Outcome,
    report::{Figures, tell},
    saga::{self, Load},
    simulator::Simulator,
    template::Template,
};

/// How many it works on at once where nothing else is asked for.
const AT_ONCE: usize = 200;

/// What it prints last.
#[derive(Deserialize)]
struct Told {
    posts_per_s: f64,
    cpu_ms: f64,
    rss_mb: f64,
}

/// One run of the peer: a shell command that takes its orders from the environment and prints one line of JSON.
pub(crate) async fn run(command: &str, template: &Template, load: &Load) -> Outcome<Figures> {
    let simulator = Simulator::start(load.latency)?;
    let accounts = simulator.accounts(template.accounts.len()).await?;
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("accounts.json");
    std::fs::write(&file, serde_json::to_vec(&accounts)?)?;
    let output = Command::new("sh")
        .args(["-c", command])
        .env("DATABASE_URL", postgres::database().await?)
        .env("GRAPH_URL", format!("{}/v25.0", simulator.address))
        .env("ACCOUNTS_FILE", file)
        .env("IMAGE_URL", format!("{}/media/card.jpg", simulator.pictures))
        .env("POSTS", load.posts.to_string())
        .env("CONCURRENCY", load.in_flight.unwrap_or(AT_ONCE).to_string())
        .env("DUE_IN_MS", "6000")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_mins(5), output).await??;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().rev().find(|line| line.starts_with('{')).ok_or("the peer printed no figures")?;
    tell(&format!("peer: {line}"));
    let told: Told = serde_json::from_str(line)?;
    #[expect(clippy::cast_precision_loss, reason = "numbers of posts")]
    let posts = load.posts as f64;
    let mut figures = vec![(saga::RATE, told.posts_per_s)];
    figures.extend(load.share(told.posts_per_s).map(|share| (saga::SHARE, share)));
    figures.extend([
        (saga::CPU, told.cpu_ms * 10.0 / posts),
        (saga::MEMORY, told.rss_mb * 1.048_576),
        (saga::DUPLICATES, saga::duplicates(&simulator.live().await?)),
    ]);
    Ok(figures)
}
