//! Hostile expressions: each ends by a count, with a code, and without using the stack or the memory up.

use crate::testing::evaluate;
use crate::{Expression, Limits, ParseLimits};

/// Ends with `code` under small limits.
#[track_caller]
fn check(text: &str, code: &str) {
    let limits = Limits {
        steps: 300_000,
        sequence_items: 100_000,
        string_bytes: 100_000,
        memory_bytes: 16 << 20,
        output_bytes: 100_000,
        ..Limits::default()
    };
    let found = evaluate(text, r#"{"a": 1}"#, limits).map(|it| it.map(|it| it.to_json(100)));
    assert_eq!(found.as_ref().map_err(crate::Error::code), Err(code), "{text}");
}

#[test]
fn recursion_without_end_is_refused() {
    check("($f := function() { 1 + $f() }; $f())", "U1001");
    check("($f := function() { $f() }; $f())", "U1001");
    check("($f := function($g) { $g($g) }; $f($f))", "U1001");
    check("($f := function($x) { $map($x, $f) }; $g := function($x) { $map([$x], $g) }; $g(1))", "U1001");
    check("($f := $eval; $e := '$eval($e)'; $eval($e))", "U1001");
    check("($f := function($s) { $replace($s, /a/, function($m) { $f('a') }) }; $f('a'))", "U1001");
}

#[test]
fn ranges_and_arrays_are_bounded() {
    check("[1..1e9]", "D2014");
    check("[1..1e300]", "D2014");
    check("[1..99999].[1..99999]", "U1001");
    check(
        "$map([1..300], function($i) { $map([1..300], function($j) { $map([1..300], function() { 1 }) }) })",
        "U1001",
    );
    check(
        "($f := function($a, $n) { $n = 0 ? $a : $f($append($a, $a), $n - 1) }; $count($f([1], 40)))",
        "U1007",
    );
}

#[test]
fn strings_are_bounded() {
    check("$pad('x', 1e9)", "U1003");
    check("$pad('x', -1e300)", "U1003");
    check("($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $length($f('ab', 60)))", "U1003");
    check("($s := $pad('a', 1000, 'a'); $r := $replace($s, 'a', $s); $replace($r, 'a', $s))", "U1003");
    check("$join($map([1..1000], function() { $pad('x', 1000) }))", "U1003");
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
    let many = "$reduce([1..1000], function($a, $b) { $length($pad('x', 90000)) })";
    assert_eq!(evaluate(many, "{}", limits).map_err(|it| it.code()), Err("U1004"));
}

#[test]
fn shared_parts_do_not_grow_without_notice() {
    let double = "($f := function($x, $n) { $n = 0 ? $x : $f({'l': $x, 'r': $x}, $n - 1) }; ";
    check(&format!("{double} $f(1, 60))"), "U1005");
    check(&format!("{double} $string($f(1, 60)))"), "U1003");
    check(&format!("{double} $f(1, 60) = $f(1, 60))"), "U1001");
    check(&format!("{double} $count($f(1, 60).**))"), "U1007");
    check(&format!("{double} $f(1, 60) ~> |l|{{}}|)"), "U1004");
    let falsy = "($f := function($x, $n) { $n = 0 ? $x : $f([[$x], [$x]], $n - 1) }; $boolean($f(0, 60)))";
    check(falsy, "U1001");
}

#[test]
fn values_cannot_be_nested_without_end() {
    check("($f := function($x, $n) { $n = 0 ? $x : $f([[$x]], $n - 1) }; $f(1, 20000))", "U1006");
    check("($f := function($x, $n) { $n = 0 ? $x : $f({'a': $x}, $n - 1) }; $f(1, 20000))", "U1006");
    check("($f := function($g, $n) { $n = 0 ? $g : $f($g ~> $g, $n - 1) }; $f($uppercase, 20000))", "U1006");
    check(
        "($f := function($g, $n) { $n = 0 ? $g : $f($map(?, $g), $n - 1) }; $f($uppercase, 20000))",
        "U1006",
    );
    let closures = "($f := function($g, $n) { $n = 0 ? $g(0) : $f(function($x) { $g($x) }, $n - 1) }; $f(function($x) { $x }, 9000))";
    assert!(evaluate(closures, "{}", Limits::default()).is_ok());
}

#[test]
fn patterns_are_matched_in_linear_time() {
    let limits = Limits::default();
    let bomb = "$contains($pad('a', 100000, 'a') & '!', /^(a+)+$/)";
    assert_eq!(evaluate(bomb, "{}", limits).map(|it| it.and_then(|it| it.as_bool())), Ok(Some(false)));
    check("$count($split($pad('', 90000, 'A'), /.*[^A-Z]|[A-Z]/))", "U1001");
    check("/(((a{100}){100}){100}){100}/", "S0303");
    check("/(?=a)b/", "S0303");
    check(r"/(a)\1/", "S0303");
}

#[test]
fn sorting_with_a_contradictory_comparison_ends() {
    let limits = Limits::default();
    assert!(evaluate("$sort([1..1000], function() { true })", "{}", limits).is_ok());
    assert!(evaluate("$sort([1..1000], function() { $random() > 0.5 })", "{}", limits).is_ok());
    check("$sort([1..1000], function() { $error('no') })", "D3137");
}

#[test]
fn deep_texts_are_refused_before_they_use_the_stack() {
    for part in ["(", "[", "-", "{'a':", "function(){", "$f(", "a[", "a.(", "|a|", "1+(", "a?", "$x:="] {
        let text = part.repeat(100_000);
        let error = Expression::parse(&text, &ParseLimits { bytes: usize::MAX, ..ParseLimits::default() });
        assert_eq!(error.err().map(|it| it.code()), Some("U1002"), "{part}");
    }
    for part in
        ["+1", ".a", "&a", "[0]", "?1:1", "~>$f", "{'a':1}", "^(a)", "@$x", "#$i", "(1)", " and 1", "[]"]
    {
        let text = format!("a{}", part.repeat(100_000));
        let error = Expression::parse(&text, &ParseLimits { bytes: usize::MAX, ..ParseLimits::default() });
        assert!(error.is_err() || matches!(part, "[0]" | "[]" | "@$x" | "#$i" | "^(a)"), "{part}");
    }
    let wide = format!("[{}]", vec!["1"; 50_000].join(","));
    assert!(Expression::parse(&wide, &ParseLimits::default()).is_ok());
    let long = " ".repeat(300_000);
    assert_eq!(Expression::parse(&long, &ParseLimits::default()).err().map(|it| it.code()), Some("U1008"));
}
