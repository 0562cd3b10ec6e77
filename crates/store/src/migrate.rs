//! Migrations: numbered SQL files, applied once each, in order.
//!
//! Forty lines of our own, because the migration library that fits this driver
//! lags behind its version. A migration holds structure, never law.

use sha2::{Digest, Sha256};

use crate::{Cell, Database, Sql, StoreError};

/// Migrations by number, oldest first. Each has a twin for the other engine: a test compares
/// the tables that they give.
pub(crate) type Migrations = &'static [(i64, &'static str)];

pub(crate) const SQLITE: Migrations = &[
    (1, include_str!("../migrations/sqlite/V1__spine.sql")),
    (2, include_str!("../migrations/sqlite/V2__rulebook_proposal.sql")),
    (3, include_str!("../migrations/sqlite/V3__casework.sql")),
];
pub(crate) const POSTGRES: Migrations = &[
    (1, include_str!("../migrations/postgres/V1__spine.sql")),
    (2, include_str!("../migrations/postgres/V2__rulebook_proposal.sql")),
    (3, include_str!("../migrations/postgres/V3__casework.sql")),
];

/// Brings the database to the structure of this release.
pub(crate) fn run(database: &Database, migrations: Migrations) -> Result<(), StoreError> {
    if !database.tables()?.contains_key("migration") {
        let create = "CREATE TABLE migration (version BIGINT PRIMARY KEY, digest TEXT NOT NULL)";
        database.execute(create, &[])?;
    }
    let applied = database.query("SELECT version, digest FROM migration ORDER BY version", &[])?;
    let differs = |version, reason| StoreError::Migration { version, reason };
    for row in applied.iter().skip(migrations.len()) {
        if let Some(Cell::Integer(version)) = row.first() {
            return Err(differs(*version, "it was made by a later release"));
        }
    }
    for (position, (version, sql)) in migrations.iter().enumerate() {
        let digest = Cell::Text(hex(&Sha256::digest(sql.as_bytes())));
        match applied.get(position) {
            Some(row) if row[1] == digest => {}
            Some(_) => return Err(differs(*version, "its text was altered after it was applied")),
            None => {
                for statement in statements(sql) {
                    database.execute(&statement, &[])?;
                }
                let row = [Cell::Integer(*version), digest];
                database
                    .execute("INSERT INTO migration (version, digest) VALUES ($1, $2)", &row)?;
            }
        }
    }
    Ok(())
}

/// Every statement that makes the structure of this release in a fresh SQLite file.
pub(crate) fn structure() -> impl Iterator<Item = String> {
    SQLITE.iter().flat_map(|(_, sql)| statements(sql))
}

/// The statements of a migration; comment lines are dropped first, and no
/// statement has a semicolon inside.
fn statements(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n");
    code.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
