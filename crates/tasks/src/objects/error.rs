//! What can go wrong with objects, and how a workflow sees it.

use asl::{ErrorName, Failure};

use crate::arguments::Refused;

/// A fault of an object task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NoSuchBucket,
    NoSuchKey,
    InvalidArgument(String),
    InvalidKey(&'static str),
    InvalidRange,
    Precondition,
    NotModified,
    /// The object is not text, which is all that a payload holds.
    NotText,
    TooLarge {
        bytes: u64,
        bytes_max: usize,
    },
    AccessDenied,
    /// What the disk says.
    Storage(String),
    /// What a service answered that has no name of its own.
    Service {
        status: u16,
        /// The service's own word: `SlowDown`.
        code: Option<String>,
        message: String,
    },
    /// An object in an archive.
    InvalidObjectState,
    /// No whole answer came: no connection, no time, a body that breaks off.
    Client(String),
}

impl Fault {
    /// The failure: AWS's name and words where AWS has them.
    pub(super) fn failure(&self) -> Failure {
        let (error, words, status) = match self {
            Self::NoSuchBucket => {
                ("S3.NoSuchBucketException", "The specified bucket does not exist".to_owned(), 404)
            }
            Self::NoSuchKey => ("S3.NoSuchKeyException", "The specified key does not exist.".to_owned(), 404),
            Self::InvalidArgument(problem) => ("S3.InvalidArgumentException", problem.clone(), 400),
            Self::InvalidKey(problem) => ("S3.InvalidArgumentException", format!("$.Key: {problem}"), 400),
            Self::InvalidRange => {
                ("S3.S3Exception", "The requested range is not satisfiable".to_owned(), 416)
            }
            Self::Precondition => {
                let words = "At least one of the pre-conditions you specified did not hold";
                ("S3.S3Exception", words.to_owned(), 412)
            }
            Self::NotModified => ("S3.S3Exception", "Not Modified".to_owned(), 304),
            Self::NotText => {
                let words =
                    "the object is not UTF-8 text, and a payload holds text only; pass its key on instead";
                ("S3.BodyNotTextException", words.to_owned(), 400)
            }
            Self::TooLarge { bytes, bytes_max } => {
                let cause = format!(
                    "the object has {bytes} bytes, the answer may have {bytes_max}; ask for a `Range`"
                );
                return Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, cause);
            }
            Self::AccessDenied => ("S3.S3Exception", "Access Denied".to_owned(), 403),
            Self::Service { status, code: Some(code), message } => {
                let cause = format!("{message} (Service: S3, Status Code: {status}, Error Code: {code})");
                return Failure::new("S3.S3Exception", cause);
            }
            Self::Service { status, code: None, message } => ("S3.S3Exception", message.clone(), *status),
            Self::InvalidObjectState => {
                let words = "The operation is not valid for the object's storage class";
                ("S3.InvalidObjectStateException", words.to_owned(), 403)
            }
            Self::Client(problem) => {
                return Failure::new(
                    "S3.SdkClientException",
                    format!("Unable to execute HTTP request: {problem}"),
                );
            }
            Self::Storage(problem) => {
                ("S3.S3Exception", format!("the folder of the bucket failed: {problem}"), 500)
            }
        };
        Failure::new(error, format!("{words} (Service: S3, Status Code: {status})"))
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self::InvalidArgument(refused.to_string())
    }
}

/// An error of a folder.
impl From<object_store::Error> for Fault {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error;
        match error {
            Error::NotFound { .. } => Self::NoSuchKey,
            Error::AlreadyExists { .. } | Error::Precondition { .. } => Self::Precondition,
            Error::NotModified { .. } => Self::NotModified,
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => Self::AccessDenied,
            Error::InvalidPath { .. } => Self::InvalidKey("the key is not a path"),
            other => Self::Storage(other.to_string()),
        }
    }
}
