//! `tanheng rulebook test`: the worked cases and rehearsals of packs, and the mistakes they must
//! refuse.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value as Json, json};
use tanheng_app::case::rehearsal::Report;
use tanheng_app::case::{casebook, rehearse};
use tanheng_base::{Code, Lang, PackId, Problem, Text};
use tanheng_rulebook::{CaseKind, CaseReport, Rulebook, bless, run_bad_cases, run_cases};

use super::{choose, folder_of};
use crate::cli::procedure::tell_rehearsals;
use crate::cli::session::{Exit, Failure, Session, diagnostic_json};

/// Where packs lie in a checkout.
const USUAL_FOLDER: &str = "rulebooks";

/// 运行算例和演练：好例须得所列结果，坏例须被拒绝，演练须如所列。Run the cases and rehearsals: good
/// cases must give the stated result, bad ones the stated diagnostics, and rehearsals must go as
/// stated.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Test {
    /// 规则包的文件夹，或含若干规则包的文件夹；缺省为自带的全部规则包。Folder of a pack, or of
    /// several; all built-in packs by default.
    #[arg(value_name = "DIR")]
    dirs: Vec<PathBuf>,

    /// 用实得的诊断改写坏例，须人工复核。Rewrite the diagnostics that bad cases state, for a reader
    /// to review. Needs a folder; ./rulebooks by default.
    #[arg(long)]
    bless: bool,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook test
  tanheng rulebook test rulebooks/cn --lang en
  tanheng rulebook test --bless";

impl Test {
    pub(super) fn run(mut self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        if self.bless {
            self.write_blessed(session)?;
        }
        let chosen = choose(&self.dirs, session)?;
        let mut reports = run_bad_cases(&chosen.packs);
        let book = Rulebook::load(chosen.packs).map_err(Failure::Packs)?;
        reports.extend(run_cases(&book));
        reports.retain(|report| chosen.asked.contains(&report.pack));
        let mut failed = reports.iter().any(|report| report.failure.is_some());
        let casebook = casebook(&book)?;
        let rehearsals = rehearse(&casebook, &book);
        if self.json {
            failed |= rehearsals.iter().any(|report| report.played.failure().is_some());
            session.json(&reports_json(&reports, &rehearsals));
        } else {
            show(&reports, session);
            let asked = chosen.asked.iter().map(ToString::to_string).collect();
            failed |= !tell_rehearsals(&rehearsals, &casebook, &asked, session);
        }
        Ok(if failed { Exit::Differs } else { Exit::Done })
    }

    fn write_blessed(&mut self, session: &mut Session<'_>) -> Result<(), Failure> {
        if self.dirs.is_empty() {
            self.dirs.push(bless_folder(session)?);
        }
        for dir in &self.dirs {
            let chosen = choose(std::slice::from_ref(dir), session)?;
            for (pack, path, text) in bless(&chosen.packs) {
                if chosen.asked.contains(&pack) {
                    let file = folder_of(dir, &pack).join(&path);
                    write(&file, &text)?;
                    let word = session.pick("已改写，请复核：", "rewritten, please review:");
                    session.remark(format!("{word} {}", file.display()));
                }
            }
        }
        Ok(())
    }
}

/// The folder whose cases are rewritten when none is named: packs built in cannot be.
fn bless_folder(session: &Session<'_>) -> Result<PathBuf, Failure> {
    if let Some(dir) = session.rulebooks() {
        return Ok(dir.clone());
    }
    let usual = Path::new(USUAL_FOLDER);
    if usual.is_dir() {
        return Ok(usual.to_path_buf());
    }
    Err(Failure::new(
        "rulebook.no_folder",
        Text::new("没有可改写的文件夹", "there is no folder whose cases could be rewritten"),
        Text::new(
            "在仓库根目录运行，或写明文件夹：`tanheng rulebook test --bless DIR`",
            "run it in the root of the repository, or name the folder: `tanheng rulebook test --bless DIR`",
        ),
    ))
}

fn write(file: &Path, text: &str) -> Result<(), Problem> {
    fs::write(file, text).map_err(|error| {
        let file = file.display();
        Problem::new(
            Code("rulebook.unwritable"),
            Text::new(
                format!("无法写入 `{file}`：{error}"),
                format!("cannot write `{file}`: {error}"),
            ),
            Text::new("核对权限", "check the permissions"),
        )
    })
}

/// Cases that held and all cases, of one kind.
fn tally(reports: &[CaseReport], kind: CaseKind) -> (usize, usize) {
    let of_kind = || reports.iter().filter(move |report| report.kind == kind);
    (of_kind().filter(|report| report.failure.is_none()).count(), of_kind().count())
}

fn show(reports: &[CaseReport], session: &mut Session<'_>) {
    for report in reports {
        if let Some(failure) = &report.failure {
            let rendered = session.rendered(failure);
            session.line(format!("{}: {}\n{rendered}\n", report.pack, report.name));
        }
    }
    let (good, all_good) = tally(reports, CaseKind::Good);
    let (bad, all_bad) = tally(reports, CaseKind::Bad);
    session.line(match session.lang {
        Lang::Zh => format!("算例 {good}/{all_good} 相符，坏例 {bad}/{all_bad} 被如实拒绝"),
        Lang::En => format!(
            "{good} of {all_good} worked cases hold, {bad} of {all_bad} bad cases are refused as stated"
        ),
    });
}

fn reports_json(reports: &[CaseReport], rehearsals: &[Report]) -> Json {
    let rehearsal = |report: &Report| {
        json!({
            "file": report.path, "procedure": report.procedure, "title": report.title,
            "ended": report.played.ended, "failure": report.played.failure(),
        })
    };
    let rehearsals: Vec<Json> = rehearsals.iter().map(rehearsal).collect();
    let one = |report: &CaseReport| {
        let kind = match report.kind {
            CaseKind::Good => "good",
            CaseKind::Bad => "bad",
        };
        let pack: &PackId = &report.pack;
        let failure = report.failure.as_ref().map(diagnostic_json);
        json!({ "pack": pack, "case": report.name, "kind": kind, "failure": failure })
    };
    let cases: Vec<Json> = reports.iter().map(one).collect();
    json!({ "cases": cases, "rehearsals": rehearsals })
}
