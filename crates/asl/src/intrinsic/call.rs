//! Evaluating a call: arguments first, then the function.

use super::{Argument, Call, Function, array, encode, format, math, object};
use crate::env::Env;
use crate::failure::ErrorName;
use crate::{Failure, Json};

pub(super) fn evaluate(call: &Call, env: &mut Env<'_>) -> Result<Json, Failure> {
    let mut values = Vec::with_capacity(call.arguments.len());
    for argument in &call.arguments {
        values.push(match argument {
            // A backslash that no format needed any more is taken off.
            Argument::Literal(Json::String(text)) if call.function != Function::Format => {
                Json::from(format::unescape(text))
            }
            Argument::Literal(value) => value.clone(),
            Argument::Path(path) => path.select(env)?,
            Argument::Call(inner) => evaluate(inner, env)?,
        });
    }
    // INVARIANT: the parser has counted the arguments.
    match (call.function, &values[..]) {
        (Function::Format, [template, arguments @ ..]) => format::format(template, arguments, call),
        (Function::StringToJson, [text]) => object::string_to_json(text),
        (Function::JsonToString, [value]) => Ok(Json::from(value.to_text())),
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

/// `States.IntrinsicFailure`.
pub(super) fn failure(cause: impl Into<String>) -> Failure {
    Failure::new(ErrorName::INTRINSIC_FAILURE, cause.into())
}

/// The text of an argument.
pub(super) fn text<'a>(value: &'a Json, function: &str, what: &str) -> Result<&'a str, Failure> {
    value.as_str().ok_or_else(|| {
        failure(format!(
            "Invalid arguments in States.{function}: {what} must be a string, found {}",
            value.kind()
        ))
    })
}

/// The array of an argument.
pub(super) fn items<'a>(value: &'a Json, function: &str) -> Result<&'a [Json], Failure> {
    value.as_array().ok_or_else(|| {
        failure(format!(
            "Invalid arguments in States.{function}: the first argument must be an array, found {}",
            value.kind()
        ))
    })
}

/// The whole number of an argument; fractions are rounded half up, as AWS does.
pub(super) fn integer(value: &Json, function: &str, what: &str) -> Result<i64, Failure> {
    let number = value.as_number();
    let rounded = number.and_then(|number| number.as_i64().or_else(|| rounded(number.as_f64())));
    rounded.ok_or_else(|| {
        failure(format!(
            "Invalid arguments in States.{function}: {what} must be a number, found {}",
            value.kind()
        ))
    })
}

fn rounded(value: f64) -> Option<i64> {
    let rounded = (value + 0.5).floor();
    #[expect(clippy::cast_possible_truncation, reason = "checked to be within 2^53")]
    (rounded.abs() < 9_007_199_254_740_992.0).then_some(rounded as i64)
}
