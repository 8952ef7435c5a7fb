//! The OpenAPI contract, checked by schemathesis against the running sandbox.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use crate::{
    step::{Outcome, Step, root, target},
    tool,
};

/// The line by which the sandbox says that it is ready; the address follows.
const READY: &str = "RATS is ready at ";

/// Examples an operation, with every change.
pub(crate) const SHORT: &str = "12";

/// Examples an operation, in full.
pub(crate) const FULL: &str = "100";

/// Starts the sandbox and runs every check of schemathesis against its OpenAPI document, as two tenants in turn.
pub(crate) fn check(examples: &str) -> Outcome {
    let bin = tool::python()?;
    let (mut sandbox, address) = start()?;
    let outcome = Step::new("OpenAPI contract", bin.join("schemathesis"))
        .args(&[
            "--config-file",
            "tests/schema/schemathesis.toml",
            "run",
            &format!("{address}openapi.json"),
            "--url",
            &address,
            "--max-examples",
            examples,
        ])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", root().join("tests/schema"))
        .env("RATS_URL", &address)
        .run();
    let _ = sandbox.kill();
    let _ = sandbox.wait();
    outcome
}

/// A sandbox on free ports with a directory of its own.
fn start() -> Outcome<(Child, String)> {
    let data = target().join("schema-sandbox");
    let _ = std::fs::remove_dir_all(&data);
    let mut sandbox = Step::new("sandbox", target().join("debug/rats-sandbox"))
        .env("PORT", "0")
        .env("SIMULATOR_PORT", "0")
        .env("SANDBOX_DIR", &data)
        .env("SANDBOX_DEMO", "false")
        .env("LOG", "error")
        .env("REQUESTS_PER_MINUTE", "1000000")
        .env("LOGINS_PER_MINUTE", "1000000")
        // So that a test message is not waited for until an account's day has room again.
        .env("SIMULATOR_QUOTA", "1000000")
        // So that it does not take minutes until a post is in review.
        .env("LEASE", "8")
        .env("GRACE", "1")
        .env("WITNESS_WINDOW", "1")
        .into_command()
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the sandbox could not be started: {error}"))?;
    let output = sandbox.stdout.take().ok_or("the sandbox has no output")?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.split_once(READY).map(|(_, address)| address.trim().to_owned()));
    let address = address.ok_or("the sandbox ended before it was ready")?;
    // Its output is read to the end, or a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    Ok((sandbox, address))
}
