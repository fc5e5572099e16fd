//! What the reference promises is tied to cases, and the cases are there.
//!
//! In `docs/reference/` a case is written `corpus/….txt`, or `crates/….rs::name_of_a_test`. Every line of the tables in
//! `compatibility.md` names at least one.

#![expect(clippy::disallowed_methods, reason = "a test reads the documents it holds to account")]

use std::path::{Path, PathBuf};

#[test]
fn every_case_that_the_reference_names_is_there() {
    let pages = pages(&root().join("docs/reference"));
    let named: Vec<(PathBuf, String)> = pages
        .iter()
        .flat_map(|page| cases(&text(page)).into_iter().map(|case| (page.clone(), case)).collect::<Vec<_>>())
        .collect();
    assert!(named.len() > 100, "the reference names only {} cases", named.len());
    let missing: Vec<_> = named.iter().filter(|(_, case)| !exists(case)).collect();
    assert!(missing.is_empty(), "cases that are not there: {missing:#?}");
}

#[test]
fn every_line_of_the_compatibility_page_names_a_case() {
    let page = text(&root().join("docs/reference/compatibility.md"));
    let is_head = |line: &str| line.contains("cases |") || line.starts_with("|---");
    let lines: Vec<_> = page.lines().filter(|line| line.starts_with('|') && !is_head(line)).collect();
    assert!(lines.len() > 30, "only {} lines of tables", lines.len());
    let bare: Vec<_> = lines.iter().filter(|line| cases(line).is_empty()).collect();
    assert!(bare.is_empty(), "lines without a case: {bare:#?}");
}

#[test]
fn every_topic_of_the_corpus_is_named_by_the_reference() {
    let named: Vec<String> =
        pages(&root().join("docs/reference")).iter().flat_map(|page| cases(&text(page))).collect();
    let topics = std::fs::read_dir(root().join("corpus")).expect("the corpus is there").flatten();
    let topics: Vec<String> = topics
        .filter(|it| it.path().is_dir())
        .map(|it| format!("corpus/{}/", it.file_name().display()))
        .collect();
    let is_named = |topic: &&String| named.iter().any(|it| it.starts_with(topic.as_str()));
    let unnamed: Vec<_> = topics.iter().filter(|topic| !is_named(topic)).collect();
    assert!(unnamed.is_empty(), "no page names a case of {unnamed:?}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every page below `folder`.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of pages").flatten().map(|entry| entry.path());
    let mut pages: Vec<PathBuf> = entries
        .flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    pages.sort();
    pages
}

/// What stands in backticks and names a case.
fn cases(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_transcript = |it: &str| it.starts_with("corpus/") && Path::new(it).extension().is_some();
    let is_test = |it: &str| it.starts_with("crates/") && it.contains(".rs::");
    let is_case = |it: &&str| is_transcript(it) || is_test(it);
    quoted.filter(is_case).map(str::to_owned).collect()
}

fn exists(case: &str) -> bool {
    match case.split_once("::") {
        None => root().join(case).is_file(),
        Some((file, test)) => {
            let source = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            source.contains(&format!("fn {test}("))
        }
    }
}
