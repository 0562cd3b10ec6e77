//! What the benchmarks need beside the product: what a book wrote, as statements that a bare
//! engine can run again.

mod import;

use std::path::Path;

pub use import::{Accounted, account, ledger_workbook};
pub use tanheng_store::{Bare, Statement};
use tanheng_store::{Tape, apply, journal};

use crate::journal::{Effect, effects};
use crate::replay::{for_each_batch, rebuild};
use crate::{Book, Failure};

/// Statements that were taken from a book.
pub struct Written {
    /// How many entries, or rows where rows are counted.
    pub count: u64,
    /// The statements, one transaction per group.
    pub groups: Vec<Vec<Statement>>,
}

/// What the entries of a book from `first` on wrote, in transactions of `group` entries.
///
/// # Errors
/// When storage fails.
pub fn written(book: &Book, first: i64, group: i64) -> Result<Written, Failure> {
    book.reader()?.read(|sql| {
        let size = journal::head(sql)?.size;
        let (tape, mut groups) = (Tape::default(), Vec::new());
        let mut begin = first;
        while begin < size {
            let end = size.min(begin + group);
            journal::copy(sql, begin, end, &tape)?;
            let effects = effects(sql, begin, end - begin)?;
            let time_ms = effects.last().map_or(0, |effect| effect.time_ms);
            put(effects, &tape)?;
            journal::set_head(&tape, journal::Head { size: end, time_ms })?;
            groups.push(tape.take());
            begin = end;
        }
        Ok(Written { count: u64::try_from(size - first).unwrap_or_default(), groups })
    })
}

/// What replay puts into the derived tables, in one transaction.
///
/// # Errors
/// When storage fails.
pub fn derived(book: &Book) -> Result<Written, Failure> {
    book.reader()?.read(|sql| {
        let tape = Tape::default();
        for_each_batch(sql, |effects| put(effects, &tape))?;
        let rows = tape.take();
        let count = u64::try_from(rows.len()).unwrap_or_default();
        Ok(Written { count, groups: vec![rows] })
    })
}

fn put(effects: Vec<Effect>, tape: &Tape) -> Result<(), Failure> {
    let mut changes = effects.into_iter().flat_map(|effect| effect.changes);
    changes.try_for_each(|change| Ok(apply(tape, change)?))
}

/// Rebuilds the derived tables in memory and gives the number of entries read.
///
/// # Errors
/// When storage fails.
pub fn replayed(book: &Book) -> Result<i64, Failure> {
    book.reader()?.read(|sql| Ok(rebuild(sql, &mut |_, _| {})?.entries))
}

/// A bare database in a file.
///
/// # Errors
/// When the file cannot be used.
pub fn bare(path: Option<&Path>) -> Result<Bare, Failure> {
    Ok(Bare::open(path)?)
}
