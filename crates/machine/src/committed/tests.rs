use asl::resource::Resource;
use asl::{Failure, Json, JsonLimits, json};

use super::{commits, is_marked, marked};

fn is_committed(resource: &str, arguments: &str) -> bool {
    let resource = Resource::parse(&format!("arn:aws:states:::{resource}")).expect("a resource");
    commits(&resource, &json::parse(arguments, JsonLimits::PAYLOAD).expect("JSON"))
}

#[test]
fn sql_that_ends_its_own_transaction_commits() {
    assert!(is_committed("baton:sql:transaction", "{}"));
    assert!(is_committed("aws-sdk:rdsdata:executeStatement", "{}"));
    assert!(is_committed("aws-sdk:rdsdata:executeStatement", r#"{"TransactionId":null}"#));
    assert!(is_committed("aws-sdk:rdsdata:batchExecuteStatement", "{}"));
    assert!(is_committed("aws-sdk:rdsdata:commitTransaction", r#"{"TransactionId":"t"}"#));
}

#[test]
fn what_begins_undoes_or_is_inside_a_transaction_commits_nothing() {
    assert!(!is_committed("aws-sdk:rdsdata:beginTransaction", "{}"));
    assert!(!is_committed("aws-sdk:rdsdata:rollbackTransaction", r#"{"TransactionId":"t"}"#));
    assert!(!is_committed("aws-sdk:rdsdata:executeStatement", r#"{"TransactionId":"t"}"#));
    assert!(!is_committed("aws-sdk:s3:putObject", "{}"));
    assert!(!is_committed("lambda:invoke", "{}"));
}

#[track_caller]
fn check(cause: Option<&str>, expected: &str) {
    let failure = Failure { error: Some("E".into()), cause: cause.map(Into::into) };
    assert!(!is_marked(&failure));
    let told = marked(failure);
    assert_eq!(told.cause.as_deref(), Some(expected));
    assert!(is_marked(&told));
    assert_eq!(marked(told.clone()), told, "it is said once");
}

#[test]
fn the_effect_becomes_a_member_of_the_cause() {
    check(Some(r#"{"state":"Pay","more":0}"#), r#"{"state":"Pay","more":0,"effect":"committed"}"#);
    check(Some("it went wrong"), r#"{"effect":"committed","message":"it went wrong"}"#);
    check(Some("{no json"), r#"{"effect":"committed","message":"{no json"}"#);
    check(None, r#"{"effect":"committed"}"#);
    let other = Json::object([("effect", Json::from("none"))]).to_text();
    check(Some(&other), r#"{"effect":"committed"}"#);
}
