//! Variables: names that are valid, assigned in one scope only, and assigned before they are read.
//!
//! Inner scopes read outer names and may not declare them again. Which state ran before is not known here: a name
//! that some state of a visible scope assigns counts as assigned. What a distributed Map runs, it runs in executions of
//! their own: outer names are neither read nor in the way there.

use std::collections::BTreeSet;

use super::code;
use super::report::Report;
use super::scope::{Builder, Mention};
use crate::definition::{QueryLanguage, ScopeId, StateId};
use crate::diagnostic::Span;
use crate::limits::VARIABLE_NAME_CHARS_MAX;

/// Reports names that are declared again in an inner scope, and names that nothing assigns.
pub(super) fn check(builder: &Builder, report: &mut Report<'_>) {
    let assigned: BTreeSet<(ScopeId, &str)> =
        builder.assigned.iter().map(|it| (it.scope, &*it.name)).collect();
    let declared: Declared<'_> =
        builder.assigned.iter().map(|it| (it.scope, &*it.name, it.caught_by)).collect();
    for mention in &builder.assigned {
        if is_declared_outside(builder, &declared, mention) {
            let message = format!("the variable `{}` is already assigned in an outer scope", mention.name);
            report
                .error(mention.span, code::VARIABLE, message)
                .hint("give it another name; an inner scope cannot change outer variables");
        }
    }
    for mention in &builder.read {
        let is_assigned = |scope: ScopeId| assigned.contains(&(scope, &*mention.name));
        if is_assigned(mention.scope) || outer(builder, mention).any(is_assigned) {
            continue;
        }
        if around(builder, mention.scope).any(is_assigned) {
            let message = format!(
                "the variable `{}` is assigned outside the distributed Map, and is not there in its items",
                mention.name
            );
            report
                .error(mention.span, code::VARIABLE, message)
                .hint("hand its value on with `ItemSelector`, or with `BatchInput` of `ItemBatcher`");
        } else {
            let message = format!("no state assigns the variable `{}` that is read here", mention.name);
            report.warning(mention.span, code::VARIABLE, message).hint(match mention.language {
                QueryLanguage::JsonPath => format!("a field of the input is written `$.{}`", mention.name),
                QueryLanguage::Jsonata => {
                    format!("a field of the input is written `$states.input.{}`", mention.name)
                }
            });
        }
    }
}

/// What is assigned where, and by which state's catcher.
type Declared<'a> = BTreeSet<(ScopeId, &'a str, Option<StateId>)>;

/// Whether a scope around a mention assigns its name. A catcher of the state in which the inner scope stands does not
/// count: it assigns when that scope is gone, and AWS accepts it.
fn is_declared_outside(builder: &Builder, declared: &Declared<'_>, mention: &Mention) -> bool {
    let mut inner = mention.scope;
    outer(builder, mention).any(|around| {
        let owner = builder.scopes[std::mem::replace(&mut inner, around).0 as usize].owner;
        let name = &*mention.name;
        let range = (around, name, None)..=(around, name, Some(StateId(u32::MAX)));
        declared.range(range).any(|(_, _, caught_by)| caught_by.is_none() || *caught_by != owner)
    })
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

/// The scopes around the one of a mention whose variables are there, inside out: as far as the execution goes.
fn outer<'a>(builder: &'a Builder, mention: &Mention) -> impl Iterator<Item = ScopeId> + use<'a> {
    let parent = |id: ScopeId| {
        let draft = &builder.scopes[id.0 as usize];
        draft.parent.filter(|_| !draft.is_child)
    };
    std::iter::successors(parent(mention.scope), move |id| parent(*id))
}

/// Every scope around another.
fn around(builder: &Builder, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
    let parent = |id: ScopeId| builder.scopes[id.0 as usize].parent;
    std::iter::successors(parent(scope), move |id| parent(*id))
}
