//! Salted commitments: each field of a command or outcome can be shown alone, or not at all.

use std::collections::BTreeMap;
use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use sm3::Sm3;

use crate::value::{write_map, write_prefixed, write_value};
use crate::{Hash, HashAlgorithm, MAX_DEPTH, SaltDerivation, Value, ValueError, merkle};

const FIELD_INFO: &str = "tanheng/v1/field/";
const COMMITMENT_TAG: &[u8] = b"tanheng/v1/commitment\0";
const ROOT_TAG: &[u8] = b"tanheng/v1/root/";

/// Which of the two openings of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The command as it came in.
    Input,
    /// What was decided and what it changed.
    Outcome,
}

impl Part {
    /// The name that enters the hashes.
    pub fn name(self) -> &'static str {
        match self {
            Part::Input => "input",
            Part::Outcome => "outcome",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The content behind one root of an entry, with the secret that its field salts come from.
///
/// Whoever holds it can show any field; once it is erased, the root tells nothing about the content.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    hash: HashAlgorithm,
    part: Part,
    secret: [u8; 32],
    content: BTreeMap<String, Value>,
}

/// Keeps the secret out of logs and panics.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening")
            .field("part", &self.part)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

/// An opening with some fields shown and the others reduced to their commitments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    hash: HashAlgorithm,
    part: Part,
    fields: Vec<Field>,
}

/// One field of [`Shown`], in the order of the names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Shown with all that is needed to recompute its commitment.
    Open(OpenField),
    /// Only that there is a field here, and its commitment.
    Hidden(Hash),
}

/// A field with its value and salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenField {
    /// The name of the field.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// The salt of this field only; it reveals nothing about other fields.
    pub salt: Hash,
}

/// One field shown alone, with the path from its commitment to the root of its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProof {
    /// Input or outcome.
    pub part: Part,
    /// The field.
    pub field: OpenField,
    /// Its place in the order of names, from 0.
    pub index: u64,
    /// How many fields there are.
    pub count: u64,
    /// Sibling hashes from the leaf upwards.
    pub path: Vec<Hash>,
}

/// Why fields cannot be committed to or shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitmentError {
    /// The content is no map, nested too deep or wrongly encoded.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// A field was asked for that the opening does not have.
    #[error("there is no field `{name}` in the {part}")]
    NoField {
        /// Input or outcome.
        part: Part,
        /// The name asked for.
        name: String,
    },
    /// Shown fields are repeated or not in the order of their names.
    #[error("the shown fields of the {part} are repeated or out of order at `{name}`")]
    FieldOrder {
        /// Input or outcome.
        part: Part,
        /// The name that is not greater than the one before.
        name: String,
    },
    /// A path does not fit the place and number of fields.
    #[error("the path does not fit a field {index} of {count}")]
    BadPath {
        /// The place.
        index: u64,
        /// The number of fields.
        count: u64,
    },
}

impl Opening {
    /// An opening of `content`, which must be a map; `hash` is that of the log, `secret` must be
    /// fresh random bytes.
    ///
    /// # Errors
    /// [`ValueError::NotAMap`], or [`ValueError::TooDeep`] beyond the depth that encodes.
    pub fn new(
        hash: HashAlgorithm,
        part: Part,
        secret: [u8; 32],
        content: Value,
    ) -> Result<Opening, CommitmentError> {
        content.check_depth()?;
        Opening::of(hash, part, secret, content)
    }

    /// An opening of content whose depth was checked.
    fn of(
        hash: HashAlgorithm,
        part: Part,
        secret: [u8; 32],
        content: Value,
    ) -> Result<Opening, CommitmentError> {
        match content {
            Value::Map(content) => Ok(Opening { hash, part, secret, content }),
            _ => Err(ValueError::NotAMap.into()),
        }
    }

    /// An opening as it was stored: the secret and [`Opening::content_bytes`].
    ///
    /// # Errors
    /// When the bytes are not the canonical encoding of a map.
    pub fn decode(
        hash: HashAlgorithm,
        part: Part,
        secret: [u8; 32],
        bytes: &[u8],
    ) -> Result<Opening, CommitmentError> {
        Opening::of(hash, part, secret, Value::decode(bytes)?)
    }

    /// The hash of its commitments.
    pub fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// Input or outcome.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The secret that all salts of this opening come from; who has it can test guesses of values.
    pub fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// The fields by name.
    pub fn content(&self) -> &BTreeMap<String, Value> {
        &self.content
    }

    /// The fields by name, for whoever needs nothing else.
    pub fn into_content(self) -> BTreeMap<String, Value> {
        self.content
    }

    /// The canonical encoding of the content, for storing.
    pub fn content_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        checked(write_map(&self.content, MAX_DEPTH, &mut bytes));
        bytes
    }

    /// The root that the entry commits to.
    pub fn root(&self) -> Hash {
        root_of(self.hash, self.part, &self.commitments())
    }

    /// Shows the named fields and hides the others behind their commitments.
    ///
    /// # Errors
    /// [`CommitmentError::NoField`] when a name is not there.
    pub fn show(&self, names: &[&str]) -> Result<Shown, CommitmentError> {
        for name in names {
            self.value(name)?;
        }
        let salts = self.salts();
        let fields = self.content.iter().map(|(name, value)| {
            let field = salts.open(name, value);
            if names.contains(&name.as_str()) {
                Field::Open(field)
            } else {
                Field::Hidden(field.commitment(self.hash))
            }
        });
        Ok(Shown { hash: self.hash, part: self.part, fields: fields.collect() })
    }

    /// Shows every field.
    pub fn show_all(&self) -> Shown {
        let salts = self.salts();
        let fields = self.content.iter().map(|(name, value)| Field::Open(salts.open(name, value)));
        Shown { hash: self.hash, part: self.part, fields: fields.collect() }
    }

    /// Shows one field with its path, without even the commitments of the others.
    ///
    /// # Errors
    /// [`CommitmentError::NoField`] when the name is not there.
    pub fn prove(&self, name: &str) -> Result<FieldProof, CommitmentError> {
        let value = self.value(name)?;
        let commitments = self.commitments();
        let before = self.content.keys().take_while(|key| key.as_str() < name).count();
        Ok(FieldProof {
            part: self.part,
            field: self.salts().open(name, value),
            index: merkle::as_u64(before),
            count: merkle::as_u64(commitments.len()),
            path: merkle::path(self.hash, &commitments, before),
        })
    }

    fn value(&self, name: &str) -> Result<&Value, CommitmentError> {
        self.content
            .get(name)
            .ok_or_else(|| CommitmentError::NoField { part: self.part, name: name.to_owned() })
    }

    fn salts(&self) -> Salts {
        Salts::new(self.hash.salt(), &self.secret, self.part)
    }

    fn commitments(&self) -> Vec<Hash> {
        let (salts, mut encoding) = (self.salts(), Vec::new());
        let each = |(name, value): (&String, &Value)| {
            commit(self.hash, &salts.of(name), name, value, &mut encoding)
        };
        self.content.iter().map(each).collect()
    }
}

impl Shown {
    /// Puts together what a reader received; the names of the shown fields must ascend.
    ///
    /// # Errors
    /// [`CommitmentError::FieldOrder`], or [`ValueError::TooDeep`] for a value that has no encoding.
    pub fn new(
        hash: HashAlgorithm,
        part: Part,
        fields: Vec<Field>,
    ) -> Result<Shown, CommitmentError> {
        let shown = Shown { hash, part, fields };
        let mut last: Option<&str> = None;
        for field in shown.open_fields() {
            field.value.check_depth()?;
            if last.is_some_and(|last| last >= field.name.as_str()) {
                return Err(CommitmentError::FieldOrder { part, name: field.name.clone() });
            }
            last = Some(&field.name);
        }
        Ok(shown)
    }

    /// Input or outcome.
    pub fn part(&self) -> Part {
        self.part
    }

    /// All fields in the order of their names, hidden ones included.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The shown fields.
    pub fn open_fields(&self) -> impl Iterator<Item = &OpenField> {
        self.fields.iter().filter_map(|field| match field {
            Field::Open(open) => Some(open),
            Field::Hidden(_) => None,
        })
    }

    /// How many fields are hidden.
    pub fn hidden(&self) -> usize {
        self.fields.len() - self.open_fields().count()
    }

    /// The value of a shown field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.open_fields().find(|field| field.name == name).map(|field| &field.value)
    }

    /// The root that the entry must hold if nothing shown was changed.
    pub fn root(&self) -> Hash {
        let commitments: Vec<Hash> = self
            .fields
            .iter()
            .map(|field| match field {
                Field::Open(open) => open.commitment(self.hash),
                Field::Hidden(commitment) => *commitment,
            })
            .collect();
        root_of(self.hash, self.part, &commitments)
    }
}

impl OpenField {
    /// The commitment to this field in a log of this hash.
    pub fn commitment(&self, hash: HashAlgorithm) -> Hash {
        commit(hash, &self.salt, &self.name, &self.value, &mut Vec::new())
    }
}

impl FieldProof {
    /// The root that the entry must hold, in a log of this hash, if the field was not changed.
    ///
    /// # Errors
    /// [`CommitmentError::BadPath`] or a value that has no encoding.
    pub fn root(&self, hash: HashAlgorithm) -> Result<Hash, CommitmentError> {
        self.field.value.check_depth()?;
        let leaf = merkle::leaf(hash, &self.field.commitment(hash));
        let tree = merkle::climb(hash, leaf, self.index, self.count, &self.path)
            .ok_or(CommitmentError::BadPath { index: self.index, count: self.count })?;
        Ok(tag_root(hash, self.part, self.count, &tree))
    }
}

/// The salts of one part of an entry, from what HKDF extracts of its secret.
struct Salts {
    part: Part,
    extracted: Extracted,
}

enum Extracted {
    Sha256(Hkdf<Sha256>),
    Sm3(Hkdf<Sm3>),
}

impl Salts {
    fn new(derivation: SaltDerivation, secret: &[u8; 32], part: Part) -> Salts {
        let extracted = match derivation {
            SaltDerivation::HkdfSha256 => Extracted::Sha256(Hkdf::new(None, secret)),
            SaltDerivation::HkdfSm3 => Extracted::Sm3(Hkdf::new(None, secret)),
        };
        Salts { part, extracted }
    }

    /// The salt of a field.
    fn of(&self, name: &str) -> Hash {
        let info = [FIELD_INFO.as_bytes(), self.part.name().as_bytes(), b"/", name.as_bytes()];
        let mut salt = [0; 32];
        match &self.extracted {
            Extracted::Sha256(extracted) => extracted.expand_multi_info(&info, &mut salt),
            Extracted::Sm3(extracted) => extracted.expand_multi_info(&info, &mut salt),
        }
        .expect("one hash length is within the limit of HKDF");
        salt
    }

    fn open(&self, name: &str, value: &Value) -> OpenField {
        OpenField { name: name.to_owned(), value: value.clone(), salt: self.of(name) }
    }
}

/// The commitment to a field; `encoding` is scratch space.
fn commit(
    hash: HashAlgorithm,
    salt: &Hash,
    name: &str,
    value: &Value,
    encoding: &mut Vec<u8>,
) -> Hash {
    encoding.clear();
    write_prefixed(name.as_bytes(), encoding);
    checked(write_value(value, MAX_DEPTH, encoding));
    hash.digest(&[COMMITMENT_TAG, salt, encoding])
}

fn root_of(hash: HashAlgorithm, part: Part, commitments: &[Hash]) -> Hash {
    let tree = merkle::root(hash, commitments);
    tag_root(hash, part, merkle::as_u64(commitments.len()), &tree)
}

/// Binds the part and the number of fields, so that a root cannot pass for another kind of root.
fn tag_root(hash: HashAlgorithm, part: Part, count: u64, tree: &Hash) -> Hash {
    hash.digest(&[ROOT_TAG, part.name().as_bytes(), &[0], &count.to_be_bytes(), tree])
}

/// Depth was checked when the value came into this module.
fn checked(written: Result<(), ValueError>) {
    written.unwrap_or_else(|_| unreachable!("deeper than {MAX_DEPTH} after the check"));
}
