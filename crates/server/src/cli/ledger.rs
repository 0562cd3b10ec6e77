//! `tanheng ledger submit`: a month's ledger into the book, a receipt out of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;
use tanheng_app::form::{
    Change, CheckFinding, File, Form, Media, Severity, Sheet, difference, read, run_checks,
};
use tanheng_app::ledger::{Submit as Command, form as ledger_form};
use tanheng_app::read::Reader;
use tanheng_app::{Acknowledged, Book, Rulebooks, receipt};
use tanheng_base::{EnterpriseId, FormId, Month, Problem, Text};
use tanheng_rulebook::Rulebook;

use super::book::Acting;
use super::form::{form_for, tell_changes};
use super::session::{Exit, Failure, Session};

/// 月度碳排放台账。Monthly carbon-emission ledgers.
#[derive(Debug, Args)]
pub(super) struct Ledger {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Submit(Submit),
}

/// 提交一个月的台账并取得回执。Deposit the ledger of a month and take its receipt.
///
/// 全部差错一次列出，有差错时什么都不保存；同一内容再次提交不产生变化，仍给出首次的条目。
/// All faults are listed at once, and with a fault nothing is stored; the same content again changes
/// nothing and leads to the first entry.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Submit {
    /// 填好的表，.xlsx、.csv 或 .json。The file, .xlsx, .csv or .json.
    file: PathBuf,

    /// 统一社会信用代码。Unified social credit code.
    #[arg(long, value_name = "USCC")]
    enterprise: String,

    /// 月份，如 2022-03。The month, such as 2022-03.
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,

    /// 所答复的核查不符合项编号。The finding of the verification that it answers.
    #[arg(long, value_name = "ID")]
    finding: Option<String>,

    /// 回执写到此文件，缺省在账簿的 receipts/ 下。Where to write the receipt, by default in the
    /// folder receipts of the book.
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,

    /// 以JSON输出，错误也是。Print JSON, errors too.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    acting: Acting,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng ledger submit examples/ledgers/power-2022-03.csv --enterprise 91139900000000001P \\
      --month 2022-03 --as filer-0001 --data ./tanheng-data
  tanheng ledger submit ledger.xlsx --enterprise 91139900000000001P --month 2022-05 \\
      --as filer-0001 --finding 91139900000000001P/2022/1";

impl Ledger {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let Action::Submit(submit) = self.action;
        submit.told(session, |submit, session| {
            let prepared = submit.prepare(None)?;
            submit.deposit(&prepared, prepared.file.sheet.clone(), None, session)
        })
    }
}

/// A file that was read for the book it goes to.
struct Prepared {
    enterprise: EnterpriseId,
    book: Book,
    law: Arc<Rulebook>,
    form: Form,
    file: File,
}

impl Submit {
    /// Tells what the file changes of the stored version and what the checks find, then deposits
    /// it, unless nothing is to be filed.
    pub(super) fn with_changes(
        self,
        form: Option<&FormId>,
        dry_run: bool,
        session: &mut Session<'_>,
    ) -> Result<Exit, Failure> {
        self.told(session, |submit, session| {
            let prepared = submit.prepare(form)?;
            let reader = submit.reader(&prepared.book)?;
            let findings = prepared.findings(&reader, submit.month)?;
            let own = &prepared.form;
            let period = submit.month.to_string();
            let stored = reader.filed_sheet(&prepared.enterprise, &own.id, &period)?;
            let before = stored.and_then(|stored| stored.sheet);
            let changes = before.as_ref().map(|old| difference(own, old, &prepared.file.sheet));
            if !submit.json {
                submit.tell_before(own, changes.as_deref(), &findings, session);
            }
            let errors: Vec<Problem> = findings
                .into_iter()
                .filter(|finding| finding.severity == Severity::Error)
                .map(|finding| finding.problem)
                .collect();
            if !errors.is_empty() {
                return Err(Failure::Problems(errors));
            }
            if dry_run {
                if submit.json {
                    session.json(&json!({ "changes": changes, "filed": false }));
                } else {
                    session.line(session.pick("未提交", "nothing was filed"));
                }
                return Ok(Exit::Done);
            }
            // the same values in another file are the same content
            let unchanged = before.filter(|_| changes.as_ref().is_some_and(Vec::is_empty));
            let kept = unchanged.map(|stored| stored.under(own));
            let sheet = kept.unwrap_or_else(|| prepared.file.sheet.clone());
            submit.deposit(&prepared, sheet, changes.as_deref(), session)
        })
    }

    /// Errors go to standard output as JSON where that is asked for.
    fn told(
        self,
        session: &mut Session<'_>,
        work: impl FnOnce(&Self, &mut Session<'_>) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        match work(&self, session) {
            Err(failure) if self.json => {
                session.json(&failure.to_json());
                Ok(Exit::Differs)
            }
            other => other,
        }
    }

    fn prepare(&self, form: Option<&FormId>) -> Result<Prepared, Failure> {
        let enterprise: EnterpriseId = self.enterprise.parse()?;
        let book = self.acting.data.book()?;
        let media = Media::of(&self.file.to_string_lossy())?;
        let bytes = fs::read(&self.file).map_err(|error| unreadable(&self.file, &error))?;
        let law = latest_law(&book)?;
        let ledger = ledger_form(&law)?;
        let form = match form {
            None if media != Media::Xlsx => ledger,
            asked => {
                let own = form_for(&law, asked.or(Some(&ledger.id)), media, &bytes)?;
                if own.id != ledger.id {
                    return Err(within_a_case(&own));
                }
                own
            }
        };
        let file = read(&form, media, &bytes)?;
        if let Some(origin) = &file.origin {
            let (own, month) = (enterprise.as_str(), self.month.to_string());
            let other =
                |made: &Option<String>, asked: &str| made.clone().filter(|made| made != asked);
            let made = other(&origin.enterprise, own).or(other(&origin.period, &month));
            if let Some(made) = made {
                return Err(made_for_another(&made));
            }
        }
        Ok(Prepared { enterprise, book, law, form, file })
    }

    fn reader(&self, book: &Book) -> Result<Reader, Failure> {
        let actor = tanheng_app::actor::find(&book.reader()?, &self.acting.actor)?;
        Ok(Reader::open(book, Arc::new(Rulebooks::default()), actor)?)
    }

    fn deposit(
        &self,
        prepared: &Prepared,
        sheet: Sheet,
        changes: Option<&[Change]>,
        session: &mut Session<'_>,
    ) -> Result<Exit, Failure> {
        let (book, executor) = self.acting.start()?;
        let (enterprise, finding) = (prepared.enterprise.clone(), self.finding.clone());
        let command = Command { enterprise, month: self.month, sheet, finding };
        let acknowledged = executor.run(&self.acting.actor, None, command)?;
        let path = self.write_receipt(&book, &acknowledged)?;
        self.tell(session, &acknowledged, &path, changes);
        Ok(Exit::Done)
    }

    fn tell_before(
        &self,
        form: &Form,
        changes: Option<&[Change]>,
        findings: &[CheckFinding],
        session: &mut Session<'_>,
    ) {
        match changes {
            None => session.line(session.pick("首次填报", "filed for the first time")),
            Some([]) => {
                session.line(session.pick("与已存版本相同", "the same as the stored version"))
            }
            Some(changes) => {
                session.line(session.pick("与已存版本的差别：", "changes of the stored version:"));
                tell_changes(form, changes, session);
            }
        }
        for finding in findings.iter().filter(|finding| finding.severity != Severity::Error) {
            session.line(finding.problem.render(session.lang));
        }
    }

    fn write_receipt(&self, book: &Book, done: &Acknowledged) -> Result<PathBuf, Failure> {
        let text = receipt::issue(book, &book.reader()?, done.sequence)?;
        let path = self.receipt.clone().unwrap_or_else(|| {
            let name = format!("{}-{}-{}.json", self.enterprise, self.month, done.sequence);
            book.folder().join("receipts").join(name)
        });
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| unwritable(&path, &error))?;
        }
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
        Ok(path)
    }

    fn tell(
        &self,
        session: &mut Session<'_>,
        done: &Acknowledged,
        path: &Path,
        changes: Option<&[Change]>,
    ) {
        if self.json {
            let mut told = json!({
                "sequence": done.sequence,
                "time": done.time.to_string(),
                "leaf": hex(&done.leaf),
                "repeated": done.repeated,
                "outcome": done.fields,
                "receipt": path,
            });
            if let Some(changes) = changes {
                told["changes"] = json!(changes);
            }
            session.json(&told);
            return;
        }
        let field = |name: &str| {
            let value = done.fields.get(name).cloned().unwrap_or_default();
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        };
        let line = match (session.pick("zh", "en"), done.repeated) {
            ("zh", false) => format!("已存证：{}，条目 {}", field("filing"), done.sequence),
            ("zh", true) => {
                format!("内容与已存证的相同，无变化：{}，条目 {}", field("filing"), done.sequence)
            }
            (_, false) => format!("deposited: {}, entry {}", field("filing"), done.sequence),
            (_, true) => format!(
                "the same content is deposited already, nothing changed: {}, entry {}",
                field("filing"),
                done.sequence
            ),
        };
        session.line(line);
        let unit = field("unit");
        let tonnes = |name: &str| match done.fields.get(name).and_then(|value| value.as_str()) {
            Some(number) => format!("{number} {unit}"),
            None => session.pick("缺失", "missing").to_owned(),
        };
        let (direct, indirect, total) = (tonnes("direct"), tonnes("indirect"), tonnes("total"));
        session.line(match session.pick("zh", "en") {
            "zh" => format!("直接排放 {direct}，购入电力 {indirect}，合计 {total}"),
            _ => format!("direct {direct}, purchased electricity {indirect}, total {total}"),
        });
        if done.fields.get("trial").and_then(serde_json::Value::as_bool) == Some(true) {
            session.line(session.pick(
                "试算：有未经核实的数值参与计算",
                "TRIAL: something unverified took part in the calculation",
            ));
        }
        let undecided = done.fields.get("undecided").and_then(serde_json::Value::as_array);
        for name in undecided.into_iter().flatten().filter_map(serde_json::Value::as_str) {
            session.line(match session.pick("zh", "en") {
                "zh" => format!("不完整：法规尚未明确 {name}，该部分排放量缺失（不是0）"),
                _ => {
                    format!("incomplete: the law leaves {name} open, that part is missing (not 0)")
                }
            });
        }
        session.line(format!("{} {}", session.pick("回执", "receipt"), path.display()));
    }
}

impl Prepared {
    /// What the checks find, in the region of the enterprise.
    fn findings(&self, reader: &Reader, month: Month) -> Result<Vec<CheckFinding>, Failure> {
        let Some(region) = reader.region_of(&self.enterprise)? else { return Ok(Vec::new()) };
        let checks = tanheng_app::form::checks(&self.law)?;
        let own = (&self.form, &self.file.sheet);
        Ok(run_checks(&self.law, &checks, own, month.last_day(), &region))
    }
}

fn within_a_case(form: &Form) -> Failure {
    let id = &form.id;
    Failure::new(
        "form.within_case",
        Text::new(
            format!("`{id}` 随办理事项填报，不单独提交"),
            format!("`{id}` is filled in with a case and is not filed alone"),
        ),
        Text::new("在相应的办理中填报", "fill it in with its case"),
    )
}

fn made_for_another(made: &str) -> Failure {
    Failure::new(
        "workbook.other_filing",
        Text::new(
            format!("工作簿是为 `{made}` 制作的"),
            format!("the workbook was made for `{made}`"),
        ),
        Text::new(
            "核对企业和月份，或为该企业和月份重新生成模板",
            "check enterprise and month, or make a template for them",
        ),
    )
}

/// The law of a book.
pub(super) fn latest_law(book: &Book) -> Result<Arc<Rulebook>, Failure> {
    let rulebooks = Rulebooks::default();
    let purpose = tanheng_app::read::record::RulebookPurpose::Law;
    let law = rulebooks.latest(&book.reader()?, purpose)?;
    law.ok_or_else(|| {
        Failure::new(
            "rulebook.none",
            Text::new("本库尚未发布规则库", "this book has no rulebook yet"),
            Text::new("请先发布规则库", "publish a rulebook first"),
        )
    })
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file of the user that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    Failure::new(
        "ledger.unreadable",
        Text::new(format!("无法读取 `{path}`：{error}"), format!("cannot read `{path}`: {error}")),
        Text::new("请核对路径和权限", "check path and permissions"),
    )
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    Failure::new(
        "receipt.unwritable",
        Text::new(
            format!("台账已存证，但回执写不到 `{path}`：{error}"),
            format!(
                "the ledger is deposited, but its receipt cannot be written to `{path}`: {error}"
            ),
        ),
        Text::new(
            "重新提交同一文件即可再次取得回执",
            "submit the same file again to take the receipt again",
        ),
    )
}
