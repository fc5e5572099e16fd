//! `baton.toml`: what an installation is made of. Every key: `docs/reference/configuration.md`.
//!
//! Order of precedence: the environment, the file, the default. Everything that is wrong is reported, with its place.
//! Paths are relative to the folder of `baton.toml`. Not here: the command line's own overrides (`wiring.rs`).

mod bucket;
mod entries;
mod environment;
mod function;
mod keys;
mod secret;
mod service;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use asl::Place;
use asl::arn::Installation;
use tasks::{BucketPlace, FunctionPlace, SecretSource};

use self::entries::{Entries, Value};
use crate::error::{CliError, SourceText};
use crate::files;
use crate::limits::CONFIG_BYTES_MAX;

/// The file's name.
pub(crate) const FILE_NAME: &str = "baton.toml";

/// A configuration, understood.
#[derive(Debug)]
pub(crate) struct Config {
    /// The file it was read from; `None` when everything is a default.
    pub(crate) file: Option<PathBuf>,
    /// The folder of the store.
    pub(crate) data_folder: PathBuf,
    /// Account and region.
    pub(crate) installation: Installation,
    /// The bounds that may be moved.
    pub(crate) limits: Limits,
    /// The folder of the schemas.
    pub(crate) schemas_folder: PathBuf,
    /// Machines that executions may start, by name. Checked to exist.
    pub(crate) machines: BTreeMap<String, PathBuf>,
    /// Databases by name.
    pub(crate) databases: Vec<Database>,
    /// Buckets by name.
    pub(crate) buckets: Vec<Bucket>,
    /// Functions by name.
    pub(crate) functions: Vec<Function>,
}

/// The bounds that may be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes of a payload. AWS: 262,144.
    pub(crate) payload_bytes: u64,
    /// Attempts that run at once.
    pub(crate) tasks_running: u64,
    /// Events of a history; 0 means no bound. AWS: 25,000.
    pub(crate) events: u64,
}

/// One database.
#[derive(Debug)]
pub(crate) struct Database {
    /// As SQL tasks call it.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) location: DatabaseLocation,
    /// ARNs of the Data API that mean it.
    pub(crate) resource_arns: Vec<Arc<str>>,
    /// Connections at once.
    pub(crate) max_connections: u64,
    /// Seconds that a statement may take.
    pub(crate) statement_timeout_seconds: u64,
    /// Seconds that a statement waits for a lock of PostgreSQL.
    pub(crate) lock_timeout_seconds: u64,
    /// Days that a claim is kept.
    pub(crate) claim_retention_days: u64,
    /// The password, where one is needed.
    pub(crate) secret: Option<SecretSource>,
    /// The folder that the URL's own paths start from.
    pub(crate) folder: PathBuf,
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseLocation {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL.
    Postgres(String),
}

/// One bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    /// As object tasks call it.
    pub(crate) name: String,
    /// Its folder, or its service.
    pub(crate) place: BucketPlace,
}

/// One function.
#[derive(Debug)]
pub(crate) struct Function {
    /// As `FunctionName` says it, perhaps with a qualifier.
    pub(crate) name: String,
    /// Its command, or its service.
    pub(crate) place: FunctionPlace,
}

impl Config {
    /// The configuration of a command: `named` by the user, or beside the machine file, or in the current folder, or
    /// nothing but defaults.
    pub(crate) fn find(named: Option<&Path>, machine: Option<&Path>) -> Result<Self, CliError> {
        let beside = machine.and_then(Path::parent).map(|folder| folder.join(FILE_NAME));
        let found = match named {
            Some(path) => Some(path.to_path_buf()),
            None => beside.into_iter().chain([PathBuf::from(FILE_NAME)]).find(|path| path.exists()),
        };
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .collect();
        let text = match &found {
            Some(path) => files::read_text(path, CONFIG_BYTES_MAX)?,
            None => String::new(),
        };
        Self::read(found.as_deref(), &text, &environment)
    }

    /// Understands the text of `file` (empty for nothing but defaults), overridden by `environment`.
    pub(crate) fn read(
        file: Option<&Path>,
        text: &str,
        environment: &[(String, String)],
    ) -> Result<Self, CliError> {
        let mut entries = entries::read(text);
        if entries.diagnostics.is_empty() {
            environment::apply(&mut entries, environment)?;
        }
        let base = file.and_then(Path::parent).unwrap_or(Path::new("")).to_path_buf();
        let mut reader = Reader { entries, base, environment };
        let config = reader.config(file);
        if reader.entries.diagnostics.is_empty() {
            return Ok(config);
        }
        let name = file.map_or_else(|| FILE_NAME.to_owned(), files::shown);
        reader.entries.diagnostics.sort_by_key(|it| it.place.span.start);
        Err(CliError::ConfigInvalid {
            source_text: SourceText { name, text: entries::shown(text, &reader.entries.hidden).into() },
            diagnostics: reader.entries.diagnostics,
        })
    }
}

/// From entries to the configuration.
struct Reader<'a> {
    entries: Entries,
    base: PathBuf,
    environment: &'a [(String, String)],
}

impl Reader<'_> {
    fn config(&mut self, file: Option<&Path>) -> Config {
        let default = Installation::default();
        let account = self.text("account.id").unwrap_or_else(|| default.account.to_string());
        if account.len() != 12 || !account.bytes().all(|it| it.is_ascii_digit()) {
            self.refuse("account.id", format!("`account.id` has twelve digits, found `{account}`"), None);
        }
        let region = self.text("account.region").unwrap_or_else(|| default.region.to_string());
        if region.is_empty() || !region.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-') {
            self.refuse(
                "account.region",
                format!("`account.region` is like `us-east-1`, found `{region}`"),
                None,
            );
        }
        Config {
            file: file.map(Path::to_path_buf),
            data_folder: self.path("data.folder", ".baton"),
            installation: Installation { account: account.into(), region: region.into() },
            limits: Limits {
                payload_bytes: self.count("limits.payload_bytes", 262_144),
                tasks_running: self.count("limits.tasks_running", 256),
                events: self.count("limits.events", 0),
            },
            schemas_folder: self.path("schemas.folder", "schemas"),
            machines: self.machines(),
            databases: self.names("databases").into_iter().filter_map(|name| self.database(name)).collect(),
            buckets: self.names("buckets").into_iter().filter_map(|name| self.bucket(name)).collect(),
            functions: self.names("functions").into_iter().filter_map(|name| self.function(name)).collect(),
        }
    }

    fn machines(&mut self) -> BTreeMap<String, PathBuf> {
        let mut machines = BTreeMap::new();
        for name in self.names("machines") {
            let key = format!("machines.{name}");
            let path = self.path(&key, "");
            if !path.is_file() {
                let message = format!("`{key}`: there is no file `{}`", path.display());
                self.refuse(&key, message, Some("paths are relative to the folder of baton.toml".into()));
            }
            machines.insert(name, path);
        }
        machines
    }

    fn database(&mut self, name: String) -> Option<Database> {
        let key = |field: &str| format!("databases.{name}.{field}");
        let url = self.required(&key("url"), &format!("databases.{name}"))?;
        let secret = self.secret(&key("secret"));
        let location = self.location(&key("url"), &url)?;
        Some(Database {
            location,
            resource_arns: self.texts(&key("resource_arns")).into_iter().map(Into::into).collect(),
            max_connections: self.count(&key("max_connections"), 8),
            statement_timeout_seconds: self.count(&key("statement_timeout_seconds"), 30),
            lock_timeout_seconds: self.count(&key("lock_timeout_seconds"), 5),
            claim_retention_days: self.count(&key("claim_retention_days"), 420),
            secret,
            folder: self.base.clone(),
            name,
        })
    }

    fn location(&mut self, key: &str, url: &str) -> Option<DatabaseLocation> {
        if let Some(file) = url.strip_prefix("sqlite:").filter(|it| !it.is_empty()) {
            return Some(DatabaseLocation::Sqlite(files::joined(&self.base, file)));
        }
        if !tasks::sql::is_postgres(url) {
            let hint = "write `sqlite:` and a path, for example `sqlite:orders.db`, or `postgres://user@host/database`";
            let message = format!("`{key}` is not the URL of a database that baton knows");
            self.refuse(key, message, Some(hint.into()));
            return None;
        }
        match tasks::sql::problem_of_url(url) {
            None => Some(DatabaseLocation::Postgres(url.to_owned())),
            Some(problem) => {
                self.refuse(key, format!("`{key}`: {problem}"), None);
                None
            }
        }
    }

    fn secret(&mut self, key: &str) -> Option<SecretSource> {
        let reference = self.text(key)?;
        match secret::source(&reference, &self.base, self.environment) {
            Ok(secret) => Some(secret),
            Err(fault) => {
                let place = self.place(key);
                self.entries.report(
                    fault.code,
                    place,
                    format!("`{key}` {}", fault.problem),
                    Some(fault.hint),
                );
                None
            }
        }
    }

    /// The names that stand after `section`, in the order of the file.
    fn names(&self, section: &str) -> Vec<String> {
        let leaves = self.entries.list.iter().map(|it| &it.path);
        let tables = self.entries.tables.iter().map(|(path, _)| path);
        let mut names: Vec<(u32, String)> = Vec::new();
        for path in tables.chain(leaves).filter(|path| path.len() > 1 && path[0] == section) {
            if !names.iter().any(|(_, name)| *name == path[1]) {
                names.push((self.place(&path.join(".")).span.start, path[1].clone()));
            }
        }
        names.sort();
        names.into_iter().map(|(_, name)| name).collect()
    }

    fn required(&mut self, key: &str, table: &str) -> Option<String> {
        let value = self.text(key);
        if value.is_none() && !self.is_reported(key) {
            let name = key.rsplit('.').next().unwrap_or(key).to_owned();
            self.refuse(table, format!("`{table}` needs a `{name}`"), None);
        }
        value
    }

    fn is_reported(&self, key: &str) -> bool {
        let pointer = format!("/{}", key.replace('.', "/"));
        self.entries.diagnostics.iter().any(|it| *it.place.pointer == *pointer)
    }

    fn refuse(&mut self, key: &str, message: String, hint: Option<String>) {
        let place = self.place(key);
        self.entries.report("CONFIG_WRONG_VALUE", place, message, hint);
    }

    fn place(&self, key: &str) -> Place {
        let of_entry =
            self.entries.list.iter().find(|it| it.path.join(".") == key).and_then(|it| it.place.clone());
        let of_table =
            || self.entries.tables.iter().find(|(path, _)| path.join(".") == key).map(|it| it.1.clone());
        of_entry.or_else(of_table).unwrap_or_default()
    }

    fn value(&self, key: &str) -> Option<&Value> {
        // The environment's entries come last and win.
        self.entries.list.iter().rev().find(|it| it.path.join(".") == key).map(|it| &it.value)
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.value(key) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }

    fn texts(&self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some(Value::Texts(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }

    fn count(&self, key: &str, default: u64) -> u64 {
        match self.value(key) {
            Some(Value::Count(count)) => *count,
            _ => default,
        }
    }

    fn flag(&self, key: &str) -> bool {
        matches!(self.value(key), Some(Value::Flag(true)))
    }

    fn path(&self, key: &str, default: &str) -> PathBuf {
        files::joined(&self.base, &self.text(key).unwrap_or_else(|| default.to_owned()))
    }
}
