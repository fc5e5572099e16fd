//! Function tasks: AWS Lambda's functions, run here by workers that speak the Runtime API, or called at a remote service.
//!
//! At least once, as on AWS: a call whose outcome a crash has hidden is made again, with the same request id. A call that was
//! abandoned while it waited is not made; one that is under way is left to its end, and nothing is reported of it. Must be
//! polled inside a tokio runtime.

mod answer;
mod call;
mod config;
mod fault;
mod local;
mod name;
mod now;
mod remote;

use std::collections::HashMap;
use std::sync::Arc;

use asl::resource::Resource;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest, TaskRunner};

pub use self::config::{FunctionConfig, FunctionConfigError, FunctionPlace, LocalConfig, RemoteConfig};

use self::answer::{Answer, failed};
use self::call::{Call, Form};

use self::fault::Fault;
use self::local::{Guard, LocalFunction};
use self::name::FunctionName;
use self::remote::RemoteFunction;
use crate::called_off::Attempts;

/// Carries out function tasks.
#[derive(Debug, Default)]
pub struct FunctionsRunner {
    /// By `NAME` or `NAME:QUALIFIER`; `*` is every other one.
    functions: HashMap<Arc<str>, Function>,
    attempts: Attempts,
    region: String,
    account: String,
}

#[derive(Clone, Debug)]
enum Function {
    Local(Arc<LocalFunction>),
    Remote(Arc<RemoteFunction>),
}

impl FunctionsRunner {
    /// A runner for `functions` of `installation`. No worker is started and no service asked before a task needs it.
    pub fn new(
        functions: Vec<FunctionConfig>,
        installation: &asl::arn::Installation,
    ) -> Result<Self, FunctionConfigError> {
        let guard = Arc::new(Guard::default());
        let mut runner = Self {
            region: installation.region.to_string(),
            account: installation.account.to_string(),
            ..Self::default()
        };
        for config in functions {
            config.check_name()?;
            let name = config.name.clone();
            let function = opened(config, &guard)?;
            if runner.functions.insert(name.clone(), function).is_some() {
                return Err(FunctionConfigError::SameName { name });
            }
        }
        Ok(runner)
    }

    fn function(&self, name: &FunctionName) -> Result<Function, Fault> {
        let found = self.functions.get(&*name.key()).or_else(|| self.functions.get("*"));
        found.cloned().ok_or_else(|| Fault::NotFound { arn: name.arn(&self.region, &self.account) })
    }

    /// The call of an attempt, under way on a task of its own: it goes on when nobody waits for it any more.
    async fn attempt(&self, request: TaskRequest) -> TaskOutcome {
        let id = crate::request_id::request_id(&request);
        let prepared = self.prepared(&request);
        let (form, function, call) = match prepared {
            Ok(prepared) => prepared,
            Err(fault) => return failed(&fault, &id),
        };
        let registered = self.attempts.register(&request, call.ended.clone());
        let work = tokio::spawn(async move { function.call(call).await });
        tokio::select! {
            biased;
            answered = work => match answered {
                Ok(Ok(answer)) => answer.outcome(form),
                Ok(Err(fault)) => failed(&fault, &id),
                // Nobody aborts it: it panicked, which is for the engine to say.
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            },
            () = registered.call_off.told() => TaskOutcome::Barred,
        }
    }

    fn prepared(&self, request: &TaskRequest) -> Result<(Form, Function, Call), Fault> {
        let form = Form::of(&request.resource)
            .ok_or_else(|| Fault::Invalid(format!("`{}` is not served", request.resource.arn)))?;
        let call = Call::of(request, form)?;
        let function = self.function(&call.name)?;
        Ok((form, function, call))
    }
}

impl TaskRunner for FunctionsRunner {
    fn name(&self, request: &TaskRequest) -> Arc<str> {
        let name = Form::of(&request.resource).and_then(|form| call::name_of(request, form).ok());
        name.map_or_else(|| "function".into(), |name| format!("function:{}", name.key()).into())
    }

    fn accepts(&self, resource: &Resource) -> bool {
        Form::of(resource).is_some()
    }

    fn run(&self, request: TaskRequest) -> BoxFuture<'_, TaskOutcome> {
        self.attempt(request).boxed()
    }

    /// A function task never promised more than "at least once".
    fn abandon(&self, request: TaskRequest) -> BoxFuture<'_, AbandonOutcome> {
        self.attempts.call_off(&request);
        async { AbandonOutcome::Barred }.boxed()
    }
}

impl Function {
    async fn call(&self, call: Call) -> Result<Answer, Fault> {
        match self {
            Self::Local(function) => function.call(call).await,
            Self::Remote(function) => function.call(&call).await,
        }
    }
}

fn opened(config: FunctionConfig, guard: &Arc<Guard>) -> Result<Function, FunctionConfigError> {
    let name = config.name;
    match config.place {
        FunctionPlace::Local(local) => {
            let parsed =
                FunctionName::parse(&name).ok_or_else(|| FunctionConfigError::Name { name: name.clone() })?;
            Ok(Function::Local(Arc::new(LocalFunction::new(parsed, *local, guard.clone()))))
        }
        FunctionPlace::Remote(remote) => {
            let opened = RemoteFunction::new(*remote);
            let function = opened.map_err(|problem| FunctionConfigError::Service { name, problem })?;
            Ok(Function::Remote(Arc::new(function)))
        }
    }
}
