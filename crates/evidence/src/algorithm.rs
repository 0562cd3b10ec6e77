//! The names of the algorithms that every object carries, so that a second profile can join.

use std::fmt;

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
    }
}

algorithm! {
    /// How the salt of each field follows from the secret of an opening.
    SaltDerivation {
        /// RFC 5869 over SHA-256.
        HkdfSha256 = "HKDF-SHA-256",
    }
}

algorithm! {
    /// How checkpoints are signed.
    SignatureAlgorithm {
        /// RFC 8032, signature type 1 of C2SP signed-note.
        Ed25519 = "Ed25519",
    }
}
