//! How a decided command becomes an entry, and how an entry is read again.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use tanheng_base::{ActorId, Instant};
use tanheng_evidence::receipt::MARKS;
use tanheng_evidence::{Appender, Entry, HashAlgorithm, Opening, Part, Value};
use tanheng_store::journal::{self, Sealed, StoredOpening};
use tanheng_store::{Change, Database};

use crate::outcome::{Fields, Outcome};
use crate::{Command, Failure};

/// Field of the input: the key the actor gave.
pub const KEY: &str = "_key";
/// Field of the input: changes that are erased with it.
pub const CONFIDENTIAL: &str = "_confidential";
/// Field of the outcome: changes that stay.
pub const CHANGES: &str = "_changes";

/// The command and outcome of an entry.
pub(crate) struct Draft<'a> {
    pub sequence: i64,
    pub now: Instant,
    pub actor: &'a ActorId,
    pub key: Option<&'a str>,
    pub command: &'a Command,
    pub outcome: Outcome,
}

/// Writes entries that follow one another, with fresh secrets, and gives the hashes of their
/// leaves. Encoding and hashing are done by two threads.
pub(crate) fn append(
    sql: &Database,
    log: &mut Appender,
    drafts: &[Draft<'_>],
) -> Result<Vec<[u8; 32]>, Failure> {
    let hash = log.hash();
    let sealed = in_halves(drafts, |draft| draft.seal(hash))?;
    sealed.into_iter().map(|sealed| Ok(journal::append(sql, log, sealed)?)).collect()
}

/// Does `work` for each item, in order, the second half on a thread of its own where there is
/// enough of it.
fn in_halves<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, Failure> + Sync,
) -> Result<Vec<R>, Failure> {
    const WORTH: usize = 8;
    if items.len() < WORTH {
        return items.iter().map(work).collect();
    }
    let (first, second) = items.split_at(items.len() / 2);
    let all = |items: &[T]| items.iter().map(&work).collect::<Result<Vec<R>, Failure>>();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| all(second));
        let mut done = all(first)?;
        done.extend(other.join().unwrap_or(Err(Failure::Stopped))?);
        Ok(done)
    })
}

impl Draft<'_> {
    fn seal(&self, hash: HashAlgorithm) -> Result<Sealed, Failure> {
        let input = Opening::new(hash, Part::Input, secret()?, self.input()?)?;
        let outcome = outcome_value(&self.outcome)?;
        let outcome = Opening::new(hash, Part::Outcome, secret()?, outcome)?;
        let sequence = u64::try_from(self.sequence).unwrap_or_default();
        let (actor, kind) = (self.actor.as_str(), self.command.kind());
        let (asked, decided) = (input.root(), outcome.root());
        let entry = Entry::new(hash, sequence, self.now.0, actor, kind, asked, decided)?;
        Ok(Sealed::new(&entry, &[&input, &outcome]))
    }

    fn input(&self) -> Result<Value, Failure> {
        let json = self.command.to_json().map_err(|e| Failure::Evidence(e.to_string()))?;
        let Json::Object(mut fields) = json else {
            return Err(Failure::Evidence("a command has no fields".to_owned()));
        };
        if let Some(key) = self.key {
            fields.insert(KEY.to_owned(), Json::from(key));
        }
        if !self.outcome.confidential.is_empty() {
            fields.insert(CONFIDENTIAL.to_owned(), to_json(&self.outcome.confidential)?);
        }
        Ok(Value::from_json(Json::Object(fields))?)
    }
}

/// The fields of an outcome as they stand in the journal.
pub(crate) fn outcome_value(outcome: &Outcome) -> Result<Value, Failure> {
    let mut fields: Map<String, Json> =
        outcome.fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    fields.insert(MARKS.to_owned(), to_json(&outcome.marks)?);
    fields.insert(CHANGES.to_owned(), to_json(&outcome.changes)?);
    Ok(Value::from_json(Json::Object(fields))?)
}

fn to_json(value: &impl serde::Serialize) -> Result<Json, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::Evidence(error.to_string()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where randomness is drawn: salts must not be guessable"
)]
fn secret() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Evidence(error.to_string()))?;
    Ok(bytes)
}

/// Fresh random bytes for a signing key.
pub(crate) fn key_seed() -> Result<[u8; 32], Failure> {
    secret()
}

/// An entry read back, with what is left of its content.
#[derive(Debug)]
pub struct Read {
    /// Sequence.
    pub sequence: i64,
    /// The entry.
    pub entry: Entry,
    /// Bytes of the entry: the leaf of the log.
    pub leaf: Vec<u8>,
    /// What was asked; `None` when it was erased.
    pub input: Option<Opening>,
    /// What was decided.
    pub outcome: Option<Opening>,
}

impl Read {
    /// Reads an entry with its openings. Openings that do not decode are errors;
    /// whether they belong to the entry is for audit to say.
    pub(crate) fn from(sql: &Database, sequence: i64, leaf: Vec<u8>) -> Result<Self, Failure> {
        let unreadable = |reason: String| Failure::Unreadable { sequence, reason };
        let entry = Entry::decode(&leaf).map_err(|error| unreadable(error.to_string()))?;
        let mut stored = journal::openings(sql, sequence)?;
        let mut open = |part: Part| -> Result<Option<Opening>, Failure> {
            let decode = |stored: StoredOpening| {
                let secret: [u8; 32] = stored
                    .secret
                    .try_into()
                    .map_err(|_| unreadable(format!("opening {}: secret length", part.name())))?;
                Opening::decode(entry.hash(), part, secret, &stored.content)
                    .map_err(|error| unreadable(format!("opening {}: {error}", part.name())))
            };
            stored.remove(part.name()).map(decode).transpose()
        };
        let (input, outcome) = (open(Part::Input)?, open(Part::Outcome)?);
        Ok(Self { sequence, entry, leaf, input, outcome })
    }

    /// One entry of the journal; `None` beyond its end.
    ///
    /// # Errors
    /// When storage fails or the entry cannot be read.
    pub fn one(sql: &Database, sequence: i64) -> Result<Option<Self>, Failure> {
        let found = journal::entries(sql, sequence, 1)?.into_iter().next();
        match found {
            Some((found, leaf)) if found == sequence => Self::from(sql, sequence, leaf).map(Some),
            _ => Ok(None),
        }
    }

    /// The command with its key; `None` when it was erased.
    pub(crate) fn command(&self) -> Result<Option<(Command, Option<String>)>, Failure> {
        let Some(input) = &self.input else { return Ok(None) };
        let mut fields = json_fields(input.content());
        let key = fields.remove(KEY).and_then(|key| key.as_str().map(str::to_owned));
        fields.remove(CONFIDENTIAL);
        let fields = Json::Object(fields.into_iter().collect());
        let command = Command::from_json(self.entry.kind(), fields)
            .map_err(|reason| Failure::Unreadable { sequence: self.sequence, reason })?;
        Ok(Some((command, key)))
    }

    /// Changes that stay when the content is erased.
    pub(crate) fn changes(&self) -> Result<Vec<Change>, Failure> {
        let reason = || "its outcome is missing".to_owned();
        let Some(outcome) = &self.outcome else {
            return Err(Failure::Unreadable { sequence: self.sequence, reason: reason() });
        };
        self.read_changes(outcome.content().get(CHANGES))
    }

    /// Changes that are erased with the content.
    pub(crate) fn confidential(&self) -> Result<Vec<Change>, Failure> {
        self.read_changes(self.input.as_ref().and_then(|input| input.content().get(CONFIDENTIAL)))
    }

    /// All changes, those first that are erased with the content.
    pub(crate) fn into_changes(self) -> Result<Vec<Change>, Failure> {
        let sequence = self.sequence;
        let Some(outcome) = self.outcome else {
            let reason = "its outcome is missing".to_owned();
            return Err(Failure::Unreadable { sequence, reason });
        };
        let field = |opening: Opening, name: &str| opening.into_content().remove(name);
        let confidential = self.input.and_then(|input| field(input, CONFIDENTIAL));
        let mut all = Vec::new();
        for value in [confidential, field(outcome, CHANGES)].into_iter().flatten() {
            let changes: Vec<Change> = value
                .deserialize()
                .map_err(|error| Failure::Unreadable { sequence, reason: error.to_string() })?;
            all.extend(changes);
        }
        Ok(all)
    }

    fn read_changes(&self, field: Option<&Value>) -> Result<Vec<Change>, Failure> {
        let Some(field) = field else { return Ok(Vec::new()) };
        field.clone().deserialize().map_err(|error| Failure::Unreadable {
            sequence: self.sequence,
            reason: error.to_string(),
        })
    }

    /// The named results of the outcome.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let mut fields =
            self.outcome.as_ref().map(|outcome| json_fields(outcome.content())).unwrap_or_default();
        fields.remove(CHANGES);
        fields
    }
}

fn json_fields(content: &BTreeMap<String, Value>) -> Fields {
    content.iter().map(|(name, value)| (name.clone(), value.to_json())).collect()
}
