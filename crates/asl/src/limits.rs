//! Every bound of the language, with AWS's quota beside it where there is one.

/// Arrays and objects inside each other that no [`JsonLimits`] can exceed: reading recurses, and the stack is finite. (Ours.)
pub const JSON_DEPTH_LIMIT: usize = 512;

/// How large and how deep a JSON text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonLimits {
    /// Bytes of UTF-8.
    pub bytes_max: usize,
    /// Arrays and objects inside each other.
    pub depth_max: usize,
    /// Keys of one object.
    pub keys_max: usize,
    /// Characters of one number's text.
    pub number_chars_max: usize,
}

impl JsonLimits {
    /// Payloads: AWS allows 262,144 bytes; the runtime may raise `bytes_max` by configuration.
    pub const PAYLOAD: Self =
        Self { bytes_max: 262_144, depth_max: 128, keys_max: 10_000, number_chars_max: 1_100 };

    /// Definitions: AWS allows 1 MiB (1,048,576 characters).
    pub const DEFINITION: Self =
        Self { bytes_max: 1_048_576, depth_max: 128, keys_max: 10_000, number_chars_max: 64 };

    /// The same bounds with another size.
    #[must_use]
    pub const fn with_bytes_max(self, bytes_max: usize) -> Self {
        Self { bytes_max, ..self }
    }
}

/// Characters of a state's name. AWS: 80.
pub const STATE_NAME_CHARS_MAX: usize = 80;
/// Characters of a Map's `Label`. AWS: 40.
pub const LABEL_CHARS_MAX: usize = 40;
/// Bytes of the input of one batch. AWS: 256 KiB.
pub const BATCH_BYTES_MAX: u32 = 262_144;
/// Characters of a variable's name. AWS: 80.
pub const VARIABLE_NAME_CHARS_MAX: usize = 80;
/// Bytes of one `Assign`. AWS: 256 KiB.
pub const ASSIGN_BYTES_MAX: usize = 262_144;
/// Bytes of all variables of an execution. AWS: 10 MiB.
pub const VARIABLES_BYTES_MAX: usize = 10 * 1_048_576;
/// Calls inside each other in one intrinsic expression. AWS: 10.
pub const INTRINSIC_DEPTH_MAX: usize = 10;
/// Values that one path may visit; beyond it the path fails, whatever it would have found. (Ours.)
pub const PATH_STEPS_MAX: usize = 1_000_000;
/// Members and indexes of one Reference Path: a value that it makes nests no deeper than a payload may. (Ours.)
pub const REFERENCE_STEPS_MAX: usize = JsonLimits::PAYLOAD.depth_max;
/// Parentheses, negations and paths inside each other in the filters of one path. (Ours.)
pub const FILTER_DEPTH_MAX: usize = 16;
/// Bytes of a compiled regular expression in a filter. (Ours.)
pub const PATTERN_BYTES_MAX: usize = 32_768;
/// Bytes of the text of what one query gives, so that it can be measured against the payload's limit at all. (Ours.)
pub const QUERY_RESULT_BYTES_MAX: usize = 16 * 1_048_576;
/// Elements that `States.ArrayRange` makes. AWS: 1,000.
pub const ARRAY_RANGE_MAX: i128 = 1_000;
/// Characters that `States.Hash`, `States.Base64Encode` and `States.Base64Decode` take. AWS: 10,000.
pub const ENCODE_CHARS_MAX: usize = 10_000;
/// Bounds on the text of one JSONata expression. A definition holds many, so a compiled pattern may take less than on its
/// own. (Ours.)
pub const JSONATA_PARSE_LIMITS: ::jsonata::ParseLimits =
    ::jsonata::ParseLimits { bytes: 65_536, depth: 400, regex_bytes: PATTERN_BYTES_MAX, regexes: 100 };
/// Regular expressions in all JSONata expressions of one definition, each of which holds memory. (Ours.)
pub const JSONATA_REGEXES_MAX: usize = 1_000;
/// Bounds on one evaluation of a JSONata expression, all of them counts. AWS bounds depth (100), memory and time.
pub const JSONATA_LIMITS: ::jsonata::Limits = ::jsonata::Limits {
    steps: 2_000_000,
    depth: 400,
    output_bytes: QUERY_RESULT_BYTES_MAX,
    string_bytes: 8 * 1_048_576,
    sequence_items: 1_000_000,
    memory_bytes: 256 * 1_048_576,
};
/// Characters of a value that a cause shows. (Ours.)
pub const CAUSE_VALUE_CHARS_MAX: usize = 1_000;
/// Characters of one path or intrinsic expression. (Ours; a definition as a whole has 1 MiB.)
pub const EXPRESSION_CHARS_MAX: usize = 65_536;
/// Machines inside each other (Map and Parallel). (Ours.)
pub const SCOPE_DEPTH_MAX: usize = 32;
/// States of one definition. (Ours; AWS bounds the text only.)
pub const STATES_MAX: usize = 10_000;
/// Diagnostics reported for one definition; the rest is counted. (Ours.)
pub const DIAGNOSTICS_MAX: usize = 100;
/// Seconds that `Wait`, `IntervalSeconds` and timeouts may take. AWS: 99,999,999.
pub const SECONDS_MAX: u32 = 99_999_999;
/// `MaxDelaySeconds` must stay below this. AWS: 31,622,401.
pub const MAX_DELAY_SECONDS_LIMIT: u32 = 31_622_401;
/// Characters of an error name as AWS's API returns it. AWS: 256.
pub const ERROR_CHARS_MAX: usize = 256;
/// Characters of a cause. AWS: 32,768.
pub const CAUSE_CHARS_MAX: usize = 32_768;
/// Diagnostics collected before the rest is only counted; the first [`DIAGNOSTICS_MAX`] of the text are reported. (Ours.)
pub const DIAGNOSTICS_COLLECTED_MAX: usize = 2_000;
/// Leading indicators and blanks of a line of YAML: they bound how deep its blocks can stand inside each other. (Ours.)
pub const YAML_INDENT_MAX: usize = 256;
