use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Path, ReferencePath};
use crate::{Context, Entropy, Env, Json, JsonLimits, Variables, json};

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
    check("$.store.book.length()", "4");
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
    check("$.store.bicycle['color','price']", "[\"red\",19.95]");
    check("$.store.book[*].nothing", "[]");
    check("$..book[?(@.isbn)].title", "[\"Moby\",\"Rings\"]");
    check("$.store.book[*].price.sum()", "53.92");
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
        "$.a.frob()",
        expect![
            "4: `frob()` is not a function of paths; known are length, min, max, avg, sum, keys, first, last"
        ],
    );
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
    assert_eq!(put("$.a[5]", "{\"a\":[1]}"), "Unable to apply ReferencePath $.a[5] to input {\"a\":[1]}");
    assert_eq!(put("$.a.b", "{\"a\":1}"), "Unable to apply ReferencePath $.a.b to input {\"a\":1}");
    for path in ["$..a", "$.a[*]", "$.a[1:2]", "$.a['b','c']", "$$.a", "$v"] {
        assert!(ReferencePath::compile(path).is_err(), "{path}");
    }
}

#[test]
fn a_path_that_visits_too_much_finds_nothing() {
    let wide = Json::array((0..2_000).map(|at| Json::array([Json::from(at as i64)])));
    assert_eq!(found("$[?(@[0] in $..*)]", &wide), None);
}

proptest! {
    #[test]
    fn any_text_is_compiled_or_refused(text in "\\$[\\[\\].*?()@$'\"a-c0-9,:=<>!&|~/ -]{0,40}") {
        if let Ok(path) = Path::compile(&text) {
            let _ = found(&text, &value(STORE));
            prop_assert_eq!(&**path.text(), text.as_str());
        }
    }
}
