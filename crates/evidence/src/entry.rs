//! The log entry: who did what when, with two roots in place of the content.

use crate::algorithm::UnknownAlgorithm;
use crate::value::MapWriter;
use crate::{Hash, HashAlgorithm, Opening, Part, SaltDerivation, Value, ValueError, log};

/// The version of the entry format that this release writes.
pub const ENTRY_VERSION: u64 = 1;

/// The longest actor or kind in bytes; it keeps each leaf within the 65,535 bytes of an entry
/// bundle of C2SP tlog-tiles.
pub const MAX_LABEL_BYTES: usize = 256;

const FORMAT: &str = "tanheng-entry";

/// What the log's leaf holds. The leaf is exactly [`Entry::encode`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    hash: HashAlgorithm,
    sequence: u64,
    time_ms: i64,
    actor: String,
    kind: String,
    input_root: Hash,
    outcome_root: Hash,
}

/// Why an entry cannot be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The leaf is no canonical value.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The leaf names an algorithm that this release does not know.
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
    /// A field is missing, superfluous, of another type or out of range.
    #[error("the entry field `{field}` is missing or out of form")]
    Field {
        /// Its name.
        field: &'static str,
    },
    /// The leaf is of another format or version.
    #[error("the leaf is not an entry of version {ENTRY_VERSION}")]
    Version,
}

impl Entry {
    /// An entry of the current version. `hash` is that of the log and of the two roots, and says
    /// how the salts are derived; `sequence` is the place of the leaf in the log, from 0;
    /// `time_ms` is UTC in milliseconds since 1970; `actor` is a pseudonym, never a name.
    ///
    /// # Errors
    /// [`EntryError::Field`] when `actor` or `kind` is empty, longer than [`MAX_LABEL_BYTES`] or
    /// holds control characters.
    pub fn new(
        hash: HashAlgorithm,
        sequence: u64,
        time_ms: i64,
        actor: &str,
        kind: &str,
        input_root: Hash,
        outcome_root: Hash,
    ) -> Result<Entry, EntryError> {
        check_label("actor", actor)?;
        check_label("kind", kind)?;
        Ok(Entry {
            hash,
            sequence,
            time_ms,
            actor: actor.to_owned(),
            kind: kind.to_owned(),
            input_root,
            outcome_root,
        })
    }

    /// The version of the format.
    pub fn version(&self) -> u64 {
        ENTRY_VERSION
    }

    /// The hash of the commitments and of the tree.
    pub fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// How the salts of the commitments are derived.
    pub fn salt(&self) -> SaltDerivation {
        self.hash.salt()
    }

    /// The place of the leaf in the log, from 0.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When it was decided: UTC milliseconds since 1970.
    pub fn time_ms(&self) -> i64 {
        self.time_ms
    }

    /// The pseudonym of who acted.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The kind of the command.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The root of one part.
    pub fn root(&self, part: Part) -> Hash {
        match part {
            Part::Input => self.input_root,
            Part::Outcome => self.outcome_root,
        }
    }

    /// Whether the opening is what this entry committed to.
    pub fn commits_to(&self, opening: &Opening) -> bool {
        self.hash == opening.hash() && self.root(opening.part()) == opening.root()
    }

    /// The hash of the leaf.
    pub fn leaf_hash(&self) -> Hash {
        log::leaf_hash(self.hash, &self.encode())
    }

    /// The leaf: the canonical encoding of a map of all fields.
    pub fn encode(&self) -> Vec<u8> {
        let mut leaf = MapWriter::new(10);
        leaf.text("actor", &self.actor);
        leaf.text("format", FORMAT);
        leaf.text("hash", self.hash.name());
        leaf.bytes("input", &self.input_root);
        leaf.text("kind", &self.kind);
        leaf.bytes("outcome", &self.outcome_root);
        leaf.text("salt", self.salt().name());
        leaf.int("sequence", self.sequence.into());
        leaf.int("time", self.time_ms.into());
        leaf.int("version", ENTRY_VERSION.into());
        leaf.done()
    }

    /// Reads a leaf; only bytes that [`Entry::encode`] could have written are accepted.
    ///
    /// # Errors
    /// Anything else, with the field at fault.
    pub fn decode(leaf: &[u8]) -> Result<Entry, EntryError> {
        let value = Value::decode(leaf)?;
        let version = value.get("version").and_then(Value::as_int);
        let format = value.get("format").and_then(Value::as_text);
        if format != Some(FORMAT) || version != Some(i128::from(ENTRY_VERSION)) {
            return Err(EntryError::Version);
        }
        let hash = HashAlgorithm::from_name(text(&value, "hash")?)?;
        if SaltDerivation::from_name(text(&value, "salt")?)? != hash.salt() {
            return Err(EntryError::Field { field: "salt" });
        }
        let entry = Entry::new(
            hash,
            int(&value, "sequence")?,
            int(&value, "time")?,
            text(&value, "actor")?,
            text(&value, "kind")?,
            root(&value, "input")?,
            root(&value, "outcome")?,
        )?;
        // a superfluous field is the only thing not yet excluded
        if entry.encode() == leaf { Ok(entry) } else { Err(EntryError::Field { field: "format" }) }
    }
}

fn check_label(field: &'static str, text: &str) -> Result<(), EntryError> {
    let good =
        !text.is_empty() && text.len() <= MAX_LABEL_BYTES && !text.chars().any(char::is_control);
    if good { Ok(()) } else { Err(EntryError::Field { field }) }
}

fn text<'a>(value: &'a Value, field: &'static str) -> Result<&'a str, EntryError> {
    value.get(field).and_then(Value::as_text).ok_or(EntryError::Field { field })
}

fn int<T: TryFrom<i128>>(value: &Value, field: &'static str) -> Result<T, EntryError> {
    let number = value.get(field).and_then(Value::as_int);
    number.and_then(|number| T::try_from(number).ok()).ok_or(EntryError::Field { field })
}

fn root(value: &Value, field: &'static str) -> Result<Hash, EntryError> {
    let bytes = value.get(field).and_then(Value::as_bytes);
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(EntryError::Field { field })
}
