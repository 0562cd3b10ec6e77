//! Checkpoints in C2SP form: the signed statement of how many leaves there are and their root.

use signed_note::{Note, VerificationError, Verifier, Verifiers};
use tlog_tiles::checkpoint::Checkpoint as CheckpointText;

use crate::log::check_consistency;
use crate::{Hash, HashAlgorithm, LogError, Signer, SignerError, VerifierKey, merkle};

/// The size and root of a log at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
}

/// Why a checkpoint cannot be signed or is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The origin cannot stand on a line of its own.
    #[error("`{origin}` cannot be the origin of a log")]
    Origin {
        /// The origin.
        origin: String,
    },
    /// The text is not a checkpoint of our form.
    #[error("the text is not a checkpoint, or was cut; copy it again as a whole")]
    Malformed,
    /// The checkpoint is of another log than the key.
    #[error("the checkpoint is of the log `{origin}`, but the key is of `{key}`")]
    OtherLog {
        /// What the checkpoint says.
        origin: String,
        /// The name of the key.
        key: String,
    },
    /// No signature is of this key.
    #[error("no signature on the checkpoint is of the key `{key}`; ask for the log's present key")]
    OtherKey {
        /// The name of the key.
        key: String,
    },
    /// A signature that claims to be of this key is not.
    #[error("the signature of `{key}` on the checkpoint is wrong: it was changed or forged")]
    Signature {
        /// The name of the key.
        key: String,
    },
    /// The signers are of logs of different hashes.
    #[error("the keys are of logs of different hashes: they cannot sign one checkpoint")]
    Hashes,
    /// The signing module failed.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

/// Why a newer checkpoint does not extend an older one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtensionError {
    /// The older checkpoint is not believed.
    #[error("the older checkpoint: {0}")]
    Old(#[source] CheckpointError),
    /// The newer checkpoint is not believed.
    #[error("the newer checkpoint: {0}")]
    New(#[source] CheckpointError),
    /// The newer one has fewer leaves.
    #[error("the log shrank from {old} to {new} leaves: entries were removed")]
    Shrunk {
        /// Leaves then.
        old: u64,
        /// Leaves now.
        new: u64,
    },
    /// The proof does not lead from the one to the other.
    #[error(
        "the log of {new} leaves does not begin with the {old} leaves that were signed before: \
         entries were changed, or the proof is of another log"
    )]
    Rewritten {
        /// Leaves then.
        old: u64,
        /// Leaves now.
        new: u64,
    },
}

impl Checkpoint {
    /// A checkpoint of the log `origin`, e.g. `tanheng.example/hebei`.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] when no key could bear that name.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Checkpoint, CheckpointError> {
        if !signed_note::is_key_name_valid(origin) || origin.chars().any(char::is_control) {
            return Err(CheckpointError::Origin { origin: origin.to_owned() });
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// The three lines that are signed: origin, size, root in base64.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, merkle::wrap(self.root))
    }

    /// The signed note.
    ///
    /// # Errors
    /// [`CheckpointError::OtherLog`] when the key does not bear the name of the log; a failing
    /// signer.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, CheckpointError> {
        self.sign_all(&[signer])
    }

    /// The note with one signature of each signer, in their order. All of them bear the name of
    /// the log and are made for logs of the same hash.
    ///
    /// What a module returns is checked before it is published: a wrong signature over a checkpoint
    /// could never be taken back.
    ///
    /// # Errors
    /// As [`Checkpoint::sign`], [`CheckpointError::Hashes`], and [`CheckpointError::Signature`] when
    /// a module returned something else than a signature.
    pub fn sign_all(&self, signers: &[&dyn Signer]) -> Result<String, CheckpointError> {
        let text = self.text();
        let mut lines = Vec::new();
        for signer in signers {
            let key = signer.verifier_key();
            self.check_name(key)?;
            if signers.first().is_some_and(|one| one.verifier_key().log_hash() != key.log_hash()) {
                return Err(CheckpointError::Hashes);
            }
            let signature = signer.sign(text.as_bytes())?;
            if !key.verifies(text.as_bytes(), &signature) {
                return Err(CheckpointError::Signature { key: key.name().to_owned() });
            }
            let line = signed_note::Signature::new(key.name().to_owned(), key.id(), signature);
            lines.push(line.map_err(|_| CheckpointError::Malformed)?);
        }
        note(&text, &lines)
    }

    /// The note with the signature of `key` alone, which is valid: what a receipt holds.
    ///
    /// # Errors
    /// As [`Checkpoint::verify`].
    pub fn only(note_text: &str, key: &VerifierKey) -> Result<String, CheckpointError> {
        let checkpoint = Checkpoint::verify(note_text, key)?;
        let (_, parsed) = Checkpoint::read(note_text)?;
        match parsed.verify(&One(key)) {
            Ok((verified, _)) => note(&checkpoint.text(), &verified),
            Err(_) => Err(CheckpointError::OtherKey { key: key.name().to_owned() }),
        }
    }

    /// Reads a note and checks the signature of `key`. Further signatures (of witnesses) may stand
    /// beside it and are not looked at.
    ///
    /// # Errors
    /// When the note is malformed, of another log, not signed by `key`, or wrongly so.
    pub fn verify(note: &str, key: &VerifierKey) -> Result<Checkpoint, CheckpointError> {
        let (checkpoint, parsed) = Checkpoint::read(note)?;
        checkpoint.check_name(key)?;
        let name = || key.name().to_owned();
        match parsed.verify(&One(key)) {
            Ok(_) => Ok(checkpoint),
            Err(signed_note::NoteError::InvalidSignature { .. }) => {
                Err(CheckpointError::Signature { key: name() })
            }
            Err(_) => Err(CheckpointError::OtherKey { key: name() }),
        }
    }

    /// What a note states, without checking who signed it: nothing to rely on.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`].
    pub fn parse_unverified(note: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::read(note).map(|(checkpoint, _)| checkpoint)
    }

    fn read(note: &str) -> Result<(Checkpoint, Note), CheckpointError> {
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
        if parsed.to_bytes() != note.as_bytes() {
            return Err(CheckpointError::Malformed);
        }
        let lines =
            CheckpointText::from_bytes(parsed.text()).map_err(|_| CheckpointError::Malformed)?;
        let checkpoint = Checkpoint::new(lines.origin(), lines.size(), lines.hash().0)?;
        // extension lines mean nothing to us, so they are refused rather than overlooked
        if checkpoint.text().as_bytes() != parsed.text() {
            return Err(CheckpointError::Malformed);
        }
        Ok((checkpoint, parsed))
    }

    fn check_name(&self, key: &VerifierKey) -> Result<(), CheckpointError> {
        if self.origin == key.name() {
            return Ok(());
        }
        let (origin, key) = (self.origin.clone(), key.name().to_owned());
        Err(CheckpointError::OtherLog { origin, key })
    }
}

/// Checks that the log of `new` still begins with what `old` signed: both notes, and the
/// consistency proof between them. Returns the two checkpoints, older first.
///
/// # Errors
/// When one of the notes is not believed, the log shrank, or it was rewritten.
pub fn extends(
    old: &str,
    proof: &[Hash],
    new: &str,
    key: &VerifierKey,
) -> Result<(Checkpoint, Checkpoint), ExtensionError> {
    let old = Checkpoint::verify(old, key).map_err(ExtensionError::Old)?;
    let new = Checkpoint::verify(new, key).map_err(ExtensionError::New)?;
    let hash: HashAlgorithm = key.log_hash();
    match check_consistency(hash, new.size, &new.root, old.size, &old.root, proof) {
        Ok(()) => Ok((old, new)),
        Err(LogError::OutOfRange { .. }) if old.size > new.size => {
            Err(ExtensionError::Shrunk { old: old.size, new: new.size })
        }
        Err(_) => Err(ExtensionError::Rewritten { old: old.size, new: new.size }),
    }
}

fn note(text: &str, lines: &[signed_note::Signature]) -> Result<String, CheckpointError> {
    let note = Note::new(text.as_bytes(), lines).map_err(|_| CheckpointError::Malformed)?;
    String::from_utf8(note.to_bytes()).map_err(|_| CheckpointError::Malformed)
}

/// The one key that is asked about.
struct One<'a>(&'a VerifierKey);

impl Verifier for One<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn key_id(&self) -> u32 {
        self.0.id()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verifies(message, signature)
    }
}

impl Verifiers for One<'_> {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        if name == self.0.name() && id == self.0.id() {
            Ok(self)
        } else {
            Err(VerificationError::UnknownKey { name: name.to_owned(), id })
        }
    }
}
