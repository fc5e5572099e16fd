//! Object tasks as the engine uses them, on real folders.

use std::sync::Arc;

use asl::resource::Resource;
use asl::{Json, JsonLimits, Payload};
use expect_test::{Expect, expect};
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner};
use tempfile::TempDir;

use super::{BucketConfig, BucketPlace, ObjectsRunner};

struct World {
    folder: TempDir,
    runner: ObjectsRunner,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bucket = folder.path().join("bucket");
        std::fs::create_dir(&bucket).expect("the bucket's folder");
        std::fs::write(folder.path().join("outside.txt"), "secret").expect("a file outside");
        let runner =
            ObjectsRunner::new(vec![BucketConfig { name: "b".into(), place: BucketPlace::Folder(bucket) }]);
        Self { folder, runner: runner.expect("the folder is there") }
    }

    fn request(action: &str, arguments: &str) -> TaskRequest {
        TaskRequest {
            key: [1; 32],
            result_bytes_max: 5_000,
            state: "Put".into(),
            ..TaskRequest::alone(
                Resource::parse(&format!("arn:aws:states:::aws-sdk:s3:{action}")).expect("a resource"),
                Payload::parse(arguments, JsonLimits::PAYLOAD).expect("valid JSON"),
            )
        }
    }

    fn json(&self, action: &str, arguments: &str) -> Result<Json, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        match runtime.block_on(self.runner.run(Self::request(action, arguments))) {
            TaskOutcome::Succeeded { output } => Ok(output.value().clone()),
            TaskOutcome::Failed { failure } => {
                Err(format!("{} {}", failure.error_str(), failure.cause.as_deref().unwrap_or("")))
            }
            TaskOutcome::Barred => Err("barred".to_owned()),
        }
    }

    /// The answer without what differs from run to run.
    fn run(&self, action: &str, arguments: &str) -> String {
        match self.json(action, arguments) {
            Ok(value) => masked(&value).to_text(),
            Err(text) => text,
        }
    }

    fn put(&self, key: &str, body: &str) {
        self.json("putObject", &format!(r#"{{"Bucket":"b","Key":"{key}","Body":"{body}"}}"#)).expect("put");
    }

    fn keys(&self, more: &str) -> (Vec<String>, Option<String>) {
        let page = self.json("listObjectsV2", &format!(r#"{{"Bucket":"b"{more}}}"#)).expect("a page");
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
            "ETag" | "LastModified" => (Arc::clone(key), Json::from("…")),
            _ => (Arc::clone(key), masked(value)),
        })),
        Json::Array(items) => Json::array(items.iter().map(masked)),
        other => other.clone(),
    }
}

#[track_caller]
fn check(world: &World, action: &str, arguments: &str, expect: &Expect) {
    expect.assert_eq(&world.run(action, arguments));
}

#[test]
fn what_is_put_is_got() {
    let world = World::new();
    check(
        &world,
        "putObject",
        r#"{"Bucket":"b","Key":"a/x.json","Body":{"n":1.0},"ContentType":"application/json"}"#,
        &expect![[r#"{"ETag":"…"}"#]],
    );
    check(
        &world,
        "getObject",
        r#"{"Bucket":"b","Key":"a/x.json"}"#,
        &expect![[
            r#"{"AcceptRanges":"bytes","Body":"{\"n\":1.0}","ContentLength":9,"ContentType":"application/octet-stream","ETag":"…","LastModified":"…","Metadata":{}}"#
        ]],
    );
    check(
        &world,
        "headObject",
        r#"{"Bucket":"b","Key":"a/x.json"}"#,
        &expect![[
            r#"{"AcceptRanges":"bytes","ContentLength":9,"ContentType":"application/octet-stream","ETag":"…","LastModified":"…","Metadata":{}}"#
        ]],
    );
    check(&world, "deleteObject", r#"{"Bucket":"b","Key":"a/x.json"}"#, &expect!["{}"]);
    check(&world, "deleteObject", r#"{"Bucket":"b","Key":"a/x.json"}"#, &expect!["{}"]);
    check(
        &world,
        "getObject",
        r#"{"Bucket":"b","Key":"a/x.json"}"#,
        &expect!["S3.NoSuchKeyException The specified key does not exist. (Service: S3, Status Code: 404)"],
    );
    check(
        &world,
        "headObject",
        r#"{"Bucket":"none","Key":"a"}"#,
        &expect![
            "S3.NoSuchBucketException The specified bucket does not exist (Service: S3, Status Code: 404)"
        ],
    );
}

#[test]
fn ranges_are_those_of_http() {
    let world = World::new();
    world.put("k", "0123456789");
    let part = |range: &str| {
        let arguments = format!(r#"{{"Bucket":"b","Key":"k","Range":"{range}"}}"#);
        match world.json("getObject", &arguments) {
            Ok(answer) => {
                let text = |field: &str| answer.get(field).and_then(Json::as_str).unwrap_or("").to_owned();
                format!("{} {}", text("Body"), text("ContentRange"))
            }
            Err(text) => text,
        }
    };
    assert_eq!(part("bytes=2-4"), "234 bytes 2-4/10");
    assert_eq!(part("bytes=8-99"), "89 bytes 8-9/10");
    assert_eq!(part("bytes=7-"), "789 bytes 7-9/10");
    assert_eq!(part("bytes=-3"), "789 bytes 7-9/10");
    assert!(part("bytes=10-").contains("Status Code: 416"), "{}", part("bytes=10-"));
    assert!(part("bytes=4-2").starts_with("S3.InvalidArgumentException $.Range"));
    assert!(part("bytes=+1-2").starts_with("S3.InvalidArgumentException $.Range"));
}

#[test]
fn conditions_hold_or_fail() {
    let world = World::new();
    world.put("k", "one");
    let put_first = |body: &str| {
        world.run("putObject", &format!(r#"{{"Bucket":"b","Key":"k","IfNoneMatch":"*","Body":"{body}"}}"#))
    };
    assert_eq!(put_first("one"), r#"{"ETag":"…"}"#, "a second delivery is no conflict");
    assert!(put_first("two").contains("Status Code: 412"));
    let head = world.json("headObject", r#"{"Bucket":"b","Key":"k"}"#).expect("there");
    let tag = head.get("ETag").expect("a tag").to_text();
    let get = |condition: &str, tag: &str| {
        world.run("getObject", &format!(r#"{{"Bucket":"b","Key":"k","{condition}":{tag}}}"#))
    };
    assert!(get("IfMatch", &tag).starts_with('{'));
    assert!(get("IfMatch", r#""\"other\"""#).contains("Status Code: 412"));
    assert!(get("IfNoneMatch", &tag).contains("Status Code: 304"));
}

#[test]
fn listings_are_sorted_paged_and_folded() {
    let world = World::new();
    for key in ["b", "a/2", "a/1", "a-", "a/c/d", "ab", "é"] {
        world.put(key, "x");
    }
    assert_eq!(world.keys("").0, ["a-", "a/1", "a/2", "a/c/d", "ab", "b", "é"]);
    assert_eq!(world.keys(r#","Prefix":"a/""#).0, ["a/1", "a/2", "a/c/d"]);
    assert_eq!(world.keys(r#","Prefix":"a/","Delimiter":"/""#).0, ["a/1", "a/2", "a/c/"]);
    assert_eq!(world.keys(r#","Delimiter":"/""#).0, ["a-", "ab", "b", "é", "a/"]);
    assert_eq!(world.keys(r#","Prefix":"none/at/all""#).0, Vec::<String>::new());
    assert_eq!(world.keys(r#","Prefix":"../""#).0, Vec::<String>::new());
    assert_eq!(world.keys(r#","StartAfter":"a/2""#).0, ["a/c/d", "ab", "b", "é"]);
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let (keys, next) = world.keys(&format!(r#","Delimiter":"/","MaxKeys":1{token}"#));
        seen.extend(keys);
        let Some(next) = next else { break };
        token = format!(r#","ContinuationToken":"{next}""#);
    }
    assert_eq!(seen, ["a-", "a/", "ab", "b", "é"]);
    check(
        &world,
        "listObjectsV2",
        r#"{"Bucket":"b","Prefix":"b","MaxKeys":5}"#,
        &expect![[
            r#"{"Contents":[{"ETag":"…","Key":"b","LastModified":"…","Size":1,"StorageClass":"STANDARD"}],"IsTruncated":false,"KeyCount":1,"MaxKeys":5,"Name":"b","Prefix":"b"}"#
        ]],
    );
    check(
        &world,
        "listObjectsV2",
        r#"{"Bucket":"b","ContinuationToken":"!"}"#,
        &expect![
            "S3.InvalidArgumentException $.ContinuationToken: the continuation token provided is incorrect (Service: S3, Status Code: 400)"
        ],
    );
}

#[test]
fn no_key_leads_out_of_the_bucket() {
    let world = World::new();
    for key in ["../outside.txt", "a/../../outside.txt", "/etc/passwd", "a//b", "."] {
        let outcome = world.run("getObject", &format!(r#"{{"Bucket":"b","Key":"{key}"}}"#));
        assert!(outcome.starts_with("S3.InvalidArgumentException $.Key"), "{key}: {outcome}");
    }
}

#[cfg(unix)]
#[test]
fn no_symbolic_link_leads_out_of_the_bucket() {
    use std::os::unix::fs::symlink;
    let world = World::new();
    let bucket = world.folder.path().join("bucket");
    symlink(world.folder.path().join("outside.txt"), bucket.join("file")).expect("a link");
    symlink(world.folder.path(), bucket.join("folder")).expect("a link");
    world.put("real", "x");
    for key in ["file", "folder/outside.txt", "folder/new.txt"] {
        for action in ["getObject", "headObject", "deleteObject", "putObject"] {
            let outcome = world.run(action, &format!(r#"{{"Bucket":"b","Key":"{key}"}}"#));
            assert!(outcome.starts_with("S3.InvalidArgumentException $.Key"), "{action} {key}: {outcome}");
        }
    }
    assert!(world.folder.path().join("outside.txt").exists());
}

#[test]
fn what_is_no_text_or_too_large_is_refused() {
    let world = World::new();
    std::fs::write(world.folder.path().join("bucket/raw"), [0xff, 0xfe]).expect("a file");
    std::fs::write(world.folder.path().join("bucket/large"), "x".repeat(6_000)).expect("a file");
    check(
        &world,
        "getObject",
        r#"{"Bucket":"b","Key":"raw"}"#,
        &expect![
            "S3.BodyNotTextException the object is not UTF-8 text, and a payload holds text only; pass its key on instead (Service: S3, Status Code: 400)"
        ],
    );
    check(
        &world,
        "getObject",
        r#"{"Bucket":"b","Key":"large"}"#,
        &expect![
            "States.DataLimitExceeded the object has 6000 bytes, the answer may have 5000; ask for a `Range`"
        ],
    );
}

#[test]
fn unknown_arguments_are_refused_with_their_place() {
    let world = World::new();
    check(
        &world,
        "putObject",
        r#"{"Bucket":"b","Key":"k","Acl":"public"}"#,
        &expect![
            "S3.InvalidArgumentException $.Acl: unknown field; known are `Bucket`, `Key`, `Body`, `ContentType`, `Metadata`, `IfNoneMatch`, `IfMatch`, `CacheControl`, `ContentDisposition`, `ContentEncoding`, `ContentLanguage`, `StorageClass` (Service: S3, Status Code: 400)"
        ],
    );
    check(
        &world,
        "putObject",
        r#"{"Bucket":"b","Key":"k","Metadata":{"a":"b"}}"#,
        &expect![
            "S3.InvalidArgumentException $.Metadata: a bucket that is a folder keeps no metadata; leave it out (Service: S3, Status Code: 400)"
        ],
    );
    check(
        &world,
        "getObject",
        r#"{"Key":"k"}"#,
        &expect!["S3.InvalidArgumentException $.Bucket: is missing (Service: S3, Status Code: 400)"],
    );
    check(
        &world,
        "getObject",
        r#"{"Bucket":"b"}"#,
        &expect!["S3.InvalidArgumentException $.Key: is missing (Service: S3, Status Code: 400)"],
    );
}

#[test]
fn an_abandoned_object_task_is_barred_at_once() {
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let outcome =
        runtime.block_on(world.runner.abandon(World::request("putObject", r#"{"Bucket":"b","Key":"k"}"#)));
    assert!(matches!(outcome, AbandonOutcome::Barred));
}

#[test]
fn a_bucket_without_a_folder_is_refused() {
    let config = BucketConfig { name: "b".into(), place: BucketPlace::Folder("/nowhere/at/all".into()) };
    let error = ObjectsRunner::new(vec![config]).expect_err("no folder").to_string();
    assert!(error.starts_with("bucket `b`: the folder `/nowhere/at/all` cannot be used: "), "{error}");
}
