//! The text form of a receipt: JSON in one fixed spelling.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{FORMAT, MAX_BYTES, Receipt, ReceiptError, VERSION, read_marks};
use crate::{
    Entry, Field, Hash, HashAlgorithm, OpenField, Part, SaltDerivation, Shown, SignatureAlgorithm,
    UnknownAlgorithm, Value, VerifierKey, hex,
};

/// The fields in the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    format: String,
    version: u64,
    marks: Vec<String>,
    algorithms: AlgorithmsForm,
    entry: EntryForm,
    input: Vec<Json>,
    outcome: Vec<Json>,
    inclusion: Vec<String>,
    checkpoint: String,
    key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlgorithmsForm {
    hash: String,
    salt: String,
    signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryForm {
    version: u64,
    sequence: u64,
    time_ms: i64,
    actor: String,
    kind: String,
    input_root: String,
    outcome_root: String,
}

/// Read first, so that a later version is named as such and not as a malformed text.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

impl Receipt {
    /// The text: JSON with two spaces of indentation, the fields in a fixed order, the names in
    /// shown values sorted by their UTF-8 bytes, hashes in lower-case hexadecimal, one line feed
    /// at the end.
    pub fn to_text(&self) -> String {
        let form = Form {
            format: FORMAT.to_owned(),
            version: VERSION,
            marks: self.marks.clone(),
            algorithms: AlgorithmsForm {
                hash: self.entry.hash().name().to_owned(),
                salt: self.entry.salt().name().to_owned(),
                signature: self.key.algorithm().name().to_owned(),
            },
            entry: EntryForm {
                version: self.entry.version(),
                sequence: self.entry.sequence(),
                time_ms: self.entry.time_ms(),
                actor: self.entry.actor().to_owned(),
                kind: self.entry.kind().to_owned(),
                input_root: hex::encode(&self.entry.root(Part::Input)),
                outcome_root: hex::encode(&self.entry.root(Part::Outcome)),
            },
            input: write_shown(&self.input),
            outcome: write_shown(&self.outcome),
            inclusion: self.inclusion.iter().map(|hash| hex::encode(hash)).collect(),
            checkpoint: self.checkpoint.clone(),
            key: self.key.to_string(),
        };
        let text = serde_json::to_string_pretty(&form);
        text.expect("text, integers and lists always serialise") + "\n"
    }

    /// Reads the text. Whatever [`Receipt::to_text`] would spell differently is refused, so every
    /// byte counts; whether the receipt is true is another question: see [`super::verify`].
    ///
    /// # Errors
    /// When it is no receipt, of an unknown version or algorithm, or not in the one spelling.
    pub fn parse(text: &str) -> Result<Receipt, ReceiptError> {
        if text.len() > MAX_BYTES {
            return Err(ReceiptError::TooLong);
        }
        let head: Head = serde_json::from_str(text).map_err(malformed)?;
        if head.format != FORMAT {
            return Err(malformed(format!("the format is not {FORMAT}")));
        }
        if head.version != VERSION {
            return Err(ReceiptError::UnknownVersion { version: head.version });
        }
        let form: Form = serde_json::from_str(text).map_err(malformed)?;
        let hash = check_algorithms(&form)?;
        let outcome = read_shown(hash, Part::Outcome, &form.outcome)?;
        if read_marks(&outcome)? != form.marks {
            return Err(ReceiptError::MarksChanged);
        }
        let receipt = Receipt {
            entry: read_entry(hash, &form.entry)?,
            input: read_shown(hash, Part::Input, &form.input)?,
            outcome,
            marks: form.marks,
            inclusion: form
                .inclusion
                .iter()
                .map(|hash| read_hash(hash))
                .collect::<Result<_, _>>()?,
            checkpoint: form.checkpoint,
            key: VerifierKey::parse(&form.key).map_err(malformed)?,
        };
        if receipt.to_text() == text { Ok(receipt) } else { Err(ReceiptError::NotCanonical) }
    }
}

fn malformed(reason: impl ToString) -> ReceiptError {
    ReceiptError::Malformed { reason: reason.to_string() }
}

/// That of the log. Names that do not belong together are another spelling of what is written.
fn check_algorithms(form: &Form) -> Result<HashAlgorithm, ReceiptError> {
    let unknown = |error: UnknownAlgorithm| ReceiptError::UnknownAlgorithm { name: error.name };
    let hash = HashAlgorithm::from_name(&form.algorithms.hash).map_err(unknown)?;
    SaltDerivation::from_name(&form.algorithms.salt).map_err(unknown)?;
    SignatureAlgorithm::from_name(&form.algorithms.signature).map_err(unknown)?;
    Ok(hash)
}

fn read_entry(hash: HashAlgorithm, form: &EntryForm) -> Result<Entry, ReceiptError> {
    if form.version != crate::ENTRY_VERSION {
        return Err(ReceiptError::UnknownVersion { version: form.version });
    }
    Entry::new(
        hash,
        form.sequence,
        form.time_ms,
        &form.actor,
        &form.kind,
        read_hash(&form.input_root)?,
        read_hash(&form.outcome_root)?,
    )
    .map_err(malformed)
}

fn read_hash(text: &str) -> Result<Hash, ReceiptError> {
    hex::decode_hash(text).ok_or_else(|| malformed("a hash is not 64 hexadecimal digits"))
}

fn write_shown(shown: &Shown) -> Vec<Json> {
    let write = |field: &Field| match field {
        Field::Open(open) => json!({
            "name": open.name,
            "salt": hex::encode(&open.salt),
            "value": open.value.to_json(),
        }),
        Field::Hidden(commitment) => json!({ "commitment": hex::encode(commitment) }),
    };
    shown.fields().iter().map(write).collect()
}

fn read_shown(hash: HashAlgorithm, part: Part, fields: &[Json]) -> Result<Shown, ReceiptError> {
    let fields = fields.iter().map(read_field).collect::<Result<_, _>>()?;
    Shown::new(hash, part, fields).map_err(malformed)
}

fn read_field(json: &Json) -> Result<Field, ReceiptError> {
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    if let Some(commitment) = text("commitment") {
        return read_hash(commitment).map(Field::Hidden);
    }
    let (Some(name), Some(salt), Some(value)) = (text("name"), text("salt"), json.get("value"))
    else {
        return Err(malformed("a field has neither a commitment nor name, salt and value"));
    };
    let value = Value::from_json(value.clone()).map_err(malformed)?;
    Ok(Field::Open(OpenField { name: name.to_owned(), salt: read_hash(salt)?, value }))
}
