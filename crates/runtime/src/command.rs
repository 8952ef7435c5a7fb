//! What the programs in `bins/` do.

use std::{process::ExitCode, sync::Arc};

use rats_storage::DatabaseUrl;

use crate::{
    adopt::{self, Arguments},
    assembly::{Assembly, StartError},
    check,
    clock::SystemClock,
    config::Config,
    loops::{self, LoopEnded},
    metrics, process, telemetry,
};

const API_HELP: &str = "\
rats-api                    serve the HTTP API
rats-api --with-scheduler   the same, with the background loops in this process (needed on SQLite)
rats-api check              say what is wrong with the settings before anything runs
rats-api adopt-database     let a database publish that was moved, restored from a backup or promoted
    --stopped-at TIME       when the last process of the original stopped, like 2026-12-04T09:00:00Z
    --stopped-now           the same, where that is now
    --yes                   ask nothing
Settings are environment variables, or lines NAME=value in the file that RATS_CONFIG names; see docs/operations.md.
";

/// `rats-api`.
#[must_use]
pub fn api() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => start(|| serve(false)),
        ["--with-scheduler"] => start(|| serve(true)),
        ["check"] => process::block_on(check::run()).unwrap_or(ExitCode::FAILURE),
        ["adopt-database", ref given @ ..] => match Arguments::parse(given) {
            Ok(arguments) => process::block_on(adopt::run(arguments)).unwrap_or(ExitCode::FAILURE),
            Err(problem) => say(&format!("{problem}\n\n{API_HELP}"), ExitCode::FAILURE),
        },
        ["--help" | "-h"] => say(API_HELP, ExitCode::SUCCESS),
        _ => say(API_HELP, ExitCode::FAILURE),
    }
}

/// `rats-scheduler`.
#[must_use]
pub fn scheduler() -> ExitCode {
    match std::env::args().nth(1) {
        None => start(run_scheduler),
        Some(_) => say(
            "rats-scheduler runs the background loops: publishing, token refresh, metrics. It takes no arguments; settings as for rats-api.\n",
            ExitCode::FAILURE,
        ),
    }
}

#[expect(clippy::print_stdout, reason = "help is what was asked for")]
fn say(text: &str, code: ExitCode) -> ExitCode {
    print!("{text}");
    code
}

fn start<R: Future<Output = Result<(), StartError>>>(work: impl FnOnce() -> R) -> ExitCode {
    telemetry::start();
    let outcome = process::block_on(work())
        .unwrap_or_else(|source| Err(StartError::Machine { what: "the runtime".into(), source }));
    match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(StartError::Ended(error)) => tracing::error!("{error}"),
        Err(error) => tracing::error!("cannot start: {}", process::report(&error)),
    }
    ExitCode::FAILURE
}

async fn serve(with_scheduler: bool) -> Result<(), StartError> {
    let (config, _) = Config::from_env().map_err(StartError::Settings)?;
    if !with_scheduler {
        refuse_sqlite(&config, "SQLite serves one process: start rats-api --with-scheduler, or use PostgreSQL")?;
    }
    warn(&config);
    let listener = process::bind(config.http.host, config.http.port, "PORT")?;
    let metrics_listener = metrics::listen(&config)?;
    let assembly = Assembly::new(&config, Arc::new(SystemClock::default())).await?;
    let (hold, stop) = process::stop_signal();
    assembly.serve_metrics(metrics_listener, stop.clone())?;
    let loops = with_scheduler.then(|| {
        let (loops, given) = (loops::run(assembly.ports.clone(), assembly.store.clone(), stop.clone()), hold.clone());
        tokio::spawn(async move {
            let outcome = loops.await;
            // A process that does not publish any more must not look as if it did.
            let _ = given.send(true);
            outcome
        })
    });
    if !with_scheduler {
        tokio::spawn(loops::heartbeats(assembly.store.clone(), stop.clone()));
    }
    tracing::info!(address = %config.http.public_base_url, with_scheduler, "serving");
    let server = process::Server::new(&config, assembly.ports, assembly.store);
    let outcome = server
        .run(listener, stop, |_| {})
        .await
        .map_err(|source| StartError::Machine { what: "serving HTTP".into(), source });
    // Also when serving failed: nothing goes on without it.
    let _ = hold.send(true);
    let ended = match loops {
        Some(loops) => loops.await.unwrap_or(Err(LoopEnded)),
        None => Ok(()),
    };
    outcome.and(ended.map_err(StartError::from))
}

async fn run_scheduler() -> Result<(), StartError> {
    let (config, _) = Config::from_env().map_err(StartError::Settings)?;
    refuse_sqlite(&config, "SQLite serves one process: start rats-api --with-scheduler instead, or use PostgreSQL")?;
    warn(&config);
    let metrics_listener = metrics::listen(&config)?;
    let assembly = Assembly::new(&config, Arc::new(SystemClock::default())).await?;
    let (_hold, stop) = process::stop_signal();
    assembly.serve_metrics(metrics_listener, stop.clone())?;
    tracing::info!("publishing what is due");
    Ok(loops::run(assembly.ports, assembly.store, stop).await?)
}

/// A schedule that nobody publishes would be a lie.
fn refuse_sqlite(config: &Config, advice: &str) -> Result<(), StartError> {
    let is_sqlite = !matches!(config.storage.database_url, DatabaseUrl::Postgres(_));
    if is_sqlite { Err(StartError::setting("DATABASE_URL", advice)) } else { Ok(()) }
}

/// Files besides the connections of posts being published: the database's, those of people, pictures.
const OTHER_FILES: u64 = 500;

/// What works, but not as one would wish.
fn warn(config: &Config) {
    let (may, most) = (process::most_files(), config.publish.in_flight);
    if may.saturating_sub(OTHER_FILES) < most as u64 {
        tracing::warn!(
            "{may} files may be open at once, too few for IN_FLIGHT={most} posts with a connection each: raise the limit (LimitNOFILE=, ulimit -n) or lower IN_FLIGHT."
        );
    }
    if let Some(reason) = crate::assembly::unreachable(config) {
        tracing::warn!("{reason} Until then accounts can be connected, but nothing is published.");
    }
}
