//! Every bound of the language. All of them are counts, so that the same evaluation ends the same way everywhere.

/// Bounds on the text of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseLimits {
    /// Bytes of the expression's text.
    pub bytes: usize,
    /// Levels of the syntax tree: brackets, operators and calls inside each other.
    pub depth: usize,
    /// Bytes that one compiled regular expression may take.
    pub regex_bytes: usize,
    /// Regular expressions.
    pub regexes: usize,
}

impl Default for ParseLimits {
    fn default() -> Self {
        Self { bytes: 256 * 1_024, depth: 400, regex_bytes: 256 * 1_024, regexes: 100 }
    }
}

/// Bounds on one evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Work: one step for each expression evaluated and each item or piece of text that a function looks at.
    pub steps: u64,
    /// Evaluations inside each other; a tail call does not count.
    pub depth: u32,
    /// Bytes of the result, written as JSON text.
    pub output_bytes: usize,
    /// Bytes of one string that the evaluation makes.
    pub string_bytes: usize,
    /// Items of one array that the evaluation makes.
    pub sequence_items: usize,
    /// Bytes of everything that the evaluation makes, counted when it is made and never given back.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 2_000_000,
            depth: 400,
            output_bytes: 16 * 1_048_576,
            string_bytes: 8 * 1_048_576,
            sequence_items: 1_000_000,
            memory_bytes: 256 * 1_048_576,
        }
    }
}

/// Arrays, objects and functions inside each other in a value that an evaluation makes. Fixed, because values are
/// dropped, compared and printed by recursion on a stack that is not ours.
pub const VALUE_DEPTH_MAX: u32 = 500;
/// Arrays and objects inside each other in JSON text that is read, and in a caller's document.
pub const JSON_DEPTH_MAX: usize = 500;
/// Characters of a value that an error message shows.
pub const MESSAGE_VALUE_CHARS_MAX: usize = 200;
/// Digits of a fraction that number pictures and `$formatNumber` print.
pub const FRACTION_DIGITS_MAX: usize = 100;
/// Characters of a picture string of `$formatNumber`, `$formatInteger`, `$fromMillis` and the like.
pub const PICTURE_CHARS_MAX: usize = 1_000;
/// Arguments of one call, written in the text.
pub const ARGUMENTS_MAX: usize = 255;
/// Bytes of stack that must be left before another level of recursion; with less, another segment is added.
pub(crate) const STACK_RED_ZONE_BYTES: usize = 128 * 1_024;
/// Bytes of a segment of stack that recursion adds.
pub(crate) const STACK_SEGMENT_BYTES: usize = 1_024 * 1_024;
