//! What drives a Map Run, part by part. Whole runs: `crates/cli/tests/map_run.rs`.

use std::sync::Arc;

use asl::state::map::{OutputType, Transformation, WriterConfig};
use asl::{Entropy, ErrorName, Failure, Json, JsonLimits, Payload, Timestamp};
use contracts::source::{SchemaSource, SchemaText, SourceError};
use machine::map_run::{MapItem, MapRun};
use machine::{Actor, Effect, Execution, ExecutionId, ExecutionInfo, Input, Limits, Revision, Status};
use runtime::{AccessError, ExecutionEnd, ExecutionKey, StartError, StoreError};

use super::checkpoint::{Checkpoint, End};
use super::children::{ChildEnd, ChildInput, Quarantined, Ran, Share};
use super::fault::Fault;
use super::feed::Feed;
use super::form::{self, Form};
use super::tally::Tally;
use super::window::Window;
use crate::Buckets;
use crate::limits::{MAP_RUN_HELD_BYTES_MAX, QUARANTINED_PER_SHARE};

fn payload(text: &str) -> Payload {
    Payload::parse(text, JsonLimits::PAYLOAD.with_bytes_max(usize::MAX)).expect("JSON")
}

fn ran(status: Status, output: Option<&str>) -> Ran {
    let failure = Failure::new(ErrorName::TASK_FAILED, "why");
    let end = ExecutionEnd {
        status,
        output: output.map(payload),
        failure: (status != Status::Succeeded).then_some(failure),
        settled: true,
        started_at: Timestamp::from_unix_ms(1_000),
        ended_at: Timestamp::from_unix_ms(2_000),
        redrives: 2,
    };
    Ran { input: payload("[1]"), name: "c-0".into(), end, key: Some(ExecutionKey(7)), is_let_go: false }
}

fn end(index: u64, output: &str) -> ChildEnd {
    ChildEnd { index, share: Share::default(), ran: Some(ran(Status::Succeeded, Some(output))) }
}

#[test]
fn results_leave_the_window_in_the_order_of_their_children() {
    let mut window = Window::new(40);
    (0..3).for_each(|_| window.start(10));
    window.end(end(42, "2"));
    window.end(end(41, "1"));
    assert!(window.take().is_none(), "the first is under way");
    assert_eq!((window.len(), window.input_bytes(), window.held_bytes()), (3, 30, 2));
    window.end(end(40, "0"));
    let taken: Vec<u64> = std::iter::from_fn(|| window.take()).map(|end| end.index).collect();
    assert_eq!(taken, [40, 41, 42]);
    assert_eq!((window.len(), window.input_bytes(), window.held_bytes()), (0, 0, 0));
}

#[test]
fn results_that_are_too_many_for_the_window_are_let_go_and_never_that_of_the_first() {
    let large = format!("\"{}\"", "x".repeat(MAP_RUN_HELD_BYTES_MAX / 2));
    let mut window = Window::new(0);
    (0..4).for_each(|_| window.start(0));
    for index in [3, 2, 1, 0] {
        window.end(end(index, &large));
        assert!(index == 0 || window.held_bytes() <= MAP_RUN_HELD_BYTES_MAX, "{}", window.held_bytes());
    }
    let taken: Vec<bool> =
        std::iter::from_fn(|| window.take()).map(|end| end.ran.expect("it ran").is_let_go).collect();
    assert_eq!(taken, [false, true, true, false]);
    assert_eq!(window.held_bytes(), 0);
}

#[test]
fn a_tally_counts_items_and_children_by_how_they_stand() {
    let mut tally = Tally::default();
    [10, 10, 5, 5].iter().for_each(|items| tally.started(*items));
    tally.ended(Status::Succeeded, 10);
    tally.ended(Status::TimedOut, 10);
    tally.not_started(5);
    tally.quarantined(2);
    assert_eq!(
        (tally.items.running, tally.items.pending, tally.items.succeeded, tally.items.timed_out),
        (5, 5, 10, 10)
    );
    assert_eq!((tally.items.total(), tally.executions.total()), (32, 4));
    assert_eq!(tally.failed_items(), 10);
    let mut at_checkpoint = Tally::default();
    at_checkpoint.take(Status::Failed, 3);
    assert_eq!(
        (at_checkpoint.items.running, at_checkpoint.items.failed, at_checkpoint.items.results_written),
        (0, 3, 3)
    );
}

#[test]
fn a_checkpoint_is_found_again_as_it_was_left() {
    let mut tally = Tally::default();
    tally.take(Status::Aborted, 3);
    tally.quarantined(2);
    let failure = Failure::new(ErrorName::TASK_FAILED, "a \"cause\"");
    let full = Checkpoint {
        children: 9,
        items: 90,
        tally,
        sink: Some(Json::object([("Body", Json::from("[1,"))])),
        redriven_at: Some(Timestamp::from_unix_ms(5)),
        doom: Some(failure.clone()),
        end: Some(End::Failed(failure)),
    };
    let deep = payload(&format!("{}{}", "[".repeat(128), "]".repeat(128)));
    let ended = Checkpoint { end: Some(End::Succeeded(deep)), ..Checkpoint::default() };
    for checkpoint in [full, ended, Checkpoint::default()] {
        let text = checkpoint.to_text();
        assert_eq!(Checkpoint::parse(&text), Ok(checkpoint), "{text}");
    }
    assert!(Checkpoint::parse(&"{".into()).is_err());
}

fn form(transformation: Transformation, output_type: OutputType) -> Form {
    let machine_arn = "arn:aws:states:eu:1:stateMachine:m/rows".into();
    Form { config: WriterConfig { transformation, output_type }, machine_arn }
}

#[test]
fn a_result_is_an_output_its_elements_or_a_description() {
    let succeeded = ran(Status::Succeeded, Some("[1,[2]]"));
    let failed = ran(Status::Failed, None);
    let texts = |transformation, ran| form(transformation, OutputType::Json).texts(ran);
    assert_eq!(texts(Transformation::Compact, &succeeded), ["[1,[2]]"]);
    assert_eq!(texts(Transformation::Flatten, &succeeded), ["1", "[2]"]);
    for transformation in [Transformation::Compact, Transformation::Flatten, Transformation::None] {
        let text = texts(transformation, &failed).concat();
        assert!(text.contains(r#""RedriveCount":2,"RedriveStatus":"REDRIVABLE""#), "{text}");
        assert!(text.contains(r#""ExecutionArn":"arn:aws:states:eu:1:execution:m/rows:c-0""#), "{text}");
        assert!(
            text.contains(r#""Error":"States.TaskFailed""#) && text.contains(r#""Status":"FAILED""#),
            "{text}"
        );
    }
}

#[test]
fn a_line_of_json_lines_is_one_value_however_its_text_was_written() {
    let form = form(Transformation::Compact, OutputType::JsonLines);
    let mut body = String::new();
    for text in ["{\"a\":\r1,\n \"b\": \"x\\ny\"}", "2"] {
        form.append(&mut body, text);
    }
    assert_eq!(body, "{\"a\":1,\"b\": \"x\\ny\"}\n2\n");
    assert_eq!(form.key("out/id", "SUCCEEDED", 3), "out/id/SUCCEEDED_3.jsonl");
}

#[test]
fn what_was_set_aside_is_written_with_its_place_and_its_faults() {
    let item = MapItem { index: 4, value: Json::from("x"), key: None, source: Some("s3://b/k".into()) };
    let text =
        form::quarantined(&Quarantined { item, failure: Failure::new("Contract.ItemsViolation", "no int") });
    assert_eq!(
        text,
        r#"{"Index":4,"Source":"s3://b/k","Item":"x","Error":"Contract.ItemsViolation","Cause":"no int"}"#
    );
}

struct NoSchemas;

impl SchemaSource for NoSchemas {
    fn schema(&self, _: &str, _: Option<u32>) -> Result<Option<SchemaText>, SourceError> {
        unreachable!("every schema stands in the definition")
    }

    fn subjects(&self) -> Vec<Arc<str>> {
        Vec::new()
    }
}

/// The Map Run that an execution of one Map orders.
fn run(fields: &str, input: &str) -> Arc<MapRun> {
    let text = format!(
        r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map",{fields}"ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED",
            "ExecutionType":"STANDARD"}},"StartAt":"P","States":{{"P":{{"Type":"Pass","End":true}}}}}},"End":true}}}}}}"#
    );
    let parsed = asl::parse_definition(&text);
    let machine = parsed.machine.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    let (contracts, found) = contracts::bind(&machine, None, &NoSchemas);
    assert!(found.is_empty(), "{found:?}");
    let revision = Revision {
        scope: asl::StateMachine::ROOT,
        name: "m".into(),
        arn: "arn:aws:states:eu:1:stateMachine:m".into(),
        role_arn: "arn:role".into(),
        definition: text.into(),
        machine,
        contracts,
        limits: Limits::default(),
    };
    let info = ExecutionInfo { id: ExecutionId([7; 16]), name: "x".into(), arn: "arn:execution".into() };
    let mut execution = Execution::new(Arc::new(revision), info);
    let (now, entropy) = (Timestamp::default(), &mut Entropy::from_seed([3; 32]));
    let step = execution.advance(now, Actor::Engine, Input::Started { input: payload(input) }, entropy);
    let order = step.effects.into_iter().find_map(|effect| match effect {
        Effect::RunTask(order) => order.map_run,
        Effect::AbandonTask(_) | Effect::SetTimer { .. } | Effect::ClearTimer { .. } => None,
    });
    order.expect("a Map Run is ordered")
}

fn fed(run: &MapRun, from: &Checkpoint) -> Result<Vec<ChildInput>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let buckets = Buckets::open(Vec::new()).expect("no bucket at all");
        let mut feed = Feed::open(&buckets, run, from).await?;
        let mut children = Vec::new();
        while !feed.is_over() {
            children.extend(feed.next().await?);
        }
        let items = children.iter().map(|child| child.share.len()).sum::<u64>();
        assert_eq!(from.items + items, feed.items(), "every item is some child's");
        Ok(children)
    })
}

/// Children as text: their numbers, inputs, how many were set aside before them.
fn shown(children: &[ChildInput]) -> Vec<String> {
    let input =
        |child: &ChildInput| child.input.as_ref().map_or("-".into(), |input| input.text().to_string());
    children
        .iter()
        .map(|child| format!("{} {} {}", child.index, input(child), child.share.quarantined.len()))
        .collect()
}

const QUARANTINE: &str = r#""Contract":{"Items":{"Schema":"int","Mode":"quarantine"}},
    "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b"}},"#;

#[test]
fn no_items_are_no_children() {
    for fields in ["", r#""ItemBatcher":{"MaxItemsPerBatch":3},"#] {
        assert_eq!(fed(&run(fields, "[]"), &Checkpoint::default()).map(|it| it.len()), Ok(0));
    }
}

#[test]
fn behind_a_checkpoint_come_the_same_children_as_without_it() {
    let items: Vec<String> =
        (0..40).map(|n| if n % 3 == 0 { format!("\"{n}\"") } else { n.to_string() }).collect();
    let batches = r#""ItemBatcher":{"MaxItemsPerBatch":4,"MaxInputBytesPerBatch":43,"BatchInput":1},"#;
    for fields in [QUARANTINE.to_owned(), format!("{QUARANTINE}{batches}")] {
        let run = run(&fields, &format!("[{}]", items.join(",")));
        let all = fed(&run, &Checkpoint::default()).expect("children");
        for at in 0..all.len() {
            let items = all[..at].iter().map(|child| child.share.len()).sum();
            let from = Checkpoint { children: at as u64, items, ..Checkpoint::default() };
            assert_eq!(shown(&fed(&run, &from).expect("children")), shown(&all[at..]), "behind {at}");
        }
    }
}

#[test]
fn batches_are_as_large_as_they_may_be() {
    let fields = r#""ItemBatcher":{"MaxItemsPerBatch":3,"MaxInputBytesPerBatch":40,"BatchInput":0},"#;
    let run = run(fields, r#"[1,2,3,4,"0123456789","x",5]"#);
    let children = fed(&run, &Checkpoint::default()).expect("children");
    assert_eq!(
        shown(&children),
        [
            r#"0 {"BatchInput":0,"Items":[1,2,3]} 0"#,
            r#"1 {"BatchInput":0,"Items":[4]} 0"#,
            r#"2 {"BatchInput":0,"Items":["0123456789"]} 0"#,
            r#"3 {"BatchInput":0,"Items":["x",5]} 0"#
        ]
    );
}

#[test]
fn items_that_are_set_aside_do_not_pile_up() {
    let count = QUARANTINED_PER_SHARE * 3 + 1;
    for fields in [QUARANTINE.to_owned(), format!(r#"{QUARANTINE}"ItemBatcher":{{"MaxItemsPerBatch":3}},"#)] {
        let run = run(&fields, &format!("[1{}]", ",\"no\"".repeat(count)));
        let children = fed(&run, &Checkpoint::default()).expect("children");
        assert!(children.iter().all(|child| child.share.quarantined.len() <= QUARANTINED_PER_SHARE));
        assert_eq!(children.iter().filter(|child| child.input.is_some()).count(), 1);
        assert!(children.iter().all(|child| child.bytes() > 0));
    }
}

#[test]
fn an_item_that_is_too_deep_for_a_payload_is_refused_with_its_place() {
    let deep = format!("{}{}", "[".repeat(127), "]".repeat(127));
    let fields = r#""ItemBatcher":{"MaxItemsPerBatch":3},"#;
    let refused = fed(&run(fields, &format!("[1,{deep}]")), &Checkpoint::default()).map(|it| shown(&it));
    let failure = refused.expect_err("too deep");
    assert_eq!(failure.error_str(), "States.DataLimitExceeded");
    assert!(failure.cause.as_deref().unwrap_or("").contains("of 'M'"), "{failure:?}");
}

#[test]
fn the_members_of_an_object_are_items_with_key_and_value() {
    let children = fed(&run("", r#"{"a":1,"b":[2]}"#), &Checkpoint::default()).expect("children");
    assert_eq!(shown(&children), [r#"0 {"Key":"a","Value":1} 0"#, r#"1 {"Key":"b","Value":[2]} 0"#]);
}

#[test]
fn an_item_has_the_same_input_however_often_it_is_read() {
    let run = run(r#""ItemSelector":{"id.$":"States.UUID()"},"#, "[1,2,3]");
    let all = fed(&run, &Checkpoint::default()).expect("children");
    let from = Checkpoint { children: 1, items: 1, ..Checkpoint::default() };
    assert_eq!(shown(&fed(&run, &from).expect("children")), shown(&all[1..]));
    assert_ne!(shown(&all[..1])[0][1..], shown(&all[1..2])[0][1..], "two items have two ids");
}

#[test]
fn what_may_be_otherwise_later_is_no_failure_of_the_work() {
    let message = || "no room".to_owned();
    let later = [
        Fault::from(StoreError::Full { message: message() }),
        StoreError::Unusable { message: message() }.into(),
        AccessError::Stopped.into(),
        AccessError::Store { message: message() }.into(),
        StartError::Stopped { message: None }.into(),
    ];
    assert!(later.iter().all(|fault| matches!(fault, Fault::Engine(_))), "{later:?}");
    let never = [
        Fault::from(StoreError::Corrupt { message: message() }),
        StoreError::Rejected { message: message() }.into(),
        AccessError::Missing { key: ExecutionKey(1) }.into(),
    ];
    for fault in never {
        let Fault::Work(failure) = fault else { panic!("it is tried for ever: {fault:?}") };
        assert!(failure.cause.is_some_and(|cause| cause.starts_with("the Map Run cannot go on: ")));
    }
}
