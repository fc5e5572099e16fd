//! `[functions.NAME]`: a command whose processes speak the Runtime API, or the endpoint of a service that speaks Lambda's Invoke API.

use std::time::Duration;

use tasks::{FunctionPlace, LocalConfig, RemoteConfig};

use super::{Function, Reader};
use crate::files;

/// What only a command has.
const OF_COMMANDS: [&str; 9] = [
    "folder",
    "handler",
    "environment",
    "pass_environment",
    "concurrency",
    "throttle",
    "memory_mib",
    "init_timeout_seconds",
    "idle_seconds",
];
/// What only an endpoint has.
const OF_ENDPOINTS: [&str; 7] = [
    "function",
    "allow_http",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "anonymous",
    "connect_timeout_seconds",
];

impl Reader<'_> {
    /// Understands one function; `None` when that is not possible, which has been reported.
    pub(super) fn function(&mut self, name: String) -> Option<Function> {
        let key = |field: &str| format!("functions.{name}.{field}");
        let table = format!("functions.{name}");
        match (self.is_given(&key("command")), self.is_given(&key("endpoint"))) {
            (true, false) => {
                self.of_no_use(&table, &OF_ENDPOINTS, "a function with a `command`", "leave it out").ok()?;
                let place = FunctionPlace::Local(Box::new(self.local(&name)?));
                Some(Function { name, place })
            }
            (false, true) => {
                self.of_no_use(&table, &OF_COMMANDS, "a function with an `endpoint`", "leave it out").ok()?;
                let place = FunctionPlace::Remote(Box::new(self.remote(&name)?));
                Some(Function { name, place })
            }
            (true, true) => {
                let message =
                    format!("`functions.{name}` has a `command` and an `endpoint`; it is one of them");
                self.refuse(&key("endpoint"), message, Some("leave one of them out".into()));
                None
            }
            (false, false) => {
                let hint = "write `command = [\"python3\", \"-m\", \"awslambdaric\", \"app.handler\"]`, or \
                            `endpoint = \"https://lambda.eu-west-1.amazonaws.com\"`";
                let message = format!("`functions.{name}` needs a `command` or an `endpoint`");
                self.refuse(&format!("functions.{name}"), message, Some(hint.into()));
                None
            }
        }
    }

    fn local(&mut self, name: &str) -> Option<LocalConfig> {
        let key = |field: &str| format!("functions.{name}.{field}");
        let command = self.texts(&key("command"));
        if command.first().is_none_or(String::is_empty) {
            if !self.is_reported(&key("command")) {
                self.refuse(&key("command"), format!("`{}` names no program", key("command")), None);
            }
            return None;
        }
        let folder = files::absolute(&self.path(&key("folder"), ""));
        // In the data folder, which the command line may still move.
        let log = format!("functions/{}.log", name.replace(':', "@"));
        let mut config = LocalConfig::new(command, folder, log);
        config.handler = self.text(&key("handler"));
        config.environment = self.variables(name)?;
        config.concurrency = usize::try_from(self.count(&key("concurrency"), 10)).unwrap_or(usize::MAX);
        config.throttles = self.flag(&key("throttle"));
        config.memory_mib = self.count(&key("memory_mib"), 512);
        config.timeout = Duration::from_secs(self.count(&key("timeout_seconds"), 60));
        config.init_timeout = Duration::from_secs(self.count(&key("init_timeout_seconds"), 10));
        config.idle = Duration::from_secs(self.count(&key("idle_seconds"), 600));
        config.region = self.region(&key("region"));
        config.account = self.text("account.id").unwrap_or(config.account);
        Some(config)
    }

    /// `NAME=VALUE` each, and those that Baton has itself.
    fn variables(&mut self, name: &str) -> Option<Vec<(String, String)>> {
        let key = format!("functions.{name}.environment");
        let mut variables = Vec::new();
        for text in self.texts(&key) {
            match text.split_once('=').filter(|(name, _)| is_variable(name)) {
                Some((name, value)) => variables.push((name.to_owned(), value.to_owned())),
                None => {
                    // Its value may be a secret that stands in the wrong place: it is not shown.
                    let message = format!("`{key}` has an entry that is not `NAME=VALUE`");
                    let hint = "write `NAME=VALUE`; a secret goes into Baton's own environment, and its name into `pass_environment`";
                    self.refuse(&key, message, Some(hint.into()));
                    return None;
                }
            }
        }
        let key = format!("functions.{name}.pass_environment");
        for passed in self.texts(&key) {
            match self.environment.iter().find(|(name, _)| *name == passed) {
                Some((name, value)) => variables.push((name.clone(), value.clone())),
                None => {
                    let message = format!("`{key}`: the environment has no variable `{passed}`");
                    let hint = "set it where baton is started, or take it out of the list";
                    self.refuse(&key, message, Some(hint.into()));
                    return None;
                }
            }
        }
        Some(variables)
    }

    fn remote(&mut self, name: &str) -> Option<RemoteConfig> {
        let table = format!("functions.{name}");
        let key = |field: &str| format!("{table}.{field}");
        let credentials = self.credentials(&table);
        let allows_http = self.flag(&key("allow_http"));
        let endpoint = self.endpoint(&key("endpoint"), allows_http).ok()??;
        let mut config = RemoteConfig::new(endpoint, self.region(&key("region")));
        config.credentials = credentials.ok()?;
        config.function = self.text(&key("function"));
        config.timeout = Duration::from_secs(self.count(&key("timeout_seconds"), 900));
        config.connect_timeout = Duration::from_secs(self.count(&key("connect_timeout_seconds"), 5));
        Some(config)
    }
}

fn is_variable(name: &str) -> bool {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    !name.is_empty() && name.bytes().all(is_allowed) && !name.as_bytes()[0].is_ascii_digit()
}
