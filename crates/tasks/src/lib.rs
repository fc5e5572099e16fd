//! `tasks`: who carries out the tasks. One file per task runner, each behind [`runtime::TaskRunner`].
//!
//! [`sql`] runs statements on a user's database exactly once per state entry; [`objects`] reads and writes objects in
//! buckets, at least once with the same end; [`items`] reads the items of a distributed Map from them;
//! [`function`] calls functions, at least once;
//! [`nested`] starts executions of the same engine, once. Not here: when a task runs, how often, what its answer leads to.

mod arguments;
mod called_off;
mod engine_link;
pub mod function;
mod innermost;
pub mod items;
pub mod limits;
pub mod map_run;
pub mod nested;
pub mod objects;
mod request_id;
pub mod secret;
pub mod sql;

pub use function::{FunctionConfig, FunctionPlace, FunctionsRunner, LocalConfig, RemoteConfig};
pub use map_run::MapRunner;
pub use nested::NestedRunner;
pub use objects::{BucketConfig, BucketPlace, Buckets, ObjectsRunner, S3Config, S3Credentials};
pub use secret::{Secret, SecretSource};
pub use sql::{DatabaseConfig, SqlRunner};
