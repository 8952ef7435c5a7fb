//! Keeps picture files on a disk.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use rats_domain::{picture::PictureFiles, store::StoreError};
use tokio::task::spawn_blocking;

/// The length of a name: 128 random bits in hexadecimal.
const NAME_CHARACTERS: usize = 32;

/// What stands in front of the names of originals, which are never served.
const ORIGINAL: char = 'o';

/// Files in a folder, each by a generated name of 32 characters of `0`–`9` and `a`–`f`, with an `o` in front for originals.
///
/// Nothing that comes from outside becomes a path: any other name is refused before the disk is touched. A file is written whole
/// beside its place, made durable, and then moved there, so that a reader never sees half of one, whatever dies.
#[derive(Clone, Debug)]
pub struct DiskFiles {
    root: Arc<Path>,
}

impl DiskFiles {
    /// Files under `root`, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(Self { root: root.into() })
    }

    /// Keeps `bytes` under `name`, durably; what was there is replaced.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] for a name that is none of ours; else the disk's.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        let path = self.path(name)?;
        blocking(move || write(&path, &bytes)).await
    }

    /// The bytes under `name`, if there are any.
    ///
    /// # Errors
    ///
    /// The disk's. A name that is none of ours has no bytes.
    pub async fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let Ok(path) = self.path(name) else { return Ok(None) };
        blocking(move || some_if_found(fs::read(path))).await
    }

    /// Forgets `name`; nothing happens if there is none.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub async fn delete(&self, name: &str) -> io::Result<()> {
        let Ok(path) = self.path(name) else { return Ok(()) };
        blocking(move || some_if_found(fs::remove_file(path)).map(drop)).await
    }

    /// Files are spread over 256 folders by the first two characters of their random part.
    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let random = name.strip_prefix(ORIGINAL).unwrap_or(name);
        let ours = random.len() == NAME_CHARACTERS && random.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        if !ours {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a picture"));
        }
        Ok(self.root.join(&random[..2]).join(name))
    }
}

#[async_trait]
impl PictureFiles for DiskFiles {
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        Self::put(self, name, bytes).await.map_err(unavailable)
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Self::get(self, name).await.map_err(unavailable)
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        Self::delete(self, name).await.map_err(unavailable)
    }
}

fn unavailable(error: io::Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    if !folder.exists() {
        fs::create_dir_all(folder)?;
        sync_folder(folder.parent().unwrap_or(folder))?;
    }
    let beside = path.with_extension("part");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(folder)
}

/// Makes the folder's list of names durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn some_if_found<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}
