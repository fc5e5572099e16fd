use expect_test::{Expect, expect};

use super::*;

/// Every key and value with the bytes that its span covers.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect![…]` reads best without a `&`")]
fn check(text: &str, expect: Expect) {
    let found = match read(text) {
        Ok(source) => {
            let mut lines = Vec::new();
            show(&source.root, &source.root, text, &mut lines);
            lines.extend(source.duplicates.iter().map(|(key, span)| format!("twice {key} {}", span.start)));
            lines.join("\n")
        }
        Err(error) => format!("{} {}: {}", error.code, error.span.start, error.message),
    };
    expect.assert_eq(&found);
}

fn show(root: &Node, node: &Node, text: &str, lines: &mut Vec<String>) {
    let covered = |span: Span| &text[span.start as usize..span.end as usize];
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| show(root, item, text, lines)),
        Value::Object(members) => {
            for member in members {
                let pointer = root.pointer_of(member.key_span);
                assert_eq!(root.at(&pointer).map(|it| it.span), Some(member.value.span), "{pointer}");
                lines.push(format!("{pointer} = {}", covered(member.key_span)));
                show(root, &member.value, text, lines);
            }
        }
        _ => lines.push(format!(
            "{} {} <- {:?}",
            root.pointer_of(node.span),
            node.to_json(),
            covered(node.span)
        )),
    }
}

#[test]
fn json_values_and_keys_have_their_places() {
    check(
        "{ \"a\": [1, {\"é/~\": \"x\\u00e9\"}],\n \"b\": null }",
        expect![[r#"
        /a = "a"
        /a/0 1 <- "1"
        /a/1/é~1~0 = "é/~"
        /a/1/é~1~0 "xé" <- "\"x\\u00e9\""
        /b = "b"
        /b null <- "null""#]],
    );
}

#[test]
fn yaml_values_and_keys_have_their_places() {
    check(
        "# é\na: 1\n'b c':\n  - x é\n  - \"1\\n\"\n  - {d: true, e: [~, 0x1]}\nf: |\n  text\n  more\ng:\nh: 1.50\n",
        expect![[r#"
            /a = a
            /a 1 <- "1"
            /b c = 'b c'
            /b c/0 "x é" <- "x é"
            /b c/1 "1\n" <- "\"1\\n\""
            /b c/2/d = d
            /b c/2/d true <- "true"
            /b c/2/e = e
            /b c/2/e/0 null <- "~"
            /b c/2/e/1 "0x1" <- "0x1"
            /f = f
            /f "text\nmore\n" <- "text"
            /g = g
            /g null <- ""
            /h = h
            /h 1.50 <- "1.50""#]],
    );
}

#[test]
fn the_later_of_equal_keys_is_kept() {
    check(
        "{\"a\":1,\"b\":2,\"a\":3}",
        expect![[r#"
        /b = "b"
        /b 2 <- "2"
        /a = "a"
        /a 3 <- "3"
        twice a 1"#]],
    );
    check("a: 1\nb: 2\na: 3\n", expect!["INVALID_YAML_DESCRIPTION 10: the key `a` stands here twice"]);
}

#[test]
fn yaml_that_means_more_than_it_shows_is_refused() {
    check("a: &x 1\nb: *x\n", expect!["INVALID_YAML_DESCRIPTION 6: anchors and aliases are not accepted"]);
    check("a: *x\n", expect!["INVALID_YAML_DESCRIPTION 3: while parsing node, found unknown anchor"]);
    check("a: !!str 1\n", expect!["INVALID_YAML_DESCRIPTION 9: tags are not accepted"]);
    check(
        "a: 1\n---\nb: 2\n",
        expect!["INVALID_YAML_DESCRIPTION 5: one text holds one document; a second one starts here"],
    );
    check("- a\n", expect!["INVALID_YAML_DESCRIPTION 0: expected keys and values, as in `StartAt: First`"]);
    check("plain\n", expect!["INVALID_YAML_DESCRIPTION 0: expected keys and values, as in `StartAt: First`"]);
    check(
        "a: [1\n",
        expect!["INVALID_YAML_DESCRIPTION 6: while parsing a flow sequence, expected ',' or ']'"],
    );
    check("? {a: b}\n: c\n", expect!["INVALID_YAML_DESCRIPTION 2: a key must be plain text"]);
    check(
        "a: 1\n  b: 2\n",
        expect!["INVALID_YAML_DESCRIPTION 8: mapping values are not allowed in this context"],
    );
}

#[test]
fn hostile_yaml_does_not_overflow_the_stack() {
    check(
        &format!("a: {}", "[\n ".repeat(100_000)),
        expect!["INVALID_YAML_DESCRIPTION 387: brackets or blocks inside each other are too deep"],
    );
    check(
        &"- ".repeat(100_000),
        expect!["INVALID_YAML_DESCRIPTION 256: brackets or blocks inside each other are too deep"],
    );
    check(
        &"? ".repeat(100_000),
        expect!["INVALID_YAML_DESCRIPTION 256: brackets or blocks inside each other are too deep"],
    );
    let blocks: String = (0..1_000).map(|depth| " ".repeat(depth) + "a:\n").collect();
    check(
        &blocks,
        expect!["INVALID_YAML_DESCRIPTION 33923: brackets or blocks inside each other are too deep"],
    );
    let blocks: String = (0..250).map(|depth| " ".repeat(depth) + "a:\n").collect();
    check(&blocks, expect!["INVALID_YAML_DESCRIPTION 8773: more than 128 blocks inside each other"]);
    check(
        &format!("a: {}", "x".repeat(2 << 20)),
        expect!["INVALID_YAML_DESCRIPTION 0: the text has 2097155 bytes, at most 1048576 are accepted"],
    );
}

#[test]
fn an_offset_in_a_text_leads_to_its_bytes() {
    let text = "{\"a\": \"x\\u00e9\\n\\ud83d\\ude00end\", \"b\": \"\"}";
    let source = read(text).map_err(|it| it.message).unwrap();
    let node = source.root.at("/a").unwrap();
    let at = |node: &Node, offset| {
        let span = node.inner_span(text, offset);
        &text[span.start as usize..span.end as usize]
    };
    assert_eq!(at(node, 0), "x\\u00e9\\n\\ud83d\\ude00end");
    assert_eq!(at(node, 1), "\\u00e9\\n\\ud83d\\ude00end");
    assert_eq!(at(node, 3), "\\n\\ud83d\\ude00end");
    assert_eq!(at(node, 4), "\\ud83d\\ude00end");
    assert_eq!(at(node, 8), "end");
    assert_eq!(at(node, 11), "\"");
    assert_eq!(at(node, 999), "\"");
    assert_eq!(at(source.root.at("/b").unwrap(), 0), "\"");
}
