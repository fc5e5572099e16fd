//! The library, family by family.

use crate::testing::{check, check_codes};

#[test]
fn aggregates() {
    check(
        "{}",
        &[
            ("$sum([1, 2.5])", "3.5"),
            ("$sum([])", "0"),
            ("$sum(missing)", "nothing"),
            ("$count(missing)", "0"),
            ("$count([1, [2, 3]])", "2"),
            ("$max([3, 9, 4])", "9"),
            ("$min([])", "nothing"),
            ("$average([1, 2])", "1.5"),
            ("$average([])", "nothing"),
        ],
    );
}

#[test]
fn strings() {
    check(
        "{}",
        &[
            ("$length('a😀é')", "3"),
            ("$substring('hello', 1, 3)", r#""ell""#),
            ("$substring('hello', -3)", r#""llo""#),
            ("$substring('hello', -9, 2)", r#""he""#),
            ("$substring('hello', 3, -1)", r#""""#),
            ("$substringBefore('a-b', '-')", r#""a""#),
            ("$substringAfter('a-b', '?')", r#""a-b""#),
            ("$trim('  a \n b ')", r#""a b""#),
            ("$pad('x', 3, '-+')", r#""x-+""#),
            ("$pad('x', -3)", r#""  x""#),
            ("$join(['a', 'b'], ', ')", r#""a, b""#),
            ("$uppercase('straße')", r#""STRASSE""#),
            ("$string(0.1 + 0.2)", r#""0.3""#),
            ("$string([1, {'a': null}])", r#""[1,{\"a\":null}]""#),
            ("$string({'a': 1}, true)", r#""{\n  \"a\": 1\n}""#),
            ("$string($sum)", r#""""#),
        ],
    );
}

#[test]
fn matching() {
    check(
        "{}",
        &[
            ("$contains('abc', 'b')", "true"),
            ("$contains('abc', /^B/i)", "false"),
            ("$split('a, b,c', /,\\s*/)", r#"["a","b","c"]"#),
            ("$split('a,b,c', ',', 2)", r#"["a","b"]"#),
            ("$split('ab', '')", r#"["a","b"]"#),
            ("$replace('2026-11-25', /(\\d+)-(\\d+)-(\\d+)/, '$3.$2.$1')", r#""25.11.2026""#),
            ("$replace('a.a.a', '.', '$1', 1)", r#""a$1a.a""#),
            ("$replace('abc', /b/, '[$0$$]')", r#""a[b$]c""#),
            ("$replace('abc', /b/, function($m) { $uppercase($m.match) })", r#""aBc""#),
            ("$match('x12y3', /[0-9]+/).[match, index]", r#"[["12",1],["3",4]]"#),
            ("$match('😀a', /a/).index", "2"),
            ("/b/('abc').start", "1"),
            ("/a/('aba').next().start", "2"),
        ],
    );
    check_codes(&[
        ("$match('a', /x*/)", "D1004"),
        ("$replace('a', '', 'b')", "D3010"),
        ("$replace('a', 'a', 'b', -1)", "D3011"),
        ("$replace('a', /a/, function() { 1 })", "D3012"),
        ("$split('a', 'a', -1)", "D3020"),
        ("$match('a', /a/, -1)", "D3040"),
        ("$split('a', $uppercase)", "T1010"),
    ]);
}

#[test]
fn numbers() {
    check(
        "{}",
        &[
            ("$number('0x1F')", "31"),
            ("$number('-1.5e2')", "-150"),
            ("$number(true)", "1"),
            ("$round(2.5)", "2"),
            ("$round(-1.5)", "-2"),
            ("$round(1.005, 2)", "1"),
            ("$round(1234.5678, 2)", "1234.57"),
            ("$round(1250, -2)", "1200"),
            ("$floor(-1.5)", "-2"),
            ("$ceil(-1.5)", "-1"),
            ("$power(2, 10)", "1024"),
            ("$sqrt(2)", "1.4142135623730951"),
            ("$formatBase(255, 16)", r#""ff""#),
            ("$formatBase(-5, 2)", r#""-101""#),
        ],
    );
    check_codes(&[
        ("$number('1,5')", "D3030"),
        ("$number('')", "D3030"),
        ("$number('1e999')", "D3030"),
        ("$sqrt(-1)", "D3060"),
        ("$power(10, 400)", "D3061"),
        ("$formatBase(1, 37)", "D3100"),
    ]);
}

#[test]
fn arrays_and_objects() {
    check(
        r#"{"o": {"a": 1, "b": {"c": 2}}, "l": [{"a": 1}, {"a": 2, "b": 3}]}"#,
        &[
            ("$append([1], 2)", "[1,2]"),
            ("$reverse([1, 2])", "[2,1]"),
            ("$sort([3, 1, 2])", "[1,2,3]"),
            ("$sort(['b', 'a'], function($l, $r) { $l < $r })", r#"["b","a"]"#),
            ("$distinct([1, 'a', 1, {'x': 1}, {'x': 1}, null, null])", r#"[1,"a",{"x":1},null]"#),
            ("$zip([1, 2, 3], ['a', 'b'])", r#"[[1,"a"],[2,"b"]]"#),
            ("$count($shuffle([1..20]))", "20"),
            ("$keys(l)", r#"["a","b"]"#),
            ("$lookup(o, 'b')", r#"{"c":2}"#),
            ("$spread(o)", r#"[{"a":1},{"b":{"c":2}}]"#),
            ("$merge(l)", r#"{"a":2,"b":3}"#),
            ("$each(o, function($v, $k) { $k })", r#"["a","b"]"#),
            ("$sift(o, function($v, $k) { $k = 'a' })", r#"{"a":1}"#),
            ("$single(l, function($v) { $v.a = 2 }).b", "3"),
            ("$filter(l, function($v, $i) { $i = 0 })", r#"{"a":1}"#),
            ("$reduce([], function($a, $b) { $a })", "nothing"),
            ("$reduce([1, 2], function($a, $b) { $a + $b }, 10)", "13"),
        ],
    );
    check_codes(&[
        ("$sort([1, 'a'])", "D3070"),
        ("$single([1, 2])", "D3138"),
        ("$single([])", "D3139"),
        ("$reduce([1], function($a) { $a })", "D3050"),
    ]);
}

#[test]
fn truth() {
    check(
        "{}",
        &[
            (
                "[$boolean(0), $boolean(''), $boolean(null), $boolean([]), $boolean({}), $boolean([0])]",
                "[false,false,false,false,false,false]",
            ),
            ("[$boolean(1), $boolean('a'), $boolean([0, 1]), $boolean({'a': 0})]", "[true,true,true,true]"),
            ("$boolean($sum)", "false"),
            ("$exists(missing)", "false"),
            ("$not(missing)", "nothing"),
        ],
    );
}

#[test]
fn encodings() {
    check(
        "{}",
        &[
            ("$base64encode('héllo')", r#""aMOpbGxv""#),
            ("$base64decode('aGk')", r#""hi""#),
            ("$encodeUrlComponent('a b/ü-.')", r#""a%20b%2F%C3%BC-.""#),
            ("$encodeUrl('https://x.y/a b?c=ü')", r#""https://x.y/a%20b?c=%C3%BC""#),
            ("$decodeUrlComponent('a%20%2F')", r#""a /""#),
            ("$decodeUrl('a%20%2F')", r#""a %2F""#),
        ],
    );
    check_codes(&[("$decodeUrl('%E0%A4%A')", "D3140"), ("$decodeUrlComponent('%FF')", "D3140")]);
}

#[test]
fn errors_on_purpose() {
    check(
        "{}",
        &[
            ("$error('no stock')", "D3137: no stock"),
            ("$assert(1 = 2, 'must be equal')", "D3141: must be equal"),
            ("$assert(true)", "nothing"),
        ],
    );
}
