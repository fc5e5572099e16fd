use super::{Resource, ResourceKind};

#[track_caller]
fn check(arn: &str, expected: Option<&str>) {
    let shown = Resource::parse(arn).map(|resource| match resource.kind {
        ResourceKind::Service { service, action } => format!("{service} {action}"),
        ResourceKind::Function => "a function".to_owned(),
        ResourceKind::Activity => "an activity".to_owned(),
    });
    assert_eq!(shown.as_deref(), expected, "{arn}");
}

#[test]
fn integrations_have_a_service_and_an_action() {
    check("arn:aws:states:::lambda:invoke", Some("lambda invoke"));
    check("arn:aws:states:::lambda:invoke.waitForTaskToken", Some("lambda invoke.waitForTaskToken"));
    check("arn:aws:states:::states:startExecution.sync:2", Some("states startExecution.sync:2"));
    check("arn:aws-cn:states:::ecs:runTask.sync", Some("ecs runTask.sync"));
    check("arn:aws:states:::aws-sdk:s3:putObject", Some("aws-sdk:s3 putObject"));
    check("arn:aws:states:::baton:sql:transaction", Some("baton:sql transaction"));
}

#[test]
fn functions_and_activities_have_an_owner() {
    check("arn:aws:lambda:us-east-1:000000000000:function:pay", Some("a function"));
    check("arn:aws:lambda:us-east-1:000000000000:function:pay:$LATEST", Some("a function"));
    check("arn:aws:states:us-east-1:000000000000:activity:review", Some("an activity"));
    // One of this installation's.
    check("arn:aws:lambda:::function:pay", Some("a function"));
}

#[test]
fn what_no_task_can_name_is_refused() {
    for arn in [
        "",
        "pay",
        "arn:aws:states:::",
        "arn:aws:states:::lambda",
        "arn:aws:states:::lambda:",
        "arn:aws:states:::aws-sdk:s3",
        "arn:aws:states:::lambda:in voke",
        "arn:aws:states:us-east-1:000000000000:stateMachine:other",
        "arn:aws:lambda:us-east-1:000000000000:function:",
        "arn:aws:lambda:us-east-1::function:pay",
        "arn:awsome:states:::lambda:invoke",
        "arn:aws:s3:::bucket",
        "arn:aws:swf:us-east-1:123456789012:task:pay",
    ] {
        check(arn, None);
    }
}
