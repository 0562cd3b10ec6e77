//! PostgreSQL: a database on a server, for books that one file no longer serves.
//!
//! The client blocks on a runtime of its own, so that it is made, used and dropped on plain
//! threads only. Writing transactions begin by locking the head row: whoever holds it sees
//! everything that was committed before, and there is one order of entries however many
//! processes write. A connection that breaks is told apart by what may have happened: before
//! the commit was sent nothing has, during it nobody knows.

mod connection;
mod value;

use std::cell::{RefCell, RefMut};

use crate::database::{Access, Durability};
use crate::pending::{self, Pending};
use crate::record::Table;
use crate::{Address, Cell, Row, Sql, StoreError};
use connection::Connection;

/// One number for all books: whoever makes or changes tables holds this lock.
const STRUCTURE: i64 = 0x7461_6e68_656e_6701;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Write(Durability),
    Read,
}

/// A client of a database on a server. It connects when it is first used, and again when
/// the connection was lost between transactions.
pub(crate) struct Postgres {
    address: Address,
    purpose: Purpose,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    transaction: Transaction,
    pending: Pending,
}

#[derive(Default, Clone, PartialEq, Eq)]
enum Transaction {
    #[default]
    None,
    Writing,
    Reading,
    /// A statement failed: the engine would take a commit for a rollback.
    Failed,
    /// The connection broke; nothing more may be done under this transaction.
    Lost(String),
}

impl Postgres {
    /// A client that is connected.
    pub(crate) fn open(address: &Address, purpose: Purpose) -> Result<Self, StoreError> {
        let new = Self { address: address.clone(), purpose, state: RefCell::default() };
        new.connected()?;
        Ok(new)
    }

    /// The state with a connection.
    fn connected(&self) -> Result<RefMut<'_, State>, StoreError> {
        let mut state = self.state.borrow_mut();
        if let Transaction::Lost(reason) = &state.transaction {
            return Err(StoreError::Lost { reason: reason.clone() });
        }
        if state.connection.is_none() {
            state.connection = Some(Connection::open(&self.address, self.purpose)?);
        }
        Ok(state)
    }

    /// Begins a transaction. A connection that was lost while nobody used it is made anew.
    pub(crate) fn begin(&self, access: Access) -> Result<(), StoreError> {
        let lock;
        let begin = match access {
            Access::Structure => {
                lock = format!("BEGIN; SELECT pg_advisory_xact_lock({STRUCTURE})");
                &lock
            }
            Access::Write => {
                "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT id FROM head WHERE id = 1 FOR UPDATE"
            }
            Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let begun = match self.plain(begin) {
            Err(StoreError::Lost { .. }) => self.plain(begin),
            begun => begun,
        };
        let mut state = self.state.borrow_mut();
        match begun {
            Ok(()) => {
                state.transaction = match access {
                    Access::Read => Transaction::Reading,
                    Access::Structure | Access::Write => Transaction::Writing,
                };
            }
            // The first of the two statements may have gone well.
            Err(_) => state.roll_back(),
        }
        begun
    }

    /// Ends the transaction with everything it wrote.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.flush(None)?;
        if self.state.borrow().transaction == Transaction::Failed {
            let why = "a statement of the transaction failed before";
            return Err(StoreError::Engine(why.into()));
        }
        let reading = self.state.borrow().transaction == Transaction::Reading;
        match self.plain("COMMIT") {
            Ok(()) => {
                let mut state = self.state.borrow_mut();
                state.transaction = Transaction::None;
                state.pending = Pending::default();
                Ok(())
            }
            Err(StoreError::Lost { reason }) if !reading => Err(StoreError::Undecided { reason }),
            Err(error) => Err(error),
        }
    }

    /// Ends the transaction with nothing of it.
    pub(crate) fn roll_back(&self) {
        self.state.borrow_mut().roll_back();
    }

    /// Has the engine remove what was deleted, without waiting for anybody. `false` while a
    /// reader of an older state, or another cleaning, stands in the way.
    ///
    /// What lay in the freed space may stay there until it is used again, and write-ahead
    /// log and its archives hold it too: the operator's page says what to do.
    pub(crate) fn scrub(&self) -> Result<bool, StoreError> {
        if self.query("SELECT sequence FROM erasure LIMIT 1", &[])?.is_empty() {
            return Ok(true);
        }
        let older = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                     AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL";
        let readers = self.row(older, &[])?.unwrap_or_default();
        self.plain("SET lock_timeout = '100ms'")?;
        let vacuumed = self.plain("VACUUM opening, ledger_line");
        self.plain(connection::PATIENCE)?;
        match vacuumed {
            Ok(()) => Ok(readers.first() == Some(&Cell::Integer(0))),
            Err(StoreError::Busy { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Name of each table with its columns, in order.
    pub(crate) fn columns(&self) -> Result<Vec<Row>, StoreError> {
        let query = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) \
                     FROM information_schema.columns WHERE table_schema = current_schema() \
                     ORDER BY 1, ordinal_position";
        self.query(query, &[])
    }

    /// Runs statements without parameters.
    fn plain(&self, sql: &str) -> Result<(), StoreError> {
        let mut state = self.connected()?;
        state.use_connection(|connection| connection.plain(sql))
    }

    /// Reads, past what waits to be written.
    fn read(&self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, StoreError> {
        let query =
            || self.connected()?.use_connection(|connection| connection.query(sql, parameters));
        match query() {
            // Reading again harms nobody where no transaction is under way.
            Err(StoreError::Lost { .. })
                if self.state.borrow().transaction == Transaction::None =>
            {
                query()
            }
            done => done,
        }
    }

    /// Writes what waits to be written: to the tables that a statement names, or to all.
    fn flush(&self, before: Option<&str>) -> Result<(), StoreError> {
        if self.state.borrow().pending.is_empty() {
            return Ok(());
        }
        let mut state = self.connected()?;
        let due = match before {
            Some(sql) => state.pending.take_named(sql),
            None => state.pending.take_all(),
        };
        for (table, rows) in due {
            state.use_connection(|connection| {
                pending::write(&rows, |rows| {
                    connection.execute(&table.insert_sql(rows.len()), &rows.concat()).map(drop)
                })
            })?;
        }
        Ok(())
    }
}

impl State {
    fn roll_back(&mut self) {
        self.pending = Pending::default();
        self.transaction = Transaction::None;
        if let Some(connection) = &mut self.connection
            && connection.plain("ROLLBACK").is_err()
        {
            self.connection = None;
        }
    }

    /// Uses the connection, and takes note when it fails.
    fn use_connection<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(connection) = &mut self.connection else {
            return Err(StoreError::Lost { reason: "there is no connection".to_owned() });
        };
        let done = work(connection);
        match &done {
            Ok(_) => {}
            Err(StoreError::Lost { reason }) => {
                self.connection = None;
                if self.transaction != Transaction::None {
                    self.transaction = Transaction::Lost(reason.clone());
                }
            }
            Err(_) if self.transaction != Transaction::None => {
                self.transaction = Transaction::Failed;
            }
            Err(_) => {}
        }
        done
    }
}

impl Sql for Postgres {
    fn execute(&self, sql: &str, parameters: &[Cell]) -> Result<usize, StoreError> {
        self.flush(Some(sql))?;
        self.state.borrow_mut().pending.forget_named(sql);
        self.connected()?.use_connection(|connection| connection.execute(sql, parameters))
    }

    fn query(&self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, StoreError> {
        self.flush(Some(sql))?;
        self.read(sql, parameters)
    }

    /// A row that waits to be written is found where it waits, and any other is not among
    /// those that do: nothing has to be written first. Within a writing transaction nobody else
    /// changes what was found: whoever writes holds the head row.
    fn find(&self, table: &'static Table, key: &[Cell]) -> Result<Option<Row>, StoreError> {
        if !table.replaces() {
            self.flush(Some(table.find_sql()))?;
        } else if let Some(known) = self.state.borrow().pending.find(table, key) {
            return Ok(known);
        }
        let row = self.read(table.find_sql(), key)?.into_iter().next();
        let mut state = self.state.borrow_mut();
        if state.transaction == Transaction::Writing && table.replaces() {
            state.pending.remember(table, key, row.as_ref());
        }
        Ok(row)
    }

    /// Within a writing transaction rows wait until a statement names their table or the
    /// transaction ends, so that many go at once: a round trip each would cost more than
    /// the writing.
    fn put(&self, table: &'static Table, row: Row) -> Result<(), StoreError> {
        if self.state.borrow().transaction != Transaction::Writing {
            return self.execute(table.put_sql(), &row).map(drop);
        }
        if self.state.borrow_mut().pending.push(table, row) {
            self.flush(None)?;
        }
        Ok(())
    }
}
