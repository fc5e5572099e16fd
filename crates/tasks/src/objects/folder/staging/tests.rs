//! What a killed process leaves behind is cleared away; what somebody writes is not.

use std::fs::File;
use std::path::Path;

use super::{STAGING, Staging};

fn staged(bucket: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(bucket.join(STAGING)).expect("the staging area");
    let mut names: Vec<_> =
        entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_is_left_over_is_removed_and_what_is_held_is_not() {
    let bucket = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(bucket.path().join(STAGING)).expect("made");
    let file = |name: &str| bucket.path().join(STAGING).join(name);
    std::fs::write(file("1-0#0"), "half").expect("written");
    std::fs::write(file("2-0#0"), "half").expect("written");
    let held = File::options().write(true).open(file("2-0#0")).expect("opened");
    held.lock().expect("locked");
    drop(Staging::open(bucket.path()).expect("opened"));
    assert_eq!(staged(bucket.path()), ["2-0#0"]);
    drop(held);
    drop(Staging::open(bucket.path()).expect("opened"));
    assert!(!bucket.path().join(STAGING).exists(), "an empty staging area goes");
}

#[test]
fn nothing_stays_behind_a_put() {
    let bucket = tempfile::tempdir().expect("a folder");
    let staging = Staging::open(bucket.path()).expect("opened");
    assert!(!bucket.path().join(STAGING).exists(), "nothing is made before it is needed");
    let path = bucket.path().join("a/b/c");
    staging.put(&path, b"one", true).expect("put");
    staging.put(&path, b"two", false).expect("put over it");
    let taken = staging.put(&path, b"three", true).expect_err("something is there");
    assert_eq!(taken.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&path).expect("there"), b"two");
    assert_eq!(staged(bucket.path()), Vec::<String>::new());
}

#[test]
fn a_name_that_an_earlier_process_left_is_taken_over() {
    let bucket = tempfile::tempdir().expect("a folder");
    let staging = Staging::open(bucket.path()).expect("opened");
    std::fs::create_dir(bucket.path().join(STAGING)).expect("made");
    let left = format!("{}-0#0", staging.instance);
    std::fs::write(bucket.path().join(STAGING).join(left), "half").expect("written");
    staging.put(&bucket.path().join("k"), b"whole", false).expect("put");
    assert_eq!(std::fs::read(bucket.path().join("k")).expect("there"), b"whole");
    assert_eq!(staged(bucket.path()), Vec::<String>::new());
}

#[test]
fn many_put_at_once_while_others_clear_away() {
    let bucket = tempfile::tempdir().expect("a folder");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let staging = Staging::open(bucket.path()).expect("opened");
            scope.spawn(move || {
                for at in 0..50 {
                    let path = bucket_path(&staging, writer, at);
                    staging.put(&path, b"whole", at % 2 == 0).expect("nobody takes it away");
                }
            });
        }
        scope.spawn(|| (0..50).for_each(|_| drop(Staging::open(bucket.path()).expect("opened"))));
    });
    for writer in 0..4 {
        for at in 0..50 {
            let path = bucket.path().join(format!("{writer}/{at}"));
            assert_eq!(std::fs::read(path).expect("there"), b"whole");
        }
    }
    assert!(!bucket.path().join(STAGING).exists(), "an empty staging area goes");
}

fn bucket_path(staging: &Staging, writer: u64, at: u64) -> std::path::PathBuf {
    staging.bucket.join(format!("{writer}/{at}"))
}
