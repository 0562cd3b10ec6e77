//! Following a log from outside: every bundle and tile is read and compared with a checkpoint.

use std::cell::RefCell;
use std::collections::HashMap;

use tlog_tiles::tlog::split_stored_hash_index;

use super::{BundleError, HEIGHT, Tile, WIDTH, split_entries};
use crate::log::{MAX_SIZE, leaf_hash};
use crate::{
    Appender, Checkpoint, Hash, HashAlgorithm, LogError, NodeReader, NodeWriter, StorageError,
    merkle,
};

/// Where tiles and bundles are read: a folder or a server. Nothing it says is believed.
pub trait TileSource {
    /// The bytes of a tile or bundle.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    fn fetch(&self, tile: &Tile) -> Result<Vec<u8>, StorageError>;
}

/// Why what is served is not the log of the checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// A tile or bundle cannot be had.
    #[error("`{tile}` cannot be read: {source}")]
    Source {
        /// Which.
        tile: Tile,
        /// Why.
        source: StorageError,
    },
    /// A bundle is malformed.
    #[error("`{tile}`: {source}")]
    Bundle {
        /// Which.
        tile: Tile,
        /// What is wrong.
        source: BundleError,
    },
    /// A tile does not hold the hashes of the entries.
    #[error("`{tile}` does not hold the hashes of the entries below it")]
    Differs {
        /// Which.
        tile: Tile,
    },
    /// An entry is refused by who reads along.
    #[error("entry {sequence}: {reason}")]
    Entry {
        /// Its place.
        sequence: u64,
        /// What is wrong.
        reason: String,
    },
    /// The entries do not give the root that was signed.
    #[error("the {size} entries that are served do not give the root of the checkpoint")]
    Root {
        /// The size of the checkpoint.
        size: u64,
    },
    /// An earlier checkpoint stands over other entries.
    #[error(
        "the first {size} entries that are served are not those of the earlier checkpoint: \
         the log was rewritten"
    )]
    Rewritten {
        /// The size of the earlier checkpoint.
        size: u64,
    },
    /// An earlier checkpoint stands over more entries.
    #[error("the log has {size} entries, but an earlier checkpoint stands over {earlier}")]
    Shrunk {
        /// The size now.
        size: u64,
        /// The size then.
        earlier: u64,
    },
    /// The tree could not be computed.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What was read of a log, all of it compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// Entries.
    pub entries: u64,
    /// Bundles and tiles.
    pub tiles: u64,
}

/// Reads every entry and tile of the log under `checkpoint`, which is believed, and compares them
/// with it and with the checkpoints that somebody kept `earlier`. `visit` is given each entry with
/// its place; what it refuses ends the reading.
///
/// Memory does not grow with the log.
///
/// # Errors
/// The first thing that does not hold.
pub fn follow(
    hash: HashAlgorithm,
    checkpoint: &Checkpoint,
    earlier: &[Checkpoint],
    source: &impl TileSource,
    mut visit: impl FnMut(u64, &[u8]) -> Result<(), String>,
) -> Result<Followed, TileError> {
    let size = checkpoint.size();
    if let Some(beyond) = earlier.iter().find(|earlier| earlier.size() > size) {
        return Err(TileError::Shrunk { size, earlier: beyond.size() });
    }
    let mut walk = Walk { size, source, log: Appender::new(hash), rows: Rows::default(), tiles: 0 };
    compare(&walk.log, earlier)?;
    for index in 0..size.div_ceil(WIDTH) {
        let Some(tile) = Tile::entries(index, size) else { break };
        let bundle = walk.fetch(&tile)?;
        let entries = split_entries(&bundle, tile.width());
        let entries = entries.map_err(|source| TileError::Bundle { tile, source })?;
        for entry in entries {
            let sequence = walk.log.size();
            visit(sequence, entry).map_err(|reason| TileError::Entry { sequence, reason })?;
            walk.log.append_leaf(entry, &mut walk.rows)?;
            walk.compare_full()?;
            compare(&walk.log, earlier)?;
        }
    }
    walk.compare_rest()?;
    if walk.log.root() != *checkpoint.root() {
        return Err(TileError::Root { size });
    }
    Ok(Followed { entries: size, tiles: walk.tiles })
}

fn compare(log: &Appender, earlier: &[Checkpoint]) -> Result<(), TileError> {
    let now = earlier.iter().filter(|earlier| earlier.size() == log.size());
    for earlier in now {
        if log.root() != *earlier.root() {
            return Err(TileError::Rewritten { size: earlier.size() });
        }
    }
    Ok(())
}

/// The right edge of the tiles as they follow from the entries.
#[derive(Default)]
struct Rows {
    /// Of each level: how many full tiles came before, and the hashes since.
    rows: Vec<(u64, Vec<Hash>)>,
    /// Full tiles that were not compared yet.
    full: Vec<(u8, u64, Vec<Hash>)>,
}

impl NodeWriter for Rows {
    fn write_nodes(&mut self, _first: u64, nodes: &[Hash]) -> Result<(), StorageError> {
        // after a leaf follow the roots of the subtrees that it finishes, level by level
        for (level, node) in (0_u8..).zip(nodes.iter().step_by(usize::from(HEIGHT))) {
            let place = usize::from(level);
            if self.rows.len() == place {
                self.rows.push((0, Vec::new()));
            }
            let Some((index, row)) = self.rows.get_mut(place) else { break };
            row.push(*node);
            if merkle::as_u64(row.len()) == WIDTH {
                self.full.push((level, *index, std::mem::take(row)));
                *index += 1;
            }
        }
        Ok(())
    }
}

struct Walk<'a, S> {
    size: u64,
    source: &'a S,
    log: Appender,
    rows: Rows,
    tiles: u64,
}

impl<S: TileSource> Walk<'_, S> {
    /// A partial tile may be gone where the full one came; it begins with the same.
    fn fetch(&mut self, tile: &Tile) -> Result<Vec<u8>, TileError> {
        self.tiles += 1;
        fetch(self.source, tile).map_err(|source| TileError::Source { tile: tile.clone(), source })
    }

    fn compare_full(&mut self) -> Result<(), TileError> {
        while let Some((level, index, hashes)) = self.rows.full.pop() {
            self.compare_tile(level, index, &hashes)?;
        }
        Ok(())
    }

    fn compare_rest(&mut self) -> Result<(), TileError> {
        let rows = std::mem::take(&mut self.rows.rows);
        for (level, (index, hashes)) in (0_u8..).zip(rows) {
            if !hashes.is_empty() {
                self.compare_tile(level, index, &hashes)?;
            }
        }
        Ok(())
    }

    fn compare_tile(&mut self, level: u8, index: u64, hashes: &[Hash]) -> Result<(), TileError> {
        let size = self.size;
        let tile = Tile::hashes(level, index, size)
            .ok_or(LogError::OutOfRange { size, asked: self.log.size() })?;
        if self.fetch(&tile)? == hashes.concat() {
            Ok(())
        } else {
            Err(TileError::Differs { tile })
        }
    }
}

/// Fetches a tile; where a partial one is gone, what it held of the full one.
fn fetch(source: &impl TileSource, tile: &Tile) -> Result<Vec<u8>, StorageError> {
    let found = source.fetch(tile);
    if found.is_ok() || tile.is_full() {
        return found;
    }
    let whole = source.fetch(&tile.clone().filled());
    match (whole, found) {
        (Ok(bytes), _) => tile.beginning(&bytes).ok_or_else(|| "the full tile is malformed".into()),
        (Err(_), found) => found,
    }
}

/// The nodes of a log of `size` leaves, read from its tiles: enough to make proofs from a mirror.
/// They are not compared with a checkpoint here; a proof that was made with them is.
pub struct TileNodes<'a, S> {
    hash: HashAlgorithm,
    size: u64,
    source: &'a S,
    read: RefCell<HashMap<Tile, Vec<Hash>>>,
}

impl<'a, S: TileSource> TileNodes<'a, S> {
    /// The nodes of the log of this size and hash.
    pub fn new(hash: HashAlgorithm, size: u64, source: &'a S) -> Self {
        Self { hash, size, source, read: RefCell::default() }
    }

    fn node(&self, index: u64) -> Result<Hash, StorageError> {
        let (level, number) = split_stored_hash_index(index);
        let (row, above) = (level / HEIGHT, level % HEIGHT);
        let missing = || format!("node {index} is not in a tree of {} leaves", self.size);
        let first = number.checked_shl(u32::from(above)).filter(|first| *first <= MAX_SIZE);
        let first = first.ok_or_else(missing)?;
        let tile = Tile::hashes(row, first / WIDTH, self.size).ok_or_else(missing)?;
        let hashes = self.tile(tile)?;
        let from = usize::try_from(first % WIDTH)?;
        let mut part = hashes.get(from..from + (1 << above)).ok_or_else(missing)?.to_vec();
        while part.len() > 1 {
            let (pairs, _) = part.as_chunks::<2>();
            part =
                pairs.iter().map(|[left, right]| merkle::node(self.hash, *left, *right)).collect();
        }
        part.pop().ok_or_else(|| missing().into())
    }

    fn tile(&self, tile: Tile) -> Result<Vec<Hash>, StorageError> {
        if let Some(known) = self.read.borrow().get(&tile) {
            return Ok(known.clone());
        }
        let bytes = fetch(self.source, &tile)?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || merkle::as_u64(hashes.len()) != tile.width() {
            return Err(format!("`{tile}` has {} bytes", bytes.len()).into());
        }
        self.read.borrow_mut().insert(tile, hashes.to_vec());
        Ok(hashes.to_vec())
    }

    /// The entry at a place, compared with its hash in the tiles.
    ///
    /// # Errors
    /// When it cannot be had or is another.
    pub fn entry(&self, sequence: u64) -> Result<Vec<u8>, StorageError> {
        let missing = || format!("a log of {} entries has no entry {sequence}", self.size);
        let tile = Tile::entries(sequence / WIDTH, self.size).ok_or_else(missing)?;
        let bundle = fetch(self.source, &tile)?;
        let entries = split_entries(&bundle, tile.width())?;
        let entry = entries.get(usize::try_from(sequence % WIDTH)?).ok_or_else(missing)?;
        let stored = self.node(tlog_tiles::tlog::stored_hash_index(0, sequence))?;
        if leaf_hash(self.hash, entry) != stored {
            return Err(format!("`{tile}` does not hold the entry of the tree").into());
        }
        Ok(entry.to_vec())
    }
}

impl<S: TileSource> NodeReader for TileNodes<'_, S> {
    fn read_nodes(&self, indexes: &[u64]) -> Result<Vec<Hash>, StorageError> {
        indexes.iter().map(|index| self.node(*index)).collect()
    }
}
