//! Audit: the log is what was signed, every opening belongs to its entry, and
//! every command, decided again with its pinned rulebook, gives its outcome.

mod again;
mod tree;

use again::Again;
use serde::Serialize;
use tanheng_evidence::Part;
use tanheng_store::journal::{self, Head};
use tanheng_store::record::NOT_DERIVED;
use tanheng_store::{Database, StoreError};
use tree::Tree;

use crate::journal::Read;
use crate::replay::BATCH;
use crate::{Book, Failure};

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Table.
    pub table: &'static str,
    /// Row.
    pub row: String,
    /// What is wrong.
    pub what: String,
}

/// What audit found.
#[derive(Debug, Default, Serialize)]
pub struct Audited {
    /// Number of entries.
    pub entries: i64,
    /// Root of the log, computed afresh, in hexadecimal.
    pub root: String,
    /// Commands that were decided again with the same outcome.
    pub decided_again: i64,
    /// Entries whose content was erased.
    pub erased: Vec<i64>,
    /// Entries that rest on erased content and cannot be decided again.
    pub rests_on_erased: Vec<i64>,
    /// Size of the checkpoint that somebody else kept, when it was compared.
    pub extends: Option<u64>,
    /// What does not agree.
    pub findings: Vec<Finding>,
}

impl Audited {
    /// Everything agrees.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, table: &'static str, row: impl Into<String>, what: impl Into<String>) {
        self.findings.push(Finding { table, row: row.into(), what: what.into() });
    }
}

/// Audits a book, and whether its log extends what somebody else kept: the text
/// of a checkpoint or of a receipt.
///
/// # Errors
/// When storage fails; what does not agree is no error but a finding.
pub fn audit(
    book: &Book,
    sql: &Database,
    against: Option<&str>,
    mut progress: impl FnMut(i64, i64),
) -> Result<Audited, Failure> {
    sql.read(|sql| {
        let mut audited = Audited::default();
        let head = tolerate(&mut audited, journal::head(sql))?;
        let size = head.map_or(0, |head| head.size);
        let mut walk = Walk {
            tree: Tree::new(book.verifier_key()?.log_hash()),
            again: Again::new()?,
            decidable: true,
            next: 0,
            visited: 0,
            last_time: 0,
        };
        while let Some(entries) = tolerate(&mut audited, journal::entries(sql, walk.next, BATCH))? {
            // No log reaches the last number: a row there was put in by somebody else.
            if entries.is_empty() || walk.next == i64::MAX {
                break;
            }
            for (sequence, leaf) in entries {
                progress(sequence, size);
                walk.entry(&mut audited, sql, sequence, leaf)?;
            }
        }
        progress(size, size);
        walk.check_ends(&mut audited, sql, head)?;
        let signed = walk.tree.check_kept(&mut audited, book)?;
        walk.tree.check_nodes(&mut audited, sql, signed)?;
        if let Some(strays) = tolerate(&mut audited, journal::stray_openings(sql))? {
            for (sequence, part) in strays {
                let row = format!("sequence={sequence}, part={part}");
                audited.find("opening", row, "no entry accounts for it");
            }
        }
        if let Some(text) = against {
            walk.tree.check_against(&mut audited, &book.verifier_key()?, text);
        }
        audited.entries = walk.next;
        audited.root = walk.tree.log.root().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(audited)
    })
}

fn at(read: &Read) -> String {
    format!("sequence={}", read.sequence)
}

/// A cell that no release ever wrote is a finding, and nothing can be read there.
fn tolerate<T>(audited: &mut Audited, read: Result<T, StoreError>) -> Result<Option<T>, Failure> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(StoreError::Impossible { column, found, expected }) => {
            let named =
                |table: &&(&'static str, &str)| column.starts_with(&format!("{}.", table.0));
            let table = NOT_DERIVED.iter().find(named).map_or("database", |table| table.0);
            audited.find(table, &column, format!("it holds `{found}`, which is no {expected}"));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// The walk along the journal.
struct Walk {
    tree: Tree,
    again: Again,
    /// Nothing was met that could not be read: what follows can be decided again.
    decidable: bool,
    /// The sequence that comes next.
    next: i64,
    visited: i64,
    last_time: i64,
}

impl Walk {
    fn entry(
        &mut self,
        audited: &mut Audited,
        sql: &Database,
        sequence: i64,
        leaf: Vec<u8>,
    ) -> Result<(), Failure> {
        if sequence != self.next {
            audited.find("journal", format!("sequence={}", self.next), "the entry is missing");
            self.decidable = false;
        }
        self.next = sequence.saturating_add(1);
        self.visited += 1;
        self.tree.append(sequence, &leaf)?;
        let read = match Read::from(sql, sequence, leaf) {
            Err(Failure::Unreadable { sequence, reason }) => {
                self.stop(audited, sequence, &reason);
                return Ok(());
            }
            Err(Failure::Store(error)) => {
                self.decidable = false;
                return tolerate::<()>(audited, Err(error)).map(drop);
            }
            read => read?,
        };
        if read.entry.time_ms() < self.last_time {
            audited.find("journal", at(&read), "its time is before that of the entry before");
        }
        self.last_time = read.entry.time_ms();
        if read.entry.hash() != self.tree.log.hash() {
            audited.find("journal", at(&read), "it names another hash than the key of the log");
        }
        self.decidable &= check_entry(audited, &read);
        if self.decidable {
            match self.again.decide(audited, &read) {
                Err(Failure::Unreadable { sequence, reason }) => {
                    self.stop(audited, sequence, &reason);
                }
                decided => decided?,
            }
        }
        Ok(())
    }

    /// What cannot be read ends the deciding, because nothing after it can be decided
    /// again; the rest of the journal is walked for its evidence.
    fn stop(&mut self, audited: &mut Audited, sequence: i64, reason: &str) {
        let table = if reason.starts_with("opening") { "opening" } else { "journal" };
        audited.find(table, format!("sequence={sequence}"), reason);
        self.decidable = false;
    }

    /// Head and journal end together, no row stands aside, every erasure was ordered.
    fn check_ends(
        &self,
        audited: &mut Audited,
        sql: &Database,
        head: Option<Head>,
    ) -> Result<(), Failure> {
        if let Some(head) = head {
            let (size, next) = (head.size, self.next);
            if size > next {
                audited.find("journal", format!("sequence={next}"), "the entry is missing");
            } else if size < next {
                audited.find("journal", format!("sequence={size}"), "it lies beyond the head");
            }
            if (size, head.time_ms) != (next, self.last_time) {
                let what =
                    format!("the journal has {next} entries, the last of {}", self.last_time);
                audited.find("head", "id=1", what);
            }
        }
        for (table, expected) in [("journal", self.visited), ("head", 1)] {
            let rows = journal::count(sql, table)?;
            if rows != expected {
                audited.find(table, "rows", format!("there are {rows}, not {expected}"));
            }
        }
        for sequence in audited.erased.clone() {
            if self.decidable && !self.again.ordered(sequence)? {
                let row = format!("sequence={sequence}, part=input");
                audited.find("opening", row, "it is missing, and nobody ordered its erasure");
            }
        }
        Ok(())
    }
}

/// The entry says its own sequence and commits to its openings. `false` when what it says
/// cannot be relied on.
fn check_entry(audited: &mut Audited, read: &Read) -> bool {
    let before = audited.findings.len();
    if i64::try_from(read.entry.sequence()).ok() != Some(read.sequence) {
        audited.find("journal", at(read), "the entry says another sequence");
    }
    for (part, opening) in [(Part::Input, &read.input), (Part::Outcome, &read.outcome)] {
        let row = format!("sequence={}, part={}", read.sequence, part.name());
        match opening {
            Some(opening) if read.entry.commits_to(opening) => {}
            Some(_) => audited.find("opening", row, "it is not what the entry commits to"),
            None if part == Part::Input => audited.erased.push(read.sequence),
            None => audited.find("opening", row, "it is missing"),
        }
    }
    audited.findings.len() == before
}
