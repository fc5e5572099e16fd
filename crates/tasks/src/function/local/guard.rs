//! The guard: one process that outlives Baton by a moment and ends what Baton has started, whatever ended Baton.
//!
//! It reads the ids of process groups from a pipe whose other end nobody but Baton holds. When that end closes, even by
//! `kill -9`, it kills every group that was announced and not taken back. A worker does not begin before it is announced.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// Keeps the list by itself, and asks nothing of the system but `kill`, which a POSIX shell has built in.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
live=' '
while read -r sign id; do
    case $sign in
        +) live="$live$id " ;;
        -) live="${live%% $id *} ${live#* $id }" ;;
    esac
done
for id in $live; do kill -s KILL -- "-$id" 2>/dev/null; done
"#;

/// The guard of one process of Baton.
#[derive(Debug, Default)]
pub(in crate::function) struct Guard(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    process: Option<Child>,
    groups: BTreeSet<i32>,
}

impl Guard {
    /// From now on this group ends with Baton.
    pub(super) fn announce(&self, group: i32) -> io::Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.groups.insert(group);
        if state.process.is_some() && state.say('+', group).is_ok() {
            return Ok(());
        }
        state.begin()
    }

    /// The group is gone.
    pub(super) fn take_back(&self, group: i32) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A guard that is gone is replaced when the next group is announced.
        if state.groups.remove(&group) && state.process.is_some() {
            let _ = state.say('-', group);
        }
    }
}

impl State {
    fn say(&mut self, sign: char, group: i32) -> io::Result<()> {
        let pipe = self.process.as_mut().and_then(|process| process.stdin.as_mut());
        let pipe = pipe.ok_or(io::ErrorKind::BrokenPipe)?;
        pipe.write_all(format!("{sign} {group}\n").as_bytes())
    }

    /// A new guard, which learns of every group.
    fn begin(&mut self) -> io::Result<()> {
        self.end();
        // In a group of its own: Ctrl-C is for Baton.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "baton-guard"]).process_group(0);
        let quiet = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(quiet.spawn()?);
        for group in self.groups.clone() {
            self.say('+', group)?;
        }
        Ok(())
    }

    /// Closes the pipe and waits; what is still announced is killed.
    fn end(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            let _ = process.wait();
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.end();
    }
}
