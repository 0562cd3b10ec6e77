//! Words that several commands show.

use tanheng_base::{CheckState, Code, Date, DocumentId, Lang, Problem, RegionCode, Text};
use tanheng_rulebook::Rulebook;
use tanheng_rulebook::model::{DocumentState, Grounds};

use super::suggest::near;

/// Against what something was checked.
pub(super) fn checked(state: CheckState, lang: Lang) -> &'static str {
    match (state, lang) {
        (CheckState::Official, Lang::Zh) => "官方文本",
        (CheckState::Official, Lang::En) => "official text",
        (CheckState::Secondary, Lang::Zh) => "二手来源",
        (CheckState::Secondary, Lang::En) => "secondary source",
        (CheckState::Memory, Lang::Zh) => "凭记忆，未核实",
        (CheckState::Memory, Lang::En) => "from memory, unverified",
    }
}

/// Whether a document binds.
pub(super) fn document_state(state: DocumentState, lang: Lang) -> &'static str {
    match (state, lang) {
        (DocumentState::InForce, Lang::Zh) => "现行",
        (DocumentState::InForce, Lang::En) => "in force",
        (DocumentState::Announced, Lang::Zh) => "尚未施行",
        (DocumentState::Announced, Lang::En) => "not yet in force",
        (DocumentState::Repealed, Lang::Zh) => "已废止",
        (DocumentState::Repealed, Lang::En) => "repealed",
        (DocumentState::InDoubt, Lang::Zh) => "效力存疑",
        (DocumentState::InDoubt, Lang::En) => "in doubt",
    }
}

/// A period that begins on one day and ends before another.
pub(super) fn period(from: Date, to: Option<Date>, lang: Lang) -> String {
    match (to, lang) {
        (None, Lang::Zh) => format!("{from} 起"),
        (None, Lang::En) => format!("from {from}"),
        (Some(to), Lang::Zh) => format!("{from} 起，{to} 前"),
        (Some(to), Lang::En) => format!("from {from}, before {to}"),
    }
}

/// A document by its name and number; by its id where no pack lists it.
pub(super) fn document_name(book: &Rulebook, id: &DocumentId, lang: Lang) -> String {
    book.document(id).map_or_else(|| id.to_string(), |document| document.citation_name(lang))
}

/// Document, clause and check state on one line.
pub(super) fn grounds(book: &Rulebook, grounds: &Grounds, lang: Lang) -> String {
    let (id, clause) = (&grounds.citation.document, &grounds.citation.clause);
    let name = document_name(book, id, lang);
    let checked = checked(grounds.checked, lang);
    match lang {
        Lang::Zh => format!("{name} {clause} [{id}]，{checked}"),
        Lang::En => format!("{name} {clause} [{id}], {checked}"),
    }
}

/// A region by its code and name.
pub(super) fn region(book: &Rulebook, code: &RegionCode, lang: Lang) -> String {
    match book.region(code.as_str()) {
        Some(region) => format!("{code} {}", region.name.get(lang)),
        None => code.to_string(),
    }
}

/// The region that somebody wrote as code, Chinese or English name.
pub(super) fn read_region(book: &Rulebook, written: &str) -> Result<RegionCode, Problem> {
    if let Some(region) = book.region(written.trim()) {
        return Ok(region.code.clone());
    }
    let known = book.regions().iter().flat_map(|region| {
        let name = &region.name;
        [(name.zh.as_str(), region.code.as_str()), (name.en.as_str(), name.zh.as_str())]
    });
    let message = Text::new(
        format!("规则库中没有地区 `{written}`"),
        format!("the rulebook has no region `{written}`"),
    );
    let remedy = meant(
        &near(written, known),
        Text::new(
            "写地区代码或名称，见 `tanheng rulebook list region`",
            "write a code or name of `tanheng rulebook list region`",
        ),
    );
    Err(Problem::new(Code("rulebook.unknown_region"), message, remedy))
}

/// A remedy that offers names first, when there are any.
pub(super) fn meant(names: &[&str], otherwise: Text) -> Text {
    if names.is_empty() {
        return otherwise;
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Text::new(
        format!("是否指 {}；{}", names.join("、"), otherwise.zh),
        format!("did you mean {}? {}", names.join(", "), otherwise.en),
    )
}
