//! What a task was sent, read strictly: an unknown field or a wrong type is refused, with its place.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use asl::{Json, Object};

/// Why arguments are not acceptable, and where. The runner that reads them gives it an error's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
pub(crate) struct Refused {
    /// A path from the arguments' root, for example `$.Statements[0].Sql`.
    pub(crate) at: String,
    /// What is wrong there.
    pub(crate) problem: String,
}

impl Refused {
    pub(crate) fn new(at: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { at: at.into(), problem: problem.into() }
    }
}

/// The fields of one object among the arguments.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    object: &'a Object,
    at: String,
}

impl<'a> Fields<'a> {
    /// The fields of `value`, which must be an object without fields other than `known`.
    pub(crate) fn of(value: &'a Json, at: impl Into<String>, known: &[&str]) -> Result<Self, Refused> {
        let at = at.into();
        let Some(object) = value.as_object() else {
            return Err(Refused::new(at, format!("expected an object, found {}", value.kind())));
        };
        if let Some((key, _)) = object.iter().find(|(key, _)| !known.contains(&&***key)) {
            let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            return Err(Refused::new(
                format!("{at}.{}", shown(key)),
                format!("unknown field; known are {known}"),
            ));
        }
        Ok(Self { object, at })
    }

    /// The place of `name`.
    pub(crate) fn place(&self, name: &str) -> String {
        format!("{}.{name}", self.at)
    }

    /// The value of `name`, if it is there and not `null`.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Json> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// The text of `name`, if it is there.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, Refused> {
        self.typed(name, "a string", Json::as_str)
    }

    /// The text of `name`, which must be there.
    pub(crate) fn required_text(&self, name: &str) -> Result<&'a str, Refused> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// The truth value of `name`, if it is there.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Refused> {
        self.typed(name, "a boolean", Json::as_bool)
    }

    /// The whole number of `name`, at least zero, if it is there.
    pub(crate) fn count(&self, name: &str) -> Result<Option<u64>, Refused> {
        self.typed(name, "a whole number, at least 0", |value| {
            value.as_number().and_then(asl::Number::as_i64).and_then(|count| u64::try_from(count).ok())
        })
    }

    /// The items of `name`, if it is there.
    pub(crate) fn items(&self, name: &str) -> Result<Option<&'a [Json]>, Refused> {
        self.typed(name, "an array", Json::as_array)
    }

    /// What to say when `name` is not there.
    pub(crate) fn missing(&self, name: &str) -> Refused {
        Refused::new(self.place(name), "is missing")
    }

    fn typed<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'a Json) -> Option<T>,
    ) -> Result<Option<T>, Refused> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match read(value) {
            Some(read) => Ok(Some(read)),
            None => {
                Err(Refused::new(self.place(name), format!("expected {expected}, found {}", value.kind())))
            }
        }
    }
}

/// A user's text as a message shows it: bounded, without control characters.
pub(crate) fn shown(text: &str) -> String {
    const CHARS_MAX: usize = 120;
    let clean = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut out: String = clean.take(CHARS_MAX).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        out.push('…');
    }
    out
}

/// `entries` as a JSON object, those without a value left out.
pub(crate) fn object_of<const N: usize>(entries: [(&'static str, Option<Json>); N]) -> Json {
    Json::object(entries.into_iter().filter_map(|(key, value)| Some((Arc::<str>::from(key), value?))))
}
