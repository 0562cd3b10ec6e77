//! The rulebook at a glance: its packs, what they hold, and its published versions.

use askama::Template;
use tanheng_rulebook::model::State;

use super::Reading;
use crate::address::Subject;
use crate::page::frame::Frame;
use crate::page::page;
use crate::page::table::{Cell, Column, Table};

/// A published version of the rulebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Version.
    pub version: String,
    /// It holds example packs and yields trial figures only.
    pub example: bool,
    /// The entry that published it.
    pub entry: u64,
}

/// The rulebook at a glance.
#[derive(Template)]
#[template(path = "rulebook/index.html")]
pub struct IndexPage {
    frame: Frame,
    version: String,
    contents: Table,
    packs: Table,
    versions: Table,
}

page!(IndexPage, |page| vec![&mut page.contents, &mut page.packs, &mut page.versions]);

impl IndexPage {
    /// The page of a rulebook among those published.
    #[must_use]
    pub fn new(reading: Reading<'_>, published: &[Published]) -> Self {
        let version = reading.rulebook.version().to_string();
        Self {
            frame: reading.view.frame(reading.t("nav-rulebook"), Vec::new()),
            contents: contents(reading),
            packs: packs(reading),
            versions: versions(reading, published, &version),
            version,
        }
    }
}

fn contents(reading: Reading<'_>) -> Table {
    let rulebook = reading.rulebook;
    let columns = vec![
        Column::words(reading.t("contents-part")),
        Column::count(reading.t("contents-count")),
        Column::words(reading.t("contents-remark")),
    ];
    let mut table = Table::new("contents", reading.t("contents-caption"), columns, "");
    let open = rulebook.parameters().filter(|parameter| {
        parameter.values.iter().any(|value| matches!(value.state, State::Open | State::Announced))
    });
    let open = reading.view.words.n("contents-open", u64::try_from(open.count()).unwrap_or(0));
    let rows = [
        ("contents-documents", Subject::Documents, rulebook.documents().count(), String::new()),
        ("contents-parameters", Subject::Parameters, rulebook.parameters().count(), open),
        ("contents-methods", Subject::Methods, rulebook.methods().count(), String::new()),
        ("contents-tables", Subject::Tables, rulebook.tables().count(), String::new()),
    ];
    for (key, subject, count, remark) in rows {
        table.rows.push(vec![
            Cell::text(reading.t(key)).to(reading.to(subject)),
            Cell::number(count),
            Cell::text(remark),
        ]);
    }
    table
}

fn packs(reading: Reading<'_>) -> Table {
    let columns = vec![
        Column::words(reading.t("column-pack")),
        Column::words(reading.t("column-title")),
        Column::words(reading.t("column-region")),
        Column::words(reading.t("packs-digest")),
    ];
    let mut table = Table::new("packs", reading.t("packs-caption"), columns, "");
    for pack in reading.rulebook.packs() {
        let mut title = Cell::text(reading.view.words.pick(&pack.title));
        if pack.example {
            title = title.marked(vec![reading.view.example_mark()]);
        }
        let digest = pack.digest.get(..16).unwrap_or(&pack.digest);
        table.rows.push(vec![
            Cell::code(pack.id.as_str()),
            title,
            Cell::text(crate::page::grounds::region(
                reading.view,
                reading.rulebook,
                &pack.jurisdiction,
            )),
            Cell { exact: Some(pack.digest.clone()), ..Cell::code(format!("{digest}…")) },
        ]);
    }
    table
}

fn versions(reading: Reading<'_>, published: &[Published], shown: &str) -> Table {
    let columns = vec![
        Column::words(reading.t("versions-version")),
        Column::words(reading.t("versions-purpose")),
        Column::count(reading.t("column-entry")),
    ];
    let empty = reading.t("versions-none");
    let mut table = Table::new("versions", reading.t("versions-caption"), columns, empty);
    for one in published {
        let short = one.version.get(..12).unwrap_or(&one.version);
        let link = format!("{}?version={}", reading.view.address, one.version);
        let mut version = Cell { exact: Some(one.version.clone()), ..Cell::code(short) }.to(link);
        if one.version == shown {
            version = version.mark("good", reading.t("versions-shown"));
        }
        let purpose = if one.example { "versions-example" } else { "versions-law" };
        let mut purpose = Cell::text(reading.t(purpose));
        if one.example {
            purpose = purpose.marked(vec![reading.view.example_mark()]);
        }
        let entry =
            Cell::text(one.entry.to_string()).to(reading.view.to(Subject::Entry(one.entry)));
        table.rows.push(vec![version, purpose, entry]);
    }
    table
}
