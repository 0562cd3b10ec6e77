//! `tanheng audit`: the log, the openings and every decision, checked again.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tanheng_app::audit;
use tanheng_base::Text;

use super::book::Data;
use super::progress::Bar;
use super::session::{Exit, Failure, Session};

/// 审计：日志、内容承诺，并以当时的规则库重新作出每个决定。Audit: the log, the commitments, and
/// every decision made again with the rulebook of its day.
///
/// 一致时退出码 0；不一致时列出表和行，退出码 1。
/// Ends with 0 when all agrees, and with 1, naming table and row, when not.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Audit {
    #[command(flatten)]
    data: Data,

    /// 他人保存的检查点、回执或导出的日志文件夹：证明今天的日志是它的延续。A checkpoint, receipt or
    /// exported folder that somebody else kept: proves that today's log extends it.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng audit --data ./tanheng-data
  tanheng audit --data ./tanheng-data --against receipt.json";

impl Audit {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let book = self.data.book()?;
        let against = self.against.as_ref().map(|path| {
            let mirrored = path.join(tanheng_app::log::CHECKPOINT);
            let path = if path.is_dir() { &mirrored } else { path };
            fs::read_to_string(path).map_err(|error| {
                let path = path.display();
                Failure::new(
                    "audit.unreadable",
                    Text::new(
                        format!("无法读取 `{path}`：{error}"),
                        format!("cannot read `{path}`: {error}"),
                    ),
                    Text::new("请核对路径", "check the path"),
                )
            })
        });
        let against = against.transpose()?;
        let mut bar = Bar::new(session.pick("审计日志", "auditing the journal"));
        let sql = book.reader()?;
        let audited = audit(&book, &sql, against.as_deref(), |done, of| bar.set(done, of))?;
        bar.finish();
        if self.json {
            session.json(&json!({ "agrees": audited.agrees(), "audit": audited }));
        } else {
            for sequence in &audited.erased {
                session.line(match session.pick("zh", "en") {
                    "zh" => format!("条目 {sequence}：内容已擦除，证明仍在"),
                    _ => format!("entry {sequence}: its content was erased, its proof stands"),
                });
            }
            for sequence in &audited.rests_on_erased {
                session.line(match session.pick("zh", "en") {
                    "zh" => format!("条目 {sequence}：依据已擦除的内容，无法重新决定"),
                    _ => format!(
                        "entry {sequence}: rests on erased content, cannot be decided again"
                    ),
                });
            }
            for finding in &audited.findings {
                session.remark(format!("{} [{}]: {}", finding.table, finding.row, finding.what));
            }
            if let Some(size) = audited.extends {
                session.line(match session.pick("zh", "en") {
                    "zh" => format!("今天的日志是所给 {size} 条记录的延续"),
                    _ => format!("today's log extends the {size} entries of the given one"),
                });
            }
            session.line(format!("{} {}", session.pick("日志根", "root of the log"), audited.root));
            session.line(match (audited.agrees(), session.pick("zh", "en")) {
                (true, "zh") => format!(
                    "一致：{} 条记录，{} 个决定重新作出后相同",
                    audited.entries, audited.decided_again
                ),
                (true, _) => format!(
                    "agrees: {} entries, {} decisions made again alike",
                    audited.entries, audited.decided_again
                ),
                (false, "zh") => format!("不一致：{} 处", audited.findings.len()),
                (false, _) => format!("differs: {} findings", audited.findings.len()),
            });
        }
        Ok(if audited.agrees() { Exit::Done } else { Exit::Differs })
    }
}
