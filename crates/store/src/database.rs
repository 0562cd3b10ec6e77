//! A database of either engine, and its transactions.

use std::collections::BTreeMap;

use crate::address::Place;
use crate::postgres::{Postgres, Purpose};
use crate::record::Table;
use crate::sqlite::Sqlite;
use crate::{Address, Cell, Row, Sql, StoreError, migrate};

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
    /// Making or changing tables.
    Structure,
    /// Writing: no other writer until it ends.
    Write,
    /// Reading one unchanging state.
    Read,
}

/// A connection to a database.
pub struct Database(Engine);

enum Engine {
    Sqlite(Box<Sqlite>),
    Postgres(Box<Postgres>),
}

impl Database {
    /// Opens (and makes or migrates) a database for writing.
    ///
    /// # Errors
    /// When it cannot be used or was made by a later release.
    pub fn open(address: &Address, durability: Durability) -> Result<Self, StoreError> {
        Self::migrated(match &address.place {
            Place::File(path) => Engine::Sqlite(Sqlite::open(path, durability)?.into()),
            Place::Server(_) => {
                let purpose = Purpose::Write(durability);
                Engine::Postgres(Box::new(Postgres::open(address, purpose)?))
            }
        })
    }

    /// Opens an existing database for reading only.
    ///
    /// # Errors
    /// When it is not there or cannot be used.
    pub fn open_read_only(address: &Address) -> Result<Self, StoreError> {
        Ok(Self(match &address.place {
            Place::File(path) => Engine::Sqlite(Sqlite::open_read_only(path)?.into()),
            Place::Server(_) => Engine::Postgres(Box::new(Postgres::open(address, Purpose::Read)?)),
        }))
    }

    /// A fresh database in memory, for replay, audit and tests.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::migrated(Engine::Sqlite(Sqlite::in_memory()?.into()))
    }

    fn migrated(engine: Engine) -> Result<Self, StoreError> {
        let migrations = match &engine {
            Engine::Sqlite(_) => migrate::SQLITE,
            Engine::Postgres(_) => migrate::POSTGRES,
        };
        let database = Self(engine);
        database.transaction(Access::Structure, |sql| migrate::run(sql, migrations))?;
        Ok(database)
    }

    /// Every table with its columns in order, as the engine tells them.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn tables(&self) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
        let columns = match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.columns()?,
            Engine::Postgres(postgres) => postgres.columns()?,
        };
        let mut tables = BTreeMap::<_, Vec<_>>::new();
        for row in columns {
            if let [table, column] = &row[..] {
                tables.entry(table.to_string()).or_default().push(column.to_string());
            }
        }
        Ok(tables)
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

    /// Runs `work` while nobody else writes, and undoes what it wrote: what it sees is no
    /// longer changed by a transaction that was cut off.
    ///
    /// # Errors
    /// Those of `work`, and of the engine.
    pub fn settled<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin(Access::Write)?;
        let seen = work(self);
        self.roll_back();
        seen
    }

    /// Takes what was deleted off the disk for good, without waiting for anybody.
    /// `false` while somebody else still needs it: try again later.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn scrub(&self) -> Result<bool, StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.scrub(),
            Engine::Postgres(postgres) => postgres.scrub(),
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
            Engine::Postgres(postgres) => postgres.begin(access),
        }
    }

    fn commit(&self) -> Result<(), StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.commit(),
            Engine::Postgres(postgres) => postgres.commit(),
        }
    }

    fn roll_back(&self) {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.roll_back(),
            Engine::Postgres(postgres) => postgres.roll_back(),
        }
    }
}

impl Sql for Database {
    fn execute(&self, sql: &str, parameters: &[Cell]) -> Result<usize, StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.execute(sql, parameters),
            Engine::Postgres(postgres) => postgres.execute(sql, parameters),
        }
    }

    fn query(&self, sql: &str, parameters: &[Cell]) -> Result<Vec<Row>, StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.query(sql, parameters),
            Engine::Postgres(postgres) => postgres.query(sql, parameters),
        }
    }

    fn find(&self, table: &'static Table, key: &[Cell]) -> Result<Option<Row>, StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.find(table, key),
            Engine::Postgres(postgres) => postgres.find(table, key),
        }
    }

    fn put(&self, table: &'static Table, row: Row) -> Result<(), StoreError> {
        match &self.0 {
            Engine::Sqlite(sqlite) => sqlite.put(table, row),
            Engine::Postgres(postgres) => postgres.put(table, row),
        }
    }
}
