//! SQLite: one file, write-ahead log, full synchronous.

use std::cell::{Cell as Flag, RefCell};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};

use crate::database::{Access, Durability};
use crate::pending::{self, Pending};
use crate::record::Table;
use crate::{Cell, Row, Sql, StoreError};

/// How long a process waits for another that writes.
const BUSY: Duration = Duration::from_secs(20);
/// Statements kept prepared per connection.
const PREPARED: usize = 512;

/// A connection to a SQLite database.
pub(crate) struct Sqlite {
    connection: Connection,
    /// A writing transaction is under way.
    writing: Flag<bool>,
    pending: RefCell<Pending>,
    /// Statements that put so many rows into a table: their texts are long.
    inserts: RefCell<HashMap<(&'static str, usize), String>>,
}

impl Sqlite {
    /// Opens (and makes or migrates) the database file for writing.
    ///
    /// # Errors
    /// When the file cannot be used or was made by a later release.
    pub(crate) fn open(path: &Path, durability: Durability) -> Result<Self, StoreError> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        let synchronous = match durability {
            Durability::Full => "full",
            Durability::Off => "off",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        // What is deleted is overwritten, so that an erasure is one.
        connection.pragma_update(None, "secure_delete", "on")?;
        Ok(Self::with(connection))
    }

    /// Opens an existing database file for reading only.
    ///
    /// # Errors
    /// When the file is not there or cannot be used.
    pub(crate) fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "query_only", "on")?;
        Ok(Self::with(connection))
    }

    /// A fresh database in memory, for replay, audit and tests.
    ///
    /// # Errors
    /// When the engine fails.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::with(Connection::open_in_memory()?))
    }

    fn with(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(PREPARED);
        Self {
            connection,
            writing: Flag::new(false),
            pending: RefCell::default(),
            inserts: RefCell::default(),
        }
    }

    /// Begins a transaction that may write, or one on an unchanging state.
    ///
    /// # Errors
    /// When the engine fails.
    pub(crate) fn begin(&self, access: Access) -> Result<(), StoreError> {
        let writing = match access {
            Access::Structure | Access::Write => true,
            Access::Read => false,
        };
        self.run(if writing { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
        self.writing.set(writing);
        Ok(())
    }

    /// Ends the transaction with everything it wrote.
    ///
    /// # Errors
    /// When the engine fails; then nothing of it is there.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.flush(None)?;
        self.run("COMMIT")?;
        self.writing.set(false);
        self.pending.take();
        Ok(())
    }

    /// Ends the transaction with nothing of it. After an error the engine may have
    /// rolled back by itself; then there is nothing left to roll back, and the first
    /// error is the one to report.
    pub(crate) fn roll_back(&self) {
        self.writing.set(false);
        self.pending.take();
        if !self.connection.is_autocommit() {
            drop(self.run("ROLLBACK"));
        }
    }

    /// Takes what was deleted out of the write-ahead log too, without waiting for
    /// anybody. `false` while a reader of an older state, or another writer, still
    /// needs the log: try again later.
    ///
    /// # Errors
    /// When the engine fails.
    pub(crate) fn scrub(&self) -> Result<bool, StoreError> {
        self.connection.busy_timeout(Duration::ZERO)?;
        let busy = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        self.connection.busy_timeout(BUSY)?;
        match busy {
            Ok(busy) => Ok(busy == 0),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Name of each table with its columns, in order.
    pub(crate) fn columns(&self) -> Result<Vec<Row>, StoreError> {
        let query = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c \
                     WHERE t.type = 'table' ORDER BY t.name, c.cid";
        self.query(query, &[])
    }

    /// Writes what waits to be written: to the tables that a statement names, or to all.
    fn flush(&self, before: Option<&str>) -> Result<(), StoreError> {
        let mut pending = self.pending.borrow_mut();
        if pending.is_empty() {
            return Ok(());
        }
        let due = match before {
            Some(sql) => pending.take_named(sql),
            None => pending.take_all(),
        };
        for (table, rows) in due {
            pending::write(&rows, |rows| {
                let mut inserts = self.inserts.borrow_mut();
                let sql = inserts
                    .entry((table.name, rows.len()))
                    .or_insert_with(|| positional(&table.insert_sql(rows.len())));
                let mut statement = self.connection.prepare_cached(sql)?;
                statement.execute(rusqlite::params_from_iter(rows.iter().flatten()))?;
                Ok(())
            })?;
        }
        Ok(())
    }

    fn run(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch(sql)?)
    }
}

impl Sql for Sqlite {
    fn execute(&self, sql: &str, parameters: &[Cell]) -> Result<usize, StoreError> {
        self.flush(Some(sql))?;
        self.pending.borrow_mut().forget_named(sql);
        let mut statement = self.connection.prepare_cached(&positional(sql))?;
        Ok(statement.execute(rusqlite::params_from_iter(parameters))?)
    }

    fn query(&self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, StoreError> {
        self.flush(Some(sql))?;
        self.read(sql, parameters)
    }

    /// A row that waits to be written is found where it waits; within a writing transaction
    /// nobody else changes what was found.
    fn find(&self, table: &'static Table, key: &[Cell]) -> Result<Option<Row>, StoreError> {
        if !table.replaces() {
            self.flush(Some(table.find_sql()))?;
        } else if let Some(known) = self.pending.borrow().find(table, key) {
            return Ok(known);
        }
        let row = self.read(table.find_sql(), key)?.into_iter().next();
        if self.writing.get() && table.replaces() {
            self.pending.borrow_mut().remember(table, key, row.as_ref());
        }
        Ok(row)
    }

    /// Within a writing transaction rows wait until a statement names their table or the
    /// transaction ends, so that one statement puts many.
    fn put(&self, table: &'static Table, row: Row) -> Result<(), StoreError> {
        if !self.writing.get() {
            return self.execute(table.put_sql(), &row).map(drop);
        }
        let full = self.pending.borrow_mut().push(table, row);
        if full { self.flush(None) } else { Ok(()) }
    }
}

impl Sqlite {
    /// Reads, past what waits to be written.
    fn read(&self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.connection.prepare_cached(&positional(sql))?;
        let width = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(parameters))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let cells = (0..width).map(|column| read_cell(row, column));
            out.push(cells.collect::<Result<Row, _>>()?);
        }
        Ok(out)
    }
}

/// `$1` is a *name* to SQLite, numbered by first appearance, so `$2, $1` would be
/// swapped silently; `?1` is a position. No statement has a `$` in a literal.
fn positional(sql: &str) -> String {
    sql.replace('$', "?")
}

/// What this program never writes (text that is no UTF-8, floating-point numbers) is
/// read as its bytes, so that replay and audit can point at it instead of failing.
fn read_cell(row: &rusqlite::Row<'_>, column: usize) -> Result<Cell, StoreError> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cell::from(text),
            Err(_) => Cell::Bytes(bytes.to_vec()),
        },
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Real(number) => Cell::Bytes(number.to_be_bytes().to_vec()),
    })
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) if text.contains('\0') => {
                return Err(rusqlite::Error::ToSqlConversionFailure(StoreError::Nul.into()));
            }
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}
