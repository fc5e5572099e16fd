//! What `FunctionName` may say: `NAME`, `NAME:QUALIFIER`, `ACCOUNT:function:NAME[:QUALIFIER]` or a whole ARN.
//!
//! Source: Lambda, `Invoke`. One installation is one account, so region and account of an ARN are not looked at.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::limits::FUNCTION_NAME_CHARS_MAX;

/// Which function, and which version or alias of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FunctionName {
    /// The name alone.
    pub(super) name: Arc<str>,
    /// The version or alias, unless it is `$LATEST`.
    pub(super) qualifier: Option<Arc<str>>,
}

impl FunctionName {
    /// Reads what stands in `FunctionName` or in a `Resource`; `None` if that names no function.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > FUNCTION_NAME_CHARS_MAX {
            return None;
        }
        let last = match text.split_once("function:") {
            Some((before, last)) if is_owner(before) => last,
            Some(_) => return None,
            None => text,
        };
        if !is_name(last) {
            return None;
        }
        let (name, qualifier) = last.split_once(':').map_or((last, None), |(it, more)| (it, Some(more)));
        let qualifier = qualifier.filter(|it| *it != "$LATEST").map(Arc::from);
        Some(Self { name: name.into(), qualifier })
    }

    /// The same function under another qualifier; `None` if it has one already that is another.
    pub(super) fn qualified(mut self, qualifier: &str) -> Option<Self> {
        let wanted = Some(qualifier).filter(|it| *it != "$LATEST").map(Arc::from);
        if !is_qualifier(qualifier) || (self.qualifier.is_some() && self.qualifier != wanted) {
            return None;
        }
        self.qualifier = wanted;
        Some(self)
    }

    /// `NAME` or `NAME:QUALIFIER`, as it is configured.
    pub(super) fn key(&self) -> String {
        match &self.qualifier {
            None => self.name.to_string(),
            Some(qualifier) => format!("{}:{qualifier}", self.name),
        }
    }

    /// The ARN in `region` and `account`.
    pub(super) fn arn(&self, region: &str, account: &str) -> String {
        format!("arn:aws:lambda:{region}:{account}:function:{}", self.key())
    }
}

/// Whether it is `NAME` or `NAME:QUALIFIER`.
pub(super) fn is_name(text: &str) -> bool {
    let (name, qualifier) = text.split_once(':').unwrap_or((text, "$LATEST"));
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    !name.is_empty()
        && text.len() <= FUNCTION_NAME_CHARS_MAX
        && name.bytes().all(is_allowed)
        && is_qualifier(qualifier)
}

/// `$LATEST`, the number of a version, or the name of an alias.
fn is_qualifier(text: &str) -> bool {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    text == "$LATEST" || (!text.is_empty() && text.len() <= 128 && text.bytes().all(is_allowed))
}

/// What may stand before `function:`: nothing, an account, or the beginning of an ARN.
fn is_owner(text: &str) -> bool {
    let Some(owner) = text.strip_suffix(':') else { return text.is_empty() };
    let parts: Vec<&str> = owner.split(':').collect();
    match parts[..] {
        [account] => account.bytes().all(|it| it.is_ascii_digit()),
        ["arn", partition, "lambda", _, _] => partition.starts_with("aws"),
        _ => false,
    }
}
