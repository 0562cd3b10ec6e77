//! The rulebook: packs read together, ready to be asked.

use std::collections::{BTreeMap, BTreeSet};

use tanheng_base::{
    Date, DocumentId, Lang, MethodId, PackId, ParameterId, RegionCode, TableId, Text,
};

use crate::cases::GoodCase;
use crate::diagnostic::{Diagnostic, code};
use crate::model::{Document, Method, Pack, Parameter, Region, Table};
use crate::pack::{PackFiles, RulebookVersion};
use crate::{check, load};

/// Packs read together, checked, ready to be asked.
#[derive(Debug, Clone)]
pub struct Rulebook {
    pub(crate) version: RulebookVersion,
    pub(crate) packs: Vec<Pack>,
    pub(crate) sources: Vec<PackFiles>,
    pub(crate) documents: BTreeMap<DocumentId, Document>,
    pub(crate) regions: Vec<Region>,
    pub(crate) parameters: BTreeMap<ParameterId, Parameter>,
    pub(crate) tables: BTreeMap<TableId, Table>,
    pub(crate) methods: BTreeMap<MethodId, Vec<Method>>,
    pub(crate) cases: Vec<GoodCase>,
}

impl Rulebook {
    /// Reads and checks packs.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once.
    pub fn load(packs: Vec<PackFiles>) -> Result<Rulebook, Vec<Diagnostic>> {
        let sink = crate::read::Sink::default();
        let book = load::assemble(packs, &sink);
        check::book(&book, &sink);
        let diagnostics = without_consequences(sink.into_inner());
        if diagnostics.is_empty() { Ok(book) } else { Err(sorted(diagnostics)) }
    }

    /// The hash over all packs.
    pub fn version(&self) -> &RulebookVersion {
        &self.version
    }

    /// The packs, those that others build on first.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The packs' files, as they were given.
    pub fn sources(&self) -> &[PackFiles] {
        &self.sources
    }

    /// All documents, by id.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values()
    }

    /// A document.
    pub fn document(&self, id: &DocumentId) -> Option<&Document> {
        self.documents.get(id)
    }

    /// What a reader calls a document: its title and number, or its id where no pack lists it.
    pub(crate) fn source_name(&self, id: &DocumentId) -> Text {
        let name = |lang| {
            let document = self.document(id);
            document.map_or_else(|| id.to_string(), |document| document.citation_name(lang))
        };
        Text { zh: name(Lang::Zh), en: name(Lang::En) }
    }

    /// All regions, in the order of the files.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// A region by its code, its Chinese or its English name.
    pub fn region(&self, code_or_name: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.code.as_str() == code_or_name).or_else(|| {
            self.regions
                .iter()
                .find(|region| region.name.zh == code_or_name || region.name.en == code_or_name)
        })
    }

    pub(crate) fn region_by_code(&self, code: &RegionCode) -> Option<&Region> {
        self.regions.iter().find(|region| region.code == *code)
    }

    /// All parameters, by id.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.values()
    }

    /// A parameter.
    pub fn parameter(&self, id: &ParameterId) -> Option<&Parameter> {
        self.parameters.get(id)
    }

    /// All tables, by id.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// A table.
    pub fn table(&self, id: &TableId) -> Option<&Table> {
        self.tables.get(id)
    }

    /// All methods with all their versions, by id, region and date.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        self.methods.values().flatten()
    }

    /// All versions of one method.
    pub fn method_versions(&self, id: &MethodId) -> &[Method] {
        self.methods.get(id).map_or(&[], Vec::as_slice)
    }

    /// The version of a method that holds on a day in a region; the most specific region wins.
    pub fn method(&self, id: &MethodId, at: Date, region: &RegionCode) -> Option<&Method> {
        let chain = self.chain(region).ok()?;
        crate::resolve::pick(self.method_versions(id), &chain, at, |method| {
            (&method.region, method.from, method.to, 0)
        })
    }

    /// Whether a pack is `other` or builds on it, directly or through others.
    pub(crate) fn builds_on(&self, pack: &PackId, other: &PackId) -> bool {
        if pack == other {
            return true;
        }
        let own = self.packs.iter().find(|own| own.id == *pack);
        own.is_some_and(|own| own.depends_on.iter().any(|need| self.builds_on(need, other)))
    }

    /// Which requirement is fulfilled by which methods, parameters and tables, by their ids.
    pub fn implements(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let methods = self.methods().map(|method| (method.id.as_str(), &method.implements));
        let parameters = self.parameters().map(|own| (own.id.as_str(), &own.implements));
        let tables = self.tables().map(|table| (table.id.as_str(), &table.implements));
        for (id, fulfilled) in methods.chain(parameters).chain(tables) {
            for requirement in fulfilled {
                all.entry(requirement).or_default().insert(id);
            }
        }
        all
    }

    /// The worked cases of all packs.
    pub fn cases(&self) -> &[GoodCase] {
        &self.cases
    }

    /// Files of all packs whose path begins with `prefix`, such as `forms/`: pack, path and text.
    pub fn files(&self, prefix: &str) -> impl Iterator<Item = (&PackId, &str, &str)> {
        self.sources.iter().flat_map(move |pack| {
            let files = pack.files.iter().filter(move |(path, _)| path.starts_with(prefix));
            files.map(|(path, text)| (&pack.id, path.as_str(), text.as_str()))
        })
    }
}

/// When a file cannot be read at all, what it defines is missing everywhere: only the cause is
/// reported then, and not every name that depends on it.
pub(crate) fn without_consequences(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let unreadable = |diagnostic: &Diagnostic| diagnostic.code == code::BAD_TOML;
    if diagnostics.iter().any(unreadable) {
        diagnostics.retain(|diagnostic| {
            !matches!(
                diagnostic.code,
                code::UNKNOWN_NAME
                    | code::UNKNOWN_DOCUMENT
                    | code::UNKNOWN_REGION
                    | code::UNKNOWN_PACK
                    | code::NO_CASE
            )
        });
    }
    diagnostics
}

/// Diagnostics in the order of files and lines.
pub(crate) fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_cached_key(|diagnostic| {
        let place = diagnostic.place.as_ref();
        let at = place.map(|place| (place.path().to_owned(), place.span().start));
        (at, diagnostic.code)
    });
    diagnostics
}
