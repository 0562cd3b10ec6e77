//! A document: what it is, how it is to be read, and what of the rulebook rests on it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tanheng_base::{Citation, DocumentId};
use tanheng_rulebook::Rulebook;
use tanheng_rulebook::model::{Body, Document};

use super::{Kind, View};
use crate::cli::words;

pub(super) fn text(view: &View<'_>, document: &Document) -> String {
    let mut lines = vec![
        format!(
            "{} {}\n  {}",
            view.pick(Kind::Document.word(), Kind::Document.name()),
            document.id,
            document.citation_name(view.lang),
        ),
        format!("  {}{}", view.pick("发文机关：", "issued by: "), document.issuer.get(view.lang)),
    ];
    let dates = [
        ("发布：", "issued: ", document.issued.map(|date| date.to_string())),
        ("施行：", "effective: ", document.effective.map(|date| date.to_string())),
        ("汇编编号：", "number in the collection: ", document.part.clone()),
    ];
    for (zh, en, value) in dates {
        lines.extend(value.map(|value| format!("  {}{value}", view.pick(zh, en))));
    }
    let state = words::document_state(document.state, view.lang);
    let checked = words::checked(document.checked, view.lang);
    lines.push(format!("  {}{state}", view.pick("状态：", "state: ")));
    lines.push(format!("  {}{checked}", view.pick("核对：", "check: ")));
    lines.push(view.origin(&document.pack, &[]));
    if !document.notes.is_empty() {
        lines.push(view.pick("  读法说明", "  reading notes").to_owned());
    }
    for note in &document.notes {
        lines.push(format!("  - {}", note.get(view.lang)));
    }
    let citing = citing(view.book, &document.id);
    lines.push(match citing.is_empty() {
        true => view.pick("  没有被引用", "  nothing cites it").to_owned(),
        false => view.pick("  被引用于", "  cited by").to_owned(),
    });
    for ((clause, kind, id), count) in citing {
        let word = view.pick(kind.word(), kind.name());
        let times = if count > 1 { format!("  ×{count}") } else { String::new() };
        lines.push(format!("  - {clause}  {word} {id}{times}"));
    }
    lines.join("\n")
}

pub(super) fn json(view: &View<'_>, document: &Document) -> Json {
    let citing: Vec<Json> = citing(view.book, &document.id)
        .into_iter()
        .map(|((clause, kind, id), count)| {
            json!({ "kind": kind.name(), "id": id, "clause": clause, "count": count })
        })
        .collect();
    json!({ "document": document, "cited_by": citing })
}

/// Clause, and what rests on it.
type Cited = (String, Kind, String);

/// What cites a document, with how often: the rows of a table can be many.
fn citing(book: &Rulebook, document: &DocumentId) -> BTreeMap<Cited, usize> {
    let mut citing: BTreeMap<Cited, usize> = BTreeMap::new();
    let mut note = |kind: Kind, id: &str, citation: &Citation| {
        if citation.document == *document {
            *citing.entry((citation.clause.clone(), kind, id.to_owned())).or_default() += 1;
        }
    };
    for parameter in book.parameters() {
        for value in &parameter.values {
            note(Kind::Parameter, parameter.id.as_str(), &value.grounds.citation);
            if let Some(overrides) = &value.overrides {
                note(Kind::Parameter, parameter.id.as_str(), overrides);
            }
        }
    }
    for table in book.tables() {
        for row in &table.rows {
            note(Kind::Table, table.id.as_str(), &row.grounds.citation);
        }
    }
    for method in book.methods() {
        note(Kind::Method, method.id.as_str(), &method.grounds.citation);
        for step in &method.steps {
            if step.grounds.citation != method.grounds.citation {
                note(Kind::Method, method.id.as_str(), &step.grounds.citation);
            }
            let Body::Rules(rules) = &step.body else { continue };
            for rule in rules.iter().filter(|rule| rule.grounds.citation != step.grounds.citation) {
                note(Kind::Method, method.id.as_str(), &rule.grounds.citation);
            }
        }
    }
    citing
}
