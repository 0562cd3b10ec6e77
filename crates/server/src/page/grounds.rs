//! What stands behind a value: document, clause, check status, state; the same words everywhere.

use tanheng_base::{CheckState, Citation, Date};
use tanheng_rulebook::Rulebook;
use tanheng_rulebook::model::{Document, DocumentState, State};

use super::frame::View;
use super::table::{Cell, Mark};
use crate::address::Subject;

/// The clause as a link to its document.
#[must_use]
pub fn citation(view: &View, rulebook: &Rulebook, citation: &Citation) -> Cell {
    let name = match rulebook.document(&citation.document) {
        Some(document) => short_name(view, document),
        None => citation.document.to_string(),
    };
    Cell::prose(format!("{name} {}", citation.clause))
        .to(view.to(Subject::Document(citation.document.clone())))
}

/// What a reader calls a document in passing: its number, or its title where it has none.
#[must_use]
pub fn short_name(view: &View, document: &Document) -> String {
    if document.number.is_empty() {
        document.citation_name(view.words.lang)
    } else {
        document.number.clone()
    }
}

/// The check status in words.
#[must_use]
pub fn checked(view: &View, state: CheckState) -> Cell {
    let (name, kind) = match state {
        CheckState::Official => ("official", "good"),
        CheckState::Secondary => ("secondary", "plain"),
        CheckState::Memory => ("memory", "doubt"),
    };
    Cell::default().mark(kind, view.words.of("checked", name))
}

/// The state of a value as a mark.
#[must_use]
pub fn state_mark(view: &View, state: State) -> Mark {
    let kind = match state {
        State::InForce => "good",
        State::Announced | State::Open => "open",
        State::Repealed => "plain",
        State::InDoubt => "doubt",
    };
    Mark { kind, text: view.words.of("state", state.word()) }
}

/// The state of a document as a mark.
#[must_use]
pub fn document_mark(view: &View, state: DocumentState) -> Mark {
    let (kind, name) = match state {
        DocumentState::InForce => ("good", "in_force"),
        DocumentState::Announced => ("open", "published"),
        DocumentState::Repealed => ("plain", "repealed"),
        DocumentState::InDoubt => ("doubt", "in_doubt"),
    };
    Mark { kind, text: view.words.of("state", name) }
}

/// The days of an interval: the last day included, as people write it.
#[must_use]
pub fn interval(view: &View, from: Date, to: Option<Date>) -> Cell {
    let text = match to.and_then(|to| to.yesterday().ok()) {
        Some(last) => {
            view.words.f("from-to", &[("from", &from.to_string()), ("to", &last.to_string())])
        }
        None => view.words.f("from-on", &[("from", &from.to_string())]),
    };
    let exact = to.map_or_else(|| format!("{from}/"), |to| format!("{from}/{to}"));
    Cell { exact: Some(exact), ..Cell::date(text) }
}

/// The name of a region.
#[must_use]
pub fn region(view: &View, rulebook: &Rulebook, code: &tanheng_base::RegionCode) -> String {
    let found = rulebook.region(code.as_str());
    found.map_or_else(|| code.to_string(), |region| view.words.pick(&region.name).to_owned())
}
