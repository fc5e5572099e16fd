//! What a configuration means, and what is said about a wrong one.

use std::path::Path;

use expect_test::{Expect, expect};

use super::*;
use crate::render::error::render_plain;

#[track_caller]
fn check(text: &str, environment: &[(&str, &str)], expect: &Expect) {
    let environment: Vec<_> = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let shown = match Config::read(Some(Path::new("shop/baton.toml")), text, &environment) {
        Ok(config) => format!(
            "data {} schemas {} payload {} events {} databases {:?} buckets {:?}\n",
            config.data_folder.display(),
            config.schemas_folder.display(),
            config.limits.payload_bytes,
            config.limits.events,
            config.databases.iter().map(|it| (&it.name, &it.location)).collect::<Vec<_>>(),
            config.buckets.iter().map(bucket).collect::<Vec<_>>(),
        ),
        Err(error) => render_plain(&error),
    };
    expect.assert_eq(&shown);
}

/// A bucket's name and its folder or service, without its secrets.
fn bucket(it: &Bucket) -> (&str, String) {
    let place = match &it.place {
        BucketPlace::Folder(folder) => folder.display().to_string(),
        BucketPlace::S3(s3) => format!(
            "{} {}{} at {} signed {} in {} s + {} s, {} retries",
            s3.region,
            s3.bucket,
            if s3.prefix.is_empty() { String::new() } else { format!(" behind {}", s3.prefix) },
            s3.endpoint.as_deref().unwrap_or("AWS"),
            s3.credentials.is_some(),
            s3.timeout.as_secs(),
            s3.connect_timeout.as_secs(),
            s3.retries_max,
        ),
    };
    (&it.name, place)
}

#[test]
fn a_bucket_may_be_with_a_service() {
    check(
        "[account]\nregion='eu-west-1'\n[buckets.a]\nurl='s3://shop-a/in/2026/'\naccess_key_id='env:ID'\nsecret_access_key='env:KEY'\n\
         [buckets.b]\nurl='s3://open'\nanonymous=true\nregion='us-west-2'\nretries=0\ntimeout_seconds=9\n\
         [buckets.c]\nurl='s3://local'\nendpoint='http://127.0.0.1:9000'\npath_style=true\nanonymous=true\n",
        &[("ID", "id"), ("KEY", "hunter2"), ("BATON_BUCKETS_C_ALLOW_HTTP", "true")],
        &expect![[r#"
            data shop/.baton schemas shop/schemas payload 262144 events 0 databases [] buckets [("a", "eu-west-1 shop-a behind in/2026/ at AWS signed true in 30 s + 5 s, 3 retries"), ("b", "us-west-2 open at AWS signed false in 9 s + 5 s, 0 retries"), ("c", "eu-west-1 local at http://127.0.0.1:9000 signed false in 30 s + 5 s, 3 retries")]
        "#]],
    );
}

#[test]
fn a_wrong_bucket_is_said_to_be_wrong_where_it_is() {
    check(
        "[buckets.a]\n[buckets.b]\nfolder='b'\nurl='s3://bbb'\n[buckets.c]\nfolder='c'\nregion='x'\n\
         [buckets.d]\nurl='https://ddd'\nanonymous=true\n[buckets.e]\nurl='s3://eee'\n\
         [buckets.f]\nurl='s3://fff'\nanonymous=true\naccess_key_id='env:ID'\n\
         [buckets.g]\nurl='s3://ggg'\naccess_key_id='AKIAIOSFODNN7'\nsecret_access_key='hunter2'\n\
         [buckets.h]\nurl='s3://hhh'\nanonymous=true\nendpoint='http://127.0.0.1:9000'\n\
         [buckets.i]\nurl='s3://iii'\nanonymous='yes'\n[buckets.j]\nurl='s3://id:hunter2@jjj'\nanonymous=true\n\
         [buckets.k]\nurl='s3://kkk'\nanonymous=true\nendpoint='https://id:hunter2@host'\n",
        &[],
        &expect![[r#"
            shop/baton.toml:1:10: error[CONFIG_WRONG_VALUE]: `buckets.a` needs a `folder` or a `url`
                1 | [buckets.a]
                  |          ^
                  at: /buckets/a
                hint: write `folder = "PATH"`, or `url = "s3://BUCKET"`
            shop/baton.toml:4:5: error[CONFIG_WRONG_VALUE]: `buckets.b` has a `folder` and a `url`; it is at one of them
                4 | url='s3://bbb'
                  |     ^^^^^^^^^^
                  at: /buckets/b/url
                hint: leave one of them out
            shop/baton.toml:7:8: error[CONFIG_WRONG_VALUE]: `buckets.c.region` is of no use to a bucket that is a folder
                7 | region='x'
                  |        ^^^
                  at: /buckets/c/region
                hint: leave it out, or give the bucket a `url`
            shop/baton.toml:9:5: error[CONFIG_WRONG_VALUE]: `buckets.d.url` is `s3://BUCKET` or `s3://BUCKET/PREFIX`, and begins with `s3://`
                9 | url='https://ddd'
                  |     ^^^^^^^^^^^^^
                  at: /buckets/d/url
            shop/baton.toml:11:10: error[CONFIG_WRONG_VALUE]: `buckets.e` needs `access_key_id`
               11 | [buckets.e]
                  |          ^
                  at: /buckets/e
                hint: write `access_key_id` and `secret_access_key` as `env:NAME` or `file:PATH`; or `anonymous = true`, if it is open to everybody
            shop/baton.toml:16:15: error[CONFIG_WRONG_VALUE]: `buckets.f` is `anonymous` and has `access_key_id`
               16 | access_key_id='env:ID'
                  |               ^^^^^^^^
                  at: /buckets/f/access_key_id
                hint: leave one of them out
            shop/baton.toml:19:15: error[CONFIG_SECRET_LITERAL]: `buckets.g.access_key_id` holds a secret itself; only a reference to one is accepted
               19 | access_key_id=***************
                  |               ^^^^^^^^^^^^^^^
                  at: /buckets/g/access_key_id
                hint: write `env:NAME` or `file:PATH`; if the secret was real, consider it known and change it
            shop/baton.toml:20:19: error[CONFIG_SECRET_LITERAL]: `buckets.g.secret_access_key` holds a secret itself; only a reference to one is accepted
               20 | secret_access_key=*********
                  |                   ^^^^^^^^^
                  at: /buckets/g/secret_access_key
                hint: write `env:NAME` or `file:PATH`; if the secret was real, consider it known and change it
            shop/baton.toml:24:10: error[CONFIG_WRONG_VALUE]: `buckets.h.endpoint` is not encrypted; if that is meant, set `allow_http = true`
               24 | endpoint='http://127.0.0.1:9000'
                  |          ^^^^^^^^^^^^^^^^^^^^^^^
                  at: /buckets/h/endpoint
                hint: for example `https://minio.example:9000`
            shop/baton.toml:27:11: error[CONFIG_WRONG_VALUE]: `buckets.i.anonymous` is `true` or `false`, found string
               27 | anonymous='yes'
                  |           ^^^^^
                  at: /buckets/i/anonymous
            shop/baton.toml:29:5: error[CONFIG_WRONG_VALUE]: `buckets.j.url` names a bucket of 3 to 63 letters, digits, `.`, `-` or `_`
               29 | url=*********************
                  |     ^^^^^^^^^^^^^^^^^^^^^
                  at: /buckets/j/url
            shop/baton.toml:34:10: error[CONFIG_WRONG_VALUE]: `buckets.k.endpoint` is a scheme, a host and perhaps a port, without user or query
               34 | endpoint=*************************
                  |          ^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /buckets/k/endpoint
                hint: for example `https://minio.example:9000`
            error[CONFIG_INVALID]: `shop/baton.toml` is refused: 12 errors
        "#]],
    );
}

#[test]
fn an_empty_file_means_the_defaults() {
    check(
        "",
        &[],
        &expect![[r"
        data shop/.baton schemas shop/schemas payload 262144 events 0 databases [] buckets []
    "]],
    );
}

#[test]
fn paths_are_relative_to_the_file() {
    check(
        "[data]\nfolder='d'\n[databases.shop]\nurl='sqlite:o.db'\n[buckets.inbox]\nfolder='/in'",
        &[],
        &expect![[r#"
            data shop/d schemas shop/schemas payload 262144 events 0 databases [("shop", Sqlite("shop/o.db"))] buckets [("inbox", "/in")]
        "#]],
    );
}

#[test]
fn an_unknown_key_has_a_place_and_a_suggestion() {
    check(
        "[limits]\npayload_byte = 5\n",
        &[],
        &expect![[r"
            shop/baton.toml:2:1: error[CONFIG_UNKNOWN_KEY]: `limits.payload_byte` is not a key of baton.toml
                2 | payload_byte = *
                  | ^^^^^^^^^^^^
                  at: /limits/payload_byte
                hint: did you mean `payload_bytes`?
            error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
        "]],
    );
    check(
        "[limit]\npayload_bytes = 5\n",
        &[],
        &expect![[r"
        shop/baton.toml:1:2: error[CONFIG_UNKNOWN_KEY]: `limit` is not a key of baton.toml
            1 | [limit]
              |  ^^^^^
              at: /limit
            hint: did you mean `limits`?
        error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
    "]],
    );
    check(
        "[databases.shop]\nurl = 'sqlite:a'\npassword = 'x'\n",
        &[],
        &expect![[r"
            shop/baton.toml:3:1: error[CONFIG_UNKNOWN_KEY]: `databases.shop.password` is not a key of baton.toml
                3 | password = ***
                  | ^^^^^^^^
                  at: /databases/shop/password
                hint: known here: `url`, `resource_arns`, `max_connections`, `statement_timeout_seconds`, `lock_timeout_seconds`, `claim_retention_days`, `secret`
            error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
        "]],
    );
}

#[test]
fn a_wrong_type_or_value_says_what_is_expected() {
    check(
        "[limits]\npayload_bytes = '5'\nevents = -1\n",
        &[],
        &expect![[r"
        shop/baton.toml:2:17: error[CONFIG_WRONG_VALUE]: `limits.payload_bytes` is a whole number, found string
            2 | payload_bytes = '5'
              |                 ^^^
              at: /limits/payload_bytes
        shop/baton.toml:3:10: error[CONFIG_WRONG_VALUE]: `limits.events` is a whole number from 0 to 1000000000, found `-1`
            3 | events = -1
              |          ^^
              at: /limits/events
        error[CONFIG_INVALID]: `shop/baton.toml` is refused: 2 errors
    "]],
    );
    check(
        "limits = 5",
        &[],
        &expect![[r"
            shop/baton.toml:1:1: error[CONFIG_WRONG_VALUE]: `limits` is a table, found integer
                1 | limits = *
                  | ^^^^^^
                  at: /limits
            error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
        "]],
    );
    check(
        "[databases.shop]\nurl = 'mysql://u:p@h/d'\n",
        &[],
        &expect![[r"
            shop/baton.toml:2:7: error[CONFIG_WRONG_VALUE]: `databases.shop.url` is not the URL of a database that baton knows
                2 | url = *****************
                  |       ^^^^^^^^^^^^^^^^^
                  at: /databases/shop/url
                hint: write `sqlite:` and a path, for example `sqlite:orders.db`, or `postgres://user@host/database`
            error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
        "]],
    );
    check(
        "[databases.shop]\n",
        &[],
        &expect![[r"
        shop/baton.toml:1:12: error[CONFIG_WRONG_VALUE]: `databases.shop` needs a `url`
            1 | [databases.shop]
              |            ^^^^
              at: /databases/shop
        error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
    "]],
    );
    check(
        "[account]\nid = '12'\n",
        &[],
        &expect![[r"
        shop/baton.toml:2:6: error[CONFIG_WRONG_VALUE]: `account.id` has twelve digits, found `12`
            2 | id = '12'
              |      ^^^^
              at: /account/id
        error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
    "]],
    );
}

#[test]
fn what_is_not_toml_is_located() {
    check(
        "[limits\n",
        &[],
        &expect![[r"
        shop/baton.toml:1:8: error[CONFIG_SYNTAX]: this is not TOML: unclosed table, expected `]`
            1 | [limits
              |        ^
        error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
    "]],
    );
}

#[test]
fn the_environment_overrides_every_key() {
    check(
        "[limits]\nevents = 7",
        &[("BATON_LIMITS_EVENTS", "9"), ("BATON_DATA_FOLDER", "e")],
        &expect![[r"
            data shop/e schemas shop/schemas payload 262144 events 9 databases [] buckets []
        "]],
    );
    check(
        "[databases.my-shop]\nurl='sqlite:a'",
        &[("BATON_DATABASES_MY_SHOP_URL", "sqlite:b")],
        &expect![[r#"
            data shop/.baton schemas shop/schemas payload 262144 events 0 databases [("my-shop", Sqlite("shop/b"))] buckets []
        "#]],
    );
}

#[test]
fn a_slip_in_the_environment_is_noticed() {
    check(
        "",
        &[("BATON_LIMITS_PAYLOAD_BYTE", "9")],
        &expect![[r"
        error[ENVIRONMENT_INVALID]: the environment variable `BATON_LIMITS_PAYLOAD_BYTE` overrides no key of baton.toml
            hint: did you mean `BATON_LIMITS_PAYLOAD_BYTES`?
    "]],
    );
    check(
        "",
        &[("BATON_LIMITS_EVENTS", "many")],
        &expect![[r"
        error[ENVIRONMENT_INVALID]: the environment variable `BATON_LIMITS_EVENTS` is a whole number from 0 to 1000000000, found `many`
            hint: it overrides `limits.events` of baton.toml
    "]],
    );
    check(
        "",
        &[("BATON_SOMETHING", "else")],
        &expect![[r"
        data shop/.baton schemas shop/schemas payload 262144 events 0 databases [] buckets []
    "]],
    );
}

#[test]
fn a_secret_is_a_reference_and_never_shown() {
    let with = |secret: &str| format!("[databases.shop]\nurl = 'sqlite:a'\nsecret = '{secret}'\n");
    check(
        &with("hunter2"),
        &[],
        &expect![[r"
            shop/baton.toml:3:10: error[CONFIG_SECRET_LITERAL]: `databases.shop.secret` holds a secret itself; only a reference to one is accepted
                3 | secret = *********
                  |          ^^^^^^^^^
                  at: /databases/shop/secret
                hint: write `env:NAME` or `file:PATH`; if the secret was real, consider it known and change it
            error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
        "]],
    );
    check(
        &with("env:SHOP_PASSWORD"),
        &[],
        &expect![[r"
        shop/baton.toml:3:10: error[CONFIG_SECRET_MISSING]: `databases.shop.secret` refers to the environment variable `SHOP_PASSWORD`, which is not set or empty
            3 | secret = 'env:SHOP_PASSWORD'
              |          ^^^^^^^^^^^^^^^^^^^
              at: /databases/shop/secret
            hint: set it: `export SHOP_PASSWORD=…`
        error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
    "]],
    );
    check(
        &with("file:none.txt"),
        &[],
        &expect![[r"
        shop/baton.toml:3:10: error[CONFIG_SECRET_MISSING]: `databases.shop.secret` refers to the file `shop/none.txt`, which cannot be used: there is no such file
            3 | secret = 'file:none.txt'
              |          ^^^^^^^^^^^^^^^
              at: /databases/shop/secret
            hint: write the secret, and nothing else, into the file
        error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
    "]],
    );
    check(
        &with("env:SHOP_PASSWORD"),
        &[("SHOP_PASSWORD", "hunter2")],
        &expect![[r#"
            data shop/.baton schemas shop/schemas payload 262144 events 0 databases [("shop", Sqlite("shop/a"))] buckets []
        "#]],
    );
}

#[test]
fn a_machine_must_be_there() {
    check(
        "[machines]\nship = 'ship.asl.json'\n",
        &[],
        &expect![[r"
        shop/baton.toml:2:8: error[CONFIG_WRONG_VALUE]: `machines.ship`: there is no file `shop/ship.asl.json`
            2 | ship = 'ship.asl.json'
              |        ^^^^^^^^^^^^^^^
              at: /machines/ship
            hint: paths are relative to the folder of baton.toml
        error[CONFIG_INVALID]: `shop/baton.toml` is refused: 1 error
    "]],
    );
}

#[test]
fn a_huge_or_deep_file_is_refused_and_harms_nobody() {
    let deep = format!("a = {}", "[".repeat(100_000));
    let error = Config::read(None, &deep, &[]).expect_err("deep is refused");
    assert_eq!(error.code(), "CONFIG_INVALID");
}

#[test]
fn every_key_is_documented() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/configuration.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    for key in keys::KEYS {
        let shown = key.path.replace('*', "NAME");
        let row = page.lines().find(|line| line.starts_with(&format!("| `{shown}` |")));
        let row = row.unwrap_or_else(|| panic!("configuration.md has no row for `{shown}`"));
        assert!(row.contains(key.default), "the default of `{shown}` is {}", key.default);
    }
}
