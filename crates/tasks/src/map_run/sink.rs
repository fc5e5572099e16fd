//! Where results go: into the state's output, or into files.

use asl::{ErrorName, Failure, Json, JsonLimits, Payload};

use super::children::ChildEnd;
use super::fault::Fault;
use super::files::Files;
use super::form::Form;
use crate::limits::COLLECTED_PER_CHECKPOINT;

/// Where results go.
#[derive(Debug)]
pub(super) enum Sink {
    Output(Collected),
    Files(Box<Files>),
}

/// Results that become the state's output.
#[derive(Debug)]
pub(super) struct Collected {
    form: Form,
    body: String,
    bytes_max: usize,
    /// Whether they have become too many; then they are not kept any more.
    is_too_large: bool,
    since_checkpoint: usize,
}

impl Collected {
    pub(super) fn new(form: Form, bytes_max: usize) -> Self {
        Self { form, body: String::new(), bytes_max, is_too_large: false, since_checkpoint: 0 }
    }

    fn take(&mut self, end: &ChildEnd) {
        self.since_checkpoint += 1;
        for text in end.ran.iter().flat_map(|ran| self.form.texts(ran)) {
            if !self.is_too_large {
                self.form.append(&mut self.body, &text);
            }
            if self.body.len() > self.bytes_max {
                self.is_too_large = true;
                self.body = String::new();
            }
        }
    }

    fn finish(&self, state: &str) -> Result<Payload, Failure> {
        let text = self.form.joined(self.body.clone());
        if self.is_too_large || text.len() > self.bytes_max {
            let cause = format!(
                "The state/task '{state}' returned a result with a size exceeding the maximum number of bytes service limit."
            );
            return Err(Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, cause));
        }
        let limits = JsonLimits::PAYLOAD.with_bytes_max(self.bytes_max);
        Payload::parse(text, limits)
            .map_err(|error| Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, error.to_string()))
    }
}

impl Sink {
    /// Whether results can go there, as far as that can be said before there are any.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match self {
            Self::Output(_) => Ok(()),
            Self::Files(files) => files.check(),
        }
    }

    /// Takes the results of the next child.
    pub(super) fn take(&mut self, end: &ChildEnd) {
        match self {
            Self::Output(collected) => collected.take(end),
            Self::Files(files) => files.take(end),
        }
    }

    /// Whether so much was taken that it should be kept now.
    pub(super) fn is_due(&self) -> bool {
        match self {
            Self::Output(collected) => collected.since_checkpoint >= COLLECTED_PER_CHECKPOINT,
            Self::Files(files) => files.is_due(),
        }
    }

    /// Makes sure that what was taken outlives this process, and says by what it is found again.
    pub(super) async fn keep(&mut self) -> Result<Json, Fault> {
        match self {
            Self::Output(collected) => {
                collected.since_checkpoint = 0;
                let large = Json::Bool(collected.is_too_large);
                Ok(Json::object([("Body", Json::from(collected.body.as_str())), ("IsTooLarge", large)]))
            }
            Self::Files(files) => files.keep().await,
        }
    }

    /// Goes on from what [`Self::keep`] said.
    pub(super) fn restore(&mut self, kept: &Json) {
        match self {
            Self::Output(collected) => {
                kept.get("Body").and_then(Json::as_str).unwrap_or_default().clone_into(&mut collected.body);
                collected.is_too_large = kept.get("IsTooLarge").and_then(Json::as_bool) == Some(true);
            }
            Self::Files(files) => files.restore(kept),
        }
    }

    /// The output of the run, once everything was taken and kept.
    pub(super) async fn finish(&mut self, state: &str) -> Result<Payload, Fault> {
        match self {
            Self::Output(collected) => Ok(collected.finish(state)?),
            Self::Files(files) => files.finish().await,
        }
    }

    /// What is left of a run that has failed: files say what there was, an output is not given.
    pub(super) async fn give_up(&mut self) -> Result<(), Fault> {
        match self {
            Self::Output(_) => Ok(()),
            Self::Files(files) => files.finish().await.map(drop),
        }
    }
}
