//! The only crate with SQL: SQLite behind one small synchronous transaction trait, migrations.
