//! Measures the product against its goals: see `docs/benchmarks.md`.
//!
//! What is measured runs as a user would run it: the real programs, in a release build, on a real disk, beside a simulated Instagram in a
//! process of its own.

mod arguments;
mod bed;
mod claim;
mod contrast;
mod herd;
mod lone;
mod measure;
mod peer;
mod replicas;
mod report;
mod saga;
mod simulator;
mod template;
mod watch;

use std::process::ExitCode;

use arguments::Arguments;
use report::{Report, say};

/// Done, or what went wrong in words.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = rats_runtime::block_on(run(&arguments)).unwrap_or_else(|error| Err(error.into()));
    if let Err(error) = &outcome {
        say(&format!("{}\n", rats_runtime::report(error.as_ref())));
    }
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn run(arguments: &[String]) -> Outcome {
    if let [role, latency] = arguments
        && role == simulator::ROLE
    {
        return simulator::run(latency.parse()?).await;
    }
    measure::raise_limits()?;
    let arguments = Arguments::parse(arguments)?;
    let report: Report = match arguments.name.as_str() {
        "herd" => herd::measure(&arguments).await?,
        "saga" => saga::measure(&arguments).await?,
        "inflight" => saga::in_flight(&arguments).await?,
        "lone" => lone::measure(&arguments).await?,
        "claim" => claim::measure(&arguments).await?,
        "replicas" => replicas::measure(&arguments).await?,
        "snapshot" => contrast::snapshot(&arguments).await?,
        "faults" => contrast::faults(&arguments).await?,
        name => return Err(format!("there is no bench “{name}”.\n{}", arguments::HELP).into()),
    };
    say(&if arguments.json { report.json() } else { report.table() });
    Ok(())
}
