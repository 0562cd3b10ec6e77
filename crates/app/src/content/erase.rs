//! Erasing the content of an entry.

use serde::{Deserialize, Serialize};
use tanheng_base::Text;
use tanheng_evidence::Part;
use tanheng_store::record::Erasure;
use tanheng_store::{Change, Database, journal};

use crate::Failure;
use crate::command::UseCase;
use crate::journal::Read;
use crate::outcome::{Decision, Outcome};
use crate::policy::{Action, Subject};
use crate::situation::Situation;

/// Erases what was declared in an entry, with its secret and the confidential
/// rows that came of it. Figures, proofs and the entry itself stay; replay and
/// audit then say erased, not different.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erase {
    /// Sequence of the entry.
    pub entry: i64,
    /// Why, for the record.
    pub reason: String,
}

impl UseCase for Erase {
    const KIND: &'static str = "content.erase";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        situation.authorise(Action::EraseContent, Subject::Book)?;
        if let Some(erased) = Erasure::find(situation.sql, self.entry)? {
            return Ok(Decision::Same(erased.entry));
        }
        let target = Read::one(situation.sql, self.entry)?
            .filter(|target| target.entry.kind() != Self::KIND)
            .ok_or_else(|| {
                Failure::refuse(
                    "content.no_entry",
                    Text::new(
                        format!("没有可擦除内容的条目 {}", self.entry),
                        format!("there is no entry {} whose content can be erased", self.entry),
                    ),
                    Text::new("请核对序号", "check the sequence number"),
                )
            })?;
        if self.reason.trim().is_empty() {
            return Err(Failure::refuse(
                "content.no_reason",
                Text::new("擦除内容须说明理由", "an erasure needs a reason"),
                Text::new("请填写理由", "give the reason"),
            ));
        }
        let mut outcome = Outcome::new();
        // Only the keys: the erased rows must not live on in this entry.
        outcome.changes = target.confidential()?.iter().filter_map(delete_of).collect();
        outcome.put(&Erasure {
            sequence: self.entry,
            reason: self.reason.clone(),
            entry: situation.sequence,
        })?;
        Ok(Decision::New(outcome))
    }
}

impl Erase {
    /// Removes the opening itself, in the transaction of the command.
    pub(crate) fn destroy(&self, sql: &Database) -> Result<(), Failure> {
        Ok(journal::erase(sql, self.entry, Part::Input)?)
    }
}

fn delete_of(change: &Change) -> Option<Change> {
    match change {
        Change::Put { table, row } => Some(Change::Delete { table, key: table.key_of(row) }),
        Change::Delete { .. } => None,
    }
}
