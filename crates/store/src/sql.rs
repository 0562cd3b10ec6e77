//! The whole face of a database engine.

use crate::record::Table;
use crate::{Cell, Row, StoreError};

/// Runs statements within the transaction it belongs to.
pub trait Sql {
    /// Runs a statement that returns no rows; gives the number of rows changed.
    ///
    /// # Errors
    /// When the engine refuses or fails.
    fn execute(&self, sql: &str, parameters: &[Cell]) -> Result<usize, StoreError>;

    /// Runs a query and gives its rows.
    ///
    /// # Errors
    /// When the engine refuses or fails.
    fn query(&self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, StoreError>;

    /// The only row of a query, if any.
    ///
    /// # Errors
    /// When the engine refuses or fails.
    fn row(&self, sql: &str, parameters: &[Cell]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// The row of a table with this key, if any, in the order of the table's columns.
    ///
    /// # Errors
    /// When the engine refuses or fails.
    fn find(&self, table: &'static Table, key: &[Cell]) -> Result<Option<Row>, StoreError> {
        self.row(table.find_sql(), key)
    }

    /// Puts a row into a table: of a derived table over the row with the same key, if any. An
    /// engine may write it later, together with others, but before any statement that names
    /// the table and before the transaction ends.
    ///
    /// # Errors
    /// When the engine refuses or fails.
    fn put(&self, table: &'static Table, row: Row) -> Result<(), StoreError> {
        self.execute(table.put_sql(), &row).map(drop)
    }
}
