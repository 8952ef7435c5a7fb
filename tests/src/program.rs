//! The product's programs, built once.

use std::{path::PathBuf, process::Command, sync::Once};

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Set where the programs have been built just now.
const ARE_BUILT: &str = "RATS_PROGRAMS_ARE_BUILT";

/// The path of a program of this workspace. For a test it is built if it is not up to date, unless who runs the tests says that it is; a program
/// finds it beside itself.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    let here = std::env::current_exe().expect("this program's path");
    let dir = here.parent().expect("its directory");
    if !dir.ends_with("deps") {
        return dir.join(name);
    }
    if std::env::var_os(ARE_BUILT).is_none() {
        BUILT.call_once(|| build(dir.parent().is_some_and(|profile| profile.ends_with("release"))));
    }
    // …/target/debug/deps/this-test, or …/target/release/deps/this-test
    dir.with_file_name(name)
}

/// All of them at once, so that they share what they stand on.
fn build(in_release: bool) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--locked"]);
    command.args(in_release.then_some("--release"));
    command.args(["--package", "rats-api", "--package", "rats-scheduler", "--package", "rats-sandbox"]);
    let status = command.current_dir(root()).status().expect("cargo");
    assert!(status.success(), "the programs do not build");
}
