//! The only crate with SQL: SQLite and PostgreSQL behind one small synchronous trait, migrations.
//!
//! [`Sql`] is the whole face of a database: run a statement, read rows. Above it
//! stand two things only. *Evidence* ([`journal`]): entries, openings, the nodes of
//! the log and its head, appended and never changed but for the erasure of
//! openings. *Derived tables* ([`record`]): one record type per table, changed
//! solely by applying [`Change`]s that stand in journal outcomes, so that replay
//! rebuilds every one of them.
//!
//! Statements are written once, with `$1 … $n`, for every engine. All integers are
//! BIGINT, instants are milliseconds UTC, published amounts are integers at the
//! scale their column names (`_e2`: hundredths), flags are 0 and 1. Nothing here
//! decides anything.

mod address;
mod bare;
mod cell;
mod change;
mod column;
mod database;
mod digest;
mod error;
pub mod journal;
mod migrate;
mod pending;
mod postgres;
pub mod record;
mod scope;
mod sql;
mod sqlite;

pub use address::Address;
pub use bare::{Bare, Statement, Tape};
pub use cell::{Cell, Row};
pub use change::{Change, apply};
pub use column::Column;
pub use database::{Database, Durability};
pub use digest::{
    Difference, TableDigest, compare_tables, digest_table, digest_tables, first_difference,
};
pub use error::StoreError;
pub use record::{Record, Table};
pub(crate) use record::{find, select};
pub use scope::RowScope;
pub use sql::Sql;
