//! Proofs as texts: an entry in the log (C2SP tlog-proof), and a log that extends an earlier state
//! of itself (the body of a C2SP tlog-witness request).

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::{
    Checkpoint, CheckpointError, Entry, EntryError, ExtensionError, Hash, VerifierKey, extends, log,
};

/// The first line of an inclusion proof.
const HEAD: &str = "c2sp.org/tlog-proof@v1";

/// The longest text that is read.
pub const MAX_BYTES: usize = 1 << 20;

/// Why a proof is not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The text is no proof, or not in its one spelling.
    #[error("the text is no proof of this kind, or was changed or cut; copy it again as a whole")]
    Malformed,
    /// The checkpoint under the proof is not believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry that the proof brings along is malformed.
    #[error("the entry in the proof: {0}")]
    Entry(#[from] EntryError),
    /// The entry says another place than the proof.
    #[error("the entry says that it is number {entry}, but the proof is of number {proof}")]
    Place {
        /// What the entry says.
        entry: u64,
        /// What the proof says.
        proof: u64,
    },
    /// The entry is not in the log.
    #[error("the entry is not at place {index} of the log of the checkpoint")]
    NotInTree {
        /// The place.
        index: u64,
    },
    /// The log of the newer checkpoint does not begin with that of the older.
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    /// The older checkpoint is of another size than the proof begins at.
    #[error("the proof begins at {proof} entries, but the older checkpoint stands over {given}")]
    OldSize {
        /// Where the proof begins.
        proof: u64,
        /// What was given.
        given: u64,
    },
}

/// That an entry stands in the log of a checkpoint. The entry itself is brought along as the extra
/// data of the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The leaf: the encoding of the entry.
    pub leaf: Vec<u8>,
    /// Its place, from 0.
    pub index: u64,
    /// From the sibling of the leaf upwards.
    pub hashes: Vec<Hash>,
    /// The signed note; empty when the reader adds an own one.
    pub checkpoint: String,
}

impl InclusionProof {
    /// The text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let extra = BASE64_STANDARD.encode(&self.leaf);
        let index = self.index;
        format!(
            "{HEAD}\nextra {extra}\nindex {index}\n{}\n{}",
            lines(&self.hashes),
            self.checkpoint
        )
    }

    /// Reads the text, in its one spelling.
    ///
    /// # Errors
    /// [`ProofError::Malformed`].
    pub fn parse(text: &str) -> Result<InclusionProof, ProofError> {
        let (head, checkpoint) = parts(text)?;
        let mut rest = head.lines();
        if rest.next() != Some(HEAD) {
            return Err(ProofError::Malformed);
        }
        let extra = rest.next().and_then(|line| line.strip_prefix("extra "));
        let leaf = extra.and_then(|extra| BASE64_STANDARD.decode(extra).ok());
        let index = rest.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(|index| index.parse().ok());
        let (Some(leaf), Some(index)) = (leaf, index) else { return Err(ProofError::Malformed) };
        let hashes = read_lines(rest)?;
        let proof = InclusionProof { leaf, index, hashes, checkpoint: checkpoint.to_owned() };
        if proof.to_text() == text { Ok(proof) } else { Err(ProofError::Malformed) }
    }

    /// Checks the proof with a key that the reader trusts, and gives the entry and the checkpoint.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(&self, key: &VerifierKey) -> Result<(Entry, Checkpoint), ProofError> {
        let checkpoint = Checkpoint::verify(&self.checkpoint, key)?;
        let (hash, index) = (key.log_hash(), self.index);
        let (size, root) = (checkpoint.size(), checkpoint.root());
        log::check_inclusion(hash, size, root, index, &self.leaf, &self.hashes)
            .map_err(|_| ProofError::NotInTree { index })?;
        let entry = Entry::decode(&self.leaf)?;
        if entry.sequence() != index {
            return Err(ProofError::Place { entry: entry.sequence(), proof: index });
        }
        Ok((entry, checkpoint))
    }
}

/// That the log of a checkpoint begins with the log that had `old` entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// How many entries the log had.
    pub old: u64,
    /// The proof of RFC 6962, 2.1.2.
    pub hashes: Vec<Hash>,
    /// The signed note of the longer log; empty when the reader adds an own one.
    pub checkpoint: String,
}

impl ConsistencyProof {
    /// The text.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("old {}\n{}\n{}", self.old, lines(&self.hashes), self.checkpoint)
    }

    /// Reads the text, in its one spelling.
    ///
    /// # Errors
    /// [`ProofError::Malformed`].
    pub fn parse(text: &str) -> Result<ConsistencyProof, ProofError> {
        let (head, checkpoint) = parts(text)?;
        let mut rest = head.lines();
        let old = rest.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(|old| old.parse().ok()).ok_or(ProofError::Malformed)?;
        let hashes = read_lines(rest)?;
        let proof = ConsistencyProof { old, hashes, checkpoint: checkpoint.to_owned() };
        if proof.to_text() == text { Ok(proof) } else { Err(ProofError::Malformed) }
    }

    /// Checks the proof against the older checkpoint that the reader kept, with a key that the
    /// reader trusts. Gives both checkpoints, the older first.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(
        &self,
        older: &str,
        key: &VerifierKey,
    ) -> Result<(Checkpoint, Checkpoint), ProofError> {
        let given = Checkpoint::verify(older, key)?.size();
        if given != self.old {
            return Err(ProofError::OldSize { proof: self.old, given });
        }
        Ok(extends(older, &self.hashes, &self.checkpoint, key)?)
    }
}

/// What stands before the first empty line, and the checkpoint behind it.
fn parts(text: &str) -> Result<(&str, &str), ProofError> {
    if text.len() > MAX_BYTES {
        return Err(ProofError::Malformed);
    }
    let at = text.find("\n\n").ok_or(ProofError::Malformed)?;
    Ok((&text[..=at], &text[at + 2..]))
}

fn lines(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| BASE64_STANDARD.encode(hash) + "\n").collect()
}

fn read_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Hash>, ProofError> {
    let read = |line| {
        let bytes = BASE64_STANDARD.decode(line).map_err(|_| ProofError::Malformed)?;
        bytes.try_into().map_err(|_| ProofError::Malformed)
    };
    lines.map(read).collect()
}
