//! What a call is known by, and what it carries.

use asl::resource::Resource;
use asl::{JsonLimits, Payload};
use runtime::TaskRequest;

use super::{Call, Form, InvocationType, request_id};

fn request(key: u8, attempt: u32, arguments: &str) -> TaskRequest {
    TaskRequest {
        key: [key; 32],
        attempt,
        ..TaskRequest::alone(
            Resource::parse("arn:aws:states:::lambda:invoke").expect("it is a resource"),
            Payload::parse(arguments, JsonLimits::PAYLOAD).expect("it is JSON"),
        )
    }
}

#[test]
fn every_delivery_of_an_attempt_has_one_request_id() {
    let id = |key, attempt| request_id(&request(key, attempt, "{}"));
    assert_eq!(id(1, 1), id(1, 1));
    assert!(id(1, 1) != id(1, 2) && id(1, 1) != id(2, 1));
    let id = id(1, 1);
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert!(&id[14..15] == "4" && "89ab".contains(&id[19..20]), "a UUID of version 4: {id}");
}

#[test]
fn a_call_has_what_its_arguments_say() {
    let arguments =
        r#"{"FunctionName":"f","InvocationType":"Event","LogType":"Tail","ClientContext":"eyJhIjoxfQ=="}"#;
    let Ok(call) = Call::of(&request(1, 1, arguments), Form::Service) else { panic!("it is a call") };
    assert_eq!((call.invocation_type, call.wants_log), (InvocationType::Event, true));
    assert_eq!(call.client_context_text().as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(&call.payload[..], b"{}");
}
