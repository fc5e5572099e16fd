//! The schema folder: `SUBJECT/VERSION.avsc`, or `SUBJECT.avsc` for version 1. Read whole files, never leave the folder.
//!
//! Where the folder belongs to a git repository, the commit of its HEAD goes with every schema, so that an auditor can
//! find the text again. It says where HEAD stood, not that the file was committed.

mod git;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use contracts::{SchemaSource, SchemaText, SourceError};

use crate::files;
use crate::limits::SCHEMA_ENTRIES_MAX;

/// A folder of schemas.
#[derive(Debug)]
pub(crate) struct SchemaFolder {
    folder: PathBuf,
    commit: Option<Arc<str>>,
}

impl SchemaFolder {
    /// The schemas of `folder`, which need not exist: then it has none.
    pub(crate) fn open(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), commit: git::head_commit(folder).map(Into::into) }
    }

    /// The versions of a subject with their files, lowest first.
    fn versions(&self, subject: &str) -> Result<Vec<(u32, PathBuf)>, SourceError> {
        let single = self.folder.join(format!("{subject}.avsc"));
        let mut versions: Vec<(u32, PathBuf)> = Vec::new();
        for path in Self::entries(&self.folder.join(subject))? {
            if let Some(version) = version_of(&path) {
                versions.push((version, path));
            }
        }
        if single.is_file() {
            if let Some((_, other)) = versions.iter().find(|(version, _)| *version == 1) {
                return Err(fault(format!(
                    "version 1 of `{subject}` is in two files, `{}` and `{}`; remove one",
                    single.display(),
                    other.display()
                )));
            }
            versions.push((1, single));
        }
        versions.sort();
        Ok(versions)
    }

    /// Paths in a folder, sorted; none if there is no such folder.
    fn entries(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
        let unreadable = |error: &std::io::Error| {
            fault(format!(
                "the schema folder `{}` cannot be read: {}",
                folder.display(),
                files::describe(error)
            ))
        };
        let listing = match std::fs::read_dir(folder) {
            Ok(listing) => listing,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&error)),
        };
        let mut paths = Vec::new();
        for entry in listing.take(SCHEMA_ENTRIES_MAX) {
            paths.push(entry.map_err(|error| unreadable(&error))?.path());
        }
        paths.sort();
        Ok(paths)
    }

    fn read(&self, subject: &str, version: u32, path: &Path) -> Result<SchemaText, SourceError> {
        self.confine(path)?;
        let limit = contracts::limits::SCHEMA_BYTES_MAX as u64;
        let text = files::read_text(path, limit).map_err(|error| fault(error.to_string()))?;
        Ok(SchemaText {
            subject: subject.into(),
            version,
            text: text.into(),
            origin: files::shown(path).into(),
            commit: self.commit.clone(),
        })
    }

    /// Refuses a path that a symbolic link leads out of the folder.
    fn confine(&self, path: &Path) -> Result<(), SourceError> {
        let real = |path: &Path| {
            path.canonicalize().map_err(|error| {
                fault(format!("cannot read `{}`: {}", path.display(), files::describe(&error)))
            })
        };
        if real(path)?.starts_with(real(&self.folder)?) {
            return Ok(());
        }
        Err(fault(format!(
            "`{}` leads out of the schema folder `{}`; copy the schema into it",
            path.display(),
            self.folder.display()
        )))
    }
}

impl SchemaSource for SchemaFolder {
    fn schema(&self, subject: &str, version: Option<u32>) -> Result<Option<SchemaText>, SourceError> {
        if !is_subject(subject) {
            return Err(fault(format!(
                "`{subject}` cannot be a subject in a folder: use letters, digits, `.`, `-` and `_`, and begin with none of the last three"
            )));
        }
        let versions = self.versions(subject)?;
        let wanted = match version {
            Some(version) => versions.iter().find(|(it, _)| *it == version),
            None => versions.last(),
        };
        wanted.map(|(version, path)| self.read(subject, *version, path)).transpose()
    }

    fn subjects(&self) -> Vec<Arc<str>> {
        let name = |path: &PathBuf| {
            let name = path.file_name()?.to_str()?;
            let subject = if path.is_dir() { name } else { name.strip_suffix(".avsc")? };
            is_subject(subject).then(|| subject.into())
        };
        let mut subjects: Vec<Arc<str>> =
            Self::entries(&self.folder).unwrap_or_default().iter().filter_map(name).collect();
        subjects.dedup();
        subjects
    }
}

/// `3` of `…/3.avsc`; other names are no versions.
fn version_of(path: &Path) -> Option<u32> {
    let digits = path.file_name()?.to_str()?.strip_suffix(".avsc")?;
    let canonical = !digits.starts_with('0') && digits.bytes().all(|it| it.is_ascii_digit());
    if canonical { digits.parse().ok() } else { None }
}

fn is_subject(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_alphanumeric())
        && name.len() <= 200
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_'))
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

fn fault(message: String) -> SourceError {
    SourceError { message }
}
