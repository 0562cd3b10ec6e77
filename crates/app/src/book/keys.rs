//! The signing keys of a book's log. They lie outside the database and its backups, and decide how
//! the log is hashed.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use tanheng_evidence::{
    Appender, Checkpoint, Ed25519Signer, HashAlgorithm, KeyError, Signer, Sm2Signer, VerifierKey,
    read_signer,
};

use super::checkpoint::{self, write_durably};
use crate::{Failure, journal};

/// The private key that signs first.
pub(super) const PRIVATE: &str = "log.key";
/// Its public key, to be published.
pub(super) const PUBLIC: &str = "log.pub";
/// The private key of the second signature, where there is one.
pub(super) const SECOND_PRIVATE: &str = "log-sm2.key";
/// Its public key.
pub(super) const SECOND_PUBLIC: &str = "log-sm2.pub";

/// Which algorithms a book is founded with. It stays what it is: the first key says the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// SHA-256 and Ed25519: C2SP as it stands, readable by every auditor of such logs.
    #[default]
    Standard,
    /// As the standard one, with a second signature by SM2 on each checkpoint.
    Both,
    /// SM3 for commitments and tree, signed by SM2 alone. Auditors of C2SP logs do not know it.
    Sm,
}

/// Makes the keys of a new book and its checkpoint over no entries. The first private key is
/// written last: where it is, there was a checkpoint, and one that is missing later was lost.
pub(super) fn create(book: &Path, profile: Profile, origin: &str) -> Result<(), Failure> {
    let folder = book.join("keys");
    let (first, secret): (Box<dyn Signer>, String) = if profile == Profile::Sm {
        let signer = sm2(origin, HashAlgorithm::Sm3)?;
        let secret = signer.private_text();
        (Box::new(signer), secret)
    } else {
        let signer = Ed25519Signer::from_seed(origin, &journal::key_seed()?)?;
        let secret = signer.private_text();
        (Box::new(signer), secret)
    };
    let mut signers = Signers { first, second: None };
    write(&folder.join(PUBLIC), signers.key(), false)?;
    if profile == Profile::Both {
        let second = sm2(origin, HashAlgorithm::Sha256)?;
        write(&folder.join(SECOND_PUBLIC), second.verifier_key(), false)?;
        write(&folder.join(SECOND_PRIVATE), second.private_text(), true)?;
        signers.second = Some(Box::new(second));
    }
    let empty = Appender::new(signers.key().log_hash());
    let note = signers.sign(&Checkpoint::new(origin, empty.size(), empty.root())?)?;
    checkpoint::replace(book, &note)?;
    write(&folder.join(PRIVATE), secret, true)
}

/// A few numbers are no key of SM2; then another is drawn.
fn sm2(origin: &str, log: HashAlgorithm) -> Result<Sm2Signer, Failure> {
    loop {
        match Sm2Signer::from_seed(origin, log, &journal::key_seed()?) {
            Err(KeyError::Private) => {}
            made => return Ok(made?),
        }
    }
}

fn write(path: &Path, key: impl Display, private: bool) -> Result<(), Failure> {
    write_durably(path, format!("{key}\n"), private)
}

/// A published key.
pub(super) fn read_public(path: &Path) -> Result<VerifierKey, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Ok(VerifierKey::parse(text.trim())?)
}

/// Who signs the checkpoints of a book: one, or two. A certified module takes the place of one of
/// them as another [`Signer`].
pub(crate) struct Signers {
    first: Box<dyn Signer>,
    second: Option<Box<dyn Signer>>,
}

impl Signers {
    /// The signers whose keys lie in a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let read = |name: &str| {
            let path = folder.join(name);
            let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
            Ok::<_, Failure>(read_signer(text.trim())?)
        };
        // the public file says whether there is a second one: a lost private key is an error
        let second = folder.join(SECOND_PUBLIC).exists();
        let second = second.then(|| read(SECOND_PRIVATE)).transpose()?;
        Ok(Self { first: read(PRIVATE)?, second })
    }

    /// The key that the book's own checkpoints are verified with.
    pub(crate) fn key(&self) -> &VerifierKey {
        self.first.verifier_key()
    }

    /// The note with all signatures.
    pub(super) fn sign(&self, checkpoint: &Checkpoint) -> Result<String, Failure> {
        let mut signers = vec![self.first.as_ref()];
        signers.extend(self.second.as_deref());
        Ok(checkpoint.sign_all(&signers)?)
    }
}
