use expect_test::expect;

use crate::parse::tests::check;
use crate::parse_definition;
use crate::state::map::{
    CsvDelimiter, ExecutionType, InputType, ItemReader, Items, ManifestType, MapMode, OutputType, Percentage,
    ReaderAction, Transformation,
};
use crate::state::{AnyTemplate, Count, Map, StateKind};

/// A machine with one Map `M`, whose other fields and whose processor's configuration are given.
fn machine(language: &str, config: &str, fields: &str) -> String {
    format!(
        r#"{{"QueryLanguage": "{language}", "StartAt": "M", "States": {{"M": {{"Type": "Map", {fields}
"ItemProcessor": {{"ProcessorConfig": {config}, "StartAt": "I", "States": {{"I": {{"Type": "Pass", "End": true}}}}}}, "End": true}}}}}}"#
    )
}

const STANDARD: &str = r#"{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}"#;
const EXPRESS: &str = r#"{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}"#;

/// The Map of a machine in which nothing at all is wrong.
fn map(text: &str) -> Map {
    let parsed = parse_definition(text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let machine = parsed.machine.expect("no diagnostics means a machine");
    match &machine.states[0].kind {
        StateKind::Map(map) => map.clone(),
        other => panic!("{other:?}"),
    }
}

fn reader(language: &str, reader: &str) -> ItemReader {
    match map(&machine(language, STANDARD, &format!(r#""ItemReader": {reader},"#))).mode {
        MapMode::Distributed(it) => it.item_reader.expect("it was given"),
        MapMode::Inline => panic!("inline"),
    }
}

#[test]
fn tolerated_failures_are_read_and_change_nothing_inline() {
    check(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 100.5,
"ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "End": true}}}"#,
        expect![[r#"
            m.json:1:50: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailureCount` counts in a distributed Map only; an inline one fails with its first item that does
                1 | …": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 1…
                  |                                          ^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailureCount
            m.json:1:75: error[OUT_OF_RANGE]: `ToleratedFailureCount` is a whole number from 0 to 2147483647, found `-1`
                1 | …", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 100.5,
                  |                                                              ^^
                  at: /States/M/ToleratedFailureCount
            m.json:1:79: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailurePercentage` counts in a distributed Map only; an inline one fails with its first item that does
                1 | …", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 100.5,
                  |                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailurePercentage
            m.json:1:109: error[OUT_OF_RANGE]: `ToleratedFailurePercentage` is a number from 0 to 100, found `100.5`
                1 | …", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 100.5,
                  |                                                                                                ^^^^^
                  at: /States/M/ToleratedFailurePercentage
        "#]],
    );
    check(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCountPath": "$.n[*]", "ToleratedFailurePercentage": 5,
"ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "End": true}}}"#,
        expect![[r#"
            m.json:1:50: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailureCountPath` counts in a distributed Map only; an inline one fails with its first item that does
                1 | …": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCountPath": "$.n[*]", "ToleratedFailurePerc…
                  |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailureCountPath
            m.json:1:79: error[INVALID_PATH]: `ToleratedFailureCountPath` needs a path that means one place, found `$.n[*]`
                1 | …ates": {"M": {"Type": "Map", "ToleratedFailureCountPath": "$.n[*]", "ToleratedFailurePercentage": 5,
                  |                                                            ^^^^^^^^
                  at: /States/M/ToleratedFailureCountPath
                hint: no `..`, `*`, filters, slices or lists of names
            m.json:1:89: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailurePercentage` counts in a distributed Map only; an inline one fails with its first item that does
                1 | …ates": {"M": {"Type": "Map", "ToleratedFailureCountPath": "$.n[*]", "ToleratedFailurePercentage": 5,
                  |                                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailurePercentage
        "#]],
    );
}

#[test]
fn every_field_of_a_distributed_map_is_read() {
    let read = map(&machine(
        "JSONPath",
        EXPRESS,
        r#""Label": "Größe-1_a/b", "ToleratedFailureCountPath": "$.n", "ToleratedFailurePercentage": 12.5,
"ItemReader": {"Resource": "arn:aws-cn:states:::s3:getObject", "Parameters": {"Bucket.$": "$.bucket", "Key": "k.csv"},
  "ReaderConfig": {"InputType": "CSV", "CSVDelimiter": "PIPE", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"],
    "MaxItems": 10}},
"ItemBatcher": {"BatchInput": {"x.$": "$.x"}, "MaxItemsPerBatchPath": "$.per", "MaxInputBytesPerBatch": 262144},
"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"},
  "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}},"#,
    ));
    let MapMode::Distributed(it) = read.mode else { panic!("{:?}", read.mode) };
    assert_eq!(it.execution_type, ExecutionType::Express);
    assert_eq!(it.label.as_deref(), Some("Größe-1_a/b"));
    assert!(matches!(it.tolerated_failure_count, Some(Count::Path(_))), "{it:?}");
    assert!(matches!(it.tolerated_failure_percentage, Some(Percentage::Literal(12.5))), "{it:?}");
    let reader = it.item_reader.expect("it was given");
    assert_eq!(reader.action, ReaderAction::GetObject);
    assert!(matches!(reader.arguments, AnyTemplate::Path(_)), "{:?}", reader.arguments);
    assert_eq!(reader.config.input_type, Some(InputType::Csv));
    assert_eq!(reader.config.csv_delimiter, Some(CsvDelimiter::Pipe));
    assert_eq!(reader.config.csv_headers, Some(vec!["a".into(), "b".into()]));
    assert!(matches!(reader.config.max_items, Some(Count::Literal(10))), "{:?}", reader.config);
    let batcher = it.item_batcher.expect("it was given");
    assert!(matches!(batcher.max_items_per_batch, Some(Count::Path(_))), "{batcher:?}");
    assert!(matches!(batcher.max_input_bytes_per_batch, Some(Count::Literal(262_144))), "{batcher:?}");
    assert!(batcher.batch_input.is_some(), "{batcher:?}");
    let writer = it.result_writer.expect("it was given");
    assert!(writer.arguments.is_some(), "{writer:?}");
    let config = writer.config.expect("it was given");
    assert_eq!((config.transformation, config.output_type), (Transformation::Flatten, OutputType::JsonLines));
}

#[test]
fn in_jsonata_numbers_may_be_expressions_and_items_an_object() {
    let read = map(&machine(
        "JSONata",
        STANDARD,
        r#""Items": {"a": 1, "b": "{% $states.input.b %}"}, "ToleratedFailureCount": "{% 1 %}",
"ToleratedFailurePercentage": "{% 0.5 %}", "ItemBatcher": {"MaxItemsPerBatch": "{% 2 %}", "MaxInputBytesPerBatch": "{% 3 %}"},
"ResultWriter": {"WriterConfig": {"Transformation": "NONE", "OutputType": "JSON"}},"#,
    ));
    assert!(matches!(read.items, Items::Jsonata(Some(_))), "{:?}", read.items);
    let MapMode::Distributed(it) = read.mode else { panic!("{:?}", read.mode) };
    assert!(matches!(it.tolerated_failure_count, Some(Count::Jsonata(_))), "{it:?}");
    assert!(matches!(it.tolerated_failure_percentage, Some(Percentage::Jsonata(_))), "{it:?}");
    let batcher = it.item_batcher.expect("it was given");
    assert!(matches!(batcher.max_items_per_batch, Some(Count::Jsonata(_))), "{batcher:?}");
    assert!(matches!(batcher.max_input_bytes_per_batch, Some(Count::Jsonata(_))), "{batcher:?}");
    assert!(it.result_writer.expect("it was given").arguments.is_none());
    let it = reader(
        "JSONata",
        r#"{"Resource": "arn:aws:states:::s3:getObject", "Arguments": "{% $states.input %}",
"ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/a~1b/0", "MaxItems": "{% 2 %}"}}"#,
    );
    assert!(matches!(it.arguments, AnyTemplate::Jsonata(_)), "{:?}", it.arguments);
    assert_eq!(it.config.items_pointer.as_deref(), Some("/a~1b/0"));
    assert!(matches!(it.config.max_items, Some(Count::Jsonata(_))), "{:?}", it.config);
}

#[test]
fn readers_of_listings_and_manifests_are_read() {
    let listing =
        r#""Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b", "Prefix": "p/"}"#;
    let object = r#""Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "manifest.json"}"#;
    let plain = reader("JSONPath", &format!("{{{listing}}}"));
    assert_eq!((plain.action, plain.config.input_type), (ReaderAction::ListObjects, None));
    for (name, input_type) in [
        ("CSV", InputType::Csv),
        ("JSON", InputType::Json),
        ("JSONL", InputType::JsonLines),
        ("PARQUET", InputType::Parquet),
        ("AVRO", InputType::Avro),
    ] {
        let config =
            format!(r#""ReaderConfig": {{"Transformation": "LOAD_AND_FLATTEN", "InputType": "{name}"}}"#);
        let flat = reader("JSONPath", &format!("{{{listing}, {config}}}"));
        assert_eq!((flat.config.loads_and_flattens, flat.config.input_type), (true, Some(input_type)));
    }
    for (config, input_type, manifest_type) in [
        (r#"{"InputType": "MANIFEST"}"#, Some(InputType::Manifest), None),
        (r#"{"ManifestType": "S3_INVENTORY"}"#, None, Some(ManifestType::S3Inventory)),
        (
            r#"{"ManifestType": "ATHENA_DATA", "InputType": "PARQUET"}"#,
            Some(InputType::Parquet),
            Some(ManifestType::AthenaData),
        ),
    ] {
        let it = reader("JSONPath", &format!(r#"{{{object}, "ReaderConfig": {config}}}"#)).config;
        assert_eq!((it.input_type, it.manifest_type), (input_type, manifest_type));
    }
}

#[test]
fn what_an_inline_map_does_not_have_is_refused_where_it_stands() {
    check(
        &machine(
            "JSONata",
            r#"{"Mode": "INLINE", "ExecutionType": "EXPRESS"}"#,
            r#""Label": "x", "ItemReader": {}, "Items": {"a": 1},"#,
        ),
        expect![[r#"
            m.json:1:78: error[UNSUPPORTED_MAP_MODE]: `Label` belongs to a distributed Map, and this one is inline
                1 | …, "StartAt": "M", "States": {"M": {"Type": "Map", "Label": "x", "ItemReader": {}, "Items": {"a": 1},
                  |                                                    ^^^^^^^
                  at: /States/M/Label
                hint: give the processor `"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}`
            m.json:1:92: error[UNSUPPORTED_MAP_MODE]: `ItemReader` belongs to a distributed Map, and this one is inline
                1 | …, "StartAt": "M", "States": {"M": {"Type": "Map", "Label": "x", "ItemReader": {}, "Items": {"a": 1},
                  |                                                                  ^^^^^^^^^^^^
                  at: /States/M/ItemReader
                hint: give the processor `"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}`
            m.json:1:119: error[SCHEMA_VALIDATION_FAILED]: `Items` is an array or an expression `{% … %}`, found an object
                1 | …, "StartAt": "M", "States": {"M": {"Type": "Map", "Label": "x", "ItemReader": {}, "Items": {"a": 1},
                  |                                                                                             ^^^^^^^^
                  at: /States/M/Items
            m.json:2:74: error[UNSUPPORTED_MAP_MODE]: an inline Map runs its items inside the execution, which makes none of type `EXPRESS`
                2 | …g": {"Mode": "INLINE", "ExecutionType": "EXPRESS"}, "StartAt": "I", "States": {"I": {"Type": "Pass",…
                  |                                          ^^^^^^^^^
                  at: /States/M/ItemProcessor/ProcessorConfig/ExecutionType
                hint: give `ProcessorConfig` the field `"Mode": "DISTRIBUTED"`, or leave `ExecutionType` out
        "#]],
    );
}

#[test]
fn a_mode_that_cannot_be_told_refuses_no_field() {
    check(
        &machine("JSONPath", r#"{"Mode": "DISTRIBUTED"}"#, r#""Label": "x", "ToleratedFailureCount": 1,"#),
        expect![[r#"
            m.json:2:19: error[MISSING_FIELD]: `ProcessorConfig` needs the field `ExecutionType`
                2 | "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "I", "States": {"I": {"Type…
                  |                   ^^^^^^^^^^^^^^^^^
                  at: /States/M/ItemProcessor/ProcessorConfig
        "#]],
    );
    check(
        &machine("JSONPath", r#"{"Mode": "DISTRIBUTE", "ExecutionType": "EXPRES"}"#, r#""Label": "x","#),
        expect![[r#"
            m.json:2:47: error[SCHEMA_VALIDATION_FAILED]: `Mode` is one of INLINE, DISTRIBUTED, found `DISTRIBUTE`
                2 | …rocessor": {"ProcessorConfig": {"Mode": "DISTRIBUTE", "ExecutionType": "EXPRES"}, "StartAt": "I", "S…
                  |                                          ^^^^^^^^^^^^
                  at: /States/M/ItemProcessor/ProcessorConfig/Mode
                hint: did you mean `DISTRIBUTED`?
            m.json:2:78: error[SCHEMA_VALIDATION_FAILED]: `ExecutionType` is one of STANDARD, EXPRESS, found `EXPRES`
                2 | …{"Mode": "DISTRIBUTE", "ExecutionType": "EXPRES"}, "StartAt": "I", "States": {"I": {"Type": "Pass", …
                  |                                          ^^^^^^^^
                  at: /States/M/ItemProcessor/ProcessorConfig/ExecutionType
                hint: did you mean `EXPRESS`?
        "#]],
    );
}

#[test]
fn labels_are_short_plain_and_unique() {
    check(
        &machine("JSONPath", STANDARD, r#""Label": "a label","#),
        expect![[r#"
        m.json:1:88: error[SCHEMA_VALIDATION_FAILED]: `Label` may not contain ' ', found `a label`
            1 | {"QueryLanguage": "JSONPath", "StartAt": "M", "States": {"M": {"Type": "Map", "Label": "a label",
              |                                                                                        ^^^^^^^^^
              at: /States/M/Label
            hint: no white space, no brackets, no control characters, and none of ? * " # % \ ^ | ~ ` $ & , ; :
    "#]],
    );
    check(
        &machine("JSONPath", STANDARD, r#""Label": "","#),
        expect![[r#"
        m.json:1:88: error[OUT_OF_RANGE]: `Label` has 1 to 40 characters, found 0
            1 | {"QueryLanguage": "JSONPath", "StartAt": "M", "States": {"M": {"Type": "Map", "Label": "",
              |                                                                                        ^^
              at: /States/M/Label
    "#]],
    );
    let long = format!(r#""Label": "{}","#, "x".repeat(41));
    check(
        &machine("JSONPath", STANDARD, &long),
        expect![[r#"
        m.json:1:88: error[OUT_OF_RANGE]: `Label` has 1 to 40 characters, found 41
            1 | …StartAt": "M", "States": {"M": {"Type": "Map", "Label": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
              |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              at: /States/M/Label
    "#]],
    );
    check(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "L", "End": true, "ItemProcessor": {
"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "N", "States": {"N": {"Type": "Map", "Label": "L", "End": true,
"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}}}}}"#,
        expect![[r#"
            m.json:1:59: error[CONFLICTING_FIELDS]: another Map has the label `L` too
                1 | {"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "L", "End": true, "ItemProcessor": {
                  |                                                           ^^^
                  at: /States/M/Label
                hint: labels are unique in the whole definition; the other one is `/States/M/ItemProcessor/States/N/Label`
        "#]],
    );
}

#[test]
fn an_express_child_neither_waits_nor_has_children_of_its_own() {
    check(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "N", "States": {
"N": {"Type": "Map", "Next": "T", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
  "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}},
"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true}}}}}}"#,
        expect![[r#"
            m.json:3:72: error[UNSUPPORTED_MAP_MODE]: a distributed Map cannot run in executions of type `EXPRESS`, which those of the Map around it are
                3 | …ext": "T", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                  |                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ItemProcessor/States/N/ItemProcessor/ProcessorConfig
                hint: make the Map around it `STANDARD`, or this one `INLINE`
            m.json:5:35: error[UNSUPPORTED_MAP_MODE]: an execution of type `EXPRESS` cannot wait for another, for a token or for an activity
                5 | "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true}}}}…
                  |                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ItemProcessor/States/T/Resource
                hint: give the distributed Map around it `"ExecutionType": "STANDARD"`
        "#]],
    );
}

#[test]
fn a_batcher_is_bounded() {
    check(
        &machine("JSONPath", STANDARD, r#""ItemBatcher": {"BatchInput": 1},"#),
        expect![[r#"
        m.json:1:79: error[MISSING_FIELD]: `ItemBatcher` needs `MaxItemsPerBatch`, `MaxInputBytesPerBatch` or both
            1 | …uage": "JSONPath", "StartAt": "M", "States": {"M": {"Type": "Map", "ItemBatcher": {"BatchInput": 1},
              |                                                                     ^^^^^^^^^^^^^
              at: /States/M/ItemBatcher
            hint: for example `"MaxItemsPerBatch": 100`
    "#]],
    );
    check(
        &machine(
            "JSONPath",
            STANDARD,
            r#""ItemBatcher": {"MaxItemsPerBatch": 0, "MaxInputBytesPerBatch": 262145},"#,
        ),
        expect![[r#"
            m.json:1:115: error[OUT_OF_RANGE]: `MaxItemsPerBatch` is a whole number from 1 to 2147483647, found `0`
                1 | …tes": {"M": {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": 0, "MaxInputBytesPerBatch": 262145},
                  |                                                                  ^
                  at: /States/M/ItemBatcher/MaxItemsPerBatch
            m.json:1:143: error[OUT_OF_RANGE]: `MaxInputBytesPerBatch` is a whole number from 1 to 262144, found `262145`
                1 | …tes": {"M": {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": 0, "MaxInputBytesPerBatch": 262145},
                  |                                                                                              ^^^^^^
                  at: /States/M/ItemBatcher/MaxInputBytesPerBatch
        "#]],
    );
    check(
        &machine("JSONata", STANDARD, r#""ItemBatcher": {"MaxItemsPerBatchPath": "$.n"},"#),
        expect![[r#"
        m.json:1:94: error[QUERY_LANGUAGE_MISMATCH]: `MaxItemsPerBatchPath` belongs to JSONPath, and the query language here is JSONata
            1 | …ta", "StartAt": "M", "States": {"M": {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatchPath": "$.n"},
              |                                                                       ^^^^^^^^^^^^^^^^^^^^^^
              at: /States/M/ItemBatcher/MaxItemsPerBatchPath
            hint: in JSONata: an expression in `MaxItemsPerBatch`
    "#]],
    );
}

#[test]
fn a_writer_has_a_place_a_form_or_both() {
    for writer in
        ["{}", r#"{"Resource": "arn:aws:states:::s3:putObject"}"#, r#"{"Parameters": {"Bucket": "b"}}"#]
    {
        let parsed =
            parse_definition(&machine("JSONPath", STANDARD, &format!(r#""ResultWriter": {writer},"#)));
        let codes: Vec<_> = parsed.diagnostics.iter().map(|it| it.code).collect();
        assert_eq!(codes, ["MISSING_FIELD"], "{writer}");
    }
    check(
        &machine(
            "JSONPath",
            STANDARD,
            r#""ResultWriter": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Prefix": "p"}, "WriterConfig": {"OutputType": "CSV"}},"#,
        ),
        expect![[r#"
            m.json:1:108: error[INVALID_RESOURCE]: `ResultWriter` writes nothing to `arn:aws:states:::s3:getObject`
                1 | …e": "Map", "ResultWriter": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Prefix": "p…
                  |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ResultWriter/Resource
                hint: `arn:aws:states:::s3:putObject` writes to a bucket
            m.json:1:141: error[MISSING_FIELD]: `Parameters` needs the field `Bucket`
                1 | …urce": "arn:aws:states:::s3:getObject", "Parameters": {"Prefix": "p"}, "WriterConfig": {"OutputType"…
                  |                                          ^^^^^^^^^^^^
                  at: /States/M/ResultWriter/Parameters
            m.json:1:172: error[MISSING_FIELD]: `WriterConfig` needs the field `Transformation`
                1 | …n:aws:states:::s3:getObject", "Parameters": {"Prefix": "p"}, "WriterConfig": {"OutputType": "CSV"}},
                  |                                                               ^^^^^^^^^^^^^^
                  at: /States/M/ResultWriter/WriterConfig
            m.json:1:203: error[SCHEMA_VALIDATION_FAILED]: `OutputType` is one of JSON, JSONL, found `CSV`
                1 | …n:aws:states:::s3:getObject", "Parameters": {"Prefix": "p"}, "WriterConfig": {"OutputType": "CSV"}},
                  |                                                                                              ^^^^^
                  at: /States/M/ResultWriter/WriterConfig/OutputType
        "#]],
    );
}

#[test]
fn a_reader_says_what_it_misses() {
    check(
        &machine(
            "JSONPath",
            STANDARD,
            r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b"}},"#,
        ),
        expect![[r#"
            m.json:1:79: error[MISSING_FIELD]: `ItemReader` needs the field `ReaderConfig`
                1 | …": "M", "States": {"M": {"Type": "Map", "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", …
                  |                                          ^^^^^^^^^^^^
                  at: /States/M/ItemReader
            m.json:1:139: error[MISSING_FIELD]: `Parameters` needs the field `Key`
                1 | …: "Map", "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b"}},
                  |                                                                       ^^^^^^^^^^^^
                  at: /States/M/ItemReader/Parameters
        "#]],
    );
    check(
        &machine(
            "JSONata",
            STANDARD,
            r#""ItemReader": {"Resource": "arn:aws:states:::s3:headObject", "Parameters": {"Bucket": "b"}},"#,
        ),
        expect![[r#"
            m.json:1:105: error[INVALID_RESOURCE]: `ItemReader` reads nothing from `arn:aws:states:::s3:headObject`
                1 | …ype": "Map", "ItemReader": {"Resource": "arn:aws:states:::s3:headObject", "Parameters": {"Bucket": "…
                  |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ItemReader/Resource
                hint: `arn:aws:states:::s3:getObject` reads an object, `arn:aws:states:::s3:listObjectsV2` lists them
            m.json:1:139: error[QUERY_LANGUAGE_MISMATCH]: `Parameters` belongs to JSONPath, and the query language here is JSONata
                1 | … "Map", "ItemReader": {"Resource": "arn:aws:states:::s3:headObject", "Parameters": {"Bucket": "b"}},
                  |                                                                       ^^^^^^^^^^^^
                  at: /States/M/ItemReader/Parameters
                hint: in JSONata: `Arguments`, of Task and Parallel states, of `ItemReader` and `ResultWriter`
        "#]],
    );
    check(
        &machine(
            "JSONPath",
            STANDARD,
            r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {
"InputType": "CVS", "CSVHeaderLocation": "GIVEN", "MaxItems": 1, "MaxItemsPath": "$.n", "ItemsPointer": "a~2"}},"#,
        ),
        expect![[r#"
            m.json:1:182: error[MISSING_FIELD]: `ReaderConfig` needs the field `CSVHeaders`
                1 | …urce": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {
                  |                                                                                     ^^^^^^^^^^^^^^
                  at: /States/M/ItemReader/ReaderConfig
            m.json:2:14: error[SCHEMA_VALIDATION_FAILED]: `InputType` is one of CSV, JSON, JSONL, PARQUET, MANIFEST, AVRO, found `CVS`
                2 | "InputType": "CVS", "CSVHeaderLocation": "GIVEN", "MaxItems": 1, "MaxItemsPath": "$.n", "ItemsPointe…
                  |              ^^^^^
                  at: /States/M/ItemReader/ReaderConfig/InputType
                hint: did you mean `CSV`?
            m.json:2:66: error[CONFLICTING_FIELDS]: `MaxItems` and `MaxItemsPath` exclude each other
                2 | … "CVS", "CSVHeaderLocation": "GIVEN", "MaxItems": 1, "MaxItemsPath": "$.n", "ItemsPointer": "a~2"}},
                  |                                                       ^^^^^^^^^^^^^^
                  at: /States/M/ItemReader/ReaderConfig/MaxItemsPath
            m.json:2:105: error[INVALID_PATH]: `ItemsPointer` is a JSON Pointer, found `a~2`
                2 | … "CVS", "CSVHeaderLocation": "GIVEN", "MaxItems": 1, "MaxItemsPath": "$.n", "ItemsPointer": "a~2"}},
                  |                                                                                              ^^^^^
                  at: /States/M/ItemReader/ReaderConfig/ItemsPointer
                hint: for example `/orders/items`; `~0` stands for `~` and `~1` for `/` in a name
        "#]],
    );
}

/// Pairs of fields that contradict each other (errors), and fields without effect (warnings).
#[test]
fn a_reader_that_contradicts_itself_is_refused() {
    let get = r#""Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}"#;
    let list = r#""Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}"#;
    let mut found = String::new();
    for (source, config) in [
        (get, r#"{"InputType": "CSV", "Transformation": "LOAD_AND_FLATTEN"}"#),
        (list, r#"{"Transformation": "LOAD_AND_FLATTEN"}"#),
        (list, r#"{"InputType": "CSV"}"#),
        (list, r#"{"InputType": "MANIFEST"}"#),
        (list, r#"{"ManifestType": "S3_INVENTORY"}"#),
        (get, r#"{"ManifestType": "S3_INVENTORY", "InputType": "CSV"}"#),
        (get, r#"{"ManifestType": "ATHENA_DATA"}"#),
        (get, r#"{"ManifestType": "ATHENA_DATA", "InputType": "JSON"}"#),
        (get, r#"{"InputType": "JSON", "CSVDelimiter": "TAB"}"#),
        (get, r#"{"InputType": "CSV", "ItemsPointer": "/a"}"#),
        (get, r#"{"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVHeaders": ["a"]}"#),
        (get, r#"{"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": []}"#),
    ] {
        let fields = format!(r#""ItemReader": {{{source}, "ReaderConfig": {config}}},"#);
        for it in parse_definition(&machine("JSONPath", STANDARD, &fields)).diagnostics {
            let severity = format!("{:?}", it.severity);
            found += &[config, ": ", &severity, " ", it.code, " ", &it.message, "\n"].concat();
        }
    }
    expect![[r#"
        {"InputType": "CSV", "Transformation": "LOAD_AND_FLATTEN"}: Error CONFLICTING_FIELDS `LOAD_AND_FLATTEN` needs the listing of a bucket, `arn:aws:states:::s3:listObjectsV2`
        {"Transformation": "LOAD_AND_FLATTEN"}: Error MISSING_FIELD `ReaderConfig` needs the field `InputType`
        {"InputType": "CSV"}: Warning CONFLICTING_FIELDS `InputType` has no effect without `"Transformation": "LOAD_AND_FLATTEN"`
        {"InputType": "MANIFEST"}: Error CONFLICTING_FIELDS a manifest is one object, which `arn:aws:states:::s3:getObject` reads
        {"InputType": "MANIFEST"}: Warning CONFLICTING_FIELDS `InputType` has no effect without `"Transformation": "LOAD_AND_FLATTEN"`
        {"ManifestType": "S3_INVENTORY"}: Error CONFLICTING_FIELDS a manifest is one object, which `arn:aws:states:::s3:getObject` reads
        {"ManifestType": "S3_INVENTORY", "InputType": "CSV"}: Error CONFLICTING_FIELDS `S3_INVENTORY` and `InputType` exclude each other: the manifest names its own form
        {"ManifestType": "ATHENA_DATA"}: Error MISSING_FIELD `ReaderConfig` needs the field `InputType`: the form of the objects that the manifest names
        {"ManifestType": "ATHENA_DATA", "InputType": "JSON"}: Error CONFLICTING_FIELDS the objects of `ATHENA_DATA` are CSV, JSONL, PARQUET or AVRO
        {"InputType": "JSON", "CSVDelimiter": "TAB"}: Warning CONFLICTING_FIELDS `CSVDelimiter` has no effect on items that are not CSV
        {"InputType": "CSV", "ItemsPointer": "/a"}: Warning CONFLICTING_FIELDS `ItemsPointer` has no effect on items that are not JSON
        {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVHeaders": ["a"]}: Warning CONFLICTING_FIELDS `CSVHeaders` has no effect without `"CSVHeaderLocation": "GIVEN"`
        {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": []}: Error OUT_OF_RANGE `CSVHeaders` may not be empty
    "#]].assert_eq(&found);
}

#[test]
fn items_beside_a_reader_have_no_effect() {
    check(
        &machine(
            "JSONPath",
            STANDARD,
            r#""ItemsPath": "$.a", "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}},"#,
        ),
        expect![[r#"
            m.json:1:79: warning[CONFLICTING_FIELDS]: `ItemsPath` has no effect beside `ItemReader`, which says where the items are
                1 | …": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.a", "ItemReader": {"Resource": "arn:aws:stat…
                  |                                          ^^^^^^^^^^^
                  at: /States/M/ItemsPath
        "#]],
    );
}

#[test]
fn outer_variables_are_not_there_in_the_items_of_a_distributed_map() {
    let text = |mode: &str| {
        format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "P", "States": {{"P": {{"Type": "Pass", "Assign": {{"x": 1}}, "Next": "M"}},
"M": {{"Type": "Map", "ItemSelector": "{{% $x %}}", "ItemProcessor": {{"ProcessorConfig": {mode}, "StartAt": "I", "States": {{
  "I": {{"Type": "Pass", "Output": "{{% $x %}}", "End": true}}}}}}, "End": true}}}}}}"#
        )
    };
    check(
        &text(STANDARD),
        expect![[r#"
        m.json:3:35: error[INVALID_VARIABLE]: the variable `x` is assigned outside the distributed Map, and is not there in its items
            3 |   "I": {"Type": "Pass", "Output": "{% $x %}", "End": true}}}, "End": true}}}
              |                                   ^^^^^^^^^^
              at: /States/M/ItemProcessor/States/I/Output
            hint: hand its value on with `ItemSelector`, or with `BatchInput` of `ItemBatcher`
    "#]],
    );
    assert!(parse_definition(&text(r#"{"Mode": "INLINE"}"#)).diagnostics.is_empty());
    // It has variables of its own, whatever they are called outside.
    let own =
        text(STANDARD).replace(r#""I": {"Type": "Pass","#, r#""I": {"Type": "Pass", "Assign": {"x": 2},"#);
    assert!(parse_definition(&own).diagnostics.is_empty());
    let own = own.replace(STANDARD, r#"{"Mode": "INLINE"}"#);
    let codes: Vec<_> = parse_definition(&own).diagnostics.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["INVALID_VARIABLE"]);
}
