//! Keys in the text forms of C2SP signed-note, and the interface that a certified module can fill.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::SignatureAlgorithm;

/// The type byte of Ed25519 in signed-note.
const TYPE_ED25519: u8 = 1;

/// Signs checkpoints. The only place where another profile or a hardware module enters.
pub trait Signer {
    /// The key that verifies what this signer signs; its name is the origin of the log.
    fn verifier_key(&self) -> &VerifierKey;

    /// Signs the message as the algorithm of the key prescribes.
    ///
    /// # Errors
    /// When the module behind it fails.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError>;
}

/// A signer that could not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signing module failed: {reason}")]
pub struct SignerError {
    /// What the module says.
    pub reason: String,
}

/// Why a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The name is empty or holds white space, a plus sign or a control character.
    #[error("`{name}` cannot name a key: it must not be empty nor hold spaces or `+`")]
    Name {
        /// The name.
        name: String,
    },
    /// The text is not of the form of a key, or its check number does not fit.
    #[error("the key text is malformed or was cut; copy it again as a whole")]
    Malformed,
    /// The key is of an algorithm that this release does not know.
    #[error("the key is of the unknown signature type {kind}")]
    UnknownType {
        /// The type byte.
        kind: u8,
    },
}

/// A public key with its name: `name+hash+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Reads the text form; only the spelling that [`fmt::Display`] prints is accepted.
    ///
    /// # Errors
    /// When it is malformed, of an unknown type, or its check number does not fit.
    pub fn parse(text: &str) -> Result<VerifierKey, KeyError> {
        let (name, key) = split(text)?;
        check_name(name)?;
        let bytes = key_bytes(key)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Malformed)?;
        let parsed = VerifierKey { name: name.to_owned(), key };
        if parsed.to_string() == text { Ok(parsed) } else { Err(KeyError::Malformed) }
    }

    /// The name: the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number that stands before each signature: a hash over name and key.
    pub fn id(&self) -> u32 {
        signed_note::key_id(&self.name, &typed(self.key.as_bytes()))
    }

    /// The algorithm.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::Ed25519
    }

    /// Whether `signature` is a signature of this key over `message`. Strict: weak keys and
    /// signatures in a second spelling are refused.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&signed_note::new_ed25519_verifier_key(&self.name, &self.key))
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
        let verifier = VerifierKey { name: name.to_owned(), key: key.verifying_key() };
        Ok(Ed25519Signer { key, verifier })
    }

    /// Reads the private text form.
    ///
    /// # Errors
    /// When it is malformed, of an unknown type, or its check number does not fit.
    pub fn parse(text: &str) -> Result<Ed25519Signer, KeyError> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Malformed)?;
        let (name, key) = split(rest)?;
        let signer = Ed25519Signer::from_seed(name, &key_bytes(key)?)?;
        if signer.private_text() == text { Ok(signer) } else { Err(KeyError::Malformed) }
    }

    /// The private text form `PRIVATE+KEY+name+hash+base64`. It is the key: keep it outside the
    /// database and its backups.
    pub fn private_text(&self) -> String {
        let id = self.verifier.id();
        let key = BASE64_STANDARD.encode(typed(self.key.as_bytes()));
        format!("PRIVATE+KEY+{}+{id:08x}+{key}", self.verifier.name)
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

/// Name and key of `name+hash+base64`. A name holds no `+`, but base64 may.
fn split(text: &str) -> Result<(&str, &str), KeyError> {
    let (name, rest) = text.split_once('+').ok_or(KeyError::Malformed)?;
    let (_, key) = rest.split_once('+').ok_or(KeyError::Malformed)?;
    Ok((name, key))
}

fn typed(key: &[u8; 32]) -> Vec<u8> {
    [&[TYPE_ED25519], key.as_slice()].concat()
}

fn key_bytes(text: &str) -> Result<[u8; 32], KeyError> {
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| KeyError::Malformed)?;
    match bytes.split_first() {
        Some((&TYPE_ED25519, key)) => key.try_into().map_err(|_| KeyError::Malformed),
        Some((&kind, _)) => Err(KeyError::UnknownType { kind }),
        None => Err(KeyError::Malformed),
    }
}

/// A key name is the origin line of checkpoints, so it must not break a line either.
fn check_name(name: &str) -> Result<(), KeyError> {
    if signed_note::is_key_name_valid(name) && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(KeyError::Name { name: name.to_owned() })
    }
}
