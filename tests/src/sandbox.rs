//! The sandbox, started as a person starts it.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    person::{browser, read},
    program::{program, root},
};

/// A sandbox on free ports, in a directory of its own, ended with the test.
#[derive(Debug)]
pub struct Sandbox {
    process: Child,
    /// Where RATS is, without a slash at the end.
    pub address: String,
    /// Where its simulated Instagram is, without a slash at the end.
    pub instagram: String,
    /// Its directory.
    pub dir: TempDir,
}

impl Sandbox {
    /// Starts it without its demo posts, with these settings besides.
    #[must_use]
    pub fn start(more: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(program("rats-sandbox"));
        command
            .current_dir(root())
            .env("PORT", "0")
            .env("SIMULATOR_PORT", "0")
            .env("SANDBOX_DIR", dir.path().join("sandbox"))
            .env("SANDBOX_DEMO", "false")
            .envs(more.iter().copied())
            .stdout(Stdio::piped());
        let mut process = command.spawn().expect("the sandbox starts");
        let output = process.stdout.take().expect("its output");
        let mut sandbox = Self { process, address: String::new(), instagram: String::new(), dir };
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let mut told = |words| {
            let url = lines.find_map(|line| line.split_once(words).map(|(_, url): (&str, &str)| url.trim().to_owned()));
            url.expect("the sandbox tells where it is").trim_end_matches('/').to_owned()
        };
        sandbox.address = told("RATS is ready at ");
        sandbox.instagram = told("simulated Instagram");
        sandbox
    }

    /// What its clock says.
    pub async fn now(&self) -> OffsetDateTime {
        read_clock(&self.control(Method::GET, "clock", &json!({})).await)
    }

    /// Turns its clock; answers what it says then.
    pub async fn turn(&self, by: Duration) -> OffsetDateTime {
        read_clock(&self.control(Method::POST, "clock", &json!({"advance_seconds": by.as_secs()})).await)
    }

    /// Turns its clock to a moment that is not past; whole seconds.
    pub async fn turn_to(&self, moment: OffsetDateTime) -> OffsetDateTime {
        let left = moment - self.now().await;
        self.turn(Duration::from_secs(left.whole_seconds().unsigned_abs() + 1)).await
    }

    /// What its simulated Instagram published.
    pub async fn ledger(&self) -> Value {
        self.control(Method::GET, "ledger", &json!({})).await
    }

    /// Switches a fault of its simulated Instagram on.
    pub async fn fault(&self, rule: &Value) {
        self.control(Method::POST, "faults", rule).await;
    }

    async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = browser().request(method, format!("{}/_control/{path}", self.instagram));
        let (status, told) = read(request.json(body).send().await.expect("an answer")).await;
        assert!(status.is_success(), "{status}: {told}");
        told
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read_clock(told: &Value) -> OffsetDateTime {
    let now = told["now"].as_str().unwrap_or_else(|| panic!("no time: {told}"));
    OffsetDateTime::parse(now, &Rfc3339).expect("a time")
}
