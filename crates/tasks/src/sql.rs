//! SQL tasks: statements on a user's database, exactly once per state entry, with no library in the application.
//!
//! Serves `baton:sql:transaction`, `aws-sdk:rdsdata:executeStatement` and `batchExecuteStatement`. The rule is in `sql/rule.rs`, for all databases;
//! what a database is like is behind `sql/session.rs`. Must be polled inside a tokio runtime with time enabled.

pub mod admin;
mod backoff;
mod claim;
mod config;
mod control;
mod data_api;
mod database;
mod dialect;
mod fault;
mod guard;
mod parameters;
mod postgres;
mod rule;
mod scan;
mod session;
mod sqlite;
#[cfg(test)]
mod tests;
mod transaction;
mod work;

use std::path::PathBuf;
use std::sync::Arc;

use asl::resource::{Resource, ResourceKind};
use asl::{Failure, Json};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner};

pub use self::config::{ConfigError, DatabaseConfig};
#[doc(hidden)]
pub use self::rule::ClaimRule;

use self::database::Database;
use self::session::Connector;
use self::work::Work;

/// Carries out SQL tasks on the configured databases.
pub struct SqlRunner {
    databases: Vec<Arc<Database>>,
    rule: ClaimRule,
}

impl SqlRunner {
    /// A runner for `databases`. Opens none of them: each is opened when a task first asks for it.
    pub fn new(databases: Vec<DatabaseConfig>) -> Result<Self, ConfigError> {
        Self::with_claim_rule(databases, ClaimRule::Standard)
    }

    /// The same with a claim that may be broken, for tests of the tests.
    #[doc(hidden)]
    pub fn with_claim_rule(databases: Vec<DatabaseConfig>, rule: ClaimRule) -> Result<Self, ConfigError> {
        config::verify(&databases)?;
        let open = |config: DatabaseConfig| {
            let connector = connector_of(&config)?;
            Ok(Arc::new(Database::new(config, connector)))
        };
        let databases = databases.into_iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { databases, rule })
    }

    fn database(&self, api: Api, arguments: &Json) -> Option<&Arc<Database>> {
        match api {
            Api::Transaction => {
                let name = transaction::database(arguments)?;
                self.databases.iter().find(|database| database.config.name == name)
            }
            Api::Statement | Api::Batch => {
                let arn = data_api::resource_arn(arguments)?;
                self.databases
                    .iter()
                    .find(|database| database.config.resource_arns.iter().any(|known| &**known == arn))
            }
        }
    }

    /// The work that a request asks for, or the failure that it is.
    fn work(&self, api: Api, arguments: &Json) -> Result<(Arc<Database>, Work), Failure> {
        let Some(database) = self.database(api, arguments) else { return Err(unknown(api, arguments)) };
        let connector = &*database.connector;
        let name = &database.config.name;
        let work = match api {
            Api::Transaction => transaction::read(arguments, connector)
                .map_err(|(fault, statement)| transaction::failure(&fault, name, statement))?,
            Api::Statement => {
                data_api::read(arguments, name, connector).map_err(|fault| data_api::failure(&fault))?
            }
            Api::Batch => {
                data_api::read_batch(arguments, name, connector).map_err(|fault| data_api::failure(&fault))?
            }
        };
        Ok((Arc::clone(database), work))
    }
}

impl std::fmt::Debug for SqlRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.databases.iter().map(|database| &database.config.name);
        f.debug_set().entries(names).finish()
    }
}

impl TaskRunner for SqlRunner {
    fn name(&self, request: &TaskRequest) -> Arc<str> {
        let database =
            api_of(&request.resource).and_then(|api| self.database(api, request.arguments.value()));
        database.map_or("sql".into(), |database| format!("sql:{}", database.config.name).into())
    }

    fn accepts(&self, resource: &Resource) -> bool {
        api_of(resource).is_some()
    }

    fn run(&self, request: TaskRequest) -> BoxFuture<'_, TaskOutcome> {
        async move {
            let Some(api) = api_of(&request.resource) else {
                return TaskOutcome::Failed { failure: not_served(&request.resource) };
            };
            match self.work(api, request.arguments.value()) {
                Ok((database, work)) => database.run(request, work, self.rule).await,
                Err(failure) => TaskOutcome::Failed { failure },
            }
        }
        .boxed()
    }

    fn abandon(&self, request: TaskRequest) -> BoxFuture<'_, AbandonOutcome> {
        async move {
            let work = api_of(&request.resource).map(|api| self.work(api, request.arguments.value()));
            match work {
                Some(Ok((database, work))) => database.abandon(request, work.sql_hash(), self.rule).await,
                // What is refused before it is sent has never had an effect.
                Some(Err(_)) | None => AbandonOutcome::Barred,
            }
        }
        .boxed()
    }
}

/// Which interface a resource names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Api {
    Transaction,
    Statement,
    Batch,
}

fn api_of(resource: &Resource) -> Option<Api> {
    match &resource.kind {
        ResourceKind::Service { service, action } => match (&**service, &**action) {
            ("baton:sql", "transaction") => Some(Api::Transaction),
            ("aws-sdk:rdsdata", "executeStatement") => Some(Api::Statement),
            ("aws-sdk:rdsdata", "batchExecuteStatement") => Some(Api::Batch),
            _ => None,
        },
        ResourceKind::Function | ResourceKind::Activity => None,
    }
}

fn not_served(resource: &Resource) -> Failure {
    Failure::runtime(format!("`{}` is not served by the SQL runner", resource.arn))
}

fn unknown(api: Api, arguments: &Json) -> Failure {
    match api {
        Api::Transaction => match transaction::database(arguments) {
            Some(name) => transaction::failure(&database::unknown(&name), &name, None),
            None => transaction::failure(&missing("Database", arguments), "", None),
        },
        Api::Statement | Api::Batch => match data_api::resource_arn(arguments) {
            Some(arn) => data_api::failure(&database::unknown(arn)),
            None => data_api::failure(&missing("ResourceArn", arguments)),
        },
    }
}

fn missing(field: &str, arguments: &Json) -> fault::Fault {
    let problem = match arguments.get(field) {
        Some(value) => format!("$.{field}: expected a string, found {}", value.kind()),
        None => format!("$.{field}: is missing"),
    };
    fault::Fault::new(fault::Class::BadRequest, problem)
}

/// What is wrong with the URL of a database, if anything is, as far as that is seen without connecting. Does not repeat it.
pub fn problem_of_url(url: &str) -> Option<String> {
    if !postgres::is_url(url) {
        return None;
    }
    postgres::problem_of_url(url)
}

/// Whether a URL means a PostgreSQL.
pub fn is_postgres(url: &str) -> bool {
    postgres::is_url(url)
}

fn connector_of(config: &DatabaseConfig) -> Result<Box<dyn Connector>, ConfigError> {
    let name = || Arc::clone(&config.name);
    if postgres::is_url(&config.url) {
        return Ok(Box::new(postgres::PostgresConnector::new(config)?));
    }
    let Some(file) = config.url.strip_prefix("sqlite:") else {
        return Err(ConfigError::UnknownUrl { name: name() });
    };
    match file {
        "" => Err(ConfigError::NoFile { name: name() }),
        ":memory:" => Err(ConfigError::InMemory { name: name() }),
        file => Ok(Box::new(sqlite::SqliteConnector { file: PathBuf::from(file) })),
    }
}
