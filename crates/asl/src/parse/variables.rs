//! Variables: names that are valid, assigned in one scope only, and assigned before they are read.
//!
//! Inner scopes read outer names and may not declare them again. Which state ran before is not known here: a name
//! that some state of a visible scope assigns counts as assigned.

use std::collections::BTreeSet;

use super::code;
use super::report::Report;
use super::scope::{Builder, Mention};
use crate::definition::ScopeId;
use crate::diagnostic::Span;
use crate::limits::VARIABLE_NAME_CHARS_MAX;

/// Reports names that are declared again in an inner scope, and names that nothing assigns.
pub(super) fn check(builder: &Builder, report: &mut Report<'_>) {
    let assigned: BTreeSet<(ScopeId, &str)> =
        builder.assigned.iter().map(|it| (it.scope, &*it.name)).collect();
    for mention in &builder.assigned {
        if outer(builder, mention).any(|scope| assigned.contains(&(scope, &*mention.name))) {
            let message = format!("the variable `{}` is already assigned in an outer scope", mention.name);
            report
                .error(mention.span, code::VARIABLE, message)
                .hint("give it another name; an inner scope cannot change outer variables");
        }
    }
    for mention in &builder.read {
        let is_assigned = |scope: ScopeId| assigned.contains(&(scope, &*mention.name));
        if !is_assigned(mention.scope) && !outer(builder, mention).any(is_assigned) {
            let message = format!("no state assigns the variable `{}` that is read here", mention.name);
            report
                .warning(mention.span, code::VARIABLE, message)
                .hint(format!("a field of the input is written `$.{}`", mention.name));
        }
    }
}

/// Says what is wrong with a variable's name.
pub(super) fn check_name(name: &str, span: Span, report: &mut Report<'_>) {
    let first_is_fine = name.chars().next().is_some_and(|char| char.is_alphabetic() || char == '_');
    let rest_is_fine = name.chars().all(|char| char.is_alphanumeric() || char == '_');
    if name == "states" {
        report.error(span, code::VARIABLE, "the variable name `states` is reserved");
    } else if !first_is_fine || !rest_is_fine {
        report
            .error(span, code::VARIABLE, format!("`{name}` is not a variable name"))
            .hint("a name is a letter or `_`, followed by letters, digits and `_`");
    } else if name.chars().count() > VARIABLE_NAME_CHARS_MAX {
        report.error(
            span,
            code::VARIABLE,
            format!("a variable name has at most {VARIABLE_NAME_CHARS_MAX} characters"),
        );
    }
}

/// The scopes around the one of a mention, inside out.
fn outer<'a>(builder: &'a Builder, mention: &Mention) -> impl Iterator<Item = ScopeId> + use<'a> {
    let parent = |id: ScopeId| builder.scopes[id.0 as usize].parent;
    std::iter::successors(parent(mention.scope), move |id| parent(*id))
}
