//! Replay: the derived tables rebuilt from the journal, and compared.

use std::sync::mpsc::{Receiver, sync_channel};

use serde::Serialize;
use tanheng_store::record::{Erasure, NOT_DERIVED};
use tanheng_store::{
    Database, Difference, TableDigest, apply, compare_tables, digest_tables, journal,
};

use crate::Failure;
use crate::journal::{Effect, effects};

/// Entries read at a time.
pub(crate) const BATCH: i64 = 64;
/// Batches that are read before their predecessors are applied, at most.
const AHEAD: usize = 4;

/// What replay found.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// Number of entries.
    pub entries: i64,
    /// Entries whose content was erased: their confidential rows are gone on
    /// both sides.
    pub erased: Vec<i64>,
    /// Digest of each derived table as found.
    pub tables: Vec<TableDigest>,
    /// First difference of each table that differs.
    pub differences: Vec<Difference>,
    /// What is not derived, and what watches it.
    pub not_derived: &'static [(&'static str, &'static str)],
}

impl Replayed {
    /// Everything agrees.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Digest of each derived table as it stands.
///
/// # Errors
/// When storage fails.
pub fn digests(sql: &Database) -> Result<Vec<TableDigest>, Failure> {
    sql.read(|sql| Ok(digest_tables(sql)?))
}

/// Rebuilds the derived tables of a book in memory and compares them.
///
/// `progress` is told how many entries are done, of how many.
///
/// # Errors
/// When storage fails or an entry cannot be read.
pub fn replay(sql: &Database, mut progress: impl FnMut(i64, i64)) -> Result<Replayed, Failure> {
    sql.read(|sql| {
        let Rebuilt { database: fresh, entries, erased } = rebuild(sql, &mut progress)?;
        let (tables, mut differences) = compare_tables(sql, &fresh)?;
        for sequence in &erased {
            if Erasure::find(&fresh, *sequence)?.is_none() {
                differences.push(Difference {
                    table: "opening",
                    row: format!("sequence={sequence}, part=input"),
                    what: "the content is missing, and no entry ordered its erasure".to_owned(),
                });
            }
        }
        Ok(Replayed { entries, erased, tables, differences, not_derived: NOT_DERIVED })
    })
}

/// The derived tables as the journal gives them.
pub(crate) struct Rebuilt {
    pub database: Database,
    pub entries: i64,
    /// Entries whose content was erased.
    pub erased: Vec<i64>,
}

/// Rebuilds the derived tables in memory: one thread reads the journal, another applies it.
pub(crate) fn rebuild(
    sql: &Database,
    progress: &mut impl FnMut(i64, i64),
) -> Result<Rebuilt, Failure> {
    let entries = journal::head(sql)?.size;
    let mut erased = Vec::new();
    let (send, read_ahead) = sync_channel::<Vec<Effect>>(AHEAD);
    let database = std::thread::scope(|scope| {
        let applied = scope.spawn(move || applied(&read_ahead));
        let read = for_each_batch(sql, |batch| {
            if let Some(effect) = batch.last() {
                progress(effect.sequence, entries);
            }
            erased.extend(batch.iter().filter(|effect| effect.erased).map(|e| e.sequence));
            // Nobody takes entries any more where applying one failed; that is told below.
            send.send(batch).map_err(|_| Failure::Stopped)
        });
        drop(send);
        let database = applied.join().unwrap_or(Err(Failure::Stopped))?;
        read.map(|()| database)
    })?;
    progress(entries, entries);
    Ok(Rebuilt { database, entries, erased })
}

fn applied(batches: &Receiver<Vec<Effect>>) -> Result<Database, Failure> {
    let database = Database::in_memory()?;
    database.write(|fresh| {
        for effect in batches.iter().flatten() {
            for change in effect.changes {
                apply(fresh, change)?;
            }
        }
        Ok::<(), Failure>(())
    })?;
    Ok(database)
}

/// Visits what every entry changed, in order, some entries at a time.
pub(crate) fn for_each_batch(
    sql: &Database,
    mut visit: impl FnMut(Vec<Effect>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut next = Some(0);
    // No log is as long as the last number; a row there was put in by somebody else.
    while let Some(first) = next {
        let batch = effects(sql, first, BATCH)?;
        let Some(last) = batch.last() else { break };
        next = last.sequence.checked_add(1);
        visit(batch)?;
    }
    Ok(())
}
