//! `getObject` and `headObject`.

use std::ops::Range;

use asl::Json;
use object_store::{Attribute, GetOptions, GetRange};

use super::answer::{CONTENT_TYPE, condition, e_tag, from_headers, in_order, last_modified};
use super::bucket::{Bucket, Found};
use super::error::Fault;
use crate::arguments::{Fields, shown};

/// The object and its body.
pub(super) async fn get(bucket: &Bucket, arguments: &Json, bytes_max: usize) -> Result<Json, Fault> {
    let known = ["Bucket", "Key", "Range", "IfMatch", "IfNoneMatch", "VersionId"];
    let fields = Fields::of(arguments, "$", &known)?;
    let key = bucket.key(fields.required_text("Key")?)?;
    let range = fields.text("Range")?.map(range_of).transpose()?;
    let is_part = range.is_some();
    let options = options_of(bucket, &fields)?.with_range(range);
    let mut found = bucket.get(&key, options, bytes_max).await?;
    let body = String::from_utf8(std::mem::take(&mut found.body)).map_err(|_| Fault::NotText)?;
    let part = is_part.then(|| content_range(&found.range, found.meta.size));
    let bytes = found.range.end.saturating_sub(found.range.start);
    Ok(answer(&found, bytes, [("Body", Some(Json::from(body))), ("ContentRange", part)]))
}

/// The object without its body.
pub(super) async fn head(bucket: &Bucket, arguments: &Json) -> Result<Json, Fault> {
    let fields = Fields::of(arguments, "$", &["Bucket", "Key", "IfMatch", "IfNoneMatch", "VersionId"])?;
    let key = bucket.key(fields.required_text("Key")?)?;
    let options = options_of(bucket, &fields)?.with_head(true);
    let found = bucket.get(&key, options, 0).await?;
    Ok(answer(&found, found.meta.size, [("Body", None), ("ContentRange", None)]))
}

fn answer(found: &Found, bytes: u64, of_body: [(&'static str, Option<Json>); 2]) -> Json {
    let [body, range] = of_body;
    let content_type = found.attributes.get(&Attribute::ContentType).map_or(CONTENT_TYPE, |it| it.as_ref());
    in_order(
        [
            body,
            range,
            ("AcceptRanges", Some(Json::from("bytes"))),
            ("ContentLength", Some(Json::from(bytes))),
            ("ContentType", Some(Json::from(content_type))),
            ("ETag", e_tag(found.meta.e_tag.as_deref())),
            ("LastModified", last_modified(&found.meta)),
            ("Metadata", Some(metadata(found))),
        ],
        from_headers(&found.headers),
    )
}

fn metadata(found: &Found) -> Json {
    let mut pairs: Vec<(String, Json)> = Vec::new();
    for (name, value) in &found.attributes {
        if let Attribute::Metadata(name) = name {
            pairs.push((name.to_string(), Json::from(value.as_ref())));
        }
    }
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    Json::object(pairs)
}

fn options_of(bucket: &Bucket, fields: &Fields<'_>) -> Result<GetOptions, Fault> {
    let version = fields.text("VersionId")?;
    if version.is_some() && !bucket.keeps_attributes() {
        let problem = "$.VersionId: a bucket that is a folder keeps no versions; leave it out";
        return Err(Fault::InvalidArgument(problem.to_owned()));
    }
    Ok(GetOptions {
        if_match: fields.text("IfMatch")?.map(condition),
        if_none_match: fields.text("IfNoneMatch")?.map(condition),
        version: version.map(str::to_owned),
        ..GetOptions::default()
    })
}

/// `bytes=0-9`, `bytes=5-`, `bytes=-5`.
fn range_of(text: &str) -> Result<GetRange, Fault> {
    let wrong = || {
        let problem =
            format!("$.Range: `{}` is not of the form `bytes=0-9`, `bytes=5-` or `bytes=-5`", shown(text));
        Fault::InvalidArgument(problem)
    };
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| is_number).ok_or_else(wrong)
    };
    let (first, last) =
        text.strip_prefix("bytes=").and_then(|rest| rest.split_once('-')).ok_or_else(wrong)?;
    match (first, last) {
        ("", last) => Ok(GetRange::Suffix(number(last)?)),
        (first, "") => Ok(GetRange::Offset(number(first)?)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if first > last {
                return Err(wrong());
            }
            Ok(GetRange::Bounded(first..last.saturating_add(1)))
        }
    }
}

fn content_range(read: &Range<u64>, size: u64) -> Json {
    Json::from(format!("bytes {}-{}/{size}", read.start, read.end.saturating_sub(1)))
}
