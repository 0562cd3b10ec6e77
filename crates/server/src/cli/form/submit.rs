//! `tanheng form submit`: a filled-in form to where its form says, with what it changes.

use clap::Args;
use tanheng_base::FormId;

use crate::cli::ledger;
use crate::cli::session::{Exit, Failure, Session};

/// 提交填好的表单：先列出与已存版本的差别，再存证。File a filled-in form: first what it changes of
/// the stored version is told, then it is deposited.
///
/// 同一内容再次提交不产生变化，哪种文件都一样。随办理事项的表单在办理中填报。
/// The same content again changes nothing, whatever kind of file it is in. Forms of a case are
/// filled in with the case.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SubmitForm {
    /// 表单编号，模板生成的工作簿可省略。Id of the form; workbooks from a template name theirs.
    #[arg(long, value_name = "FORM")]
    form: Option<FormId>,

    /// 只列出差别，不提交。Tell what would change and file nothing.
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    filing: ledger::Submit,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng form submit ledger.xlsx --enterprise 91139900000000001P --month 2022-03 --as filer-0001
  tanheng form submit ledger.xlsx --enterprise 91139900000000001P --month 2022-03 --as filer-0001 \\
      --dry-run";

impl SubmitForm {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        self.filing.with_changes(self.form.as_ref(), self.dry_run, session)
    }
}
