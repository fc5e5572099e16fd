//! The log of a function: what its workers write to standard output and standard error, line by line, bounded.
//!
//! One file and one older one for each function. A line begins with the time and the worker's process id. What a worker writes
//! beyond its share of one invocation is counted and dropped: it is read on, so that the worker is not held up.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::function::now::now;
use crate::limits::{
    FUNCTION_LOG_BYTES_MAX, FUNCTION_LOG_FILE_BYTES_MAX, FUNCTION_LOG_LINE_BYTES_MAX, FUNCTION_LOG_TAIL_BYTES,
};

/// The file of a function. What cannot be written is lost: a log is no reason to fail.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    open: Mutex<Option<(File, u64)>>,
}

impl LogFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, open: Mutex::new(None) }
    }

    /// Appends whole lines.
    fn append(&self, text: &[u8]) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_some_and(|(_, bytes)| *bytes > FUNCTION_LOG_FILE_BYTES_MAX) {
            *open = None;
            let _ = std::fs::rename(&self.path, self.path.with_extension("log.1"));
        }
        if open.is_none() {
            *open = self.opened();
        }
        if let Some((file, bytes)) = open.as_mut() {
            *bytes += text.len() as u64;
            if file.write_all(text).is_err() {
                *open = None;
            }
        }
    }

    fn opened(&self) -> Option<(File, u64)> {
        std::fs::create_dir_all(self.path.parent()?).ok()?;
        let file = OpenOptions::new().create(true).append(true).open(&self.path).ok()?;
        let bytes = file.metadata().ok()?.len();
        Some((file, bytes))
    }
}

/// Which of a worker's two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// What one worker writes.
#[derive(Debug)]
pub(super) struct WorkerLog {
    file: Arc<LogFile>,
    process: i32,
    /// Bytes that are still logged of this invocation.
    left: usize,
    dropped: u64,
    tail: VecDeque<u8>,
    /// The beginnings of lines, of standard output and of standard error.
    begun: [Vec<u8>; 2],
}

impl WorkerLog {
    pub(super) fn new(file: Arc<LogFile>, process: i32) -> Self {
        let begun = [Vec::new(), Vec::new()];
        Self { file, process, left: FUNCTION_LOG_BYTES_MAX, dropped: 0, tail: VecDeque::new(), begun }
    }

    /// A new invocation has its own share and its own tail.
    pub(super) fn begin(&mut self, line: &str) {
        self.flush();
        self.left = FUNCTION_LOG_BYTES_MAX;
        self.tail.clear();
        self.say(line);
    }

    /// A line of ours.
    pub(super) fn say(&mut self, line: &str) {
        self.keep(line.as_bytes());
        self.keep(b"\n");
        self.write(&[line.as_bytes()]);
    }

    /// The invocation is over.
    pub(super) fn end(&mut self, line: &str) {
        self.flush();
        self.say(line);
    }

    /// Something a worker wrote.
    pub(super) fn take(&mut self, stream: Stream, bytes: &[u8]) {
        let taken = bytes.len().min(self.left);
        self.left -= taken;
        self.dropped += (bytes.len() - taken) as u64;
        self.keep(&bytes[..taken]);
        let slot = stream as usize;
        let mut begun = std::mem::take(&mut self.begun[slot]);
        begun.extend_from_slice(&bytes[..taken]);
        let mut lines: Vec<&[u8]> = begun.split(|it| *it == b'\n').collect();
        let rest = lines.pop().unwrap_or_default();
        self.write(&lines);
        if rest.len() >= FUNCTION_LOG_LINE_BYTES_MAX {
            self.write(&[rest]);
        } else {
            self.begun[slot] = rest.to_vec();
        }
    }

    /// The end of what was written, in whole characters.
    pub(super) fn tail(&self) -> Vec<u8> {
        let bytes: Vec<u8> = self.tail.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim_start_matches('\u{fffd}').as_bytes().to_vec()
    }

    /// Writes unfinished lines, and how much was dropped.
    fn flush(&mut self) {
        for slot in 0..self.begun.len() {
            let begun = std::mem::take(&mut self.begun[slot]);
            if !begun.is_empty() {
                self.write(&[&begun]);
            }
        }
        if self.dropped > 0 {
            let line = format!("… {} bytes more were written and dropped", std::mem::take(&mut self.dropped));
            self.write(&[line.as_bytes()]);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let last = &bytes[bytes.len().saturating_sub(FUNCTION_LOG_TAIL_BYTES)..];
        let surplus = (self.tail.len() + last.len()).saturating_sub(FUNCTION_LOG_TAIL_BYTES);
        self.tail.drain(..surplus);
        self.tail.extend(last);
    }

    fn write(&self, lines: &[&[u8]]) {
        if lines.is_empty() {
            return;
        }
        let head = format!("{} {} ", now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ"), self.process);
        let mut text = Vec::new();
        for line in lines.iter().flat_map(|line| pieces(line)) {
            text.extend_from_slice(head.as_bytes());
            text.extend_from_slice(line);
            text.push(b'\n');
        }
        self.file.append(&text);
    }
}

impl Drop for WorkerLog {
    fn drop(&mut self) {
        self.flush();
    }
}

/// A line in pieces that are short enough; an empty line is one piece.
fn pieces(line: &[u8]) -> Vec<&[u8]> {
    if line.is_empty() { vec![line] } else { line.chunks(FUNCTION_LOG_LINE_BYTES_MAX).collect() }
}
