//! The rulebook: packs, documents, parameters, methods, tables.

mod document;
mod index;
mod method;
mod parameter;
mod reference;

pub use document::{DocumentPage, DocumentsPage};
pub use index::{IndexPage, Published};
pub use method::{MethodPage, MethodsPage};
pub use parameter::{ParameterPage, ParametersPage};
pub use reference::{TablePage, TablesPage};

use tanheng_base::{Date, RegionCode};
use tanheng_rulebook::Rulebook;

use super::frame::View;
use crate::address::Subject;

/// What the rulebook pages are built with.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Language, address, book.
    pub view: &'a View,
    /// The rulebook.
    pub rulebook: &'a Rulebook,
    /// The day for which "now" is said.
    pub at: Date,
}

impl Reading<'_> {
    /// The address of another page of the same version of the rulebook.
    fn to(&self, subject: Subject) -> String {
        self.view.to(subject)
    }

    fn t(&self, key: &str) -> String {
        self.view.t(key)
    }

    /// The region whose law the book keeps: that of the last pack.
    fn region(&self) -> Option<&RegionCode> {
        self.rulebook.packs().last().map(|pack| &pack.jurisdiction)
    }

    /// The trail to a page below one of the lists.
    fn trail(&self, list: Option<(&str, Subject)>) -> Vec<(String, Subject)> {
        let mut trail = vec![(self.t("nav-rulebook"), Subject::Rulebook)];
        if let Some((key, subject)) = list {
            trail.push((self.t(key), subject));
        }
        trail
    }
}
