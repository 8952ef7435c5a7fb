//! The sandbox: API, scheduler and a simulated Instagram in one process on SQLite. `cargo run` starts it; nothing leaves the machine.

mod demo;
mod home;
mod page;
mod settings;
mod world;

use std::process::ExitCode;

use rats_runtime::{block_on, report};

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("LOG").unwrap_or_else(|_| "warn".into()))
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
    let outcome = block_on(world::run()).unwrap_or_else(|error| Err(error.into()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the sandbox cannot start: {}", report(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}
