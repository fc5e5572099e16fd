//! Which files are meant: those that are named, and those of the folders that are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::CliError;
use crate::files::describe;
use crate::limits::{TEST_FILES_MAX, TEST_FOLDERS_DEPTH_MAX};

const ENDINGS: [&str; 3] = [".test.yaml", ".test.yml", ".test.json"];

/// Every test file, in order. A file that is named is one whatever it is called; a folder is searched.
pub(crate) fn find(paths: &[PathBuf]) -> Result<BTreeSet<PathBuf>, CliError> {
    let mut found = BTreeSet::new();
    for path in paths {
        if path.is_dir() {
            search(path, 0, &mut found)?;
        } else {
            found.insert(path.clone());
        }
    }
    if found.is_empty() {
        return Err(CliError::TestsNotFound { paths: paths.to_vec() });
    }
    Ok(found)
}

/// Hidden folders, `target` and `node_modules` hold nothing that anybody wrote for this.
fn search(folder: &Path, depth: usize, found: &mut BTreeSet<PathBuf>) -> Result<(), CliError> {
    let unreadable =
        |error: &std::io::Error| CliError::FileUnreadable { path: folder.into(), problem: describe(error) };
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(&error))? {
        let entry = entry.map_err(|error| unreadable(&error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(|error| unreadable(&error))?;
        let is_skipped = name.starts_with('.') || matches!(&*name, "target" | "node_modules");
        if kind.is_dir() && !is_skipped && depth < TEST_FOLDERS_DEPTH_MAX {
            search(&entry.path(), depth + 1, found)?;
        } else if !kind.is_dir() && ENDINGS.iter().any(|it| name.ends_with(it)) {
            if found.len() >= TEST_FILES_MAX {
                return Err(CliError::TestsTooMany { limit: TEST_FILES_MAX });
            }
            let path = entry.path();
            found.insert(path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path));
        }
    }
    Ok(())
}

/// The definition that a test file names, or the one beside it that is called as it is: `pay.asl.json` of `pay.test.yaml`.
pub(crate) fn definition_of(test_file: &Path, named: Option<&str>) -> PathBuf {
    let folder = test_file.parent().unwrap_or(Path::new(""));
    if let Some(named) = named {
        return crate::files::joined(folder, named);
    }
    let name = test_file.file_name().unwrap_or_default().to_string_lossy();
    let stem = ENDINGS.iter().find_map(|it| name.strip_suffix(it)).unwrap_or(&name);
    let candidates = ["json", "yaml", "yml"].map(|it| folder.join(format!("{stem}.asl.{it}")));
    let [first, ..] = &candidates;
    candidates.iter().find(|it| it.exists()).unwrap_or(first).clone()
}
