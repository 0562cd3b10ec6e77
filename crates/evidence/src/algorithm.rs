//! The names of the algorithms that every object carries, so that a second profile can join.

use std::fmt;

use sha2::{Digest, Sha256};
use sm3::Sm3;

use crate::Hash;

/// An algorithm name that this release does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the algorithm `{name}` is not known to this release")]
pub struct UnknownAlgorithm {
    /// The name as found.
    pub name: String,
}

macro_rules! algorithm {
    ($(#[$about:meta])* $type:ident { $($(#[$each:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$each])* $variant),+
        }

        impl $type {
            /// The name as it stands in objects.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Looks the name up.
            ///
            /// # Errors
            /// When this release does not know it.
            pub fn from_name(name: &str) -> Result<Self, UnknownAlgorithm> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(UnknownAlgorithm { name: name.to_owned() }),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

algorithm! {
    /// The hash of commitments and trees.
    HashAlgorithm {
        /// FIPS 180-4.
        Sha256 = "SHA-256",
        /// GB/T 32905-2016 (GM/T 0004-2012).
        Sm3 = "SM3",
    }
}

algorithm! {
    /// How the salt of each field follows from the secret of an opening.
    SaltDerivation {
        /// RFC 5869 over SHA-256.
        HkdfSha256 = "HKDF-SHA-256",
        /// RFC 5869 over SM3.
        HkdfSm3 = "HKDF-SM3",
    }
}

algorithm! {
    /// How checkpoints are signed.
    SignatureAlgorithm {
        /// RFC 8032, signature type 1 of C2SP signed-note.
        Ed25519 = "Ed25519",
        /// GB/T 32918.2-2016 (GM/T 0003.2-2012) with SM3 and the default user id; signature type
        /// 255 of C2SP signed-note with an identifier of ours.
        Sm2 = "SM2-SM3",
    }
}

impl HashAlgorithm {
    /// How salts are derived where this is the hash of the log.
    pub fn salt(self) -> SaltDerivation {
        match self {
            HashAlgorithm::Sha256 => SaltDerivation::HkdfSha256,
            HashAlgorithm::Sm3 => SaltDerivation::HkdfSm3,
        }
    }

    /// The hash of the parts, one after the other.
    pub fn digest(self, parts: &[&[u8]]) -> Hash {
        match self {
            HashAlgorithm::Sha256 => digest_by::<Sha256>(parts),
            HashAlgorithm::Sm3 => digest_by::<Sm3>(parts),
        }
    }
}

fn digest_by<D: Digest>(parts: &[&[u8]]) -> Hash
where
    Hash: From<sha2::digest::Output<D>>,
{
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}
