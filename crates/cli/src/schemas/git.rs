//! The commit of HEAD, read by hand: no git process, no git library.
//!
//! Known: `.git` as a folder, `.git` as a file of a worktree (`gitdir: …`, with its `commondir`), loose and packed refs.
//! Whatever is unexpected means "no commit known"; nothing here is an error.

use std::path::{Path, PathBuf};

use crate::files;
use crate::limits::GIT_FILE_BYTES_MAX;

/// References that point to references, at most.
const REFERENCES_MAX: usize = 5;

/// The commit that HEAD of the repository around `folder` stands at.
pub(crate) fn head_commit(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let git = folder.ancestors().find_map(git_folder)?;
    let common = match read(&git.join("commondir")) {
        Some(path) => git.join(path.trim()),
        None => git.clone(),
    };
    let mut text = read(&git.join("HEAD"))?;
    for _ in 0..REFERENCES_MAX {
        let line = text.lines().next()?.trim();
        match line.strip_prefix("ref: ") {
            None => return is_commit(line).then(|| line.to_owned()),
            Some(name) => text = reference(&git, &common, name.trim())?,
        }
    }
    None
}

fn git_folder(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = read(&git)?;
    Some(folder.join(text.strip_prefix("gitdir: ")?.trim()))
}

fn reference(git: &Path, common: &Path, name: &str) -> Option<String> {
    if !name.starts_with("refs/") || name.split('/').any(|part| part == "..") {
        return None;
    }
    let loose = read(&git.join(name)).or_else(|| read(&common.join(name)));
    loose.or_else(|| packed(&read(&common.join("packed-refs"))?, name))
}

fn packed(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (commit, found) = line.split_once(' ')?;
        (found.trim() == name).then(|| commit.to_owned())
    })
}

/// 40 digits of SHA-1 or 64 of SHA-256.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|it| it.is_ascii_hexdigit())
}

fn read(path: &Path) -> Option<String> {
    files::read_text(path, GIT_FILE_BYTES_MAX).ok()
}
