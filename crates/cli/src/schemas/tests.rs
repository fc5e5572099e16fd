//! What the schema folder finds, refuses and records.

use std::path::Path;

use contracts::SchemaSource as _;

use super::SchemaFolder;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        std::fs::write(path, text).expect("files can be written");
    }
    folder
}

fn ask(folder: &Path, subject: &str, version: Option<u32>) -> Result<Option<(u32, String)>, String> {
    let found = SchemaFolder::open(folder).schema(subject, version).map_err(|it| it.message)?;
    Ok(found.map(|it| (it.version, it.text.to_string())))
}

#[test]
fn the_latest_version_counts_as_a_number() {
    let it = folder(&[("o.Order/2.avsc", "two"), ("o.Order/10.avsc", "ten"), ("o.Order/notes.txt", "")]);
    assert_eq!(ask(it.path(), "o.Order", None), Ok(Some((10, "ten".into()))));
    assert_eq!(ask(it.path(), "o.Order", Some(2)), Ok(Some((2, "two".into()))));
    assert_eq!(ask(it.path(), "o.Order", Some(3)), Ok(None));
    assert_eq!(ask(it.path(), "o.Other", None), Ok(None));
}

#[test]
fn a_single_file_is_version_one() {
    let it = folder(&[("o.Order.avsc", "one"), ("o.Order/2.avsc", "two")]);
    assert_eq!(ask(it.path(), "o.Order", Some(1)), Ok(Some((1, "one".into()))));
    assert_eq!(ask(it.path(), "o.Order", None), Ok(Some((2, "two".into()))));
    let subjects = SchemaFolder::open(it.path()).subjects();
    assert_eq!(subjects.iter().map(|it| &**it).collect::<Vec<_>>(), ["o.Order"]);
}

#[test]
fn version_one_twice_is_refused() {
    let it = folder(&[("o.Order.avsc", "one"), ("o.Order/1.avsc", "uno")]);
    assert!(ask(it.path(), "o.Order", Some(1)).is_err_and(|it| it.contains("in two files")));
}

#[test]
fn a_subject_cannot_leave_the_folder() {
    let it = folder(&[("schemas/o.avsc", "one"), ("secret.avsc", "s")]);
    for subject in ["../secret", "..", "/etc/passwd", "a/b", "", ".git"] {
        assert!(ask(&it.path().join("schemas"), subject, None).is_err(), "{subject}");
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_cannot_leave_the_folder() {
    let it = folder(&[("schemas/o.avsc", "one"), ("secret.avsc", "s")]);
    let schemas = it.path().join("schemas");
    std::os::unix::fs::symlink(it.path().join("secret.avsc"), schemas.join("link.avsc"))
        .expect("links can be made");
    std::os::unix::fs::symlink(schemas.join("o.avsc"), schemas.join("inside.avsc"))
        .expect("links can be made");
    assert!(ask(&schemas, "link", None).is_err_and(|it| it.contains("leads out")));
    assert_eq!(ask(&schemas, "inside", None), Ok(Some((1, "one".into()))));
}

#[test]
fn a_huge_schema_is_refused() {
    let it = folder(&[("o.avsc", &" ".repeat(contracts::limits::SCHEMA_BYTES_MAX + 1))]);
    assert!(ask(it.path(), "o", None).is_err_and(|it| it.contains("at most")));
}

#[test]
fn a_missing_folder_has_no_schemas() {
    assert_eq!(ask(Path::new("/nonexistent/schemas"), "o", None), Ok(None));
}

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

#[track_caller]
fn check_commit(files: &[(&str, &str)], at: &str, expected: Option<&str>) {
    let it = folder(files);
    std::fs::create_dir_all(it.path().join(at)).expect("folders can be made");
    assert_eq!(super::git::head_commit(&it.path().join(at)).as_deref(), expected);
}

#[test]
fn the_commit_is_found_however_git_keeps_it() {
    let head = (".git/HEAD", "ref: refs/heads/main\n");
    check_commit(&[(".git/HEAD", COMMIT)], "schemas", Some(COMMIT));
    check_commit(&[head, (".git/refs/heads/main", COMMIT)], "a/b/schemas", Some(COMMIT));
    let packed = format!("# pack-refs with: peeled\n{COMMIT} refs/heads/main\n");
    check_commit(&[head, (".git/packed-refs", &packed)], "schemas", Some(COMMIT));
    check_commit(
        &[
            ("tree/.git", "gitdir: ../.git/worktrees/tree\n"),
            (".git/worktrees/tree/HEAD", "ref: refs/heads/side\n"),
            (".git/worktrees/tree/commondir", "../..\n"),
            (".git/refs/heads/side", COMMIT),
        ],
        "tree/schemas",
        Some(COMMIT),
    );
}

#[test]
fn what_is_no_repository_has_no_commit() {
    check_commit(&[(".git/HEAD", "ref: ../../etc/passwd")], "schemas", None);
    check_commit(&[(".git/HEAD", "ref: refs/heads/none")], "schemas", None);
    check_commit(&[(".git/HEAD", "garbage")], "schemas", None);
    check_commit(&[(".git/HEAD", "ref: HEAD")], "schemas", None);
}
