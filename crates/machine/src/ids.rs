//! Names of things inside one execution. All of them are small numbers that the machine hands out itself.

/// A frame: one running scope (the machine, a branch, an iteration). Never reused within an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub u32);

impl FrameId {
    /// The frame of the machine itself.
    pub const ROOT: Self = Self(0);
}

/// The task of one state entry. The same through all its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub u32);

/// A timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerId(pub u32);

/// A payload's number within its execution; payloads are stored once each and referred to by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PayloadId(pub u32);

/// What identifies an execution for ever: 16 bytes, a UUID of version 7, so that they ascend in time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExecutionId(pub [u8; 16]);

impl std::fmt::Debug for ExecutionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl ExecutionId {
    /// Whether `text` is this id as it is written.
    pub fn is_written(&self, text: &str) -> bool {
        text.as_bytes() == self.text()
    }

    /// Written for every execution, so not piece by piece.
    fn text(&self) -> [u8; 36] {
        let mut text = [b'-'; 36];
        let places = (0..36).filter(|at| !matches!(at, 8 | 13 | 18 | 23));
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        for (at, digit) in places.zip(digits) {
            text[at] = b"0123456789abcdef"[usize::from(digit)];
        }
        text
    }
}

/// As UUIDs are written: `0199…-….`
impl std::fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(str::from_utf8(&self.text()).expect("digits and hyphens"))
    }
}
