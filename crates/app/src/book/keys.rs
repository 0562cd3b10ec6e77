//! The signing keys of a book's log. They lie outside the database and its backups, and decide how
//! the log is hashed.

use std::fs;
use std::path::Path;

use tanheng_evidence::{
    Checkpoint, Ed25519Signer, HashAlgorithm, KeyError, Signer, Sm2Signer, VerifierKey, read_signer,
};

use super::checkpoint::write_durably;
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

/// Makes the keys of a new book. The first private key is written last: where it is, all are.
pub(super) fn create(folder: &Path, profile: Profile, origin: &str) -> Result<(), Failure> {
    if profile == Profile::Both {
        let second = sm2(origin, HashAlgorithm::Sha256)?;
        let files = [SECOND_PUBLIC, SECOND_PRIVATE];
        write(folder, files, second.verifier_key(), &second.private_text())?;
    }
    let files = [PUBLIC, PRIVATE];
    if profile == Profile::Sm {
        let first = sm2(origin, HashAlgorithm::Sm3)?;
        return write(folder, files, first.verifier_key(), &first.private_text());
    }
    let first = Ed25519Signer::from_seed(origin, &journal::key_seed()?)?;
    write(folder, files, first.verifier_key(), &first.private_text())
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

fn write(
    folder: &Path,
    [public, private]: [&str; 2],
    key: &VerifierKey,
    secret: &str,
) -> Result<(), Failure> {
    write_durably(&folder.join(public), format!("{key}\n"), false)?;
    write_durably(&folder.join(private), format!("{secret}\n"), true)
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
