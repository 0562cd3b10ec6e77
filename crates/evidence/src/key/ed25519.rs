//! Ed25519 keys: signature type 1 of C2SP signed-note.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::{
    KeyError, Material, Signer, SignerError, VerifierKey, check_name, private_text, split_private,
    unknown,
};

/// The type byte of Ed25519 in signed-note.
const TYPE: u8 = 1;

/// The public part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicKey(VerifyingKey);

impl PublicKey {
    /// `None` when the bytes are of another type.
    pub(super) fn read(typed: &[u8]) -> Option<Result<Self, KeyError>> {
        let key = typed.strip_prefix(&[TYPE])?;
        let bytes: Result<[u8; 32], _> = key.try_into();
        let key = bytes.ok().and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        Some(key.map(Self).ok_or(KeyError::Malformed))
    }

    pub(super) fn typed(&self) -> Vec<u8> {
        typed(self.0.as_bytes())
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

/// An Ed25519 key held in memory.
#[derive(Clone)]
pub struct Ed25519Signer {
    key: SigningKey,
    verifier: VerifierKey,
}

/// Keeps the key out of logs and panics.
impl fmt::Debug for Ed25519Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ed25519Signer").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl Ed25519Signer {
    /// The key that follows from `seed`, which must be 32 fresh random bytes.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Ed25519Signer, KeyError> {
        check_name(name)?;
        let key = SigningKey::from_bytes(seed);
        let material = Material::Ed25519(PublicKey(key.verifying_key()));
        let verifier = VerifierKey { name: name.to_owned(), material };
        Ok(Ed25519Signer { key, verifier })
    }

    /// Reads the private text form.
    ///
    /// # Errors
    /// When it is malformed, of another type, or its check number does not fit.
    pub fn parse(text: &str) -> Result<Ed25519Signer, KeyError> {
        let (name, bytes) = split_private(text)?;
        let seed = bytes.strip_prefix(&[TYPE]).ok_or_else(|| unknown(&bytes))?;
        let signer =
            Ed25519Signer::from_seed(name, seed.try_into().map_err(|_| KeyError::Malformed)?)?;
        if signer.private_text() == text { Ok(signer) } else { Err(KeyError::Malformed) }
    }

    /// The private text form `PRIVATE+KEY+name+hash+base64`. It is the key: keep it outside the
    /// database and its backups.
    pub fn private_text(&self) -> String {
        private_text(&self.verifier, &typed(self.key.as_bytes()))
    }
}

impl Signer for Ed25519Signer {
    fn verifier_key(&self) -> &VerifierKey {
        &self.verifier
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.key.sign(message).to_vec())
    }
}

fn typed(key: &[u8; 32]) -> Vec<u8> {
    [&[TYPE], key.as_slice()].concat()
}
