//! The summary at the end of a run, on standard error.

use super::{DIM, line, number, table};

/// States listed; the rest is counted.
const STATES_MAX: usize = 30;

/// Shows rows of facts, then how often each state was entered.
pub(crate) fn show(rows: &[(&'static str, String)], states: &[(String, u64)]) {
    line("");
    line(&table::pairs(rows));
    if states.is_empty() {
        return;
    }
    let mut per_state = table::new(&["state", "entered"]);
    for (name, count) in states.iter().take(STATES_MAX) {
        per_state.add_row([name.clone(), number(*count)]);
    }
    line("");
    line(&table::text(&per_state));
    if let Some(more @ 1..) = states.len().checked_sub(STATES_MAX) {
        line(&format!("  {DIM}… and {more} more states{DIM:#}"));
    }
}
