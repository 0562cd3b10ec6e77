//! The documents that the rules rest on, and what cites each.

use askama::Template;
use tanheng_base::{Citation, DocumentId};
use tanheng_rulebook::model::Document;

use super::Reading;
use crate::address::Subject;
use crate::page::frame::{Fact, Frame};
use crate::page::table::{Cell, Column, Table};
use crate::page::{grounds, page};

/// All documents.
#[derive(Template)]
#[template(path = "rulebook/documents.html")]
pub struct DocumentsPage {
    frame: Frame,
    documents: Table,
}

page!(DocumentsPage, |page| vec![&mut page.documents]);

impl DocumentsPage {
    /// The page.
    #[must_use]
    pub fn new(reading: Reading<'_>) -> Self {
        let columns = vec![
            Column::words(reading.t("column-title")),
            Column::words(reading.t("column-number")),
            Column::words(reading.t("column-issuer")),
            Column::words(reading.t("column-issued")),
            Column::words(reading.t("column-effective")),
            Column::words(reading.t("column-state")),
            Column::words(reading.t("column-checked")),
        ];
        let caption = reading.t("documents-caption");
        let mut documents = Table::new("documents", caption, columns, "");
        for document in reading.rulebook.documents() {
            documents.rows.push(row(reading, document));
        }
        let frame = reading.view.frame(reading.t("contents-documents"), reading.trail(None));
        Self { frame, documents }
    }
}

fn row(reading: Reading<'_>, document: &Document) -> Vec<Cell> {
    let words = reading.view.words;
    let day = |day: Option<tanheng_base::Date>| match day {
        Some(day) => Cell::date(day),
        None => Cell::absent(reading.t("not-stated")),
    };
    let number = match document.number.as_str() {
        "" => Cell::absent(reading.t("no-number")),
        number => Cell::text(number),
    };
    vec![
        Cell::text(words.pick(&document.title))
            .to(reading.to(Subject::Document(document.id.clone()))),
        number,
        Cell::text(words.pick(&document.issuer)),
        day(document.issued),
        day(document.effective),
        Cell::default().marked(vec![grounds::document_mark(reading.view, document.state)]),
        grounds::checked(reading.view, document.checked),
    ]
}

/// One document.
#[derive(Template)]
#[template(path = "rulebook/document.html")]
pub struct DocumentPage {
    frame: Frame,
    facts: Vec<Fact>,
    notes: Vec<String>,
    cited: Table,
}

page!(DocumentPage, |page| vec![&mut page.cited]);

impl DocumentPage {
    /// The page of a document; none when the rulebook has no such document.
    #[must_use]
    pub fn new(reading: Reading<'_>, id: &DocumentId) -> Option<Self> {
        let document = reading.rulebook.document(id)?;
        let words = reading.view.words;
        let names = [
            "column-title",
            "column-number",
            "column-issuer",
            "column-issued",
            "column-effective",
            "column-state",
            "column-checked",
        ];
        let cells = row(reading, document).into_iter().skip(1);
        let mut facts: Vec<Fact> = names
            .iter()
            .skip(1)
            .zip(cells)
            .map(|(name, cell)| Fact::new(reading.t(name), cell))
            .collect();
        facts.push(Fact::new(reading.t("column-pack"), Cell::code(document.pack.as_str())));
        if let Some(part) = &document.part {
            facts.push(Fact::new(reading.t("document-part"), Cell::text(part.clone())));
        }
        let trail = reading.trail(Some(("contents-documents", Subject::Documents)));
        Some(Self {
            frame: reading.view.frame(words.pick(&document.title), trail),
            facts,
            notes: document.notes.iter().map(|note| words.pick(note).to_owned()).collect(),
            cited: cited(reading, id),
        })
    }
}

/// Everything in the rulebook that cites a document, by clause.
fn cited(reading: Reading<'_>, id: &DocumentId) -> Table {
    let columns = vec![
        Column::words(reading.t("column-clause")),
        Column::words(reading.t("cited-kind")),
        Column::words(reading.t("column-title")),
        Column::words(reading.t("column-identifier")),
    ];
    let mut rows: Vec<(String, Vec<Cell>)> = Vec::new();
    let mut add = |citation: &Citation, kind: &str, title: String, own: String, link: String| {
        if citation.document == *id {
            let cells = vec![
                Cell::text(citation.clause.clone()),
                Cell::text(reading.t(kind)),
                Cell::text(title).to(link),
                Cell::code(own.clone()),
            ];
            let key = format!("{}\u{0}{kind}\u{0}{own}", citation.clause);
            if !rows.iter().any(|(other, _)| *other == key) {
                rows.push((key, cells));
            }
        }
    };
    let words = reading.view.words;
    for parameter in reading.rulebook.parameters() {
        let link = reading.to(Subject::Parameter(parameter.id.clone()));
        for value in &parameter.values {
            let title = words.pick(&parameter.title).to_owned();
            let own = parameter.id.to_string();
            add(&value.grounds.citation, "cited-parameter", title, own, link.clone());
        }
    }
    for method in reading.rulebook.methods() {
        let link = reading.to(Subject::Method(method.id.clone()));
        let steps = method.steps.iter().map(|step| &step.grounds.citation);
        for citation in std::iter::once(&method.grounds.citation).chain(steps) {
            let title = words.pick(&method.title).to_owned();
            add(citation, "cited-method", title, method.id.to_string(), link.clone());
        }
    }
    for table in reading.rulebook.tables() {
        let link = reading.to(Subject::Table(table.id.clone()));
        for row in &table.rows {
            let title = words.pick(&table.title).to_owned();
            add(&row.grounds.citation, "cited-table", title, table.id.to_string(), link.clone());
        }
    }
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    let empty = reading.t("cited-none");
    let mut table = Table::new("cited", reading.t("cited-caption"), columns, empty);
    table.rows = rows.into_iter().map(|(_, cells)| cells).collect();
    table
}
