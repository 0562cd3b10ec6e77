//! Audit: the log is what was signed, every opening belongs to its entry, and
//! every command, decided again with its pinned rulebook, gives its outcome.

use serde::Serialize;
use tanheng_base::{ActorId, Instant};
use tanheng_evidence::log::{check_consistency, prove_consistency};
use tanheng_evidence::{Appender, Checkpoint, Hash, Part, Value, VerifierKey, receipt};
use tanheng_store::journal;
use tanheng_store::record::Erasure;
use tanheng_store::{Record, Sqlite, apply};

use crate::executor::{actor_at, decide};
use crate::journal::{Read, outcome_value};
use crate::outcome::Decision;
use crate::replay::for_each_entry;
use crate::situation::{Rulebooks, Situation};
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
    sql: &Sqlite,
    against: Option<&str>,
    mut progress: impl FnMut(i64, i64),
) -> Result<Audited, Failure> {
    sql.read(|sql| {
        let mut audited = Audited::default();
        let mut log = Appender::new();
        let mut nodes: Vec<Hash> = Vec::new();
        let mut again = Again::new()?;
        let head = journal::head(sql)?;
        let mut next = 0;
        let mut last_time = 0;
        let walked = for_each_entry_checked(sql, &mut audited, |audited, read| {
            progress(read.sequence, head.size);
            if read.sequence != next {
                audited.find("journal", format!("sequence={next}"), "the entry is missing");
            }
            next = read.sequence + 1;
            if read.entry.time_ms() < last_time {
                audited.find("journal", at(&read), "its time is before that of the entry before");
            }
            last_time = read.entry.time_ms();
            log.append_leaf(&read.leaf, &mut nodes)?;
            check_entry(audited, &read);
            again.decide(audited, &read)
        });
        walked?;
        progress(head.size, head.size);
        audited.entries = next;
        audited.root = log.root().iter().map(|byte| format!("{byte:02x}")).collect();
        if (head.size, head.time_ms) != (next, last_time) {
            audited.find("head", "id=1", format!("the journal has {next} entries"));
        }
        check_nodes(&mut audited, sql, &nodes)?;
        for (sequence, part) in journal::stray_openings(sql)? {
            let row = format!("sequence={sequence}, part={part}");
            audited.find("opening", row, "no entry accounts for it");
        }
        check_kept(&mut audited, book, &log, &nodes)?;
        if let Some(text) = against {
            check_against(&mut audited, &book.verifier_key()?, text, &log, &nodes)?;
        }
        for sequence in audited.erased.clone() {
            if Erasure::find(sql, sequence)?.is_none() {
                let row = format!("sequence={sequence}, part=input");
                audited.find("opening", row, "it is missing, and nobody ordered its erasure");
            }
        }
        Ok(audited)
    })
}

fn at(read: &Read) -> String {
    format!("sequence={}", read.sequence)
}

/// Visits every entry; one that cannot be read is a finding and ends the walk,
/// because nothing after it can be decided again.
fn for_each_entry_checked(
    sql: &Sqlite,
    audited: &mut Audited,
    mut visit: impl FnMut(&mut Audited, Read) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match for_each_entry(sql, |read| visit(audited, read)) {
        Err(Failure::Unreadable { sequence, reason }) => {
            let table = if reason.starts_with("opening") { "opening" } else { "journal" };
            audited.find(table, format!("sequence={sequence}"), reason);
            Ok(())
        }
        other => other,
    }
}

/// The entry says its own sequence and commits to its openings.
fn check_entry(audited: &mut Audited, read: &Read) {
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
}

fn check_nodes(audited: &mut Audited, sql: &Sqlite, nodes: &[Hash]) -> Result<(), Failure> {
    let stored = journal::nodes(sql)?;
    for (place, node) in nodes.iter().enumerate() {
        let found = stored.get(place);
        let right = found.is_some_and(|(position, hash)| {
            usize::try_from(*position) == Ok(place) && hash.as_slice() == node.as_slice()
        });
        if !right {
            audited.find("log_hash", format!("position={place}"), "it is not the tree's node");
            return Ok(());
        }
    }
    if let Some((position, _)) = stored.get(nodes.len()) {
        audited.find("log_hash", format!("position={position}"), "it lies beyond the tree");
    }
    Ok(())
}

/// The checkpoint kept outside the database stands over this very log.
fn check_kept(
    audited: &mut Audited,
    book: &Book,
    log: &Appender,
    nodes: &Vec<Hash>,
) -> Result<(), Failure> {
    let Some(note) = book.checkpoint()? else {
        if log.size() > 0 {
            audited.find("log.checkpoint", "file", "there are entries, but no checkpoint is kept");
        }
        return Ok(());
    };
    match Checkpoint::verify(&note, &book.verifier_key()?) {
        Ok(checkpoint) => {
            if let Err(what) = stands_over(&checkpoint, log, nodes) {
                audited.find("log.checkpoint", "file", what);
            }
        }
        Err(error) => audited.find("log.checkpoint", "file", error.to_string()),
    }
    Ok(())
}

/// A checkpoint of any earlier size is a beginning of this log.
fn stands_over(checkpoint: &Checkpoint, log: &Appender, nodes: &Vec<Hash>) -> Result<(), String> {
    if checkpoint.size() > log.size() {
        return Err(format!(
            "it stands over {} entries, but the log has {}: entries are missing",
            checkpoint.size(),
            log.size()
        ));
    }
    if checkpoint.size() == 0 {
        return Ok(());
    }
    let proof = prove_consistency(log.size(), checkpoint.size(), nodes)
        .map_err(|error| error.to_string())?;
    let (size, root) = (checkpoint.size(), checkpoint.root());
    check_consistency(log.size(), &log.root(), size, root, &proof).map_err(|_| {
        format!("the first {size} entries of the log are not those it was signed over")
    })
}

fn check_against(
    audited: &mut Audited,
    key: &VerifierKey,
    text: &str,
    log: &Appender,
    nodes: &Vec<Hash>,
) -> Result<(), Failure> {
    let note = if text.trim_start().starts_with('{') {
        match receipt::verify(text, Some(&key.to_string())) {
            Ok(verified) => verified.checkpoint,
            Err(error) => {
                audited.find("receipt", "file", error.to_string());
                return Ok(());
            }
        }
    } else {
        text.to_owned()
    };
    match Checkpoint::verify(&note, key) {
        Ok(checkpoint) => match stands_over(&checkpoint, log, nodes) {
            Ok(()) => audited.extends = Some(checkpoint.size()),
            Err(what) => audited.find("checkpoint", "file", what),
        },
        Err(error) => audited.find("checkpoint", "file", error.to_string()),
    }
    Ok(())
}

/// The state in which commands are decided again: rebuilt entry by entry.
struct Again {
    state: Sqlite,
    rulebooks: Rulebooks,
}

impl Again {
    fn new() -> Result<Self, Failure> {
        Ok(Self { state: Sqlite::in_memory()?, rulebooks: Rulebooks::default() })
    }

    fn decide(&mut self, audited: &mut Audited, read: &Read) -> Result<(), Failure> {
        let (state, rulebooks) = (&self.state, &self.rulebooks);
        state.write(|state| {
            if let Some((command, key)) = read.command()? {
                match decide_again(state, rulebooks, read, &command, key.as_deref()) {
                    Ok(None) => audited.decided_again += 1,
                    Ok(Some(_)) | Err(Failure::Refused(_)) if rests_on_erased(state, read)? => {
                        audited.rests_on_erased.push(read.sequence);
                    }
                    Ok(Some(what)) => audited.find("opening", at(read), what),
                    Err(Failure::Refused(problems)) => {
                        let first = problems.first().map(ToString::to_string).unwrap_or_default();
                        let what = format!("decided again it would be refused: {first}");
                        audited.find("opening", at(read), what);
                    }
                    Err(error) => return Err(error),
                }
            } else {
                // Known before its time, so that what rests on it is told apart.
                let reason = "erased".to_owned();
                let erasure = Erasure { sequence: read.sequence, reason, entry: read.sequence };
                apply(state, &erasure.put()?)?;
            }
            for change in read.confidential()?.iter().chain(&read.changes()?) {
                apply(state, change)?;
            }
            journal::set_head(
                state,
                journal::Head { size: read.sequence + 1, time_ms: read.entry.time_ms() },
            )?;
            Ok(())
        })
    }
}

/// `None` when the outcome is the same, else what differs.
fn decide_again(
    state: &Sqlite,
    rulebooks: &Rulebooks,
    read: &Read,
    command: &crate::Command,
    key: Option<&str>,
) -> Result<Option<String>, Failure> {
    if matches!(command, crate::Command::EraseContent(_)) {
        // What it removed is gone, so that the list of removed rows cannot be made again.
        return Ok(None);
    }
    let unreadable = |reason: String| Failure::Unreadable { sequence: read.sequence, reason };
    let id: ActorId = read.entry.actor().parse().map_err(|_| unreadable("actor".to_owned()))?;
    let actor = actor_at(state, read.sequence, &id)?;
    let situation = Situation {
        sql: state,
        rulebooks,
        actor: &actor,
        sequence: read.sequence,
        now: Instant(read.entry.time_ms()),
    };
    let outcome = match decide(&situation, command, key)? {
        Decision::New(outcome) => outcome,
        Decision::Same(first) => return Ok(Some(format!("it repeats entry {first}"))),
    };
    let confidential = read.confidential()?;
    if outcome.confidential != confidential {
        return Ok(Some("decided again its confidential rows are different".to_owned()));
    }
    let (Value::Map(again), Some(found)) = (outcome_value(&outcome)?, &read.outcome) else {
        return Ok(Some("its outcome is missing".to_owned()));
    };
    let differs = again
        .iter()
        .find(|(name, value)| found.content().get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .or_else(|| found.content().keys().find(|name| !again.contains_key(*name)).cloned());
    Ok(differs.map(|name| format!("decided again its field `{name}` is different")))
}

/// An erasure that concerns the same enterprise explains why a later entry cannot
/// be decided again.
fn rests_on_erased(state: &Sqlite, read: &Read) -> Result<bool, Failure> {
    let Some(input) = &read.input else { return Ok(true) };
    let enterprise = input.content().get("enterprise");
    for erasure in Erasure::all(state)? {
        let marked = crate::ledger::enterprise_of_entry(state, erasure.sequence)?;
        if marked.is_some() && marked.as_deref() == enterprise.and_then(Value::as_text) {
            return Ok(true);
        }
    }
    Ok(false)
}
