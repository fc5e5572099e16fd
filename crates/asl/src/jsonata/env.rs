//! What an expression can see.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, LazyLock};

use ::jsonata::{Bindings, Document, Environment, Functions, Shape, Value, aws};

use super::document::to_value;
use crate::limits::JSONATA_LIMITS;
use crate::{Context, Entropy, Json, Timestamp, Variables};

/// The reserved variable.
pub(super) const STATES: &str = "states";
/// The member of it that holds the context object.
pub(super) const CONTEXT: &str = "context";

/// AWS's own functions, made once.
static FUNCTIONS: LazyLock<Functions> = LazyLock::new(aws::functions);

/// Whether a name is one of AWS's own functions.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.get(name).is_some()
}

/// What an expression is evaluated on. Time and entropy are those of the activation: an expression has no others.
pub struct Env<'a> {
    /// `$states.input`: the raw input of the state.
    pub input: &'a Json,
    /// `$states.result`: of Task, Parallel and Map, once they have one.
    pub result: Option<&'a Json>,
    /// `$states.errorOutput`: in a catcher.
    pub error_output: Option<&'a Json>,
    /// `$states.context`.
    pub context: &'a Context<'a>,
    /// `$name`.
    pub variables: &'a Variables,
    /// `$now` and `$millis`.
    pub now: Timestamp,
    /// What `$random`, `$uuid` and `$shuffle` draw from.
    pub entropy: &'a mut Entropy,
    /// Steps that may still be taken; whoever evaluates many expressions bounds them together.
    pub steps_left: &'a mut u64,
}

impl fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env").field("input", self.input).field("now", &self.now).finish_non_exhaustive()
    }
}

impl Env<'_> {
    pub(super) fn evaluate(
        &mut self,
        expression: &::jsonata::Expression,
        reads_context: bool,
    ) -> Result<Option<Value>, ::jsonata::Error> {
        let states = States {
            input: self.input.clone(),
            result: self.result.cloned(),
            error_output: self.error_output.cloned(),
            context: reads_context.then(|| self.context.value().clone()),
        };
        let bindings = Bound { states: Value::Foreign(Arc::new(states)), variables: self.variables };
        let entropy = &mut *self.entropy;
        let mut environment = Environment {
            input: None,
            bindings: &bindings,
            functions: &FUNCTIONS,
            now_unix_ms: self.now.unix_ms,
            entropy: &mut || entropy.next_u64(),
            limits: JSONATA_LIMITS,
        };
        expression.evaluate_counting(&mut environment, self.steps_left)
    }
}

struct Bound<'a> {
    states: Value,
    variables: &'a Variables,
}

impl Bindings for Bound<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        if name == STATES {
            return Some(self.states.clone());
        }
        self.variables.get(name).map(to_value)
    }
}

/// `$states`.
#[derive(Debug)]
pub(super) struct States {
    input: Json,
    result: Option<Json>,
    error_output: Option<Json>,
    context: Option<Json>,
}

impl States {
    fn members(&self) -> impl Iterator<Item = (&'static str, &Json)> {
        let members = [
            ("input", Some(&self.input)),
            ("result", self.result.as_ref()),
            ("errorOutput", self.error_output.as_ref()),
            (CONTEXT, self.context.as_ref()),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    /// The whole of it, for an expression that asks for that.
    pub(super) fn to_json(&self) -> Json {
        Json::object(self.members().map(|(name, value)| (name, value.clone())))
    }
}

impl Document for States {
    fn shape(&self) -> Shape {
        Shape::Object
    }

    fn len(&self) -> usize {
        self.members().count()
    }

    fn item(&self, _index: usize) -> Option<Value> {
        None
    }

    fn get(&self, key: &str) -> Option<Value> {
        self.members().find(|(name, _)| *name == key).map(|(_, value)| to_value(value))
    }

    fn entry(&self, index: usize) -> Option<(Arc<str>, Value)> {
        self.members().nth(index).map(|(name, value)| (name.into(), to_value(value)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
