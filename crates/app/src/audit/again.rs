//! Deciding every command again, in a state that is rebuilt entry by entry.

use tanheng_base::{ActorId, Instant};
use tanheng_evidence::Value;
use tanheng_store::record::{CaseAct, Erasure};
use tanheng_store::{Database, Record, apply, journal};

use super::{Audited, at};
use crate::Failure;
use crate::executor::{actor_at, decide};
use crate::journal::{Read, outcome_value};
use crate::outcome::Decision;
use crate::situation::{Rulebooks, Situation};

/// The state in which commands are decided again: rebuilt entry by entry.
pub(super) struct Again {
    state: Database,
    rulebooks: Rulebooks,
}

impl Again {
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self { state: Database::in_memory()?, rulebooks: Rulebooks::default() })
    }

    /// Whether an entry of the journal ordered the erasure of another.
    pub(super) fn ordered(&self, sequence: i64) -> Result<bool, Failure> {
        let erasure = Erasure::find(&self.state, sequence)?;
        Ok(erasure.is_some_and(|erasure| erasure.entry != sequence))
    }

    pub(super) fn decide(&mut self, audited: &mut Audited, read: &Read) -> Result<(), Failure> {
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
                apply(state, erasure.put()?)?;
            }
            for change in read.confidential()?.into_iter().chain(read.changes()?) {
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
    state: &Database,
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
fn rests_on_erased(state: &Database, read: &Read) -> Result<bool, Failure> {
    let Some(input) = &read.input else { return Ok(true) };
    let enterprise = input.content().get("enterprise");
    // The service of a notice names its case in what it told.
    let told = read.outcome.as_ref().and_then(|outcome| outcome.content().get("case"));
    let case = input.content().get("case").or(told).and_then(Value::as_text);
    for erasure in Erasure::all(state)? {
        let acts = CaseAct::by_entry(state, erasure.sequence)?;
        if acts.iter().any(|act| Some(act.case_id.as_str()) == case) {
            return Ok(true);
        }
        let marked = crate::ledger::enterprise_of_entry(state, erasure.sequence)?;
        if marked.is_some() && marked.as_deref() == enterprise.and_then(Value::as_text) {
            return Ok(true);
        }
    }
    Ok(false)
}
