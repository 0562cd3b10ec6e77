//! Reading packs: TOML and CSV with places, so that every message can point at what it means.

mod case;
mod formula_text;
mod method;
mod node;
mod pack;
mod parameter;
mod rows;

pub(crate) use case::{read_bad_case, read_good_cases};
pub use formula_text::FormulaText;
pub(crate) use method::read_methods;
pub(crate) use pack::{read_documents, read_pack, read_regions};
pub(crate) use parameter::{Fill, read_parameters};
pub(crate) use rows::{TableFill, read_rows, read_table};

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use tanheng_base::{PackId, RegionCode};

use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

/// Collects what is wrong; reading goes on, so that all errors are reported at once.
#[derive(Default)]
pub(crate) struct Sink(RefCell<Vec<Diagnostic>>);

impl Sink {
    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        self.0.borrow_mut().push(diagnostic);
    }

    pub(crate) fn into_inner(self) -> Vec<Diagnostic> {
        self.0.into_inner()
    }
}

/// The pack being read: what its entries inherit.
pub(crate) struct PackContext<'a> {
    pub(crate) id: &'a PackId,
    pub(crate) jurisdiction: &'a RegionCode,
    pub(crate) example: bool,
    /// The pack and all it builds on, directly or through others.
    pub(crate) builds_on: &'a BTreeSet<PackId>,
    pub(crate) sink: &'a Sink,
}

/// A file of the pack being read.
pub(crate) fn source_file(pack: &PackId, path: &str, text: &str) -> Arc<SourceFile> {
    Arc::new(SourceFile { path: format!("{pack}/{path}"), text: text.to_owned() })
}
