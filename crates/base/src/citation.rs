//! Where a rule or figure stands, and how far it was checked.

use crate::DocumentId;

/// How a figure was checked against its source.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Read in the official text itself.
    Official,
    /// Read in a copy or a report of the official text.
    Secondary,
    /// Known from memory only: never decides, yields trial figures (试算).
    Memory,
}

/// A clause of a document.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Citation {
    /// The document.
    pub document: DocumentId,
    /// The clause as the document numbers it, such as `二(三)`.
    pub clause: String,
}
