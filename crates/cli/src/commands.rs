//! One file per command; what several of them share stands below it.

pub(crate) mod check;
pub(crate) mod db;
pub(crate) mod executions;
pub(crate) mod find;
pub(crate) mod follow;
pub(crate) mod history;
pub(crate) mod outcome;
pub(crate) mod redrive;
pub(crate) mod resume;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod test;
pub(crate) mod test_state;
pub(crate) mod version;
pub(crate) mod wait;
