//! How a decided command becomes an entry, and how an entry is read again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use tanheng_base::{ActorId, Instant};
use tanheng_evidence::receipt::MARKS;
use tanheng_evidence::{Entry, HashAlgorithm, Opening, Part, Value};
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

/// Seals drafts of a group that follow one another: encodes them, with fresh secrets, and computes
/// what they commit to. A second thread helps where the group is large; whoever decides goes on
/// meanwhile, and seals a draft itself when many wait.
pub(crate) struct Sealer<'a> {
    hash: HashAlgorithm,
    helper: Option<Helper<'a>>,
    /// In the order of the drafts: sealed here, or `None` where the helper does it.
    sealed: VecDeque<Option<Sealed>>,
}

struct Helper<'a> {
    drafts: Sender<Draft<'a>>,
    sealed: Receiver<Result<Sealed, Failure>>,
    /// Drafts that it was given and that were not taken back.
    waiting: usize,
}

/// Fewer drafts are not worth a thread.
const WORTH: usize = 8;
/// Drafts that wait for the helper at most.
const BACKLOG: usize = 16;

impl<'a> Sealer<'a> {
    /// For a group of so many drafts at most.
    pub(crate) fn new<'scope>(
        hash: HashAlgorithm,
        most: usize,
        scope: &'scope Scope<'scope, '_>,
    ) -> Self
    where
        'a: 'scope,
    {
        let helper = (most >= WORTH).then(|| {
            let (drafts, to_seal) = channel::<Draft<'a>>();
            let (done, sealed) = channel();
            scope.spawn(move || {
                let mut results = to_seal.into_iter().map(|draft| draft.seal(hash));
                // Nobody wants the rest where the group failed.
                results.try_for_each(|result| done.send(result)).ok();
            });
            Helper { drafts, sealed, waiting: 0 }
        });
        Self { hash, helper, sealed: VecDeque::new() }
    }

    /// Takes the next draft.
    pub(crate) fn push(&mut self, draft: Draft<'a>) -> Result<(), Failure> {
        if let Some(helper) = &mut self.helper
            && helper.waiting < BACKLOG
        {
            helper.drafts.send(draft).map_err(|_| Failure::Stopped)?;
            helper.waiting += 1;
            self.sealed.push_back(None);
            return Ok(());
        }
        let sealed = draft.seal(self.hash)?;
        self.sealed.push_back(Some(sealed));
        Ok(())
    }

    /// The next sealed draft, of all that were taken.
    pub(crate) fn next(&mut self) -> Result<Option<Sealed>, Failure> {
        match (self.sealed.pop_front(), &mut self.helper) {
            (None, _) => Ok(None),
            (Some(Some(sealed)), _) => Ok(Some(sealed)),
            (Some(None), Some(helper)) => {
                helper.waiting -= 1;
                helper.sealed.recv().unwrap_or(Err(Failure::Stopped)).map(Some)
            }
            (Some(None), None) => Err(Failure::Stopped),
        }
    }

    /// The next sealed draft, unless the helper is still at it.
    pub(crate) fn ready(&mut self) -> Result<Option<Sealed>, Failure> {
        if let (Some(None), Some(helper)) = (self.sealed.front(), &mut self.helper) {
            let Ok(sealed) = helper.sealed.try_recv() else { return Ok(None) };
            helper.waiting -= 1;
            self.sealed.pop_front();
            return sealed.map(Some);
        }
        self.next()
    }
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
        let mut stored = journal::openings(sql, sequence, sequence)?;
        let mut open = |part: Part| -> Result<Option<Opening>, Failure> {
            let decode = |stored: StoredOpening| {
                let secret: [u8; 32] = stored
                    .secret
                    .try_into()
                    .map_err(|_| unreadable(format!("opening {}: secret length", part.name())))?;
                Opening::decode(entry.hash(), part, secret, &stored.content)
                    .map_err(|error| unreadable(format!("opening {}: {error}", part.name())))
            };
            stored.remove(&(sequence, part.name().to_owned())).map(decode).transpose()
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

    fn read_changes(&self, field: Option<&Value>) -> Result<Vec<Change>, Failure> {
        let Some(field) = field else { return Ok(Vec::new()) };
        field.deserialize().map_err(|error| Failure::Unreadable {
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

/// What an entry changed.
pub(crate) struct Effect {
    pub sequence: i64,
    /// Time, milliseconds UTC.
    pub time_ms: i64,
    /// Its content was erased.
    pub erased: bool,
    /// The changes, those first that are erased with the content.
    pub changes: Vec<Change>,
}

/// The part of a stored opening that changes stand in.
#[derive(Default, Deserialize)]
struct Changes {
    #[serde(default, rename = "_confidential")]
    confidential: Vec<Change>,
    #[serde(default, rename = "_changes")]
    lasting: Vec<Change>,
}

/// What the entries from `first` on changed, of at most `limit`, in order. Openings that do not
/// decode are errors; whether they belong to their entries is for audit to say.
pub(crate) fn effects(sql: &Database, first: i64, limit: i64) -> Result<Vec<Effect>, Failure> {
    let entries = journal::entries(sql, first, limit)?;
    let Some((last, _)) = entries.last() else { return Ok(Vec::new()) };
    let mut stored = journal::openings(sql, first, *last)?;
    let effect = |(sequence, leaf): (i64, Vec<u8>)| {
        let unreadable = |reason: String| Failure::Unreadable { sequence, reason };
        let entry = Entry::decode(&leaf).map_err(|error| unreadable(error.to_string()))?;
        let mut read = |part: Part| -> Result<Option<Changes>, Failure> {
            let opening = stored.remove(&(sequence, part.name().to_owned()));
            let changes = opening.map(|opening| Value::read(&opening.content));
            let told = |error| unreadable(format!("opening {}: {error}", part.name()));
            changes.transpose().map_err(told)
        };
        let (asked, decided) = (read(Part::Input)?, read(Part::Outcome)?);
        let decided = decided.ok_or_else(|| unreadable("its outcome is missing".to_owned()))?;
        let erased = asked.is_none();
        let mut changes = asked.unwrap_or_default().confidential;
        changes.extend(decided.lasting);
        Ok(Effect { sequence, time_ms: entry.time_ms(), erased, changes })
    };
    entries.into_iter().map(effect).collect()
}

fn json_fields(content: &BTreeMap<String, Value>) -> Fields {
    content.iter().map(|(name, value)| (name.clone(), value.to_json())).collect()
}
