//! `ProcessorConfig`: where the items of a Map run, and what may run there.

use super::super::code;
use super::super::fields::{Fields, choice, wrong_type};
use super::super::report::Report;
use super::super::scope::Builder;
use crate::source::Value;
use crate::state::map::ExecutionType;

/// Where the items of a Map run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parse) enum Mode {
    /// Inside the execution.
    Inline,
    /// Each in an execution of this type.
    Distributed(ExecutionType),
}

/// Reads `ProcessorConfig` of a processor; `None` if it cannot be told what it says.
pub(super) fn read(processor: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Mode> {
    let Some(member) = processor.take("ProcessorConfig") else { return Some(Mode::Inline) };
    if !matches!(member.value.value, Value::Object(_)) {
        return wrong_type(&member.value, "ProcessorConfig", "an object", report);
    }
    let mut config = Fields::new(&member.value, member.key_span, "`ProcessorConfig`", report)?;
    let mode = match config.take("Mode") {
        None => Some(0),
        Some(mode) => choice(&mode.value, "Mode", &["INLINE", "DISTRIBUTED"], report),
    };
    let mode =
        if mode == Some(0) { inline(&mut config, report) } else { distributed(&mut config, mode, report) };
    config.finish(report);
    mode
}

fn inline(config: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Mode> {
    let Some(member) = config.take("ExecutionType") else { return Some(Mode::Inline) };
    if choice(&member.value, "ExecutionType", &["STANDARD", "EXPRESS"], report)? == 1 {
        report
            .error(
                member.value.span,
                code::MAP_MODE,
                "an inline Map runs its items inside the execution, which makes none of type `EXPRESS`",
            )
            .hint(
                "give `ProcessorConfig` the field `\"Mode\": \"DISTRIBUTED\"`, or leave `ExecutionType` out",
            );
    }
    Some(Mode::Inline)
}

fn distributed(config: &mut Fields<'_>, mode: Option<usize>, report: &mut Report<'_>) -> Option<Mode> {
    let member = match mode {
        Some(_) => config.require("ExecutionType", report),
        None => config.take("ExecutionType"),
    }?;
    let execution_type = match choice(&member.value, "ExecutionType", &["STANDARD", "EXPRESS"], report)? {
        0 => ExecutionType::Standard,
        _ => ExecutionType::Express,
    };
    mode.map(|_| Mode::Distributed(execution_type))
}

impl Builder {
    /// A distributed Map needs an execution that lives on: one of type EXPRESS has none.
    pub(super) fn mode_fits(&self, mode: Option<Mode>, processor: &Fields<'_>, report: &mut Report<'_>) {
        if self.is_in_express && matches!(mode, Some(Mode::Distributed(_))) {
            report
                .error(
                    processor.get("ProcessorConfig").map_or(processor.span, |config| config.value.span),
                    code::MAP_MODE,
                    "a distributed Map cannot run in executions of type `EXPRESS`, which those of the Map around it are",
                )
                .hint("make the Map around it `STANDARD`, or this one `INLINE`");
        }
    }

    /// Goes into a processor of this mode; gives what was true outside.
    pub(super) fn enter_mode(&mut self, mode: Option<Mode>) -> bool {
        let outer = self.is_in_express;
        match mode {
            Some(Mode::Distributed(it)) => self.is_in_express = it == ExecutionType::Express,
            Some(Mode::Inline) | None => {}
        }
        outer
    }
}
