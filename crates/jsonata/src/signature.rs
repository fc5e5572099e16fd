//! Function signatures: `<s-n?:s>`, and whether arguments fit them.
//!
//! Spec: "Function signature syntax" of the JSONata documentation. A parameter is a type (`b n s l o a f`), a choice
//! `(sn)`, `j` (any JSON) or `x` (anything), with `?` (may be left out), `+` (one or more) or `-` (the context if it is
//! left out). `a<n>` is an array of numbers. A value where an array is wanted becomes an array of one.

#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::value::{Items, Kind, Value};

/// What a function takes.
#[derive(Debug)]
pub(crate) struct Signature {
    parameters: Vec<Parameter>,
}

#[expect(clippy::struct_excessive_bools, reason = "four marks that a signature sets one by one")]
#[derive(Debug, Clone)]
struct Parameter {
    /// Symbols of arguments that fit; `m` is an argument that is nothing.
    accepts: String,
    /// The type is `a`: what is no array becomes one.
    is_array: bool,
    /// The context is taken if the argument is left out.
    is_contextual: bool,
    is_optional: bool,
    is_repeated: bool,
    /// Symbol of the items of an array.
    items: Option<char>,
}

/// Arguments that fit; `None` is nothing.
pub(crate) type Arguments = Vec<Option<Value>>;

impl Signature {
    /// Reads `<…>`.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let inner = text.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
        let inner = inner.ok_or_else(|| unreadable(text))?;
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut rest = inner;
        while let Some(symbol) = rest.chars().next() {
            if symbol == ':' {
                break;
            }
            rest = match symbol {
                '-' | '?' | '+' => {
                    let last = parameters.last_mut().ok_or_else(|| unreadable(text))?;
                    last.modify(symbol);
                    &rest[1..]
                }
                '(' => choice(rest, text, &mut parameters)?,
                '<' => subtype(rest, text, &mut parameters)?,
                _ => {
                    parameters.push(Parameter::of(symbol).ok_or_else(|| unreadable(text))?);
                    &rest[symbol.len_utf8()..]
                }
            };
        }
        Ok(Self { parameters })
    }

    /// The arguments as the function takes them; `context` stands in for one that is left out.
    pub(crate) fn check(&self, given: Arguments, context: Option<&Value>) -> Result<Arguments, Error> {
        let symbols: Vec<char> = given.iter().map(|it| symbol_of(it.as_ref())).collect();
        let mut counts = vec![0; self.parameters.len()];
        if !fits(&self.parameters, &symbols, &mut counts) {
            return Err(self.misfit(&given, &symbols));
        }
        let mut given = given.into_iter().enumerate();
        let mut out = Vec::with_capacity(self.parameters.len());
        for (parameter, count) in self.parameters.iter().zip(counts) {
            if count == 0 {
                out.push(parameter.left_out(context, out.len())?);
            }
            for (index, argument) in given.by_ref().take(count) {
                out.push(parameter.take(argument, index)?);
            }
        }
        Ok(out)
    }

    /// The error for the first argument that does not fit.
    fn misfit(&self, given: &Arguments, symbols: &[char]) -> Error {
        let mut good = 0;
        for end in 1..=self.parameters.len() {
            match longest_fit(&self.parameters[..end], symbols) {
                Some(count) => good = count,
                None => break,
            }
        }
        let value = given.get(good).and_then(Option::as_ref);
        Error::new("T0410").value(value).with("index", good + 1)
    }
}

impl Parameter {
    fn of(symbol: char) -> Option<Self> {
        let accepts = match symbol {
            's' | 'n' | 'b' | 'l' | 'o' => format!("{symbol}m"),
            'a' | 'x' => "asnblfom".to_owned(),
            'f' => "f".to_owned(),
            'j' => "asnblom".to_owned(),
            _ => return None,
        };
        Some(Self {
            accepts,
            is_array: symbol == 'a',
            is_contextual: false,
            is_optional: false,
            is_repeated: false,
            items: None,
        })
    }

    fn modify(&mut self, symbol: char) {
        match symbol {
            '-' => {
                self.is_contextual = true;
                self.is_optional = true;
            }
            '?' => self.is_optional = true,
            _ => self.is_repeated = true,
        }
    }

    fn left_out(&self, context: Option<&Value>, index: usize) -> Result<Option<Value>, Error> {
        if !self.is_contextual {
            return Ok(None);
        }
        if self.accepts.contains(symbol_of(context)) {
            return Ok(context.cloned());
        }
        Err(Error::new("T0411").value(context).with("index", index + 1))
    }

    fn take(&self, argument: Option<Value>, index: usize) -> Result<Option<Value>, Error> {
        let Some(value) = argument.filter(|_| true) else { return Ok(None) };
        if !self.is_array {
            return Ok(Some(value));
        }
        let value = if value.is_array() { value } else { Value::array([value]) };
        match self.items {
            Some(symbol) => of_items(value, symbol, index).map(Some),
            None => Ok(Some(value)),
        }
    }
}

/// An array whose items are all of one type. A document is read here once, so that the function need not do it again.
fn of_items(array: Value, symbol: char, index: usize) -> Result<Value, Error> {
    let is_right = |item: &Value| symbol_of(Some(item)) == symbol || symbol == 'x';
    let is_fit = match &array {
        Value::Array(own) => own.items().iter().all(is_right),
        _ => {
            let items = array.items().map(Items::to_vec).unwrap_or_default();
            if items.iter().all(is_right) {
                return Ok(Value::array(items));
            }
            false
        }
    };
    if is_fit {
        return Ok(array);
    }
    Err(Error::new("T0412").value(Some(&array)).with("index", index + 1).with("type", type_name(symbol)))
}

fn choice<'a>(rest: &'a str, text: &str, parameters: &mut Vec<Parameter>) -> Result<&'a str, Error> {
    let (choices, after) = rest[1..].split_once(')').ok_or_else(|| unreadable(text))?;
    if choices.contains('<') {
        return Err(Error::new("S0402").with("value", choices));
    }
    let mut parameter = Parameter::of('x').ok_or_else(|| unreadable(text))?;
    parameter.accepts = format!("{choices}m");
    parameters.push(parameter);
    Ok(after)
}

fn subtype<'a>(rest: &'a str, text: &str, parameters: &mut [Parameter]) -> Result<&'a str, Error> {
    let mut depth = 0_usize;
    let end = rest.char_indices().find_map(|(at, symbol)| {
        depth += usize::from(symbol == '<');
        depth -= usize::from(symbol == '>');
        (depth == 0).then_some(at)
    });
    let end = end.ok_or_else(|| unreadable(text))?;
    let parameter = parameters.last_mut().ok_or_else(|| unreadable(text))?;
    let is_function = parameter.accepts == "f";
    if !parameter.is_array && !is_function {
        return Err(Error::new("S0401").with("value", rest));
    }
    parameter.items = rest[1..end].chars().next().filter(|_| !is_function);
    Ok(&rest[end + 1..])
}

/// Whether `symbols` can be dealt out to all of `parameters`, each taking as many as it may; `counts` says how.
fn fits(parameters: &[Parameter], symbols: &[char], counts: &mut [usize]) -> bool {
    let Some((first, others)) = parameters.split_first() else { return symbols.is_empty() };
    let run = symbols.iter().take_while(|it| first.accepts.contains(**it)).count();
    let most = if first.is_repeated { run } else { run.min(1) };
    let least = usize::from(!first.is_optional);
    let mut count = most;
    while count >= least {
        if fits(others, &symbols[count..], &mut counts[1..]) {
            counts[0] = count;
            return true;
        }
        if count == 0 {
            return false;
        }
        count -= 1;
    }
    false
}

/// How many of `symbols` from the first on can be dealt out to `parameters`, if all of them get what they need.
fn longest_fit(parameters: &[Parameter], symbols: &[char]) -> Option<usize> {
    let mut counts = vec![0; parameters.len()];
    (0..=symbols.len()).rev().find(|count| fits(parameters, &symbols[..*count], &mut counts))
}

fn symbol_of(value: Option<&Value>) -> char {
    match value.map(Value::kind) {
        None => 'm',
        Some(Kind::Null) => 'l',
        Some(Kind::Boolean) => 'b',
        Some(Kind::Number) => 'n',
        Some(Kind::String) => 's',
        Some(Kind::Array) => 'a',
        Some(Kind::Object) => 'o',
        Some(Kind::Function) => 'f',
    }
}

fn type_name(symbol: char) -> &'static str {
    match symbol {
        'a' => "arrays",
        'b' => "booleans",
        'f' => "functions",
        'n' => "numbers",
        'o' => "objects",
        's' => "strings",
        _ => "values",
    }
}

fn unreadable(text: &str) -> Error {
    Error::new("S0403").with("value", text)
}
