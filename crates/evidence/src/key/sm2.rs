//! SM2 keys (GB/T 32918.2-2016, GM/T 0003.2-2012) with SM3 and the default user id. Signed-note
//! assigns no type to them: they stand under type 255 with an identifier of ours, which also says
//! how the log is hashed.

use std::fmt;

use ::sm2::dsa::signature::{Signer as _, Verifier as _};
use ::sm2::dsa::{Signature, SigningKey, VerifyingKey};
use ::sm2::elliptic_curve::sec1::ToSec1Point;

use super::{
    KeyError, Material, Signer, SignerError, VerifierKey, check_name, private_text, split_private,
    unknown,
};
use crate::HashAlgorithm;

/// The type byte for types that signed-note does not assign.
const TYPE: u8 = 0xff;
/// The user id of GM/T 0009-2012, 10, where none is agreed.
const USER: &str = "1234567812345678";

/// What follows the type byte: the algorithm and the hash of the log.
fn identifier(log: HashAlgorithm) -> Vec<u8> {
    format!("\u{0}tanheng/v1/SM2-SM3/{log}\u{0}").into_bytes()
}

fn typed(log: HashAlgorithm, key: &[u8]) -> Vec<u8> {
    [&[TYPE], identifier(log).as_slice(), key].concat()
}

/// The hash of the log and the bytes of the key; `None` when they are of another type.
fn untyped(bytes: &[u8]) -> Option<(HashAlgorithm, &[u8])> {
    let logs = [HashAlgorithm::Sha256, HashAlgorithm::Sm3];
    logs.into_iter().find_map(|log| Some((log, bytes.strip_prefix(typed(log, &[]).as_slice())?)))
}

/// The public part: a point on the curve, written as in GM/T 0009: 04, x, y.
#[derive(Debug, Clone)]
pub(super) struct PublicKey {
    key: VerifyingKey,
    log: HashAlgorithm,
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.typed() == other.typed()
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// `None` when the bytes are of another type.
    pub(super) fn read(typed: &[u8]) -> Option<Result<Self, KeyError>> {
        let (log, point) = untyped(typed)?;
        // other spellings of the point are excluded when the whole text is compared
        let key = VerifyingKey::from_sec1_bytes(USER, point).map_err(|_| KeyError::Malformed);
        Some(key.map(|key| Self { key, log }))
    }

    pub(super) fn typed(&self) -> Vec<u8> {
        typed(self.log, self.key.as_affine().to_sec1_point(false).as_bytes())
    }

    pub(super) fn log_hash(&self) -> HashAlgorithm {
        self.log
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify(message, &signature).is_ok())
    }
}

/// An SM2 key held in memory. Its signatures follow from key and message (the random number of the
/// standard is drawn as RFC 6979 does, over SM3).
#[derive(Clone)]
pub struct Sm2Signer {
    key: SigningKey,
    verifier: VerifierKey,
}

/// Keeps the key out of logs and panics.
impl fmt::Debug for Sm2Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm2Signer").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl Sm2Signer {
    /// The key whose private number is `seed`, which must be 32 fresh random bytes, for a log of
    /// the hash `log`.
    ///
    /// # Errors
    /// [`KeyError::Name`], or [`KeyError::Private`] for the few numbers that are no key.
    pub fn from_seed(
        name: &str,
        log: HashAlgorithm,
        seed: &[u8; 32],
    ) -> Result<Sm2Signer, KeyError> {
        check_name(name)?;
        let key = SigningKey::from_slice(USER, seed).map_err(|_| KeyError::Private)?;
        // the greatest number has a public key, but cannot sign
        key.try_sign(name.as_bytes()).map_err(|_| KeyError::Private)?;
        let material = Material::Sm2(PublicKey { key: key.verifying_key().clone(), log });
        let verifier = VerifierKey { name: name.to_owned(), material };
        Ok(Sm2Signer { key, verifier })
    }

    /// Reads the private text form.
    ///
    /// # Errors
    /// When it is malformed, of another type, or its check number does not fit.
    pub fn parse(text: &str) -> Result<Sm2Signer, KeyError> {
        let (name, bytes) = split_private(text)?;
        let (log, seed) = untyped(&bytes).ok_or_else(|| unknown(&bytes))?;
        let seed = seed.try_into().map_err(|_| KeyError::Malformed)?;
        let signer = Sm2Signer::from_seed(name, log, seed)?;
        if signer.private_text() == text { Ok(signer) } else { Err(KeyError::Malformed) }
    }

    /// The private text form `PRIVATE+KEY+name+hash+base64`. It is the key: keep it outside the
    /// database and its backups.
    pub fn private_text(&self) -> String {
        private_text(&self.verifier, &typed(self.verifier.log_hash(), &self.key.to_bytes()))
    }
}

impl Signer for Sm2Signer {
    fn verifier_key(&self) -> &VerifierKey {
        &self.verifier
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let failed =
            |error: ::sm2::dsa::signature::Error| SignerError { reason: error.to_string() };
        let signature = self.key.try_sign(message).map_err(failed)?;
        Ok(signature.to_bytes().to_vec())
    }
}
