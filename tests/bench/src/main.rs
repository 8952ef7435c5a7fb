//! Measures the product against its goals: see `docs/benchmarks.md`.
//!
//! What is measured runs as a user would run it: the real programs, in a release build, on a real disk, beside a simulated Instagram in a
//! process of its own.

mod arguments;
mod bare;
mod bed;
mod claim;
mod contrast;
mod herd;
mod load;
mod lone;
mod measure;
mod pages;
mod peer;
mod picture;
mod process;
mod read;
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
    if matches!(arguments.first().map(String::as_str), None | Some("help" | "--help" | "-h")) {
        say(arguments::HELP);
        return ExitCode::SUCCESS;
    }
    let outcome = rats_runtime::block_on(run(&arguments)).unwrap_or_else(|error| Err(error.into()));
    if let Err(error) = &outcome {
        say(&format!("{}\n", rats_runtime::report(error.as_ref())));
    }
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn run(arguments: &[String]) -> Outcome {
    if let Some(played) = play(arguments).await {
        return played;
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
        "read" => read::measure(&arguments, read::What::One).await?,
        "list" => read::measure(&arguments, read::What::List).await?,
        "pages" => pages::measure(&arguments).await?,
        "memory" => process::memory(&arguments).await?,
        "start" => process::start(&arguments).await?,
        "photo" => picture::photo(&arguments)?,
        "card" => picture::card(&arguments)?,
        name => return Err(format!("there is no bench “{name}”.\n{}", arguments::HELP).into()),
    };
    say(&if arguments.json { report.json() } else { report.table() });
    Ok(())
}

/// A part that this program plays for a bench, in a process of its own.
async fn play(arguments: &[String]) -> Option<Outcome> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Some(match arguments[..] {
        [simulator::ROLE, latency] => match latency.parse() {
            Ok(latency) => simulator::run(latency).await,
            Err(error) => Err(error.into()),
        },
        [bare::ROLE, database] => bare::run(database).await,
        [pages::served::ROLE] => pages::served::run().await,
        [picture::PHOTO_ROLE, file] => picture::make_photos(file),
        [picture::CARD_ROLE] => picture::make_cards(),
        _ => return None,
    })
}
