//! The command line: every command, every option, with examples. `docs/reference/cli.md` is written from it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Durable step functions with typed hand-offs and exactly-once SQL.
#[derive(Debug, Parser)]
#[command(name = "baton", version, about, max_term_width = 100, after_help = EXAMPLES, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  baton check orders.asl.json
  baton run orders.asl.json --input input.json
  baton history orders-2026-11-03

Exit codes: 0 done, 1 the execution failed, 2 usage, 3 something given is wrong,
4 store or system, 5 interrupted and resumable, 70 a bug of baton.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a state machine to its end
    Run(Run),
    /// Go on with executions that were interrupted
    Resume(Resume),
    /// Go on with an execution that ended badly, from the states that did not succeed
    Redrive(Redrive),
    /// Say everything that is wrong with definitions and their contracts
    Check(Check),
    /// Rehearse machines: their tasks answer as test files say
    Test(Test),
    /// Test one state: what it makes of an input when its work answers as you say
    TestState(TestState),
    /// Show what happened in an execution, event by event
    History(History),
    /// List executions
    Executions(Executions),
    /// Show one execution
    Show(Show),
    /// Make, check and clean up what the engine keeps in a database
    Db(Db),
    /// Print the version
    Version(Version),
}

/// How answers are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON value on standard output
    Json,
}

/// Where the configuration and the store are.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Place {
    /// The configuration; without it `baton.toml` beside the machine file, then in the current folder
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The data folder, instead of the configured one
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
}

/// What nearly every command understands.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Common {
    /// How what is said is printed; JSON is for programs
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Run a state machine to its end
///
/// Progress and a summary go to standard error, the execution's output to standard output. Everything is remembered as it
/// happens: after Ctrl-C, a crash or a power cut, `baton resume` goes on where it stopped.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton run hello.asl.json
  baton run orders.asl.json --input input.json --name orders-2026-11-03
  echo '{\"n\": 1}' | baton run hello.asl.json --input - --output json")]
pub(crate) struct Run {
    /// The definition: Amazon States Language, as JSON or YAML
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The input, a JSON file, or `-` for standard input; without it `{}`
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// A name. The same name with the same input never starts a second execution: it goes on with the first, or shows it
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// No progress and no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Go on with executions that were interrupted
///
/// Everything that is open in the store goes on. With an ID the command ends when that execution has; without one, when
/// all have.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton resume
  baton resume orders-2026-11-03
  baton resume 0199e3 --config examples/orders/baton.toml
  baton resume 0199e3 --retry-quarantined")]
pub(crate) struct Resume {
    /// Id, beginning of an id, ARN or name
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Also try executions again that were set aside (with an ID: that one), after what kept them was repaired
    #[arg(long)]
    pub(crate) retry_quarantined: bool,
    /// No progress and no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Go on with an execution that ended badly, from the states that did not succeed
///
/// The same execution goes on: same history, same definition, same input. What had succeeded is kept; of a Parallel or Map only
/// the branches and items that did not succeed run again. Retries and `TimeoutSeconds` begin anew. A SQL task that had committed
/// does not commit again. It must have failed, run over its time or been aborted, at most 14 days ago.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton redrive orders-2026-11-03
  baton redrive 0199e3 --config examples/orders/baton.toml --output json")]
pub(crate) struct Redrive {
    /// Id, beginning of an id, ARN or name
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// No progress and no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Say everything that is wrong with definitions and their contracts
///
/// Reads the definition, its side file (`NAME.contracts.yaml`) and every schema that they name. Nothing is run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton check orders.asl.json
  baton check machines/*.asl.json --output json")]
pub(crate) struct Check {
    /// Definitions
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Rehearse machines: their tasks answer as test files say
///
/// A test file (`NAME.test.yaml`) has cases: an input, what each task answers, and what is to come of it: status, output, error,
/// the states on the way, the contracts that are violated. Time is a clock of the case's own, so that retries and waits take
/// none; nothing is stored, and nobody is called. Exits with 1 if a case fails.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton test
  baton test examples/orders
  baton test pay.test.yaml --case 'card is refused' --output json")]
pub(crate) struct Test {
    /// Test files, and folders that are searched for them
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only the cases whose name holds this
    #[arg(long, value_name = "NAME")]
    pub(crate) case: Option<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Test one state: what it makes of an input when its work answers as you say
///
/// The state of a machine, or one that stands alone in the file. Nothing is stored, nobody is called, nobody waits: a Task, a
/// Parallel and a Map need `--mock` or `--mock-error`. JSON is given in place, as `@FILE`, or as `-` for standard input. With
/// `--output json` the answer is that of AWS's `TestState`. Exits with 1 if the state fails.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton test-state orders.asl.json --state Split --input @input.json
  baton test-state orders.asl.json --state Read --input '{\"bucket\": \"b\", \"key\": \"k\"}' --mock '{\"Body\": \"x\"}' --inspection debug
  baton test-state orders.asl.json --state Read --mock-error States.TaskFailed --retries 2")]
pub(crate) struct TestState {
    /// The definition of the machine, or of a state alone
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The state's name; none for a state that stands alone
    #[arg(long, value_name = "NAME")]
    pub(crate) state: Option<String>,
    /// The state's input; without it `{}`
    #[arg(long, value_name = "JSON")]
    pub(crate) input: Option<String>,
    /// The variables that it finds, an object
    #[arg(long, value_name = "JSON")]
    pub(crate) variables: Option<String>,
    /// The context object that it finds, instead of one made up
    #[arg(long, value_name = "JSON")]
    pub(crate) context: Option<String>,
    /// What its work answers: a task's result, the outputs of branches or iterations
    #[arg(long, value_name = "JSON", conflicts_with = "mock_error")]
    pub(crate) mock: Option<String>,
    /// The error that its work fails with
    #[arg(long, value_name = "ERROR")]
    pub(crate) mock_error: Option<String>,
    /// The cause of that error
    #[arg(long, value_name = "TEXT", requires = "mock_error")]
    pub(crate) mock_cause: Option<String>,
    /// How much a mocked result must look like the service's own
    #[arg(long, value_enum, default_value_t)]
    pub(crate) validation: ValidationArg,
    /// How much is shown
    #[arg(long, value_enum, default_value_t)]
    pub(crate) inspection: InspectionArg,
    /// How often the retrier that takes the error has been used already
    #[arg(long, value_name = "N")]
    pub(crate) retries: Option<u32>,
    /// The state inside a Parallel or Map that the error comes from
    #[arg(long, value_name = "NAME")]
    pub(crate) error_from: Option<String>,
    /// How many iterations of a Map have failed
    #[arg(long, value_name = "N")]
    pub(crate) failed_items: Option<u32>,
    /// What the `ItemReader` of a Map has read, an array
    #[arg(long, value_name = "JSON")]
    pub(crate) items: Option<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// How much a mocked result must look like the service's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValidationArg {
    /// What is there has the right type, and what is always sent is there
    #[default]
    Strict,
    /// What is there has the right type
    Present,
    /// Anything will do
    None,
}

/// How much is shown of a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectionArg {
    /// How it ended
    #[default]
    Info,
    /// And every step of its data
    Debug,
    /// The same: nothing here sends HTTP requests that could be shown
    Trace,
}

/// Show what happened in an execution, event by event
///
/// With `--output json` these are AWS's events, each with its actor and its contract checks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton history orders-2026-11-03
  baton history 0199e3 --all
  baton history 0199e3 --output json | jq '.events[].type'")]
pub(crate) struct History {
    /// Id, beginning of an id, ARN or name
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Also the facts that AWS's history does not show: retries and waits that were set, branches that ended
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// List executions, newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton executions
  baton executions --status failed --machine orders
  baton executions --open --output json")]
pub(crate) struct Executions {
    /// Only those of this machine; `NAME/LABEL` for the child executions of a distributed Map, which are not listed otherwise
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// Only those that stand so
    #[arg(long, value_enum)]
    pub(crate) status: Option<StatusArg>,
    /// Only those that something is still owed to
    #[arg(long)]
    pub(crate) open: bool,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// How an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusArg {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

/// Show one execution: how it stands, who started it, its contracts, what is still owed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton show orders-2026-11-03
  baton show 0199e3 --output json")]
pub(crate) struct Show {
    /// Id, beginning of an id, ARN or name
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Print the version
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  baton version --output json")]
pub(crate) struct Version {
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Make, check and clean up what the engine keeps in a database
///
/// The engine commits a row of its own, the claim, with the rows of every SQL task. It lives in the table `baton_claim`, which
/// SQLite gets by itself and PostgreSQL by `baton db init`.
#[derive(Debug, Args)]
pub(crate) struct Db {
    #[command(subcommand)]
    pub(crate) command: DbCommand,
}

/// What to do with a database.
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Make the table of claims, if it is not there
    Init(DbInit),
    /// Say whether SQL tasks can work with a database
    Check(DbCheck),
    /// Remove claims that are older than `claim_retention_days` and whose executions have ended
    Gc(DbGc),
}

/// Make the table of claims, if it is not there
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton db init shop
  baton db init shop --print | psql --username owner shop")]
pub(crate) struct DbInit {
    /// The database, as baton.toml calls it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Only print the statements and the grants that are needed; connect to nobody
    #[arg(long)]
    pub(crate) print: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Say whether SQL tasks can work with a database
///
/// Connects, looks at version, role, rights and the table of claims, measures the way there, and makes a claim that it takes
/// back. Exits with 0 if tasks can work, also where something is doubtful, and with 4 if they cannot.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton db check shop
  baton db check shop --config examples/orders/baton.postgres.toml --output json")]
pub(crate) struct DbCheck {
    /// The database, as baton.toml calls it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Remove claims that are older than `claim_retention_days` and whose executions have ended
///
/// Works beside a running engine, a bounded number of rows at a time. Claims of executions that this store does not know are
/// kept: another engine may share the database.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  baton db gc shop
  baton db gc shop --unknown")]
pub(crate) struct DbGc {
    /// The database, as baton.toml calls it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Also claims of executions that this store does not know; only if no other engine uses the database
    #[arg(long)]
    pub(crate) unknown: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}
