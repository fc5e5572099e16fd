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
            config.buckets.iter().map(|it| (&it.name, &it.folder)).collect::<Vec<_>>(),
        ),
        Err(error) => render_plain(&error),
    };
    expect.assert_eq(&shown);
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
