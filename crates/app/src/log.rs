//! The public log: what everybody may have of it. Tiles, bundles and proofs under the last
//! checkpoint, and an export into a folder that any web server can serve.

mod export;

pub use export::{CHECKPOINT, Exported, export};

use tanheng_evidence::log::{prove_consistency, prove_inclusion};
use tanheng_evidence::proof::{ConsistencyProof, InclusionProof};
use tanheng_evidence::tiles::{Tile, TileSource, join_entries, read_tile};
use tanheng_evidence::{Checkpoint, HashAlgorithm, StorageError};
use tanheng_store::Database;
use tanheng_store::journal::{self, Nodes};

use crate::receipt::Signed;
use crate::{Book, Failure};

/// A book's log as the public may read it: never beyond the checkpoint that was kept.
pub struct PublicLog<'a> {
    sql: &'a Database,
    signed: Signed,
}

impl<'a> PublicLog<'a> {
    /// The log of a book under its last checkpoint.
    ///
    /// # Errors
    /// When the checkpoint is missing or not that of the book.
    pub fn open(book: &Book, sql: &'a Database) -> Result<Self, Failure> {
        Ok(Self::under(Signed::last(book)?, sql))
    }

    /// The log under a checkpoint that was read before the database.
    pub(crate) fn under(signed: Signed, sql: &'a Database) -> Self {
        Self { sql, signed }
    }

    /// The checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.signed.checkpoint
    }

    /// The signed note, as it is published.
    #[must_use]
    pub fn note(&self) -> &str {
        self.signed.note()
    }

    fn hash(&self) -> HashAlgorithm {
        self.signed.key().log_hash()
    }

    fn size(&self) -> u64 {
        self.signed.checkpoint.size()
    }

    /// A tile or bundle; `None` when it reaches beyond the checkpoint.
    ///
    /// # Errors
    /// When storage fails or lacks what it must have.
    pub fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, Failure> {
        if !tile.is_within(self.size()) {
            return Ok(None);
        }
        if tile.level().is_some() {
            return Ok(Some(read_tile(self.size(), tile, &Nodes(self.sql))?));
        }
        let entries = self.entries(tile.span().start, tile.width())?;
        join_entries(&entries).map(Some).map_err(|error| Failure::Evidence(error.to_string()))
    }

    /// The leaves from `first` on.
    fn entries(&self, first: u64, count: u64) -> Result<Vec<Vec<u8>>, Failure> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let found = journal::entries(self.sql, number(first), number(count))?;
        let mut entries = Vec::with_capacity(found.len());
        for (expected, (sequence, leaf)) in (number(first)..).zip(found) {
            if sequence != expected {
                break;
            }
            entries.push(leaf);
        }
        match u64::try_from(entries.len()) {
            Ok(length) if length == count => Ok(entries),
            _ => Err(Failure::Inconsistent(format!(
                "entries of the journal are missing between {first} and {}: run tanheng audit",
                first.saturating_add(count)
            ))),
        }
    }

    /// The proof of an entry in the log, as C2SP tlog-proof. Under the checkpoint; or, for a reader
    /// who kept another one, of an earlier `size` and without a checkpoint. `None` when there is no
    /// such entry or size.
    ///
    /// # Errors
    /// When storage fails.
    pub fn inclusion(&self, index: u64, size: Option<u64>) -> Result<Option<String>, Failure> {
        let asked = size.unwrap_or(self.size());
        if asked > self.size() || index >= asked {
            return Ok(None);
        }
        let leaf = self.entries(index, 1)?.pop().ok_or(Failure::Stopped)?;
        let hashes = prove_inclusion(self.hash(), asked, index, &Nodes(self.sql))?;
        let checkpoint = self.note_for(size);
        Ok(Some(InclusionProof { leaf, index, hashes, checkpoint }.to_text()))
    }

    /// The proof that the log begins with its own first `old` entries, as the body of a C2SP
    /// tlog-witness request; sizes as for [`PublicLog::inclusion`].
    ///
    /// # Errors
    /// When storage fails.
    pub fn consistency(&self, old: u64, size: Option<u64>) -> Result<Option<String>, Failure> {
        let asked = size.unwrap_or(self.size());
        if asked > self.size() || old > asked {
            return Ok(None);
        }
        let hashes = prove_consistency(self.hash(), asked, old, &Nodes(self.sql))?;
        let checkpoint = self.note_for(size);
        Ok(Some(ConsistencyProof { old, hashes, checkpoint }.to_text()))
    }

    /// Only the last checkpoint is kept; whoever asks for another size has kept its own.
    fn note_for(&self, size: Option<u64>) -> String {
        if size.is_none_or(|size| size == self.size()) {
            self.note().to_owned()
        } else {
            String::new()
        }
    }
}

/// A book reads its own log as an auditor does.
impl TileSource for PublicLog<'_> {
    fn fetch(&self, tile: &Tile) -> Result<Vec<u8>, StorageError> {
        let found = self.tile(tile)?;
        found.ok_or_else(|| "it reaches beyond the checkpoint".into())
    }
}
