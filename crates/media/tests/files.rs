//! What the files on a disk promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{fs, path::Path};

use rats_media::files::DiskFiles;

const NAME: &str = "0123456789abcdef0123456789abcdef";

fn every_file(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            names.extend(every_file(&entry.path()));
        } else {
            names.push(entry.path().to_str().unwrap().to_owned());
        }
    }
    names
}

#[tokio::test]
async fn what_was_put_is_got_until_it_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let files = DiskFiles::open(folder.path().join("made/on/the/way")).unwrap();
    assert_eq!(files.get(NAME).await.unwrap(), None);
    files.put(NAME, vec![1, 2, 3]).await.unwrap();
    assert_eq!(files.get(NAME).await.unwrap(), Some(vec![1, 2, 3]));
    files.put(NAME, vec![4]).await.unwrap();
    assert_eq!(files.get(NAME).await.unwrap(), Some(vec![4]));
    files.delete(NAME).await.unwrap();
    files.delete(NAME).await.unwrap();
    assert_eq!(files.get(NAME).await.unwrap(), None);
}

#[tokio::test]
async fn files_outlive_the_process_and_nothing_half_made_is_left() {
    let folder = tempfile::tempdir().unwrap();
    DiskFiles::open(folder.path()).unwrap().put(NAME, vec![7; 100_000]).await.unwrap();
    assert_eq!(DiskFiles::open(folder.path()).unwrap().get(NAME).await.unwrap(), Some(vec![7; 100_000]));
    let names = every_file(folder.path());
    assert_eq!(names.len(), 1);
    assert!(names[0].ends_with(&format!("01/{NAME}")));
}

#[tokio::test]
async fn a_crash_in_the_middle_of_writing_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = DiskFiles::open(folder.path()).unwrap();
    fs::create_dir(folder.path().join("01")).unwrap();
    fs::write(folder.path().join(format!("01/{NAME}.part")), [1]).unwrap();
    assert_eq!(files.get(NAME).await.unwrap(), None);
    files.put(NAME, vec![2]).await.unwrap();
    assert_eq!(files.get(NAME).await.unwrap(), Some(vec![2]));
}

#[tokio::test]
async fn sec_36_no_name_from_outside_becomes_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let files = DiskFiles::open(folder.path().join("files")).unwrap();
    fs::write(folder.path().join("secret"), b"secret").unwrap();
    for name in [
        "",
        ".",
        "..",
        "../secret",
        "/etc/passwd",
        "..%2fsecret",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdeF",
        "0123456789abcdef0123456789abcdef.jpg",
        "0123456789abcdef/123456789abcdef",
        "../../../../../../../../../etc/pas",
        "0123456789abcdef0123456789abcde\0",
        "0123456789abcdef0123456789abcdé",
    ] {
        assert!(files.put(name, vec![1]).await.is_err(), "{name}");
        assert_eq!(files.get(name).await.unwrap(), None, "{name}");
        files.delete(name).await.unwrap();
    }
    assert_eq!(every_file(folder.path()).len(), 1, "the secret alone");
}
