//! Base64 and hashes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

use super::call::{failure, text};
use crate::{Failure, Json};

/// Characters that Base64 and hashes take at most. AWS: 10,000.
const INPUT_CHARS_MAX: usize = 10_000;

pub(super) fn base64_encode(value: &Json) -> Result<Json, Failure> {
    let text = bounded(text(value, "Base64Encode", "the argument")?, "Base64Encode")?;
    Ok(Json::from(STANDARD.encode(text)))
}

pub(super) fn base64_decode(value: &Json) -> Result<Json, Failure> {
    let text = bounded(text(value, "Base64Decode", "the argument")?, "Base64Decode")?;
    let bytes = STANDARD
        .decode(text)
        .map_err(|_| failure("Invalid arguments in States.Base64Decode: the argument is not Base64"))?;
    String::from_utf8(bytes)
        .map(Json::from)
        .map_err(|_| failure("Invalid arguments in States.Base64Decode: the decoded bytes are not UTF-8"))
}

pub(super) fn hash(data: &Json, algorithm: &Json) -> Result<Json, Failure> {
    // AWS hashes a string as it is and any other value by its JSON text.
    let data = data.as_str().map_or_else(|| data.to_text(), str::to_owned);
    let data = bounded(&data, "Hash")?.as_bytes();
    let digest = match text(algorithm, "Hash", "the algorithm")? {
        "MD5" => md5::Md5::digest(data).to_vec(),
        "SHA-1" => sha1::Sha1::digest(data).to_vec(),
        "SHA-256" => sha2::Sha256::digest(data).to_vec(),
        "SHA-384" => sha2::Sha384::digest(data).to_vec(),
        "SHA-512" => sha2::Sha512::digest(data).to_vec(),
        other => {
            return Err(failure(format!(
                "Invalid arguments in States.Hash: `{other}` is not one of MD5, SHA-1, SHA-256, SHA-384, SHA-512"
            )));
        }
    };
    Ok(Json::from(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

fn bounded<'a>(text: &'a str, function: &str) -> Result<&'a str, Failure> {
    let length = text.chars().count();
    if length <= INPUT_CHARS_MAX {
        return Ok(text);
    }
    Err(failure(format!(
        "Invalid arguments in States.{function}: the argument has {length} characters, at most {INPUT_CHARS_MAX} are allowed"
    )))
}
