//! A filled-in sheet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::FormId;

use crate::form::Form;

/// What a party filled in: normalised, checked against its form, with nothing computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The form.
    pub form: FormId,
    /// The version of the form.
    pub form_version: String,
    /// The rows in the order they were written.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// Whether both say the same, whatever file each came from: row numbers do not count,
    /// the order of rows does.
    #[must_use]
    pub fn same_content(&self, other: &Self) -> bool {
        let cells = |sheet: &Self| -> Vec<BTreeMap<String, String>> {
            sheet.rows.iter().map(|row| row.cells.clone()).collect()
        };
        self.form == other.form
            && self.form_version == other.form_version
            && cells(self) == cells(other)
    }

    /// The same rows as a sheet of a form, such as a later version of the one they were filed
    /// with: what that form does not ask for is left out.
    #[must_use]
    pub fn under(mut self, form: &Form) -> Self {
        for row in &mut self.rows {
            row.cells.retain(|name, _| form.field(name).is_some());
        }
        Self { form: form.id.clone(), form_version: form.version.clone(), rows: self.rows }
    }
}

/// A row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its number as its author counts: the heading of a CSV file is row 1 and empty lines
    /// count; the first object of a JSON array is row 1.
    pub row: u64,
    /// Values by field name. A field without a value is absent, never an empty text and
    /// never 0.
    pub cells: BTreeMap<String, String>,
}

impl Row {
    /// The value of a field, where there is one.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.cells.get(field).map(String::as_str)
    }
}
