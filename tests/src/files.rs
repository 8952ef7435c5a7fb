use std::path::{Path, PathBuf};

/// Every file in a directory and the directories in it; none if it is not there.
#[must_use]
pub fn files_in(dir: &Path) -> Vec<PathBuf> {
    let (dirs, mut files): (Vec<_>, Vec<_>) = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .partition(|path| path.is_dir());
    files.extend(dirs.iter().flat_map(|dir| files_in(dir)));
    files
}
