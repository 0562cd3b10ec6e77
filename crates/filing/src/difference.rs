//! What a sheet changes of the one that is stored.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tanheng_quantity::Rational;

use crate::field::{Field, FieldKind};
use crate::form::Form;
use crate::sheet::{Row, Sheet};

/// What happened to a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The new sheet has a row that the stored one lacks.
    Added {
        /// The row, as its author counts.
        row: u64,
        /// What it is about: the values of the fields that tell rows apart.
        about: Vec<String>,
    },
    /// The new sheet lacks a row of the stored one.
    Removed {
        /// The row of the stored sheet.
        row: u64,
        /// What it is about.
        about: Vec<String>,
    },
    /// A row has other values.
    Changed {
        /// The row of the new sheet.
        row: u64,
        /// What it is about.
        about: Vec<String>,
        /// Its fields that have other values.
        cells: Vec<CellChange>,
    },
}

/// A field with another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// The field.
    pub field: String,
    /// The stored value.
    pub before: Option<String>,
    /// The new value.
    pub after: Option<String>,
}

/// What `new` changes of `old`: rows are matched by the fields that tell them apart, of a form
/// without such by their order; numbers are compared by value, so that `1.50` and `1.5` are one.
#[must_use]
pub fn difference(form: &Form, old: &Sheet, new: &Sheet) -> Vec<Change> {
    let keyed = |sheet: &Sheet| -> Vec<(Vec<String>, Row)> {
        let key = |position: usize, row: &Row| match form.unique.as_slice() {
            [] => vec![position.to_string()],
            unique => {
                unique.iter().map(|name| row.get(name).unwrap_or_default().to_owned()).collect()
            }
        };
        (1..).zip(&sheet.rows).map(|(n, row)| (key(n, row), row.clone())).collect()
    };
    let (old, new) = (keyed(old), keyed(new));
    let before: BTreeMap<&Vec<String>, &Row> = old.iter().map(|(key, row)| (key, row)).collect();
    let kept: BTreeSet<&Vec<String>> = new.iter().map(|(key, _)| key).collect();
    let mut changes = Vec::new();
    for (key, row) in &new {
        let about = key.clone();
        let Some(before) = before.get(key) else {
            changes.push(Change::Added { row: row.row, about });
            continue;
        };
        let cells: Vec<CellChange> = form
            .fields
            .iter()
            .filter(|field| !same(field, before.get(&field.name), row.get(&field.name)))
            .map(|field| CellChange {
                field: field.name.clone(),
                before: before.get(&field.name).map(str::to_owned),
                after: row.get(&field.name).map(str::to_owned),
            })
            .collect();
        if !cells.is_empty() {
            changes.push(Change::Changed { row: row.row, about, cells });
        }
    }
    for (key, row) in old.iter().filter(|(key, _)| !kept.contains(key)) {
        changes.push(Change::Removed { row: row.row, about: key.clone() });
    }
    changes
}

fn same(field: &Field, before: Option<&str>, after: Option<&str>) -> bool {
    match (&field.kind, before, after) {
        (FieldKind::Number(_), Some(before), Some(after)) if before != after => {
            let number = |text: &str| text.parse::<Rational>().ok();
            number(before).is_some() && number(before) == number(after)
        }
        _ => before == after,
    }
}
