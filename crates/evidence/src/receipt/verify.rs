//! The offline check of a receipt.

use super::{Receipt, ReceiptError};
use crate::{Checkpoint, CheckpointError, Hash, OpenField, Part, VerifierKey, log};

/// Where the key came from that a receipt was checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// Given by the reader, who got it elsewhere: the receipt is the log's.
    Pinned,
    /// Only named by the receipt: it is sound in itself, but anybody could have made it.
    FromReceipt,
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    /// The place of the entry in the log, from 0.
    pub sequence: u64,
    /// When it was decided: UTC milliseconds since 1970.
    pub time_ms: i64,
    /// The pseudonym of who acted.
    pub actor: String,
    /// The kind of the command.
    pub kind: String,
    /// The shown fields of the command, by name.
    pub input: Vec<OpenField>,
    /// How many further fields the command has.
    pub input_hidden: usize,
    /// The shown fields of the outcome, by name.
    pub outcome: Vec<OpenField>,
    /// How many further fields the outcome has.
    pub outcome_hidden: usize,
    /// How the data are marked, e.g. as an example.
    pub marks: Vec<String>,
    /// The name of the log, which is also the name of the key.
    pub origin: String,
    /// How many entries the log had when the receipt was made.
    pub log_size: u64,
    /// The root over them.
    pub log_root: Hash,
    /// The key that signed.
    pub key: VerifierKey,
    /// Whether the reader trusted that key beforehand.
    pub key_source: KeySource,
    /// The signed note, to have the log's later growth checked against it.
    pub checkpoint: String,
}

/// Checks a receipt from its text alone: shown fields → commitments → roots → entry → tree →
/// signature, and that the key is `trusted_vkey` when one is given.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify(text: &str, trusted_vkey: Option<&str>) -> Result<VerifiedReceipt, ReceiptError> {
    let trusted = trusted_vkey
        .map(VerifierKey::parse)
        .transpose()
        .map_err(|_| ReceiptError::TrustedKeyMalformed)?;
    let receipt = Receipt::parse(text)?;
    let checkpoint = check(&receipt)?;
    let key_source = match trusted {
        Some(trusted) if trusted == receipt.key => KeySource::Pinned,
        Some(trusted) => {
            let (found, trusted) = (receipt.key.to_string(), trusted.to_string());
            return Err(ReceiptError::OtherKey { found, trusted });
        }
        None => KeySource::FromReceipt,
    };
    Ok(VerifiedReceipt {
        sequence: receipt.entry.sequence(),
        time_ms: receipt.entry.time_ms(),
        actor: receipt.entry.actor().to_owned(),
        kind: receipt.entry.kind().to_owned(),
        input: receipt.input.open_fields().cloned().collect(),
        input_hidden: receipt.input.hidden(),
        outcome: receipt.outcome.open_fields().cloned().collect(),
        outcome_hidden: receipt.outcome.hidden(),
        marks: receipt.marks,
        origin: checkpoint.origin().to_owned(),
        log_size: checkpoint.size(),
        log_root: *checkpoint.root(),
        key: receipt.key,
        key_source,
        checkpoint: receipt.checkpoint,
    })
}

/// All but the comparison with a trusted key.
pub(super) fn check(receipt: &Receipt) -> Result<Checkpoint, ReceiptError> {
    for part in [Part::Input, Part::Outcome] {
        let shown = receipt.shown(part);
        if shown.part() != part || shown.root() != receipt.entry.root(part) {
            return Err(ReceiptError::ContentChanged { part });
        }
    }
    let (hash, of_key) = (receipt.entry.hash(), receipt.key.log_hash());
    if hash != of_key {
        return Err(ReceiptError::OtherHash { found: hash.to_string(), key: of_key.to_string() });
    }
    let stated = Checkpoint::parse_unverified(&receipt.checkpoint)
        .map_err(|_| ReceiptError::CheckpointMalformed)?;
    log::check_inclusion(
        hash,
        stated.size(),
        stated.root(),
        receipt.entry.sequence(),
        &receipt.entry.encode(),
        &receipt.inclusion,
    )
    .map_err(|_| ReceiptError::NotInTree)?;
    check_signature(receipt)
}

fn check_signature(receipt: &Receipt) -> Result<Checkpoint, ReceiptError> {
    let key = &receipt.key;
    let checkpoint = Checkpoint::verify(&receipt.checkpoint, key).map_err(|error| match error {
        CheckpointError::OtherLog { origin, key } => ReceiptError::OtherLog { origin, key },
        CheckpointError::OtherKey { key } | CheckpointError::Signature { key } => {
            ReceiptError::SignatureInvalid { key }
        }
        _ => ReceiptError::CheckpointMalformed,
    })?;
    // a line that nobody checks could be changed unnoticed
    let lines = receipt.checkpoint.lines().count();
    let expected = checkpoint.text().lines().count() + 2;
    if lines == expected { Ok(checkpoint) } else { Err(ReceiptError::CheckpointMalformed) }
}
