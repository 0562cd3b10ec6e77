//! The log: entries, what may be shown of them, checkpoint and key.

use tanheng_base::EnterpriseId;
use tanheng_evidence::{Hash, Opening, Part, Value, VerifierKey};
use tanheng_store::{Database, journal};

use super::Reader;
use crate::Failure;
use crate::journal::{CHANGES, CONFIDENTIAL, Read};
use crate::log::PublicLog;
use crate::policy::{Action, Subject, authorise};
use crate::receipt::{self, Signed};

/// An entry in the list of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Sequence.
    pub sequence: u64,
    /// When, in milliseconds UTC.
    pub time_ms: i64,
    /// Pseudonym of who acted.
    pub actor: String,
    /// Kind of the command.
    pub kind: String,
    /// Hash of the leaf.
    pub leaf: Hash,
    /// Its content was erased.
    pub erased: bool,
}

/// What is shown of one part of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// It was erased.
    Erased,
    /// The actor may not see it.
    Withheld,
    /// Fields by name, and the number of fields that only the machine needs.
    Shown {
        /// Name and value.
        fields: Vec<(String, Value)>,
        /// Fields that are not shown.
        hidden: usize,
    },
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As in the list.
    pub line: Line,
    /// Root over the command's fields.
    pub input_root: Hash,
    /// Root over the outcome's fields.
    pub outcome_root: Hash,
    /// What was asked.
    pub input: Content,
    /// What was decided.
    pub outcome: Content,
    /// The enterprise it is about, where it is about one.
    pub enterprise: Option<EnterpriseId>,
}

/// The log as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Number of entries.
    pub size: u64,
    /// The entries asked for, the newest first.
    pub lines: Vec<Line>,
    /// The last checkpoint.
    pub checkpoint: Option<String>,
    /// The key that verifies it.
    pub key: VerifierKey,
}

fn line(read: &Read) -> Result<Line, Failure> {
    Ok(Line {
        sequence: read.entry.sequence(),
        time_ms: read.entry.time_ms(),
        actor: read.entry.actor().to_owned(),
        kind: read.entry.kind().to_owned(),
        leaf: read.entry.leaf_hash(),
        erased: read.input.is_none(),
    })
}

fn content(opening: Option<&Opening>, may: bool, hidden: &str) -> Content {
    match opening {
        None => Content::Erased,
        Some(_) if !may => Content::Withheld,
        Some(opening) => {
            let all = opening.content();
            let shown = all.iter().filter(|(name, _)| *name != hidden);
            let fields: Vec<(String, Value)> =
                shown.map(|(name, value)| (name.clone(), value.clone())).collect();
            Content::Shown { hidden: all.len() - fields.len(), fields }
        }
    }
}

/// The enterprise that an entry names.
fn enterprise(read: &Read) -> Option<EnterpriseId> {
    let named = read.input.as_ref().and_then(|input| input.content().get("enterprise"));
    named.and_then(Value::as_text).and_then(|text| text.parse().ok())
}

impl Reader {
    /// The log with at most `limit` entries below `before` (the end of the log by default),
    /// the newest first.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn log(&self, before: Option<u64>, limit: u64) -> Result<Log, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            let size = u64::try_from(journal::head(sql)?.size).unwrap_or_default();
            let end = before.unwrap_or(size).min(size);
            let first = end.saturating_sub(limit);
            let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            let mut lines = Vec::new();
            for (sequence, leaf) in journal::entries(sql, number(first), number(end - first))? {
                lines.push(line(&Read::from(sql, sequence, leaf)?)?);
            }
            lines.reverse();
            let (checkpoint, key) = (self.book.checkpoint()?, self.book.verifier_key()?);
            Ok(Log { size, lines, checkpoint, key })
        })
    }

    /// One entry with what the actor may see of it; `None` beyond the end of the log.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn entry(&self, sequence: u64) -> Result<Option<Entry>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            let number = i64::try_from(sequence).unwrap_or(i64::MAX);
            let Some(read) = Read::one(sql, number)? else { return Ok(None) };
            let may = self.may_see(sql, &read)?;
            Ok(Some(Entry {
                line: line(&read)?,
                input_root: read.entry.root(Part::Input),
                outcome_root: read.entry.root(Part::Outcome),
                input: content(read.input.as_ref(), may, CONFIDENTIAL),
                outcome: content(read.outcome.as_ref(), may, CHANGES),
                enterprise: enterprise(&read),
            }))
        })
    }

    /// The receipt of an entry as text, for those who may see its content; `None` beyond the
    /// end of the log.
    ///
    /// # Errors
    /// `policy.not_allowed`, `receipt.erased`, or a failure of storage.
    pub fn receipt(&self, sequence: u64) -> Result<Option<String>, Failure> {
        let signed = Signed::last(&self.book)?;
        self.read(|sql| {
            let number = i64::try_from(sequence).unwrap_or(i64::MAX);
            let Some(read) = Read::one(sql, number)? else { return Ok(None) };
            match enterprise(&read) {
                Some(id) => {
                    let subject = Subject::Enterprise(&id);
                    authorise(sql, &self.actor, Action::ViewProcessData, subject)?;
                }
                None => authorise(sql, &self.actor, Action::ViewProvince, Subject::Book)?,
            }
            receipt::issue_under(&signed, sql, number).map(Some)
        })
    }

    /// The public log, under the last checkpoint.
    ///
    /// # Errors
    /// `policy.not_allowed`, those of `work`, or a failure of storage.
    pub fn public<T>(
        &self,
        work: impl FnOnce(&PublicLog<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let signed = Signed::last(&self.book)?;
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            work(&PublicLog::under(signed, sql))
        })
    }

    /// The contents of an entry belong to those who may see the enterprise's process data;
    /// what is about no enterprise belongs to the province.
    fn may_see(&self, sql: &Database, read: &Read) -> Result<bool, Failure> {
        let asked = match enterprise(read) {
            Some(id) => {
                authorise(sql, &self.actor, Action::ViewProcessData, Subject::Enterprise(&id))
            }
            None => authorise(sql, &self.actor, Action::ViewProvince, Subject::Book),
        };
        match asked {
            Ok(()) => Ok(true),
            Err(Failure::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
