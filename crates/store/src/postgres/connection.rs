//! One connection: its settings, its prepared statements, and what its errors mean.

use std::collections::HashMap;
use std::error::Error as _;

use postgres::error::{Severity, SqlState};
use postgres::types::ToSql;
use postgres::{Client, Error, NoTls, SimpleQueryMessage, Statement};

use super::Purpose;
use super::value::read_row;
use crate::{Address, Cell, Durability, Row, StoreError};

/// How long a process waits for another that writes.
pub(super) const PATIENCE: &str = "SET lock_timeout = '20s'";
/// Statements kept prepared per connection; there are fewer texts than that.
const PREPARED: usize = 1_024;

/// A connection with what was prepared on it.
pub(super) struct Connection {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl Connection {
    /// Connects, and refuses a server that cannot keep what this program promises.
    pub(super) fn open(address: &Address, purpose: Purpose) -> Result<Self, StoreError> {
        let unreachable = |error: Error| StoreError::Unreachable {
            address: address.to_string(),
            reason: reason(&error),
        };
        let mut client = address.config()?.connect(NoTls).map_err(unreachable)?;
        let session = match purpose {
            Purpose::Read => "SET default_transaction_read_only = on",
            Purpose::Write(Durability::Full) => "",
            Purpose::Write(Durability::Off) => "SET synchronous_commit = off",
        };
        client.batch_execute(&format!("{PATIENCE}; {session}")).map_err(unreachable)?;
        let asked = "SELECT current_setting('server_encoding'), \
                     current_setting('synchronous_commit'), current_setting('fsync')";
        let told = client.simple_query(asked).map_err(unreachable)?;
        let row = told.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let setting = |place| row.and_then(|row| row.get(place)).unwrap_or_default();
        check(purpose, setting(0), setting(2))?;
        if purpose == Purpose::Write(Durability::Full)
            && !matches!(setting(1), "on" | "remote_apply")
        {
            client.batch_execute("SET synchronous_commit = on").map_err(unreachable)?;
        }
        Ok(Self { client, prepared: HashMap::new() })
    }

    pub(super) fn plain(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| self.meaning(error))
    }

    pub(super) fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<usize, StoreError> {
        let parameters = cells.iter().map(|cell| cell as &(dyn ToSql + Sync));
        let parameters: Vec<_> = parameters.collect();
        let changed = self
            .prepare(sql)
            .and_then(|statement| self.client.execute(&statement, &parameters))
            .map_err(|error| self.meaning(error))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(super) fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Row>, StoreError> {
        let parameters = cells.iter().map(|cell| cell as &(dyn ToSql + Sync));
        let parameters: Vec<_> = parameters.collect();
        let rows = self
            .prepare(sql)
            .and_then(|statement| self.client.query(&statement, &parameters))
            .map_err(|error| self.meaning(error))?;
        rows.iter().map(read_row).collect()
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        if self.prepared.len() >= PREPARED {
            self.prepared.clear();
        }
        let statement = self.client.prepare(sql)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// What an error means for the connection.
    fn meaning(&self, error: Error) -> StoreError {
        if error.source().is_some_and(|cause| matches!(cause.downcast_ref(), Some(StoreError::Nul)))
        {
            return StoreError::Nul;
        }
        let by_server = error.as_db_error().and_then(|error| error.parsed_severity());
        let ended = matches!(by_server, Some(Severity::Fatal | Severity::Panic));
        let broken = error.source().is_some_and(|cause| cause.is::<std::io::Error>());
        if ended || broken || error.is_closed() || self.client.is_closed() {
            return StoreError::Lost { reason: reason(&error) };
        }
        match error.code() {
            Some(&SqlState::LOCK_NOT_AVAILABLE) => StoreError::Busy { reason: reason(&error) },
            _ => StoreError::Engine(reason(&error).into()),
        }
    }
}

/// Keys are compared byte by byte and texts are UTF-8: another encoding would order or lose
/// them differently. Without `fsync` nothing that is acknowledged would be safe.
fn check(purpose: Purpose, encoding: &str, fsync: &str) -> Result<(), StoreError> {
    let reason = if encoding != "UTF8" {
        format!("its encoding is {encoding}; make it with ENCODING 'UTF8'")
    } else if purpose == Purpose::Write(Durability::Full) && fsync != "on" {
        "fsync is off: what is acknowledged could be lost; turn it on".to_owned()
    } else {
        return Ok(());
    };
    Err(StoreError::Unfit { reason })
}

/// What the server or the system says. Neither repeats a password.
fn reason(error: &Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(told), _) => format!("{} ({})", told.message(), told.code().code()),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}
