//! Every code that a user can meet has a page in `docs/reference/errors/`, and every page belongs to one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Words in capitals that are no codes.
const NO_CODES: &[&str] = &["BATON_", "CARGO_", "RUST_", "AWS_", "LAMBDA_", "LC_"];
/// Values of fields, which are no codes either.
const VALUES: &[&str] = &[
    "FULL",
    "NONE",
    "TIMED_OUT",
    "CAUGHT_ERROR",
    "DEEP_ARCHIVE",
    "EXPRESS_ONEZONE",
    "FSX_OPENZFS",
    "GLACIER_IR",
    "INTELLIGENT_TIERING",
    "ONEZONE_IA",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "NOT_REDRIVABLE",
    "DOUBLE_OR_LONG",
    "FIRST_ROW",
    "LOAD_AND_FLATTEN",
    "ATHENA_DATA",
    "S3_INVENTORY",
];
/// Names that are matchers or prefixes, or that AWS alone reports.
const WITHOUT_SOURCE: &[&str] = &[];

#[test]
fn every_code_has_a_page() {
    let pages = pages();
    let missing: Vec<_> = codes().into_iter().filter(|code| !pages.contains(code)).collect();
    assert!(missing.is_empty(), "docs/reference/errors/ has no page for {missing:?}");
}

#[test]
fn every_page_has_a_code() {
    let (codes, mut pages) = (codes(), pages());
    pages
        .retain(|page| page != "README" && !WITHOUT_SOURCE.contains(&page.as_str()) && !codes.contains(page));
    assert!(pages.is_empty(), "no source has {pages:?}");
}

#[test]
fn every_page_is_listed() {
    let list =
        std::fs::read_to_string(root().join("docs/reference/errors/README.md")).expect("the list is there");
    let missing: Vec<_> =
        pages().into_iter().filter(|it| it != "README" && !list.contains(&format!("({it}.md)"))).collect();
    assert!(missing.is_empty(), "docs/reference/errors/README.md does not list {missing:?}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages() -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join("docs/reference/errors")).expect("the folder is there");
    let name = |entry: std::fs::DirEntry| Some(entry.file_name().to_str()?.strip_suffix(".md")?.to_owned());
    entries.filter_map(|entry| name(entry.expect("an entry"))).collect()
}

/// Every text in quotes that looks like a code or an error's name, from everything that is shipped.
fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for room in ["asl", "contracts", "machine", "runtime", "tasks", "cli"] {
        walk(&root().join("crates").join(room).join("src"), &mut |path| {
            let text = std::fs::read_to_string(path).expect("source is text");
            // Values of services' answers.
            if path.ends_with("test_state/shapes.rs") {
                return;
            }
            let is_class = path.ends_with("sql/fault.rs");
            let is_lambda = path.ends_with("function/fault.rs") || path.ends_with("function/remote.rs");
            for quoted in text.split('"').skip(1).step_by(1) {
                if is_code(quoted) || is_error(quoted) {
                    codes.insert(quoted.to_owned());
                }
                if is_lambda && is_word(quoted) && quoted.ends_with("Exception") {
                    codes.insert(format!("Lambda.{quoted}"));
                }
                if is_class && is_word(quoted) {
                    codes.insert(format!("SQL.{quoted}"));
                }
            }
        });
    }
    codes
}

fn is_code(text: &str) -> bool {
    text.contains('_')
        && text.starts_with(|it: char| it.is_ascii_uppercase())
        && text.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_')
        && !NO_CODES.iter().any(|prefix| text.starts_with(prefix))
        && !VALUES.contains(&text)
}

fn is_error(text: &str) -> bool {
    let Some((family, name)) = text.split_once('.') else { return false };
    match family {
        "SQL" | "RdsData" | "Test" | "Lambda" | "Runtime" | "Sandbox" | "Function" => is_word(name),
        "S3" => name.ends_with("Exception") && name.bytes().all(|it| it.is_ascii_alphanumeric()),
        "Contract" => is_word(name) && name.ends_with("Violation"),
        // Names of intrinsic functions look the same.
        "States" => {
            is_word(name)
                && [
                    "ALL",
                    "Timeout",
                    "Failed",
                    "Failure",
                    "Exceeded",
                    "Threshold",
                    "Matched",
                    "Permissions",
                    "Conflict",
                ]
                .iter()
                .any(|it| name.ends_with(it))
                || ["States.Runtime", "States.QueryEvaluationError"].contains(&text)
        }
        _ => false,
    }
}

fn is_word(text: &str) -> bool {
    text.len() > 2
        && text.starts_with(|it: char| it.is_ascii_uppercase())
        && text.chars().all(|it| it.is_ascii_alphabetic())
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).expect("a folder of source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, visit);
        } else if path.extension().is_some_and(|it| it == "rs")
            && path.file_name().is_some_and(|it| it != "tests.rs")
        {
            visit(&path);
        }
    }
}
