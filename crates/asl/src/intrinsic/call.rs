//! Evaluating a call: arguments first, then the function.

use super::{Argument, Call, Function, array, encode, format, math, object};
use crate::env::Env;
use crate::failure::ErrorName;
use crate::measure::bounded_text;
use crate::path::Path;
use crate::{Failure, Json};

pub(super) fn evaluate(call: &Call, env: &mut Env<'_>) -> Result<Json, Failure> {
    if let (Function::Format, [Argument::Template(pieces), arguments @ ..]) =
        (call.function, &call.arguments[..])
    {
        return format::fill(pieces, &values(arguments, env)?);
    }
    let values = values(&call.arguments, env)?;
    // INVARIANT: the parser has counted the arguments.
    match (call.function, &values[..]) {
        (Function::Format, [template, arguments @ ..]) => format::format(template, arguments),
        (Function::StringToJson, [text]) => object::string_to_json(text),
        (Function::JsonToString, [value]) => bounded_text(value).map(Json::from),
        (Function::Array, all) => Ok(Json::array(all.iter().cloned())),
        (Function::ArrayPartition, [array, size]) => array::partition(array, size),
        (Function::ArrayContains, [array, value]) => array::contains(array, value),
        (Function::ArrayRange, [first, last, step]) => array::range(first, last, step),
        (Function::ArrayGetItem, [array, index]) => array::get_item(array, index),
        (Function::ArrayLength, [array]) => array::length(array),
        (Function::ArrayUnique, [array]) => array::unique(array),
        (Function::Base64Encode, [text]) => encode::base64_encode(text),
        (Function::Base64Decode, [text]) => encode::base64_decode(text),
        (Function::Hash, [data, algorithm]) => encode::hash(data, algorithm),
        (Function::JsonMerge, [first, second, deep]) => object::merge(first, second, deep),
        (Function::MathRandom, [start, end, seed @ ..]) => math::random(start, end, seed.first(), env),
        (Function::MathAdd, [a, b]) => math::add(a, b),
        (Function::StringSplit, [text, delimiters]) => format::split(text, delimiters),
        (Function::Uuid, _) => Ok(Json::from(env.entropy.uuid_v4())),
        _ => unreachable!("the parser counts arguments"),
    }
}

fn values(arguments: &[Argument], env: &mut Env<'_>) -> Result<Vec<Json>, Failure> {
    let value = |argument: &Argument| match argument {
        Argument::Literal(value) => Ok(value.clone()),
        Argument::Path(path) => path.look(env)?.ok_or_else(|| missing(path, env)),
        Argument::Call(inner) => evaluate(inner, env),
        Argument::Template(_) => unreachable!("only `States.Format` has one, and takes it off"),
    };
    arguments.iter().map(value).collect()
}

fn missing(path: &Path, env: &Env<'_>) -> Failure {
    let input = path.start(env).map_or_else(|| Ok(String::new()), bounded_text);
    let text = path.text();
    input.map_or_else(
        |failure| failure,
        |input| {
            let what = "The JsonPath argument for the field";
            Failure::runtime(format!("{what} '{text}' could not be found in the input '{input}'"))
        },
    )
}

/// `States.IntrinsicFailure`.
pub(super) fn failure(cause: impl Into<String>) -> Failure {
    Failure::new(ErrorName::INTRINSIC_FAILURE, cause.into())
}

/// The text of an argument.
pub(super) fn text<'a>(value: &'a Json, what: &str) -> Result<&'a str, Failure> {
    value.as_str().ok_or_else(|| failure(format!("{what} must be a string, found {}", value.kind())))
}

/// The array of an argument.
pub(super) fn items(value: &Json) -> Result<&[Json], Failure> {
    let wrong = || failure(format!("the first argument must be an array, found {}", value.kind()));
    value.as_array().ok_or_else(wrong)
}

/// The whole number of an argument; fractions are rounded half up (-1.5 gives -1), as AWS's answers show.
pub(super) fn integer(value: &Json, what: &str) -> Result<i64, Failure> {
    let Some(number) = value.as_number() else {
        return Err(failure(format!("{what} must be a number, found {}", value.kind())));
    };
    let rounded = number.as_i64().or_else(|| rounded(number.as_f64()));
    rounded
        .ok_or_else(|| failure(format!("{what} must be a whole number of at most 53 bits, found {number}")))
}

fn rounded(value: f64) -> Option<i64> {
    let rounded = (value + 0.5).floor();
    #[expect(clippy::cast_possible_truncation, reason = "checked to be within 2^53")]
    (rounded.abs() < 9_007_199_254_740_992.0).then_some(rounded as i64)
}
