//! `$base64encode`, `$base64decode` and the URL functions.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Args, Entry};
use crate::error::Error;
use crate::eval::{Evaluator, Outcome, Site};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("base64encode", "<s-:s>", 1, base64_encode),
    ("base64decode", "<s-:s>", 1, base64_decode),
    ("encodeUrlComponent", "<s-:s>", 1, encode_component),
    ("encodeUrl", "<s-:s>", 1, encode_url),
    ("decodeUrlComponent", "<s-:s>", 1, decode_component),
    ("decodeUrl", "<s-:s>", 1, decode_url),
];

/// Padding may be left out, as most decoders have it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// What `encodeURIComponent` leaves alone beside letters and digits.
const COMPONENT_KEPT: &str = "-_.!~*'()";
/// What `encodeURI` leaves alone beside letters and digits.
const URL_KEPT: &str = "-_.!~*'();/?:@&=+$,#";
/// What `decodeURI` leaves encoded.
const URL_RESERVED: &str = ";/?:@&=+$,#";

fn base64_encode(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(text) = args.text(0) else { return Ok(None) };
    evaluator.charge_text(text.len() / 3 * 4 + 4)?;
    evaluator.text(BASE64.encode(text.as_bytes()))
}

fn base64_decode(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    let Some(text) = args.text(0) else { return Ok(None) };
    let clean: Vec<u8> = text.bytes().filter(|it| !it.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(clean).map_err(|_| {
        Error::new("D3140").with("value", &text).saying("Malformed base64 passed to $base64decode()")
    })?;
    evaluator.text(String::from_utf8_lossy(&bytes).into_owned())
}

fn encode_component(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    encode(evaluator, &args, COMPONENT_KEPT)
}

fn encode_url(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    encode(evaluator, &args, URL_KEPT)
}

fn encode(evaluator: &mut Evaluator<'_, '_>, args: &Args, kept: &str) -> Outcome {
    let Some(text) = args.text(0) else { return Ok(None) };
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(hex_digit));
        }
    }
    evaluator.text(out)
}

fn decode_component(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    decode(evaluator, &args, "", "decodeUrlComponent")
}

fn decode_url(evaluator: &mut Evaluator<'_, '_>, args: Args, _: Site<'_>) -> Outcome {
    decode(evaluator, &args, URL_RESERVED, "decodeUrl")
}

fn decode(evaluator: &mut Evaluator<'_, '_>, args: &Args, reserved: &str, name: &str) -> Outcome {
    let Some(text) = args.text(0) else { return Ok(None) };
    let malformed = || {
        let shown = crate::value::Value::String(text.clone()).preview(100);
        Error::new("D3140").with("value", shown).about(name)
    };
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            out.push(*first);
            continue;
        }
        let digits = rest.get(..2).and_then(|it| std::str::from_utf8(it).ok()).ok_or_else(malformed)?;
        let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok().filter(|_| is_hex).ok_or_else(malformed)?;
        if reserved.as_bytes().contains(&byte) {
            out.extend([b'%', rest[0], rest[1]]);
        } else {
            out.push(byte);
        }
        rest = &rest[2..];
    }
    let out = String::from_utf8(out).map_err(|_| malformed())?;
    evaluator.text(out)
}

fn hex_digit(nibble: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(nibble)])
}
