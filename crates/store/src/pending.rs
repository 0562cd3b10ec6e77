//! What a writing transaction knows of rows: those that wait to be written in one statement with
//! others of their table, and those that it looked up.

use std::collections::HashMap;

use crate::record::Table;
use crate::{Cell, Row, StoreError};

/// Rows that wait at most.
const ROWS: usize = 2_000;
/// Rows of one statement at most; fewer go in statements of half as many, so that few texts
/// need to be prepared.
const AT_ONCE: usize = 64;

/// Rows that are remembered at most.
const REMEMBERED: usize = 4_096;

#[derive(Default)]
pub(crate) struct Pending {
    tables: Vec<Waiting>,
    rows: usize,
    /// Rows of keys that were looked up and not written since; `None` where there is none.
    found: HashMap<&'static str, HashMap<Row, Option<Row>>>,
    remembered: usize,
}

struct Waiting {
    table: &'static Table,
    rows: Vec<Row>,
    /// Place of the row of a key in a table that replaces rows: one statement may not put a row
    /// twice.
    places: HashMap<Row, usize>,
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Adds a row; `true` when so many wait that it is time to write.
    pub(crate) fn push(&mut self, table: &'static Table, row: Row) -> bool {
        let place = self.tables.iter().position(|waiting| waiting.table.name == table.name);
        let place = place.unwrap_or_else(|| {
            self.tables.push(Waiting { table, rows: Vec::new(), places: HashMap::new() });
            self.tables.len() - 1
        });
        let waiting = &mut self.tables[place];
        if table.replaces() {
            let (key, next) = (table.key_of(&row), waiting.rows.len());
            if let Some(found) = self.found.get_mut(table.name) {
                found.remove(&key);
            }
            let place = *waiting.places.entry(key).or_insert(next);
            if place < next {
                // The later row stands.
                waiting.rows[place] = row;
                return false;
            }
        }
        // Evidence is never put twice, and the engine says so.
        waiting.rows.push(row);
        self.rows += 1;
        self.rows >= ROWS
    }

    /// The row of a key in a table that replaces rows, where it waits to be written or was looked
    /// up: it or that there is none.
    pub(crate) fn find(&self, table: &Table, key: &[Cell]) -> Option<Option<Row>> {
        let waiting = self.tables.iter().find(|waiting| waiting.table.name == table.name);
        let place = waiting.and_then(|waiting| Some((waiting, waiting.places.get(key)?)));
        if let Some((waiting, place)) = place {
            return waiting.rows.get(*place).cloned().map(Some);
        }
        self.found.get(table.name)?.get(key).cloned()
    }

    /// Remembers what a key was found to have, until it is written.
    pub(crate) fn remember(&mut self, table: &'static Table, key: &[Cell], row: Option<&Row>) {
        if self.remembered >= REMEMBERED {
            self.found.clear();
            self.remembered = 0;
        }
        self.found.entry(table.name).or_default().insert(key.to_vec(), row.cloned());
        self.remembered += 1;
    }

    /// Forgets what was found in tables that a statement is about to change.
    pub(crate) fn forget_named(&mut self, sql: &str) {
        self.found.retain(|table, _| !names(sql, table));
    }

    pub(crate) fn take_all(&mut self) -> Vec<(&'static Table, Vec<Row>)> {
        self.rows = 0;
        self.tables.drain(..).map(|waiting| (waiting.table, waiting.rows)).collect()
    }

    /// The rows of tables that a statement names.
    pub(crate) fn take_named(&mut self, sql: &str) -> Vec<(&'static Table, Vec<Row>)> {
        let named = |waiting: &mut Waiting| names(sql, waiting.table.name);
        let due: Vec<_> = self.tables.extract_if(.., named).collect();
        self.rows -= due.iter().map(|waiting| waiting.rows.len()).sum::<usize>();
        due.into_iter().map(|waiting| (waiting.table, waiting.rows)).collect()
    }
}

/// Whether a table is named as a whole word. A column of the same name only means that
/// something is written earlier than it had to be.
fn names(sql: &str, table: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    sql.match_indices(table).any(|(start, _)| {
        let (before, after) = (&sql[..start], &sql[start + table.len()..]);
        !before.ends_with(inner) && !after.starts_with(inner)
    })
}

/// Writes rows of one table by statements of many rows, of few different numbers.
pub(crate) fn write(
    mut rows: &[Row],
    mut execute: impl FnMut(&[Row]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut at_once = AT_ONCE;
    while !rows.is_empty() {
        if rows.len() < at_once {
            at_once /= 2;
            continue;
        }
        let (now, later) = rows.split_at(at_once);
        execute(now)?;
        rows = later;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_table_is_named_by_whole_words_only() {
        assert!(names("SELECT entry FROM filing WHERE id = $1", "filing"));
        assert!(names("DELETE FROM pack", "pack"));
        assert!(!names("SELECT filings FROM month_figure", "filing"));
        assert!(!names("SELECT a FROM year_figure", "figure"));
        assert!(names("SELECT year_figure.a FROM year_figure, figure", "figure"));
    }
}
