//! `tanheng replay`: the derived tables rebuilt from the journal and compared.

use clap::Args;
use serde_json::json;
use tanheng_app::replay;

use super::book::Data;
use super::progress::Bar;
use super::session::{Exit, Failure, Session};

/// 由日志重建全部派生表并逐表比对。Rebuild every derived table from the journal and compare.
///
/// 一致时退出码 0；不一致时列出表和行，退出码 1。
/// Ends with 0 when all agrees, and with 1, naming table and row, when not.
#[derive(Debug, Args)]
#[command(after_help = "例 example:\n  tanheng replay --data ./tanheng-data")]
pub(super) struct Replay {
    #[command(flatten)]
    data: Data,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

impl Replay {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let book = self.data.book()?;
        let mut bar = Bar::new(session.pick("重放日志", "replaying the journal"));
        let replayed = replay(&book.reader()?, |done, of| bar.set(done, of))?;
        bar.finish();
        if self.json {
            session.json(&json!({ "agrees": replayed.agrees(), "replay": replayed }));
        } else {
            for table in &replayed.tables {
                session.line(format!("{:<18} {:>8}  {}", table.table, table.rows, table.digest));
            }
            for (table, watch) in replayed.not_derived {
                session.line(format!("{table:<18} {:>8}  {watch}", "–"));
            }
            for sequence in &replayed.erased {
                session.line(match session.pick("zh", "en") {
                    "zh" => format!("条目 {sequence}：内容已擦除"),
                    _ => format!("entry {sequence}: its content was erased"),
                });
            }
            for difference in &replayed.differences {
                session.remark(format!(
                    "{} [{}]: {}",
                    difference.table, difference.row, difference.what
                ));
            }
            session.line(match (replayed.agrees(), session.pick("zh", "en")) {
                (true, "zh") => format!("一致：{} 条记录重放后与全部派生表相同", replayed.entries),
                (true, _) => {
                    format!("agrees: {} entries give every derived table", replayed.entries)
                }
                (false, "zh") => format!("不一致：{} 张表", replayed.differences.len()),
                (false, _) => format!("differs: {} tables", replayed.differences.len()),
            });
        }
        Ok(if replayed.agrees() { Exit::Done } else { Exit::Differs })
    }
}
