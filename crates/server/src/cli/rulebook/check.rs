//! `tanheng rulebook check`: everything that is wrong with packs, each with its place.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value as Json, json};
use tanheng_app::case::Casebook;
use tanheng_app::rulebook::readable;
use tanheng_base::Lang;
use tanheng_rulebook::{Rulebook, RulebookVersion, check};

use super::choose;
use crate::cli::session::{Exit, Failure, Session, diagnostic_json};

/// 核对规则包：单位、条款、日期、公式、规则，以及表单、检查规则和流程。Check packs: units, clauses,
/// dates, formulas, rules; also forms, checks and procedures.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// 规则包的文件夹，或含若干规则包的文件夹；缺省为自带的全部规则包。Folder of a pack, or of
    /// several; all built-in packs by default. What they build on is taken from there.
    #[arg(value_name = "DIR")]
    dirs: Vec<PathBuf>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook check
  tanheng rulebook check rulebooks/cn-hebei --lang en";

impl Check {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let chosen = choose(&self.dirs, session)?;
        let wrong = check(&chosen.packs);
        let count = chosen.packs.len();
        let version = RulebookVersion::of(&chosen.packs);
        let exit = if wrong.is_empty() { Exit::Done } else { Exit::Differs };
        if self.json {
            let found: Vec<Json> = wrong.iter().map(diagnostic_json).collect();
            let book = Rulebook::load(chosen.packs).ok();
            let cases = book.and_then(|book| readable(&book).err());
            let faults: Vec<Json> =
                cases.iter().flat_map(|failure| failure.problems()).map(|one| json!(one)).collect();
            let exit = if faults.is_empty() { exit } else { Exit::Differs };
            session.json(&json!({ "version": version, "diagnostics": found, "faults": faults }));
            return Ok(exit);
        }
        for diagnostic in &wrong {
            let rendered = session.rendered(diagnostic);
            session.line(format!("{rendered}\n"));
        }
        let summary = match (wrong.len(), session.lang) {
            (0, Lang::Zh) => format!("规则包 {count} 个，未发现问题"),
            (0, Lang::En) => format!("packs: {count}; nothing wrong"),
            (errors, Lang::Zh) => format!("规则包 {count} 个，有 {errors} 处问题"),
            (errors, Lang::En) => format!("packs: {count}; mistakes: {errors}"),
        };
        session.line(summary);
        let Ok(book) = Rulebook::load(chosen.packs) else { return Ok(exit) };
        session.line(holds(&book, session.lang));
        match readable(&book) {
            Ok(casebook) => {
                session.line(runs(&casebook, session.lang));
                Ok(exit)
            }
            Err(failure) => {
                for problem in failure.problems() {
                    let line = problem.render(session.lang);
                    session.line(line);
                }
                Ok(Exit::Differs)
            }
        }
    }
}

/// What cases run by, in numbers.
fn runs(casebook: &Casebook, lang: Lang) -> String {
    let (forms, procedures) = (casebook.forms().count(), casebook.procedures().count());
    let (registers, years) = (casebook.registers().count(), casebook.calendar.years().count());
    let rehearsals = casebook.rehearsals.len();
    match lang {
        Lang::Zh => format!(
            "表单 {forms}，流程 {procedures}，名录 {registers}，工作日历 {years} 年，演练 {rehearsals}"
        ),
        Lang::En => format!(
            "{forms} forms, {procedures} procedures, {registers} registers, calendars of {years} years, {rehearsals} rehearsals"
        ),
    }
}

/// What a rulebook holds, in numbers.
fn holds(book: &Rulebook, lang: Lang) -> String {
    let (documents, regions) = (book.documents().count(), book.regions().len());
    let (parameters, tables) = (book.parameters().count(), book.tables().count());
    let rows: usize = book.tables().map(|table| table.rows.len()).sum();
    let (methods, cases) = (book.methods().count(), book.cases().len());
    let version = book.version().short();
    match lang {
        Lang::Zh => format!(
            "文件 {documents}，地区 {regions}，参数 {parameters}，表 {tables}（{rows} 行），方法 {methods}，算例 {cases}；版本 {version}"
        ),
        Lang::En => format!(
            "{documents} documents, {regions} regions, {parameters} parameters, {tables} tables ({rows} rows), {methods} methods, {cases} cases; version {version}"
        ),
    }
}
