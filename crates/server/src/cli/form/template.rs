//! `tanheng form template`: the workbook of a form, to be filled in.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tanheng_app::Rulebooks;
use tanheng_app::form::{Filled, form, template};
use tanheng_app::read::Reader;
use tanheng_base::{ActorId, EnterpriseId, FormId, Lang, Month};

use super::write;
use crate::cli::book::Data;
use crate::cli::ledger::latest_law;
use crate::cli::session::{Exit, Failure, Session};

/// 生成表单的Excel模板。Write the Excel template of a form.
///
/// 给出企业、月份和用户时，带入上一次填报中不变的内容。
/// With enterprise, month and user, what stays the same since the last filing is filled in.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Template {
    /// 表单编号。Id of the form.
    form: FormId,

    /// 写到此文件。Where to write it.
    #[arg(long, value_name = "FILE.xlsx")]
    out: PathBuf,

    /// 统一社会信用代码。Unified social credit code.
    #[arg(long, value_name = "USCC", requires = "month")]
    enterprise: Option<EnterpriseId>,

    /// 月份，如 2022-03。The month, such as 2022-03.
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<Month>,

    /// 操作用户的代号：带入上一次填报的内容。User who acts: the last filing is carried over.
    #[arg(long = "as", value_name = "USER", requires = "enterprise")]
    actor: Option<ActorId>,

    #[command(flatten)]
    data: Data,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng form template hebei.ledger.monthly --out ledger.xlsx
  tanheng form template hebei.ledger.monthly --out ledger.xlsx --enterprise 91139900000000001P \\
      --month 2022-04 --as filer-0001 --data ./tanheng-data";

impl Template {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (form, last) = match &self.actor {
            None => (form(&session.book(false)?, &self.form)?, None),
            Some(actor) => {
                let book = self.data.book()?;
                let law = latest_law(&book)?;
                let form = form(&law, &self.form)?;
                let actor = tanheng_app::actor::find(&book.reader()?, actor)?;
                let reader = Reader::open(&book, Arc::new(Rulebooks::default()), actor)?;
                let last = match (&self.enterprise, self.month) {
                    (Some(enterprise), Some(month)) => {
                        reader.last_sheet_before(enterprise, &form.id, &month.to_string())?
                    }
                    _ => None,
                };
                (form, last)
            }
        };
        let period = self.month.map(|month| month.to_string());
        let sheet = last.as_ref().and_then(|last| last.sheet.as_ref());
        let filled = Filled {
            lang: session.lang,
            enterprise: self.enterprise.as_ref().map(EnterpriseId::as_str),
            period: period.as_deref(),
            last: sheet,
            whole: None,
        };
        write(&self.out, &template(&form, &filled)?)?;
        let path = self.out.display();
        session.line(match (session.lang, &last) {
            (Lang::Zh, Some(last)) => {
                format!("模板 {path}：已带入 {} 的不变内容，请核对", last.filing.period)
            }
            (Lang::Zh, None) => format!("模板 {path}"),
            (Lang::En, Some(last)) => format!(
                "template {path}: what stays since {} is filled in, check it",
                last.filing.period
            ),
            (Lang::En, None) => format!("template {path}"),
        });
        Ok(Exit::Done)
    }
}
