//! Comparing a recorded value, in which some words are masks, with what the interpreter made.
//!
//! The rules are those of the recordings' own runner (`run.py`): a text that is JSON compares as JSON, a mask stands for
//! any text *in its place*, what is around it must be there word for word.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::{Map, Value};

/// What is behind the masks of a case.
pub(crate) struct Comparer {
    whole: Vec<String>,
    known: BTreeMap<String, String>,
    token: Regex,
}

/// What differs: where, what AWS said, what we say.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    pub(crate) path: String,
    pub(crate) want: Value,
    pub(crate) got: Value,
}

const ISO_DATE: &str = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)";

impl Comparer {
    /// `known` are values of masks that are known; every other `part` of `masks` stands for any text.
    pub(crate) fn new(masks: &Value, known: BTreeMap<String, String>) -> Self {
        let texts = |key: &str| masks[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        let whole = texts("whole").chain(["timestamp", "datetime"]).map(str::to_owned).collect();
        let mut tokens: Vec<&str> = texts("part").chain(known.keys().map(String::as_str)).collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.len()));
        tokens.dedup();
        let numbered = |token: &str| token.starts_with('<') && token.ends_with(':');
        let own =
            tokens.iter().map(|token| regex_lite::escape(token) + if numbered(token) { r"\d+>" } else { "" });
        let usual = [
            r"<(?:MapRunArnPart|ArnPart|ExecArnPart|SyncExecArn_Part|ExpressExecArn_Part)[\d_]+idx>",
            r"<uuid:\d+>|<json-input:\d+>|<region>|<partition>|1{12}|\bdate\b",
        ];
        let all: Vec<String> = own.chain(usual.map(str::to_owned)).collect();
        let token = Regex::new(&all.join("|")).expect("the masks make an expression");
        Self { whole, known, token }
    }

    /// What differs, at most `limit` of it.
    pub(crate) fn differences(&self, want: &Value, got: &Value, limit: usize) -> Vec<Difference> {
        let mut out = Vec::new();
        self.compare("$", want, got, &mut out, limit);
        out
    }

    fn compare(&self, path: &str, want: &Value, got: &Value, out: &mut Vec<Difference>, limit: usize) {
        if out.len() >= limit {
            return;
        }
        let same = match (want, got) {
            (Value::String(want), _) => {
                (self.is_whole(want) && !got.is_null()) || self.is_same_text(want, got)
            }
            (Value::Object(_) | Value::Array(_), Value::String(text)) => match serde_json::from_str(text) {
                Ok(parsed) => return self.compare_parts(path, want, &parsed, out, limit),
                Err(_) => false,
            },
            (Value::Object(_) | Value::Array(_), _) => {
                return self.compare_parts(path, want, got, out, limit);
            }
            (Value::Number(want), Value::Number(got)) => want == got || want.as_f64() == got.as_f64(),
            _ => want == got,
        };
        if !same {
            out.push(Difference { path: path.into(), want: want.clone(), got: got.clone() });
        }
    }

    fn compare_parts(&self, path: &str, want: &Value, got: &Value, out: &mut Vec<Difference>, limit: usize) {
        match (want, got) {
            (Value::Object(want), Value::Object(got)) => self.compare_objects(path, want, got, out, limit),
            (Value::Array(want), Value::Array(got)) => {
                if want.len() != got.len() {
                    let (want, got) = (Value::from(want.len()), Value::from(got.len()));
                    out.push(Difference { path: format!("{path}.length"), want, got });
                }
                for (at, (want, got)) in want.iter().zip(got).enumerate() {
                    self.compare(&format!("{path}[{at}]"), want, got, out, limit);
                }
            }
            _ => out.push(Difference { path: path.into(), want: want.clone(), got: got.clone() }),
        }
    }

    fn compare_objects(
        &self,
        path: &str,
        want: &Map<String, Value>,
        got: &Map<String, Value>,
        out: &mut Vec<Difference>,
        limit: usize,
    ) {
        let is_twin = |want: &str, got: &str| self.is_same_text(want, &Value::from(got));
        for (key, value) in want {
            let twin =
                || got.iter().find(|(it, _)| !want.contains_key(*it) && is_twin(key, it)).map(|it| it.1);
            let path = format!("{path}.{key}");
            match got.get(key).or_else(twin) {
                Some(got) => self.compare(&path, value, got, out, limit),
                None => out.push(Difference { path, want: value.clone(), got: "<missing>".into() }),
            }
        }
        for (key, value) in got {
            if !want.contains_key(key) && !want.keys().any(|it| is_twin(it, key)) {
                let path = format!("{path}.{key}");
                out.push(Difference { path, want: "<absent>".into(), got: value.clone() });
            }
        }
    }

    fn is_whole(&self, want: &str) -> bool {
        self.whole.iter().any(|mask| mask == want)
    }

    fn is_same_text(&self, want: &str, got: &Value) -> bool {
        if self.is_whole(want) {
            return true;
        }
        let Value::String(got) = got else { return false };
        if want == got || self.pattern(want).is_some_and(|pattern| pattern.is_match(got)) {
            return true;
        }
        let may_be_json = |text: &str| text.starts_with(['[', '{']);
        if !may_be_json(want) || !may_be_json(got) {
            return false;
        }
        match (serde_json::from_str(want), serde_json::from_str(got)) {
            (Ok(want), Ok(got)) => self.differences(&want, &got, 1).is_empty(),
            _ => false,
        }
    }

    /// The text with its masks opened; `None` if there are none in it.
    fn pattern(&self, want: &str) -> Option<Regex> {
        let (mut out, mut last) = (String::from("^"), 0);
        for token in self.token.find_iter(want) {
            out += &regex_lite::escape(&want[last..token.start()]);
            let opened = match token.as_str() {
                known if self.known.contains_key(known) => regex_lite::escape(&self.known[known]),
                "<region>" => "[a-z0-9-]+".into(),
                "<partition>" => "aws[a-z-]*".into(),
                "111111111111" => r"\d{12}".into(),
                "date" => format!("(?:date|{ISO_DATE})"),
                _ => "(?s:.+?)".to_owned(),
            };
            out += &opened;
            last = token.end();
        }
        if last == 0 {
            return None;
        }
        out += &regex_lite::escape(&want[last..]);
        out.push('$');
        Some(Regex::new(&out).expect("a text with masks makes an expression"))
    }
}
