//! How things are shown: answers on standard output, everything for people on standard error.

pub(crate) mod bug;
pub(crate) mod contracts;
pub(crate) mod diagnostics;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod failure;
pub(crate) mod interrupted;
pub(crate) mod map_runs;
pub(crate) mod notice;
pub(crate) mod summary;
pub(crate) mod table;
pub(crate) mod time;

use std::io::{BufWriter, ErrorKind, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::error::CliError;

/// What is wrong.
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
/// What deserves a look.
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
/// What went well.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default().bold();
/// What helps.
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();
/// What is looked for.
pub(crate) const BOLD: Style = Style::new().bold();
/// What may be skipped.
pub(crate) const DIM: Style = Style::new().dimmed();

/// A line for people, on standard error. Nobody reading it is no error.
pub(crate) fn line(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A whole answer, on standard output.
pub(crate) fn answer(text: &str) -> Result<(), CliError> {
    Answer::new().line(text)
}

/// An answer that is written piece by piece.
pub(crate) struct Answer {
    out: BufWriter<AutoStream<std::io::Stdout>>,
}

impl Answer {
    /// An empty answer.
    pub(crate) fn new() -> Self {
        Self { out: BufWriter::new(AutoStream::new(std::io::stdout(), ColorChoice::Auto)) }
    }

    /// A line.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), CliError> {
        tolerate(writeln!(self.out, "{text}").and_then(|()| self.out.flush()))
    }

    /// A piece.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), CliError> {
        tolerate(self.out.write_all(text.as_bytes()))
    }
}

/// A reader that has seen enough (`| head`) is no error.
fn tolerate(result: std::io::Result<()>) -> Result<(), CliError> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::OutputUnwritable { problem: crate::files::describe(&error) })
        }
        _ => Ok(()),
    }
}

/// A count with separators: `12,345`.
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An execution's name and id; only the id where that is the name.
pub(crate) fn execution(info: &machine::ExecutionInfo) -> String {
    let id = info.id.to_string();
    if *info.name == *id { id } else { format!("{} {DIM}({id}){DIM:#}", info.name) }
}

/// How an execution came out.
pub(crate) fn status(status: machine::Status) -> String {
    let style = match status {
        machine::Status::Succeeded => GREEN,
        machine::Status::Running => Style::new(),
        machine::Status::Failed | machine::Status::TimedOut | machine::Status::Aborted => RED,
    };
    format!("{style}{}{style:#}", status.as_str())
}

/// `1 error`, `2 errors`.
pub(crate) fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{} {word}s", number(count as u64)) }
}

/// At most `chars` characters of a text, on one line.
pub(crate) fn short(text: &str, chars: usize) -> String {
    let mut out: String = text.chars().take(chars).map(|it| if it.is_control() { ' ' } else { it }).collect();
    if text.chars().nth(chars).is_some() {
        out.push('…');
    }
    out
}
