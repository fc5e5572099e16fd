//! `jsonata`: the JSONata language (2.2), with limits that are counts, shared values, and a caller's own documents read
//! in place. Pure: no clock, no randomness of its own, no I/O.
//!
//! An [`Expression`] is read once and evaluated in an [`Environment`]: input, variables, functions, time, entropy,
//! [`Limits`]. Values are [`Value`]s; a caller's shared JSON takes part as a [`Document`].
//!
//! ```
//! use jsonata::{Environment, Expression, Functions, Limits, ParseLimits, Value};
//!
//! let expression = Expression::parse("$sum($order.lines.price)", &ParseLimits::default())?;
//! let order = Value::from_json(r#"{"lines": [{"price": 2}, {"price": 3}]}"#)?;
//! let mut entropy = || 0;
//! let total = expression.evaluate(&mut Environment {
//!     input: None,
//!     bindings: &[("order", order)],
//!     functions: &Functions::none(),
//!     now_unix_ms: 0,
//!     entropy: &mut entropy,
//!     limits: Limits::default(),
//! })?;
//! assert_eq!(total, Some(Value::number(5.0)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod analysis;
mod ast;
pub mod aws;
mod datetime;
mod error;
mod eval;
mod expression;
mod functions;
mod host;
mod json;
mod lexer;
pub mod limits;
mod parser;
mod picture;
mod regex;
mod signature;
mod stack;
#[cfg(test)]
mod testing;
mod value;

pub use analysis::{Facts, VariablePath};
pub use error::Error;
pub use expression::Expression;
pub use host::{Bindings, Call, Environment, Functions, HostBody, HostFunction};
pub use json::JsonError;
pub use limits::{Limits, ParseLimits};
pub use value::{Array, Document, Function, Kind, Number, Object, Shape, Value};
