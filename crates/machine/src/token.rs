//! Task tokens: what somebody outside must show to answer a task. Source: AWS, "Wait for a callback with the task token".
//!
//! A token says of which execution, task and attempt it is, so that it can be found; that it was issued is proved by 16 random
//! bytes, which are drawn from the activation's entropy and stand in the event that issued them.

#[cfg(test)]
mod tests;

use crate::ids::{ExecutionId, TaskId};

/// What nobody can guess, and nobody is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub [u8; 16]);

/// Shows no secret.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The token of one attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TaskToken {
    /// Of which execution.
    pub execution: ExecutionId,
    /// Of which task.
    pub task: TaskId,
    /// Of which attempt of it.
    pub attempt: u32,
    /// What nobody can guess.
    pub secret: Secret,
}

/// Bytes of a token: a format version, and its parts.
const BYTES: usize = 1 + 16 + 4 + 4 + 16;
const VERSION: u8 = 1;

impl TaskToken {
    /// Reads a token; `None` if nobody ever issued such a text.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != BYTES * 2 {
            return None;
        }
        let mut bytes = [0; BYTES];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        (bytes[0] == VERSION).then(|| Self {
            execution: ExecutionId(part(&bytes, 1)),
            task: TaskId(u32::from_be_bytes(part(&bytes, 17))),
            attempt: u32::from_be_bytes(part(&bytes, 21)),
            secret: Secret(part(&bytes, 25)),
        })
    }

    /// Whether both are the same token. Takes as long whatever differs: a guess learns nothing from it.
    pub fn is_same(&self, other: &Self) -> bool {
        let differing = self.secret.0.iter().zip(&other.secret.0).fold(0, |all, (a, b)| all | (a ^ b));
        differing == 0
            && (self.execution, self.task, self.attempt) == (other.execution, other.task, other.attempt)
    }
}

/// As it is sent: 82 hexadecimal digits.
impl std::fmt::Display for TaskToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers = [self.task.0.to_be_bytes(), self.attempt.to_be_bytes()];
        let parts = [&[VERSION][..], &self.execution.0, numbers.as_flattened(), &self.secret.0];
        parts.into_iter().flatten().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Shows no secret.
impl std::fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TaskToken({} task {} attempt {})", self.execution, self.task.0, self.attempt)
    }
}

fn part<const N: usize>(bytes: &[u8; BYTES], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a token has all its parts")
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
