//! Changes of derived tables: what a journal outcome consists of.

use std::collections::BTreeMap;

use crate::record::{TABLES, Table};
use crate::{Cell, Sql, StoreError};

/// One change of one row of a derived table. Outcomes in the journal hold these,
/// and replay applies them again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// The row is now this, whether it was there before or not.
    Put {
        /// Table.
        table: String,
        /// Column → value; a column not named is missing.
        row: BTreeMap<String, Cell>,
    },
    /// The row with this key is gone.
    Delete {
        /// Table.
        table: String,
        /// Key column → value.
        key: BTreeMap<String, Cell>,
    },
}

/// Applies one change.
///
/// # Errors
/// When the change names an unknown table or column, or the engine fails.
pub fn apply(sql: &impl Sql, change: &Change) -> Result<(), StoreError> {
    match change {
        Change::Put { table, row } => put(sql, known(table)?, row),
        Change::Delete { table, key } => delete(sql, known(table)?, key),
    }
}

fn known(name: &str) -> Result<&'static Table, StoreError> {
    let found = TABLES.iter().find(|table| table.name == name);
    found.copied().ok_or_else(|| StoreError::Unknown(name.to_owned()))
}

fn put(
    sql: &impl Sql,
    table: &'static Table,
    row: &BTreeMap<String, Cell>,
) -> Result<(), StoreError> {
    if let Some(stranger) = row.keys().find(|name| !table.columns.contains(&name.as_str())) {
        return Err(StoreError::Unknown(format!("{}.{stranger}", table.name)));
    }
    let cells: Vec<Cell> =
        table.columns.iter().map(|name| row.get(*name).cloned().unwrap_or(Cell::Null)).collect();
    sql.put(table, &cells)
}

fn delete(sql: &impl Sql, table: &Table, key: &BTreeMap<String, Cell>) -> Result<(), StoreError> {
    let cells = table.key.iter().map(|name| {
        let missing = || StoreError::Unknown(format!("{}.{name}", table.name));
        key.get(*name).cloned().ok_or_else(missing)
    });
    let cells: Vec<Cell> = cells.collect::<Result<_, _>>()?;
    sql.execute(table.delete_sql(), &cells)?;
    Ok(())
}
