//! Distributed Maps, through the whole binary: items of objects become child executions, their results an output or files.

#![cfg(unix)]
#![expect(unreachable_pub, reason = "the support is shared by several tests")]
#![expect(dead_code, reason = "each test uses a part of the support")]

mod support;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::World;

const RUN: [&str; 7] = ["run", "m.asl.json", "--input", "input.json", "--name", "one", "--quiet"];
const PASS: &str = r#""StartAt":"P","States":{"P":{"Type":"Pass","End":true}}"#;

/// A Map with `fields`, whose processor is `processor`.
fn map(fields: &str, processor: &str) -> String {
    format!(
        r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","Label":"rows",{fields}
            "ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}},{processor}}},"End":true}}}}}}"#
    )
}

fn world(definition: &str, input: &str) -> World {
    World::new(&[
        ("m.asl.json", definition),
        ("baton.toml", "[buckets.data]\nfolder = 'bucket'\n"),
        ("input.json", input),
        ("bucket/.keep", ""),
    ])
}

/// `ItemReader` of `key`, and `ResultWriter` into `out`.
fn reader(config: &str, key: &str) -> String {
    format!(
        r#""ItemReader":{{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{{{config}}},"Parameters":{{"Bucket":"data","Key":"{key}"}}}},"#
    )
}

const WRITER: &str = r#""ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"data","Prefix":"out"}},"#;

/// The results in the files of one kind that a run's output names.
fn results(world: &World, output: &Value, kind: &str) -> Vec<Value> {
    let manifest = object(world, output["ResultWriterDetails"]["Key"].as_str().expect("a manifest"));
    let files = manifest["ResultFiles"][kind].as_array().expect("a list of files").clone();
    let mut results = Vec::new();
    for file in files {
        let (key, size) = (file["Key"].as_str().expect("a key"), file["Size"].as_u64().expect("a size"));
        let written = std::fs::metadata(world.file("bucket").join(key)).expect("the file is there").len();
        assert_eq!(written, size, "{key}");
        results.extend(object(world, key).as_array().expect("an array").clone());
    }
    results
}

fn object(world: &World, key: &str) -> Value {
    let text = std::fs::read_to_string(world.file("bucket").join(key)).expect("the object is there");
    serde_json::from_str(&text).expect("the object is JSON")
}

/// What the children made of their rows, by the row's `id`.
fn outputs_by_id(results: &[Value]) -> BTreeMap<u64, Value> {
    let one = |result: &Value| {
        let output: Value =
            serde_json::from_str(result["Output"].as_str().expect("an output")).expect("it is JSON");
        let id = output["id"].as_u64().or_else(|| output["id"].as_str()?.parse().ok());
        (id.expect("a row has an id"), output)
    };
    let by_id: BTreeMap<_, _> = results.iter().map(one).collect();
    assert_eq!(by_id.len(), results.len(), "every row once");
    by_id
}

#[test]
fn items_of_the_input_become_children_and_their_outputs_the_result_in_order() {
    let items: Vec<u32> = (0..300).collect();
    let fields = r#""MaxConcurrency":7,"ItemSelector":{"n.$":"$$.Map.Item.Value","at.$":"$$.Map.Item.Index","of.$":"$$.Execution.Name"},"#;
    let world = world(&map(fields, PASS), &json!(items).to_string());
    let output = world.baton(&RUN).json();
    let expected: Vec<Value> = (0..300).map(|n| json!({"n": n, "at": n, "of": "one"})).collect();
    assert_eq!(output, json!(expected));
    let shown = world.baton(&["show", "one", "--output", "json"]).json();
    let run = &shown["mapRuns"][0];
    assert_eq!((&run["status"], &run["itemCounts"]["succeeded"]), (&json!("SUCCEEDED"), &json!(300)));
    assert_eq!(run["executionCounts"]["total"], 300);
    let listed = world.baton(&["executions", "--output", "json"]).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "children are not listed among executions");
    let children =
        world.baton(&["executions", "--machine", "m/rows", "--limit", "1000", "--output", "json"]).json();
    assert_eq!(children.as_array().map(Vec::len), Some(300));
    let name = children[0]["name"].as_str().expect("a name").to_owned();
    let history = world.baton(&["history", &name, "--output", "json"]).succeeded();
    assert!(history.contains("PassStateEntered"), "a child has a history of its own: {history}");
}

#[test]
fn rows_of_csv_are_written_once_each_with_a_manifest() {
    let rows = (0..1_000).fold("id,name\n".to_owned(), |text, id| format!("{text}{id},row {id}\n"));
    let config = r#""InputType":"CSV","CSVHeaderLocation":"FIRST_ROW""#;
    let world = world(&map(&(reader(config, "in.csv") + WRITER), PASS), "{}");
    world.write("bucket/in.csv", &rows);
    let output = world.baton(&RUN).json();
    let by_id = outputs_by_id(&results(&world, &output, "SUCCEEDED"));
    assert_eq!(by_id.len(), 1_000);
    assert_eq!(by_id[&17], json!({"id": "17", "name": "row 17"}));
    assert!(output["MapRunArn"].as_str().expect("an ARN").contains(":mapRun:m/rows:"), "{output}");
}

#[test]
fn items_are_put_together_into_batches() {
    let items: Vec<u32> = (0..25).collect();
    let fields = r#""ItemBatcher":{"MaxItemsPerBatch":10,"BatchInput":{"by":"ten"}},"#;
    let world = world(&map(fields, PASS), &json!(items).to_string());
    let output = world.baton(&RUN).json();
    let batch = |range: std::ops::Range<u32>| json!({"BatchInput": {"by": "ten"}, "Items": range.collect::<Vec<_>>()});
    assert_eq!(output, json!([batch(0..10), batch(10..20), batch(20..25)]));
    let shown = world.baton(&["show", "one", "--output", "json"]).json();
    assert_eq!(shown["mapRuns"][0]["itemCounts"]["succeeded"], 25);
    assert_eq!(shown["mapRuns"][0]["executionCounts"]["succeeded"], 3);
}

#[test]
fn a_batch_is_no_larger_than_it_may_be() {
    let items: Vec<String> = (0..20).map(|n| format!("{n:030}")).collect();
    let fields = r#""ItemBatcher":{"MaxInputBytesPerBatch":200},"#;
    let world = world(&map(fields, PASS), &json!(items).to_string());
    let output = world.baton(&RUN).json();
    let batches = output.as_array().expect("an array");
    assert!(batches.iter().all(|batch| batch.to_string().len() <= 200), "{output}");
    let all: Vec<&Value> =
        batches.iter().flat_map(|batch| batch["Items"].as_array().expect("items")).collect();
    assert_eq!(all.len(), 20);
    assert!(batches.len() < 8, "as many as fit: {output}");
}

/// A processor that fails for odd numbers, until the execution around it is redriven.
const ODD_FAILS: &str = r#""StartAt":"P","States":{"P":{"Type":"Pass","QueryLanguage":"JSONata",
    "Output":"{% $states.input % 2 = 1 and $states.context.Execution.RedriveCount = 0 ? $error('odd') : $states.input * 10 %}","End":true}}"#;

#[test]
fn failed_items_are_tolerated_up_to_a_count_and_told() {
    let fields = r#""ToleratedFailureCount":2,"#;
    let world = world(&map(fields, ODD_FAILS), "[0,1,2,3,4]");
    let output = world.baton(&RUN).json();
    let results = output.as_array().expect("an array");
    assert_eq!((&results[0], &results[2], &results[4]), (&json!(0), &json!(20), &json!(40)));
    assert_eq!(
        (&results[1]["Status"], &results[1]["Error"]),
        (&json!("FAILED"), &json!("States.QueryEvaluationError"))
    );
}

#[test]
fn more_failed_items_than_are_tolerated_fail_the_map_and_a_redrive_runs_only_those() {
    for (fields, input) in [("", "[0,1,2]"), (r#""ToleratedFailurePercentage":20,"#, "[0,1,2,3,4]")] {
        let world = world(&map(fields, ODD_FAILS), input);
        let ended = world.baton(&[&RUN[..], &["--output", "json"]].concat());
        assert_eq!(ended.code, Some(1), "{ended:#?}");
        let told = ended.json();
        assert_eq!(told["error"], "States.ExceedToleratedFailureThreshold");
        let history = world.baton(&["history", "one", "--output", "json"]).succeeded();
        for event in ["MapRunStarted", "MapRunFailed", "MapStateFailed"] {
            assert!(history.contains(event), "{event} is not in {history}");
        }
        let shown = world.baton(&["show", "one", "--output", "json"]).json();
        assert_eq!(shown["mapRuns"][0]["status"], "FAILED");

        let output = world.baton(&["redrive", "one", "--quiet"]).json();
        let expected: Vec<u64> = serde_json::from_str::<Vec<u64>>(input).expect("numbers");
        assert_eq!(output, json!(expected.iter().map(|n| n * 10).collect::<Vec<_>>()));
        let children = world.baton(&["executions", "--machine", "m/rows", "--output", "json"]).json();
        assert_eq!(children.as_array().map(Vec::len), Some(expected.len()), "the same children");
        for child in children.as_array().expect("a list") {
            let name = child["name"].as_str().expect("a name");
            let history = world.baton(&["history", name, "--output", "json"]).succeeded();
            let is_odd = history.contains("EvaluationFailed");
            assert_eq!(history.contains("ExecutionRedriven"), is_odd, "{history}");
        }
    }
}

#[test]
fn what_cannot_be_read_fails_the_map_with_the_place() {
    let world = world(&map(&reader(r#""InputType":"JSONL""#, "in.jsonl"), PASS), "{}");
    let ended = world.baton(&[&RUN[..], &["--output", "json"]].concat());
    assert_eq!(ended.json()["error"], "States.ItemReaderFailed");
    world.write("bucket/in.jsonl", "{\"id\":1}\n{\"id\":");
    let args = ["run", "m.asl.json", "--input", "input.json", "--name", "two", "--quiet", "--output", "json"];
    let told = world.baton(&args).json();
    assert_eq!(told["error"], "States.ItemReaderFailed");
    let cause = told["cause"].as_str().expect("a cause");
    assert!(cause.contains("://data/in.jsonl") && cause.contains("line 2"), "{cause}");
}

#[test]
fn results_that_cannot_be_written_fail_the_map() {
    for (from, to) in [("\"data\"", "\"nowhere\""), ("\"out\"", "\"../out\""), ("\"out\"", "\"a//b\"")] {
        let world = world(&map(&WRITER.replace(from, to), PASS), "[1]");
        let told = world.baton(&[&RUN[..], &["--output", "json"]].concat()).json();
        assert_eq!(told["error"], "States.ResultWriterFailed", "{told}");
        let children = world.baton(&["executions", "--machine", "m/rows", "--output", "json"]).json();
        assert_eq!(children, json!([]), "what is wrong with {to} is said before a child is started");
    }
}

#[test]
fn an_item_that_breaks_its_contract_fails_the_map() {
    let contract =
        r#""Contract":{"Items":{"type":"record","name":"Row","fields":[{"name":"id","type":"int"}]}},"#;
    let world = world(&map(&(reader(r#""InputType":"JSONL""#, "in.jsonl") + contract), PASS), "{}");
    world.write("bucket/in.jsonl", "{\"id\":1}\n{\"id\":\"two\"}\n");
    let told = world.baton(&[&RUN[..], &["--output", "json"]].concat()).json();
    assert_eq!(told["error"], "Contract.ItemsViolation");
}

#[test]
fn items_that_break_their_contract_are_set_aside_where_that_is_wanted() {
    let contract = r#""Contract":{"Items":{"Schema":{"type":"record","name":"Row","fields":[{"name":"id","type":"int"}]},"Mode":"quarantine"}},"#;
    let batcher = r#""ItemBatcher":{"MaxItemsPerBatch":2},"#;
    let lines: Vec<String> = (0..9)
        .map(|n| if n % 4 == 0 { format!(r#"{{"id":"{n}"}}"#) } else { format!(r#"{{"id":{n}}}"#) })
        .collect();
    for (fields, children) in [("", 6), (batcher, 3)] {
        let fields = reader(r#""InputType":"JSONL""#, "in.jsonl") + fields + contract + WRITER;
        let world = world(&map(&fields, PASS), "{}");
        world.write("bucket/in.jsonl", &lines.join("\n"));
        let output = world.baton(&RUN).json();
        let aside = results(&world, &output, "QUARANTINED");
        let numbers: Vec<_> = aside.iter().map(|it| it["Index"].clone()).collect();
        assert_eq!(numbers, [0, 4, 8]);
        assert_eq!(
            (&aside[1]["Item"], &aside[1]["Error"]),
            (&json!({"id": "4"}), &json!("Contract.ItemsViolation"))
        );
        assert!(aside[1]["Cause"].as_str().expect("a cause").contains("$.id"), "{aside:?}");
        assert_eq!(results(&world, &output, "SUCCEEDED").len(), children);
        let counts =
            world.baton(&["show", "one", "--output", "json"]).json()["mapRuns"][0]["itemCounts"].clone();
        assert_eq!(
            (&counts["succeeded"], &counts["quarantined"], &counts["total"]),
            (&json!(6), &json!(3), &json!(9))
        );
    }
}

#[test]
fn nothing_is_set_aside_where_there_is_no_place_for_it() {
    let contract = r#""Contract":{"Items":{"Schema":"int","Mode":"quarantine"}},"#;
    let world = world(&map(contract, PASS), "[1]");
    world.baton(&RUN).refused(3, &["CONTRACT_QUARANTINE_NOWHERE", "m.asl.json:1:", "ResultWriter"]);
}

#[test]
fn a_map_inside_a_map_runs_in_the_children() {
    let inner = r#""StartAt":"Inner","States":{"Inner":{"Type":"Map","Label":"inner","ItemProcessor":{
        "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},"End":true}}"#;
    let world = world(&map("", inner), "[[1,2],[3],[]]");
    assert_eq!(world.baton(&RUN).json(), json!([[1, 2], [3], []]));
}

/// Waits until the run `one` has started children.
fn wait_for_children(world: &World, least: usize) {
    let patience = Instant::now() + Duration::from_mins(2);
    let args = ["executions", "--machine", "m/rows", "--limit", "1000", "--output", "json"];
    while world.baton(&args).stdout.matches("executionId").count() < least {
        assert!(Instant::now() < patience, "the children never start");
    }
}

#[test]
fn a_run_that_is_killed_goes_on_and_every_item_is_run_once() {
    let lines = (0..2_000).fold(String::new(), |text, id| format!("{text}{{\"id\":{id}}}\n"));
    let slow = r#""StartAt":"W","States":{"W":{"Type":"Wait","Seconds":1,"Next":"P"},"P":{"Type":"Pass","End":true}}"#;
    let fields = reader(r#""InputType":"JSONL""#, "in.jsonl") + WRITER + r#""MaxConcurrency":500,"#;
    let world = world(&map(&fields, slow), "{}");
    world.write("bucket/in.jsonl", &lines);
    for _ in 0..2 {
        let mut running = if world.file(".baton").exists() {
            world.command(&["resume", "one", "--quiet"])
        } else {
            world.command(&RUN)
        };
        let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("baton starts");
        wait_for_children(&world, 300);
        running.kill().expect("it can be killed");
        running.wait().expect("it ends");
    }
    let output = world.baton(&["resume", "one", "--quiet"]).json();
    let by_id = outputs_by_id(&results(&world, &output, "SUCCEEDED"));
    assert_eq!(by_id.keys().copied().collect::<Vec<_>>(), (0..2_000).collect::<Vec<_>>());
    let shown = world.baton(&["show", "one", "--output", "json"]).json();
    assert_eq!(shown["mapRuns"].as_array().map(Vec::len), Some(1), "one run, however often it is taken up");
    assert_eq!(shown["mapRuns"][0]["itemCounts"]["succeeded"], 2_000);
    assert_eq!(shown["mapRuns"][0]["executionCounts"]["total"], 2_000);
}

#[test]
fn a_sibling_that_fails_stops_the_children() {
    let slow = r#""StartAt":"W","States":{"W":{"Type":"Wait","Seconds":3600,"End":true}}"#;
    let map = map("", slow);
    let definition = format!(
        r#"{{"StartAt":"B","States":{{"B":{{"Type":"Parallel","End":true,"Branches":[{map},
            {{"StartAt":"S","States":{{"S":{{"Type":"Wait","Seconds":1,"Next":"F"}},"F":{{"Type":"Fail","Error":"Sibling"}}}}}}]}}}}}}"#
    );
    let world = world(&definition, "[1,2,3]");
    let told = world.baton(&[&RUN[..], &["--output", "json"]].concat()).json();
    assert_eq!(told["error"], "Sibling");
    let children = world.baton(&["executions", "--machine", "m/rows", "--output", "json"]).json();
    let statuses: Vec<_> =
        children.as_array().expect("a list").iter().map(|child| child["status"].clone()).collect();
    assert_eq!(statuses, [json!("ABORTED"), json!("ABORTED"), json!("ABORTED")]);
    let shown = world.baton(&["show", "one", "--output", "json"]).json();
    assert_eq!(shown["mapRuns"][0]["status"], "ABORTED");
    let history = world.baton(&["history", "one", "--output", "json"]).succeeded();
    assert!(history.contains("MapRunAborted"), "{history}");
}

#[test]
fn a_redrive_runs_what_failed_even_where_the_object_has_changed_since() {
    let world = world(&map(&reader(r#""InputType":"JSON""#, "in.json"), ODD_FAILS), "{}");
    world.write("bucket/in.json", "[0,1,2]");
    let told = world.baton(&[&RUN[..], &["--output", "json"]].concat()).json();
    assert_eq!(told["error"], "States.ExceedToleratedFailureThreshold");
    // The children are what they were started with; the number is what they have in common with the items.
    world.write("bucket/in.json", "[0,3,2]");
    assert_eq!(world.baton(&["redrive", "one", "--quiet"]).json(), json!([0, 10, 20]));
    let children = world.baton(&["executions", "--machine", "m/rows", "--output", "json"]).json();
    assert_eq!(children.as_array().map(Vec::len), Some(3), "no child is started twice");
}

#[test]
fn a_run_that_fails_again_is_redriven_again() {
    let twice = ODD_FAILS.replace("RedriveCount = 0", "RedriveCount < 2");
    let world = world(&map("", &twice), "[0,1,2]");
    assert_eq!(world.baton(&RUN).code, Some(1));
    assert_eq!(world.baton(&["redrive", "one", "--quiet"]).code, Some(1));
    assert_eq!(world.baton(&["redrive", "one", "--quiet"]).json(), json!([0, 10, 20]));
    let shown = world.baton(&["show", "one", "--output", "json"]).json();
    assert_eq!(shown["mapRuns"][0]["redriveCount"], 2, "{shown}");
}

#[test]
fn items_that_are_set_aside_count_in_the_share_that_is_tolerated() {
    // The first child is slow, so that nothing behind it is taken while the others fail: 3 of 20 items are less than a fifth.
    let contract =
        r#""Contract":{"Items":{"Schema":"int","Mode":"quarantine"}},"ToleratedFailurePercentage":20,"#;
    let processor = r#""StartAt":"C","States":{"C":{"Type":"Choice","Choices":[{"Variable":"$","NumericEquals":0,"Next":"W"}],"Default":"F"},
        "F":{"Type":"Fail","Error":"No"},"W":{"Type":"Wait","Seconds":1,"End":true}}"#;
    let mut items = vec![json!(0), json!(1), json!(2), json!(3)];
    items.extend((4..20).map(|n| json!(n.to_string())));
    let world = world(&map(&(contract.to_owned() + WRITER), processor), &json!(items).to_string());
    let output = world.baton(&RUN).json();
    assert_eq!(results(&world, &output, "FAILED").len(), 3);
    assert_eq!(results(&world, &output, "QUARANTINED").len(), 16);
}

#[test]
fn children_that_a_dead_process_has_started_do_not_outlive_a_run_that_cannot_go_on() {
    let slow = r#""StartAt":"W","States":{"W":{"Type":"Wait","Seconds":3600,"End":true}}"#;
    let world = world(&map(&reader(r#""InputType":"JSON""#, "in.json"), slow), "{}");
    world.write("bucket/in.json", &json!((0..20).collect::<Vec<_>>()).to_string());
    let mut running = world.command(&RUN);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("baton starts");
    wait_for_children(&world, 20);
    running.kill().expect("it can be killed");
    running.wait().expect("it ends");
    std::fs::remove_file(world.file("bucket/in.json")).expect("it was there");
    let told = world.baton(&["resume", "one", "--quiet", "--output", "json"]).json();
    assert_eq!(told["error"], "States.ItemReaderFailed", "{told}");
    let children = world.baton(&["executions", "--machine", "m/rows", "--output", "json"]).json();
    for child in children.as_array().expect("a list") {
        assert_eq!(child["status"], "ABORTED", "{child}");
    }
}

/// A function that hangs in its first call. What is left of it is a worker that does not end before it is killed.
const HANGS_ONCE: &str = r#"
import http.client, json, os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def ask(method, path, body=None):
    api.request(method, "/2018-06-01/runtime/" + path, body)
    answer = api.getresponse()
    return answer.headers, answer.read()
while True:
    headers, event = ask("GET", "invocation/next")
    if not os.path.exists(os.environ["CALLED"]):
        open(os.environ["CALLED"], "w").close()
        time.sleep(600)
    ask("POST", "invocation/" + headers["Lambda-Runtime-Aws-Request-Id"] + "/response", event)
"#;

#[test]
fn a_redrive_runs_what_was_stopped_in_the_middle_of_a_task() {
    let processor = r#""StartAt":"C","States":{
        "C":{"Type":"Choice","Choices":[{"Variable":"$","NumericEquals":1,"Next":"T"}],"Default":"W"},
        "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:hangs","End":true},
        "W":{"Type":"Wait","Seconds":2,"Next":"P"},
        "P":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% $states.context.Execution.RedriveCount = 0 ? $error('no') : 0 %}","End":true}}"#;
    let world = world(&map("", processor), "[0,1]");
    let called = world.file("called");
    world.write("hangs.py", HANGS_ONCE);
    let config = format!(
        "[functions.hangs]\ncommand = [\"python3\", \"hangs.py\"]\nenvironment = [\"CALLED={}\"]\n",
        called.display()
    );
    world.write("baton.toml", &config);
    let told = world.baton(&[&RUN[..], &["--output", "json"]].concat()).json();
    assert_eq!(told["error"], "States.ExceedToleratedFailureThreshold", "{told}");
    assert!(called.exists(), "the function was at it");
    assert_eq!(world.baton(&["redrive", "one", "--quiet"]).json(), json!([0, 1]));
}
