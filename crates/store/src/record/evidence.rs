//! Records about the journal itself.

use tanheng_base::ActorId;

use super::record;
use crate::{Cell, Sql, StoreError, find, select};

record! {
    /// A key that an actor gave to a command, so that sending it again does nothing.
    Idempotency in "idempotency" key("actor", "key") {
        /// Who gave it.
        actor: ActorId,
        /// The key.
        key: String,
        /// Sequence of the entry that the first sending made.
        entry: i64,
    }
}

record! {
    /// An entry whose content was erased.
    Erasure in "erasure" key("sequence") {
        /// The entry whose opening is gone.
        sequence: i64,
        /// Why.
        reason: String,
        /// The entry that ordered it.
        entry: i64,
    }
}

record! {
    /// A fact about the whole book, such as that it holds demonstration data only.
    Setting in "setting" key("name") {
        /// Name.
        name: String,
        /// Value.
        value: String,
        /// The entry that set it.
        entry: i64,
    }
}

impl Idempotency {
    /// What an actor's key led to the first time.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, actor: &ActorId, key: &str) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(actor.as_str()), Cell::from(key)])
    }
}

impl Erasure {
    /// The erasure of an entry's content, if it was erased.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, sequence: i64) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::Integer(sequence)])
    }

    /// All erasures.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn all(sql: &impl Sql) -> Result<Vec<Self>, StoreError> {
        select(sql, "ORDER BY sequence", &[])
    }
}

impl Setting {
    /// The setting of a name.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, name: &str) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(name)])
    }
}
