//! What names a function.

use super::FunctionName;

#[track_caller]
fn check(text: &str, key: Option<&str>) {
    let found = FunctionName::parse(text).map(|name| name.key());
    assert_eq!(found.as_deref(), key, "{text}");
}

#[test]
fn names_and_arns_name_functions() {
    check("echo", Some("echo"));
    check("echo:$LATEST", Some("echo"));
    check("echo:prod", Some("echo:prod"));
    check("function:echo", Some("echo"));
    check("123456789012:function:echo", Some("echo"));
    check("arn:aws:lambda:us-east-1:123456789012:function:echo:7", Some("echo:7"));
    check("arn:aws-cn:lambda:cn-north-1:123456789012:function:echo", Some("echo"));
    check("arn:aws:lambda:::function:echo", Some("echo"));
}

#[test]
fn everything_else_names_none() {
    for text in ["", ":", "a b", "echo:", "echo:a:b", "arn:aws:s3:::function:echo", "x:function:echo", "../x"]
    {
        check(text, None);
    }
    check(&"a".repeat(171), None);
}

#[test]
fn a_qualifier_may_be_said_once_or_twice_alike() {
    let qualified =
        |text: &str, qualifier: &str| Some(FunctionName::parse(text)?.qualified(qualifier)?.key());
    assert_eq!(qualified("echo", "prod").as_deref(), Some("echo:prod"));
    assert_eq!(qualified("echo", "$LATEST").as_deref(), Some("echo"));
    assert_eq!(qualified("echo:prod", "prod").as_deref(), Some("echo:prod"));
    assert_eq!(qualified("echo:prod", "test"), None);
    assert_eq!(qualified("echo", "a b"), None);
}
