//! What a task asks of a database, read from its arguments: the statements, and the form of the answer.

use std::sync::Arc;

use asl::{Failure, Json};
use sha2::{Digest, Sha256};

use super::data_api::{self, DataApi};
use super::fault::Fault;
use super::session::{Answer, Isolation, Statement};
use super::transaction;

/// One transaction to be.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    /// The name of the database.
    pub(crate) database: Arc<str>,
    pub(crate) isolation: Isolation,
    pub(crate) statements: Vec<Step>,
    pub(crate) form: Form,
}

/// One statement, and what it must have done.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) statement: Statement,
    /// Rows that it must return, or change if it returns none.
    pub(crate) expect_rows: Option<u64>,
}

/// Which interface the task speaks: it decides the answer's shape and the errors' names.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    Transaction,
    DataApi(DataApi),
    /// `batchExecuteStatement`: one text, once for each set of parameters.
    Batch,
}

impl Work {
    /// The hash of the texts without the parameters, which may differ between attempts.
    pub(crate) fn sql_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        // How many sets of parameters there are is a matter of parameters.
        let texts = if matches!(self.form, Form::Batch) { 1 } else { self.statements.len() };
        for step in self.statements.iter().take(texts) {
            // The length goes first, so that two texts cannot be cut in another place.
            hash.update((step.statement.sql.len() as u64).to_be_bytes());
            hash.update(step.statement.sql.as_bytes());
        }
        hash.finalize().into()
    }
}

impl Form {
    /// The answer.
    pub(crate) fn output(&self, answers: Vec<Answer>) -> Result<Json, Fault> {
        match self {
            Self::Transaction => transaction::output(answers),
            Self::DataApi(options) => options.output(answers),
            Self::Batch => Ok(data_api::batch_output(&answers)),
        }
    }

    /// A fault as the workflow sees it. `statement` counts from 1.
    pub(crate) fn failure(&self, fault: &Fault, database: &str, statement: Option<usize>) -> Failure {
        match self {
            Self::Transaction => transaction::failure(fault, database, statement),
            Self::DataApi(_) | Self::Batch => data_api::failure(fault),
        }
    }
}
