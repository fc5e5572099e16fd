use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Token, scan};

#[track_caller]
fn check(sql: &str, expect: &Expect) {
    let tokens: Vec<String> = scan(sql).map(|token| format!("{token:?}")).collect();
    expect.assert_eq(&tokens.join(" "));
}

#[test]
fn quotes_and_comments_hide_what_is_in_them() {
    check(
        "a -- :b ;\n/* ; :c */ 'it''s ;' \"x\" [y;] `z`",
        &expect![[r#"Word("a") Quoted("it''s ;") Quoted("x") Quoted("y;") Quoted("z")"#]],
    );
    check("/* open ; a", &expect![""]);
    check("/*/ x */ a", &expect![[r#"Word("a")"#]]);
    check("'open ; a", &expect![[r#"Quoted("open ; a")"#]]);
    check("''''", &expect![[r#"Quoted("''")"#]]);
}

#[test]
fn parameters_are_told_from_casts() {
    check(
        ":a::int + :b1_é ?1 @c $d : e",
        &expect![[
            r#"Named("a") Other("::") Word("int") Other("+") Named("b1_é") Foreign("?1") Foreign("@c") Foreign("$d") Other(":") Word("e")"#
        ]],
    );
}

proptest! {
    #[test]
    fn any_text_is_scanned_to_its_end(sql in "\\PC{0,60}|[-/*'\"`\\[\\];:a? \n]{0,40}") {
        let tokens: Vec<Token<'_>> = scan(&sql).collect();
        prop_assert!(tokens.len() <= sql.len());
    }
}
