//! Reading what the user named: bounded, as UTF-8, with errors that say which file.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::error::CliError;

/// Reads a text file of at most `bytes_max` bytes.
pub(crate) fn read_text(path: &Path, bytes_max: u64) -> Result<String, CliError> {
    let unreadable =
        |error: &std::io::Error| CliError::FileUnreadable { path: path.into(), problem: describe(error) };
    let file = std::fs::File::open(path).map_err(|error| unreadable(&error))?;
    if file.metadata().is_ok_and(|it| it.is_dir()) {
        return Err(CliError::FileUnreadable { path: path.into(), problem: "it is a folder".into() });
    }
    read_all(file, path, bytes_max)
}

/// Reads standard input to its end, at most `bytes_max` bytes.
pub(crate) fn read_stdin(bytes_max: u64) -> Result<String, CliError> {
    read_all(std::io::stdin().lock(), Path::new("standard input"), bytes_max)
}

/// An operating system's error in lower case and without its number.
pub(crate) fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

/// `path` as it is shown: without a leading `./`.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

/// `path` seen from `base`, without a needless `.`.
pub(crate) fn joined(base: &Path, path: &str) -> PathBuf {
    if base.as_os_str().is_empty() || base == Path::new(".") { PathBuf::from(path) } else { base.join(path) }
}

/// `path` as it is wherever the current folder may be by then.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn read_all(source: impl std::io::Read, path: &Path, bytes_max: u64) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    source
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| CliError::FileUnreadable { path: path.into(), problem: describe(&error) })?;
    if bytes.len() as u64 > bytes_max {
        let size = std::fs::metadata(path).map_or(bytes.len() as u64, |it| it.len().max(bytes.len() as u64));
        return Err(CliError::FileTooLarge { path: path.into(), bytes: size, limit: bytes_max });
    }
    String::from_utf8(bytes).map_err(|error| CliError::FileNotUtf8 {
        path: path.into(),
        offset: error.utf8_error().valid_up_to(),
    })
}
