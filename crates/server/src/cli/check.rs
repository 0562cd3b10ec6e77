//! `tanheng check list`: the catalogue of checks.

use clap::{Args, Subcommand};
use serde_json::json;
use tanheng_app::form::{Severity, checks};
use tanheng_base::{FormId, Lang};

use super::session::{Exit, Failure, Session};

/// 检查规则目录。The catalogue of checks.
#[derive(Debug, Args)]
pub(super) struct Checks {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
}

/// 列出对填报数据的检查规则：编号、级别、依据、起止。List what is asked of filed rows: number,
/// severity, ground and dates.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng check list --form hebei.ledger.monthly")]
struct List {
    /// 只列一张表单的。Only those of one form.
    #[arg(long, value_name = "FORM")]
    form: Option<FormId>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

impl Checks {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let Action::List(list) = self.action;
        list.run(session)
    }
}

impl List {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let mut checks = checks(&session.book(false)?)?;
        checks.retain(|check| self.form.as_ref().is_none_or(|form| check.form == *form));
        if self.json {
            session.json(&json!(checks));
            return Ok(Exit::Done);
        }
        let lang = session.lang;
        for check in checks {
            let severity = match check.severity {
                Severity::Error => session.pick("差错", "error"),
                Severity::Warning => session.pick("警告", "warning"),
                Severity::Notice => session.pick("提示", "notice"),
            };
            let waivable = match check.waivable {
                true => session.pick("可豁免", "waivable"),
                false => session.pick("不可豁免", "not waivable"),
            };
            let title = check.title.get(lang);
            let until = check.until.map(|day| format!(" – {day}")).unwrap_or_default();
            let since = check.since;
            session
                .line(format!("{}  {severity}  {title}  ({since}{until}, {waivable})", check.id));
            let when = check.when.as_ref().map_or(String::new(), |when| match lang {
                Lang::Zh => format!("当 {} 时 ", when.as_str()),
                Lang::En => format!("when {} ", when.as_str()),
            });
            session.line(format!("    {} {when}→ {}", check.form, check.must.as_str()));
            if let Some(citation) = &check.citation {
                session.line(format!("    {} {}", citation.document, citation.clause));
            }
            if let Some(reason) = &check.reason {
                session.line(format!("    {}", reason.get(lang)));
            }
        }
        Ok(Exit::Done)
    }
}
