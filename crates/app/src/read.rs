//! Read models: what a page or a list shows, authorised and from one state of the book.
//!
//! One file per noun. Each function checks the policy table first and reads within one
//! transaction, so that the figures of a page belong together.

pub mod case;
pub mod enterprise;
pub mod figure;
pub mod form;
pub mod log;
pub mod province;
pub mod register;
pub mod rulebook;

use std::sync::Arc;

use tanheng_base::{Actor, Date, Instant};
use tanheng_store::{Database, journal};

pub use tanheng_inventory::{ClassOutcome, FigureKind, Reading, Standing};
pub use tanheng_inventory::{Classification, DefaultUsed, Obligation as Owed, ObligationOutcome};
pub use tanheng_store::record;

use crate::{Book, Failure, Rulebooks};

/// Reads a book as one actor, on its own connection. It belongs on one thread at a time.
pub struct Reader {
    book: Book,
    sql: Database,
    pub(crate) rulebooks: Arc<Rulebooks>,
    pub(crate) actor: Actor,
}

/// How far the book reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Entries in the log.
    pub entries: u64,
    /// The day of the last entry; `None` before the first.
    pub last_day: Option<Date>,
}

impl Reader {
    /// A reader of a book. `rulebooks` may be shared: it holds what was loaded once.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub fn open(book: &Book, rulebooks: Arc<Rulebooks>, actor: Actor) -> Result<Self, Failure> {
        Ok(Self { book: book.clone(), sql: book.reader()?, rulebooks, actor })
    }

    /// The book.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Who reads.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether the book holds demonstration data only.
    ///
    /// # Errors
    /// When storage fails.
    pub fn is_demonstration(&self) -> Result<bool, Failure> {
        self.book.is_demonstration(&self.sql)
    }

    /// How far the book reaches.
    ///
    /// # Errors
    /// When storage fails.
    pub fn reach(&self) -> Result<Reach, Failure> {
        let head = journal::head(&self.sql)?;
        let entries = u64::try_from(head.size).unwrap_or_default();
        let last_day = if entries == 0 { None } else { Instant(head.time_ms).date() };
        Ok(Reach { entries, last_day })
    }

    /// Runs `work` on one unchanging state of the book.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.sql.read(work)
    }
}
