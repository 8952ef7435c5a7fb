//! Logs: text for people, JSON for machines (`LOG_FORMAT=json`), filtered by `LOG` (`info`, `rats_application=debug`, …).

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt};

/// Begins to log to standard error. A second call changes nothing.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("LOG").unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let json = std::env::var("LOG_FORMAT").is_ok_and(|format| format == "json");
    let builder = fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let started = if json { builder.json().try_init() } else { builder.with_target(false).try_init() };
    drop(started);
}
