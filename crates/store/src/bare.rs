//! The yardstick of the benchmarks: the statements that a book wrote, run again on
//! the bare engine with nothing around them.

use std::cell::RefCell;
use std::path::Path;

use crate::{Cell, Row, Sql, StoreError, migrate};

/// One statement with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    sql: Box<str>,
    cells: Vec<Cell>,
}

/// Notes statements instead of running them; it has no rows to give.
#[derive(Debug, Default)]
pub struct Tape(RefCell<Vec<Statement>>);

impl Tape {
    /// What was noted since the last time.
    #[must_use]
    pub fn take(&self) -> Vec<Statement> {
        self.0.take()
    }
}

impl Sql for Tape {
    fn execute(&self, sql: &str, parameters: &[Cell]) -> Result<usize, StoreError> {
        // as the engine takes it, so that the loop has nothing left to do but to run it
        let sql = sql.replace('$', "?").into();
        self.0.borrow_mut().push(Statement { sql, cells: parameters.to_vec() });
        Ok(1)
    }

    fn query(&self, _: &str, _: &[Cell]) -> Result<Vec<Row>, StoreError> {
        Ok(Vec::new())
    }
}

/// A fresh SQLite database, used without anything of ours.
pub struct Bare(rusqlite::Connection);

impl Bare {
    /// A file with the structure and the settings of a book, or a database in memory.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let connection = match path {
            Some(path) => rusqlite::Connection::open(path)?,
            None => rusqlite::Connection::open_in_memory()?,
        };
        connection.set_prepared_statement_cache_capacity(256);
        if path.is_some() {
            connection.pragma_update(None, "journal_mode", "wal")?;
        }
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "secure_delete", "on")?;
        for statement in migrate::structure() {
            connection.execute_batch(&statement)?;
        }
        Ok(Self(connection))
    }

    /// Runs each group in a transaction of its own.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn run(&self, groups: &[Vec<Statement>]) -> Result<(), StoreError> {
        for group in groups {
            self.0.execute_batch("BEGIN IMMEDIATE")?;
            for statement in group {
                let mut prepared = self.0.prepare_cached(&statement.sql)?;
                prepared.execute(rusqlite::params_from_iter(&statement.cells))?;
            }
            self.0.execute_batch("COMMIT")?;
        }
        Ok(())
    }
}
