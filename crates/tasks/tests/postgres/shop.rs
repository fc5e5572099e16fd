//! A shop on a database of its own, and the helpers that speak of it.

use std::sync::Arc;

use asl::resource::Resource;
use asl::{JsonLimits, Payload};
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner as _};
use tasks::{DatabaseConfig, SqlRunner};

use crate::server::{Server, TestDatabase};

pub(crate) const TRANSACTION: &str = "arn:aws:states:::baton:sql:transaction";
pub(crate) const EXECUTE: &str = "arn:aws:states:::aws-sdk:rdsdata:executeStatement";
pub(crate) const BATCH: &str = "arn:aws:states:::aws-sdk:rdsdata:batchExecuteStatement";
pub(crate) const INSERT_ORDER: &str = r#"{"Database":"shop","Statements":[{"Sql":"INSERT INTO orders (total) VALUES (:t)","Parameters":{"t":5}}]}"#;

pub(crate) struct Shop {
    pub(crate) database: TestDatabase,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let database = Server::shared().database();
        database.sql(
            "CREATE TYPE colour AS ENUM ('red', 'blue');
             CREATE DOMAIN cents AS numeric(12,0) CHECK (VALUE >= 0);
             CREATE TABLE orders (id bigserial PRIMARY KEY, total numeric);
             CREATE TABLE stock (sku text PRIMARY KEY, n int NOT NULL CHECK (n >= 0));
             CREATE TABLE lines (sku text NOT NULL REFERENCES stock DEFERRABLE INITIALLY DEFERRED);
             INSERT INTO stock VALUES ('pen', 3)",
        );
        Self { database }
    }

    pub(crate) fn config(&self) -> DatabaseConfig {
        let mut config = DatabaseConfig::new("shop", self.database.url());
        config.resource_arns = vec!["arn:shop".into()];
        config
    }

    pub(crate) fn runner(&self) -> Arc<SqlRunner> {
        Arc::new(SqlRunner::new(vec![self.config()]).expect("a valid configuration"))
    }

    pub(crate) fn run(&self, request: TaskRequest) -> String {
        shown(&block_on(self.runner().run(request)))
    }

    /// Runs one statement.
    pub(crate) fn statement(&self, sql: &str, parameters: &str) -> String {
        self.run(request(TRANSACTION, &statement(sql, parameters), 1))
    }
}

pub(crate) fn statement(sql: &str, parameters: &str) -> String {
    let sql = asl::Json::from(sql).to_text();
    format!(r#"{{"Database":"shop","Statements":[{{"Sql":{sql},"Parameters":{parameters}}}]}}"#)
}

pub(crate) fn request(resource: &str, arguments: &str, attempt: u32) -> TaskRequest {
    TaskRequest {
        key: [7; 32],
        attempt,
        state: "Pay".into(),
        ..TaskRequest::alone(
            Resource::parse(resource).expect("a resource"),
            Payload::parse(arguments, JsonLimits::PAYLOAD).expect("valid JSON"),
        )
    }
}

pub(crate) fn keyed(mut request: TaskRequest, key: u8) -> TaskRequest {
    request.key = [key; 32];
    request
}

pub(crate) fn shown(outcome: &TaskOutcome) -> String {
    match outcome {
        TaskOutcome::Succeeded { output } => format!("ok {}", output.text()),
        TaskOutcome::Failed { failure } => {
            format!("{} {}", failure.error_str(), failure.cause.as_deref().unwrap_or(""))
        }
        TaskOutcome::Barred => "barred".to_owned(),
    }
}

pub(crate) fn abandoned(outcome: &AbandonOutcome) -> String {
    match outcome {
        AbandonOutcome::Barred => "barred".to_owned(),
        AbandonOutcome::Committed { output } => format!("committed {}", output.text()),
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
    runtime.expect("a runtime").block_on(future)
}
