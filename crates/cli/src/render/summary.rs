//! The summary at the end of a run, on standard error.

use super::{DIM, line, number};

/// States listed; the rest is counted.
const STATES_MAX: usize = 30;

/// Shows rows of facts, then how often each state was entered.
pub(crate) fn show(rows: &[(&'static str, String)], states: &[(String, u64)]) {
    line("");
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in rows {
        line(&format!("  {DIM}{name:width$}{DIM:#}  {value}"));
    }
    if states.is_empty() {
        return;
    }
    line("");
    let shown = &states[..states.len().min(STATES_MAX)];
    let width = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max("state".len());
    line(&format!("  {DIM}{:width$}  {:>9}{DIM:#}", "state", "entered"));
    for (name, count) in shown {
        line(&format!("  {name:width$}  {:>9}", number(*count)));
    }
    if let Some(more @ 1..) = states.len().checked_sub(STATES_MAX) {
        line(&format!("  {DIM}… and {more} more states{DIM:#}"));
    }
}
