//! The graph of each scope: every state is reached, and something ends it. Spec: `#transitions`.

use super::code;
use super::report::Report;
use super::scope::{Builder, Draft};
use crate::definition::StateId;

/// Reports states that nothing leads to, and scopes that nothing ends.
pub(super) fn check(builder: &Builder, report: &mut Report<'_>) {
    // Where a transition is lost, what it led to would seem unreached: the transition has been reported.
    for draft in builder.scopes.iter().filter(|draft| !draft.is_torn) {
        let ends = |id: &StateId| builder.names[id.0 as usize].is_terminal;
        if draft.states.iter().any(ends) {
            unreached(builder, draft, report);
        } else {
            report
                .error(draft.span, code::NO_TERMINAL, "no state here ends it")
                .hint("give one state `\"End\": true`, or add a Succeed or Fail state");
            report.in_aws_words("Workflow has no terminal state");
        }
    }
}

fn unreached(builder: &Builder, draft: &Draft, report: &mut Report<'_>) {
    // Without a start nothing is reached, which is not the fault of the states.
    let Some(start_at) = draft.start_at else { return };
    let mut reached = vec![false; builder.names.len()];
    let mut open = vec![start_at];
    while let Some(id) = open.pop() {
        let at = id.0 as usize;
        if !std::mem::replace(&mut reached[at], true) {
            open.extend(&builder.names[at].targets);
        }
    }
    for id in draft.states.iter().filter(|id| !reached[id.0 as usize]) {
        let name = &builder.names[id.0 as usize];
        report
            .error(name.span, code::TARGET, format!("no state leads to `{}`", name.text))
            .hint("name it in a `Next`, or take it out");
        report.in_aws_words(format!("State \"{}\" is not reachable.", name.text));
    }
}
