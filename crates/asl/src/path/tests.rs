use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Path, ReferencePath};
use crate::{Context, Entropy, Env, Failure, Json, JsonLimits, Variables, json};

const STORE: &str = r#"{"store": {"book": [
  {"category": "reference", "author": "Rees", "title": "Sayings", "price": 8.95},
  {"category": "fiction", "author": "Waugh", "title": "Sword", "price": 12.99, "tags": ["a", "b"]},
  {"category": "fiction", "author": "Melville", "title": "Moby", "isbn": "0-553", "price": 8.99},
  {"category": "fiction", "author": "Tolkien", "title": "Rings", "isbn": "0-395", "price": 22.99}],
  "bicycle": {"color": "red", "price": 19.95}}, "expensive": 10, "x-y": 1, "big": 9007199254740993}"#;

fn value(text: &str) -> Json {
    json::parse(text, JsonLimits::PAYLOAD).expect("the test's JSON is JSON")
}

fn found(path: &str, input: &Json) -> Option<Json> {
    let make = || Json::object([("Name", Json::from("it"))]);
    let mut variables = Variables::default();
    variables.set("v".into(), value(r#"{"a": [1, 2]}"#));
    let context = Context::new(&make);
    let env =
        Env { input, context: &context, variables: &variables, entropy: &mut Entropy::from_seed([0; 32]) };
    Path::compile(path).expect("the test's path is a path").find(&env)
}

#[track_caller]
fn check(path: &str, expected: &str) {
    let text = found(path, &value(STORE)).map_or_else(|| "nothing".to_owned(), |value| value.to_text());
    assert_eq!(text, expected, "{path}");
}

#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes a value")]
#[track_caller]
fn refused(path: &str, message: Expect) {
    let error = Path::compile(path).expect_err("the path is refused");
    message.assert_eq(&format!("{}: {}", error.offset, error.message));
}

#[test]
fn definite_paths_give_the_value() {
    check("$.expensive", "10");
    check("$['store']['bicycle'].color", "\"red\"");
    check("$.store.book[0].title", "\"Sayings\"");
    check("$.store.book[-1].title", "\"Rings\"");
    check("$.x-y", "1");
    check("$.big", "9007199254740993");
    check("$.missing", "nothing");
    check("$.store.book[9]", "nothing");
    check("$.expensive.deeper", "nothing");
}

#[test]
fn indefinite_paths_give_a_list() {
    check("$.store.book[*].price", "[8.95,12.99,8.99,22.99]");
    check("$..isbn", "[\"0-553\",\"0-395\"]");
    check("$.store.book[0,1].author", "[\"Rees\",\"Waugh\"]");
    check("$.store.book[:2].author", "[\"Rees\",\"Waugh\"]");
    check("$.store.book[-2:].author", "[\"Melville\",\"Tolkien\"]");
    check("$.store.book[0:4:2].author", "[\"Rees\",\"Melville\"]");
    check("$.store.book[*].nothing", "[]");
    check("$..book[?(@.isbn)].title", "[\"Moby\",\"Rings\"]");
    check("$.store.['book'][9][*]", "[]");
    check("$..['title','isbn'].length", "[]");
    check("$.store..price", "[8.95,12.99,8.99,22.99,19.95]");
    check("$.store.bicycle.*", "[\"red\",19.95]");
    check("$.expensive[*]", "[]");
    check("$.expensive[1:]", "[]");
    check("$.nope.nope[*].x", "[]");
}

#[test]
fn filters_keep_what_they_say() {
    check("$.store.book[?(@.price < 10)].title", "[\"Sayings\",\"Moby\"]");
    check("$.store.book[?(@.price > $.expensive)].title", "[\"Sword\",\"Rings\"]");
    check("$.store.book[?(@.author == 'Rees' || @.author == \"Waugh\")].title", "[\"Sayings\",\"Sword\"]");
    check("$.store.book[?(@.category == 'fiction' && @.price < 10)].title", "[\"Moby\"]");
    check("$.store.book[?(!(@.isbn))].title", "[\"Sayings\",\"Sword\"]");
    check("$.store.book[?(@.author =~ /.*LK.*/i)].title", "[\"Rings\"]");
    check("$.store.book[?(@.author in ['Rees', 'Tolkien'])].title", "[\"Sayings\",\"Rings\"]");
    check("$.store.book[?(@.author nin ['Rees', 'Tolkien'])].title", "[\"Sword\",\"Moby\"]");
    check("$.store.book[?(@.tags anyof ['b'])].title", "[\"Sword\"]");
    check("$.store.book[?(@.tags size 2)].title", "[\"Sword\"]");
    check("$.store.book[?(@.title != 'Rings')].title", "[\"Sayings\",\"Sword\",\"Moby\"]");
}

#[test]
fn filters_see_elements_that_are_no_objects() {
    let input = value(r#"{"n":[1,"2",3,null,[4]],"t":["ab","a\nb","AB"]}"#);
    let kept = |path: &str| found(path, &input).expect("a list").to_text();
    assert_eq!(kept("$.n[?(@ > 2)]"), "[3]");
    assert_eq!(kept("$.n[?(@ == 2)]"), "[\"2\"]");
    assert_eq!(kept("$.n[?(@)]"), "[1,\"2\",3,null,[4]]");
    assert_eq!(kept("$.t[?(@ =~ /a.?b/)]"), "[\"ab\"]");
    assert_eq!(kept("$.t[?(@ =~ /a.?b/si)]"), "[\"ab\",\"a\\nb\",\"AB\"]");
    assert_eq!(kept("$.t[?(@ =~ / a b /x)]"), "[\"ab\"]");
    assert_eq!(kept("$.t[?(@ in ['ab', 'AB'])]"), "[\"ab\",\"AB\"]");
}

#[test]
fn a_word_without_quotes_is_a_text() {
    check("$.store.book[?(@.author == Rees)].title", "[\"Sayings\"]");
    check("$.store.book[?(@.author in [Rees, Tolkien])].price", "[8.95,22.99]");
    refused(
        "$[?(@.a == )]",
        expect!["11: expected a path (`@…` or `$…`), a number, a text in quotes, `true`, `false` or `null`"],
    );
}

#[test]
fn an_index_may_be_counted_from_the_length() {
    check("$.store.book[(@.length-1)].title", "\"Rings\"");
    check("$.store.book[( @.length - 4 )].title", "\"Sayings\"");
    check("$.store.book[(@.length-5)].title", "nothing");
    refused("$.a[(@.length)]", expect!["13: expected `-`, found `)`"]);
    refused("$.a[(@.length-0)]", expect!["15: expected a whole number of at least 1, found `)`"]);
    refused("$.a[(@.size-1)]", expect!["5: expected `@.length`, found `@`"]);
}

#[test]
fn context_and_variables_are_read() {
    check("$$.Name", "\"it\"");
    check("$v.a[1]", "2");
    check("$w.a", "nothing");
}

#[test]
fn what_is_not_a_path_is_refused_with_its_place() {
    refused("x", expect!["0: a path starts with `$`, found `x`"]);
    refused("$.", expect!["2: expected a name or `*` after `.`, found the end of the path"]);
    refused(
        "$[",
        expect!["2: expected a name in quotes, a number, a slice, `*` or `?(`, found the end of the path"],
    );
    refused("$['a", expect!["2: the text that starts here is not closed with `'`"]);
    refused("$.a b", expect!["3: expected `.`, `[` or the end of the path, found ` `"]);
    refused(
        "$.a.length()",
        expect!["4: functions such as `length()` are not part of a path; use `States.ArrayLength`"],
    );
    refused("$[::0]", expect!["5: the step of a slice is at least 1, found `]`"]);
    refused("$[99999999999999999999]", expect!["2: expected a whole number"]);
    refused("$.a.frob()", expect!["4: functions such as `frob()` are not part of a path"]);
    refused(
        "$[?(@.a ==)]",
        expect!["10: expected a path (`@…` or `$…`), a number, a text in quotes, `true`, `false` or `null`"],
    );
    refused(
        &format!("$[?({}@.a{})]", "(".repeat(50), ")".repeat(50)),
        expect!["20: a filter nests at most 16 levels, found `(`"],
    );
}

#[test]
fn a_reference_path_writes_one_place() {
    let put = |path: &str, target: &str| {
        let path = ReferencePath::compile(path).expect("it is a reference path");
        path.insert(&value(target), Json::from(7_i64))
            .map_or_else(|failure| failure.cause.unwrap_or_default().to_string(), |value| value.to_text())
    };
    assert_eq!(put("$", "{}"), "7");
    assert_eq!(put("$.a.b", "{\"x\":1}"), "{\"x\":1,\"a\":{\"b\":7}}");
    assert_eq!(put("$.a[1]", "{\"a\":[1,2]}"), "{\"a\":[1,7]}");
    assert_eq!(put("$.a[5]", "{\"a\":[1]}"), "Unable to apply step \"5\" to input {\"a\":[1]}");
    assert_eq!(put("$.a.b", "{\"a\":1}"), "Unable to apply step \"b\" to input {\"a\":1}");
    assert_eq!(put("$.a.b", "null"), "{\"a\":{\"b\":7}}");
    assert_eq!(put("$['a b'].c", "{\"a b\":{\"c\":1,\"d\":2}}"), "{\"a b\":{\"c\":7,\"d\":2}}");
    for path in ["$..a", "$.a[-1]", "$.a[?(@.b)]", "$.a[*]", "$.a[1:2]", "$.a['b','c']", "$$.a", "$v"] {
        assert!(ReferencePath::compile(path).is_err(), "{path}");
    }
}

#[test]
fn a_reference_path_goes_no_deeper_than_a_payload_may() {
    let path = |steps: usize| ReferencePath::compile(&format!("${}", ".a".repeat(steps)));
    assert_eq!(path(129).expect_err("too deep").message, "a reference path has at most 128 steps");
    let made = path(128).expect("just deep enough").insert(&Json::empty_object(), Json::from(1_i64));
    assert!(made.is_ok(), "{made:?}");
    let failure = path(128).expect("just deep enough").insert(&Json::empty_object(), Json::array([]));
    let cause = failure.expect_err("one level more").cause.unwrap_or_default();
    assert_eq!(&*cause, "The query gave a value that nests deeper than 128 levels.");
}

#[test]
fn several_names_at_the_end_give_one_object() {
    check("$.store.bicycle['color','price']", "{\"color\":\"red\",\"price\":19.95}");
    check("$.store.bicycle['price','none']", "{\"price\":19.95}");
    check(
        "$.store.book[2,3]['title','isbn']",
        "[{\"title\":\"Moby\",\"isbn\":\"0-553\"},{\"title\":\"Rings\",\"isbn\":\"0-395\"}]",
    );
    check("$..['color','price']", "[{\"color\":\"red\",\"price\":19.95}]");
    check("$.store['bicycle','book'].color", "[\"red\"]");
    assert!(Path::compile("$.a['b','c']").expect("a path").is_definite());
    assert!(!Path::compile("$.a['b','c'].d").expect("a path").is_definite());
}

#[test]
fn texts_and_numbers_compare_as_jayway_has_it() {
    let input = value(r#"[{"a":5,"n":1},{"a":"5","n":2},{"a":null,"n":3},{"n":4},{"a":[5],"n":5}]"#);
    let kept = |filter: &str| found(&format!("$[?({filter})].n"), &input).expect("a list").to_text();
    assert_eq!(kept("@.a == 5"), "[1,2]");
    assert_eq!(kept("@.a == '5'"), "[1,2]");
    assert_eq!(kept("@.a === '5'"), "[2]");
    assert_eq!(kept("@.a !== '5'"), "[1,3,5]");
    assert_eq!(kept("@.a != 5"), "[3,5]");
    assert_eq!(kept("@.a != null"), "[1,2,5]");
    assert_eq!(kept("@.a >= 5"), "[1,2]");
    assert_eq!(kept("@.a < '10'"), "[1]");
    assert_eq!(kept("@.a"), "[1,2,3,5]");
    assert_eq!(kept("!(@.a)"), "[4]");
    assert_eq!(kept("@.a == null"), "[3]");
    assert_eq!(kept("@.a nin [5]"), "[3,5]");
    assert_eq!(kept("@.a contains 5"), "[5]");
    assert_eq!(kept("@.a subsetof [5, 6]"), "[5]");
    assert_eq!(kept("@.a noneof [6]"), "[5]");
    assert_eq!(kept("@.a all [5]"), "[5]");
    assert_eq!(kept("@.a all [5, 6]"), "[]");
    assert_eq!(kept("@.a all []"), "[5]");
    assert_eq!(kept("@.a empty false"), "[2,5]");
    assert_eq!(kept("5 == @.a && (@.n < 2 || @.n > 9)"), "[1]");
}

#[test]
fn a_miss_is_told_in_jayways_words() {
    told("$.nope", expect!["Invalid path '$.nope' : No results for path: $['nope']"]);
    told(
        "$.store.nope.deeper",
        expect!["Invalid path '$.store.nope.deeper' : Missing property in path $['store']['nope']"],
    );
    told(
        "$.expensive[1]",
        expect![
            "Invalid path '$.expensive[1]' : Filter: [1] can only be applied to arrays. Current context is: 10"
        ],
    );
    told(
        "$.expensive.x",
        expect!["Invalid path '$.expensive.x' : Property ['x'] not found in path $['expensive']"],
    );
    told(
        "$.store.book[7]",
        expect![
            "Invalid path '$.store.book[7]' : Index out of bounds when evaluating path $['store']['book'][7]"
        ],
    );
    told("$none.x", expect!["Invalid path '$none.x' : the variable 'none' is not assigned"]);
    told(
        "$..*..*..*..*..*..*..*..*..*",
        expect!["Invalid path '$..*..*..*..*..*..*..*..*..*' : the path visits more than 1000000 values"],
    );
}

#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes a value")]
#[track_caller]
fn told(path: &str, cause: Expect) {
    let deep = (0..40).fold(Json::Null, |value, _| Json::array([value.clone(), value]));
    let input = value(STORE).as_object().expect("an object").with("deep", deep);
    let input = Json::Object(std::sync::Arc::new(input));
    let failure = selected(path, &input, Path::select).expect_err("the path misses");
    assert_eq!(failure.error_str(), "States.Runtime");
    cause.assert_eq(failure.cause.as_deref().unwrap_or_default());
}

fn selected(
    path: &str,
    input: &Json,
    how: fn(&Path, &Env<'_>) -> Result<Json, Failure>,
) -> Result<Json, Failure> {
    let make = || Json::Null;
    let context = Context::new(&make);
    let mut entropy = Entropy::from_seed([0; 32]);
    let env = Env { input, context: &context, variables: &Variables::default(), entropy: &mut entropy };
    how(&Path::compile(path).expect("the test's path is a path"), &env)
}

#[test]
fn nothing_can_be_read_of_null() {
    let failure = selected("$.a", &Json::Null, Path::select).expect_err("null has no members");
    assert_eq!(failure.cause.as_deref(), Some("Unable to apply Path transformation to null or empty input."));
}

#[test]
fn a_reference_that_leads_nowhere_names_the_step() {
    let input = value(r#"{"discovery":{"statusCode":500}}"#);
    let failure = selected("$.discovery.objects", &input, Path::select_as_reference).expect_err("it misses");
    assert_eq!(failure.error_str(), "States.ReferencePathConflict");
    let cause = r#"Unable to apply step "objects" to input {"discovery":{"statusCode":500}}"#;
    assert_eq!(failure.cause.as_deref(), Some(cause));
    assert!(selected("$.discovery", &input, Path::select_as_reference).is_ok());
}

#[test]
fn what_a_path_visits_and_gives_is_bounded() {
    let wide = Json::array((0..2_000_i64).map(|at| Json::array([Json::from(at)])));
    assert_eq!(found("$[?(@[0] in $..*)]", &wide), None);
    let long = Json::array((0..60_000_i64).map(Json::from));
    let long = Json::object([("a", long.clone()), ("b", long)]);
    assert_eq!(found("$.a[?($.a == $.b)]", &long), None);
    assert_eq!(
        found(&format!("$.a[{}0]", "0,".repeat(30_000)), &long).and_then(|it| it.as_array().map(<[_]>::len)),
        Some(30_001)
    );
    let text = Json::array([Json::from("x".repeat(200_000))]);
    assert_eq!(found(&format!("$[{}0]", "0,".repeat(30_000)), &text), None);
}

proptest! {
    #[test]
    fn any_text_is_compiled_or_refused(text in "\\$[\\[\\].*?()@$'\"a-c0-9,:=<>!&|~/ -]{0,40}") {
        if let Ok(path) = Path::compile(&text) {
            let _ = found(&text, &value(STORE));
            let _ = path.is_definite();
            prop_assert_eq!(&**path.text(), text.as_str());
        }
    }

    #[test]
    fn any_member_is_found_by_its_name_in_quotes(name in "\\PC{0,12}") {
        let quoted = name.replace('\\', "\\\\").replace('\'', "\\'");
        let object = Json::object([(name.as_str(), Json::from(1_i64))]);
        prop_assert_eq!(found(&format!("$['{quoted}']"), &object), Some(Json::from(1_i64)));
    }

    #[test]
    fn a_slice_is_what_a_loop_would_take(from in -7..7_i64, to in -7..7_i64, step in 1..4_usize) {
        let items: Vec<i64> = (0..5).collect();
        let place = |at: i64| usize::try_from(if at < 0 { (at + 5).max(0) } else { at.min(5) }).expect("not negative");
        let wanted = (place(from)..place(to)).step_by(step).map(|at| Json::from(items[at]));
        let array = Json::array(items.iter().copied().map(Json::from));
        prop_assert_eq!(found(&format!("$[{from}:{to}:{step}]"), &array), Some(Json::array(wanted)));
    }
}
