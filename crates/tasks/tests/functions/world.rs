//! A folder with handlers, and functions that run them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};

use asl::Payload;
use asl::arn::Installation;
use asl::resource::Resource;
use runtime::{TaskOutcome, TaskRequest, TaskRunner as _};
use tasks::{FunctionConfig, FunctionPlace, FunctionsRunner, LocalConfig};
use tempfile::TempDir;

/// What every test's Python function can do, on request.
const APP: &str = include_str!("app.py");
/// The same for Node.
const APP_JS: &str = include_str!("app.js");

/// A folder with handlers.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("app.py"), APP).expect("a file");
        std::fs::write(folder.path().join("app.js"), APP_JS).expect("a file");
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A function of a command, changed as a test wants it.
    pub(crate) fn config(&self, command: &[&str], change: impl FnOnce(&mut LocalConfig)) -> FunctionConfig {
        let command = command.iter().map(|it| (*it).to_owned()).collect();
        let mut config = LocalConfig::new(command, self.path(), self.path().join("f.log"));
        change(&mut config);
        FunctionConfig { name: "f".into(), place: FunctionPlace::Local(Box::new(config)) }
    }

    /// A runner with the one function `f`.
    pub(crate) fn runner(&self, command: &[&str], change: impl FnOnce(&mut LocalConfig)) -> FunctionsRunner {
        runner(vec![self.config(command, change)])
    }

    /// A runner whose `f` is `app.HANDLER` under `awslambdaric`; `None` where there is no Python.
    pub(crate) fn python(&self, change: impl FnOnce(&mut LocalConfig)) -> Option<FunctionsRunner> {
        let python = python()?;
        Some(self.runner(&[&python, "-m", "awslambdaric", "app.handler"], change))
    }

    /// Everything that was logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path().join("f.log")).unwrap_or_default()
    }
}

pub(crate) fn runner(functions: Vec<FunctionConfig>) -> FunctionsRunner {
    FunctionsRunner::new(functions, &Installation::default()).expect("the configuration is good")
}

/// An attempt at `f`, by its own ARN.
pub(crate) fn direct(arguments: &str) -> TaskRequest {
    request("arn:aws:lambda:us-east-1:000000000000:function:f", arguments)
}

/// An attempt of a state entry that no other has.
pub(crate) fn request(resource: &str, arguments: &str) -> TaskRequest {
    static NEXT: AtomicU8 = AtomicU8::new(0);
    let resource = Resource::parse(resource).expect("it is a resource");
    let arguments = Payload::parse(arguments, asl::JsonLimits::PAYLOAD.with_bytes_max(64 << 20));
    TaskRequest {
        key: [NEXT.fetch_add(1, Ordering::Relaxed); 32],
        ..TaskRequest::alone(resource, arguments.expect("it is JSON"))
    }
}

/// What came of an attempt, as text: the answer, or `ERROR: cause`. Request ids are blotted out.
pub(crate) async fn run(runner: &FunctionsRunner, request: TaskRequest) -> String {
    let text = match runner.run(request).await {
        TaskOutcome::Succeeded { output } => output.text().to_string(),
        TaskOutcome::Failed { failure } => {
            format!("{}: {}", failure.error_str(), failure.cause.as_deref().unwrap_or(""))
        }
        TaskOutcome::Barred => "barred".to_owned(),
    };
    blotted(&text)
}

fn blotted(text: &str) -> String {
    let mut words: Vec<String> = text.split_inclusive([' ', '"', ')']).map(str::to_owned).collect();
    for word in &mut words {
        let id = word.trim_end_matches([' ', '"', ')']);
        let is_id = id.len() == 36 && id.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
        if is_id {
            *word = word.replace(id, "ID");
        }
    }
    words.concat()
}

/// The Python that has `awslambdaric`; `None`, and said so, where there is no Python at all.
pub(crate) fn python() -> Option<String> {
    if is_missing("python3") {
        return None;
    }
    let python = std::env::var_os("BATON_TEST_PYTHON")
        .map_or_else(|| target().join("test-python/bin/python"), PathBuf::from);
    assert!(python.exists(), "there is no `{}`: scripts/test.sh installs it", python.display());
    Some(python.display().to_string())
}

/// Node's runtime client; `None`, and said so, where there is no Node at all.
pub(crate) fn node_client() -> Option<String> {
    if is_missing("node") {
        return None;
    }
    let client = target().join("test-node/node_modules/@serverless-stack/aws-lambda-ric/bin/index.js");
    assert!(client.exists(), "there is no `{}`: scripts/test.sh installs it", client.display());
    Some(client.display().to_string())
}

fn is_missing(program: &str) -> bool {
    let is_missing = Command::new(program).arg("--version").output().is_err();
    if is_missing {
        eprintln!("skipped: `{program}` is not installed, so nothing was tested here");
    }
    is_missing
}

/// The workspace's target folder, which this test runs from.
pub(crate) fn target() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    own.ancestors().nth(3).expect("a test lies in target/PROFILE/deps").to_path_buf()
}

/// The program of an example of this crate.
pub(crate) fn example(name: &str) -> String {
    let own = std::env::current_exe().expect("a test has a path");
    let profile = own.ancestors().nth(2).expect("a test lies in target/PROFILE/deps");
    let program = profile.join("examples").join(name);
    assert!(
        program.exists(),
        "there is no `{}`: `cargo build -p baton-tasks --examples` builds it",
        program.display()
    );
    program.display().to_string()
}
