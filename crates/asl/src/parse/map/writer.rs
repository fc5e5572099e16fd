//! `ResultWriter`: where the results go, and in which form. Source: AWS, "`ResultWriter`".

use super::super::code;
use super::super::fields::{Fields, choice, text};
use super::super::report::Report;
use super::super::scope::Builder;
use crate::resource::Resource;
use crate::source::Member;
use crate::state::map::{OutputType, ResultWriter, Transformation, WriterConfig};

impl Builder {
    /// Reads `ResultWriter`.
    pub(super) fn result_writer(
        &mut self,
        fields: &mut Fields<'_>,
        report: &mut Report<'_>,
    ) -> Option<ResultWriter> {
        let member = fields.take("ResultWriter")?;
        let mut writer = Fields::new(&member.value, member.key_span, "`ResultWriter`", report)?;
        let resource = writer.take("Resource");
        let has_arguments = writer.get("Parameters").is_some() || writer.get("Arguments").is_some();
        let arguments = self.bucket_arguments(&mut writer, &["Bucket"], report);
        let config = writer.take("WriterConfig");
        match (resource, has_arguments) {
            (Some(resource), true) => check_resource(resource, report),
            (Some(resource), false) => {
                check_resource(resource, report);
                incomplete(
                    "`ResultWriter` needs `Parameters` (in JSONata `Arguments`) with its `Resource`",
                    member,
                    report,
                );
            }
            (None, true) => incomplete("`ResultWriter` needs the field `Resource`", member, report),
            (None, false) if config.is_none() => {
                incomplete(
                    "`ResultWriter` needs a place (`Resource` and its arguments), `WriterConfig` or both",
                    member,
                    report,
                );
            }
            (None, false) => {}
        }
        let read = config.map(|config| writer_config(config, report));
        writer.finish(report);
        Some(ResultWriter { arguments, config: read.flatten() })
    }
}

fn incomplete(message: &str, member: &Member, report: &mut Report<'_>) {
    report
        .error(member.key_span, code::MISSING_FIELD, message)
        .hint("the place is `\"Resource\": \"arn:aws:states:::s3:putObject\"` with a `Bucket` and perhaps a `Prefix`");
}

fn check_resource(member: &Member, report: &mut Report<'_>) {
    let Some(arn) = text(&member.value, "Resource", report) else { return };
    if !Resource::parse(&arn).is_some_and(|resource| resource.is("s3", "putObject")) {
        report
            .error(member.value.span, code::RESOURCE, format!("`ResultWriter` writes nothing to `{arn}`"))
            .hint("`arn:aws:states:::s3:putObject` writes to a bucket");
        report.in_aws_words("Value is not a valid resource ARN");
    }
}

fn writer_config(member: &Member, report: &mut Report<'_>) -> Option<WriterConfig> {
    let mut fields = Fields::new(&member.value, member.key_span, "`WriterConfig`", report)?;
    let transformation = fields.require("Transformation", report).and_then(|member| {
        Some(match choice(&member.value, "Transformation", &["NONE", "COMPACT", "FLATTEN"], report)? {
            0 => Transformation::None,
            1 => Transformation::Compact,
            _ => Transformation::Flatten,
        })
    });
    let output_type = fields.require("OutputType", report).and_then(|member| {
        Some(match choice(&member.value, "OutputType", &["JSON", "JSONL"], report)? {
            0 => OutputType::Json,
            _ => OutputType::JsonLines,
        })
    });
    fields.finish(report);
    Some(WriterConfig { transformation: transformation?, output_type: output_type? })
}
