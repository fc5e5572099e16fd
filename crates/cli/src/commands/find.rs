//! Which execution is meant: by id, ARN, name, or the beginning of an id.

use std::path::Path;
use std::sync::Arc;

use machine::{Execution, Revision};
use store::limits::LIST_ROWS_MAX;
use store::{ExecutionFilter, ExecutionRow, Loaded, Lookup, RevisionRecord, Store};

use crate::error::CliError;
use crate::limits::CANDIDATES_SHOWN_MAX;

/// An execution as it was remembered, with what it runs.
pub(crate) struct Found {
    pub(crate) loaded: Loaded,
    pub(crate) record: RevisionRecord,
    pub(crate) revision: Arc<Revision>,
}

impl Found {
    /// Reads an execution and its revision.
    pub(crate) fn load(store: &mut dyn Store, row: &ExecutionRow) -> Result<Self, CliError> {
        let loaded = store.load(row.key)?;
        let record = store.revision(row.revision)?;
        let revision = runtime::revision::restore(&record)
            .map_err(|problem| CliError::RevisionUnreadable { id: row.info.id.to_string(), problem })?;
        Ok(Self { loaded, record, revision })
    }

    /// The execution: the fold of its events.
    pub(crate) fn execution(&self) -> Execution {
        let mut execution = Execution::new(self.revision.clone(), self.loaded.row.info.clone());
        self.loaded.events.iter().for_each(|event| execution.apply(event));
        execution
    }
}

/// The execution that `asked` means.
pub(crate) fn find(store: &mut dyn Store, asked: &str, folder: &Path) -> Result<ExecutionRow, CliError> {
    let exact =
        if asked.starts_with("arn:") { Lookup::Arn(asked.into()) } else { Lookup::Name(asked.into()) };
    if let Some(row) = store.find(&exact)? {
        return Ok(row);
    }
    let prefix = asked.to_ascii_lowercase().replace('-', "");
    let mut candidates = if is_prefix(&prefix) { by_prefix(store, &prefix)? } else { Vec::new() };
    match candidates.len() {
        0 => Err(CliError::ExecutionNotFound { asked: asked.to_owned(), folder: folder.into() }),
        1 => Ok(candidates.remove(0)),
        _ => {
            let candidates = candidates.iter().map(|row| row.info.id.to_string()).collect();
            Err(CliError::ExecutionAmbiguous { asked: asked.to_owned(), candidates })
        }
    }
}

/// Rows whose id begins with these digits; no more than are shown.
fn by_prefix(store: &mut dyn Store, prefix: &str) -> Result<Vec<ExecutionRow>, CliError> {
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page = store.list(&ExecutionFilter::default(), before, LIST_ROWS_MAX)?;
        let Some(last) = page.last() else { return Ok(found) };
        before = Some(last.key);
        found.extend(
            page.into_iter().filter(|row| row.info.id.to_string().replace('-', "").starts_with(prefix)),
        );
        if found.len() >= CANDIDATES_SHOWN_MAX {
            found.truncate(CANDIDATES_SHOWN_MAX);
            return Ok(found);
        }
    }
}

fn is_prefix(text: &str) -> bool {
    (4..=32).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_hexdigit())
}
