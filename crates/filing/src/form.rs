//! A form: fields and the rules that join them.

use serde::Serialize;
use tanheng_base::{Citation, FormId, Lang, Text};
use tanheng_quantity::{Quantity, Unit};

use crate::field::{Field, FieldKind};
use crate::sheet::Row;
use crate::write_csv::csv_line;

/// The period that one sheet of a form covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
    /// No period: the sheet belongs to an act, such as an application.
    None,
}

/// How a form lies on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Rows under headings.
    Table,
    /// One row, each field beside its title.
    Record,
}

/// A form, read from its definition.
#[derive(Debug, Clone, Serialize)]
pub struct Form {
    /// Its id.
    pub id: FormId,
    /// Its version; a sheet keeps the one it was checked against.
    pub version: String,
    /// Its title.
    pub title: Text,
    /// How it lies on the page.
    pub layout: Layout,
    /// What one sheet covers.
    pub period: Period,
    /// The command of the book that a filled-in form goes to; none where it belongs to a case.
    pub command: Option<String>,
    /// The clause that asks for it.
    pub citation: Citation,
    /// A remark for readers.
    pub note: Option<Text>,
    /// Requirements it fulfils.
    pub implements: Vec<String>,
    /// Most rows of a sheet.
    pub max_rows: usize,
    /// Most bytes of an uploaded file.
    pub max_bytes: usize,
    /// Fields that together may not repeat.
    pub unique: Vec<String>,
    /// Marks of state secrets: no text may hold one.
    pub classified_marks: Vec<String>,
    /// The fields, in the order of the columns.
    pub fields: Vec<Field>,
    /// SHA-256 of what the definition says, in lower-case hexadecimal: comments, order of keys
    /// and white space do not count.
    pub digest: String,
}

impl Form {
    /// A field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that a heading or key means: its name or its title in either language.
    #[must_use]
    pub fn field_named(&self, heading: &str) -> Option<&Field> {
        let heading = heading.trim().to_lowercase();
        self.fields.iter().find(|field| {
            let own = [&field.name, &field.title.zh, &field.title.en];
            own.iter().any(|way| way.to_lowercase() == heading)
        })
    }

    /// The heading of a CSV sheet, without a line break.
    #[must_use]
    pub fn csv_header(&self, lang: Lang) -> String {
        csv_line(self.fields.iter().map(|field| field.title.get(lang)))
    }

    /// The unit of a number field in a row; `None` for other fields and while the field
    /// that says the unit is empty.
    #[must_use]
    pub fn unit(&self, row: &Row, field: &str) -> Option<Unit> {
        match &self.field(field)?.kind {
            FieldKind::Number(number) => number.unit.unit_in(row),
            _ => None,
        }
    }

    /// The number of a field in a row with its unit: `None` where the row has none. Rows of
    /// a checked sheet give a quantity wherever a number field is filled in.
    #[must_use]
    pub fn quantity(&self, row: &Row, field: &str) -> Option<Quantity> {
        let value = row.get(field)?.parse().ok()?;
        Some(Quantity::new(value, self.unit(row, field)?))
    }

    /// How rules of this form are cited in a problem: form, version, field, rule.
    pub(crate) fn rule(&self, field: &str, rule: &str) -> String {
        format!("{}@{} {field}: {rule}", self.id, self.version)
    }
}
