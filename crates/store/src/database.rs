//! A database of either engine, and its transactions.

use std::path::Path;

use crate::sqlite::Sqlite;
use crate::{Cell, Row, Sql, StoreError, migrate};

/// Whether a commit reaches the disk before it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Every commit is on disk before it returns.
    #[default]
    Full,
    /// Commits return before they are on disk: loses acknowledged work in a
    /// power cut. Exists so that a test can show that it would be noticed.
    Off,
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Writing: no other writer until it ends.
    Write,
    /// Reading one unchanging state.
    Read,
}

/// A connection to a database.
pub struct Database(Engine);

enum Engine {
    Sqlite(Sqlite),
}

impl Database {
    /// Opens (and makes or migrates) the database file for writing.
    ///
    /// # Errors
    /// When the file cannot be used or was made by a later release.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, StoreError> {
        Self::migrated(Engine::Sqlite(Sqlite::open(path, durability)?))
    }

    /// Opens an existing database file for reading only.
    ///
    /// # Errors
    /// When the file is not there or cannot be used.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        Ok(Self(Engine::Sqlite(Sqlite::open_read_only(path)?)))
    }

    /// A fresh database in memory, for replay, audit and tests.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::migrated(Engine::Sqlite(Sqlite::in_memory()?))
    }

    fn migrated(engine: Engine) -> Result<Self, StoreError> {
        let database = Self(engine);
        database.write(migrate::run)?;
        Ok(database)
    }

    /// Runs `work` in one writing transaction: committed when it succeeds, rolled
    /// back when it fails.
    ///
    /// # Errors
    /// Those of `work`, and of the engine.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction(Access::Write, work)
    }

    /// Runs `work` on one unchanging state of the database.
    ///
    /// # Errors
    /// Those of `work`, and of the engine.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction(Access::Read, work)
    }

    /// Takes what was deleted off the disk for good, without waiting for anybody.
    /// `false` while somebody else still needs it: try again later.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn scrub(&self) -> Result<bool, StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.scrub(),
        }
    }

    fn transaction<T, E: From<StoreError>>(
        &self,
        access: Access,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin(access)?;
        let done = work(self).and_then(|value| {
            self.commit()?;
            Ok(value)
        });
        if done.is_err() {
            self.roll_back();
        }
        done
    }

    fn begin(&self, access: Access) -> Result<(), StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.begin(access),
        }
    }

    fn commit(&self) -> Result<(), StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.commit(),
        }
    }

    fn roll_back(&self) {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.roll_back(),
        }
    }
}

impl Sql for Database {
    fn execute(&self, sql: &str, parameters: &[Cell]) -> Result<usize, StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.execute(sql, parameters),
        }
    }

    fn query(&self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.query(sql, parameters),
        }
    }
}
