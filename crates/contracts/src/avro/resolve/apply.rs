//! Carrying out a plan on one value.

use std::sync::Arc;

use super::plan::{Plan, Promotion, Source, Step, StepId};
use crate::avro::{Budget, DatumError, DatumProblem, Value};
use crate::check::Path;

/// The reader's view of `value`.
pub(crate) fn apply(plan: &Plan, value: Value) -> Result<Value, DatumError> {
    Applier { plan, budget: Budget::new() }.value(0, value, &Path::Root, 0)
}

struct Applier<'a> {
    plan: &'a Plan,
    budget: Budget,
}

impl Applier<'_> {
    /// Recursion is bounded by `DATUM_DEPTH_MAX`.
    fn value(
        &mut self,
        step: StepId,
        value: Value,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Value, DatumError> {
        self.budget.value(at, depth)?;
        let plan = self.plan;
        match (&plan.steps[step], value) {
            (Step::Same, value) => Ok(value),
            (Step::Promote(promotion), value) => promote(*promotion, value, at),
            (Step::Enum { writer, reader, symbols }, Value::Enum(symbol)) => {
                match symbols.get(symbol as usize) {
                    Some(Ok(symbol)) => Ok(Value::Enum(*symbol)),
                    Some(Err(symbol)) => Err(unknown_symbol(writer, reader, symbol, at)),
                    None => Err(foreign(&Value::Enum(symbol), at)),
                }
            }
            (Step::Array(inner), Value::Array(items)) => {
                let item = |(index, item)| self.value(*inner, item, &Path::Item(at, index), depth + 1);
                items.into_iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::Array)
            }
            (Step::Map(inner), Value::Map(entries)) => {
                let entry = |(key, value): (Arc<str>, Value)| {
                    let value = self.value(*inner, value, &Path::Field(at, &key), depth + 1)?;
                    Ok((key, value))
                };
                entries.into_iter().map(entry).collect::<Result<_, _>>().map(Value::Map)
            }
            (Step::Record(sources), Value::Record(fields)) => self.record(sources, fields, at, depth + 1),
            (Step::WriterUnion(steps), Value::Union(branch, inner)) => match steps.get(branch as usize) {
                Some(step) => self.value(*step, *inner, at, depth),
                None => Err(foreign(&Value::Union(branch, inner), at)),
            },
            (Step::ReaderUnion(branch, inner), value) => {
                Ok(Value::Union(*branch, Box::new(self.value(*inner, value, at, depth)?)))
            }
            (Step::Fail(problem), _) => Err(DatumError::new(at, DatumProblem::clone(problem))),
            (
                Step::Enum { .. } | Step::Array(_) | Step::Map(_) | Step::Record(_) | Step::WriterUnion(_),
                value,
            ) => Err(foreign(&value, at)),
        }
    }

    fn record(
        &mut self,
        sources: &[(Arc<str>, Source)],
        fields: Vec<Value>,
        at: &Path<'_>,
        depth: usize,
    ) -> Result<Value, DatumError> {
        let mut fields: Vec<Option<Value>> = fields.into_iter().map(Some).collect();
        let mut out = Vec::with_capacity(sources.len());
        for (name, source) in sources {
            let at = Path::Field(at, name);
            out.push(match source {
                Source::Default(value) => {
                    self.budget.copy(value, &at)?;
                    Value::clone(value)
                }
                Source::Field { position, step, read_again } => {
                    let slot = fields.get_mut(*position);
                    let value = match slot {
                        Some(Some(value)) if *read_again => {
                            self.budget.copy(value, &at)?;
                            Some(value.clone())
                        }
                        slot => slot.and_then(Option::take),
                    };
                    let value = value.ok_or_else(|| foreign(&Value::Null, &at))?;
                    self.value(*step, value, &at, depth)?
                }
            });
        }
        Ok(Value::Record(out))
    }
}

#[cold]
fn unknown_symbol(writer: &str, reader: &str, symbol: &str, at: &Path<'_>) -> DatumError {
    let problem = DatumProblem::Unreadable {
        writer: format!("symbol {symbol} of enum {writer}"),
        reader: format!("enum {reader}, which has no such symbol"),
    };
    DatumError::new(at, problem)
}

fn promote(promotion: Promotion, value: Value, at: &Path<'_>) -> Result<Value, DatumError> {
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what the specification asks for")]
    match (promotion, value) {
        (Promotion::Same, value) => Ok(value),
        (Promotion::Long, Value::Int(value)) => Ok(Value::Long(value.into())),
        (Promotion::Float, Value::Int(value)) => Ok(Value::Float(value as f32)),
        (Promotion::Float, Value::Long(value)) => Ok(Value::Float(value as f32)),
        (Promotion::Double, Value::Int(value)) => Ok(Value::Double(value.into())),
        (Promotion::Double, Value::Long(value)) => Ok(Value::Double(value as f64)),
        (Promotion::Double, Value::Float(value)) => Ok(Value::Double(value.into())),
        (Promotion::Bytes, Value::String(text)) => Ok(Value::Bytes(text.as_bytes().to_vec())),
        (Promotion::String, Value::Bytes(bytes)) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Value::String(text.into())),
            Err(_) => Err(DatumError::unexpected(at, "bytes that are not UTF-8", "bytes that are a string")),
        },
        (_, value) => Err(foreign(&value, at)),
    }
}

/// The value is not of the writer's schema that the plan was made for.
#[cold]
fn foreign(value: &Value, at: &Path<'_>) -> DatumError {
    let found = format!("a value of type {}", value.type_name());
    DatumError::unexpected(at, found, "a value of the writer's schema")
}
