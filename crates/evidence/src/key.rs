//! Keys in the text forms of C2SP signed-note, and the interface that a certified module can fill.

mod ed25519;
mod sm2;

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};

pub use ed25519::Ed25519Signer;
pub use sm2::Sm2Signer;

use crate::{HashAlgorithm, SignatureAlgorithm};

/// Signs checkpoints. The only place where another profile or a hardware module enters.
pub trait Signer: Send + Sync {
    /// The key that verifies what this signer signs; its name is the origin of the log.
    fn verifier_key(&self) -> &VerifierKey;

    /// Signs the message as the algorithm of the key prescribes: 64 bytes for Ed25519 (RFC 8032),
    /// r and s of 32 bytes each for SM2. What is signed is checked before it is published.
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
    /// The bytes of a private key are none.
    #[error("the bytes are no private key of this algorithm; draw others")]
    Private,
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
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Ed25519(ed25519::PublicKey),
    Sm2(sm2::PublicKey),
}

impl VerifierKey {
    /// Reads the text form; only the spelling that [`fmt::Display`] prints is accepted.
    ///
    /// # Errors
    /// When it is malformed, of an unknown type, or its check number does not fit.
    pub fn parse(text: &str) -> Result<VerifierKey, KeyError> {
        let (name, key) = split(text)?;
        check_name(name)?;
        let typed = BASE64_STANDARD.decode(key).map_err(|_| KeyError::Malformed)?;
        let material = match (ed25519::PublicKey::read(&typed), sm2::PublicKey::read(&typed)) {
            (Some(key), _) => Material::Ed25519(key?),
            (_, Some(key)) => Material::Sm2(key?),
            (None, None) => return Err(unknown(&typed)),
        };
        let parsed = VerifierKey { name: name.to_owned(), material };
        if parsed.to_string() == text { Ok(parsed) } else { Err(KeyError::Malformed) }
    }

    /// The name: the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number that stands before each signature: a hash over name and key.
    pub fn id(&self) -> u32 {
        signed_note::key_id(&self.name, &self.typed())
    }

    /// The algorithm.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        match &self.material {
            Material::Ed25519(_) => SignatureAlgorithm::Ed25519,
            Material::Sm2(_) => SignatureAlgorithm::Sm2,
        }
    }

    /// The hash of the log whose checkpoints the key signs. It is part of the key, so that nobody
    /// has to be told elsewhere how a tree was hashed.
    pub fn log_hash(&self) -> HashAlgorithm {
        match &self.material {
            Material::Ed25519(_) => HashAlgorithm::Sha256,
            Material::Sm2(key) => key.log_hash(),
        }
    }

    /// Whether `signature` is a signature of this key over `message`. Strict: weak keys and
    /// signatures in a second spelling are refused.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Ed25519(key) => key.verifies(message, signature),
            Material::Sm2(key) => key.verifies(message, signature),
        }
    }

    /// Type and key as they stand in the text.
    fn typed(&self) -> Vec<u8> {
        match &self.material {
            Material::Ed25519(key) => key.typed(),
            Material::Sm2(key) => key.typed(),
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64_STANDARD.encode(self.typed());
        write!(f, "{}+{:08x}+{key}", self.name, self.id())
    }
}

/// The signer whose private text form this is, with its key in memory.
///
/// # Errors
/// When it is malformed, of an unknown type, or its check number does not fit.
pub fn read_signer(text: &str) -> Result<Box<dyn Signer>, KeyError> {
    match Ed25519Signer::parse(text) {
        Ok(signer) => Ok(Box::new(signer)),
        Err(KeyError::UnknownType { .. }) => Ok(Box::new(Sm2Signer::parse(text)?)),
        Err(error) => Err(error),
    }
}

/// The private text form `PRIVATE+KEY+name+hash+base64`.
fn private_text(verifier: &VerifierKey, typed: &[u8]) -> String {
    let key = BASE64_STANDARD.encode(typed);
    format!("PRIVATE+KEY+{}+{:08x}+{key}", verifier.name, verifier.id())
}

/// Name and typed bytes of a private text form.
fn split_private(text: &str) -> Result<(&str, Vec<u8>), KeyError> {
    let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Malformed)?;
    let (name, key) = split(rest)?;
    Ok((name, BASE64_STANDARD.decode(key).map_err(|_| KeyError::Malformed)?))
}

/// Name and key of `name+hash+base64`. A name holds no `+`, but base64 may.
fn split(text: &str) -> Result<(&str, &str), KeyError> {
    let (name, rest) = text.split_once('+').ok_or(KeyError::Malformed)?;
    let (_, key) = rest.split_once('+').ok_or(KeyError::Malformed)?;
    Ok((name, key))
}

fn unknown(typed: &[u8]) -> KeyError {
    typed.first().map_or(KeyError::Malformed, |kind| KeyError::UnknownType { kind: *kind })
}

/// A key name is the origin line of checkpoints, so it must not break a line either.
fn check_name(name: &str) -> Result<(), KeyError> {
    if signed_note::is_key_name_valid(name) && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(KeyError::Name { name: name.to_owned() })
    }
}
