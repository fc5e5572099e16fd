//! Fields that need a value of one type: `Condition`, `Seconds`, `Error`, `Items`…

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{Env, Expression, Location, fault, shown};
use crate::{Fault, Json, Timestamp};

impl Expression {
    /// The truth value of a `Condition`.
    pub fn boolean(&self, at: &Location<'_>, env: &mut Env<'_>) -> Result<bool, Fault> {
        let value = self.evaluate(at, env)?;
        value.as_bool().ok_or_else(|| self.unexpected(at, "boolean", &value))
    }

    /// The text of an `Error`, a `Cause`.
    pub fn string(&self, at: &Location<'_>, env: &mut Env<'_>) -> Result<Arc<str>, Fault> {
        match self.evaluate(at, env)? {
            Json::String(text) => Ok(text),
            value => Err(self.unexpected(at, "string", &value)),
        }
    }

    /// The array of `Items`; its object where those are taken too.
    pub fn items(&self, at: &Location<'_>, takes_objects: bool, env: &mut Env<'_>) -> Result<Json, Fault> {
        match self.evaluate(at, env)? {
            items @ Json::Array(_) => Ok(items),
            items @ Json::Object(_) if takes_objects => Ok(items),
            value => Err(self.unexpected(at, "array", &value)),
        }
    }

    /// A whole number in a range: seconds, a count.
    pub fn whole(
        &self,
        at: &Location<'_>,
        range: RangeInclusive<u32>,
        env: &mut Env<'_>,
    ) -> Result<u32, Fault> {
        let value = self.evaluate(at, env)?;
        let number = value.as_number().ok_or_else(|| self.unexpected(at, "number", &value))?;
        let Some(found) = number.as_i64() else {
            return Err(fault(
                at,
                format!("The {at} field cannot be parsed as an integer: {}", shown(&value)),
            ));
        };
        u32::try_from(found).ok().filter(|found| range.contains(found)).ok_or_else(|| {
            let (min, max) = (range.start(), range.end());
            fault(at, format!("{at} must be between {min} and {max} but was: {found}"))
        })
    }

    /// A number: `ToleratedFailurePercentage`.
    pub fn number(&self, at: &Location<'_>, env: &mut Env<'_>) -> Result<f64, Fault> {
        let value = self.evaluate(at, env)?;
        let number = value.as_number().map(crate::Number::as_f64);
        number.ok_or_else(|| self.unexpected(at, "number", &value))
    }

    /// The instant of a `Timestamp`.
    pub fn timestamp(&self, at: &Location<'_>, env: &mut Env<'_>) -> Result<Timestamp, Fault> {
        let text = self.string(at, env)?;
        Timestamp::parse(&text).ok_or_else(|| {
            let what = "cannot be parsed as an ISO-8601 extended offset date-time format string";
            fault(at, format!("The {at} field {what}: {text}"))
        })
    }

    fn unexpected(&self, at: &Location<'_>, expected: &str, value: &Json) -> Fault {
        let (found, shown) = (value.kind(), shown(value));
        let what = format!(
            "returned an unexpected result type. Expected '{expected}', but was '{found}' for value: {shown}"
        );
        self.failed(at, &what)
    }
}
