//! `pack.toml`, `sources.toml` and `regions.toml`.

use std::sync::Arc;

use tanheng_base::{CheckState, PackId, RegionCode};

use super::node::{self, Fields};
use super::{PackContext, Sink};
use crate::diagnostic::{Diagnostic, code, text};
use crate::model::{Document, DocumentState, Grounds, Pack, Region, State};
use crate::source::{Place, SourceFile};
use tanheng_base::Citation;

/// The words for how far something was checked.
pub(super) const CHECKED: [(&str, CheckState); 3] = [
    ("official", CheckState::Official),
    ("secondary", CheckState::Secondary),
    ("memory", CheckState::Memory),
];

/// The words for how a value stands.
pub(super) const STATES: [(&str, State); 5] = [
    ("in_force", State::InForce),
    ("announced", State::Announced),
    ("open", State::Open),
    ("repealed", State::Repealed),
    ("in_doubt", State::InDoubt),
];

const DOCUMENT_STATES: [(&str, DocumentState); 4] = [
    ("in_force", DocumentState::InForce),
    ("announced", DocumentState::Announced),
    ("repealed", DocumentState::Repealed),
    ("in_doubt", DocumentState::InDoubt),
];

/// Reads `pack.toml`; `id` is the folder's name, which the file must repeat.
pub(crate) fn read_pack(file: &Arc<SourceFile>, id: &PackId, sink: &Sink) -> Option<Pack> {
    let node = node::parse(file, sink)?;
    let fields = Fields::new(file, &node, sink)?;
    let own: Option<PackId> = fields.parsed("id");
    if own.as_ref().is_some_and(|own| own != id) {
        let message =
            text(format!("规则包的目录是 `{id}`"), format!("the folder of the pack is `{id}`"));
        fields.wrong("id", message, text("目录与 id 用同一个名称", "give folder and id one name"));
    }
    let title = fields.both("title");
    let jurisdiction = fields.parsed("jurisdiction");
    let mut depends_on = Vec::new();
    for (raw, place) in fields.texts("depends_on") {
        match raw.parse() {
            Ok(pack) => depends_on.push(pack),
            Err(_) => sink.push(Diagnostic::new(
                code::UNKNOWN_PACK,
                place,
                text(format!("没有规则包 `{raw}`"), format!("there is no pack `{raw}`")),
            )),
        }
    }
    let example = fields.bool("example");
    fields.finish();
    Some(Pack {
        id: own?,
        title: title?,
        jurisdiction: jurisdiction?,
        depends_on,
        example,
        digest: String::new(),
    })
}

/// Reads `sources.toml`.
pub(crate) fn read_documents(
    file: &Arc<SourceFile>,
    pack: &PackContext<'_>,
) -> Vec<(Document, Place)> {
    let Some(node) = node::parse(file, pack.sink) else { return Vec::new() };
    let Some(root) = Fields::new(file, &node, pack.sink) else { return Vec::new() };
    let entries = root.tables("document");
    root.finish();
    entries.iter().filter_map(|fields| document(fields, pack)).collect()
}

fn document(fields: &Fields<'_>, pack: &PackContext<'_>) -> Option<(Document, Place)> {
    let id = fields.parsed("id");
    let number = fields.text("number").map(str::to_owned);
    let title = fields.both("title");
    let issuer = fields.both("issuer");
    let (issued, effective) = (fields.date_opt("issued"), fields.date_opt("effective"));
    let state = fields.word("state", &DOCUMENT_STATES, Some(DocumentState::InForce));
    let part = fields.text_opt("part").map(str::to_owned);
    let checked = fields.word("checked", &CHECKED, None);
    let mut notes = Vec::new();
    for note in fields.tables("notes") {
        if let (Some(zh), Some(en)) = (note.text("zh"), note.text("en")) {
            notes.push(text(zh, en));
        }
        note.finish();
    }
    let place = fields.place_of("id");
    fields.finish();
    let document = Document {
        id: id?,
        number: number?,
        title: title?,
        issuer: issuer?,
        issued,
        effective,
        state: state?,
        part,
        checked: checked?,
        notes,
        pack: pack.id.clone(),
    };
    Some((document, place))
}

/// Reads `regions.toml`.
pub(crate) fn read_regions(file: &Arc<SourceFile>, pack: &PackContext<'_>) -> Vec<(Region, Place)> {
    let Some(node) = node::parse(file, pack.sink) else { return Vec::new() };
    let Some(root) = Fields::new(file, &node, pack.sink) else { return Vec::new() };
    let entries = root.tables("region");
    root.finish();
    let regions = entries.iter().filter_map(|fields| {
        let (code, name) = (fields.parsed("code"), fields.both("name"));
        let parent = fields.parsed_opt::<RegionCode>("parent");
        let tile = fields.pair_opt("tile");
        let place = fields.place_of("code");
        fields.finish();
        let region = Region { code: code?, name: name?, parent, tile, pack: pack.id.clone() };
        Some((region, place))
    });
    regions.collect()
}

/// Document, clause, check state and note of an entry. What is missing comes from `inherited`,
/// except that a document of its own brings a clause of its own.
pub(super) fn grounds(fields: &Fields<'_>, inherited: Option<&Grounds>) -> Option<Grounds> {
    let document = fields.parsed_opt("document");
    let clause = fields.text_opt("clause").map(str::trim).filter(|clause| !clause.is_empty());
    let note = fields.both_opt("note");
    let checked = match inherited {
        Some(above) => fields.word("checked", &CHECKED, Some(above.checked)),
        None => fields.word("checked", &CHECKED, None),
    };
    let unreadable = document.is_none() && fields.has("document");
    let own_document = document.is_some();
    let document = document.or_else(|| inherited.map(|above| above.citation.document.clone()));
    let clause = clause.map(str::to_owned).or_else(|| {
        let above = inherited.filter(|_| !own_document)?;
        Some(above.citation.clause.clone())
    });
    match (document, clause) {
        (Some(document), Some(clause)) => {
            let place = match inherited {
                Some(above) if !own_document => above.place.clone(),
                _ => fields.place_of("document"),
            };
            let citation = Citation { document, clause };
            Some(Grounds { citation, checked: checked?, note, place })
        }
        (document, _) => {
            if !unreadable {
                no_clause(fields, document.is_some());
            }
            None
        }
    }
}

fn no_clause(fields: &Fields<'_>, has_document: bool) {
    let message = if has_document {
        text("没有写明条款", "no clause is given")
    } else {
        text("没有写明依据的文件和条款", "no document and no clause are given")
    };
    let place = ["clause", "document", "value", "formula", "id"]
        .into_iter()
        .find(|key| fields.has(key))
        .map_or_else(|| fields.place(), |key| fields.place_of(key));
    fields.sink().push(
        Diagnostic::new(code::NO_CLAUSE, place, message)
            .label("依据何在？", "by which clause?")
            .remedy(
                "补上 `document = …` 和 `clause = …`：没有条款的数值不能用于核算",
                "add `document = …` and `clause = …`: a figure without a clause decides nothing",
            ),
    );
}
