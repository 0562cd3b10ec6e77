//! `tanheng rulebook coverage`: which requirements of a catalogue the packs fulfil.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value as Json, json};
use tanheng_app::case::{casebook, rehearsal, rehearse};
use tanheng_base::{Code, Lang, Problem, Text};
use tanheng_rulebook::Rulebook;
use tanheng_rulebook::coverage::{
    Aspect, Catalogue, Coverage as Covered, Requirement, coverage_with,
};
use unicode_width::UnicodeWidthStr;

use crate::cli::session::{Exit, Failure, Session};

/// 规则库落实了目录中的哪些核心条目：有定义，且有相符的算例或演练用到它。Which core entries of a
/// catalogue the rulebook implements: by a definition that a passing worked case or rehearsal
/// exercises.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Coverage {
    /// 目录，CSV文件。The catalogue, a CSV file with the columns id, doc, source, name_zh, name_en,
    /// rank, primitive, area and same_as.
    #[arg(long, value_name = "FILE")]
    catalogue: PathBuf,

    /// 一并列出未落实的条目。List what is missing as well.
    #[arg(long, conflicts_with = "json")]
    missing: bool,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook coverage --catalogue systems.csv --missing
  tanheng --rulebooks rulebooks rulebook coverage --catalogue systems.csv --json";

impl Coverage {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.compare(session) {
            Err(failure) if self.json => {
                session.json(&failure.to_json());
                Ok(Exit::Differs)
            }
            Err(failure) => Err(failure),
            Ok(()) => Ok(Exit::Done),
        }
    }

    fn compare(&self, session: &mut Session<'_>) -> Result<(), Failure> {
        let catalogue = self.read()?;
        let book = Rulebook::load(session.packs()?).map_err(Failure::Packs)?;
        let casebook = casebook(&book)?;
        let shown = rehearsal::shown(&casebook, &rehearse(&casebook, &book));
        let covered = coverage_with(&book, &catalogue, &shown).map_err(Failure::Packs)?;
        if self.json {
            session.json(&to_json(&covered));
        } else {
            self.show(&covered, session);
        }
        Ok(())
    }

    fn read(&self) -> Result<Catalogue, Failure> {
        let text = fs::read_to_string(&self.catalogue).map_err(|error| {
            let file = self.catalogue.display();
            Problem::new(
                Code("catalogue.unreadable"),
                Text::new(
                    format!("无法读取 `{file}`：{error}"),
                    format!("cannot read `{file}`: {error}"),
                ),
                Text::new(
                    "核对路径和权限；目录须为UTF-8的CSV",
                    "check path and permissions; a catalogue is CSV in UTF-8",
                ),
            )
        })?;
        Catalogue::read(&text).map_err(Failure::Problems)
    }

    fn show(&self, covered: &Covered<'_>, session: &mut Session<'_>) {
        let (done, all) = (covered.ids(true).len(), covered.requirements.len());
        session.line(match session.lang {
            Lang::Zh => format!("核心条目 {all}，已落实 {done}，未落实 {}", all - done),
            Lang::En => format!("core entries: {all}; covered: {done}; missing: {}", all - done),
        });
        for aspect in Aspect::ALL {
            let mut rows = vec![heading(aspect, session)];
            for share in covered.shares(aspect) {
                rows.push([share.name, share.covered.to_string(), share.all.to_string()]);
            }
            let rows: Vec<Vec<String>> = rows.into_iter().map(Vec::from).collect();
            session.line("");
            aligned(&rows, &[1, 2]).into_iter().for_each(|line| session.line(line));
        }
        let lang = session.lang;
        let (title, rows) = (session.pick("已落实", "covered"), listed(covered, true, lang));
        section(title, &rows, session);
        if self.missing {
            let (title, rows) = (session.pick("未落实", "missing"), listed(covered, false, lang));
            section(title, &rows, session);
        }
    }
}

fn to_json(covered: &Covered<'_>) -> Json {
    let ids = covered.ids(true);
    json!({
        "canonical_core": covered.requirements.len(),
        "covered": ids.len(),
        "covered_ids": ids,
        "missing_ids": covered.ids(false),
    })
}

fn heading(aspect: Aspect, session: &Session<'_>) -> [String; 3] {
    let title = aspect.title();
    let (done, all) = (session.pick("已落实", "covered"), session.pick("条目", "entries"));
    [title.get(session.lang).to_owned(), done.to_owned(), all.to_owned()]
}

fn section(title: &str, rows: &[Vec<String>], session: &mut Session<'_>) {
    let title = format!("\n{title} ({})", rows.len());
    session.line(title);
    for line in aligned(rows, &[]) {
        session.line(format!("  {line}"));
    }
}

/// Id, name, and what shows it or only names it.
fn listed(covered: &Covered<'_>, done: bool, lang: Lang) -> Vec<Vec<String>> {
    let of = covered.requirements.iter().filter(|one| one.covered() == done);
    of.map(|one| vec![one.entry.id.clone(), one.entry.name(lang).to_owned(), remark(one, lang)])
        .collect()
}

fn remark(one: &Requirement<'_>, lang: Lang) -> String {
    let join = |ids: &std::collections::BTreeSet<String>| {
        ids.iter().map(String::as_str).collect::<Vec<&str>>().join(", ")
    };
    let shown = join(&one.shown);
    if one.covered() {
        return match lang {
            _ if !one.by_example_only => shown,
            Lang::Zh => format!("{shown}（仅有示例数值的算例）"),
            Lang::En => format!("{shown} (only by cases with example values)"),
        };
    }
    if one.named_only.is_empty() {
        return String::new();
    }
    let named = join(&one.named_only);
    match lang {
        Lang::Zh => format!("有定义而无相符的算例或演练：{named}"),
        Lang::En => format!("defined, but exercised by no passing case or rehearsal: {named}"),
    }
}

/// Rows whose columns begin at the same place on a terminal, where a Chinese character is two
/// columns wide; the columns named are numbers and end at the same place.
fn aligned(rows: &[Vec<String>], numbers: &[usize]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max())
        .map(Option::unwrap_or_default)
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            let blank = " ".repeat(width.saturating_sub(cell.width()));
            if numbers.contains(&at) { format!("{blank}{cell}") } else { format!("{cell}{blank}") }
        });
        cells.collect::<Vec<String>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_are_two_columns_wide() {
        let rows = [["碳排放", "7"], ["rule", "12"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&rows, &[1]), ["碳排放   7", "rule    12"]);
        assert_eq!(aligned(&rows, &[]), ["碳排放  7", "rule    12"]);
    }
}
