//! `asl`: the Amazon States Language, read, validated and evaluated. Pure: no clock, no randomness of its own, no I/O.
//!
//! Text becomes a [`StateMachine`] or a list of [`Diagnostic`]s ([`parse_definition`]); paths, templates, intrinsic
//! functions and choice rules are compiled once and evaluated on an [`Env`]. What a state *does* is the room `machine`.

pub mod arn;
pub mod catch;
pub mod contract;
pub mod definition;
pub mod diagnostic;
pub mod entropy;
pub mod env;
pub mod failure;
pub mod intrinsic;
pub mod json;
pub mod jsonata;
pub mod limits;
pub mod measure;
pub mod parse;
pub mod path;
pub mod payload;
pub mod resource;
pub mod retry;
pub mod rule;
mod source;
pub mod state;
pub mod template;
pub mod test_file;
pub mod timestamp;

pub use definition::{QueryLanguage, Scope, ScopeId, State, StateId, StateMachine, Transition};
pub use diagnostic::{Diagnostic, Place, Severity, Span};
pub use entropy::Entropy;
pub use env::{Context, Env, Variables};
pub use failure::{ErrorName, Failure, Fault};
pub use json::{Json, JsonError, Number, Object};
pub use limits::JsonLimits;
pub use parse::{Parsed, ParsedSideFile, ParsedTestFile, parse_definition, parse_side_file, parse_test_file};
pub use payload::Payload;
pub use test_file::{TestCase, TestFile};
pub use timestamp::Timestamp;
