//! `ItemReader`: which objects hold the items, in which form. Source: AWS, "`ItemReader`".
//!
//! What contradicts itself is an error; what has no effect where it stands is a warning, since AWS accepts most of it.

use std::sync::Arc;

use super::super::code;
use super::super::fields::{Fields, array, choice, text, wrong_type};
use super::super::jsonata::{Moment, foreign};
use super::super::report::Report;
use super::super::scope::Builder;
use crate::definition::QueryLanguage;
use crate::resource::Resource;
use crate::source::{Member, Value};
use crate::state::AnyTemplate;
use crate::state::map::{CsvDelimiter, InputType, ItemReader, ManifestType, ReaderAction, ReaderConfig};

const INPUT_TYPES: [&str; 6] = ["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST", "AVRO"];
const DELIMITERS: [&str; 5] = ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"];

impl Builder {
    /// Reads `ItemReader`.
    pub(super) fn item_reader(
        &mut self,
        fields: &mut Fields<'_>,
        report: &mut Report<'_>,
    ) -> Option<ItemReader> {
        let member = fields.take("ItemReader")?;
        for name in ["Items", "ItemsPath"] {
            if let Some(unused) = fields.get(name).filter(|it| !matches!(it.value.value, Value::Null)) {
                let message =
                    format!("`{name}` has no effect beside `ItemReader`, which says where the items are");
                report.warning(unused.key_span, code::CONFLICT, message);
            }
        }
        let mut reader = Fields::new(&member.value, member.key_span, "`ItemReader`", report)?;
        let action = reader.require("Resource", report).and_then(|member| action(member, report));
        let required: &[&str] = match action {
            Some(ReaderAction::GetObject) => &["Bucket", "Key"],
            Some(ReaderAction::ListObjects) | None => &["Bucket"],
        };
        let arguments = match reader.get("Parameters").or_else(|| reader.get("Arguments")) {
            Some(_) => self.bucket_arguments(&mut reader, required, report),
            None => {
                let name = self.arguments_name();
                reader.require(name, report);
                None
            }
        };
        let config = self.reader_config(&mut reader, action, report);
        reader.finish(report);
        Some(ItemReader { action: action?, arguments: arguments?, config: config? })
    }

    /// What `Parameters` is called in the state's language.
    fn arguments_name(&self) -> &'static str {
        match self.language {
            QueryLanguage::JsonPath => "Parameters",
            QueryLanguage::Jsonata => "Arguments",
        }
    }

    /// `Parameters` or `Arguments` of what reads or writes a bucket.
    pub(super) fn bucket_arguments(
        &mut self,
        fields: &mut Fields<'_>,
        required: &[&str],
        report: &mut Report<'_>,
    ) -> Option<AnyTemplate> {
        let other = match self.language {
            QueryLanguage::JsonPath => "Arguments",
            QueryLanguage::Jsonata => "Parameters",
        };
        foreign(fields, &[other], self.language, report);
        let member = fields.take(self.arguments_name())?;
        match &member.value.value {
            Value::Object(members) => {
                for name in required {
                    let is_it = |it: &Member| it.key.strip_suffix(".$").unwrap_or(&it.key) == *name;
                    if !members.iter().any(is_it) {
                        let message = format!("`{}` needs the field `{name}`", member.key);
                        report.error(member.key_span, code::MISSING_FIELD, message);
                    }
                }
            }
            Value::String(_) if self.may_be_expression(member) => {}
            _ => return wrong_type(&member.value, &member.key, "an object", report),
        }
        self.any_template(member, Moment::Before, report)
    }

    fn reader_config(
        &mut self,
        reader: &mut Fields<'_>,
        action: Option<ReaderAction>,
        report: &mut Report<'_>,
    ) -> Option<ReaderConfig> {
        let Some(member) = reader.take("ReaderConfig") else {
            if action == Some(ReaderAction::GetObject) {
                reader.require("ReaderConfig", report);
            }
            return Some(ReaderConfig::default());
        };
        let mut fields = Fields::new(&member.value, member.key_span, "`ReaderConfig`", report)?;
        if self.language == QueryLanguage::Jsonata {
            foreign(&mut fields, &["MaxItemsPath"], self.language, report);
        }
        let config = ReaderConfig {
            input_type: input_type(&mut fields, report),
            loads_and_flattens: word(&mut fields, "Transformation", &["NONE", "LOAD_AND_FLATTEN"], report)
                == Some(1),
            manifest_type: manifest_type(&mut fields, report),
            csv_delimiter: csv_delimiter(&mut fields, report),
            csv_headers: csv_headers(&mut fields, report),
            items_pointer: items_pointer(&mut fields, report),
            max_items: self.count(&mut fields, ["MaxItems", "MaxItemsPath"], report),
        };
        if let Some(action) = action {
            check_source(&fields, &config, action, report);
        }
        check_form(&fields, &config, report);
        fields.finish(report);
        Some(config)
    }
}

fn action(member: &Member, report: &mut Report<'_>) -> Option<ReaderAction> {
    let arn = text(&member.value, "Resource", report)?;
    let resource = Resource::parse(&arn);
    let is = |action| resource.as_ref().is_some_and(|resource| resource.is("s3", action));
    if is("getObject") {
        return Some(ReaderAction::GetObject);
    }
    if is("listObjectsV2") {
        return Some(ReaderAction::ListObjects);
    }
    report.error(member.value.span, code::RESOURCE, format!("`ItemReader` reads nothing from `{arn}`")).hint(
        "`arn:aws:states:::s3:getObject` reads an object, `arn:aws:states:::s3:listObjectsV2` lists them",
    );
    report.in_aws_words("Value is not a valid resource ARN");
    None
}

/// The position of a field's value in `names`.
fn word(
    fields: &mut Fields<'_>,
    name: &'static str,
    names: &[&'static str],
    report: &mut Report<'_>,
) -> Option<usize> {
    fields.take(name).and_then(|member| choice(&member.value, name, names, report))
}

fn input_type(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<InputType> {
    Some(match word(fields, "InputType", &INPUT_TYPES, report)? {
        0 => InputType::Csv,
        1 => InputType::Json,
        2 => InputType::JsonLines,
        3 => InputType::Parquet,
        4 => InputType::Manifest,
        _ => InputType::Avro,
    })
}

fn manifest_type(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<ManifestType> {
    Some(match word(fields, "ManifestType", &["ATHENA_DATA", "S3_INVENTORY"], report)? {
        0 => ManifestType::AthenaData,
        _ => ManifestType::S3Inventory,
    })
}

fn csv_delimiter(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<CsvDelimiter> {
    Some(match word(fields, "CSVDelimiter", &DELIMITERS, report)? {
        0 => CsvDelimiter::Comma,
        1 => CsvDelimiter::Pipe,
        2 => CsvDelimiter::Semicolon,
        3 => CsvDelimiter::Space,
        _ => CsvDelimiter::Tab,
    })
}

/// `CSVHeaders` of `"CSVHeaderLocation": "GIVEN"`. That they are unique is seen when the items are read, as in AWS.
fn csv_headers(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Vec<Arc<str>>> {
    let is_given = word(fields, "CSVHeaderLocation", &["FIRST_ROW", "GIVEN"], report) == Some(1);
    let member = if is_given { fields.require("CSVHeaders", report) } else { fields.take("CSVHeaders") }?;
    let nodes = array(&member.value, "CSVHeaders", report)?;
    if nodes.is_empty() {
        report.error(member.value.span, code::RANGE, "`CSVHeaders` may not be empty");
    }
    let names: Vec<_> = nodes.iter().map(|node| text(node, "CSVHeaders", report)).collect();
    if !is_given {
        let message = "`CSVHeaders` has no effect without `\"CSVHeaderLocation\": \"GIVEN\"`";
        report.warning(member.key_span, code::CONFLICT, message);
    }
    names.into_iter().collect::<Option<Vec<_>>>().filter(|_| is_given)
}

/// A JSON Pointer, RFC 6901.
fn items_pointer(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Arc<str>> {
    let member = fields.take("ItemsPointer")?;
    let pointer = text(&member.value, "ItemsPointer", report)?;
    let has_bad_escape = pointer.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1']));
    if (!pointer.is_empty() && !pointer.starts_with('/')) || has_bad_escape {
        let message = format!("`ItemsPointer` is a JSON Pointer, found `{pointer}`");
        report
            .error(member.value.span, code::PATH, message)
            .hint("for example `/orders/items`; `~0` stands for `~` and `~1` for `/` in a name");
        return None;
    }
    Some(pointer)
}

/// What the action needs, and what it cannot have.
fn check_source(fields: &Fields<'_>, config: &ReaderConfig, action: ReaderAction, report: &mut Report<'_>) {
    let mut conflict = |name: &str, message: &str| {
        if let Some(member) = fields.get(name) {
            report.error(member.key_span, code::CONFLICT, message);
        }
    };
    match action {
        ReaderAction::GetObject if config.loads_and_flattens => {
            conflict(
                "Transformation",
                "`LOAD_AND_FLATTEN` needs the listing of a bucket, `arn:aws:states:::s3:listObjectsV2`",
            );
        }
        ReaderAction::ListObjects if config.manifest_type.is_some() => {
            conflict("ManifestType", "a manifest is one object, which `arn:aws:states:::s3:getObject` reads");
        }
        ReaderAction::ListObjects if config.input_type == Some(InputType::Manifest) => {
            conflict("InputType", "a manifest is one object, which `arn:aws:states:::s3:getObject` reads");
        }
        ReaderAction::GetObject | ReaderAction::ListObjects => {}
    }
    let is_typed = fields.get("InputType").is_some();
    let is_needed = match action {
        ReaderAction::GetObject => fields.get("ManifestType").is_none(),
        ReaderAction::ListObjects => config.loads_and_flattens,
    };
    if is_needed && !is_typed {
        report.error(fields.span, code::MISSING_FIELD, "`ReaderConfig` needs the field `InputType`");
        report.in_aws_words("These fields are required: [InputType]");
    }
    if action == ReaderAction::ListObjects && !config.loads_and_flattens {
        warn(fields, "InputType", "without `\"Transformation\": \"LOAD_AND_FLATTEN\"`", report);
    }
}

/// What the form of the items needs, and what it does not use.
fn check_form(fields: &Fields<'_>, config: &ReaderConfig, report: &mut Report<'_>) {
    let is_csv = matches!(config.input_type, Some(InputType::Csv | InputType::Manifest))
        || config.manifest_type == Some(ManifestType::S3Inventory);
    if let (Some(manifest), Some(member)) = (config.manifest_type, fields.get("InputType")) {
        check_manifest(manifest, config.input_type, member, report);
    } else if config.manifest_type == Some(ManifestType::AthenaData) {
        let message =
            "`ReaderConfig` needs the field `InputType`: the form of the objects that the manifest names";
        report.error(fields.span, code::MISSING_FIELD, message);
    }
    if config.input_type.is_some() && !is_csv {
        for name in ["CSVDelimiter", "CSVHeaderLocation", "CSVHeaders"] {
            warn(fields, name, "on items that are not CSV", report);
        }
    }
    if config.input_type.is_some_and(|it| it != InputType::Json) || config.manifest_type.is_some() {
        warn(fields, "ItemsPointer", "on items that are not JSON", report);
    }
}

fn check_manifest(
    manifest: ManifestType,
    input_type: Option<InputType>,
    member: &Member,
    report: &mut Report<'_>,
) {
    match (manifest, input_type) {
        (ManifestType::S3Inventory, _) => {
            let message =
                "`S3_INVENTORY` and `InputType` exclude each other: the manifest names its own form";
            report.error(member.key_span, code::CONFLICT, message);
        }
        (ManifestType::AthenaData, Some(InputType::Json | InputType::Manifest)) => {
            let message = "the objects of `ATHENA_DATA` are CSV, JSONL, PARQUET or AVRO";
            report.error(member.value.span, code::CONFLICT, message);
        }
        (ManifestType::AthenaData, _) => {}
    }
}

fn warn(fields: &Fields<'_>, name: &str, circumstance: &str, report: &mut Report<'_>) {
    if let Some(member) = fields.get(name) {
        report.warning(member.key_span, code::CONFLICT, format!("`{name}` has no effect {circumstance}"));
    }
}
