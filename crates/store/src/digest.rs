//! Comparing derived tables: a digest per table, and the first row that differs.

use sha2::{Digest, Sha256};

use crate::migrate::hex;
use crate::record::{TABLES, Table};
use crate::{Cell, Row, Sql, StoreError};

/// Rows read at a time.
const BATCH: i64 = 2_000;

/// The digest of one derived table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TableDigest {
    /// Table.
    pub table: &'static str,
    /// Number of rows.
    pub rows: u64,
    /// SHA-256 over name, columns and rows by key.
    pub digest: String,
}

/// Where two states of a table part.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// Table.
    pub table: &'static str,
    /// Key of the first row that differs, as `column=value`.
    pub row: String,
    /// What differs, for people.
    pub what: String,
}

/// The digest of a table: rows by key; columns by name, kind and canonical value.
///
/// # Errors
/// When the engine fails.
pub fn digest_table(sql: &impl Sql, table: &'static Table) -> Result<TableDigest, StoreError> {
    let mut hash = Sha256::new();
    hash.update(table.name.as_bytes());
    for column in table.columns {
        hash.update([0]);
        hash.update(column.as_bytes());
    }
    let mut rows = 0;
    for_each_row(sql, table, |row| {
        rows += 1;
        hash.update([b'\n']);
        for cell in row {
            hash.update(canonical(cell));
        }
    })?;
    Ok(TableDigest { table: table.name, rows, digest: hex(&hash.finalize()) })
}

/// The digest of every derived table.
///
/// # Errors
/// When the engine fails.
pub fn digest_tables(sql: &impl Sql) -> Result<Vec<TableDigest>, StoreError> {
    TABLES.iter().map(|table| digest_table(sql, table)).collect()
}

/// Compares every derived table of two databases.
///
/// # Errors
/// When an engine fails.
pub fn compare_tables(
    found: &impl Sql,
    rebuilt: &impl Sql,
) -> Result<(Vec<TableDigest>, Vec<Difference>), StoreError> {
    let mut digests = Vec::new();
    let mut differences = Vec::new();
    for table in TABLES.iter().copied() {
        let digest = digest_table(found, table)?;
        if digest != digest_table(rebuilt, table)? {
            differences.extend(first_difference(found, rebuilt, table)?);
        }
        digests.push(digest);
    }
    Ok((digests, differences))
}

/// The first row, by key, in which two states of a table differ.
///
/// # Errors
/// When an engine fails.
pub fn first_difference(
    found: &impl Sql,
    rebuilt: &impl Sql,
    table: &'static Table,
) -> Result<Option<Difference>, StoreError> {
    let (left, right) = (all_rows(found, table)?, all_rows(rebuilt, table)?);
    let key_of = |row: &Row| table.key_of(row);
    let difference = |row: &Row, what: String| {
        let key = table.key.iter().zip(key_of(row)).map(|(name, cell)| format!("{name}={cell}"));
        let row = key.collect::<Vec<_>>().join(", ");
        Ok(Some(Difference { table: table.name, row, what }))
    };
    let mut others = right.iter().peekable();
    for row in &left {
        match others.peek() {
            Some(other) if key_of(other) == key_of(row) => {
                if let Some(place) = (0..row.len()).find(|place| row[*place] != other[*place]) {
                    let what = format!(
                        "column {} is `{}`, the journal gives `{}`",
                        table.columns[place], row[place], other[place]
                    );
                    return difference(row, what);
                }
                others.next();
            }
            Some(other) if key_of(other) < key_of(row) => {
                return difference(other, "the row is missing".to_owned());
            }
            _ => return difference(row, "the journal gives no such row".to_owned()),
        }
    }
    match others.next() {
        Some(other) => difference(other, "the row is missing".to_owned()),
        None => Ok(None),
    }
}

fn all_rows(sql: &impl Sql, table: &'static Table) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for_each_row(sql, table, |row| rows.push(row.clone()))?;
    Ok(rows)
}

fn for_each_row(
    sql: &impl Sql,
    table: &Table,
    mut visit: impl FnMut(&Row),
) -> Result<(), StoreError> {
    let query = format!(
        "SELECT {} FROM {} ORDER BY {} LIMIT $1 OFFSET $2",
        table.column_list(),
        table.name,
        table.key.join(", "),
    );
    let mut offset = 0;
    loop {
        let rows = sql.query(&query, &[Cell::Integer(BATCH), Cell::Integer(offset)])?;
        if rows.is_empty() {
            return Ok(());
        }
        rows.iter().for_each(&mut visit);
        offset += BATCH;
    }
}

/// A cell as bytes that no other cell has: kind, length, value.
fn canonical(cell: &Cell) -> Vec<u8> {
    let (kind, value) = match cell {
        Cell::Null => (b'n', Vec::new()),
        Cell::Integer(number) => (b'i', number.to_string().into_bytes()),
        Cell::Text(text) => (b't', text.clone().into_bytes()),
        Cell::Bytes(bytes) => (b'b', bytes.clone()),
    };
    let mut out = vec![kind];
    out.extend(value.len().to_string().into_bytes());
    out.push(b':');
    out.extend(value);
    out
}
