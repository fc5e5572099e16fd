use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Token, scan};
use crate::sql::dialect::Dialect;

#[track_caller]
fn check(sql: &str, expect: &Expect) {
    check_as(Dialect::Sqlite, sql, expect);
}

#[track_caller]
fn check_as(dialect: Dialect, sql: &str, expect: &Expect) {
    let tokens: Vec<String> = scan(sql, dialect).map(|token| format!("{token:?}")).collect();
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

#[test]
fn postgres_quotes_in_its_own_way() {
    check_as(
        Dialect::Postgres,
        r#"E'a\';' 'b\' "c;" $$d;$$ $t$e;$$;$t$ f$g$ [h] ? @ #- :i $1 x[1:2]"#,
        &expect![[
            r##"Quoted("a\\';") Quoted("b\\") Quoted("c;") Quoted("d;") Quoted("e;$$;") Word("f$g$") Other("[") Word("h") Other("]") Other("?") Other("@") Other("#") Other("-") Named("i") Foreign("$1") Word("x") Other("[") Other("1") Other(":") Other("2") Other("]")"##
        ]],
    );
    check_as(
        Dialect::Postgres,
        "a /* b /* c */ d */ e --f\rg",
        &expect![[r#"Word("a") Word("e") Word("g")"#]],
    );
}

proptest! {
    #[test]
    fn any_text_is_scanned_to_its_end(sql in "\\PC{0,60}|[-/*'\"`\\[\\];:aE$? \n]{0,40}") {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let tokens: Vec<Token<'_>> = scan(&sql, dialect).collect();
            prop_assert!(tokens.len() <= sql.len());
        }
    }
}
