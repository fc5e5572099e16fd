//! A worker's process: how it is started, bounded, watched and ended.
//!
//! It is the leader of a process group, so that its children end with it. It begins as a shell that waits for a word on its
//! standard input: by then its limits are set and the guard knows it. When Baton dies before that, the shell reads nothing and
//! ends; when Baton dies afterwards, the guard ends the group.

use std::io;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use super::guard::Guard;
use crate::function::config::LocalConfig;
use crate::function::name::FunctionName;
use crate::function::now::now;

/// `exec` is what fails where the program cannot be run, with 126 or 127.
const SCRIPT: &str = r#"read -r go || exit 125; exec "$@" </dev/null"#;
/// Variables that a worker shares with Baton; everything else of Baton's environment stays with Baton.
const INHERITED: [&str; 6] = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER"];

/// A process that has been started.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) child: Child,
    pub(super) group: Group,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

/// The process group of a worker. Dropping it ends the group.
#[derive(Debug)]
pub(super) struct Group {
    leader: Pid,
    guard: Arc<Guard>,
}

impl Group {
    /// The id of the group, which is that of its leader.
    pub(super) fn id(&self) -> i32 {
        self.leader.as_raw_nonzero().get()
    }

    /// Ends every process of the group, now.
    pub(super) fn kill(&self) {
        // There may be nobody left.
        let _ = kill_process_group(self.leader, Signal::KILL);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        self.guard.take_back(self.id());
    }
}

/// Starts a worker that finds its Runtime API at `api`.
pub(super) fn start(
    config: &LocalConfig,
    name: &FunctionName,
    api: SocketAddr,
    guard: &Arc<Guard>,
) -> io::Result<Process> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT, "baton-worker"]).args(&config.command).current_dir(&config.folder);
    command.env_clear().envs(environment(config, name, api));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.process_group(0).kill_on_drop(true).spawn()?;
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let leader = id.ok_or_else(|| io::Error::other("it ended at once"))?;
    let group = Group { leader, guard: guard.clone() };
    bound(leader, config)?;
    guard.announce(group.id())?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let stdin = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    release(stdin)?;
    match (stdout, stderr) {
        (Some(stdout), Some(stderr)) => Ok(Process { child, group, stdout, stderr }),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// Lets the worker begin. The pipe is empty, so this does not wait.
fn release(stdin: tokio::process::ChildStdin) -> io::Result<()> {
    use std::io::Write as _;
    let mut pipe = std::fs::File::from(stdin.into_owned_fd()?);
    pipe.write_all(b"go\n")
}

/// What the system refuses beyond: memory that a look now and then would notice too late, and core files.
#[cfg(target_os = "linux")]
fn bound(leader: Pid, config: &LocalConfig) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, prlimit};
    let mebibytes = config.memory_mib.saturating_add(crate::limits::FUNCTION_MEMORY_HEADROOM_MIB);
    let at_most = |bytes: u64| Rlimit { current: Some(bytes), maximum: Some(bytes) };
    prlimit(Some(leader), Resource::Data, at_most(mebibytes.saturating_mul(1_048_576)))?;
    prlimit(Some(leader), Resource::Core, at_most(0))?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn bound(_leader: Pid, _config: &LocalConfig) -> io::Result<()> {
    Ok(())
}

/// The variables that AWS documents, as far as they mean something here, and those of the configuration.
fn environment(config: &LocalConfig, name: &FunctionName, api: SocketAddr) -> Vec<(String, String)> {
    let folder = config.folder.display().to_string();
    let started = now();
    let version = name.qualifier.as_deref().unwrap_or("$LATEST");
    let stream =
        format!("{}/[{version}]{:08x}{}", started.strftime("%Y/%m/%d"), started.as_nanosecond(), api.port());
    let own = [
        ("AWS_LAMBDA_RUNTIME_API", api.to_string()),
        ("_HANDLER", config.handler.clone().unwrap_or_default()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.name.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", version.to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", config.memory_mib.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", name.name)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", stream),
        ("AWS_REGION", config.region.clone()),
        ("AWS_DEFAULT_REGION", config.region.clone()),
        ("LAMBDA_TASK_ROOT", folder),
    ];
    let inherited = INHERITED.into_iter().filter_map(|it| Some((it.to_owned(), std::env::var(it).ok()?)));
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
    let own = own.filter(|(name, value)| name != "_HANDLER" || !value.is_empty());
    let inherited = inherited.chain([("TZ".to_owned(), ":UTC".to_owned())]);
    inherited.chain(config.environment.iter().cloned()).chain(own).collect()
}

/// How a process ended, in the words of Lambda.
pub(super) fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(0), _) => "Runtime exited without providing a reason".to_owned(),
        (Some(code), _) => format!("Runtime exited with error: exit status {code}"),
        (None, Some(signal)) => format!("Runtime exited with error: signal: {}", signal_name(signal)),
        (None, None) => "Runtime exited without providing a reason".to_owned(),
    }
}

/// Whether the program could not even be started, as the shell says it.
pub(super) fn is_not_started(status: ExitStatus) -> bool {
    matches!(status.code(), Some(125..=127))
}

fn signal_name(signal: i32) -> String {
    match signal {
        1 => "hangup".to_owned(),
        2 => "interrupt".to_owned(),
        4 => "illegal instruction".to_owned(),
        6 => "aborted".to_owned(),
        7 => "bus error".to_owned(),
        8 => "floating point exception".to_owned(),
        9 => "killed".to_owned(),
        11 => "segmentation fault".to_owned(),
        15 => "terminated".to_owned(),
        other => other.to_string(),
    }
}
