//! Base64 and hashes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

use super::call::{failure, text};
use crate::limits::ENCODE_CHARS_MAX;
use crate::measure::bounded_text;
use crate::{Failure, Json};

pub(super) fn base64_encode(value: &Json) -> Result<Json, Failure> {
    let text = bounded(text(value, "the argument")?)?;
    Ok(Json::from(STANDARD.encode(text)))
}

pub(super) fn base64_decode(value: &Json) -> Result<Json, Failure> {
    let text = bounded(text(value, "the argument")?)?;
    let bytes = STANDARD.decode(text).map_err(|_| failure("the argument is not Base64"))?;
    String::from_utf8(bytes).map(Json::from).map_err(|_| failure("the decoded bytes are not UTF-8"))
}

pub(super) fn hash(data: &Json, algorithm: &Json) -> Result<Json, Failure> {
    // A string is hashed as it is, any other value by its JSON text.
    let data = data.as_str().map_or_else(|| bounded_text(data), |text| Ok(text.to_owned()))?;
    let data = bounded(&data)?.as_bytes();
    let digest = match text(algorithm, "the algorithm")? {
        "MD5" => md5::Md5::digest(data).to_vec(),
        "SHA-1" => sha1::Sha1::digest(data).to_vec(),
        "SHA-256" => sha2::Sha256::digest(data).to_vec(),
        "SHA-384" => sha2::Sha384::digest(data).to_vec(),
        "SHA-512" => sha2::Sha512::digest(data).to_vec(),
        other => {
            return Err(failure(format!("`{other}` is not one of MD5, SHA-1, SHA-256, SHA-384, SHA-512")));
        }
    };
    Ok(Json::from(crate::entropy::hex(&digest)))
}

fn bounded(text: &str) -> Result<&str, Failure> {
    let length = text.chars().count();
    if length <= ENCODE_CHARS_MAX {
        return Ok(text);
    }
    Err(failure(format!("the argument has {length} characters, at most {ENCODE_CHARS_MAX} are allowed")))
}
