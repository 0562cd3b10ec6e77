//! What can go wrong in storage.

/// A failure of the database or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or failed.
    #[error("the database failed: {0}")]
    Engine(Box<dyn std::error::Error + Send + Sync>),
    /// The address of a database cannot be used. The reason never holds a password.
    #[error("the address of the database cannot be used: {reason}")]
    Address {
        /// Why.
        reason: String,
    },
    /// The server of the database gives no connection; nothing was done.
    #[error("the database `{address}` cannot be reached: {reason}")]
    Unreachable {
        /// The address, without password.
        address: String,
        /// Why.
        reason: String,
    },
    /// The connection broke before the transaction was to be committed: nothing of it is
    /// there.
    #[error("the connection to the database was lost, nothing was done: {reason}")]
    Lost {
        /// Why.
        reason: String,
    },
    /// The connection broke while the transaction was being committed: it may be there or
    /// not.
    #[error("the connection to the database was lost during the commit: {reason}")]
    Undecided {
        /// Why.
        reason: String,
    },
    /// Another process did not let go of the database in time; nothing was done.
    #[error("the database is in use by another process, nothing was done: {reason}")]
    Busy {
        /// Why.
        reason: String,
    },
    /// The database is set up so that it cannot keep what this program promises.
    #[error("the database is set up wrongly: {reason}")]
    Unfit {
        /// What is wrong and what it has to be.
        reason: String,
    },
    /// A text holds the character NUL, which not every engine can store.
    #[error("a text holds the character NUL")]
    Nul,
    /// A folder or file could not be used.
    #[error("`{path}` cannot be used: {source}")]
    File {
        /// The path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A cell holds what its column can never hold.
    #[error("column `{column}` holds `{found}`, which is no {expected}")]
    Impossible {
        /// Table or record and column.
        column: String,
        /// What was found.
        found: String,
        /// What the column holds.
        expected: &'static str,
    },
    /// A change names a table or column that does not exist.
    #[error("there is no derived table or column `{0}`")]
    Unknown(String),
    /// The database was made by a later or altered release.
    #[error("migration {version} of the database differs from that of this release: {reason}")]
    Migration {
        /// Number of the migration.
        version: i64,
        /// What differs.
        reason: &'static str,
    },
    /// An amount does not fit the scale of its column.
    #[error("amount {amount} does not fit {places} decimal places")]
    Scale {
        /// The amount.
        amount: String,
        /// Places of the column.
        places: u8,
    },
}

impl StoreError {
    /// Stable code of what a person can do something about.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "database.address",
            Self::Unreachable { .. } => "database.unreachable",
            Self::Lost { .. } => "database.lost",
            Self::Undecided { .. } => "database.outcome_unknown",
            Self::Busy { .. } => "database.busy",
            Self::Unfit { .. } => "database.unfit",
            Self::Nul => "text.nul",
            _ => "store.failed",
        }
    }

    /// The same once more, if it is about the connection and not about what was asked of it:
    /// it holds for everybody who waits.
    #[must_use]
    pub fn of_connection(&self) -> Option<Self> {
        Some(match self {
            Self::Unreachable { address, reason } => {
                Self::Unreachable { address: address.clone(), reason: reason.clone() }
            }
            Self::Lost { reason } => Self::Lost { reason: reason.clone() },
            Self::Undecided { reason } => Self::Undecided { reason: reason.clone() },
            Self::Busy { reason } => Self::Busy { reason: reason.clone() },
            _ => return None,
        })
    }

    /// Nothing was done, and the same may go well on a new connection.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Lost { .. })
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        if let rusqlite::Error::ToSqlConversionFailure(cause) = &error
            && matches!(cause.downcast_ref(), Some(Self::Nul))
        {
            return Self::Nul;
        }
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Busy { reason: error.to_string() },
            _ => Self::Engine(Box::new(error)),
        }
    }
}
