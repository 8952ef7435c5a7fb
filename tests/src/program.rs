//! The product's programs, built once.

use std::{path::PathBuf, process::Command, sync::Once};

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The path of a program of this workspace, built if it is not up to date (`cargo xtask test` has done so before).
#[must_use]
pub fn program(name: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    BUILT.call_once(build);
    // …/target/debug/deps/this-test
    let here = std::env::current_exe().expect("this program's path");
    here.ancestors().nth(2).expect("the target directory").join(name)
}

/// All of them at once, so that they share what they stand on.
fn build() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--locked"]);
    command.args(["--package", "rats-api", "--package", "rats-scheduler", "--package", "rats-sandbox"]);
    let status = command.current_dir(root()).status().expect("cargo");
    assert!(status.success(), "the programs do not build");
}
