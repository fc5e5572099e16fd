//! What is known of the answers of services: those that Baton serves itself, and the commonest beside them. A mocked result
//! is held against it.
//!
//! Source: the response elements of each API, <https://docs.aws.amazon.com/>, spelled as Step Functions does. Members that are not
//! listed are let through, and so is every answer of a service that is not.

use asl::Json;
use asl::resource::{Resource, ResourceKind};

use super::mock::Validation;
use super::refusal::Refusal;

/// What a member of an answer is.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Number,
    Boolean,
    /// A text or a number.
    Instant,
    /// One of these texts.
    Choice(&'static [&'static str]),
    Array(&'static Shape),
    Object(&'static [Member]),
    Map,
}

/// A member, and whether the service always sends it.
type Member = (&'static str, Shape, Presence);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Always,
    Sometimes,
}

use Presence::{Always, Sometimes};
use Shape::{Array, Boolean, Choice, Instant, Map, Number, Object, Text};

const ANSWERS: &[(&str, &str, &[Member])] = &[
    ("lambda", "invoke", LAMBDA_INVOKE),
    ("aws-sdk:lambda", "invoke", LAMBDA_INVOKE),
    ("events", "putEvents", EVENTS_PUT),
    ("aws-sdk:eventbridge", "putEvents", EVENTS_PUT),
    ("sqs", "sendMessage", SQS_SEND),
    ("aws-sdk:sqs", "sendMessage", SQS_SEND),
    ("sns", "publish", SNS_PUBLISH),
    ("aws-sdk:sns", "publish", SNS_PUBLISH),
    ("dynamodb", "getItem", DYNAMODB_GET),
    ("aws-sdk:dynamodb", "getItem", DYNAMODB_GET),
    ("dynamodb", "putItem", DYNAMODB_CHANGE),
    ("aws-sdk:dynamodb", "putItem", DYNAMODB_CHANGE),
    ("dynamodb", "updateItem", DYNAMODB_CHANGE),
    ("aws-sdk:dynamodb", "updateItem", DYNAMODB_CHANGE),
    ("dynamodb", "deleteItem", DYNAMODB_CHANGE),
    ("aws-sdk:dynamodb", "deleteItem", DYNAMODB_CHANGE),
    ("states", "startExecution", START_EXECUTION),
    ("aws-sdk:sfn", "startExecution", START_EXECUTION),
    ("aws-sdk:s3", "getObject", S3_GET_OBJECT),
    ("aws-sdk:s3", "headObject", S3_GET_OBJECT),
    ("aws-sdk:s3", "putObject", S3_PUT_OBJECT),
    ("aws-sdk:s3", "deleteObject", S3_DELETE_OBJECT),
    ("aws-sdk:s3", "listObjectsV2", S3_LIST_OBJECTS),
    ("aws-sdk:rdsdata", "executeStatement", RDSDATA_EXECUTE),
    ("aws-sdk:rdsdata", "batchExecuteStatement", RDSDATA_BATCH),
    ("aws-sdk:rdsdata", "beginTransaction", &[("TransactionId", Text, Sometimes)]),
    ("aws-sdk:rdsdata", "commitTransaction", &[("TransactionStatus", Text, Sometimes)]),
    ("aws-sdk:rdsdata", "rollbackTransaction", &[("TransactionStatus", Text, Sometimes)]),
];

const LAMBDA_INVOKE: &[Member] = &[
    ("StatusCode", Number, Sometimes),
    ("FunctionError", Text, Sometimes),
    ("LogResult", Text, Sometimes),
    ("ExecutedVersion", Text, Sometimes),
];

const EVENTS_PUT: &[Member] =
    &[("FailedEntryCount", Number, Sometimes), ("Entries", Array(&Object(EVENTS_ENTRY)), Sometimes)];

const EVENTS_ENTRY: &[Member] =
    &[("EventId", Text, Sometimes), ("ErrorCode", Text, Sometimes), ("ErrorMessage", Text, Sometimes)];

const SQS_SEND: &[Member] = &[
    ("MD5OfMessageBody", Text, Sometimes),
    ("MD5OfMessageAttributes", Text, Sometimes),
    ("MD5OfMessageSystemAttributes", Text, Sometimes),
    ("MessageId", Text, Sometimes),
    ("SequenceNumber", Text, Sometimes),
];

const SNS_PUBLISH: &[Member] = &[("MessageId", Text, Sometimes), ("SequenceNumber", Text, Sometimes)];

const DYNAMODB_GET: &[Member] =
    &[("Item", Map, Sometimes), ("ConsumedCapacity", Object(DYNAMODB_CAPACITY), Sometimes)];

const DYNAMODB_CHANGE: &[Member] = &[
    ("Attributes", Map, Sometimes),
    ("ConsumedCapacity", Object(DYNAMODB_CAPACITY), Sometimes),
    ("ItemCollectionMetrics", Map, Sometimes),
];

const DYNAMODB_CAPACITY: &[Member] = &[
    ("TableName", Text, Sometimes),
    ("CapacityUnits", Number, Sometimes),
    ("ReadCapacityUnits", Number, Sometimes),
    ("WriteCapacityUnits", Number, Sometimes),
    ("Table", Map, Sometimes),
    ("LocalSecondaryIndexes", Map, Sometimes),
    ("GlobalSecondaryIndexes", Map, Sometimes),
];

const START_EXECUTION: &[Member] = &[("ExecutionArn", Text, Always), ("StartDate", Instant, Always)];

const S3_GET_OBJECT: &[Member] = &[
    ("DeleteMarker", Boolean, Sometimes),
    ("AcceptRanges", Text, Sometimes),
    ("Expiration", Text, Sometimes),
    ("Restore", Text, Sometimes),
    ("LastModified", Instant, Sometimes),
    ("ContentLength", Number, Sometimes),
    ("ETag", Text, Sometimes),
    ("MissingMeta", Number, Sometimes),
    ("VersionId", Text, Sometimes),
    ("CacheControl", Text, Sometimes),
    ("ContentDisposition", Text, Sometimes),
    ("ContentEncoding", Text, Sometimes),
    ("ContentLanguage", Text, Sometimes),
    ("ContentRange", Text, Sometimes),
    ("ContentType", Text, Sometimes),
    ("Expires", Instant, Sometimes),
    ("WebsiteRedirectLocation", Text, Sometimes),
    ("ServerSideEncryption", Choice(ENCRYPTIONS), Sometimes),
    ("Metadata", Map, Sometimes),
    ("SSECustomerAlgorithm", Text, Sometimes),
    ("SSEKMSKeyId", Text, Sometimes),
    ("BucketKeyEnabled", Boolean, Sometimes),
    ("StorageClass", Choice(STORAGE_CLASSES), Sometimes),
    ("RequestCharged", Choice(&["requester"]), Sometimes),
    ("ReplicationStatus", Choice(&["COMPLETE", "PENDING", "FAILED", "REPLICA", "COMPLETED"]), Sometimes),
    ("PartsCount", Number, Sometimes),
    ("TagCount", Number, Sometimes),
    ("ObjectLockMode", Choice(&["GOVERNANCE", "COMPLIANCE"]), Sometimes),
    ("ObjectLockRetainUntilDate", Instant, Sometimes),
    ("ObjectLockLegalHoldStatus", Choice(&["ON", "OFF"]), Sometimes),
];

const S3_PUT_OBJECT: &[Member] = &[
    ("Expiration", Text, Sometimes),
    ("ETag", Text, Sometimes),
    ("ServerSideEncryption", Choice(ENCRYPTIONS), Sometimes),
    ("VersionId", Text, Sometimes),
    ("SSEKMSKeyId", Text, Sometimes),
    ("BucketKeyEnabled", Boolean, Sometimes),
    ("Size", Number, Sometimes),
    ("RequestCharged", Choice(&["requester"]), Sometimes),
];

const S3_DELETE_OBJECT: &[Member] = &[
    ("DeleteMarker", Boolean, Sometimes),
    ("VersionId", Text, Sometimes),
    ("RequestCharged", Choice(&["requester"]), Sometimes),
];

const S3_LIST_OBJECTS: &[Member] = &[
    ("IsTruncated", Boolean, Sometimes),
    ("Contents", Array(&Object(S3_LISTED)), Sometimes),
    ("Name", Text, Sometimes),
    ("Prefix", Text, Sometimes),
    ("Delimiter", Text, Sometimes),
    ("MaxKeys", Number, Sometimes),
    ("CommonPrefixes", Array(&Object(&[("Prefix", Text, Sometimes)])), Sometimes),
    ("EncodingType", Choice(&["url"]), Sometimes),
    ("KeyCount", Number, Sometimes),
    ("ContinuationToken", Text, Sometimes),
    ("NextContinuationToken", Text, Sometimes),
    ("StartAfter", Text, Sometimes),
];

const S3_LISTED: &[Member] = &[
    ("Key", Text, Sometimes),
    ("LastModified", Instant, Sometimes),
    ("ETag", Text, Sometimes),
    ("Size", Number, Sometimes),
    ("StorageClass", Choice(STORAGE_CLASSES), Sometimes),
];

const RDSDATA_EXECUTE: &[Member] = &[
    ("Records", Array(&Array(&Map)), Sometimes),
    ("ColumnMetadata", Array(&Map), Sometimes),
    ("NumberOfRecordsUpdated", Number, Sometimes),
    ("GeneratedFields", Array(&Map), Sometimes),
    ("FormattedRecords", Text, Sometimes),
];

const RDSDATA_BATCH: &[Member] =
    &[("UpdateResults", Array(&Object(&[("GeneratedFields", Array(&Map), Sometimes)])), Sometimes)];

const ENCRYPTIONS: &[&str] = &["AES256", "aws:fsx", "aws:kms", "aws:kms:dsse"];

const STORAGE_CLASSES: &[&str] = &[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "GLACIER",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "DEEP_ARCHIVE",
    "OUTPOSTS",
    "GLACIER_IR",
    "SNOW",
    "EXPRESS_ONEZONE",
    "FSX_OPENZFS",
];

/// Holds a result against what is known of the service's answers.
pub(super) fn check(resource: &Resource, result: &Json, validation: Validation) -> Result<(), Refusal> {
    let ResourceKind::Service { service, action } = &resource.kind else { return Ok(()) };
    // Whoever has the token answers what they like.
    if resource.waits_for_token() {
        return Ok(());
    }
    let known = ANSWERS.iter().find(|(of, name, _)| *of == &**service && *name == &**action);
    match (known, validation) {
        (None, _) | (_, Validation::None) => Ok(()),
        (Some((_, _, members)), _) => fits_members(members, result, validation).map_err(refusal),
    }
}

fn refusal(problem: String) -> Refusal {
    Refusal::validation(format!("Mock result schema validation error: {problem}"))
}

fn fits_members(members: &[Member], value: &Json, validation: Validation) -> Result<(), String> {
    for (name, shape, presence) in members {
        match value.get(name) {
            Some(value) if !value.is_null() => fits(name, *shape, value, validation)?,
            _ if *presence == Always && validation == Validation::Strict => {
                return Err(format!("Field '{name}' is required"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn fits(name: &str, shape: Shape, value: &Json, validation: Validation) -> Result<(), String> {
    let demand = |holds: bool, what: &str| {
        if holds { Ok(()) } else { Err(format!("Field '{name}' {what}")) }
    };
    match shape {
        Text => demand(value.as_str().is_some(), "must be a string"),
        Number => demand(value.as_number().is_some(), "must be a number"),
        Boolean => demand(value.as_bool().is_some(), "must be a boolean"),
        Instant => {
            demand(value.as_str().is_some() || value.as_number().is_some(), "must be a valid timestamp")
        }
        Choice(texts) => {
            let text = value.as_str().ok_or_else(|| format!("Field '{name}' must be a string"))?;
            demand(texts.contains(&text), "is not an expected value")
        }
        Map => demand(value.as_object().is_some(), "must be an object"),
        Object(members) => {
            demand(value.as_object().is_some(), "must be an object")?;
            fits_members(members, value, validation)
        }
        Array(of) => {
            let items = value.as_array().ok_or_else(|| format!("Field '{name}' must be an array"))?;
            items.iter().try_for_each(|item| fits(name, *of, item, validation))
        }
    }
}
