//! What can go wrong before a function has the word: errors of the service, under AWS's names and with its words.

use asl::{ErrorName, Failure};

use crate::arguments::Refused;

/// A call that led to no answer of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No function of this ARN.
    NotFound { arn: String },
    /// More calls at once than the function takes.
    TooMany,
    /// More bytes than a function is sent.
    RequestTooLarge { bytes: usize, bytes_max: usize },
    /// The arguments of the task are not acceptable.
    Invalid(String),
    /// A payload that is a text and no JSON.
    NoJson(String),
    /// No worker can be started here.
    NoWorker(String),
    /// What a service answered: `ThrottlingException`, its status and its words.
    Service { code: String, status: u16, message: String, request_id: String },
    /// No whole answer came from a service.
    Client(String),
    /// No answer came from a service in time.
    ClientTimeout(String),
    /// An answer that is larger than an answer may be.
    AnswerTooLarge { bytes_max: usize },
}

impl Fault {
    /// The failure, as Retry and Catch see it.
    pub(super) fn failure(&self, request_id: &str) -> Failure {
        let of_service = |code: &str, status: u16, message: &str, request_id: &str| {
            let cause = format!(
                "{message} (Service: Lambda, Status Code: {status}, Request ID: {request_id}) (SDK Attempt Count: 1)"
            );
            Failure::new(format!("Lambda.{code}").as_str(), cause)
        };
        let ours = |code: &str, status: u16, message: &str| of_service(code, status, message, request_id);
        match self {
            Self::NotFound { arn } => {
                ours("ResourceNotFoundException", 404, &format!("Function not found: {arn}"))
            }
            Self::TooMany => ours("TooManyRequestsException", 429, "Rate Exceeded."),
            Self::RequestTooLarge { bytes, bytes_max } => {
                let message = format!(
                    "{bytes} byte payload is too large for the Invoke operation (limit {bytes_max} bytes)"
                );
                ours("RequestTooLargeException", 413, &message)
            }
            Self::Invalid(problem) => ours("InvalidParameterValueException", 400, problem),
            Self::NoJson(problem) => {
                let message = format!("Could not parse request body into json: {problem}");
                ours("InvalidRequestContentException", 400, &message)
            }
            Self::NoWorker(problem) => ours("ServiceException", 500, problem),
            Self::Service { code, status, message, request_id } => {
                of_service(code, *status, message, request_id)
            }
            Self::Client(problem) => Failure::new(
                "Lambda.SdkClientException",
                format!("Unable to execute HTTP request: {problem}"),
            ),
            Self::ClientTimeout(problem) => {
                Failure::new("Lambda.ClientExecutionTimeoutException", problem.as_str())
            }
            Self::AnswerTooLarge { bytes_max } => {
                let cause = format!("the function's answer has more than {bytes_max} bytes");
                Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, cause)
            }
        }
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self::Invalid(refused.to_string())
    }
}
