use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, io};

use crate::Instagram;

/// Keeps the state in a JSON file and its pictures in a folder beside it.
#[derive(Debug)]
pub(crate) struct Store {
    file: PathBuf,
    pictures: PathBuf,
    saved_version: AtomicU64,
}

impl Store {
    pub(crate) fn new(file: PathBuf) -> Self {
        let pictures = file.with_extension("pictures");
        Self { file, pictures, saved_version: AtomicU64::new(0) }
    }

    /// Takes over what is stored; nothing stored is fine.
    pub(crate) fn load(&self, instagram: &Instagram) -> io::Result<()> {
        let json = match fs::read(&self.file) {
            Ok(json) => json,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        instagram.restore(&json, |name| fs::read(self.picture(name)).ok()).map_err(|error| {
            let text = format!("{} is not a state of the simulated Instagram: {error}", self.file.display());
            io::Error::new(io::ErrorKind::InvalidData, text)
        })
    }

    /// Stores what changed since the last time. The file is replaced whole, so a crash leaves the old or the new one.
    pub(crate) fn save(&self, instagram: &Instagram) -> io::Result<()> {
        let version = instagram.version();
        if version == self.saved_version.load(Ordering::Acquire) {
            return Ok(());
        }
        let (json, pictures) = instagram.snapshot().map_err(io::Error::other)?;
        fs::create_dir_all(&self.pictures)?;
        for picture in pictures {
            let path = self.picture(&picture.sha256);
            if !path.exists() {
                fs::write(path, &picture.jpeg)?;
            }
        }
        let fresh = self.file.with_extension("fresh");
        fs::write(&fresh, json)?;
        fs::rename(fresh, &self.file)?;
        self.saved_version.store(version, Ordering::Release);
        Ok(())
    }

    fn picture(&self, name: &str) -> PathBuf {
        self.pictures.join(format!("{name}.jpg"))
    }
}
