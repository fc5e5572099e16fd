//! The contract bench: one document, one schema, Baton and its peers in one run.

use std::sync::Arc;

use asl::contract::{Mode, Unknown};
use contracts::{Contract, Schema};

/// What is measured: a schema and a document that fits it.
#[derive(Debug)]
pub struct Subject {
    /// The schema's text.
    pub schema: String,
    /// The document's text, without white space at its end.
    pub text: String,
}

impl Subject {
    /// From the two file names of the command line.
    pub fn from_args() -> Result<Self, Box<dyn std::error::Error>> {
        let mut args = std::env::args().skip(1);
        let mut file = |what: &str| -> Result<String, Box<dyn std::error::Error>> {
            let name = args.next().ok_or_else(|| format!("name the file of the {what}"))?;
            Ok(std::fs::read_to_string(name)?.trim_end().to_owned())
        };
        Ok(Self { schema: file("schema")?, text: file("document")? })
    }

    /// Our contract.
    pub fn contract(&self) -> Result<Contract, Box<dyn std::error::Error>> {
        let schema = Arc::new(Schema::parse(&self.schema)?);
        Ok(Contract { schema, unknown: Unknown::Reject, mode: Mode::Enforce })
    }
}
