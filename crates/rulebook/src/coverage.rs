//! Which requirements of a catalogue the packs fulfil: a definition that names one and that a
//! passing worked case or rehearsal exercises.
//!
//! | a definition of kind | counts when |
//! |---|---|
//! | method | a passing case with a result is evaluated by just this version |
//! | parameter, table | its value takes part in the result of a passing case |
//! | procedure, register, form | a passing rehearsal that comes to an end uses it |
//! | list, any other | never: no worked case can exercise it yet |
//!
//! A case that expects an error shows that something is refused and counts for nothing here. What
//! an example pack defines fulfils nothing; its cases count for the definitions of other packs,
//! because a rule for which the law leaves a value open can be worked through in no other way,
//! and a requirement covered by nothing else says so.

mod catalogue;
mod definition;

use std::collections::{BTreeMap, BTreeSet};

use tanheng_base::{Lang, Text};

use crate::book::Rulebook;
use crate::cases;
use crate::diagnostic::{Diagnostic, code, text};
use crate::trace::BasisKind;

pub use catalogue::{Catalogue, CatalogueEntry};
pub use definition::{Definition, definitions};

/// What the packs fulfil of a catalogue.
#[derive(Debug)]
pub struct Coverage<'a> {
    /// Every canonical requirement, in the order of the ids.
    pub requirements: Vec<Requirement<'a>>,
}

/// A canonical requirement of the core, and what fulfils it.
#[derive(Debug)]
pub struct Requirement<'a> {
    /// The entry of the catalogue.
    pub entry: &'a CatalogueEntry,
    /// Ids of the definitions that name it, or an alias of it, and are exercised.
    pub shown: BTreeSet<String>,
    /// Ids of the definitions that name it and are not exercised.
    pub named_only: BTreeSet<String>,
    /// What exercises it are only cases with values of an example pack.
    pub by_example_only: bool,
}

impl Requirement<'_> {
    /// Whether a definition with a passing case implements it.
    pub fn covered(&self) -> bool {
        !self.shown.is_empty()
    }
}

impl Coverage<'_> {
    /// The ids of the requirements that are covered, or of those that are not, in their order.
    pub fn ids(&self, covered: bool) -> Vec<&str> {
        let of = self.requirements.iter().filter(|one| one.covered() == covered);
        of.map(|one| one.entry.id.as_str()).collect()
    }
}

/// Compares what the packs define and show with a catalogue.
///
/// # Errors
/// Every id in an `implements` that the catalogue does not hold, with its place.
pub fn coverage<'a>(
    book: &Rulebook,
    catalogue: &'a Catalogue,
) -> Result<Coverage<'a>, Vec<Diagnostic>> {
    coverage_with(book, catalogue, &BTreeSet::new())
}

/// The same, with definitions of other kinds that were shown to work in another way, such as
/// procedures by their rehearsals: the folder and the id of each.
///
/// # Errors
/// As [`coverage`].
pub fn coverage_with<'a>(
    book: &Rulebook,
    catalogue: &'a Catalogue,
    shown: &BTreeSet<(&'static str, String)>,
) -> Result<Coverage<'a>, Vec<Diagnostic>> {
    let definitions = definitions(book);
    let unknown: Vec<Diagnostic> = definitions
        .iter()
        .flat_map(|definition| &definition.implements)
        .filter(|(id, _)| catalogue.canonical(id).is_none())
        .map(|(id, place)| {
            let message = text(
                format!("目录中没有条目 `{id}`"),
                format!("the catalogue has no entry `{id}`"),
            );
            Diagnostic::new(code::UNKNOWN_REQUIREMENT, place.clone(), message).remedy(
                "核对 implements 中的编号，或换用相应的目录",
                "check the id in `implements`, or give the catalogue it belongs to",
            )
        })
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let exercised = Exercised::by_cases(book);
    let mut requirements: BTreeMap<&str, Requirement<'a>> = BTreeMap::new();
    for entry in catalogue.canonical_core() {
        let (shown, named_only) = (BTreeSet::new(), BTreeSet::new());
        let one = Requirement { entry, shown, named_only, by_example_only: false };
        requirements.insert(&entry.id, one);
    }
    for definition in definitions.iter().filter(|definition| !definition.example) {
        let elsewhere =
            shown.iter().any(|(kind, id)| *kind == definition.kind && *id == definition.id);
        let shown = if elsewhere { Some(false) } else { exercised.get(definition) };
        for (id, _) in &definition.implements {
            let entry = catalogue.canonical(id);
            let Some(one) = entry.and_then(|entry| requirements.get_mut(entry.id.as_str())) else {
                continue; // no requirement of the core
            };
            match shown {
                None => _ = one.named_only.insert(definition.id.clone()),
                Some(by_example_only) => {
                    one.by_example_only =
                        by_example_only && (one.shown.is_empty() || one.by_example_only);
                    one.shown.insert(definition.id.clone());
                }
            }
        }
    }
    Ok(Coverage { requirements: requirements.into_values().collect() })
}

/// What the passing cases exercise, each with whether only cases with example values do.
#[derive(Default)]
struct Exercised {
    /// By file and first byte of the id: a method has versions.
    methods: BTreeMap<(String, usize), bool>,
    parameters: BTreeMap<String, bool>,
    tables: BTreeMap<String, bool>,
}

impl Exercised {
    fn by_cases(book: &Rulebook) -> Exercised {
        let mut exercised = Exercised::default();
        for case in book.cases() {
            let Some(evaluation) = cases::passing(book, case) else { continue };
            let example = evaluation.example;
            if let Some(method) = book.method(&case.method, case.at, &case.region) {
                let key = (method.place.path().to_owned(), method.place.span().start);
                note(&mut exercised.methods, key, example);
            }
            for basis in &evaluation.bases {
                match basis.kind {
                    BasisKind::Parameter => {
                        note(&mut exercised.parameters, basis.id.clone(), example);
                    }
                    BasisKind::Cell => {
                        note(&mut exercised.tables, table_of(&basis.id).to_owned(), example);
                    }
                    BasisKind::Method | BasisKind::Step | BasisKind::Rule => {}
                }
            }
        }
        exercised
    }

    /// Whether a definition is exercised, and if so whether by cases with example values only.
    fn get(&self, definition: &Definition) -> Option<bool> {
        let found = match definition.kind.as_str() {
            "methods" => {
                let key = (definition.place.path().to_owned(), definition.place.span().start);
                self.methods.get(&key)
            }
            "parameters" => self.parameters.get(&definition.id),
            "tables" => self.tables.get(&definition.id),
            _ => None,
        };
        found.copied()
    }
}

fn note<K: Ord>(known: &mut BTreeMap<K, bool>, key: K, example: bool) {
    let only = known.entry(key).or_insert(true);
    *only = *only && example;
}

/// The table of a cell named `table.column(keys)`.
fn table_of(cell: &str) -> &str {
    let name = cell.split_once('(').map_or(cell, |(name, _)| name);
    name.rsplit_once('.').map_or(name, |(table, _)| table)
}

/// One line of a breakdown: what is counted together, how many are covered, and of how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The document, primitive or area.
    pub name: String,
    /// Covered.
    pub covered: usize,
    /// All of the core.
    pub all: usize,
}

/// By what requirements are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// The document of the collection.
    Document,
    /// The kind of thing: register, filing, rule and so on.
    Primitive,
    /// The field: carbon, energy and so on.
    Area,
}

impl Aspect {
    /// All aspects.
    pub const ALL: [Aspect; 3] = [Aspect::Document, Aspect::Primitive, Aspect::Area];

    /// What a reader calls it.
    pub fn title(self) -> Text {
        match self {
            Aspect::Document => text("文件", "document"),
            Aspect::Primitive => text("类型", "primitive"),
            Aspect::Area => text("领域", "area"),
        }
    }
}

impl Coverage<'_> {
    /// Counts by one aspect, in the order of the names; documents with their titles.
    pub fn shares(&self, aspect: Aspect) -> Vec<Share> {
        let mut shares: Vec<(Vec<u32>, Share)> = Vec::new();
        for one in &self.requirements {
            let entry = one.entry;
            let (order, name) = match aspect {
                Aspect::Document => (number_of(&entry.doc), entry.document()),
                Aspect::Primitive => (Vec::new(), entry.primitive.clone()),
                Aspect::Area => (Vec::new(), entry.area.clone()),
            };
            let at = shares.iter().position(|(_, share)| share.name == name);
            let at = at.unwrap_or_else(|| {
                shares.push((order, Share { name, covered: 0, all: 0 }));
                shares.len() - 1
            });
            let share = &mut shares[at].1;
            share.all += 1;
            share.covered += usize::from(one.covered());
        }
        shares.sort_by(|(a, x), (b, y)| (a, &x.name).cmp(&(b, &y.name)));
        shares.into_iter().map(|(_, share)| share).collect()
    }
}

/// The parts of a document's number, so that 4.10 comes behind 4.9.
fn number_of(doc: &str) -> Vec<u32> {
    doc.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}

impl CatalogueEntry {
    /// Its name in a language; the other one where a name is missing.
    pub fn name(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::Zh => (&self.name_zh, &self.name_en),
            Lang::En => (&self.name_en, &self.name_zh),
        };
        if first.is_empty() { second } else { first }
    }

    /// Its document: number and title.
    fn document(&self) -> String {
        format!("{} {}", self.doc, self.source).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_its_table() {
        assert_eq!(table_of("cn.grid.factor.factor(year = 2022, kind = a.b)"), "cn.grid.factor");
        assert_eq!(table_of("cn.gwp.value"), "cn.gwp");
    }

    #[test]
    fn documents_come_in_the_order_of_their_numbers() {
        let mut all = ["4.10", "4.9", "x", "4.1"];
        all.sort_by_key(|doc| number_of(doc));
        assert_eq!(all, ["4.1", "4.9", "4.10", "x"]);
    }

    #[test]
    fn an_example_stays_alone_only_until_the_law_shows_the_same() {
        let mut known = BTreeMap::new();
        note(&mut known, "a", true);
        note(&mut known, "a", true);
        assert!(known["a"]);
        note(&mut known, "a", false);
        note(&mut known, "a", true);
        assert!(!known["a"]);
    }
}
