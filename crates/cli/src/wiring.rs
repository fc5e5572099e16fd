//! Where choices are wired: from configuration and files to revision, store, runners and engine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use asl::Payload;
use contracts::SchemaSource;
use machine::{Actor, Revision};
use runtime::engine::Settings;
use runtime::{Engine, ProcessSeeds, SystemClock, TaskRunner, World};
use store::{SqliteStore, StoreError};
use tasks::{
    BucketConfig, BucketPlace, Buckets, DatabaseConfig, FunctionConfig, FunctionPlace, FunctionsRunner,
    MapRunner, NestedRunner, ObjectsRunner, SqlRunner,
};

use crate::args::Place;
use crate::config::{Config, Database, DatabaseLocation, Function};
use crate::error::{CliError, SourceText};
use crate::files;
use crate::limits::DEFINITION_BYTES_MAX;
use crate::schemas::SchemaFolder;

/// Threads that run tasks' own asynchronous work; blocking work has threads beside them.
const TASK_THREADS: usize = 2;

/// A configuration with what the command line says on top.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) config: Config,
    pub(crate) data_folder: PathBuf,
    place: Place,
}

impl Setup {
    /// The setup of a command that may concern a machine file.
    pub(crate) fn new(place: &Place, machine: Option<&Path>) -> Result<Self, CliError> {
        let config = Config::find(place.config.as_deref(), machine)?;
        let data_folder = place.data.clone().unwrap_or_else(|| config.data_folder.clone());
        Ok(Self { config, data_folder, place: place.clone() })
    }

    /// The options that lead another command to the same store.
    pub(crate) fn options(&self) -> String {
        let mut options = String::new();
        let beside = self.config.file.as_ref().filter(|it| **it != Path::new(crate::config::FILE_NAME));
        if let Some(file) = self.place.config.as_ref().or(beside) {
            options = format!("{options} --config {}", quoted(file));
        }
        if let Some(folder) = &self.place.data {
            options = format!("{options} --data {}", quoted(folder));
        }
        options
    }

    /// Fails where nothing was ever run.
    pub(crate) fn was_used(&self) -> Result<(), CliError> {
        if self.data_folder.is_dir() {
            return Ok(());
        }
        let message =
            format!("there is no data folder `{}`; nothing was ever run here", self.data_folder.display());
        Err(CliError::Store(StoreError::Missing { message }))
    }

    /// The store, to look at; works beside a process that writes it.
    pub(crate) fn read_store(&self) -> Result<SqliteStore, CliError> {
        Ok(SqliteStore::open_read_only(&self.data_folder)?)
    }

    /// The store, to write; one process at a time.
    pub(crate) fn write_store(&self) -> Result<SqliteStore, CliError> {
        let mut engine_id = [0; 16];
        let entropy = ProcessSeeds::from_system().map(|mut seeds| runtime::SeedSource::seed(&mut seeds));
        let seed = entropy.map_err(|error| no_entropy(&error.to_string()))?;
        engine_id.copy_from_slice(&seed[..16]);
        Ok(SqliteStore::open(&self.data_folder, engine_id)?)
    }

    /// The engine over `store`; with `recovers` it takes up everything that is open.
    pub(crate) fn engine(&self, store: SqliteStore, recovers: bool) -> Result<Running, CliError> {
        let tokio = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(TASK_THREADS)
            .enable_all()
            .thread_name("baton-tasks")
            .build()
            .map_err(|error| CliError::EngineStopped { message: files::describe(&error) })?;
        let nested = Arc::new(NestedRunner::new(self.machines()?));
        let buckets = self.buckets()?;
        let map = Arc::new(MapRunner::new(buckets.clone()));
        let mut runners = self.runners(buckets)?;
        runners.extend([nested.clone() as Arc<dyn TaskRunner>, map.clone()]);
        let world = World {
            store: Box::new(store),
            runners,
            clock: Arc::new(SystemClock),
            seeds: Box::new(ProcessSeeds::from_system().map_err(|error| no_entropy(&error.to_string()))?),
            tokio: tokio.handle().clone(),
        };
        let tasks = usize::try_from(self.config.limits.tasks_running).unwrap_or(usize::MAX);
        let settings = Settings {
            tasks_concurrent_max: tasks,
            recovers,
            on_notice: Some(Box::new(crate::render::notice::show)),
            ..Settings::default()
        };
        let engine = Engine::start(world, settings)?;
        nested.connect(engine.handle().clone());
        map.connect(engine.handle().clone());
        Ok(Running { engine, tokio })
    }

    /// The machines that executions may start, each by the name that the configuration gives it.
    fn machines(&self) -> Result<Vec<Arc<Revision>>, CliError> {
        let read = |(name, file): (&String, &PathBuf)| {
            let Checked { source_text, revision, diagnostics } = read_machine(self, file)?;
            let revision = revision.ok_or(CliError::DefinitionInvalid { source_text, diagnostics })?;
            let arn = self.config.installation.state_machine(name);
            Ok(Arc::new(Revision { arn, name: name.as_str().into(), ..revision }))
        };
        self.config.machines.iter().map(read).collect()
    }

    /// Everybody who carries out tasks.
    fn runners(&self, buckets: Buckets) -> Result<Vec<Arc<dyn TaskRunner>>, CliError> {
        let databases = self.config.databases.iter().map(database).collect();
        let sql = SqlRunner::new(databases).map_err(|error| unusable(&error))?;
        let functions = self.config.functions.iter().map(|it| self.function(it)).collect();
        let functions =
            FunctionsRunner::new(functions, &self.config.installation).map_err(|error| unusable(&error))?;
        Ok(vec![Arc::new(sql), Arc::new(ObjectsRunner::on(buckets)), Arc::new(functions)])
    }

    /// The buckets, and the folders of buckets and databases.
    fn buckets(&self) -> Result<Buckets, CliError> {
        make_folders(&self.config)?;
        Buckets::open(self.config.buckets.iter().map(bucket).collect()).map_err(|error| unusable(&error))
    }

    /// A function as its tasks get it; it logs where the store is.
    fn function(&self, function: &Function) -> FunctionConfig {
        let mut place = function.place.clone();
        if let FunctionPlace::Local(local) = &mut place {
            local.log = files::absolute(&self.data_folder.join(&local.log));
        }
        FunctionConfig { name: function.name.as_str().into(), place }
    }
}

/// The same runners without anything to work on: they know what they would accept.
fn idle_runners() -> Result<Vec<Arc<dyn TaskRunner>>, CliError> {
    let sql = SqlRunner::new(Vec::new()).map_err(|error| unusable(&error))?;
    let objects = ObjectsRunner::new(Vec::new()).map_err(|error| unusable(&error))?;
    Ok(vec![
        Arc::new(sql),
        Arc::new(objects),
        Arc::<FunctionsRunner>::default(),
        Arc::new(NestedRunner::new([])),
    ])
}

/// An engine at work. Dropping it finishes the commit under way and lets the store go; tasks are not waited for.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) engine: Engine,
    pub(crate) tokio: tokio::runtime::Runtime,
}

impl Running {
    /// Lets the store go and ends the threads.
    pub(crate) fn close(self) {
        self.engine.drain();
        self.tokio.shutdown_background();
    }
}

/// A definition that may be run, and what was noticed about it.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) source_text: SourceText,
    /// `None` when there is an error.
    pub(crate) revision: Option<Revision>,
    pub(crate) diagnostics: Vec<asl::Diagnostic>,
}

/// Reads a definition, its side file and its schemas; says everything that is wrong.
pub(crate) fn read_machine(setup: &Setup, file: &Path) -> Result<Checked, CliError> {
    let text: Arc<str> = files::read_text(file, DEFINITION_BYTES_MAX)?.into();
    understand(setup, file, text)
}

/// The same for a text that stands for the file's.
pub(crate) fn understand(setup: &Setup, file: &Path, text: Arc<str>) -> Result<Checked, CliError> {
    let name = machine_name(file)?;
    let source_text = SourceText { name: files::shown(file), text: text.clone() };
    let parsed = asl::parse_definition(&text);
    let mut diagnostics = parsed.diagnostics;
    let Some(machine) = parsed.machine else {
        return Ok(Checked { source_text, revision: None, diagnostics });
    };
    let side = read_side_file(file, &name, &machine)?;
    let schemas = SchemaFolder::open(&setup.config.schemas_folder);
    let (contracts, found) = contracts::bind(&machine, side.as_ref(), &schemas as &dyn SchemaSource);
    diagnostics.extend(found);
    diagnostics.extend(crate::render::diagnostics::unserved(&machine, &idle_runners()?));
    diagnostics.sort_by_key(|it| it.place.span.start);
    if diagnostics.iter().any(|it| it.severity == asl::Severity::Error) {
        return Ok(Checked { source_text, revision: None, diagnostics });
    }
    let installation = &setup.config.installation;
    let revision = Revision {
        arn: installation.state_machine(&name),
        role_arn: installation.role("baton"),
        name: name.into(),
        definition: text,
        machine,
        scope: asl::StateMachine::ROOT,
        contracts,
        limits: machine::Limits {
            payload_bytes_max: usize::try_from(setup.config.limits.payload_bytes).unwrap_or(usize::MAX),
            events_max: setup.config.limits.events,
        },
    };
    Ok(Checked { source_text, revision: Some(revision), diagnostics })
}

/// Bounds of an input: what a payload may be.
pub(crate) fn read_input(setup: &Setup, input: Option<&Path>) -> Result<Payload, CliError> {
    let bytes_max = setup.config.limits.payload_bytes;
    let (name, text) = match input {
        None => return Ok(Payload::new(asl::Json::empty_object())),
        Some(path) if path == Path::new("-") => ("standard input".to_owned(), files::read_stdin(bytes_max)?),
        Some(path) => (files::shown(path), files::read_text(path, bytes_max)?),
    };
    let limits = asl::JsonLimits::PAYLOAD.with_bytes_max(usize::try_from(bytes_max).unwrap_or(usize::MAX));
    Payload::parse(text, limits).map_err(|problem| CliError::InputInvalid { name, problem })
}

/// The operating system's user, who is the actor of what this command causes.
pub(crate) fn actor() -> Actor {
    let from_environment =
        || ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|it| std::env::var(it).ok());
    let name = system_user().or_else(from_environment).filter(|it| !it.is_empty());
    Actor::User(name.unwrap_or_else(|| "unknown".into()).into())
}

/// The name of the user that this process runs as: what the system says, not what the environment claims.
#[cfg(unix)]
fn system_user() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let uid = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let accounts = files::read_text(Path::new("/etc/passwd"), DEFINITION_BYTES_MAX).ok()?;
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    })
}

#[cfg(not(unix))]
fn system_user() -> Option<String> {
    None
}

/// `orders` of `orders.asl.json`.
fn machine_name(file: &Path) -> Result<String, CliError> {
    let unnamed = |problem: &str| CliError::MachineUnnamed { path: file.into(), problem: problem.into() };
    let name =
        file.file_name().and_then(|it| it.to_str()).ok_or_else(|| unnamed("it has no readable file name"))?;
    let stem = name.split('.').next().unwrap_or(name);
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    match stem {
        "" => Err(unnamed("its name begins with a dot")),
        _ if stem.len() > 80 => Err(unnamed("its name has more than 80 characters")),
        _ if !stem.chars().all(is_allowed) => {
            Err(unnamed("only letters, digits, `-` and `_` may stand before the first dot"))
        }
        _ => Ok(stem.to_owned()),
    }
}

/// `NAME.contracts.yaml` beside the definition, if it is there.
fn read_side_file(
    file: &Path,
    name: &str,
    machine: &asl::StateMachine,
) -> Result<Option<asl::contract::SideFile>, CliError> {
    let path = file.with_file_name(format!("{name}.contracts.yaml"));
    if !path.exists() {
        return Ok(None);
    }
    let text = files::read_text(&path, DEFINITION_BYTES_MAX)?;
    let parsed = asl::parse_side_file(&text, machine);
    if parsed.diagnostics.iter().any(|it| it.severity == asl::Severity::Error) {
        let source_text = SourceText { name: files::shown(&path), text: text.into() };
        return Err(CliError::DefinitionInvalid { source_text, diagnostics: parsed.diagnostics });
    }
    Ok(parsed.side_file)
}

/// A database as its tasks and its administrator get it.
pub(crate) fn database(database: &Database) -> DatabaseConfig {
    let url = match &database.location {
        DatabaseLocation::Sqlite(file) => format!("sqlite:{}", file.display()),
        DatabaseLocation::Postgres(url) => url.clone(),
    };
    let mut config = DatabaseConfig::new(database.name.as_str(), url);
    config.resource_arns.clone_from(&database.resource_arns);
    config.max_connections = usize::try_from(database.max_connections).unwrap_or(usize::MAX);
    config.statement_timeout_ms = database.statement_timeout_seconds.saturating_mul(1_000);
    config.lock_timeout_ms = database.lock_timeout_seconds.saturating_mul(1_000);
    config.secret.clone_from(&database.secret);
    config.folder.clone_from(&database.folder);
    config
}

fn bucket(bucket: &crate::config::Bucket) -> BucketConfig {
    BucketConfig { name: bucket.name.as_str().into(), place: bucket.place.clone() }
}

/// Makes the folders of buckets and databases that are not there yet.
fn make_folders(config: &Config) -> Result<(), CliError> {
    let buckets = config.buckets.iter().filter_map(|it| match &it.place {
        BucketPlace::Folder(folder) => Some(folder.as_path()),
        BucketPlace::S3(_) => None,
    });
    buckets.chain(config.databases.iter().filter_map(folder_of)).try_for_each(make_folder)
}

/// The folder of a database that is a file.
pub(crate) fn folder_of(database: &Database) -> Option<&Path> {
    match &database.location {
        DatabaseLocation::Sqlite(file) => file.parent(),
        DatabaseLocation::Postgres(_) => None,
    }
}

/// Makes a folder that is not there yet.
pub(crate) fn make_folder(folder: &Path) -> Result<(), CliError> {
    std::fs::create_dir_all(folder).map_err(|error| CliError::TasksUnusable {
        message: format!("the folder `{}` cannot be made: {}", folder.display(), files::describe(&error)),
    })
}

pub(crate) fn unusable(error: &impl std::fmt::Display) -> CliError {
    CliError::TasksUnusable { message: error.to_string() }
}

fn no_entropy(message: &str) -> CliError {
    CliError::Store(StoreError::Unusable { message: format!("the system gives no randomness: {message}") })
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_./".contains(it);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
