//! The README's commands, run as they stand against the sandbox.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use rats_tests::program::{program, root};

/// The sandbox, ended with the test.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the sandbox on free ports; answers where it and its simulated Instagram are.
fn start(dir: &std::path::Path) -> (Sandbox, String, String) {
    let mut command = Command::new(program("rats-sandbox"));
    command
        .current_dir(root())
        .env("PORT", "0")
        .env("SIMULATOR_PORT", "0")
        .env("SANDBOX_DIR", dir)
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("the sandbox starts");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let sandbox = Sandbox(child);
    let (mut rats, mut instagram) = (None, None);
    for line in lines {
        rats = rats.or_else(|| {
            line.split_once("RATS is ready at ").map(|(_, url)| url.trim().trim_end_matches('/').to_owned())
        });
        instagram = instagram.or_else(|| {
            line.split_once("simulated Instagram").map(|(_, url)| url.trim().trim_end_matches('/').to_owned())
        });
        if let (Some(rats), Some(instagram)) = (&rats, &instagram) {
            return (sandbox, rats.clone(), instagram.clone());
        }
    }
    panic!("the sandbox ended before it was ready");
}

/// The shell blocks that the README marks as its flow.
fn flow() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let blocks = readme.split("<!-- flow -->\n```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

#[test]
fn the_readmes_commands_work_as_they_stand() {
    let dir = tempfile::tempdir().expect("a directory");
    let (_sandbox, rats, instagram) = start(&dir.path().join("sandbox"));
    let script = flow()
        .replace("RATS=http://localhost:5001", &format!("RATS={rats}"))
        .replace("INSTAGRAM=http://localhost:5002", &format!("INSTAGRAM={instagram}"));
    let script = script.replace("cookies.txt", &dir.path().join("cookies.txt").display().to_string());
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(root() as PathBuf)
        .output()
        .expect("bash");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    for expected in [
        r#""instagram":true"#,
        r#""success":true"#,
        "Anna",
        r#""status":"published""#,
        r#""impressions""#,
        "Counting the hours!",
    ] {
        assert!(text.contains(expected), "{expected} is missing in:\n{text}");
    }
}
