//! Parquet: one item for each row, an object of its columns.
//!
//! `parquet` decodes. What it would believe of a hostile file is looked at before (`footer.rs`, `pages.rs`), and a panic of it
//! is a fault like any other. Parts of an object are fetched as they are needed; it is never on a disk of ours.

mod footer;
mod pages;
#[cfg(test)]
mod tests;
mod thrift;
mod value;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use asl::{Json, Object};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::reader::{ReaderIter, TreeBuilder};
use tokio::runtime::Handle;

use self::pages::Pages;
use super::fault::Problem;
use super::form::{Decode, Decoded};
use crate::arguments::shown;
use crate::limits::PARQUET_ROW_GROUP_BYTES_MAX;
use crate::objects::Pieces;

/// Reads an object row group by row group.
pub(super) struct Parquet {
    file: SerializedFileReader<Pages>,
    pages: Pages,
    /// The rows of the row group that is being read.
    rows: Option<ReaderIter>,
    /// Of the next row group.
    next_group: usize,
    /// Rows read so far.
    count: u64,
    /// The names of the columns, shared by all items.
    names: Vec<Arc<str>>,
}

impl Parquet {
    pub(super) fn new(object: &Pieces, runtime: &Handle) -> Result<Self, Problem> {
        let pages = Pages::new(object.clone(), runtime.clone());
        footer::check(&pages)?;
        let opened = guarded(|| SerializedFileReader::new(pages.clone()))?;
        let file = opened.map_err(|error| format!("the footer: {}", shown(&error.to_string())))?;
        let columns = file.metadata().file_metadata().schema_descr().root_schema().get_fields();
        let names = columns.iter().map(|column| Arc::from(column.name())).collect();
        Ok(Self { file, pages, rows: None, next_group: 0, count: 0, names })
    }

    /// Rows of the next row group; `None` if there is none.
    fn group_rows(&self) -> Option<u64> {
        let groups = self.file.metadata().row_groups();
        groups.get(self.next_group).map(|group| u64::try_from(group.num_rows()).unwrap_or(0))
    }

    /// Goes into the next row group; `false` if there is none.
    fn next_group(&mut self) -> Result<bool, Problem> {
        let Some(group) = self.file.metadata().row_groups().get(self.next_group) else { return Ok(false) };
        let number = self.next_group + 1;
        let bytes = u64::try_from(group.total_byte_size()).unwrap_or(u64::MAX);
        if bytes > PARQUET_ROW_GROUP_BYTES_MAX {
            let limit = PARQUET_ROW_GROUP_BYTES_MAX;
            return Err(format!("row group {number} has {bytes} bytes, at most {limit} are accepted").into());
        }
        self.pages.enter(group);
        let (file, index) = (&self.file, self.next_group);
        let rows = guarded(|| {
            let group = file.get_row_group(index)?;
            let schema = file.metadata().file_metadata().schema_descr_ptr();
            TreeBuilder::new().as_iter(schema, &*group)
        })?;
        self.rows = Some(rows.map_err(|error| format!("row group {number}: {}", shown(&error.to_string())))?);
        self.next_group += 1;
        Ok(true)
    }
}

impl Decode for Parquet {
    fn next(&mut self) -> Result<Option<Decoded>, Problem> {
        loop {
            let number = self.count + 1;
            if let Some(rows) = &mut self.rows
                && let Some(row) = guarded(|| rows.next())?
            {
                self.count = number;
                let problem = |words: String| Problem::At(format!("row {number}: {words}"));
                let row = row.map_err(|error| problem(shown(&error.to_string())))?;
                let entries: Result<Vec<(Arc<str>, Json)>, String> = row
                    .get_column_iter()
                    .zip(&self.names)
                    .map(|((_, field), name)| Ok((name.clone(), value::json(field)?)))
                    .collect();
                let value = Json::Object(Arc::new(Object::from(entries.map_err(problem)?)));
                return Decoded::measured(value).map(Some).map_err(problem);
            }
            if !self.next_group()? {
                return Ok(None);
            }
        }
    }

    /// Whole row groups are passed over unread.
    fn skip(&mut self, count: u64) -> Result<u64, Problem> {
        let mut skipped = 0;
        while skipped < count {
            if let Some(rows) = &mut self.rows {
                if let Some(row) = guarded(|| rows.next())? {
                    self.count += 1;
                    let number = self.count;
                    row.map_err(|error| format!("row {number}: {}", shown(&error.to_string())))?;
                    skipped += 1;
                    continue;
                }
                self.rows = None;
            }
            match self.group_rows() {
                Some(rows) if rows <= count - skipped => {
                    skipped += rows;
                    self.count += rows;
                    self.next_group += 1;
                }
                Some(_) => _ = self.next_group()?,
                None => break,
            }
        }
        Ok(skipped)
    }
}

/// Does what a damaged file may make `parquet` give up in its own way.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let words = words(&*panic).unwrap_or("it cannot be decoded");
        Problem::At(format!("the file is damaged: {}", shown(words)))
    })
}

fn words(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied())
}
