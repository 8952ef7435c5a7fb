//! The project's own commands: see [`HELP`].

mod schema;
mod step;
mod tool;

use std::process::ExitCode;

use step::{Outcome, cargo};

const HELP: &str = "\
cargo xtask test         everything: format, lints, docs, licences, all tests, the OpenAPI contract
cargo xtask prove        the proofs in full: 10,000 simulated days, a soak of 2,000 posts and 200 kills a run, the contract (see docs/testing.md)
cargo xtask schema       only the OpenAPI contract (schemathesis against the sandbox)
cargo xtask bench NAME   measures a release build against its goals (see docs/benchmarks.md)
cargo xtask advisories   known vulnerabilities of what we depend on, where the database can be reached
";

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    let outcome = match command.as_deref() {
        Some("test") => test(),
        Some("prove") => prove(),
        Some("schema") => step::programs().run().and_then(|()| schema::check(schema::SHORT)),
        Some("bench") => bench(&std::env::args().skip(2).collect::<Vec<_>>()),
        Some("advisories") => advisories(),
        None | Some("help" | "--help" | "-h") => {
            step::say(HELP);
            Ok(())
        }
        Some(other) => Err(format!("there is no command “{other}”.\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            step::say(&format!("\nFAILED: {message}\n"));
            ExitCode::FAILURE
        }
    }
}

fn test() -> Outcome {
    tool::postgres()?;
    tool::chromium()?;
    cargo("format", &["fmt", "--all", "--check"]).run()?;
    cargo("lints", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]).run()?;
    cargo("docs", &["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings").run()?;
    tool::deny(&["check", "bans", "licenses", "sources"])?.run()?;
    step::tests().run()?;
    let tests = cargo("tests", &["test", "--workspace", "--locked"]).env("RATS_PROGRAMS_ARE_BUILT", "1");
    let passed = tests.run_tests()?;
    schema::check(schema::SHORT)?;
    step::say(&format!("\n{passed} passed, 0 failed\n"));
    Ok(())
}

/// What the tests do in short, in full.
fn prove() -> Outcome {
    tool::postgres()?;
    let passed = cargo("simulation", &["test", "--release", "--locked", "-p", "rats-tests", "--test", "simulation"])
        .env("SIMULATION_SEEDS", "10000")
        .env("SIMULATION_FULL", "1")
        .run_tests()?;
    let soaked = cargo("soak", &["test", "--release", "--locked", "-p", "rats-tests", "--test", "soak"])
        .env("SOAK_POSTS", "2000")
        .env("SOAK_KILLS", "200")
        .run_tests()?;
    let outages = cargo(
        "a database away, or full, for 30 s",
        &["test", "--release", "--locked", "-p", "rats-tests", "--test", "crash", "--", "herd", "full"],
    )
    .env("OUTAGE_SECONDS", "30")
    .run_tests()?;
    step::programs().run()?;
    schema::check(schema::FULL)?;
    step::say(&format!("\n{} passed, 0 failed\n", passed + soaked + outages));
    Ok(())
}

/// Everything that is measured is built at once, in release, and found by the bench beside itself.
fn bench(arguments: &[String]) -> Outcome {
    tool::postgres()?;
    if arguments.iter().any(|argument| argument == "pages") {
        tool::chromium()?;
    }
    let packages = ["rats-bench", "rats-api", "rats-scheduler", "rats-sandbox"];
    let build = ["build", "--release", "--quiet", "--locked"]
        .into_iter()
        .chain(packages.iter().flat_map(|name| ["--package", name]));
    cargo("release build", &build.collect::<Vec<_>>()).run()?;
    step::Step::new("bench", step::target().join("release/rats-bench")).args(arguments).run()
}

/// Where the advisory database cannot be reached, it says so: that is not a pass.
fn advisories() -> Outcome {
    let check = tool::deny(&["check", "advisories"])?;
    let (ok, text) = check.output()?;
    step::say(&text);
    let unreachable =
        ["failed to fetch", "failed to clone", "failed to connect", "unable to resolve", "could not resolve"];
    let lower = text.to_lowercase();
    if !ok && unreachable.iter().any(|words| lower.contains(words)) {
        step::say("\nNOT CHECKED: the advisory database cannot be reached from here.\n");
        return Ok(());
    }
    if ok { Ok(()) } else { Err("there are advisories against what we depend on".into()) }
}
