//! What a command decides: named results and changes of derived tables.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use tanheng_store::{Change, Record};

use crate::Failure;

/// Named results of a command, by field name.
pub type Fields = BTreeMap<String, Value>;

/// What a command decides.
#[derive(Debug)]
pub enum Decision {
    /// It happens.
    New(Outcome),
    /// It happened before, in the entry of this sequence: nothing changes.
    Same(i64),
}

/// What happens: results to be told and proven, and changes to be applied.
#[derive(Debug, Default)]
pub struct Outcome {
    pub(crate) fields: Fields,
    pub(crate) changes: Vec<Change>,
    pub(crate) confidential: Vec<Change>,
    pub(crate) marks: Vec<String>,
}

impl Outcome {
    /// An outcome without results or changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names a result.
    ///
    /// # Errors
    /// When the value has no form in JSON.
    pub fn field(mut self, name: &str, value: impl Serialize) -> Result<Self, Failure> {
        let value = serde_json::to_value(value)
            .map_err(|error| Failure::Evidence(format!("field {name}: {error}")))?;
        self.fields.insert(name.to_owned(), value);
        Ok(self)
    }

    /// Puts a record in its table.
    ///
    /// # Errors
    /// When an amount does not fit its column.
    pub fn put(&mut self, record: &impl Record) -> Result<(), Failure> {
        self.changes.push(record.put()?);
        Ok(())
    }

    /// Removes a record from its table.
    ///
    /// # Errors
    /// When a key does not fit its column.
    pub fn delete(&mut self, record: &impl Record) -> Result<(), Failure> {
        self.changes.push(record.delete()?);
        Ok(())
    }

    /// Puts a record of confidential content: it is erased together with the
    /// content of the entry.
    ///
    /// # Errors
    /// When an amount does not fit its column.
    pub fn put_confidential(&mut self, record: &impl Record) -> Result<(), Failure> {
        self.confidential.push(record.put()?);
        Ok(())
    }

    /// Marks everything that comes of this, such as `示例 example`; receipts show
    /// marks and nobody can drop them.
    pub fn mark(&mut self, mark: &str) {
        if !self.marks.iter().any(|other| other == mark) {
            self.marks.push(mark.to_owned());
        }
    }
}
