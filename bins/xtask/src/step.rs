//! Runs one command after another, says which, and how long it took.

use std::{
    ffi::{OsStr, OsString},
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    time::Instant,
};

/// Done, or what failed in words.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// A command with a name for people.
pub(crate) struct Step {
    name: String,
    command: Command,
}

/// A cargo command.
pub(crate) fn cargo(name: &str, arguments: &[&str]) -> Step {
    Step::new(name, std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).args(arguments)
}

/// Builds the tests and the product's programs, which they start, before any of them runs: at once, since apart the crates below would be compiled
/// twice, with the features that tests ask for and without.
pub(crate) fn tests() -> Step {
    cargo("build", &["build", "--workspace", "--bins", "--tests", "--locked"])
}

/// Builds the product's programs alone.
pub(crate) fn programs() -> Step {
    let arguments =
        ["build", "--locked", "--package", "rats-api", "--package", "rats-scheduler", "--package", "rats-sandbox"];
    cargo("programs", &arguments)
}

impl Step {
    /// A command run in the project's root.
    pub(crate) fn new(name: &str, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(root());
        Self { name: name.to_owned(), command }
    }

    /// With these arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: &[A]) -> Self {
        self.command.args(arguments);
        self
    }

    /// With this environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it, its output shown as it comes.
    pub(crate) fn run(mut self) -> Outcome {
        let since = self.begun();
        let status = self.command.status().map_err(|error| format!("{} could not be started: {error}", self.name))?;
        self.ended(since, status)
    }

    /// Runs it as [`run`](Self::run) does and answers how many tests passed, by cargo's closing lines.
    pub(crate) fn run_tests(mut self) -> Outcome<u32> {
        let since = self.begun();
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} could not be started: {error}", self.name))?;
        let mut passed = 0;
        for line in
            child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines().map_while(Result::ok))
        {
            passed += line
                .strip_prefix("test result: ok. ")
                .and_then(|rest| rest.split(' ').next()?.parse::<u32>().ok())
                .unwrap_or(0);
            say(&format!("{line}\n"));
        }
        let status = child.wait().map_err(|error| format!("{}: {error}", self.name))?;
        self.ended(since, status)?;
        Ok(passed)
    }

    #[expect(clippy::disallowed_methods, reason = "how long whoever waits has waited")]
    fn begun(&self) -> Instant {
        say(&format!("\n── {}\n", self.name));
        Instant::now()
    }

    fn ended(&self, since: Instant, status: ExitStatus) -> Outcome {
        if !status.success() {
            return Err(format!("{} ({status})", self.name));
        }
        say(&format!("── {}: {} s\n", self.name, since.elapsed().as_secs()));
        Ok(())
    }

    /// Runs it and answers whether it succeeded, with all that it printed.
    pub(crate) fn output(mut self) -> Outcome<(bool, String)> {
        let output = self.command.output().map_err(|error| format!("{} could not be started: {error}", self.name))?;
        let text = [output.stdout, output.stderr].concat();
        Ok((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
    }

    /// Its command, to be started by other means.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }
}

/// The project's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where builds go.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Prints to standard output.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout();
    // A closed pipe is no reason to stop testing.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// `path` with `more` in front of what `PATH` holds.
pub(crate) fn path_with(more: &std::path::Path) -> OsString {
    let mut path = more.as_os_str().to_owned();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    path
}
