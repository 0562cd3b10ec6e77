//! `tanheng rulebook`: check packs, run their cases, show what they hold, try what they would do.

mod cases;
mod check;
mod coverage;
mod diff;
mod impact;
mod list;
mod proposals;
mod publish;
mod reading;
mod show;
mod table;
mod trial;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use tanheng_base::PackId;
use tanheng_rulebook::PackFiles;

use super::session::{Exit, Failure, Session};
use crate::packs::{completed, packs_from};

/// 规则库：核对、算例、查阅、比较、试算。The rulebook: check, worked cases, look-up, comparison,
/// trials.
#[derive(Debug, Args)]
pub(super) struct Rulebook {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Check(check::Check),
    Test(cases::Test),
    Show(show::Show),
    List(list::List),
    Coverage(coverage::Coverage),
    Diff(diff::Diff),
    Impact(impact::Impact),
    Try(trial::Try),
    Publish(publish::Publish),
    Proposals(proposals::Proposals),
}

impl Rulebook {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.action {
            Action::Check(check) => check.run(session),
            Action::Test(test) => test.run(session),
            Action::Show(show) => show.run(session),
            Action::List(list) => list.run(session),
            Action::Coverage(coverage) => coverage.run(session),
            Action::Diff(diff) => diff.run(session),
            Action::Impact(impact) => impact.run(session),
            Action::Try(trial) => trial.run(session),
            Action::Publish(publish) => publish.run(session),
            Action::Proposals(proposals) => proposals.run(session),
        }
    }
}

/// The packs a command is about, with all that they need.
struct Chosen {
    /// All packs to load.
    packs: Vec<PackFiles>,
    /// Those asked for.
    asked: BTreeSet<PackId>,
}

/// The packs in `dirs`, completed by those of the session that they build on; without `dirs` all
/// packs of the session.
fn choose(dirs: &[PathBuf], session: &Session<'_>) -> Result<Chosen, Failure> {
    let base = session.packs()?;
    if dirs.is_empty() {
        let asked = base.iter().map(|pack| pack.id.clone()).collect();
        return Ok(Chosen { packs: base, asked });
    }
    let mut packs: Vec<PackFiles> = Vec::new();
    for dir in dirs {
        packs.extend(packs_from(dir)?);
    }
    let asked = packs.iter().map(|pack| pack.id.clone()).collect();
    Ok(Chosen { packs: completed(packs, base), asked })
}

/// The folder of a pack that was read from `dir`.
fn folder_of(dir: &Path, pack: &PackId) -> PathBuf {
    if dir.join("pack.toml").is_file() { dir.to_path_buf() } else { dir.join(pack.as_str()) }
}
