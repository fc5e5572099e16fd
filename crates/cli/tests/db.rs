//! `baton db`, on SQLite and on a real PostgreSQL; and the example on PostgreSQL.

#![expect(unreachable_pub, reason = "the support is shared by several tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

#[path = "../../tasks/tests/support/server.rs"]
mod server;

use server::Server;
use support::World;

fn config(url: &str) -> String {
    format!("[databases.shop]\nurl = '{url}'\n")
}

fn world(url: &str) -> World {
    World::new(&[("baton.toml", config(url).as_str())])
}

#[test]
fn the_claims_are_made_and_checked_on_both() {
    let server = Server::shared();
    let database = server.bare_database();
    for (url, version) in [("sqlite:data/shop.db".to_owned(), "SQLite 3"), (database.url(), "PostgreSQL 1")] {
        let world = world(&url);
        let first = world.baton(&["db", "init", "shop"]).succeeded();
        let again = world.baton(&["db", "init", "shop"]).succeeded();
        assert!(first.contains("`shop`") && again.contains("is there already in `shop`"), "{first}{again}");
        let checked = world.baton(&["db", "check", "shop", "--output", "json"]);
        let report = checked.json();
        assert_eq!(report["usable"], true, "{report}");
        let findings = report["findings"].as_array().expect("findings");
        let found = |name: &str| {
            let finding =
                findings.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("{name}: {report}"));
            assert_ne!(finding["verdict"], "broken", "{report}");
            finding["found"].as_str().expect("a text").to_owned()
        };
        assert!(found("version").starts_with(version), "{report}");
        assert_eq!(found("table"), "`baton_claim` as it should be");
        assert_eq!(found("claim"), "made and taken back");
        let text = world.baton(&["db", "check", "shop"]).succeeded();
        assert!(text.starts_with("WHAT") && text.contains("latency"), "{text}");
        assert_eq!(
            database.count("pg_class WHERE relname = 'baton_claim'"),
            i64::from(url == database.url())
        );
    }
}

#[test]
fn what_is_wrong_with_a_database_is_said() {
    let server = Server::shared();
    let database = server.bare_database();
    let world = world(&database.url());
    let check = |expected: &str| {
        let ended = world.baton(&["db", "check", "shop", "--output", "json"]);
        assert_eq!(ended.code, Some(4), "{ended:#?}");
        assert!(ended.stdout.contains(expected), "{expected}: {ended:#?}");
    };
    check("`baton_claim` is not there, or not visible");
    database.sql("CREATE TABLE baton_claim (key bytea, attempt int)");
    check("`baton_claim` has no `key bytea primary key`, no `attempt bigint`");
    let ended = world.baton(&["db", "init", "shop"]);
    assert_eq!(ended.code, Some(4), "{ended:#?}");
    assert!(ended.stderr.contains("DATABASE_UNUSABLE"), "{ended:#?}");
    database.sql("DROP TABLE baton_claim");
    world.baton(&["db", "init", "shop"]).succeeded();
    database.sql("CREATE ROLE poor LOGIN; GRANT SELECT, INSERT ON baton_claim TO poor");
    world.write("baton.toml", &config(&database.url().replace("postgres@", "poor@")));
    check("UPDATE, DELETE on `baton_claim` is not granted");
    let printed = world.baton(&["db", "init", "shop", "--print"]).succeeded();
    assert!(
        printed.contains("GRANT SELECT, INSERT, UPDATE, DELETE ON baton_claim TO \"poor\";"),
        "{printed}"
    );
    database.sql(&printed);
    world.baton(&["db", "check", "shop"]).succeeded();
    world.write("baton.toml", &config("postgres://poor@127.0.0.1:1/shop"));
    check("SQL.ConnectionFailed");
    let ended = world.baton(&["db", "check", "bank"]);
    assert_eq!(ended.code, Some(3));
    assert!(
        ended.stderr.contains("DATABASE_UNKNOWN") && ended.stderr.contains("configured are `shop`"),
        "{ended:#?}"
    );
    world.write("baton.toml", &config("postgres://poor:geheim@127.0.0.1:1/shop"));
    let ended = world.baton(&["db", "check", "shop"]);
    assert_eq!(ended.code, Some(3));
    assert!(
        ended.stderr.contains("the URL holds a password") && !ended.stderr.contains("geheim"),
        "{ended:#?}"
    );
}

const PAY: &str = r#"{"StartAt":"Pay","States":{"Pay":{"Type":"Task","Resource":"arn:aws:states:::baton:sql:transaction",
    "Parameters":{"Database":"shop","Statements":[{"Sql":"SELECT 1 AS one"}]},"End":true}}}"#;

#[test]
fn old_claims_of_closed_executions_are_removed() {
    let database = Server::shared().database();
    let world = world(&database.url());
    world.write("pay.asl.json", PAY);
    world.baton(&["run", "pay.asl.json", "--name", "one"]).succeeded();
    let gc = |args: &[&str]| {
        let args: Vec<&str> = ["db", "gc", "shop", "--output", "json"].iter().chain(args).copied().collect();
        let report = world.baton(&args).json();
        format!("{} {} {}", report["removed"], report["keptOpen"], report["keptUnknown"])
    };
    assert_eq!(gc(&[]), "0 0 0");
    database.sql(
        "UPDATE baton_claim SET at = at - 421 * 86400000::bigint;
         INSERT INTO baton_claim SELECT decode(lpad(to_hex(n), 64, '0'), 'hex'), 1, '\\x0000000000000000000000000000000000000000000000000000000000000000',
             'committed', '1', 'arn:of:another:engine', 'Pay', 0 FROM generate_series(1, 2500) n;
         INSERT INTO baton_claim VALUES ('\\xff00000000000000000000000000000000000000000000000000000000000000', 1, '\\x0000000000000000000000000000000000000000000000000000000000000000', NULL, NULL, 'a', 'b', 0)",
    );
    assert_eq!(gc(&[]), "1 0 2500");
    assert_eq!(gc(&["--unknown"]), "2500 0 0");
    assert_eq!(database.count("baton_claim"), 1, "a claim without an outcome is somebody's to look at");
}

#[test]
fn the_example_runs_on_postgres_by_one_flag() {
    let database = Server::shared().bare_database();
    let world = World::orders();
    let run = |args: &[&str]| {
        let mut command = world.command(args);
        command.env("BATON_DATABASES_SHOP_URL", database.url());
        support::ended(command.output().expect("baton can be started")).succeeded()
    };
    run(&["db", "init", "shop", "--config", "baton.postgres.toml"]);
    let output = run(&[
        "run",
        "orders.asl.json",
        "--input",
        "input.json",
        "--config",
        "baton.postgres.toml",
        "--quiet",
    ]);
    assert_eq!(
        output.trim(),
        r#"{"orders":1988,"lines":3580,"ledgerRows":1988,"quarantined":62,"totalCents":9698770}"#
    );
    assert_eq!(database.sql("SELECT count(*), sum(total_cents) FROM ledger"), "1988|9698770");
    assert_eq!(database.count("baton_claim WHERE state = 'committed'"), 1988 + 62 + 2);
}
