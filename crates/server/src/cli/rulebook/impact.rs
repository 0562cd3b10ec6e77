//! `tanheng rulebook impact`: what a draft would change on the book's enterprises.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tanheng_app::rulebook::{ClassVerdict, Impact as Worked, Owed, PurposeImpact, Totals};
use tanheng_base::{Lang, Text, Year};
use tanheng_rulebook::difference::Difference;

use super::reading::{self, Reading};
use super::{diff, table};
use crate::cli::session::{Exit, Failure, Session};
use crate::page::number::grouped;

/// 规则草案的影响：哪些条款、方法、表单、草稿和企业会变。What a draft of rules changes: clauses,
/// methods, forms, filings under way, enterprises.
///
/// 以账簿自己的企业，按现行规则和草案各算一遍；不写入账簿。已核定的数保持原规则版本。
/// Computes the book's own enterprises by the rules in force and by the draft; nothing is written.
/// What is determined keeps the version it was computed with.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Impact {
    /// 草案：一个规则包的文件夹，或含若干规则包的文件夹；覆盖现行规则库中同名的包。The draft:
    /// folder of a pack or of several, laid over those of the same id in force.
    draft: PathBuf,

    /// 数据年度，缺省为最近有年度报告的一年。Data year; by default the newest with a report.
    #[arg(long)]
    year: Option<Year>,

    /// 把逐家企业的义务变化写成CSV。Write whose obligation changes as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    reading: Reading,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook impact ./draft/cn-hebei --data ./tanheng-data
  tanheng rulebook impact ./draft --data ./tanheng-data --csv changes.csv --json";

impl Impact {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (_, reader) = self.reading.open()?;
        let worked = reader.impact(&reading::draft(&self.draft)?, self.year)?;
        if let Some(path) = &self.csv {
            write(path, &csv(&worked))?;
        }
        if self.json {
            session.json(&json!(worked));
        } else {
            for line in lines(&worked, session.lang, true) {
                session.line(line);
            }
        }
        Ok(Exit::Done)
    }
}

/// Writes a file that somebody asked for.
pub(super) fn write(path: &PathBuf, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| {
        let path = path.display();
        Failure::new(
            "output.unwritable",
            Text::new(
                format!("无法写入 `{path}`：{error}"),
                format!("cannot write `{path}`: {error}"),
            ),
            Text::new("请核对路径和权限", "check path and permissions"),
        )
    })
}

/// The impact as text; `whole` tells every rule and enterprise, else numbers only.
pub(super) fn lines(worked: &Worked, lang: Lang, whole: bool) -> Vec<String> {
    if worked.purposes.is_empty() {
        let alike = Text::new("草案与现行规则相同", "the draft is what is in force");
        return vec![alike.get(lang).to_owned()];
    }
    worked.purposes.iter().flat_map(|one| purpose(worked, one, lang, whole)).collect()
}

fn purpose(worked: &Worked, one: &PurposeImpact, lang: Lang, whole: bool) -> Vec<String> {
    let say = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
    let year = worked.year;
    let mut lines = vec![match one.trial {
        false => say(
            format!("按法律的规则库（{year}年度）：若发布草案"),
            format!("by law (data year {year}): if the draft is published"),
        ),
        true => say(
            format!("按示例规则库（{year}年度），仅为试算：若发布草案"),
            format!(
                "by the example rulebook (data year {year}), trial figures only: if the draft is published"
            ),
        ),
    }];
    let (before, after) = (one.difference.before.short(), one.difference.after.short());
    let rules = one.difference.items.len();
    lines.push(say(
        format!("规则 {before} → {after}，变动 {rules} 处"),
        format!("rules {before} → {after}, things that change: {rules}"),
    ));
    if whole {
        lines.extend(diff::lines(&one.difference, lang));
    } else {
        lines.extend(headings(&one.difference, lang));
    }
    if !one.broken_cases.is_empty() {
        let (count, names) = (one.broken_cases.len(), one.broken_cases.join("; "));
        lines.push(say(
            format!("草案使 {count} 个算例不再成立：{names}"),
            format!("the draft breaks {count} worked cases: {names}"),
        ));
    }
    lines.push(population(one, lang));
    lines.push(frozen(one, lang));
    lines.extend(changes(one, lang, whole));
    lines.extend(table::lines(&totals_table(one, lang)));
    if whole {
        for not in &one.not_computed {
            let first = not.problems.first().map(|problem| problem.render(lang));
            lines.push(format!("  ! {} {}", not.who.enterprise, first.unwrap_or_default()));
        }
    }
    lines.push(String::new());
    lines
}

/// What changes, without saying how.
fn headings(difference: &Difference, lang: Lang) -> Vec<String> {
    let line = |item: &tanheng_rulebook::difference::Item| {
        format!("  {} {}  {}", item.kind.title().get(lang), item.id, item.title.get(lang))
    };
    difference.items.iter().map(line).collect()
}

fn population(one: &PurposeImpact, lang: Lang) -> String {
    let (compared, without, failed) = (one.compared, one.without_report, one.not_computed.len());
    match lang {
        Lang::Zh => {
            format!("企业：比较 {compared} 家；{without} 家无该年度报告；{failed} 家无法计算")
        }
        Lang::En => format!(
            "enterprises: {compared} compared; {without} without a report of the year; {failed} not computed"
        ),
    }
}

fn frozen(one: &PurposeImpact, lang: Lang) -> String {
    let count: usize = one.frozen.values().sum();
    let versions: Vec<String> = one
        .frozen
        .iter()
        .map(|(version, count)| format!("{} × {count}", version.get(..12).unwrap_or(version)))
        .collect();
    let versions = versions.join(", ");
    match lang {
        Lang::Zh => format!("已核定 {count} 份保持不变，规则库版本：{versions}"),
        Lang::En => format!("{count} determined reports stay as they are, by version: {versions}"),
    }
}

fn changes(one: &PurposeImpact, lang: Lang, whole: bool) -> Vec<String> {
    let say = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
    let mark = |frozen: bool| match (frozen, lang) {
        (true, Lang::Zh) => "  已核定，不变",
        (true, Lang::En) => "  determined, stays",
        _ => "",
    };
    let mut lines = vec![say(
        format!("类别变化 {} 家", one.classes.len()),
        format!("{} change class", one.classes.len()),
    )];
    for change in one.classes.iter().filter(|_| whole) {
        let (from, to) = (class(&change.from), class(&change.to));
        let who = &change.who;
        lines.push(format!(
            "  {} {}  {from} → {to}{}",
            who.enterprise,
            who.name,
            mark(change.frozen)
        ));
    }
    let count = one.obligations.len();
    lines.push(say(format!("义务变化 {count} 家"), format!("{count} obligations change")));
    for change in one.obligations.iter().filter(|_| whole) {
        let (who, by) = (&change.who, grouped(&change.difference.to_string()));
        let (before, after) = (owed(&change.before, lang), owed(&change.after, lang));
        lines.push(format!(
            "  {} {}  {before} → {after}  ({by}){}",
            who.enterprise,
            who.name,
            mark(change.frozen)
        ));
    }
    let count = one.drafts.len();
    lines.push(say(
        format!("未核定的填报 {count} 份会变"),
        format!("{count} filings under way would be computed otherwise"),
    ));
    for change in one.drafts.iter().filter(|_| whole) {
        let figure = |figure: &Option<_>| {
            figure
                .as_ref()
                .map_or("–".to_owned(), |figure: &tanheng_quantity::Decimal| figure.to_string())
        };
        let (before, after) = (figure(&change.emission_before), figure(&change.emission_after));
        lines.push(format!("  {}  {before} → {after}", change.filing));
    }
    lines
}

fn totals_table(one: &PurposeImpact, lang: Lang) -> Vec<Vec<String>> {
    let head = match lang {
        Lang::Zh => ["抵销义务 tCO2e", "企业", "有义务（前）", "有义务（后）", "前", "后", "差"],
        Lang::En => [
            "offset, tCO2e",
            "enterprises",
            "owing before",
            "owing after",
            "before",
            "after",
            "difference",
        ],
    };
    let row = |name: &str, totals: &Totals| {
        let mut row = vec![name.to_owned()];
        row.extend(
            [totals.enterprises, totals.owing_before, totals.owing_after].map(|n| n.to_string()),
        );
        row.extend(
            [totals.before, totals.after, totals.difference].map(|n| grouped(&n.to_string())),
        );
        row
    };
    let words = match lang {
        Lang::Zh => ["合计", "其中已核定", "其中未核定"],
        Lang::En => ["all", "determined", "to be determined"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.push(row(words[0], &one.totals));
    rows.push(row(words[1], &one.totals_frozen));
    rows.push(row(words[2], &one.totals_open));
    rows.extend(one.regions.iter().map(|(region, totals)| row(region.as_str(), totals)));
    rows
}

/// A class, or why there is none.
pub(super) fn class(class: &ClassVerdict) -> &str {
    match class {
        ClassVerdict::Class { class } => &class.0,
        ClassVerdict::Open => "open",
        ClassVerdict::NoFigure => "no_figure",
        ClassVerdict::NoRule => "no_rule",
    }
}

fn owed(owed: &Owed, lang: Lang) -> String {
    let words = match owed {
        Owed::Tonnes { tonnes } => return grouped(&tonnes.to_string()),
        Owed::Nothing => return "0".to_owned(),
        Owed::NoBenchmark => ("基准值未公布", "no benchmark"),
        Owed::NoOutput => ("无产量", "no output"),
        Owed::NotVerified => ("未核查", "not verified"),
        Owed::Open => ("未规定", "open"),
    };
    if lang == Lang::Zh { words.0.to_owned() } else { words.1.to_owned() }
}

/// Every obligation that changes, one line each.
fn csv(worked: &Worked) -> String {
    let mut text = String::from(
        "purpose,trial,year,enterprise,name,region,industry,before,after,difference,frozen\n",
    );
    for one in &worked.purposes {
        for change in &one.obligations {
            let amount = |owed: &Owed| match owed.tonnes() {
                Some(tonnes) => tonnes.to_string(),
                None => String::new(),
            };
            let who = &change.who;
            let name = format!("\"{}\"", who.name.replace('"', "\"\""));
            text.push_str(&format!(
                "{},{},{},{},{name},{},{},{},{},{},{}\n",
                one.purpose,
                one.trial,
                worked.year,
                who.enterprise,
                who.region,
                who.industry,
                amount(&change.before),
                amount(&change.after),
                change.difference,
                change.frozen,
            ));
        }
    }
    text
}
