//! What expressions are said to read.

use crate::{Expression, Facts, ParseLimits};

fn facts(text: &str) -> Facts {
    Expression::parse(text, &ParseLimits::default()).expect("it can be read").facts().clone()
}

#[track_caller]
fn check_reads(text: &str, wanted: &[&str]) {
    let facts = facts(text);
    let path = |it: &crate::VariablePath| {
        let fields = it.fields.iter().map(|it| format!(".{it}")).collect::<String>();
        format!("{}{fields}", it.variable)
    };
    assert_eq!(facts.reads().map(path).collect::<Vec<_>>(), wanted, "{text}");
}

#[test]
fn paths_below_variables_are_known() {
    check_reads("$states.input.a.b + $states.context.id", &["states.context.id", "states.input.a.b"]);
    check_reads("$states.input.items[price > $limit].id", &["limit", "states.input.items"]);
    check_reads("$states", &["states"]);
    check_reads("$states[0].input", &["states"]);
    check_reads("$x[a = $y].b", &["x", "y"]);
    check_reads("$sum($states.input.n)", &["states.input.n"]);
    check_reads("$map($states.input, function($v) { $v.a & $other.b })", &["other.b", "states.input"]);
    check_reads("$states.input.{'x': $y.z}", &["states.input", "y.z"]);
}

#[test]
fn bound_names_are_not_free() {
    check_reads("($x := 1; $x + $y)", &["y"]);
    check_reads("($f := function($n) { $f($n - 1) }; $f(1))", &[]);
    check_reads("(($x := 1); $x)", &["x"]);
    check_reads("$x := $x + 1", &["x"]);
    check_reads("$states.input.a@$a.b#$i[$i = 0].($a & $i & $z)", &["states.input", "z"]);
    check_reads("$states.input.a.b.(%.c)", &["states.input.a"]);
    check_reads("$states.input.a.b[%.%.c]", &["states.input"]);
    check_reads("$x.a@$o.b{$o.c: 1}", &["x"]);
    assert_eq!(facts("$sum($x) + $nosuch(1)").free_variables().collect::<Vec<_>>(), ["nosuch", "x"]);
    assert_eq!(facts("$sum($count($x))").library_functions().collect::<Vec<_>>(), ["count", "sum"]);
}

#[test]
fn names_alone_read_the_context() {
    for text in [
        "a",
        "1 + a",
        "$",
        "*",
        "**",
        "$sum(a)",
        "function() { a }",
        "(1; a)",
        "a.b",
        "{'k': a}",
        "[a]",
        "b ? 1 : 2",
    ] {
        assert!(facts(text).reads_context().is_some(), "{text}");
    }
    for text in [
        "$x.a",
        "$x[a = 1]",
        "$x.(a + $)",
        "$x{a: b}",
        "$x^(a)",
        "1",
        "$x ~> |a|{'b': c}|",
        "$map($x, $string)",
    ] {
        assert!(facts(text).reads_context().is_none(), "{text}");
    }
    assert_eq!(facts("1 + a").reads_context(), Some(4));
    assert_eq!(facts("$x.($$.a)").reads_root(), Some(4));
    assert_eq!(facts("$x.a").reads_root(), None);
}

#[test]
fn groups_inside_each_other_are_looked_at_once() {
    let deep = (0..40).fold("/r/".to_owned(), |inner, _| format!("$x.a{{'k': {inner}}}"));
    assert_eq!(facts(&deep).regexes(), 1);
}

#[test]
fn a_parent_that_is_found_inside_a_filter_is_looked_for_no_further() {
    assert!(Expression::parse("a[(a)[%]].b", &ParseLimits::default()).is_ok());
}
