//! Canonical encoding, salted commitments, Merkle log, checkpoints, receipts and the offline verifier.
#![doc = include_str!("../README.md")]

mod algorithm;
mod checkpoint;
mod commitment;
mod entry;
mod hex;
mod key;
pub mod log;
mod merkle;
pub mod proof;
pub mod receipt;
pub mod tiles;
mod value;

pub use algorithm::{HashAlgorithm, SaltDerivation, SignatureAlgorithm, UnknownAlgorithm};
pub use checkpoint::{Checkpoint, CheckpointError, ExtensionError, extends};
pub use commitment::{CommitmentError, Field, FieldProof, OpenField, Opening, Part, Shown};
pub use entry::{ENTRY_VERSION, Entry, EntryError, MAX_LABEL_BYTES};
pub use key::{Ed25519Signer, KeyError, Signer, SignerError, Sm2Signer, VerifierKey, read_signer};
pub use log::{Appender, LogError, NodeReader, NodeWriter, StorageError};
pub use receipt::{KeySource, Receipt, ReceiptError, VerifiedReceipt};
pub use value::{MAX_DEPTH, Value, ValueError};

/// 32 bytes of SHA-256 or SM3, as the object names it.
pub type Hash = [u8; 32];
