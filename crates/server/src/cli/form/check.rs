//! `tanheng form check`: a filled-in form against its form and the catalogue, nothing stored.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tanheng_app::form::{CheckFinding, Form, Media, Severity, checks, read, remarked, run_checks};
use tanheng_base::{Date, FormId, Month, Problem, RegionCode, Text};
use tanheng_rulebook::Rulebook;

use super::{form_for, write};
use crate::cli::ledger::unreadable;
use crate::cli::session::{Exit, Failure, Session};
use crate::clock::today;

/// 检查填好的表单，不保存。Check a filled-in form; nothing is stored.
///
/// 全部差错一次列出；--out 另存一份工作簿，差错写成单元格批注。
/// All faults are listed at once; with --out a copy of the workbook has them as comments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// 填好的表，.xlsx、.csv 或 .json。The file, .xlsx, .csv or .json.
    file: PathBuf,

    /// 表单编号，模板生成的工作簿可省略。Id of the form; workbooks from a template name theirs.
    #[arg(long, value_name = "FORM")]
    form: Option<FormId>,

    /// 月份，检查规则按该月取；缺省取模板所写，再缺省取今天。The month whose checks are asked; by
    /// default that of the template, else today.
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<Month>,

    /// 地区编码，缺省为规则库中的省。Code of the region, by default the province of the rulebook.
    #[arg(long, value_name = "CODE")]
    region: Option<RegionCode>,

    /// 带批注的工作簿写到此文件。Where to write the workbook with comments.
    #[arg(long, value_name = "FILE.xlsx")]
    out: Option<PathBuf>,

    /// 以JSON输出，差错也是。Print JSON, errors too.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng form check ledger.xlsx --out ledger-remarks.xlsx
  tanheng form check ledger.csv --form hebei.ledger.monthly --month 2022-03 --json";

impl Check {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let law = session.book(false)?;
        let media = Media::of(&self.file.to_string_lossy())?;
        let bytes = fs::read(&self.file).map_err(|error| unreadable(&self.file, &error))?;
        let form = form_for(&law, self.form.as_ref(), media, &bytes)?;
        let (rows, findings) = match read(&form, media, &bytes) {
            Ok(file) => {
                let written = file.origin.as_ref().and_then(|origin| origin.period.as_deref());
                let written = written.and_then(|period| period.parse::<Month>().ok());
                let at = self.month.or(written).map_or_else(today, Month::last_day);
                let found = self.findings(&law, &form, &file.sheet, at)?;
                (file.sheet.rows.len(), found)
            }
            Err(failure) if !failure.problems().is_empty() => {
                let error = |problem: &Problem| CheckFinding {
                    check: String::new(),
                    severity: Severity::Error,
                    problem: problem.clone(),
                };
                (0, failure.problems().iter().map(error).collect())
            }
            Err(failure) => return Err(failure.into()),
        };
        self.copy(&form, media, &bytes, &findings, session)?;
        Ok(self.tell(&form, rows, &findings, session))
    }

    fn findings(
        &self,
        law: &Rulebook,
        form: &Form,
        sheet: &tanheng_app::form::Sheet,
        at: Date,
    ) -> Result<Vec<CheckFinding>, Failure> {
        let regions = law.regions();
        let province = regions.iter().find(|region| region.parent.is_some());
        let region = self.region.clone().or(province.or(regions.first()).map(|r| r.code.clone()));
        let Some(region) = region else { return Ok(Vec::new()) };
        Ok(run_checks(law, &checks(law)?, (form, sheet), at, &region))
    }

    fn copy(
        &self,
        form: &Form,
        media: Media,
        bytes: &[u8],
        findings: &[CheckFinding],
        session: &mut Session<'_>,
    ) -> Result<(), Failure> {
        let Some(out) = &self.out else { return Ok(()) };
        if media != Media::Xlsx {
            return Err(Failure::new(
                "form.no_copy",
                Text::new("只有工作簿可以加批注", "only a workbook can carry comments"),
                Text::new("去掉 --out，或用 .xlsx", "leave --out away, or use .xlsx"),
            ));
        }
        let problems: Vec<Problem> = findings.iter().map(|f| f.problem.clone()).collect();
        write(out, &remarked(form, bytes, &problems, session.lang)?)?;
        let words = session.pick("带批注的工作簿", "workbook with comments").to_owned();
        session.remark(format!("{words} {}", out.display()));
        Ok(())
    }

    fn tell(
        &self,
        form: &Form,
        rows: usize,
        findings: &[CheckFinding],
        session: &mut Session<'_>,
    ) -> Exit {
        let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
        let errors = count(Severity::Error);
        if self.json {
            let of = |severity| -> Vec<&Problem> {
                let own = findings.iter().filter(|finding| finding.severity == severity);
                own.map(|finding| &finding.problem).collect()
            };
            session.json(&json!({
                "form": form.id, "version": form.version, "rows": rows,
                "errors": of(Severity::Error), "warnings": of(Severity::Warning),
                "notices": of(Severity::Notice),
            }));
        } else {
            for finding in findings {
                session.line(finding.problem.render(session.lang));
            }
            let (warnings, notices) = (count(Severity::Warning), count(Severity::Notice));
            session.line(match session.lang {
                tanheng_base::Lang::Zh => format!(
                    "{}@{}：{rows}行，差错{errors}处，警告{warnings}处，提示{notices}处",
                    form.id, form.version
                ),
                tanheng_base::Lang::En => format!(
                    "{}@{}: {rows} rows, {errors} errors, {warnings} warnings, {notices} notices",
                    form.id, form.version
                ),
            });
        }
        if errors == 0 { Exit::Done } else { Exit::Differs }
    }
}
