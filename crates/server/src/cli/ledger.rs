//! `tanheng ledger submit`: a month's ledger into the book, a receipt out of it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use tanheng_app::ledger::{Media, Submit as Command, read};
use tanheng_app::{Acknowledged, Book, Rulebooks, receipt};
use tanheng_base::{EnterpriseId, Month, Text};

use super::book::Acting;
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
struct Submit {
    /// 台账文件，.csv 或 .json。The ledger, .csv or .json.
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
  tanheng ledger submit ledger.json --enterprise 91139900000000001P --month 2022-05 \\
      --as filer-0001 --finding 91139900000000001P/2022/1";

impl Ledger {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let Action::Submit(submit) = self.action;
        let as_json = submit.json;
        match submit.run(session) {
            Err(failure) if as_json => {
                session.json(&failure.to_json());
                Ok(Exit::Differs)
            }
            other => other,
        }
    }
}

impl Submit {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let enterprise: EnterpriseId = self.enterprise.parse()?;
        let (book, executor) = self.acting.start()?;
        let name = self.file.to_string_lossy().into_owned();
        let media = Media::of(&name)?;
        let bytes = fs::read(&self.file).map_err(|error| unreadable(&self.file, &error))?;
        let law = latest_law(&book)?;
        let sheet = read(&law, media, &bytes)?;
        let command =
            Command { enterprise, month: self.month, sheet, finding: self.finding.clone() };
        let acknowledged = executor.run(&self.acting.actor, None, command)?;
        let path = self.write_receipt(&book, &acknowledged)?;
        self.tell(session, &acknowledged, &path);
        Ok(Exit::Done)
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

    fn tell(&self, session: &mut Session<'_>, done: &Acknowledged, path: &Path) {
        if self.json {
            session.json(&json!({
                "sequence": done.sequence,
                "time": done.time.to_string(),
                "leaf": hex(&done.leaf),
                "repeated": done.repeated,
                "outcome": done.fields,
                "receipt": path,
            }));
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

/// The law of a book.
pub(super) fn latest_law(
    book: &Book,
) -> Result<std::sync::Arc<tanheng_rulebook::Rulebook>, Failure> {
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

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
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
