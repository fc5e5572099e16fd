//! `baton db`: the table of claims in a user's database. Made, checked, cleaned up.

use std::time::{SystemTime, UNIX_EPOCH};

use asl::{Json, Timestamp};
use machine::Status;
use machine::limits::REDRIVE_DAYS_MAX;
use runtime::{Clock as _, SystemClock};
use store::{ExecutionRow, Lookup, Store};
use tasks::sql::admin::{AdminError, ClaimOwner, DatabaseAdmin, Finding, Verdict};

use crate::args::{DbCheck, DbCommand, DbGc, DbInit, Output};
use crate::config::Database;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::wiring::{self, Setup};

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// Does what is asked of a database.
pub(crate) fn run(command: &DbCommand) -> Result<Exit, CliError> {
    match command {
        DbCommand::Init(args) => init(args),
        DbCommand::Check(args) => check(args),
        DbCommand::Gc(args) => gc(args),
    }
}

fn init(args: &DbInit) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, None)?;
    let database = find(&setup, &args.name)?;
    let admin = admin(database)?;
    if args.print {
        render::answer(admin.ddl().trim_end())?;
        return Ok(Exit::Succeeded);
    }
    if let Some(folder) = wiring::folder_of(database) {
        wiring::make_folder(folder)?;
    }
    let is_new = admin.init().map_err(|error| unusable(&args.name, error))?;
    match (args.common.output, is_new) {
        (Output::Json, _) => {
            let answer =
                Json::object([("database", Json::from(args.name.as_str())), ("created", Json::Bool(is_new))]);
            render::answer(&answer.to_text())?;
        }
        (Output::Text, true) => render::answer(&format!("`baton_claim` is made in `{}`", args.name))?,
        (Output::Text, false) => {
            render::answer(&format!("`baton_claim` is there already in `{}`, as it should be", args.name))?;
        }
    }
    Ok(Exit::Succeeded)
}

fn check(args: &DbCheck) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, None)?;
    let database = find(&setup, &args.name)?;
    let findings = admin(database)?.check();
    let is_usable = findings.iter().all(|finding| finding.verdict != Verdict::Broken);
    match args.common.output {
        Output::Json => {
            let answer = Json::object([
                ("database", Json::from(args.name.as_str())),
                ("usable", Json::Bool(is_usable)),
                ("findings", Json::array(findings.iter().map(to_json))),
            ]);
            render::answer(&answer.to_text())?;
        }
        Output::Text => render::answer(&table(&findings))?,
    }
    Ok(if is_usable { Exit::Succeeded } else { Exit::World })
}

fn gc(args: &DbGc) -> Result<Exit, CliError> {
    let setup = Setup::new(&args.common.place, None)?;
    let database = find(&setup, &args.name)?;
    let mut store = setup.read_store()?;
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let kept_ms = u128::from(database.claim_retention_days.saturating_mul(DAY_MS));
    let before_ms = i64::try_from(now_ms.saturating_sub(kept_ms)).unwrap_or(0);
    let mut failed = None;
    let mut owner = |arn: &str| {
        owner(&mut store, arn).unwrap_or_else(|error| {
            failed = Some(error);
            // What cannot be looked up is not removed.
            ClaimOwner::Open
        })
    };
    let collected = admin(database)?.collect(before_ms, args.unknown, &mut owner);
    let collected = collected.map_err(|error| unusable(&args.name, error))?;
    if let Some(error) = failed {
        return Err(error);
    }
    let days = database.claim_retention_days;
    match args.common.output {
        Output::Json => {
            let answer = Json::object([
                ("database", Json::from(args.name.as_str())),
                ("olderThanDays", Json::from(days)),
                ("removed", Json::from(collected.removed)),
                ("keptOpen", Json::from(collected.kept_open)),
                ("keptUnknown", Json::from(collected.kept_unknown)),
            ]);
            render::answer(&answer.to_text())?;
        }
        Output::Text => render::answer(&format!(
            "{} older than {days} days removed; {} kept for open executions, {} for executions that this store does not know",
            render::plural(usize::try_from(collected.removed).unwrap_or(usize::MAX), "claim"),
            render::number(collected.kept_open),
            render::number(collected.kept_unknown),
        ))?,
    }
    Ok(Exit::Succeeded)
}

fn owner(store: &mut dyn Store, arn: &str) -> Result<ClaimOwner, CliError> {
    Ok(match store.find(&Lookup::Arn(arn.into()))? {
        Some(row) if is_over(&row, SystemClock.now()) => ClaimOwner::Closed,
        Some(_) => ClaimOwner::Open,
        None => ClaimOwner::Unknown,
    })
}

/// Whether an execution has ended for good. One that ended badly may be redriven for a while, and must find its claims then;
/// a day more than that, because clocks are set.
fn is_over(row: &ExecutionRow, now: Timestamp) -> bool {
    let is_past =
        |closed: Timestamp| now.unix_ms - closed.unix_ms > (REDRIVE_DAYS_MAX + 1) * DAY_MS.cast_signed();
    row.settled && row.closed_at.is_some_and(|closed| row.status == Status::Succeeded || is_past(closed))
}

fn find<'a>(setup: &'a Setup, name: &str) -> Result<&'a Database, CliError> {
    let databases = &setup.config.databases;
    databases.iter().find(|database| database.name == name).ok_or_else(|| CliError::DatabaseUnknown {
        name: name.to_owned(),
        known: databases.iter().map(|database| database.name.clone()).collect(),
    })
}

fn admin(database: &Database) -> Result<DatabaseAdmin, CliError> {
    DatabaseAdmin::new(wiring::database(database)).map_err(|error| wiring::unusable(&error))
}

fn unusable(name: &str, error: AdminError) -> CliError {
    CliError::DatabaseUnusable { name: name.to_owned(), message: error.message, class: error.name }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fine => "ok",
        Verdict::Doubtful => "doubtful",
        Verdict::Broken => "broken",
    }
}

fn table(findings: &[Finding]) -> String {
    let mut table = render::table::new(&["what", "how", "found"]);
    for finding in findings {
        let hint = finding.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        table.add_row([
            finding.name.to_owned(),
            word(finding.verdict).to_owned(),
            format!("{}{hint}", finding.found),
        ]);
    }
    render::table::text(&table)
}

fn to_json(finding: &Finding) -> Json {
    Json::object([
        ("name", Json::from(finding.name)),
        ("verdict", Json::from(word(finding.verdict))),
        ("found", Json::from(finding.found.as_str())),
        ("hint", finding.hint.as_deref().map_or(Json::Null, Json::from)),
    ])
}
