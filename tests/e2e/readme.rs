//! The README's commands, run as they stand against the sandbox.

use std::{path::PathBuf, process::Command};

use rats_tests::{Sandbox, program::root};

/// The shell blocks that the README marks as its flow.
fn flow() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let blocks = readme.split("<!-- flow -->\n```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

#[test]
fn the_readmes_commands_work_as_they_stand() {
    let sandbox = Sandbox::start(&[]);
    let script = flow()
        .replace("RATS=http://localhost:5001", &format!("RATS={}", sandbox.address))
        .replace("INSTAGRAM=http://localhost:5002", &format!("INSTAGRAM={}", sandbox.instagram));
    let script = script.replace("cookies.txt", &sandbox.dir.path().join("cookies.txt").display().to_string());
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
