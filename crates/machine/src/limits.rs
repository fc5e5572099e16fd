//! Every bound of the interpreter. All are counts; no clock decides anything.

/// Bounds that configuration may move; they are fixed for a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a payload: input and output of execution, state and task. AWS: 262,144.
    pub payload_bytes_max: usize,
    /// Events of one history; 0 means no bound. AWS: 25,000, of which the last is the failure.
    pub events_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { payload_bytes_max: 262_144, events_max: 0 }
    }
}

/// Transitions of one activation before it must be committed. Checked between transitions.
pub const ACTIVATION_TRANSITIONS_MAX: u32 = 1_000;
/// Bytes of new payloads of one activation before it must be committed. Checked between transitions.
pub const ACTIVATION_BYTES_MAX: usize = 262_144;
/// Steps of JSONata that the expressions of one field may take together.
pub const JSONATA_STEPS_MAX: u64 = asl::limits::JSONATA_LIMITS.steps;
/// Steps of JSONata of one activation before it must be committed. Checked between transitions, and before a Map starts
/// another iteration while one runs.
pub const ACTIVATION_JSONATA_STEPS_MAX: u64 = 2_000_000;
/// Characters of a role's ARN in `Credentials`. AWS (IAM): 2,048.
pub const ROLE_ARN_CHARS_MAX: usize = 2_048;
/// Iterations of an inline Map that run at once where the definition sets no bound. AWS: 40.
pub const MAP_CONCURRENCY_MAX: u32 = 40;
/// `MaxInputBytesPerBatch` of a distributed Map. AWS: 262,144.
pub const BATCH_INPUT_BYTES_MAX: u32 = 262_144;
/// The longest wait that AWS accepts of an evaluated delay: about 24,855 days.
pub const WAIT_MS_MAX: i64 = 2_147_483_647_000;
/// Days after its end in which an execution can be redriven. AWS: 14.
pub const REDRIVE_DAYS_MAX: i64 = 14;
/// Things that may happen in a rehearsal; then it is cut.
pub const REHEARSAL_INPUTS_MAX: usize = 100_000;
/// Events of a rehearsal, after which it is cut.
pub const REHEARSAL_EVENTS_MAX: usize = 200_000;
