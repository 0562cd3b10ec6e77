//! `tanheng bench import`: a ledger of many rows as a workbook, read, checked and computed.

use std::num::NonZero;

use clap::Args;
use serde_json::json;
use tanheng_app::bench::{account, ledger_workbook};
use tanheng_base::Month;

use crate::cli::session::{Exit, Failure, Session};
use crate::clock::Stopwatch;

/// Excel台账：读入、检查并核算一个月。A ledger from Excel: read, checked and computed.
///
/// 一个工作簿先生成好，不计时；然后从字节到排放量计时。
/// The workbook is made first, untimed; then the time from its bytes to the emission is taken.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng bench import --rows 12000")]
pub(super) struct Import {
    /// 行数。How many rows.
    #[arg(long, value_name = "N", default_value = "12000")]
    rows: NonZero<usize>,

    /// 轮数，取最快一轮。Rounds, of which the fastest counts.
    #[arg(long, value_name = "R", default_value = "5")]
    rounds: NonZero<usize>,

    /// 末行输出JSON。End with one line of JSON.
    #[arg(long)]
    json: bool,
}

/// The month, industry and region whose rules apply.
const MONTH: &str = "2022-03";
const INDUSTRY: &str = "power";
const REGION: &str = "130000";

impl Import {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let law = session.book(false)?;
        let month: Month = MONTH.parse().map_err(|_| unsound())?;
        let region = REGION.parse().map_err(|_| unsound())?;
        let bytes = ledger_workbook(&law, self.rows.get())?;
        let mut fastest = None;
        for _ in 0..self.rounds.get() {
            let watch = Stopwatch::start();
            let accounted = account(&law, &bytes, month, (INDUSTRY, &region))?;
            let time = watch.elapsed();
            if fastest.as_ref().is_none_or(|(least, _)| time < *least) {
                fastest = Some((time, accounted));
            }
        }
        let Some((time, accounted)) = fastest else { return Ok(Exit::Differs) };
        let (rows, findings, direct) = (accounted.rows, accounted.findings, accounted.direct);
        let (size, ms) = (bytes.len(), time.as_millis());
        session.line(match session.lang {
            tanheng_base::Lang::Zh => format!(
                "{rows}行、{size}字节的工作簿，读入、检查并核算用时{ms}毫秒：直接排放 {direct} tCO2，检查结果{findings}条"
            ),
            tanheng_base::Lang::En => format!(
                "a workbook of {rows} rows and {size} bytes, read, checked and computed in {ms} ms: \
                 direct {direct} tCO2, {findings} findings"
            ),
        });
        if self.json {
            session.line(
                json!({
                    "suite": "import",
                    "results": [{ "name": "tanheng", "rows": rows, "bytes": size, "ms": ms }],
                    "direct": direct, "findings": findings,
                })
                .to_string(),
            );
        }
        Ok(Exit::Done)
    }
}

fn unsound() -> Failure {
    Failure::new(
        "bench.unsound",
        tanheng_base::Text::new("测速程序的常量有误", "a constant of the benchmark is wrong"),
        tanheng_base::Text::new("请报告此问题", "report this"),
    )
}
