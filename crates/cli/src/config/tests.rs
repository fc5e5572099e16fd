//! What a configuration means, and what is said about a wrong one.

use std::path::Path;

use expect_test::{Expect, expect};

use super::*;
use crate::render::error::render_plain;

#[track_caller]
fn check(text: &str, environment: &[(&str, &str)], expect: Expect) {
    let environment: Vec<_> = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let shown = match Config::read(Some(Path::new("shop/baton.toml")), text, &environment) {
        Ok(config) => format!(
            "data {} schemas {} payload {} events {} databases {:?} buckets {:?}\n",
            config.data_folder.display(),
            config.schemas_folder.display(),
            config.limits.payload_bytes,
            config.limits.events,
            config.databases.iter().map(|it| (&it.name, &it.file)).collect::<Vec<_>>(),
            config.buckets.iter().map(|it| (&it.name, &it.folder)).collect::<Vec<_>>(),
        ),
        Err(error) => render_plain(&error),
    };
    expect.assert_eq(&shown);
}

#[test]
fn an_empty_file_means_the_defaults() {
    check("", &[], expect![[r#""#]]);
}

#[test]
fn paths_are_relative_to_the_file() {
    check(
        "[data]\nfolder='d'\n[databases.shop]\nurl='sqlite:o.db'\n[buckets.inbox]\nfolder='/in'",
        &[],
        expect![[r#""#]],
    );
}

#[test]
fn an_unknown_key_has_a_place_and_a_suggestion() {
    check("[limits]\npayload_byte = 5\n", &[], expect![[r#""#]]);
    check("[limit]\npayload_bytes = 5\n", &[], expect![[r#""#]]);
    check("[databases.shop]\nurl = 'sqlite:a'\npassword = 'x'\n", &[], expect![[r#""#]]);
}

#[test]
fn a_wrong_type_or_value_says_what_is_expected() {
    check("[limits]\npayload_bytes = '5'\nevents = -1\n", &[], expect![[r#""#]]);
    check("limits = 5", &[], expect![[r#""#]]);
    check("[databases.shop]\nurl = 'mysql://u:p@h/d'\n", &[], expect![[r#""#]]);
    check("[databases.shop]\n", &[], expect![[r#""#]]);
    check("[account]\nid = '12'\n", &[], expect![[r#""#]]);
}

#[test]
fn what_is_not_toml_is_located() {
    check("[limits\n", &[], expect![[r#""#]]);
}

#[test]
fn the_environment_overrides_every_key() {
    check(
        "[limits]\nevents = 7",
        &[("BATON_LIMITS_EVENTS", "9"), ("BATON_DATA_FOLDER", "e")],
        expect![[r#""#]],
    );
    check(
        "[databases.my-shop]\nurl='sqlite:a'",
        &[("BATON_DATABASES_MY_SHOP_URL", "sqlite:b")],
        expect![[r#""#]],
    );
}

#[test]
fn a_slip_in_the_environment_is_noticed() {
    check("", &[("BATON_LIMITS_PAYLOAD_BYTE", "9")], expect![[r#""#]]);
    check("", &[("BATON_LIMITS_EVENTS", "many")], expect![[r#""#]]);
    check("", &[("BATON_SOMETHING", "else")], expect![[r#""#]]);
}

#[test]
fn a_secret_is_a_reference_and_never_shown() {
    let with = |secret: &str| format!("[databases.shop]\nurl = 'sqlite:a'\nsecret = '{secret}'\n");
    check(&with("hunter2"), &[], expect![[r#""#]]);
    check(&with("env:SHOP_PASSWORD"), &[], expect![[r#""#]]);
    check(&with("file:none.txt"), &[], expect![[r#""#]]);
    check(&with("env:SHOP_PASSWORD"), &[("SHOP_PASSWORD", "hunter2")], expect![[r#""#]]);
}

#[test]
fn a_machine_must_be_there() {
    check("[machines]\nship = 'ship.asl.json'\n", &[], expect![[r#""#]]);
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
    for key in super::keys::KEYS {
        let shown = key.path.replace('*', "NAME");
        let row = page.lines().find(|line| line.starts_with(&format!("| `{shown}` |")));
        let row = row.unwrap_or_else(|| panic!("configuration.md has no row for `{shown}`"));
        assert!(row.contains(key.default), "the default of `{shown}` is {}", key.default);
    }
}
