//! Object tasks on buckets of a service: a real one that speaks S3 and checks signatures, and one that misbehaves.

#![expect(unreachable_pub, reason = "the support is shared by several tests")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use asl::resource::Resource;
use asl::state::map::{InputType, ReaderAction, ReaderConfig};
use asl::{Json, JsonLimits, Payload};
use expect_test::{Expect, expect};
use runtime::{TaskOutcome, TaskRequest, TaskRunner as _};
use tasks::items::{Item, ItemSource, ItemsFault, open};
use tasks::{BucketConfig, BucketPlace, Buckets, ObjectsRunner, S3Config, S3Credentials, Secret};

use support::s3_server::{BUCKET, KEY, KEY_ID, S3Server};
use support::scripted::{Answer, Scripted};

/// Somebody who asks.
struct Client {
    runner: ObjectsRunner,
    tokio: tokio::runtime::Runtime,
}

/// How a bucket at `url` is configured, without patience.
fn config(url: &str) -> S3Config {
    let mut config = S3Config::of_url(&format!("s3://{BUCKET}"), "us-east-1").expect("a bucket's URL");
    config.endpoint = Some(url.to_owned());
    config.path_style = true;
    config.allow_http = true;
    config.credentials = Some(credentials(KEY_ID, KEY));
    config.timeout = Duration::from_secs(20);
    config.retries_max = 0;
    config
}

fn credentials(id: &str, key: &str) -> S3Credentials {
    S3Credentials { access_key_id: Secret::new(id), secret_access_key: Secret::new(key), session_token: None }
}

impl Client {
    fn new(config: S3Config) -> Self {
        let bucket = BucketConfig { name: "b".into(), place: BucketPlace::S3(Box::new(config)) };
        Self {
            runner: ObjectsRunner::new(vec![bucket]).expect("a usable configuration"),
            tokio: tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"),
        }
    }

    fn ask(&self, action: &str, arguments: &str) -> Result<Json, String> {
        let request = TaskRequest {
            key: [1; 32],
            result_bytes_max: 5_000,
            state: "Ask".into(),
            ..TaskRequest::alone(
                Resource::parse(&format!("arn:aws:states:::aws-sdk:s3:{action}")).expect("a resource"),
                Payload::parse(arguments, JsonLimits::PAYLOAD).expect("valid JSON"),
            )
        };
        match self.tokio.block_on(self.runner.run(request)) {
            TaskOutcome::Succeeded { output } => Ok(output.value().clone()),
            TaskOutcome::Failed { failure } => {
                Err(format!("{} {}", failure.error_str(), failure.cause.as_deref().unwrap_or("")))
            }
            TaskOutcome::Barred => Err("barred".to_owned()),
        }
    }

    /// What came, without what differs from run to run.
    fn said(&self, action: &str, arguments: &str) -> String {
        match self.ask(action, arguments) {
            Ok(value) => masked(&value).to_text(),
            Err(text) => text,
        }
    }

    fn put(&self, key: &str, body: &str) -> Json {
        let arguments =
            Json::object([("Bucket", Json::from("b")), ("Key", Json::from(key)), ("Body", Json::from(body))]);
        self.ask("putObject", &arguments.to_text()).unwrap_or_else(|error| panic!("{key}: {error}"))
    }

    fn of_key(&self, action: &str, key: &str) -> Result<Json, String> {
        self.ask(action, &Json::object([("Bucket", Json::from("b")), ("Key", Json::from(key))]).to_text())
    }

    fn keys(&self, more: &str) -> (Vec<String>, Option<String>) {
        let page = self.ask("listObjectsV2", &format!(r#"{{"Bucket":"b"{more}}}"#)).expect("a page");
        let names = |field: &str, name: &str| -> Vec<String> {
            let items = page.get(field).and_then(Json::as_array).unwrap_or_default();
            items.iter().filter_map(|item| item.get(name)?.as_str().map(str::to_owned)).collect()
        };
        let next = page.get("NextContinuationToken").and_then(Json::as_str).map(str::to_owned);
        ([names("Contents", "Key"), names("CommonPrefixes", "Prefix")].concat(), next)
    }
}

fn masked(value: &Json) -> Json {
    match value {
        Json::Object(object) => Json::object(object.iter().map(|(key, value)| match &**key {
            "LastModified" => (Arc::clone(key), Json::from("…")),
            _ => (Arc::clone(key), masked(value)),
        })),
        Json::Array(items) => Json::array(items.iter().map(masked)),
        other => other.clone(),
    }
}

#[track_caller]
fn check(client: &Client, action: &str, arguments: &str, expect: &Expect) {
    expect.assert_eq(&client.said(action, arguments));
}

#[test]
fn what_is_put_is_got() {
    let server = S3Server::start();
    let client = Client::new(config(&server.url()));
    check(
        &client,
        "putObject",
        r#"{"Bucket":"b","Key":"a/x.json","Body":{"n":1.0},"ContentType":"application/json","Metadata":{"By":"ada","note":"a b"}}"#,
        &expect![[r#"{"ETag":"\"9564675293c0f036019b8b3358f0d366\""}"#]],
    );
    check(
        &client,
        "getObject",
        r#"{"Bucket":"b","Key":"a/x.json"}"#,
        &expect![[
            r#"{"AcceptRanges":"bytes","Body":"{\"n\":1.0}","ContentLength":9,"ContentType":"application/json","ETag":"\"9564675293c0f036019b8b3358f0d366\"","LastModified":"…","Metadata":{"by":"ada","note":"a b"}}"#
        ]],
    );
    check(
        &client,
        "headObject",
        r#"{"Bucket":"b","Key":"a/x.json"}"#,
        &expect![[
            r#"{"AcceptRanges":"bytes","ContentLength":9,"ContentType":"application/json","ETag":"\"9564675293c0f036019b8b3358f0d366\"","LastModified":"…","Metadata":{"by":"ada","note":"a b"}}"#
        ]],
    );
    check(&client, "deleteObject", r#"{"Bucket":"b","Key":"a/x.json"}"#, &expect!["{}"]);
    check(&client, "deleteObject", r#"{"Bucket":"b","Key":"a/x.json"}"#, &expect!["{}"]);
    check(
        &client,
        "getObject",
        r#"{"Bucket":"b","Key":"a/x.json"}"#,
        &expect!["S3.NoSuchKeyException The specified key does not exist. (Service: S3, Status Code: 404)"],
    );
    check(
        &client,
        "headObject",
        r#"{"Bucket":"b","Key":"a/x.json"}"#,
        &expect!["S3.NoSuchKeyException The specified key does not exist. (Service: S3, Status Code: 404)"],
    );
    check(
        &client,
        "putObject",
        r#"{"Bucket":"b","Key":"empty"}"#,
        &expect![[r#"{"ETag":"\"d41d8cd98f00b204e9800998ecf8427e\""}"#]],
    );
    check(
        &client,
        "getObject",
        r#"{"Bucket":"b","Key":"empty"}"#,
        &expect![[
            r#"{"AcceptRanges":"bytes","Body":"","ContentLength":0,"ContentType":"application/octet-stream","ETag":"\"d41d8cd98f00b204e9800998ecf8427e\"","LastModified":"…","Metadata":{}}"#
        ]],
    );
}

#[test]
fn a_second_delivery_ends_as_the_first() {
    let server = S3Server::start();
    let client = Client::new(config(&server.url()));
    let put = |condition: &str, body: &str| {
        client.said("putObject", &format!(r#"{{"Bucket":"b","Key":"k",{condition},"Body":"{body}"}}"#))
    };
    let absent = r#""IfNoneMatch":"*""#;
    let first = put(absent, "one");
    assert!(first.contains("ETag"), "{first}");
    assert_eq!(put(absent, "one"), first, "a second delivery is no conflict");
    assert!(put(absent, "two").contains("Status Code: 412"));
    let tag = client.of_key("headObject", "k").expect("there").get("ETag").expect("a tag").to_text();
    let matches = format!(r#""IfMatch":{tag}"#);
    let second = put(&matches, "two");
    assert!(second.contains("ETag") && second != first, "{second}");
    assert_eq!(put(&matches, "two"), second, "a second delivery is no conflict");
    assert!(put(&matches, "three").contains("Status Code: 412"));
    assert_eq!(client.put("k", "three"), client.put("k", "three"), "putting twice ends as once");
    let both = r#""IfNoneMatch":"*","IfMatch":"x""#;
    assert!(put(both, "x").starts_with("S3.InvalidArgumentException $.IfMatch"));
}

#[test]
fn odd_keys_are_kept_to_the_letter() {
    let server = S3Server::start();
    let client = Client::new(config(&server.url()));
    let mut keys = vec![
        "with blank",
        "a+b",
        "100%",
        "%2F",
        "%2e%2e/x",
        "a&b=c?d#e",
        "f#1",
        "ü/日本語/😀",
        "quote\"'",
        "semi;colon:@!$*()",
        "~tilde^`{}|<>[]",
        "..a",
        "a..",
        ".hidden",
        "back\\slash",
        "a,b",
    ];
    for key in &keys {
        client.put(key, key);
        let got = client.of_key("getObject", key).unwrap_or_else(|error| panic!("{key}: {error}"));
        assert_eq!(got.get("Body").and_then(Json::as_str), Some(*key));
    }
    keys.sort_unstable();
    assert_eq!(client.keys("").0, keys, "and so they are listed");
    for key in &keys {
        assert!(client.of_key("deleteObject", key).is_ok(), "{key}");
    }
    assert_eq!(client.keys("").0, Vec::<String>::new());
}

#[test]
fn the_longest_key_travels_whole() {
    let server = Scripted::new(vec![Answer::http("200 OK", "ETag: \"e\"\r\n", "")]);
    let key = "ü+".repeat(341) + "z";
    assert_eq!(key.len(), 1_024);
    Client::new(config(&server.url())).put(&key, "x");
    let path = "%C3%BC%2B".repeat(341) + "z";
    assert!(server.requests()[0].starts_with(&format!("PUT /shop-data/{path} HTTP/1.1\r\n")));
}

#[test]
fn keys_that_cannot_be_addressed_are_refused_before_anything_is_sent() {
    let server = Scripted::new(Vec::new());
    let client = Client::new(config(&server.url()));
    let long = "x".repeat(1_025);
    for key in ["", "/a", "a/", "a//b", "..", "a/../b", "../../other-bucket/k", ".", "a\nb", "a\0b", &long] {
        let outcome = client.of_key("getObject", key).expect_err("refused");
        assert!(outcome.starts_with("S3.InvalidArgumentException $.Key: the key"), "{key}: {outcome}");
    }
    for metadata in [
        r#"{"ü":"x"}"#,
        r#"{"a":"ü"}"#,
        r#"{"a":"x\r\nAuthorization: none"}"#,
        r#"{"a b":"x"}"#,
        r#"{"a":1}"#,
        "[]",
    ] {
        let arguments = format!(r#"{{"Bucket":"b","Key":"k","Metadata":{metadata}}}"#);
        let outcome = client.ask("putObject", &arguments).expect_err("refused");
        assert!(outcome.starts_with("S3.InvalidArgumentException $.Metadata"), "{metadata}: {outcome}");
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn a_wrong_signature_is_refused_by_the_service_and_said_clearly() {
    let server = S3Server::start();
    let ask = |credentials: Option<S3Credentials>| {
        let mut config = config(&server.url());
        config.credentials = credentials;
        Client::new(config).of_key("getObject", "k").expect_err("refused")
    };
    let wrong = "a-wrong-secret-that-nobody-may-see";
    let texts = [ask(Some(credentials(KEY_ID, wrong))), ask(Some(credentials("AKIANOBODY", KEY))), ask(None)];
    expect![[r"
        S3.S3Exception The request signature we calculated does not match the signature you provided. Check your key and signing method. (Service: S3, Status Code: 403, Error Code: SignatureDoesNotMatch)
        S3.S3Exception Your account is not signed up (Service: S3, Status Code: 403, Error Code: NotSignedUp)
        S3.S3Exception Signature is required (Service: S3, Status Code: 403, Error Code: AccessDenied)"]]
    .assert_eq(&texts.join("\n"));
    for text in texts {
        assert!(!text.contains(wrong) && !text.contains(KEY), "{text}");
    }
}

#[test]
fn what_is_not_there_has_its_name() {
    let server = S3Server::start();
    let mut other = config(&server.url());
    other.bucket = "no-such-bucket".to_owned();
    let client = Client::new(other);
    let missing =
        "S3.NoSuchBucketException The specified bucket does not exist (Service: S3, Status Code: 404)";
    assert_eq!(client.said("listObjectsV2", r#"{"Bucket":"b"}"#), missing);
    assert_eq!(client.of_key("deleteObject", "k"), Err(missing.to_owned()));
}

#[test]
fn ranges_are_those_of_http() {
    let server = S3Server::start();
    let client = Client::new(config(&server.url()));
    client.put("k", "0123456789");
    let part = |range: &str| match client
        .ask("getObject", &format!(r#"{{"Bucket":"b","Key":"k","Range":"{range}"}}"#))
    {
        Ok(answer) => {
            let text = |field: &str| answer.get(field).and_then(Json::as_str).unwrap_or("").to_owned();
            format!("{} {}", text("Body"), text("ContentRange"))
        }
        Err(text) => text,
    };
    assert_eq!(part("bytes=2-4"), "234 bytes 2-4/10");
    assert_eq!(part("bytes=8-99"), "89 bytes 8-9/10");
    assert_eq!(part("bytes=7-"), "789 bytes 7-9/10");
    assert_eq!(part("bytes=-3"), "789 bytes 7-9/10");
    assert!(part("bytes=10-").contains("Status Code: 416"), "{}", part("bytes=10-"));
    assert!(part("bytes=4-2").starts_with("S3.InvalidArgumentException $.Range"));
}

#[test]
fn listings_are_paged_and_folded() {
    let server = S3Server::start();
    let client = Client::new(config(&server.url()));
    for key in ["b", "a/2", "a/1", "a-", "a/c/d", "ab", "é"] {
        client.put(key, "x");
    }
    assert_eq!(client.keys("").0, ["a-", "a/1", "a/2", "a/c/d", "ab", "b", "é"]);
    assert_eq!(client.keys(r#","Prefix":"a/""#).0, ["a/1", "a/2", "a/c/d"]);
    assert_eq!(client.keys(r#","Prefix":"a/","Delimiter":"/""#).0, ["a/1", "a/2", "a/c/"]);
    assert_eq!(client.keys(r#","Prefix":"none""#).0, Vec::<String>::new());
    assert_eq!(client.keys(r#","StartAfter":"a/2""#).0, ["a/c/d", "ab", "b", "é"]);
    assert_eq!(client.keys(r#","MaxKeys":0"#), (Vec::new(), None));
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let (keys, next) = client.keys(&format!(r#","Delimiter":"/","MaxKeys":2{token}"#));
        assert!(keys.len() <= 2);
        seen.extend(keys);
        let Some(next) = next else { break };
        token = format!(r#","ContinuationToken":{}"#, Json::from(next).to_text());
    }
    seen.sort();
    assert_eq!(seen, ["a-", "a/", "ab", "b", "é"]);
    check(
        &client,
        "listObjectsV2",
        r#"{"Bucket":"b","Prefix":"b","MaxKeys":5,"Delimiter":"/"}"#,
        &expect![[
            r#"{"CommonPrefixes":[],"Contents":[{"Key":"b","LastModified":"…","Size":1}],"Delimiter":"/","IsTruncated":false,"KeyCount":1,"MaxKeys":5,"Name":"b","Prefix":"b"}"#
        ]],
    );
}

#[test]
fn a_prefix_of_the_bucket_is_nobody_elses_business() {
    let server = S3Server::start();
    let mut behind = config(&server.url());
    behind.prefix = "team/2026/".to_owned();
    let client = Client::new(behind);
    client.put("a/k", "x");
    Client::new(config(&server.url())).put("other", "x");
    assert!(server.file("team/2026/a/k").is_file());
    assert_eq!(client.keys("").0, ["a/k"]);
    assert_eq!(client.keys(r#","Delimiter":"/""#).0, ["a/"]);
    assert_eq!(client.keys(r#","Prefix":"a/","StartAfter":"a/a""#).0, ["a/k"]);
    assert!(client.of_key("getObject", "a/k").is_ok());
    assert!(client.of_key("getObject", "other").is_err());
    let long = "x/".repeat(507) + "x";
    assert!(client.of_key("getObject", &long).expect_err("too long").contains("1,024 bytes"));
}

#[test]
fn what_is_no_text_or_too_large_is_refused() {
    let server = S3Server::start();
    let client = Client::new(config(&server.url()));
    std::fs::write(server.file("raw"), [0xff, 0xfe]).expect("a file");
    std::fs::write(server.file("large"), "x".repeat(6_000)).expect("a file");
    check(
        &client,
        "getObject",
        r#"{"Bucket":"b","Key":"raw"}"#,
        &expect![
            "S3.BodyNotTextException the object is not UTF-8 text, and a payload holds text only; pass its key on instead (Service: S3, Status Code: 400)"
        ],
    );
    check(
        &client,
        "getObject",
        r#"{"Bucket":"b","Key":"large"}"#,
        &expect![
            "States.DataLimitExceeded the object has 6000 bytes, the answer may have 5000; ask for a `Range`"
        ],
    );
    let part = client.said("getObject", r#"{"Bucket":"b","Key":"large","Range":"bytes=0-2"}"#);
    assert!(part.contains(r#""Body":"xxx""#) && part.contains("bytes 0-2/6000"), "{part}");
    client.put("words", "no JSON {");
    let words = client.of_key("getObject", "words").expect("any text will do");
    assert_eq!(words.get("Body").and_then(Json::as_str), Some("no JSON {"));
}

const OBJECT: &str = "ETag: \"e\"\r\nLast-Modified: Tue, 03 Nov 2026 08:00:00 GMT\r\n";

/// What a misbehaving service leads to.
fn scripted(answers: Vec<Answer>, change: impl Fn(&mut S3Config)) -> (String, Vec<String>) {
    let server = Scripted::new(answers);
    let mut config = config(&server.url());
    change(&mut config);
    let said = Client::new(config).said("getObject", r#"{"Bucket":"b","Key":"k"}"#);
    (said.replace(&server.url(), "URL"), server.requests())
}

#[test]
fn an_object_larger_than_memory_is_refused_before_it_is_read() {
    let (said, _) = scripted(vec![Answer::torn(10_000_000_000_000, OBJECT, "x")], |_| {});
    assert_eq!(
        said,
        "States.DataLimitExceeded the object has 10000000000000 bytes, the answer may have 5000; ask for a `Range`"
    );
}

#[test]
fn a_body_that_breaks_off_is_resumed_where_it_broke() {
    let rest = format!("{OBJECT}Content-Range: bytes 4-9/10\r\n");
    let answers =
        vec![Answer::torn(10, OBJECT, "0123"), Answer::http("206 Partial Content", &rest, "456789")];
    let (said, requests) = scripted(answers, |config| config.retries_max = 1);
    assert!(said.contains(r#""Body":"0123456789""#), "{said}");
    assert!(requests[1].contains("range: bytes=4-9\r\n"), "{}", requests[1]);
}

#[test]
fn a_body_that_stays_broken_is_an_error_and_never_half_an_answer() {
    let torn = || Answer::torn(10, OBJECT, "0123");
    let (said, requests) = scripted(vec![torn()], |_| {});
    assert_eq!(requests.len(), 1);
    expect!["S3.SdkClientException Unable to execute HTTP request: the answer of URL broke off: end of file before message length reached"].assert_eq(&said);
    let changed = OBJECT.replace("\"e\"", "\"other\"") + "Content-Range: bytes 4-9/10\r\n";
    let answers = vec![torn(), Answer::http("206 Partial Content", &changed, "456789")];
    let (said, _) = scripted(answers, |config| config.retries_max = 1);
    assert!(
        said.starts_with("S3.SdkClientException "),
        "another object's bytes do not go on with it: {said}"
    );
}

#[test]
fn a_service_that_is_busy_is_asked_again() {
    let busy = || {
        let body = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
        Answer::http("503 Service Unavailable", "", body)
    };
    let answers = vec![busy(), Answer::http("200 OK", OBJECT, "x")];
    let (said, requests) = scripted(answers, |config| config.retries_max = 1);
    assert!(said.contains(r#""Body":"x""#), "{said}");
    assert_eq!(requests.len(), 2);
    let (said, requests) = scripted(vec![busy()], |_| {});
    assert_eq!(requests.len(), 1);
    expect!["S3.S3Exception Please reduce your request rate. (Service: S3, Status Code: 503, Error Code: SlowDown)"].assert_eq(&said);
}

#[test]
fn a_service_that_is_silent_or_gone_is_a_clear_error() {
    let (silent, _) = scripted(vec![Answer::Silence], |config| config.timeout = Duration::from_millis(300));
    let (hung_up, _) = scripted(vec![], |_| {});
    expect![[r"
        S3.SdkClientException Unable to execute HTTP request: URL did not answer in time: operation timed out
        S3.SdkClientException Unable to execute HTTP request: the connection to URL was lost: connection closed before message completed"]].assert_eq(&[silent, hung_up].join("\n"));
    let mut server = S3Server::start();
    let client = Client::new(config(&server.url()));
    client.put("k", "x");
    server.kill();
    let lost = client.of_key("getObject", "k").expect_err("the connection went");
    assert!(lost.starts_with("S3.SdkClientException Unable to execute HTTP request: "), "{lost}");
    let gone = client.of_key("getObject", "k").expect_err("nobody is there").replace(&server.url(), "URL");
    let words = "S3.SdkClientException Unable to execute HTTP request: URL cannot be reached: ";
    assert!(gone.starts_with(words), "{gone}");
}

#[test]
fn a_service_that_never_stops_talking_takes_no_memory() {
    let head = |status: &str| format!("HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n{OBJECT}\r\n");
    // One chunk of 2^40 bytes that never ends.
    let endless = |status: &str| {
        let mut bytes = head(status).into_bytes();
        bytes.extend_from_slice(b"10000000000\r\n");
        bytes.resize(1 << 20, b'x');
        Answer::Endless(bytes)
    };
    let (said, _) = scripted(vec![endless("403 Forbidden")], |_| {});
    assert!(said.contains("Status Code: 403"), "{said}");
    let server = Scripted::new(vec![endless("200 OK")]);
    let said = Client::new(config(&server.url())).said("listObjectsV2", r#"{"Bucket":"b"}"#);
    assert!(said.contains("the answer has more than 16777216 bytes"), "{said}");
}

#[test]
fn conditions_versions_and_headers_travel_as_they_are() {
    let answers = vec![
        Answer::http("304 Not Modified", "", ""),
        Answer::http("412 Precondition Failed", "", ""),
        Answer::http(
            "200 OK",
            &format!(
                "{OBJECT}x-amz-version-id: v2\r\nx-amz-server-side-encryption: AES256\r\ncache-control: no-store\r\nx-amz-meta-by: ada\r\n"
            ),
            "x",
        ),
        Answer::http("204 No Content", "x-amz-version-id: v3\r\nx-amz-delete-marker: true\r\n", ""),
        Answer::http("301 Moved Permanently", "x-amz-bucket-region: eu-west-1\r\n", ""),
    ];
    let server = Scripted::new(answers);
    let mut lent = config(&server.url());
    lent.credentials.as_mut().expect("there").session_token = Some(Secret::new("a-token"));
    let client = Client::new(lent);
    let get = |more: &str| client.said("getObject", &format!(r#"{{"Bucket":"b","Key":"k"{more}}}"#));
    assert!(get(r#","IfNoneMatch":"\"e\"""#).contains("Status Code: 304"));
    assert!(get(r#","IfMatch":"e""#).contains("Status Code: 412"));
    expect![[r#"{"AcceptRanges":"bytes","Body":"x","CacheControl":"no-store","ContentLength":1,"ContentType":"application/octet-stream","ETag":"\"e\"","LastModified":"…","Metadata":{"by":"ada"},"ServerSideEncryption":"AES256","VersionId":"v2"}"#]].assert_eq(&get(r#","VersionId":"v2""#));
    expect![[r#"{"DeleteMarker":true,"VersionId":"v3"}"#]]
        .assert_eq(&client.said("deleteObject", r#"{"Bucket":"b","Key":"k"}"#));
    expect!["S3.S3Exception the bucket is not in the region or at the endpoint that is configured: it is in `eu-west-1` (Service: S3, Status Code: 301)"].assert_eq(&get(""));
    let requests = server.requests();
    assert!(requests[0].contains("if-none-match: \"e\"\r\n"), "{}", requests[0]);
    assert!(requests[1].contains("if-match: \"e\"\r\n"), "{}", requests[1]);
    assert!(requests[2].starts_with("GET /shop-data/k?versionId=v2 "), "{}", requests[2]);
    assert!(requests.iter().all(|it| it.contains("x-amz-security-token: a-token\r\n")), "{requests:?}");
    assert!(requests.iter().all(|it| !it.contains(KEY)), "the key itself never travels");
}

#[test]
fn an_answer_to_a_put_has_the_fields_that_aws_gives_it() {
    let headers = "ETag: \"e\"\r\nx-amz-version-id: v1\r\nx-amz-storage-class: STANDARD_IA\r\ncache-control: no-store\r\n";
    let server = Scripted::new(vec![Answer::http("200 OK", headers, "")]);
    let arguments =
        r#"{"Bucket":"b","Key":"k","Body":"x","StorageClass":"STANDARD_IA","ContentLanguage":"de"}"#;
    let said = Client::new(config(&server.url())).said("putObject", arguments);
    assert_eq!(said, r#"{"ETag":"\"e\"","VersionId":"v1"}"#);
    let request = &server.requests()[0];
    for header in ["x-amz-storage-class: STANDARD_IA", "content-language: de", "content-length: 1"] {
        assert!(request.contains(&format!("{header}\r\n")), "`{header}` is not in\n{request}");
    }
}

#[test]
fn a_listing_that_is_none_is_said_to_be_none() {
    for (body, phrase) in [("<html>", "cannot be read"), ("", "cannot be read")] {
        let server = Scripted::new(vec![Answer::http("200 OK", "", body)]);
        let said = Client::new(config(&server.url())).said("listObjectsV2", r#"{"Bucket":"b"}"#);
        assert!(said.starts_with("S3.SdkClientException ") && said.contains(phrase), "{said}");
    }
}

#[test]
fn a_bucket_in_the_hosts_name_is_asked_there() {
    let mut config = S3Config::of_url("s3://shop-data", "eu-west-1").expect("a bucket's URL");
    config.endpoint = Some("https://minio.invalid:9000".to_owned());
    config.retries_max = 0;
    let said = Client::new(config).said("getObject", r#"{"Bucket":"b","Key":"k"}"#);
    assert!(said.starts_with("S3.SdkClientException ") && said.contains("cannot be reached"), "{said}");
}

/// The items of a source, until its end or the first fault.
fn items_of(
    client: &Client,
    buckets: &Buckets,
    config: ReaderConfig,
    arguments: &str,
) -> Result<Vec<Item>, ItemsFault> {
    let action = if arguments.contains("Key") { ReaderAction::GetObject } else { ReaderAction::ListObjects };
    let arguments = asl::json::parse(arguments, JsonLimits::PAYLOAD).expect("valid JSON");
    let source = ItemSource { action, config, arguments, max_items: None };
    client.tokio.block_on(async {
        let mut items = open(buckets, source).await?;
        let mut all = Vec::new();
        loop {
            let next = items.next(1_000).await?;
            if next.is_empty() {
                return Ok(all);
            }
            all.extend(next);
        }
    })
}

#[test]
fn items_of_a_service_come_in_pieces_and_in_order() {
    let server = S3Server::start();
    let client = Client::new(config(&server.url()));
    let bucket = BucketConfig { name: "b".into(), place: BucketPlace::S3(Box::new(config(&server.url()))) };
    let buckets = Buckets::open(vec![bucket]).expect("a usable configuration");
    // Five million bytes: more than two pieces.
    let text: String =
        (0..50_000).map(|number| format!("{{\"n\":{number},\"x\":\"{number:0>80}\"}}\n")).collect();
    client.put("in/long.jsonl", "");
    std::fs::write(server.file("in/long.jsonl"), &text).expect("the server's file");
    client.put("in/short.jsonl", "1\n2\n");
    client.put("in/none.jsonl", "");
    let lines = ReaderConfig { input_type: Some(InputType::JsonLines), ..ReaderConfig::default() };
    let all = items_of(&client, &buckets, lines.clone(), r#"{"Bucket": "b", "Key": "in/long.jsonl"}"#)
        .expect("it can be read");
    let found: String = all.iter().map(|item| item.value.to_text() + "\n").collect();
    assert!(found == text);
    let none = items_of(&client, &buckets, lines.clone(), r#"{"Bucket": "b", "Key": "in/none.jsonl"}"#)
        .expect("it can be read");
    assert_eq!(none, []);
    let listed = items_of(&client, &buckets, ReaderConfig::default(), r#"{"Bucket": "b", "Prefix": "in/"}"#)
        .expect("it can be listed");
    let keys: Vec<_> = listed.iter().filter_map(|item| item.value.get("Key")?.as_str()).collect();
    assert_eq!(keys, ["in/long.jsonl", "in/none.jsonl", "in/short.jsonl"]);
    let flat = ReaderConfig { loads_and_flattens: true, ..lines.clone() };
    let loaded =
        items_of(&client, &buckets, flat, r#"{"Bucket": "b", "Prefix": "in/"}"#).expect("they can be read");
    assert_eq!(loaded.len(), 50_002);
    assert_eq!(loaded[50_001].source.as_deref(), Some("S3://b/in/short.jsonl"));
    let gone = items_of(&client, &buckets, lines, r#"{"Bucket": "b", "Key": "in/gone.jsonl"}"#);
    let fault = gone.expect_err("it is not there").to_string();
    assert!(fault.starts_with("S3://b/in/gone.jsonl: "), "{fault}");
}
