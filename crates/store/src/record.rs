//! Derived tables: one record type each, and the two ways to read them.

mod accounting;
mod casework;
mod evidence;
mod obligation;
mod party;
mod rulebook;
mod verification;

use std::fmt;
use std::sync::OnceLock;

pub use accounting::{
    Filing, FilingState, LedgerLine, MonthFigure, QualityPlan, VersionHistory, YearFigure,
    YearFigureKind,
};
pub use casework::{CaseAct, CaseFile, CaseFilter, CasePaper, CaseScope, Membership, NoticeRow};
pub use evidence::{Erasure, Idempotency, Setting};
pub use obligation::{ClassDecision, Consequence, Obligation, RegisterEvent, RegisterMember};
pub use party::{ActorRow, Enterprise, EnterpriseFilter, Facility, ListEntry, PublishedList};
pub use rulebook::{Pack, ProposalState, PublishedRulebook, RulebookProposal, RulebookPurpose};
pub use verification::{Finding, FindingState, Verification, VerificationState};

pub use crate::column::{Amount, HundredMillionths, Hundredths};
use crate::{Cell, Change, Row, Sql, StoreError};

/// The shape of a derived table. Each name has one.
pub struct Table {
    /// Name in the database.
    pub name: &'static str,
    /// Key columns; rows are compared and ordered by them.
    pub key: &'static [&'static str],
    /// All columns, in order.
    pub columns: &'static [&'static str],
    replaces: bool,
    find: OnceLock<String>,
    put: OnceLock<String>,
    delete: OnceLock<String>,
}

impl Table {
    pub(crate) const fn new(
        name: &'static str,
        key: &'static [&'static str],
        columns: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            key,
            columns,
            replaces: true,
            find: OnceLock::new(),
            put: OnceLock::new(),
            delete: OnceLock::new(),
        }
    }

    /// A table of evidence: a row is put once and never replaced.
    pub(crate) const fn evidence(
        name: &'static str,
        key: &'static [&'static str],
        columns: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            key,
            columns,
            replaces: false,
            find: OnceLock::new(),
            put: OnceLock::new(),
            delete: OnceLock::new(),
        }
    }

    /// Every column, separated by commas.
    pub(crate) fn column_list(&self) -> String {
        self.columns.join(", ")
    }

    /// Whether a row takes the place of one with the same key.
    pub(crate) fn replaces(&self) -> bool {
        self.replaces
    }

    /// The key of a row.
    #[must_use]
    pub fn key_of(&self, row: &[Cell]) -> Row {
        let place = |name: &&str| self.columns.iter().position(|column| column == name);
        self.key.iter().filter_map(place).filter_map(|place| row.get(place).cloned()).collect()
    }

    /// The statement that reads the row of a key.
    pub(crate) fn find_sql(&self) -> &str {
        self.find.get_or_init(|| {
            let columns = self.column_list();
            format!("SELECT {columns} FROM {} WHERE {}", self.name, self.by_key())
        })
    }

    /// The statement that puts one row.
    pub(crate) fn put_sql(&self) -> &str {
        self.put.get_or_init(|| self.insert_sql(1))
    }

    /// The statement that puts so many rows; in a table that replaces rows no two of them
    /// may have the same key.
    pub(crate) fn insert_sql(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row = |row: usize| {
            let places: Vec<String> =
                (1..=width).map(|place| format!("${}", row * width + place)).collect();
            format!("({})", places.join(", "))
        };
        let values: Vec<String> = (0..rows).map(row).collect();
        let conflict = match self.replaces {
            true => format!(" ON CONFLICT ({}) DO {}", self.key.join(", "), self.replacement()),
            false => String::new(),
        };
        format!(
            "INSERT INTO {} ({}) VALUES {}{conflict}",
            self.name,
            self.column_list(),
            values.join(", "),
        )
    }

    fn replacement(&self) -> String {
        let rest: Vec<String> = self
            .columns
            .iter()
            .filter(|name| !self.key.contains(name))
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        match rest.is_empty() {
            true => "NOTHING".to_owned(),
            false => format!("UPDATE SET {}", rest.join(", ")),
        }
    }

    pub(crate) fn delete_sql(&self) -> &str {
        self.delete.get_or_init(|| format!("DELETE FROM {} WHERE {}", self.name, self.by_key()))
    }

    fn by_key(&self) -> String {
        let terms: Vec<String> = self
            .key
            .iter()
            .enumerate()
            .map(|(place, name)| format!("{name} = ${}", place + 1))
            .collect();
        terms.join(" AND ")
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Table {}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A row of a derived table as a Rust value.
pub trait Record: Sized {
    /// Its table.
    const TABLE: &'static Table;

    /// The row, in the order of the table's columns.
    ///
    /// # Errors
    /// [`StoreError::Scale`] when an amount does not fit its column.
    fn to_row(&self) -> Result<Row, StoreError>;

    /// The value of a row in the order of the table's columns.
    ///
    /// # Errors
    /// [`StoreError::Impossible`] when a cell holds what its column never holds.
    fn from_row(row: &[Cell]) -> Result<Self, StoreError>;

    /// The change that makes this the row under its key.
    ///
    /// # Errors
    /// [`StoreError::Scale`] when an amount does not fit its column.
    fn put(&self) -> Result<Change, StoreError> {
        Ok(Change::Put { table: Self::TABLE, row: self.to_row()? })
    }

    /// The change that removes the row under this key.
    ///
    /// # Errors
    /// [`StoreError::Scale`] when an amount does not fit its column.
    fn delete(&self) -> Result<Change, StoreError> {
        Ok(Change::Delete { table: Self::TABLE, key: Self::TABLE.key_of(&self.to_row()?) })
    }
}

/// The record under a key.
///
/// # Errors
/// When the engine fails or a cell is impossible.
pub(crate) fn find<R: Record>(sql: &impl Sql, key: &[Cell]) -> Result<Option<R>, StoreError> {
    sql.find(R::TABLE, key)?.map(|row| R::from_row(&row)).transpose()
}

/// The records that `rest` (`WHERE … ORDER BY … LIMIT …`) picks.
///
/// # Errors
/// When the engine fails or a cell is impossible.
pub(crate) fn select<R: Record>(
    sql: &impl Sql,
    rest: &str,
    parameters: &[Cell],
) -> Result<Vec<R>, StoreError> {
    let query = format!("SELECT {} FROM {} {rest}", R::TABLE.column_list(), R::TABLE.name);
    sql.query(&query, parameters)?.iter().map(|row| R::from_row(row)).collect()
}

/// Every derived table, in the order in which replay compares them.
pub static TABLES: &[&Table] = &[
    Idempotency::TABLE,
    Erasure::TABLE,
    Setting::TABLE,
    Pack::TABLE,
    PublishedRulebook::TABLE,
    RulebookProposal::TABLE,
    ActorRow::TABLE,
    Enterprise::TABLE,
    Facility::TABLE,
    PublishedList::TABLE,
    ListEntry::TABLE,
    QualityPlan::TABLE,
    Filing::TABLE,
    VersionHistory::TABLE,
    LedgerLine::TABLE,
    MonthFigure::TABLE,
    YearFigure::TABLE,
    Verification::TABLE,
    Finding::TABLE,
    ClassDecision::TABLE,
    RegisterEvent::TABLE,
    RegisterMember::TABLE,
    Obligation::TABLE,
    Consequence::TABLE,
    CaseFile::TABLE,
    CaseAct::TABLE,
    CasePaper::TABLE,
    NoticeRow::TABLE,
    Membership::TABLE,
];

/// What is in the database and not derived from the journal, with what watches it.
pub const NOT_DERIVED: &[(&str, &str)] = &[
    ("journal", "audit: every entry against the log and the checkpoint"),
    ("opening", "audit: every opening against its entry"),
    ("log_hash", "audit: the tree computed afresh"),
    ("head", "audit: size and time against the last entry"),
    ("migration", "start: the structure of the release"),
];

/// Declares a record type and its table.
macro_rules! record {
    ($(#[$doc:meta])* $type:ident in $table:literal key($($key:literal),+) {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $type {
            $($(#[$field_doc])* pub $field: $kind,)+
        }

        impl $crate::Record for $type {
            const TABLE: &'static $crate::Table = {
                static TABLE: $crate::Table =
                    $crate::Table::new($table, &[$($key),+], &[$(stringify!($field)),+]);
                &TABLE
            };

            fn to_row(&self) -> Result<$crate::Row, $crate::StoreError> {
                Ok(vec![$($crate::Column::to_cell(&self.$field)?),+])
            }

            fn from_row(row: &[$crate::Cell]) -> Result<Self, $crate::StoreError> {
                let mut cells = row.iter();
                let missing = $crate::Cell::Null;
                Ok(Self {
                    $($field: $crate::Column::from_cell(
                        cells.next().unwrap_or(&missing),
                        concat!($table, ".", stringify!($field)),
                    )?,)+
                })
            }
        }
    };
}
pub(crate) use record;
