//! From TOML text to entries: every leaf with its path and place, every unknown key and wrong type reported.

use asl::{Diagnostic, Place, Severity, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{KEYS, Kind};
use crate::suggest::closest;

/// A value that fits its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A list of texts.
    Texts(Vec<String>),
    /// Yes or no.
    Flag(bool),
}

/// One leaf of the file.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Sections and name.
    pub(crate) path: Vec<String>,
    /// What it is set to.
    pub(crate) value: Value,
    /// Where the value stands; `None` when it came from the environment.
    pub(crate) place: Option<Place>,
}

/// What a file says, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    /// Every leaf that could be understood.
    pub(crate) list: Vec<Entry>,
    /// Paths of tables, empty ones too: `[databases.shop]` alone names a database.
    pub(crate) tables: Vec<(Vec<String>, Place)>,
    /// What could not.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Bytes that no message may show: what is, or may be, a secret.
    pub(crate) hidden: Vec<std::ops::Range<usize>>,
}

/// Reads the text of a configuration.
pub(crate) fn read(text: &str) -> Entries {
    let mut entries = Entries::default();
    let (table, faults) = DeTable::parse_recoverable(text);
    for fault in faults {
        let span = fault.span().unwrap_or(text.len()..text.len());
        let message = format!("this is not TOML: {}", fault.message().to_lowercase());
        entries.report("CONFIG_SYNTAX", place(&[], span), message, None);
    }
    if entries.diagnostics.is_empty() {
        entries.walk(&mut Vec::new(), table.get_ref());
    } else {
        // Where the text cannot be understood, every value may be a secret.
        entries.hidden = values_of(text);
    }
    entries
}

/// Understands one value; the reason, if it does not fit.
pub(crate) fn fit(kind: Kind, value: &DeValue<'_>) -> Result<Value, String> {
    match (kind, value) {
        (Kind::Text, DeValue::String(text)) => Ok(Value::Text(text.to_string())),
        (Kind::Count { min, max }, DeValue::Integer(number)) => {
            let found = i128::from_str_radix(&number.as_str().replace('_', ""), number.radix());
            count(found.ok(), number.as_str(), min, max)
        }
        (Kind::Texts, DeValue::Array(items)) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned).ok_or(item.get_ref().type_str()))
            .collect::<Result<_, _>>()
            .map(Value::Texts)
            .map_err(|found| format!("is a list of texts, found {found} in it")),
        (Kind::Flag, DeValue::Boolean(flag)) => Ok(Value::Flag(*flag)),
        (kind, found) => Err(format!("is {}, found {}", expected(kind), found.type_str())),
    }
}

/// The same for a text from the environment.
pub(crate) fn fit_text(kind: Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Text => Ok(Value::Text(text.to_owned())),
        Kind::Count { min, max } => count(text.trim().parse().ok(), text, min, max),
        Kind::Flag => match text.trim() {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            _ => Err(format!("is {}, found `{}`", expected(kind), text.trim())),
        },
        Kind::Texts => Ok(Value::Texts(text.split(',').map(|it| it.trim().to_owned()).collect())),
    }
}

/// Bytes of the text as a place.
pub(crate) fn place(path: &[String], span: std::ops::Range<usize>) -> Place {
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let pointer: String = path.iter().flat_map(|part| ["/", part]).collect();
    Place { pointer: pointer.into(), span: Span { start: byte(span.start), end: byte(span.end) } }
}

impl Entries {
    /// Adds an error.
    pub(crate) fn report(&mut self, code: &'static str, place: Place, message: String, hint: Option<String>) {
        self.diagnostics.push(Diagnostic { code, severity: Severity::Error, place, message, hint });
    }

    // Recursion is bounded by the table of keys: no path is deeper than three.
    fn walk(&mut self, path: &mut Vec<String>, table: &DeTable<'_>) {
        for (key, value) in table {
            path.push(key.get_ref().to_string());
            self.take(path, key.span(), value);
            path.pop();
        }
    }

    fn take(
        &mut self,
        path: &mut Vec<String>,
        key_span: std::ops::Range<usize>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let key = KEYS.iter().find(|key| key.matches(path));
        if key.is_none_or(super::keys::Key::is_delicate) && may_be_secret(value.get_ref()) {
            self.hidden.push(value.span());
        }
        if let Some(key) = key {
            let place = place(path, value.span());
            return match fit(key.kind, value.get_ref()) {
                Ok(value) => self.list.push(Entry { path: path.clone(), value, place: Some(place) }),
                Err(problem) => {
                    self.report("CONFIG_WRONG_VALUE", place, format!("`{}` {problem}", path.join(".")), None);
                }
            };
        }
        let at = place(path, key_span);
        match value.get_ref() {
            DeValue::Table(inner) if KEYS.iter().any(|key| key.next_after(path).is_some()) => {
                self.tables.push((path.clone(), at));
                self.walk(path, inner);
            }
            found if KEYS.iter().any(|key| key.next_after(path).is_some()) => {
                let message = format!("`{}` is a table, found {}", path.join("."), found.type_str());
                self.report("CONFIG_WRONG_VALUE", at, message, None);
            }
            _ => self.unknown(path, at),
        }
    }

    fn unknown(&mut self, path: &[String], at: Place) {
        let (name, prefix) = path.split_last().expect("a key has a name");
        let mut known: Vec<&str> = KEYS.iter().filter_map(|key| key.next_after(prefix)).collect();
        known.dedup();
        let hint = match closest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "known here: {}",
                known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        self.report(
            "CONFIG_UNKNOWN_KEY",
            at,
            format!("`{}` is not a key of baton.toml", path.join(".")),
            Some(hint),
        );
    }
}

/// The text with everything hidden that no message may show; every byte keeps its place.
pub(crate) fn shown(text: &str, hidden: &[std::ops::Range<usize>]) -> String {
    let is_hidden = |at: usize| hidden.iter().any(|range| range.contains(&at));
    let bytes = text.bytes().enumerate();
    let masked = bytes.map(|(at, byte)| if is_hidden(at) && byte != b'\n' { b'*' } else { byte });
    String::from_utf8(masked.collect()).unwrap_or_default()
}

/// Everything but a table, a reference to a secret and a URL that can hold none.
fn may_be_secret(value: &DeValue<'_>) -> bool {
    match value {
        // A URL may name user and password before an `@`.
        DeValue::String(text) if ["s3:", "http:", "https:"].iter().any(|it| text.starts_with(it)) => {
            text.contains('@')
        }
        DeValue::String(text) => !["env:", "file:", "sqlite:"].iter().any(|prefix| text.starts_with(prefix)),
        DeValue::Table(_) => false,
        _ => true,
    }
}

/// What stands behind the first `=` of every line.
fn values_of(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(at) = line.find('=') {
            found.push(start + at + 1..start + line.len());
        }
        start += line.len();
    }
    found
}

fn count(found: Option<i128>, shown: &str, min: u64, max: u64) -> Result<Value, String> {
    let fits = found.and_then(|it| u64::try_from(it).ok()).filter(|it| (min..=max).contains(it));
    fits.map(Value::Count).ok_or_else(|| format!("is a whole number from {min} to {max}, found `{shown}`"))
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a text in quotes",
        Kind::Count { .. } => "a whole number",
        Kind::Texts => "a list of texts",
        Kind::Flag => "`true` or `false`",
    }
}
