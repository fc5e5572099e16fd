//! What expressions give, construct by construct; and what hostile ones come to.

mod hostile;
mod random;

use crate::testing::{check, check_codes};

const ORDER: &str = r#"{
    "id": "o-1", "paid": true, "none": null, "empty": [],
    "lines": [
        { "sku": "a", "price": 2.5, "tags": ["x", "y"], "count": 2 },
        { "sku": "b", "price": 10, "tags": ["y"], "count": 1 },
        { "sku": "c", "price": 4, "tags": [], "count": 3 }
    ],
    "nested": [[1, 2], [3, [4]]]
}"#;

#[test]
fn a_path_flattens_what_its_steps_give() {
    check(
        ORDER,
        &[
            ("id", r#""o-1""#),
            ("lines.sku", r#"["a","b","c"]"#),
            ("lines.tags", r#"["x","y","y"]"#),
            ("lines[1].sku", r#""b""#),
            ("lines[-1].sku", r#""c""#),
            ("lines[[0, 2]].sku", r#"["a","c"]"#),
            ("lines.tags[0]", r#"["x","y"]"#),
            ("(lines.tags)[0]", r#""x""#),
            ("lines[price > 3].sku", r#"["b","c"]"#),
            ("missing.field", "nothing"),
            ("none", "null"),
            ("none.field", "nothing"),
            ("empty", "[]"),
            ("nested", "[[1,2],[3,[4]]]"),
            ("nested.$", "[1,2,3,[4]]"),
            ("`id`", r#""o-1""#),
            ("$.id", r#""o-1""#),
            ("$$.lines[0].sku", r#""a""#),
        ],
    );
}

#[test]
fn one_result_stands_for_itself_unless_it_is_kept() {
    check(
        ORDER,
        &[
            ("lines[sku = 'a'].price", "2.5"),
            ("lines[sku = 'a'].price[]", "[2.5]"),
            ("lines[sku = 'a'][].price", "[2.5]"),
            ("[lines[sku = 'a'].price]", "[2.5]"),
            ("id[]", r#"["o-1"]"#),
            ("lines.[sku, price]", r#"[["a",2.5],["b",10],["c",4]]"#),
            ("lines[0].[sku, price]", r#"["a",2.5]"#),
        ],
    );
}

#[test]
fn wildcards_and_descendants_find_what_is_inside() {
    check(
        r#"{"a": {"b": 1, "c": [2, {"b": 3}]}}"#,
        &[("a.*", r#"[1,2,{"b":3}]"#), ("**.b", "[1,3]"), ("*.b", "1"), ("$count(**)", "6")],
    );
}

#[test]
fn operators_compute_compare_and_combine() {
    check(
        ORDER,
        &[
            ("1 + 2 * 3", "7"),
            ("(1 + 2) * 3", "9"),
            ("7 % 4", "3"),
            ("-lines[1].price", "-10"),
            ("10 / 4", "2.5"),
            ("1 + missing", "nothing"),
            ("'a' & 1 & true & null & missing", r#""a1truenull""#),
            ("1 < 2 and 'b' > 'a'", "true"),
            ("missing = 1", "false"),
            ("missing != 1", "false"),
            ("missing < 1", "nothing"),
            ("[1, {'a': 2}] = [1, {'a': 2}]", "true"),
            ("{'a': 1, 'b': 2} = {'b': 2, 'a': 1}", "true"),
            ("'y' in lines[0].tags", "true"),
            ("[1..3]", "[1,2,3]"),
            ("[0, 3..5, 9]", "[0,3,4,5,9]"),
            ("[3..1]", "[]"),
            ("missing ?? 'other'", r#""other""#),
            ("null ?? 'other'", "null"),
            ("'' ?: 'other'", r#""other""#),
            ("paid ? 'yes' : 'no'", r#""yes""#),
            ("missing ? 'yes'", "nothing"),
        ],
    );
}

#[test]
fn objects_are_made_and_items_grouped() {
    check(
        ORDER,
        &[
            ("{'id': id, 'n': missing, 'c': $count(lines)}", r#"{"id":"o-1","c":3}"#),
            ("lines{sku: price}", r#"{"a":2.5,"b":10,"c":4}"#),
            ("lines.tags{$: $count($)}", r#"{"x":1,"y":2}"#),
            ("lines.{sku: price}", r#"[{"a":2.5},{"b":10},{"c":4}]"#),
        ],
    );
}

#[test]
fn order_by_sorts_and_keeps_the_order_of_equals() {
    check(
        ORDER,
        &[
            ("lines^(price).sku", r#"["a","c","b"]"#),
            ("lines^(>price).sku", r#"["b","c","a"]"#),
            ("lines^($count(tags), >sku).sku", r#"["c","b","a"]"#),
            ("lines^(missing).sku", r#"["a","b","c"]"#),
        ],
    );
}

#[test]
fn steps_bind_focus_index_and_parent() {
    check(
        ORDER,
        &[
            ("lines@$l.(id & $l.sku)", r#"["o-1a","o-1b","o-1c"]"#),
            ("lines@$a.lines@$b[$a.price < $b.price].($a.sku & $b.sku)", r#"["ab","ac","cb"]"#),
            ("lines#$i[$i > 0].sku", r#"["b","c"]"#),
            ("lines#$i.($i & sku)", r#"["0a","1b","2c"]"#),
            ("lines.tags.(%.sku & $)", r#"["ax","ay","by"]"#),
            ("lines.sku[%.price > 3]", r#"["b","c"]"#),
            ("lines.tags.($ & %.%.id)", r#"["xo-1","yo-1","yo-1"]"#),
        ],
    );
}

#[test]
fn variables_live_in_their_blocks() {
    check(
        ORDER,
        &[
            ("($x := 1; ($x := 2; $x) + $x)", "3"),
            ("($x := 1; $f := function() { $x }; $x := 5; $f())", "5"),
            ("$bound", "7"),
            ("($bound := 1; $bound)", "1"),
            ("($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(10))", "3628800"),
            ("(function($a, $b) { [$a, $b] })(1)", "[1]"),
        ],
    );
}

#[test]
fn functions_are_values() {
    check(
        ORDER,
        &[
            ("lines.price ~> $sum", "16.5"),
            ("lines.price ~> $map(function($p) { $p * 2 }) ~> $sum()", "33"),
            ("($f := $uppercase ~> $length; $f('abc'))", "3"),
            ("($add := function($a, $b) { $a + $b }; $inc := $add(?, 1); $inc(4))", "5"),
            ("($first := $substring(?, 0, 1); $first('xyz'))", r#""x""#),
            ("$reduce([1..5], function($a, $b) { $a * $b })", "120"),
            ("$map(['a', 'b'], $uppercase)", r#"["A","B"]"#),
            ("$type($sum)", r#""function""#),
            ("{'f': $sum}", r#"{"f":""}"#),
        ],
    );
}

#[test]
fn a_tail_call_takes_the_place_of_its_caller() {
    check(
        "{}",
        &[("($f := function($n, $s) { $n = 0 ? $s : $f($n - 1, $s + $n) }; $f(20000, 0))", "200010000")],
    );
}

#[test]
fn transforms_change_a_copy() {
    check(
        ORDER,
        &[
            ("($ ~> |lines|{'cost': price * count}, ['tags', 'price', 'count']|).lines.cost", "[5,10,12]"),
            ("($c := $ ~> |lines|{'sku': 'z'}|; [$c.lines.sku, lines.sku])", r#"["z","z","z","a","b","c"]"#),
            ("{'a': {'b': {'c': 1}}} ~> |**[$exists(c)]|{'d': 2}|", r#"{"a":{"b":{"c":1,"d":2}}}"#),
        ],
    );
}

#[test]
fn eval_reads_and_evaluates_text() {
    check(ORDER, &[("$eval('id & \"!\"')", r#""o-1!""#), ("$eval('a', {'a': 3})", "3")]);
    check_codes(&[("$eval('1 +')", "D3120"), ("$eval('1 + \"a\"')", "D3121")]);
}

#[test]
fn wrong_types_are_named_by_code() {
    check_codes(
        &[
            ("1 + 'a'", "T2002"),
            ("'a' + 1", "T2001"),
            ("-'a'", "D1002"),
            ("1 < 'a'", "T2009"),
            ("[] < 1", "T2010"),
            ("[1.5..2]", "T2003"),
            ("[1..2.5]", "T2004"),
            ("{1: 2}", "T1003"),
            ("{'a': 1, 'a': 2}", "D1009"),
            ("$nothing()", "T1006"),
            ("5()", "T1006"),
            ("sum(1)", "T1005"),
            ("1 ~> 2", "T2006"),
            ("$sum('a')", "T0412"),
            ("$uppercase(1)", "T0410"),
            ("[{'a': []}]^(a)", "nothing"),
            ("[{'a': {}}, {'a': 1}]^(a)", "T2008"),
            ("[{'a': 's'}, {'a': 1}]^(a)", "T2007"),
            ("1e308 * 10", "D1001"),
            ("1 / 0", "D1001"),
            ("'x' ~> |$|{}|", "T0410"),
        ]
        .into_iter()
        .filter(|(_, code)| *code != "nothing")
        .collect::<Vec<_>>(),
    );
}

#[test]
fn an_error_says_where_and_about_what() {
    let error =
        crate::testing::evaluate("(1; $sum('x'))", "{}", crate::Limits::default()).expect_err("no number");
    assert_eq!((error.code(), error.position(), error.token()), ("T0412", Some(8), Some("sum")));
    assert_eq!(error.to_string(), r#"T0412: Argument 1 of function "sum" must be an array of numbers"#);
}
