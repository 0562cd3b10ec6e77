//! `tanheng rulebook diff`: what differs between two rulebooks, with the clause of each.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tanheng_base::{ActorId, Lang};
use tanheng_rulebook::difference::{Aspect, Change, Difference, Item, ItemKind, Part, compare};

use super::reading::{self, Reading};
use crate::cli::book::Data;
use crate::cli::session::{Exit, Failure, Session};

/// 比较两个规则库：文件、参数、表、方法、表单、名单；流程、名录等按文件比较。Compare two rulebooks:
/// documents, parameters, tables, methods, forms, lists; procedures, registers and the like file by
/// file.
///
/// 相同时退出码 0，不同时 1。
/// Ends with 0 when they are alike and with 1 when they differ.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Diff {
    /// 文件夹、built-in、current 或已发布的版本。A folder, `built-in`, `current` or a published
    /// version.
    before: String,

    /// 与之比较的另一个。The other one.
    after: String,

    /// 已发布版本所在的账簿。The book that published a version.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// 以谁的身份查看。Who reads.
    #[arg(long = "as", value_name = "USER", default_value = "province")]
    actor: ActorId,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook diff built-in ./draft/cn-hebei
  tanheng rulebook diff current ./draft --data ./tanheng-data --json";

impl Diff {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let reading = self
            .data
            .clone()
            .map(|data| Reading { data: Data::at(data), actor: self.actor.clone() });
        let opened = reading.map(|reading| reading.open()).transpose()?;
        let reader = opened.as_ref().map(|(_, reader)| reader);
        let before = reading::rulebook(&self.before, reader, session)?;
        let after = reading::rulebook(&self.after, reader, session)?;
        let difference = compare(&before, &after);
        let exit = if difference.is_empty() { Exit::Done } else { Exit::Differs };
        if self.json {
            session.json(&json!(difference));
            return Ok(exit);
        }
        for line in lines(&difference, session.lang) {
            session.line(line);
        }
        if difference.is_empty() {
            session.line(session.pick("两者相同", "they are alike"));
        }
        Ok(exit)
    }
}

/// The difference as text: kinds, things, parts, and what of them differs.
pub(super) fn lines(difference: &Difference, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    let mut told: Option<ItemKind> = None;
    for item in &difference.items {
        if told != Some(item.kind) {
            told = Some(item.kind);
            lines.push(item.kind.title().get(lang).to_owned());
        }
        lines.push(format!("  {} {}  {}", sign(item.change), item.id, item.title.get(lang)));
        lines.extend(item.parts.iter().flat_map(|part| part_lines(item, part)));
    }
    lines
}

fn part_lines(item: &Item, part: &Part) -> Vec<String> {
    let clause = part.citation.as_ref();
    let clause = clause.map(|citation| format!("  [{} {}]", citation.document, citation.clause));
    let clause = clause.unwrap_or_default();
    // Of what is wholly new or gone, the one value says enough.
    let aspects: Vec<String> = match part.change {
        Change::Changed => part.aspects.iter().map(aspect).collect(),
        _ => {
            let telling = ["value", "formula", "when", "state", "title_zh"];
            let found = telling
                .iter()
                .find_map(|name| part.aspects.iter().find(|aspect| aspect.name == *name));
            found.or(part.aspects.first()).map(aspect).into_iter().collect()
        }
    };
    if item.change != Change::Changed && part.name.is_empty() {
        return Vec::new();
    }
    let name = if part.name.is_empty() { String::new() } else { format!("{}  ", part.name) };
    match aspects.as_slice() {
        [] => vec![format!("      {} {name}{clause}", sign(part.change))],
        [only] => vec![format!("      {} {name}{only}{clause}", sign(part.change))],
        several => {
            let mut lines = vec![format!("      {} {}{clause}", sign(part.change), part.name)];
            lines.extend(several.iter().map(|aspect| format!("          {aspect}")));
            lines
        }
    }
}

fn aspect(aspect: &Aspect) -> String {
    let word = |side: &Option<String>| side.clone().unwrap_or_else(|| "–".to_owned());
    match (&aspect.before, &aspect.after) {
        (None, Some(after)) => format!("{}: {after}", aspect.name),
        _ => format!("{}: {} → {}", aspect.name, word(&aspect.before), word(&aspect.after)),
    }
}

fn sign(change: Change) -> &'static str {
    match change {
        Change::Added => "+",
        Change::Removed => "−",
        Change::Changed => "~",
    }
}
