//! Where the sandbox keeps its things, and the secrets it makes for itself.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rats_domain::random::Random as _;
use rats_runtime::{SystemRandom, config::parse_file};

/// A directory of the sandbox's own.
pub(crate) struct Home {
    dir: PathBuf,
    secrets: BTreeMap<String, String>,
}

impl Home {
    /// Opens the directory; the first time, makes it and its secrets (readable by its owner only).
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let explain = |error: io::Error| {
            io::Error::new(
                error.kind(),
                format!("{} cannot be used: {error}; choose another place with SANDBOX_DIR", dir.display()),
            )
        };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(explain)?;
        let path = dir.join("secrets.env");
        if !path.exists() {
            write_private(&path, &new_secrets()).map_err(explain)?;
        }
        let (secrets, wrong) = parse_file(&fs::read_to_string(&path).map_err(explain)?);
        if let Some(wrong) = wrong.first() {
            return Err(io::Error::other(format!("{}: {wrong}", path.display())));
        }
        Ok(Self { dir: dir.to_owned(), secrets })
    }

    /// A file or directory in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Its secrets, as settings.
    pub(crate) fn secrets(&self) -> BTreeMap<String, String> {
        self.secrets.clone()
    }
}

fn new_secrets() -> String {
    let mut random = [0; 64];
    SystemRandom.fill(&mut random);
    let (key, jwt) = random.split_at(32);
    format!(
        "TOKEN_ENCRYPTION_KEYS=sandbox:{}\nJWT_SECRET={}\n",
        BASE64_STANDARD.encode(key),
        BASE64_STANDARD.encode(jwt)
    )
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
