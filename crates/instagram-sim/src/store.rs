use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use crate::Instagram;

/// Keeps the state in a JSON file and its pictures in a folder beside it.
#[derive(Debug)]
pub(crate) struct Store {
    file: PathBuf,
    pictures: PathBuf,
    /// Held while it is stored: of two at once the older could replace the newer.
    saved_version: Mutex<Option<u64>>,
}

impl Store {
    pub(crate) fn new(file: PathBuf) -> Self {
        let pictures = file.with_extension("pictures");
        Self { file, pictures, saved_version: Mutex::default() }
    }

    /// Takes over what is stored; answers whether there was anything.
    pub(crate) fn load(&self, instagram: &Instagram) -> io::Result<bool> {
        let json = match fs::read(&self.file) {
            Ok(json) => json,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        instagram.restore(&json, |name| fs::read(self.picture(name)).ok()).map_err(|error| {
            let text = format!("{} is not a state of the simulated Instagram: {error}", self.file.display());
            io::Error::new(io::ErrorKind::InvalidData, text)
        })?;
        Ok(true)
    }

    /// Stores what changed since the last time. The file is replaced whole, so a crash leaves the old or the new one.
    pub(crate) fn save(&self, instagram: &Instagram) -> io::Result<()> {
        let mut saved_version = self.saved_version.lock().unwrap_or_else(PoisonError::into_inner);
        let version = instagram.version();
        if *saved_version == Some(version) {
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
        *saved_version = Some(version);
        Ok(())
    }

    fn picture(&self, name: &str) -> PathBuf {
        self.pictures.join(format!("{name}.jpg"))
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn what_is_stored_at_once_is_stored_whole() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path().join("instagram.json"));
        let fresh = || Instagram::new(crate::Config::default(), url::Url::parse("http://127.0.0.1/").unwrap());
        let instagram = fresh();
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    instagram.make_accounts(1, OffsetDateTime::UNIX_EPOCH);
                    store.save(&instagram).unwrap();
                });
            }
        });
        let again = fresh();
        store.load(&again).unwrap();
        assert_eq!(again.snapshot().unwrap().0, instagram.snapshot().unwrap().0);
    }
}
