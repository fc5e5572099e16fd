//! The world outside: each case has one function, which a worker of its own carries out.

use asl::arn::Installation;
use asl::resource::Resource;
use asl::state::StateKind;
use asl::{Timestamp, parse_definition};
use machine::{Input, TaskOrder, TaskToken};
use runtime::{TaskOutcome, TaskRequest, TaskRunner as _};
use serde_json::Value;
use tasks::{FunctionConfig, FunctionPlace, FunctionsRunner, LocalConfig};

use crate::judge::resolved;

/// What every function of the cases does, by the name that they give it.
const FUNCTION: &str = include_str!("function.py");

/// A case's function, and the resources of its states.
pub(crate) struct Outside {
    runner: FunctionsRunner,
    tokio: tokio::runtime::Runtime,
    resources: Vec<Option<Resource>>,
    sleeps: bool,
    _folder: tempfile::TempDir,
}

impl Outside {
    /// The world of a case.
    pub(crate) fn of(case: &Value) -> Self {
        let setup = &case["setup"][0]["params"];
        let behaviour = setup["behaviour"].as_str().unwrap_or("echo");
        let own_name = resolved(setup["FunctionName"].as_str().unwrap_or("made"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("function.py"), FUNCTION).expect("a file");
        let python = std::env::var("PYTHON3").unwrap_or_else(|_| "python3".to_owned());
        // By its name, and by the ARN that the driver puts in place of the recorded one.
        let mut names = vec!["made", own_name.as_str()];
        names.dedup();
        let functions = names.into_iter().map(|name| {
            let command = vec![python.clone(), "function.py".to_owned(), behaviour.to_owned()];
            let config = LocalConfig::new(command, folder.path(), folder.path().join("f.log"));
            FunctionConfig { name: name.into(), place: FunctionPlace::Local(Box::new(config)) }
        });
        let functions = functions.collect();
        let runner =
            FunctionsRunner::new(functions, &Installation::default()).expect("the functions are good");
        let machine = parse_definition(&resolved(case["definition"].as_str().unwrap_or(""))).machine;
        let states = machine.map_or_else(Vec::new, |machine| machine.states);
        let resource = |state: &asl::State| match &state.kind {
            StateKind::Task(task) => Some(task.resource.clone()),
            _ => None,
        };
        Self {
            runner,
            tokio: tokio::runtime::Runtime::new().expect("threads"),
            resources: states.iter().map(resource).collect(),
            sleeps: behaviour == "sleep_60_then_echo",
            _folder: folder,
        }
    }

    /// What the function makes of an order.
    pub(crate) fn answer(
        &mut self,
        order: &TaskOrder,
        _token: Option<TaskToken>,
        now: Timestamp,
    ) -> Option<Input> {
        if self.sleeps && order.timeout_seconds.is_some() {
            return None;
        }
        let request = TaskRequest {
            key: [7; 32],
            attempt: order.attempt,
            timeout_seconds: order.timeout_seconds,
            result_bytes_max: usize::MAX,
            ..TaskRequest::alone(
                self.resources[order.state.0 as usize].clone().expect("a task has a resource"),
                order.arguments.clone(),
            )
        };
        let (task, attempt, began_at) = (order.task, order.attempt, now);
        match self.tokio.block_on(self.runner.run(request)) {
            TaskOutcome::Succeeded { output } => {
                Some(Input::TaskSucceeded { task, attempt, began_at, output })
            }
            TaskOutcome::Failed { failure } => Some(Input::TaskFailed { task, attempt, began_at, failure }),
            TaskOutcome::Barred => None,
        }
    }
}
