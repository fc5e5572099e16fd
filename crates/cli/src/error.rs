//! Everything that can keep a command from doing what it was asked: what, where, what to do.
//!
//! Not here: a failed execution (that is an answer, not an error), and how an error is shown (`render/error.rs`).

use std::path::PathBuf;
use std::sync::Arc;

use asl::{Diagnostic, JsonError};
use store::StoreError;

use crate::exit::Exit;
use crate::limits::CANDIDATES_SHOWN_MAX;

/// A text with a name, so that diagnostics can show the line at fault.
#[derive(Clone, Debug)]
pub(crate) struct SourceText {
    /// The file as the user called it.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) text: Arc<str>,
}

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("cannot read `{}`: {problem}", path.display())]
    FileUnreadable { path: PathBuf, problem: String },
    #[error("`{}` has {bytes} bytes, at most {limit} are read", path.display())]
    FileTooLarge { path: PathBuf, bytes: u64, limit: u64 },
    #[error("`{}` is not UTF-8 text: byte {offset} fits no character", path.display())]
    FileNotUtf8 { path: PathBuf, offset: usize },
    #[error("`{name}` is not an acceptable input: {problem}")]
    InputInvalid { name: String, problem: JsonError },
    #[error("the input is refused before anything runs: {cause}")]
    InputRefused { cause: String },
    #[error("{}", refused(&source_text.name, diagnostics))]
    DefinitionInvalid { source_text: SourceText, diagnostics: Vec<Diagnostic> },
    #[error("{}", refused(&source_text.name, diagnostics))]
    TestFileInvalid { source_text: SourceText, diagnostics: Vec<Diagnostic> },
    #[error("there is no test file in {}", listed(paths))]
    TestsNotFound { paths: Vec<PathBuf> },
    #[error("no case of these test files has `{wanted}` in its name")]
    CaseNotFound { wanted: String },
    #[error("{}", no_state(file, asked.as_deref()))]
    StateNotFound { file: PathBuf, asked: Option<String>, known: Vec<String> },
    #[error("the state cannot be tested so: {message}")]
    StateNotTested { message: String },
    #[error("more than {limit} test files were found")]
    TestsTooMany { limit: usize },
    #[error("{}", refused(&source_text.name, diagnostics))]
    ConfigInvalid { source_text: SourceText, diagnostics: Vec<Diagnostic> },
    #[error("the environment variable `{variable}` {problem}")]
    EnvironmentInvalid { variable: String, problem: String, hint: String },
    #[error("`{}` does not name a state machine: {problem}", path.display())]
    MachineUnnamed { path: PathBuf, problem: String },
    #[error("`{name}` is not an execution's name: {problem}")]
    ExecutionNameInvalid { name: String, problem: String },
    #[error("no execution in `{}` has the id, ARN or name `{asked}`", folder.display())]
    ExecutionNotFound { asked: String, folder: PathBuf },
    #[error("`{asked}` is the beginning of several executions' ids: {}", candidates.join(", "))]
    ExecutionAmbiguous { asked: String, candidates: Vec<String> },
    #[error("the name `{name}` is taken by execution {id}, which was started with another input")]
    ExecutionNameTaken { name: String, id: String },
    #[error("interrupted before the start was remembered")]
    StartInterrupted,
    #[error("execution {id} cannot be redriven: {reason}")]
    ExecutionNotRedrivable { id: String, reason: String },
    #[error("interrupted before the redrive was remembered")]
    RedriveInterrupted,
    #[error("execution {id} is set aside: {reason}")]
    ExecutionQuarantined { id: String, reason: String },
    #[error("execution {id} cannot be read back: {problem}")]
    RevisionUnreadable { id: String, problem: String },
    #[error("{message}")]
    TasksUnusable { message: String },
    #[error("no database is configured as `{name}`")]
    DatabaseUnknown { name: String, known: Vec<String> },
    #[error("the database `{name}` does not do it: {message} ({class})")]
    DatabaseUnusable { name: String, message: String, class: String },
    #[error("the engine stopped: {message}")]
    EngineStopped { message: String },
    #[error("cannot write the output: {problem}")]
    OutputUnwritable { problem: String },
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl CliError {
    /// What identifies the kind of error; `docs/reference/errors/` has a page of this name.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::FileUnreadable { .. } => "FILE_UNREADABLE",
            Self::FileTooLarge { .. } => "FILE_TOO_LARGE",
            Self::FileNotUtf8 { .. } => "FILE_NOT_UTF8",
            Self::InputInvalid { .. } => "INPUT_INVALID",
            Self::InputRefused { .. } => "INPUT_REFUSED",
            Self::DefinitionInvalid { .. } => "DEFINITION_INVALID",
            Self::TestFileInvalid { .. } => "TEST_FILE_INVALID",
            Self::TestsNotFound { .. } => "TESTS_NOT_FOUND",
            Self::CaseNotFound { .. } => "CASE_NOT_FOUND",
            Self::StateNotFound { .. } => "STATE_NOT_FOUND",
            Self::StateNotTested { .. } => "STATE_NOT_TESTED",
            Self::TestsTooMany { .. } => "TESTS_TOO_MANY",
            Self::ConfigInvalid { .. } => "CONFIG_INVALID",
            Self::EnvironmentInvalid { .. } => "ENVIRONMENT_INVALID",
            Self::MachineUnnamed { .. } => "MACHINE_UNNAMED",
            Self::ExecutionNameInvalid { .. } => "EXECUTION_NAME_INVALID",
            Self::ExecutionNotFound { .. } => "EXECUTION_NOT_FOUND",
            Self::ExecutionAmbiguous { .. } => "EXECUTION_AMBIGUOUS",
            Self::ExecutionNameTaken { .. } => "EXECUTION_NAME_TAKEN",
            Self::StartInterrupted => "START_INTERRUPTED",
            Self::ExecutionNotRedrivable { .. } => "EXECUTION_NOT_REDRIVABLE",
            Self::RedriveInterrupted => "REDRIVE_INTERRUPTED",
            Self::ExecutionQuarantined { .. } => "EXECUTION_QUARANTINED",
            Self::RevisionUnreadable { .. } => "REVISION_UNREADABLE",
            Self::TasksUnusable { .. } => "TASKS_UNUSABLE",
            Self::DatabaseUnknown { .. } => "DATABASE_UNKNOWN",
            Self::DatabaseUnusable { .. } => "DATABASE_UNUSABLE",
            Self::EngineStopped { .. } => "ENGINE_STOPPED",
            Self::OutputUnwritable { .. } => "OUTPUT_UNWRITABLE",
            Self::Store(error) => store_code(error),
        }
    }

    /// What is wrong with which text, where that is what the error is about.
    pub(crate) fn diagnostics(&self) -> Option<(&SourceText, &[Diagnostic])> {
        match self {
            Self::DefinitionInvalid { source_text, diagnostics }
            | Self::TestFileInvalid { source_text, diagnostics }
            | Self::ConfigInvalid { source_text, diagnostics } => Some((source_text, diagnostics)),
            _ => None,
        }
    }

    /// How the process ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::FileUnreadable { .. }
            | Self::FileTooLarge { .. }
            | Self::FileNotUtf8 { .. }
            | Self::InputInvalid { .. }
            | Self::InputRefused { .. }
            | Self::DefinitionInvalid { .. }
            | Self::TestFileInvalid { .. }
            | Self::TestsNotFound { .. }
            | Self::CaseNotFound { .. }
            | Self::StateNotFound { .. }
            | Self::StateNotTested { .. }
            | Self::TestsTooMany { .. }
            | Self::ConfigInvalid { .. }
            | Self::EnvironmentInvalid { .. }
            | Self::MachineUnnamed { .. }
            | Self::ExecutionNameInvalid { .. }
            | Self::ExecutionNotFound { .. }
            | Self::ExecutionAmbiguous { .. }
            | Self::ExecutionNameTaken { .. }
            | Self::ExecutionNotRedrivable { .. }
            | Self::DatabaseUnknown { .. }
            | Self::TasksUnusable { .. } => Exit::Refused,
            Self::StartInterrupted | Self::RedriveInterrupted => Exit::Interrupted,
            Self::ExecutionQuarantined { .. }
            | Self::RevisionUnreadable { .. }
            | Self::DatabaseUnusable { .. }
            | Self::EngineStopped { .. }
            | Self::OutputUnwritable { .. }
            | Self::Store(_) => Exit::World,
        }
    }

    /// What to do about it, where the message does not say so itself.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::FileUnreadable { .. } => {
                "check the path and the rights; paths are relative to the current folder".into()
            }
            Self::FileTooLarge { .. } => {
                "split the file, or pass a reference to it and let a task read it".into()
            }
            Self::FileNotUtf8 { .. } => "save the file as UTF-8".into(),
            Self::InputInvalid { .. } => {
                "an input is one JSON value; `limits.payload_bytes` in baton.toml bounds its size".into()
            }
            Self::InputRefused { .. } => {
                "correct the input, or the machine's `Contract.Input`; no execution was created".into()
            }
            Self::EnvironmentInvalid { hint, .. } => hint.clone(),
            Self::MachineUnnamed { .. } => {
                "rename the file: its name without extension is the machine's name".into()
            }
            Self::ExecutionNameInvalid { .. } => {
                "use letters, digits, `-`, `_` and `.`, at most 80 of them".into()
            }
            Self::ExecutionNotFound { .. } => {
                "`baton executions` lists what is there; `--config` or `--data` names another store".into()
            }
            Self::ExecutionAmbiguous { .. } => "give more of the id".into(),
            Self::ExecutionNameTaken { .. } => {
                "choose another `--name`, or look at it with `baton show`".into()
            }
            Self::StartInterrupted => {
                "run the same command again; with `--name` it cannot start a second execution".into()
            }
            Self::ExecutionNotRedrivable { id, .. } => {
                format!("`baton show {id}` says how it stands; `baton run` starts another execution")
            }
            Self::RedriveInterrupted => {
                "`baton executions --open` lists it if it was; otherwise run the same command again".into()
            }
            Self::ExecutionQuarantined { id, .. } => {
                format!(
                    "the others go on; when the fault is repaired: `baton resume {id} --retry-quarantined`"
                )
            }
            Self::RevisionUnreadable { .. } => {
                "was the store written by another version of baton? see `baton version`".into()
            }
            Self::DatabaseUnknown { name, known } if known.is_empty() => {
                format!(
                    "write `[databases.{name}]` with a `url` into baton.toml; `--config` names another file"
                )
            }
            Self::DatabaseUnknown { known, .. } => format!("configured are `{}`", known.join("`, `")),
            Self::DatabaseUnusable { name, .. } => {
                format!("`baton db check {name}` looks at everything that tasks need")
            }
            Self::EngineStopped { .. } => {
                "nothing acknowledged is lost; repair the cause, then `baton resume`".into()
            }
            Self::OutputUnwritable { .. } => {
                "the execution is kept: `baton show` prints what it came to".into()
            }
            Self::TestsNotFound { .. } => {
                "test files are called `NAME.test.yaml`; name one, or a folder that holds some".into()
            }
            Self::CaseNotFound { .. } => {
                "`--case` takes a part of a case's `Name`, letter for letter; without it every case runs"
                    .into()
            }
            Self::StateNotFound { asked, known, .. } => state_hint(asked.as_deref(), known),
            Self::StateNotTested { .. } => {
                "`--mock JSON` or `--mock-error NAME` says what the work of a Task, Parallel or Map answers"
                    .into()
            }
            Self::TestsTooMany { .. } => "name fewer folders at once".into(),
            Self::DefinitionInvalid { .. }
            | Self::TestFileInvalid { .. }
            | Self::ConfigInvalid { .. }
            | Self::TasksUnusable { .. }
            | Self::Store(_) => {
                return None;
            }
        })
    }
}

fn store_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::Rejected { .. } => "STORE_REJECTED",
        StoreError::Full { .. } => "STORE_FULL",
        StoreError::Unknown { .. } => "STORE_UNKNOWN",
        StoreError::Corrupt { .. } => "STORE_CORRUPT",
        StoreError::InUse { .. } => "STORE_IN_USE",
        StoreError::Missing { .. } => "STORE_MISSING",
        StoreError::Unusable { .. } => "STORE_UNUSABLE",
    }
}

fn no_state(file: &std::path::Path, asked: Option<&str>) -> String {
    match asked {
        Some(asked) => format!("no state of `{}` is called `{asked}`", file.display()),
        None => format!("`{}` is a state machine; which of its states is meant is not said", file.display()),
    }
}

/// The nearest name, or those that there are.
fn state_hint(asked: Option<&str>, known: &[String]) -> String {
    let names = known.iter().map(String::as_str);
    match asked.and_then(|asked| crate::suggest::closest(asked, names)) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => {
            "a state that stands alone in its file is tested without `--state`".into()
        }
        None => {
            let shown: Vec<_> = known.iter().take(CANDIDATES_SHOWN_MAX).map(|it| format!("`{it}`")).collect();
            let more = if known.len() > shown.len() { " …" } else { "" };
            format!("`--state NAME` takes one of {}{more}", shown.join(", "))
        }
    }
}

fn refused(name: &str, diagnostics: &[Diagnostic]) -> String {
    match diagnostics.iter().filter(|it| it.severity == asl::Severity::Error).count() {
        1 => format!("`{name}` is refused: 1 error"),
        count => format!("`{name}` is refused: {count} errors"),
    }
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|it| format!("`{}`", it.display())).collect::<Vec<_>>().join(", ")
}
