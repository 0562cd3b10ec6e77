//! `tanheng rulebook show`: one thing of the rulebook, with everything that is said of it.

mod document;
mod method;
mod parameter;
mod region;
mod table;

use clap::Args;
use serde_json::{Value as Json, json};
use tanheng_base::{Date, Lang, PackId, RegionCode, Text};
use tanheng_rulebook::Rulebook;
use tanheng_rulebook::model::Grounds;

use super::list::Kind;
use crate::cli::session::{Exit, Failure, Session};
use crate::cli::suggest::near;
use crate::cli::{read_date, words};

/// 查阅：参数的沿革、表、方法的公式与条款、文件及其引用。Show a parameter with its history, a
/// table, a method as formulas with clauses, a document with what cites it, a region or a pack.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Show {
    /// id、文号、地区代码或名称。An id, a document's number, or a region's code or name.
    id: String,

    /// 只看某日适用的内容。Only what holds on a day.
    #[arg(long, value_name = "DATE", value_parser = read_date)]
    at: Option<Date>,

    /// 地区代码或名称，与 --at 合用，缺省为所属辖区。Region by code or name, with --at; by default
    /// the pack's own.
    #[arg(long, value_name = "REGION", requires = "at")]
    region: Option<String>,

    /// 连同示例包。Load example packs as well.
    #[arg(long)]
    with_example: bool,

    /// 以JSON输出，错误也是。Print JSON, errors too.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook show hebei.offset.excess_ratio
  tanheng rulebook show cn.grid.factor --at 2022-12-31
  tanheng rulebook show 冀政办字〔2022〕145号 --lang en";

/// Something with an id.
pub(super) struct Entry<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// Its id.
    pub(super) id: &'a str,
    /// Its title or name.
    pub(super) title: &'a Text,
    /// Another name by which it is known exactly: a document's number.
    alias: &'a str,
}

impl<'a> Entry<'a> {
    fn new(kind: Kind, id: &'a str, title: &'a Text) -> Entry<'a> {
        Entry { kind, id, title, alias: "" }
    }

    /// Everything that has an id, by kind; a method once for each version.
    pub(super) fn all(book: &'a Rulebook) -> Vec<Entry<'a>> {
        let mut all: Vec<Entry<'a>> = Vec::new();
        for pack in book.packs() {
            all.push(Entry::new(Kind::Pack, pack.id.as_str(), &pack.title));
        }
        for document in book.documents() {
            let entry = Entry::new(Kind::Document, document.id.as_str(), &document.title);
            all.push(Entry { alias: &document.number, ..entry });
        }
        for region in book.regions() {
            all.push(Entry::new(Kind::Region, region.code.as_str(), &region.name));
        }
        for parameter in book.parameters() {
            all.push(Entry::new(Kind::Parameter, parameter.id.as_str(), &parameter.title));
        }
        for table in book.tables() {
            all.push(Entry::new(Kind::Table, table.id.as_str(), &table.title));
        }
        for method in book.methods() {
            all.push(Entry::new(Kind::Method, method.id.as_str(), &method.title));
        }
        all
    }

    fn is_called(&self, written: &str) -> bool {
        let named = [&self.title.zh, &self.title.en].into_iter().any(|name| name == written);
        let alias = !self.alias.is_empty() && self.alias == written;
        self.id == written || alias || (self.kind == Kind::Region && named)
    }
}

/// What a thing is shown with: the day and region asked for, and the language.
struct View<'a> {
    book: &'a Rulebook,
    at: Option<Date>,
    region: Option<RegionCode>,
    lang: Lang,
}

impl View<'_> {
    /// One of two texts, by language.
    fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// The region asked for, or else the one that a pack speaks for.
    fn region_of(&self, pack: &PackId) -> Option<RegionCode> {
        let own = || self.book.packs().iter().find(|own| own.id == *pack);
        self.region.clone().or_else(|| Some(own()?.jurisdiction.clone()))
    }

    /// Whether a period has the day asked for in it.
    fn wanted(&self, from: Date, to: Option<Date>) -> bool {
        self.at.is_none_or(|day| from <= day && to.is_none_or(|to| day < to))
    }

    /// A citation as a line of its own.
    fn grounds(&self, grounds: &Grounds) -> String {
        let line = words::grounds(self.book, grounds, self.lang);
        format!("{}{line}", self.pick("依据：", "basis: "))
    }

    /// A remark as a line of its own, where there is one.
    fn note(&self, note: Option<&Text>) -> Option<String> {
        note.map(|note| format!("{}{}", self.pick("说明：", "note: "), note.get(self.lang)))
    }

    /// The head of everything: what it is, its id and its title.
    fn head(&self, kind: Kind, id: &str, title: &Text) -> String {
        let word = self.pick(kind.word(), kind.name());
        format!("{word} {id}\n  {}", title.get(self.lang))
    }

    /// The pack, and the requirements fulfilled.
    fn origin(&self, pack: &PackId, implements: &[String]) -> String {
        let mut line = format!("  {}{pack}", self.pick("规则包：", "pack: "));
        if !implements.is_empty() {
            let word = self.pick("；实现要求：", "; implements: ");
            line = format!("{line}{word}{}", implements.join(", "));
        }
        line
    }
}

impl Show {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.found(session) {
            Ok(shown) => {
                for (text, json) in shown {
                    if self.json { session.json(&json) } else { session.line(text) }
                }
                Ok(Exit::Done)
            }
            Err(failure) if self.json => {
                session.json(&failure.to_json());
                Ok(Exit::Differs)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Each thing of that name, as text and as data.
    fn found(&self, session: &Session<'_>) -> Result<Vec<(String, Json)>, Failure> {
        let book = session.book(self.with_example)?;
        let region = self.region.as_ref().map(|written| words::read_region(&book, written));
        let region = region.transpose()?;
        let view = View { book: &book, at: self.at, region, lang: session.lang };
        let all = Entry::all(&book);
        let mut called: Vec<&Entry<'_>> =
            all.iter().filter(|entry| entry.is_called(self.id.trim())).collect();
        called.dedup_by(|a, b| (a.kind, a.id) == (b.kind, b.id));
        if called.is_empty() {
            return Err(self.unknown(&all));
        }
        Ok(called.into_iter().filter_map(|entry| one(&view, entry)).collect())
    }

    fn unknown(&self, all: &[Entry<'_>]) -> Failure {
        let id = &self.id;
        let known = all.iter().map(|entry| (entry.id, entry.title.zh.as_str()));
        let english = all.iter().map(|entry| (entry.id, entry.title.en.as_str()));
        let remedy = words::meant(
            &near(id, known.chain(english)),
            Text::new(
                "id 见 `tanheng rulebook list`、`form list`、`procedure list`、`register list`、\
                 `check list`",
                "ids are listed by `tanheng rulebook list`, `form list`, `procedure list`, \
                 `register list`, `check list`",
            ),
        );
        let message =
            Text::new(format!("规则库中没有 `{id}`"), format!("the rulebook has no `{id}`"));
        Failure::new("rulebook.unknown_name", message, remedy)
    }
}

fn one(view: &View<'_>, entry: &Entry<'_>) -> Option<(String, Json)> {
    let book = view.book;
    Some(match entry.kind {
        Kind::Pack => {
            let pack = book.packs().iter().find(|pack| pack.id.as_str() == entry.id)?;
            (region::pack_text(view, pack), json!(pack))
        }
        Kind::Document => {
            let document = book.document(&entry.id.parse().ok()?)?;
            (document::text(view, document), document::json(view, document))
        }
        Kind::Region => {
            let region = book.region(entry.id)?;
            (region::text(view, region), region::json(view, region))
        }
        Kind::Parameter => {
            let parameter = book.parameter(&entry.id.parse().ok()?)?;
            (parameter::text(view, parameter), parameter::json(view, parameter))
        }
        Kind::Table => {
            let table = book.table(&entry.id.parse().ok()?)?;
            (table::text(view, table), table::json(view, table))
        }
        Kind::Method => {
            let versions = method::versions(view, &entry.id.parse().ok()?);
            (method::text(view, entry.id, &versions), method::json(entry.id, &versions))
        }
    })
}
