//! The product's programs, built once.

use std::{collections::BTreeSet, path::PathBuf, process::Command, sync::Mutex};

static BUILT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The path of a program of this workspace, built if it is not up to date.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let mut built = BUILT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if built.insert(name.to_owned()) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(["build", "--quiet", "--locked", "--package", name])
            .current_dir(root())
            .status()
            .expect("cargo");
        assert!(status.success(), "{name} does not build");
    }
    // …/target/debug/deps/this-test
    let here = std::env::current_exe().expect("this program's path");
    here.ancestors().nth(2).expect("the target directory").join(name)
}
