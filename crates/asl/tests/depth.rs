//! The deepest value that there can be is read, measured, written, cloned and dropped on an ordinary thread's stack.
//!
//! Nothing makes a deeper one: reading refuses it, templates and reference paths are measured, a state's output too.

use asl::limits::JSON_DEPTH_LIMIT;
use asl::measure::{Excess, measure};
use asl::path::ReferencePath;
use asl::template::Template;
use asl::{Context, Entropy, Env, Json, JsonLimits, Variables, json};

/// What a thread gets where nobody asks for more.
const STACK_BYTES: usize = 2 * 1_048_576;

fn nested(levels: usize, open: &str, close: &str) -> String {
    format!("{}1{}", open.repeat(levels), close.repeat(levels))
}

#[test]
fn the_deepest_value_needs_no_more_stack_than_a_thread_has() {
    let limits = JsonLimits { depth_max: JSON_DEPTH_LIMIT, ..JsonLimits::PAYLOAD };
    let work = move || {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = nested(JSON_DEPTH_LIMIT, open, close);
            let value = json::parse(&text, limits).expect("just deep enough");
            assert_eq!(value.to_text(), text);
            assert_eq!(measure(&value, usize::MAX, JSON_DEPTH_LIMIT), Ok(text.len()));
            assert_eq!(measure(&value, usize::MAX, JSON_DEPTH_LIMIT - 1), Err(Excess::Depth));
            drop(value);
            assert!(json::parse(&nested(JSON_DEPTH_LIMIT + 1, open, close), limits).is_err());
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work);
    thread.expect("a thread").join().expect("the stack is enough");
}

#[test]
fn nothing_makes_a_deeper_value_than_a_payload_may_be() {
    let deepest = nested(JsonLimits::PAYLOAD.depth_max, "[", "]");
    let input = json::parse(&deepest, JsonLimits::PAYLOAD).expect("just deep enough");
    let make = || Json::Null;
    let (context, variables) = (Context::new(&make), Variables::default());
    let mut entropy = Entropy::from_seed([0; 32]);
    let mut env = Env { input: &input, context: &context, variables: &variables, entropy: &mut entropy };
    let wrap = Template::compile(&Json::object([("a.$", Json::from("$"))])).expect("a template");
    assert_eq!(wrap.render(&mut env).expect_err("one level more").error_str(), "States.Runtime");
    let place = ReferencePath::compile("$.a").expect("a reference path");
    let placed = place.insert(&Json::empty_object(), input.clone());
    assert_eq!(placed.expect_err("one level more").error_str(), "States.Runtime");
}
