//! What is said when a command is stopped before an execution has ended.

use super::{YELLOW, line};

/// Says that nothing is lost, and how to go on.
pub(crate) fn show(id: &str, options: &str) {
    line(&format!("{YELLOW}interrupted{YELLOW:#}: the execution is kept as far as it came; go on with"));
    line(&format!("    baton resume {id}{options}"));
}
