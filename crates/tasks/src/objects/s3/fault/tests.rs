//! A service's refusals, as they come and as a workflow sees them.

use expect_test::{Expect, expect};

use super::super::exchange::Seen;
use super::of;

#[track_caller]
fn check(status: u16, body: &str, expect: &Expect) {
    let seen = Seen { status: Some(status), body: body.as_bytes().to_vec(), ..Seen::default() };
    let error = object_store::Error::NotImplemented { operation: "x".into(), implementer: "y".into() };
    let failure = of(&error, &seen, "http://here").failure();
    expect.assert_eq(&format!("{} | {}", failure.error_str(), failure.cause.as_deref().unwrap_or_default()));
}

fn xml(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message><RequestId>R</RequestId></Error>"
    )
}

#[test]
fn refusals_have_their_names() {
    let missing =
        &expect!["S3.NoSuchKeyException | The specified key does not exist. (Service: S3, Status Code: 404)"];
    check(404, &xml("NoSuchKey", "m"), missing);
    check(404, "", missing);
    check(
        404,
        &xml("NoSuchBucket", "m"),
        &expect![
            "S3.NoSuchBucketException | The specified bucket does not exist (Service: S3, Status Code: 404)"
        ],
    );
    check(
        404,
        &xml("NoSuchVersion", "The specified version does not exist."),
        &expect![
            "S3.S3Exception | The specified version does not exist. (Service: S3, Status Code: 404, Error Code: NoSuchVersion)"
        ],
    );
    check(
        403,
        &xml("SignatureDoesNotMatch", "The signature &lt;does&gt; not match"),
        &expect![
            "S3.S3Exception | The signature <does> not match (Service: S3, Status Code: 403, Error Code: SignatureDoesNotMatch)"
        ],
    );
    check(
        403,
        &xml("InvalidObjectState", "m"),
        &expect![
            "S3.InvalidObjectStateException | The operation is not valid for the object's storage class (Service: S3, Status Code: 403)"
        ],
    );
    check(403, "", &expect!["S3.S3Exception | Access Denied (Service: S3, Status Code: 403)"]);
    check(
        503,
        &xml("SlowDown", "Please reduce your request rate."),
        &expect![
            "S3.S3Exception | Please reduce your request rate. (Service: S3, Status Code: 503, Error Code: SlowDown)"
        ],
    );
}

#[test]
fn what_is_no_error_of_s3_is_still_said() {
    check(
        502,
        "<html>a proxy</html>",
        &expect!["S3.S3Exception | Bad Gateway (Service: S3, Status Code: 502)"],
    );
    check(
        500,
        "\u{0}\u{1}",
        &expect!["S3.S3Exception | Internal Server Error (Service: S3, Status Code: 500)"],
    );
    check(
        400,
        &"<a>".repeat(20_000),
        &expect!["S3.S3Exception | Bad Request (Service: S3, Status Code: 400)"],
    );
    check(
        301,
        &xml("PermanentRedirect", "m"),
        &expect![
            "S3.S3Exception | the bucket is not in the region or at the endpoint that is configured (Service: S3, Status Code: 301, Error Code: PermanentRedirect)"
        ],
    );
}
