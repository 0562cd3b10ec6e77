//! What can go wrong in storage.

/// A failure of the database or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or failed.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
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
