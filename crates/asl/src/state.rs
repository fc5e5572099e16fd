//! The eight kinds of state, and what several of them share. Each kind has a file of its name.

pub mod choice;
pub mod fail;
pub mod map;
pub mod parallel;
pub mod pass;
pub mod succeed;
pub mod task;
pub mod wait;

use std::sync::Arc;

pub use choice::Choice;
pub use fail::Fail;
pub use map::Map;
pub use parallel::Parallel;
pub use pass::Pass;
pub use succeed::Succeed;
pub use task::Task;
pub use wait::Wait;

use crate::jsonata::{self, Expression};
use crate::path::{Path, ReferencePath};
use crate::template::Template;

/// What a state does.
#[derive(Clone, Debug)]
pub enum StateKind {
    /// Asks someone outside the interpreter to work.
    Task(Task),
    /// Passes its input on, perhaps reshaped.
    Pass(Pass),
    /// Chooses the next state.
    Choice(Choice),
    /// Waits.
    Wait(Wait),
    /// Ends the scope well.
    Succeed(Succeed),
    /// Ends the scope badly.
    Fail(Fail),
    /// Runs branches beside each other.
    Parallel(Parallel),
    /// Runs one processor for each item.
    Map(Map),
}

impl StateKind {
    /// The value of `Type`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Task(_) => "Task",
            Self::Pass(_) => "Pass",
            Self::Choice(_) => "Choice",
            Self::Wait(_) => "Wait",
            Self::Succeed(_) => "Succeed",
            Self::Fail(_) => "Fail",
            Self::Parallel(_) => "Parallel",
            Self::Map(_) => "Map",
        }
    }
}

/// `InputPath` or `OutputPath`: what of the data is kept. Spec: `#filters`.
#[derive(Clone, Debug, Default)]
pub enum Selection {
    /// Absent or `"$"`: all of it.
    #[default]
    All,
    /// `null`: nothing, which gives `{}`.
    Nothing,
    /// A path (`$…`), a context path (`$$…`) or a variable (`$name…`).
    Path(Path),
}

/// `ResultPath`: where the result goes. Spec: `#filters`.
#[derive(Clone, Debug, Default)]
pub enum ResultPath {
    /// Absent or `"$"`: the result becomes the output.
    #[default]
    Replace,
    /// `null`: the result is dropped, the input becomes the output.
    Discard,
    /// The result is put into the input at this place.
    At(ReferencePath),
}

/// What a state makes of its raw input before it works, in the language of its queries.
#[derive(Clone, Debug)]
pub enum Arguments {
    /// JSONPath.
    Path {
        /// `InputPath`.
        input_path: Selection,
        /// `Parameters`, of states that have it.
        parameters: Option<Template>,
    },
    /// `Arguments`; the raw input where it is absent, and of states that do not have it.
    Jsonata(Option<jsonata::Template>),
}

/// How a state's result becomes its output, in the language of its queries.
#[derive(Clone, Debug)]
pub enum Output {
    /// JSONPath.
    Path {
        /// `ResultSelector`, of states that have it.
        result_selector: Option<Template>,
        /// `ResultPath`, of states that have it.
        result_path: ResultPath,
        /// `OutputPath`.
        output_path: Selection,
    },
    /// `Output`; the result where it is absent.
    Jsonata(Option<jsonata::Template>),
}

/// A template in either language.
#[derive(Clone, Debug)]
pub enum AnyTemplate {
    /// JSONPath: queries stand in fields whose names end in `.$`.
    Path(Template),
    /// JSONata: queries are texts `{% … %}`.
    Jsonata(jsonata::Template),
}

/// `Assign`: names and what they are set to, all evaluated on the values from before.
#[derive(Clone, Debug)]
pub struct Assign {
    /// An object template whose keys are the names.
    pub template: AnyTemplate,
}

/// A number given in place, or by a path or an expression that is read when the state is entered.
#[derive(Clone, Debug)]
pub enum Seconds {
    /// Given in place.
    Literal(u32),
    /// `…SecondsPath`.
    Path(Path),
    /// An expression.
    Jsonata(Expression),
}

/// A count given in place, or by a path or an expression that is read when the state is entered.
#[derive(Clone, Debug)]
pub enum Count {
    /// Given in place.
    Literal(u32),
    /// `…Path`.
    Path(Path),
    /// An expression.
    Jsonata(Expression),
}

/// A text given in place, or by a path, an intrinsic function or an expression.
#[derive(Clone, Debug)]
pub enum Text {
    /// Given in place.
    Literal(Arc<str>),
    /// `ErrorPath`, `CausePath`, `TimestampPath`…
    Query(crate::template::Query),
    /// An expression.
    Jsonata(Expression),
}
