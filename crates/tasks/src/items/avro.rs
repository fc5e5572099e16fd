//! Avro object container files: one item for each datum, as plain JSON. Baton's own form.

use std::io::Read;

use contracts::avro::container::ContainerReader;
use contracts::avro::plain;

use super::fault::Problem;
use super::form::{Decode, Decoded};

/// Reads a container file datum by datum, one block of it in memory.
pub(super) struct Avro<R> {
    reader: ContainerReader<R>,
    /// Data read so far.
    count: u64,
}

impl<R: Read> Avro<R> {
    pub(super) fn new(source: R) -> Result<Self, Problem> {
        let reader = ContainerReader::new(source).map_err(|error| error.to_string())?;
        Ok(Self { reader, count: 0 })
    }
}

impl<R: Read> Decode for Avro<R> {
    fn next(&mut self) -> Result<Option<Decoded>, Problem> {
        let Some(value) = self.reader.next() else { return Ok(None) };
        let value = value.map_err(|error| error.to_string())?;
        self.count += 1;
        let problem = |problem: String| Problem::At(format!("value {}: {problem}", self.count));
        let value =
            plain::encode(self.reader.schema(), &value).map_err(|error| problem(error.to_string()))?;
        Decoded::measured(value).map(Some).map_err(problem)
    }

    /// What is passed over is decoded, for a datum has no length, and not converted.
    fn pass(&mut self) -> Result<bool, Problem> {
        let Some(value) = self.reader.next() else { return Ok(false) };
        value.map_err(|error| error.to_string())?;
        self.count += 1;
        Ok(true)
    }
}
