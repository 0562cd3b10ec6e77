//! `tanheng rulebook list`: all ids by kind.

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};
use tanheng_rulebook::Rulebook;

use super::show::Entry;
use crate::cli::session::{Exit, Failure, Session};

/// 列出规则包、文件、地区、参数、表、方法的 id，其余另见 form、procedure、register、check list。
/// List ids of packs, documents, regions, parameters, tables and methods; forms, procedures,
/// registers and checks have lists of their own.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct List {
    /// 只列一类。Only one kind.
    #[arg(value_enum)]
    kind: Option<Kind>,

    /// 连同示例包。Load example packs as well.
    #[arg(long)]
    with_example: bool,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook list
  tanheng rulebook list method --json";

/// A kind of thing that has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Kind {
    /// 规则包 packs
    Pack,
    /// 文件 documents
    Document,
    /// 地区 regions
    Region,
    /// 参数 parameters
    Parameter,
    /// 表 tables
    Table,
    /// 方法 methods
    Method,
}

impl Kind {
    /// All kinds, in the order in which they are listed.
    pub(super) const ALL: [Kind; 6] =
        [Kind::Pack, Kind::Document, Kind::Region, Kind::Parameter, Kind::Table, Kind::Method];

    /// The stable name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Pack => "pack",
            Kind::Document => "document",
            Kind::Region => "region",
            Kind::Parameter => "parameter",
            Kind::Table => "table",
            Kind::Method => "method",
        }
    }

    /// The Chinese word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Pack => "规则包",
            Kind::Document => "文件",
            Kind::Region => "地区",
            Kind::Parameter => "参数",
            Kind::Table => "表",
            Kind::Method => "方法",
        }
    }
}

impl List {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let book = session.book(self.with_example)?;
        let kinds = Kind::ALL.into_iter().filter(|kind| self.kind.is_none_or(|only| only == *kind));
        let mut whole = serde_json::Map::new();
        for kind in kinds {
            let entries = entries(&book, kind);
            if self.json {
                let list: Vec<Json> = entries
                    .iter()
                    .map(|entry| json!({ "id": entry.id, "title": entry.title }))
                    .collect();
                whole.insert(kind.name().to_owned(), Json::Array(list));
                continue;
            }
            if self.kind.is_none() {
                let word = session.pick(kind.word(), kind.name()).to_owned();
                session.line(format!("{word} ({})", entries.len()));
            }
            for entry in entries {
                session.line(format!("  {}  {}", entry.id, entry.title.get(session.lang)));
            }
        }
        if self.json {
            session.json(&Json::Object(whole));
        }
        Ok(Exit::Done)
    }
}

/// The entries of one kind, each id once.
fn entries(book: &Rulebook, kind: Kind) -> Vec<Entry<'_>> {
    let mut entries = Entry::all(book);
    entries.retain(|entry| entry.kind == kind);
    entries.dedup_by(|a, b| a.id == b.id);
    entries
}
