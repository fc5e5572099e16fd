//! From a path's text to its segments.

use std::sync::Arc;

use super::filter::{Filter, Operand, Operator, Pattern};
use super::lexer::Cursor;
use super::{Path, PathError, Root, Segment};
use crate::json::Number;
use crate::limits::{EXPRESSION_CHARS_MAX, FILTER_DEPTH_MAX, JsonLimits, PATTERN_BYTES_MAX};
use crate::{Json, json};

pub(super) fn path(text: &str) -> Result<Path, PathError> {
    if text.len() > EXPRESSION_CHARS_MAX {
        let message = format!("a path has at most {EXPRESSION_CHARS_MAX} characters");
        return Err(PathError { offset: 0, message });
    }
    let mut cursor = Cursor::new(text);
    let root = root(&mut cursor)?;
    let segments = segments(&mut cursor, 0)?;
    if !cursor.is_at_end() {
        return Err(cursor.error("expected `.`, `[` or the end of the path"));
    }
    Ok(Path { text: text.into(), root, segments: segments.into() })
}

fn root(cursor: &mut Cursor<'_>) -> Result<Root, PathError> {
    if !cursor.eat("$") {
        return Err(cursor.error("a path starts with `$`"));
    }
    if cursor.eat("$") {
        return Ok(Root::Context);
    }
    let name = cursor.take_while(is_variable_char);
    Ok(if name.is_empty() { Root::Input } else { Root::Variable(name.into()) })
}

fn is_variable_char(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// Characters of a name after a dot. Jayway takes nearly everything that does not mean something else.
fn is_name_char(char: char) -> bool {
    !matches!(
        char,
        '.' | '['
            | ']'
            | '('
            | ')'
            | ' '
            | '\t'
            | '\n'
            | '\r'
            | ','
            | '\''
            | '"'
            | '*'
            | '?'
            | '='
            | '!'
            | '<'
            | '>'
            | '&'
            | '|'
            | '~'
    )
}

fn segments(cursor: &mut Cursor<'_>, depth: usize) -> Result<Vec<Segment>, PathError> {
    let mut segments = Vec::new();
    loop {
        if cursor.eat("..") {
            let inner = if cursor.peek() == Some('[') { bracket(cursor, depth)? } else { dotted(cursor)? };
            segments.push(Segment::Descend(Box::new(inner)));
        } else if cursor.eat(".") {
            // `$.a.['b c']` is how AWS's own guide writes it.
            let is_bracket = cursor.peek() == Some('[');
            segments.push(if is_bracket { bracket(cursor, depth)? } else { dotted(cursor)? });
        } else if cursor.peek() == Some('[') {
            segments.push(bracket(cursor, depth)?);
        } else {
            return Ok(segments);
        }
    }
}

fn dotted(cursor: &mut Cursor<'_>) -> Result<Segment, PathError> {
    if cursor.eat("*") {
        return Ok(Segment::Wildcard);
    }
    let start = cursor.at;
    let name = cursor.take_while(is_name_char);
    if name.is_empty() {
        return Err(cursor.error("expected a name or `*` after `.`"));
    }
    if cursor.peek() == Some('(') {
        let hint = if matches!(name, "length" | "size") { "; use `States.ArrayLength`" } else { "" };
        let message = format!("functions such as `{name}()` are not part of a path{hint}");
        return Err(PathError { offset: start, message });
    }
    Ok(Segment::Child(name.into()))
}

fn bracket(cursor: &mut Cursor<'_>, depth: usize) -> Result<Segment, PathError> {
    cursor.expect("[")?;
    cursor.space();
    let segment = match cursor.peek() {
        Some('*') => {
            cursor.at += 1;
            Segment::Wildcard
        }
        Some('?') => {
            cursor.at += 1;
            cursor.space();
            cursor.expect("(")?;
            let filter = or(cursor, depth + 1)?;
            cursor.space();
            cursor.expect(")")?;
            Segment::Filter(Arc::new(filter))
        }
        Some('(') => from_the_end(cursor)?,
        Some('\'' | '"') => names(cursor)?,
        Some('-' | '0'..='9' | ':') => numbers(cursor)?,
        _ => return Err(cursor.error("expected a name in quotes, a number, a slice, `*` or `?(`")),
    };
    cursor.space();
    cursor.expect("]")?;
    Ok(segment)
}

/// `(@.length-1)`: an index counted from the end, which is the only computed one that there is.
fn from_the_end(cursor: &mut Cursor<'_>) -> Result<Segment, PathError> {
    cursor.expect("(")?;
    cursor.space();
    cursor.expect("@.length")?;
    cursor.space();
    cursor.expect("-")?;
    cursor.space();
    let back = cursor.integer()?.filter(|back| *back > 0);
    let back = back.ok_or_else(|| cursor.error("expected a whole number of at least 1"))?;
    cursor.space();
    cursor.expect(")")?;
    Ok(Segment::Index(-back))
}

fn names(cursor: &mut Cursor<'_>) -> Result<Segment, PathError> {
    let mut names: Vec<Arc<str>> = vec![cursor.quoted()?.into()];
    cursor.space();
    while cursor.eat(",") {
        cursor.space();
        names.push(cursor.quoted()?.into());
        cursor.space();
    }
    Ok(match <[Arc<str>; 1]>::try_from(names) {
        Ok([name]) => Segment::Child(name),
        Err(names) => Segment::Children(names.into()),
    })
}

fn numbers(cursor: &mut Cursor<'_>) -> Result<Segment, PathError> {
    let from = cursor.integer()?;
    cursor.space();
    if cursor.eat(":") {
        let to = cursor.integer()?;
        let step = if cursor.eat(":") { cursor.integer()?.unwrap_or(1) } else { 1 };
        if step < 1 {
            return Err(cursor.error("the step of a slice is at least 1"));
        }
        return Ok(Segment::Slice { from, to, step });
    }
    let first = from.ok_or_else(|| cursor.error("expected a number"))?;
    let mut indexes = vec![first];
    while cursor.eat(",") {
        cursor.space();
        indexes.push(cursor.integer()?.ok_or_else(|| cursor.error("expected a number"))?);
        cursor.space();
    }
    Ok(if let [index] = indexes[..] { Segment::Index(index) } else { Segment::Indexes(indexes.into()) })
}

fn or(cursor: &mut Cursor<'_>, depth: usize) -> Result<Filter, PathError> {
    let mut any = vec![and(cursor, depth)?];
    cursor.space();
    while cursor.eat("||") {
        any.push(and(cursor, depth)?);
        cursor.space();
    }
    Ok(if any.len() == 1 { any.remove(0) } else { Filter::Or(any) })
}

fn and(cursor: &mut Cursor<'_>, depth: usize) -> Result<Filter, PathError> {
    let mut all = vec![term(cursor, depth)?];
    cursor.space();
    while cursor.eat("&&") {
        all.push(term(cursor, depth)?);
        cursor.space();
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
}

fn term(cursor: &mut Cursor<'_>, depth: usize) -> Result<Filter, PathError> {
    if depth > FILTER_DEPTH_MAX {
        return Err(cursor.error(format!("a filter nests at most {FILTER_DEPTH_MAX} levels")));
    }
    cursor.space();
    if cursor.eat("!") {
        return Ok(Filter::Not(Box::new(term(cursor, depth + 1)?)));
    }
    if cursor.eat("(") {
        let inner = or(cursor, depth + 1)?;
        cursor.space();
        cursor.expect(")")?;
        return Ok(inner);
    }
    let left = operand(cursor, depth)?;
    cursor.space();
    let Some(operator) = operator(cursor) else {
        return match left {
            Operand::Path { .. } => Ok(Filter::Exists(left)),
            Operand::Value(_) | Operand::Pattern(_) => Err(cursor.error("expected an operator")),
        };
    };
    cursor.space();
    let right = operand(cursor, depth)?;
    Ok(Filter::Compare { left, operator, right })
}

fn operator(cursor: &mut Cursor<'_>) -> Option<Operator> {
    // A symbol stands before those it starts with.
    const SYMBOLS: [(&str, Operator); 9] = [
        ("===", Operator::Same),
        ("!==", Operator::NotSame),
        ("=~", Operator::Matches),
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessEqual),
        (">=", Operator::GreaterEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    const WORDS: [(&str, Operator); 9] = [
        ("contains", Operator::Contains),
        ("in", Operator::In),
        ("nin", Operator::NotIn),
        ("anyof", Operator::AnyOf),
        ("noneof", Operator::NoneOf),
        ("subsetof", Operator::SubsetOf),
        ("all", Operator::All),
        ("size", Operator::Size),
        ("empty", Operator::Empty),
    ];
    if let Some((symbol, operator)) = SYMBOLS.iter().find(|(symbol, _)| cursor.rest().starts_with(symbol)) {
        cursor.at += symbol.len();
        return Some(*operator);
    }
    let start = cursor.at;
    let word = cursor.take_while(char::is_alphabetic).to_ascii_lowercase();
    let found = WORDS.iter().find(|(name, _)| *name == word);
    if found.is_none() {
        cursor.at = start;
    }
    found.map(|(_, operator)| *operator)
}

fn operand(cursor: &mut Cursor<'_>, depth: usize) -> Result<Operand, PathError> {
    match cursor.peek() {
        Some('@') => {
            cursor.at += 1;
            Ok(Operand::path(false, segments(cursor, depth)?))
        }
        Some('$') => {
            cursor.at += 1;
            Ok(Operand::path(true, segments(cursor, depth)?))
        }
        Some('\'' | '"') => cursor.quoted().map(|text| Operand::Value(Json::from(text))),
        Some('/') => pattern(cursor),
        Some('[') => list(cursor),
        Some('{') => Err(cursor.error("an object cannot be compared in a filter")),
        _ => scalar(cursor),
    }
}

fn scalar(cursor: &mut Cursor<'_>) -> Result<Operand, PathError> {
    let start = cursor.at;
    let word = cursor.take_while(|char| char.is_alphanumeric() || matches!(char, '-' | '+' | '.' | '_'));
    let value = match word {
        "true" => Some(Json::Bool(true)),
        "false" => Some(Json::Bool(false)),
        "null" => Some(Json::Null),
        // A word without quotes is a text, as it was to the versions of Jayway without functions.
        _ if word.starts_with(|char: char| char.is_alphabetic() || char == '_') => Some(Json::from(word)),
        _ => number(word).map(Json::Number),
    };
    let message = "expected a path (`@…` or `$…`), a number, a text in quotes, `true`, `false` or `null`";
    value.map(Operand::Value).ok_or_else(|| PathError { offset: start, message: message.to_owned() })
}

fn number(word: &str) -> Option<Number> {
    match json::parse(word, JsonLimits::PAYLOAD).ok()? {
        Json::Number(number) => Some(number),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn list(cursor: &mut Cursor<'_>) -> Result<Operand, PathError> {
    cursor.expect("[")?;
    let mut items = Vec::new();
    loop {
        cursor.space();
        if cursor.eat("]") {
            return Ok(Operand::Value(Json::array(items)));
        }
        match if matches!(cursor.peek(), Some('\'' | '"')) {
            Operand::Value(Json::from(cursor.quoted()?))
        } else {
            scalar(cursor)?
        } {
            Operand::Value(value) => items.push(value),
            Operand::Path { .. } | Operand::Pattern(_) => {
                return Err(cursor.error("a list holds values only"));
            }
        }
        cursor.space();
        if !cursor.eat(",") && cursor.peek() != Some(']') {
            return Err(cursor.error("expected `,` or `]`"));
        }
    }
}

/// `/expression/` with the flags `i`, `m`, `s` and `x`; `u` is always on. Linear time, bounded size.
fn pattern(cursor: &mut Cursor<'_>) -> Result<Operand, PathError> {
    let start = cursor.at;
    cursor.expect("/")?;
    let mut escaped = false;
    let source = cursor.take_while(|char| {
        let goes_on = escaped || char != '/';
        escaped = char == '\\' && !escaped;
        goes_on
    });
    cursor.expect("/")?;
    let flags = cursor.take_while(|char| "imsxu".contains(char));
    let regex = regex_lite::RegexBuilder::new(&format!("^(?:{})$", source.replace("\\/", "/")))
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .ignore_whitespace(flags.contains('x'))
        .size_limit(PATTERN_BYTES_MAX)
        .build();
    let message = |error: regex_lite::Error| format!("the regular expression is not one: {error}");
    let regex = regex.map_err(|error| PathError { offset: start, message: message(error) })?;
    Ok(Operand::Pattern(Pattern::new(regex, flags)))
}
