//! `tanheng form show`: one form with its fields.

use clap::Args;
use serde_json::json;
use tanheng_app::form::{FieldKind, form, json_schema};
use tanheng_base::FormId;

use crate::cli::session::{Exit, Failure, Session};

/// 显示一张表单的字段和要求。Show the fields of a form and what they ask for.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Show {
    /// 表单编号。Id of the form.
    form: FormId,

    /// 输出定义的JSON。Print the definition as JSON.
    #[arg(long, conflicts_with = "schema")]
    json: bool,

    /// 输出 JSON Schema，供程序填报。Print a JSON Schema, for programs that fill it in.
    #[arg(long)]
    schema: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng form show hebei.ledger.monthly
  tanheng form show hebei.ledger.monthly --schema";

impl Show {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let form = form(&session.book(false)?, &self.form)?;
        if self.schema {
            session.json(&json_schema(&form, session.lang));
            return Ok(Exit::Done);
        }
        if self.json {
            session.json(&json!(form));
            return Ok(Exit::Done);
        }
        let lang = session.lang;
        session.line(format!("{}@{}  {}", form.id, form.version, form.title.get(lang)));
        let citation = &form.citation;
        session.line(format!("  {} {}", citation.document, citation.clause));
        if let Some(note) = &form.note {
            session.line(format!("  {}", note.get(lang)));
        }
        for field in &form.fields {
            let asked = match (field.required, field.required_when.is_empty()) {
                (true, _) => session.pick("必填", "asked for"),
                (false, false) => session.pick("部分行必填", "asked for in some rows"),
                (false, true) => session.pick("可空", "may be empty"),
            };
            let kind = match &field.kind {
                FieldKind::Text { .. } => session.pick("文字", "text").to_owned(),
                FieldKind::Number(_) => session.pick("数值", "number").to_owned(),
                FieldKind::Date => session.pick("日期", "day").to_owned(),
                FieldKind::Bool => session.pick("是否", "yes or no").to_owned(),
                FieldKind::Code { pattern, .. } => pattern.name().to_owned(),
                FieldKind::Choice { values, .. } => {
                    let labels: Vec<&str> = values.iter().map(|v| v.label.get(lang)).collect();
                    labels.join(" | ")
                }
            };
            let (name, title) = (&field.name, field.title.get(lang));
            session.line(format!("  {name}  {title}  [{kind}; {asked}]"));
            session.line(format!("      {}", field.help.get(lang)));
        }
        Ok(Exit::Done)
    }
}
