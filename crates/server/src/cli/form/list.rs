//! `tanheng form list`: the forms of the law.

use clap::Args;
use serde_json::{Value as Json, json};
use tanheng_app::form::{Layout, Period, forms};

use crate::cli::session::{Exit, Failure, Session};

/// 列出全部表单。List all forms.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng form list")]
pub(super) struct List {
    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let forms = forms(&session.book(false)?)?;
        if self.json {
            let list: Vec<Json> = forms
                .iter()
                .map(|form| {
                    json!({
                        "id": form.id, "version": form.version, "digest": form.digest,
                        "title": form.title, "layout": form.layout, "period": form.period,
                        "command": form.command, "citation": form.citation,
                        "fields": form.fields.len(),
                    })
                })
                .collect();
            session.json(&Json::Array(list));
            return Ok(Exit::Done);
        }
        for form in forms {
            let period = match form.period {
                Period::Month => session.pick("按月", "monthly"),
                Period::Year => session.pick("按年", "yearly"),
                Period::None => session.pick("随办理事项", "with a case"),
            };
            let layout = match form.layout {
                Layout::Table => session.pick("表格", "table"),
                Layout::Record => session.pick("单条", "record"),
            };
            let title = form.title.get(session.lang).to_owned();
            let (id, version, fields) = (&form.id, &form.version, form.fields.len());
            let fields = match session.lang {
                tanheng_base::Lang::Zh => format!("{fields}个字段"),
                tanheng_base::Lang::En => format!("{fields} fields"),
            };
            session.line(format!("{id}@{version}  {title}  ({period}, {layout}, {fields})"));
        }
        Ok(Exit::Done)
    }
}
