//! The codes of diagnostics. Each has a page in `docs/reference/errors/`; none is ever given another meaning.
//!
//! Finer than AWS's, which says `SCHEMA_VALIDATION_FAILED` to most of them.

/// A field, or work, that a Map of this mode does not have.
pub(super) const MAP_MODE: &str = "UNSUPPORTED_MAP_MODE";
/// A field of the other query language, or a language that a state may not have.
pub(super) const QUERY_LANGUAGE: &str = "QUERY_LANGUAGE_MISMATCH";
/// An expression that refers to what is not there in a state. AWS's code.
pub(super) const UNSUPPORTED_JSONATA: &str = crate::jsonata::UNSUPPORTED;
/// A text that looks like an expression and is none.
pub(super) const NO_EXPRESSION: &str = "NO_EXPRESSION";
/// A field that its object cannot do without. To AWS all of these are `SCHEMA_VALIDATION_FAILED`.
pub(super) const MISSING_FIELD: &str = "MISSING_FIELD";
/// A field that its object does not have.
pub(super) const UNKNOWN_FIELD: &str = "UNKNOWN_FIELD";
/// Two fields that exclude each other.
pub(super) const CONFLICT: &str = "CONFLICTING_FIELDS";
/// A number, a list or a text that is too small or too large.
pub(super) const RANGE: &str = "OUT_OF_RANGE";
/// A path or an intrinsic function that cannot be read, or means something else than its field needs.
pub(super) const PATH: &str = "INVALID_PATH";
/// A value of the wrong type, or none of those that its field knows. AWS's code.
pub(super) const SCHEMA: &str = "SCHEMA_VALIDATION_FAILED";
/// A `Resource` that names no work.
pub(super) const RESOURCE: &str = "INVALID_RESOURCE";
/// A state's name that is empty or too long.
pub(super) const STATE_NAME: &str = "INVALID_STATE_NAME";
/// Neither `Next` nor `End`.
pub(super) const TRANSITION: &str = "MISSING_TRANSITION";
/// `Next`, `StartAt`, `Default` names no state of this scope, or a state is reached by none. AWS's code for both.
pub(super) const TARGET: &str = "MISSING_TRANSITION_TARGET";
/// Two states of one name. AWS's code.
pub(super) const DUPLICATE_STATE: &str = "DUPLICATE_STATE_NAME";
/// Nothing in a scope ends it. AWS's code.
pub(super) const NO_TERMINAL: &str = "MISSING_END_STATE";
/// A key stands twice in one object.
pub(super) const DUPLICATE_KEY: &str = "DUPLICATE_KEY";
/// A `Contract` that cannot be meant.
pub(super) const CONTRACT: &str = "INVALID_CONTRACT";
/// A variable is read and never assigned, or assigned where it must not be.
pub(super) const VARIABLE: &str = "INVALID_VARIABLE";
/// A side file speaks of a state that the machine has not.
pub(super) const UNKNOWN_STATE: &str = "CONTRACT_UNKNOWN_STATE";
/// A test file speaks of a state that the machine has not.
pub(crate) const TEST_UNKNOWN_STATE: &str = "TEST_UNKNOWN_STATE";
/// Parallel and Map states inside each other beyond a limit of ours.
pub(super) const TOO_DEEP: &str = "TOO_DEEPLY_NESTED";
/// A field of a template looks like a path and does not end in `.$`. AWS's code.
pub(super) const NO_DOLLAR: &str = "NO_DOLLAR";
/// A `Result` looks as if it held paths; it is passed on as it is. AWS's code.
pub(super) const STATIC_RESULT: &str = "PASS_RESULT_IS_STATIC";
/// States beyond a limit of ours.
pub(super) const TOO_MANY_STATES: &str = "TOO_MANY_STATES";
/// Problems beyond what is shown.
pub(super) const TOO_MANY_DIAGNOSTICS: &str = "TOO_MANY_DIAGNOSTICS";
