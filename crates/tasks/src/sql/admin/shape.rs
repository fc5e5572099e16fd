//! What tasks rely on in a server and in the table of claims, and how it is asked for in each dialect.

use super::{Finding, Verdict, fine, run};
use crate::sql::dialect::Dialect;
use crate::sql::fault::Fault;
use crate::sql::session::Session;

/// The columns of `baton_claim`, each with its type in the dialect.
const COLUMNS: [(&str, &str, &str); 8] = [
    ("key", "BLOB", "bytea"),
    ("attempt", "INTEGER", "bigint"),
    ("sql_hash", "BLOB", "bytea"),
    ("state", "TEXT", "text"),
    ("outcome", "TEXT", "text"),
    ("execution_arn", "TEXT", "text"),
    ("state_name", "TEXT", "text"),
    ("at", "INTEGER", "bigint"),
];
/// What a task does with its claims; the last one only `baton db gc`.
const RIGHTS: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/// The columns that are there as `name type`, the primary key marked; `None` without a table.
pub(super) fn columns(session: &mut dyn Session, dialect: Dialect) -> Result<Option<Vec<String>>, Fault> {
    let rows = match dialect {
        Dialect::Sqlite => {
            run(session, "SELECT name, type, pk FROM pragma_table_info('baton_claim') ORDER BY cid")?
        }
        Dialect::Postgres => run(
            session,
            "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), \
             CASE WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND i.indisvalid \
             AND i.indkey::text = a.attnum::text) THEN 1 ELSE 0 END \
             FROM pg_attribute a WHERE a.attrelid = to_regclass('baton_claim') AND a.attnum > 0 AND NOT a.attisdropped \
             ORDER BY a.attnum",
        )?,
    };
    if rows.is_empty() {
        return Ok(None);
    }
    let column = |row: Vec<String>| {
        let is_key = row.get(2).is_some_and(|it| it == "1");
        format!("{}{}", row[..2].join(" "), if is_key { " primary key" } else { "" })
    };
    Ok(Some(rows.into_iter().map(column).collect()))
}

/// Whether the table is what the rule needs: with another primary key, nothing would happen once.
pub(super) fn finding(session: &mut dyn Session, dialect: Dialect) -> Result<Finding, Fault> {
    let broken = |found: String, hint: &str| Finding {
        name: "table",
        verdict: Verdict::Broken,
        found,
        hint: Some(hint.to_owned()),
    };
    let Some(found) = columns(session, dialect)? else {
        return Ok(broken("`baton_claim` is not there, or not visible".into(), "`baton db init` makes it"));
    };
    let expected = COLUMNS.iter().enumerate().map(|(at, (name, sqlite, postgres))| {
        let of_type = if dialect == Dialect::Sqlite { sqlite } else { postgres };
        format!("{name} {of_type}{}", if at == 0 { " primary key" } else { "" })
    });
    let missing: Vec<String> = expected.filter(|column| !found.contains(column)).collect();
    if missing.is_empty() {
        return Ok(fine("table", "`baton_claim` as it should be".into()));
    }
    let hint = "it was made by something else: rename it, and run `baton db init`; `baton db init --print` shows what is expected";
    Ok(broken(format!("`baton_claim` has no `{}`", missing.join("`, no `")), hint))
}

/// What the server is, and what it does with a COMMIT.
pub(super) fn server(
    session: &mut dyn Session,
    dialect: Dialect,
    findings: &mut Vec<Finding>,
) -> Result<(), Fault> {
    match dialect {
        Dialect::Sqlite => sqlite(session, findings),
        Dialect::Postgres => postgres(session, findings),
    }
}

fn sqlite(session: &mut dyn Session, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    let version = first(run(session, "SELECT sqlite_version()")?);
    findings.push(fine("version", format!("SQLite {version}")));
    let mode = first(run(session, "SELECT journal_mode FROM pragma_journal_mode")?);
    findings.push(fine("durability", format!("journal_mode {mode}, synchronous FULL")));
    Ok(())
}

fn postgres(session: &mut dyn Session, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    let rows = run(
        session,
        "SELECT current_setting('server_version'), current_user::text, current_database()::text, \
         current_setting('default_transaction_isolation'), current_setting('synchronous_commit'), \
         current_setting('fsync'), COALESCE((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), 'none')",
    )?;
    let row = rows.into_iter().next().unwrap_or_default();
    let text = |at: usize| row.get(at).map_or("", String::as_str);
    findings.push(fine("version", format!("PostgreSQL {}", text(0))));
    findings.push(fine("role", format!("`{}` on the database `{}`, TLS {}", text(1), text(2), text(6))));
    findings.push(fine("writer", "no standby, and not read-only".into()));
    let isolation =
        format!("default {}; a task begins with the one that it names, or READ COMMITTED", text(3));
    findings.push(fine("isolation", isolation));
    let found = format!("fsync {}, synchronous_commit {}", text(5), text(4));
    findings.push(if text(5) == "on" && text(4) != "off" {
        fine("durability", found)
    } else {
        Finding {
            name: "durability",
            verdict: Verdict::Doubtful,
            found,
            hint: Some(
                "a crash of the server may lose effects that were acknowledged, with their claims".into(),
            ),
        }
    });
    Ok(())
}

/// What the role may do with the claims.
pub(super) fn privileges(
    session: &mut dyn Session,
    dialect: Dialect,
    findings: &mut Vec<Finding>,
) -> Result<(), Fault> {
    if dialect == Dialect::Sqlite {
        return Ok(());
    }
    let asked = RIGHTS.map(|right| format!("has_table_privilege('baton_claim', '{right}')"));
    let row = run(session, &format!("SELECT {}", asked.join(", ")))?.into_iter().next().unwrap_or_default();
    let missing: Vec<&str> =
        RIGHTS.iter().zip(&row).filter(|(_, has)| *has != "true").map(|(right, _)| *right).collect();
    findings.push(match missing.as_slice() {
        [] => fine("privileges", RIGHTS.join(", ")),
        ["DELETE"] => Finding {
            name: "privileges",
            verdict: Verdict::Doubtful,
            found: "DELETE on `baton_claim` is not granted".into(),
            hint: Some("tasks do without; `baton db gc` needs it".into()),
        },
        missing => Finding {
            name: "privileges",
            verdict: Verdict::Broken,
            found: format!("{} on `baton_claim` is not granted", missing.join(", ")),
            hint: Some("`baton db init --print` shows the grants that are needed".into()),
        },
    });
    Ok(())
}

fn first(rows: Vec<Vec<String>>) -> String {
    rows.into_iter().flatten().next().unwrap_or_default()
}
