use expect_test::{Expect, expect};

use super::parse;

#[track_caller]
fn check(url: &str, expect: &Expect) {
    let found = match parse(url) {
        Ok(url) => {
            let hosts = url.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            format!(
                "{} {} {hosts} {:?} {:?} {}",
                url.user, url.database, url.tls, url.root_certificates, url.application_name
            )
        }
        Err(problem) => problem,
    };
    expect.assert_eq(&found);
}

#[test]
fn a_url_is_read_as_libpq_reads_it() {
    check("postgres://ada@db/shop", &expect!["ada shop db:5432 Prefer None baton"]);
    check("postgresql://ada@db", &expect!["ada ada db:5432 Prefer None baton"]);
    check(
        "postgres://a%40b@[::1]:6000,db2:6001/s%20p?sslmode=require&sslrootcert=ca.pem&application_name=x",
        &expect![[r#"a@b s p ::1:6000 db2:6001 VerifyCa Some("ca.pem") x"#]],
    );
    check("postgres://ada@/shop?host=/run/pg:5433", &expect!["ada shop /run/pg:5433 Prefer None baton"]);
    check("postgres://ada@%2Frun%2Fpg/shop", &expect!["ada shop /run/pg:5432 Prefer None baton"]);
}

#[test]
fn what_cannot_be_meant_is_refused_without_repeating_it() {
    check(
        "postgres://ada:geheim@db/shop",
        &expect![
            "the URL holds a password; take it out, and refer to it by `secret`; if it was real, consider it known and change it"
        ],
    );
    check(
        "postgres://ada@db/shop?password=geheim",
        &expect![
            "the URL holds a password; take it out, and refer to it by `secret`; if it was real, consider it known and change it"
        ],
    );
    check("postgres://db/shop", &expect!["the URL names no user; write `postgres://user@host/database`"]);
    check(
        "postgres://ada@/shop",
        &expect![
            "the URL names no host; write `postgres://user@host/database`, or `?host=/folder/of/socket`"
        ],
    );
    check("postgres://ada@db:0/shop", &expect!["a port is a number from 1 to 65535"]);
    check(
        "postgres://ada@db/shop?sslmod=require",
        &expect![
            "`sslmod` is no option of the URL; known are `host`, `sslmode`, `sslrootcert`, `application_name`, `connect_timeout`, `target_session_attrs`, `gssencmode`"
        ],
    );
    check(
        "postgres://ada@db/shop?sslmode=allow",
        &expect!["`sslmode` is `disable`, `prefer`, `require`, `verify-ca` or `verify-full`, not `allow`"],
    );
    check(
        "postgres://ada@db/shop?target_session_attrs=any",
        &expect!["`target_session_attrs` is `read-write`, in any case: a task is never run on a standby"],
    );
    check("postgres://a%zz@db/shop", &expect!["a `%` of the URL is not followed by two hexadecimal digits"]);
}
