//! What is run: ten Pass states, as peers are measured with them (hardly any payload), with an order as payload, with a
//! contract at every entry and exit on top of that; with `JSONata` that computes on 10 kB; and a Map of 1,000 Pass states.

use std::sync::Arc;

use asl::{JsonLimits, Payload, parse_definition};
use contracts::{Contracts, SchemaSource, SchemaText, SourceError, bind};
use machine::{Limits, Revision};

use crate::Failure;

#[derive(Clone, Copy)]
pub(crate) enum Machine {
    Passes,
    OrderPasses,
    CheckedPasses,
    JsonataHandOns,
    JsonataPasses,
    MapOfPasses,
}

/// A shop's order of five lines.
const ORDER: &str = r#"{"orderId":"o-2026-11-000042","revision":2,"customer":{"id":7712399001,"email":"grace@example.org"},"status":"PAID","placedAt":1790000000123,"paidAt":1790000001456,"note":null,"gift":false,"discountPercent":2.5,"address":{"street":"Lange Gasse 7","city":"Graz","zip":"8010","country":"AT"},"lines":[{"sku":"tea-0100","title":"Green tea, 100 g","quantity":1,"cents":1990},{"sku":"tea-0101","title":"Black tea, 100 g","quantity":2,"cents":2090},{"sku":"tea-0102","title":"White tea, 100 g","quantity":3,"cents":2190},{"sku":"cup-0001","title":"Cup of glass, 0.3 l","quantity":4,"cents":2290},{"sku":"pot-0001","title":"Pot of iron, 1.2 l","quantity":5,"cents":2390}],"tags":{"channel":"web","campaign":"autumn"}}"#;

const SCHEMA: &str = r#"{"type":"record","name":"Order","fields":[
    {"name":"orderId","type":"string"},{"name":"revision","type":"int"},
    {"name":"customer","type":{"type":"record","name":"Customer","fields":[
        {"name":"id","type":"long"},{"name":"email","type":"string"}]}},
    {"name":"status","type":{"type":"enum","name":"Status","symbols":["NEW","PAID","SENT"]}},
    {"name":"placedAt","type":{"type":"long","logicalType":"timestamp-millis"}},
    {"name":"paidAt","type":["null",{"type":"long","logicalType":"timestamp-millis"}]},
    {"name":"note","type":["null","string"]},{"name":"gift","type":"boolean"},
    {"name":"discountPercent","type":"double"},
    {"name":"address","type":{"type":"record","name":"Address","fields":[
        {"name":"street","type":"string"},{"name":"city","type":"string"},
        {"name":"zip","type":"string"},{"name":"country","type":"string"}]}},
    {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
        {"name":"sku","type":"string"},{"name":"title","type":"string"},
        {"name":"quantity","type":"int"},{"name":"cents","type":"long"}]}}},
    {"name":"tags","type":{"type":"map","values":"string"}}]}"#;

/// The one subject there is.
struct Orders;

impl SchemaSource for Orders {
    fn schema(&self, subject: &str, _version: Option<u32>) -> Result<Option<SchemaText>, SourceError> {
        Ok((subject == "Order").then(|| SchemaText {
            subject: subject.into(),
            version: 1,
            text: SCHEMA.into(),
            origin: "the benchmark".into(),
            commit: None,
        }))
    }

    fn subjects(&self) -> Vec<Arc<str>> {
        vec!["Order".into()]
    }
}

impl Machine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Passes => "ten Pass states",
            Self::OrderPasses => "ten Pass states, an order",
            Self::CheckedPasses => "ten Pass states, an order, 20 contracts",
            Self::JsonataHandOns => "ten JSONata Pass states, 10 kB handed on",
            Self::JsonataPasses => "ten JSONata Pass states, 10 kB computed on",
            Self::MapOfPasses => "Map of 1,000 Pass states",
        }
    }

    pub(crate) fn input(self) -> Result<Payload, Failure> {
        let text = match self {
            Self::Passes => r#"{"order":17,"lines":[{"sku":"a","quantity":2}]}"#.to_owned(),
            Self::OrderPasses | Self::CheckedPasses => ORDER.to_owned(),
            Self::JsonataHandOns | Self::JsonataPasses => {
                format!(r#"{{"orders":[{}],"total":0}}"#, [ORDER; 10].join(","))
            }
            Self::MapOfPasses => {
                format!("[{}]", (0..1_000).map(|it| it.to_string()).collect::<Vec<_>>().join(","))
            }
        };
        Ok(Payload::parse(text, JsonLimits::PAYLOAD)?)
    }

    pub(crate) fn revision(self) -> Result<Arc<Revision>, Failure> {
        let definition = match self {
            Self::Passes | Self::OrderPasses => passes(""),
            // Each state hands the payload on with one member set anew.
            Self::JsonataHandOns => passes(concat!(
                r#""QueryLanguage":"JSONata","#,
                r#""Output":"{% $merge([$states.input, {'total': $states.input.total + 1}]) %}","#
            )),
            // Each state reads part of the payload, computes, and emits a payload of its own.
            Self::JsonataPasses => passes(concat!(
                r#""QueryLanguage":"JSONata","#,
                r#""Output":{"orders":"{% $states.input.orders %}","#,
                r#""total":"{% $states.input.total + $sum($states.input.orders.lines.(quantity * cents)) %}"},"#
            )),
            Self::CheckedPasses => passes(r#""Contract":{"Input":"Order@1","Output":"Order@1"},"#),
            Self::MapOfPasses => format!(
                r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","End":true,"ItemProcessor":{}}}}}}}"#,
                r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#
            ),
        };
        let machine = parse_definition(&definition).machine.ok_or("the definition is wrong")?;
        let (contracts, diagnostics): (Contracts, _) = bind(&machine, None, &Orders);
        if !diagnostics.is_empty() {
            return Err(format!("{diagnostics:?}").into());
        }
        Ok(Arc::new(Revision {
            name: "bench".into(),
            arn: "arn:aws:states:us-east-1:000000000000:stateMachine:bench".into(),
            role_arn: "arn:aws:iam::000000000000:role/bench".into(),
            definition: definition.into(),
            machine,
            scope: asl::StateMachine::ROOT,
            contracts,
            limits: Limits::default(),
        }))
    }
}

fn passes(contract: &str) -> String {
    let states: Vec<_> = (0..10)
        .map(|at| {
            let then = if at == 9 { r#""End":true"#.to_owned() } else { format!(r#""Next":"P{}""#, at + 1) };
            format!(r#""P{at}":{{"Type":"Pass",{contract}{then}}}"#)
        })
        .collect();
    format!(r#"{{"StartAt":"P0","States":{{{}}}}}"#, states.join(","))
}
