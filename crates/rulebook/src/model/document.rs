//! Packs, the documents they cite and the regions they speak of.

use serde::Serialize;
use tanheng_base::{CheckState, Date, DocumentId, PackId, RegionCode, Text};

/// A pack: one jurisdiction's rules.
#[derive(Debug, Clone, Serialize)]
pub struct Pack {
    /// Its id.
    pub id: PackId,
    /// Its title.
    pub title: Text,
    /// The region its rules bind where they name none.
    pub jurisdiction: RegionCode,
    /// The packs it builds on.
    pub depends_on: Vec<PackId>,
    /// Everything it supplies is an example and decides nothing.
    pub example: bool,
    /// SHA-256 over its files, in hexadecimal.
    pub digest: String,
}

/// Whether a document binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// In force.
    InForce,
    /// Published, not yet in force, or a draft.
    Announced,
    /// No longer in force.
    Repealed,
    /// It is not stated whether it still binds.
    InDoubt,
}

/// A document that rules cite.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// Its id in the rulebook.
    pub id: DocumentId,
    /// 文号; empty where it has none.
    pub number: String,
    /// Its title.
    pub title: Text,
    /// Who issued it.
    pub issuer: Text,
    /// When it was issued.
    pub issued: Option<Date>,
    /// When it took effect, where that is stated.
    pub effective: Option<Date>,
    /// Whether it binds.
    pub state: DocumentState,
    /// Its number in the province's collection, where it has one.
    pub part: Option<String>,
    /// Against what its text was checked.
    pub checked: CheckState,
    /// Notes on misprints and contradictions.
    pub notes: Vec<Text>,
    /// The pack that lists it.
    pub pack: PackId,
}

impl Document {
    /// What a reader calls it: title in book-title marks with its number.
    pub fn citation_name(&self, lang: tanheng_base::Lang) -> String {
        let title = self.title.get(lang);
        match (lang, self.number.is_empty()) {
            (tanheng_base::Lang::Zh, true) => format!("《{title}》"),
            (tanheng_base::Lang::Zh, false) => format!("《{title}》（{}）", self.number),
            (tanheng_base::Lang::En, true) => title.to_owned(),
            (tanheng_base::Lang::En, false) => format!("{title} ({})", self.number),
        }
    }
}

/// A region for which rules can differ.
#[derive(Debug, Clone, Serialize)]
pub struct Region {
    /// Its code (GB/T 2260; `CN` for the whole country).
    pub code: RegionCode,
    /// Its name.
    pub name: Text,
    /// The region it lies in.
    pub parent: Option<RegionCode>,
    /// Column and row on the tile map.
    pub tile: Option<(u16, u16)>,
    /// The pack that lists it.
    pub pack: PackId,
}
