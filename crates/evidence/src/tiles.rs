//! The log as C2SP tlog-tiles: where each tile and entry bundle lies, what it holds, and how a
//! reader checks all of them against a checkpoint.

mod bundle;
mod client;
mod path;

pub use bundle::{BundleError, MAX_BUNDLE_BYTES, MAX_ENTRY_BYTES, join_entries, split_entries};
pub use client::{Followed, TileError, TileNodes, TileSource, follow};
pub use path::Tile;

use tlog_tiles::tlog::stored_hash_index;

use crate::{Hash, LogError, NodeReader};

/// How many hashes or entries a full tile holds.
pub const WIDTH: u64 = 256;

/// The height of a tile: each level stands this many levels of the tree above the one below.
const HEIGHT: u8 = 8;

/// The bytes of a tile of hashes: 32 for each hash.
///
/// # Errors
/// When the tile reaches beyond the tree of `size` leaves, or storage fails.
pub fn read_tile(size: u64, tile: &Tile, nodes: &impl NodeReader) -> Result<Vec<u8>, LogError> {
    let Some(level) = tile.level().filter(|_| tile.is_within(size)) else {
        return Err(LogError::OutOfRange { size, asked: tile.end() });
    };
    let indexes: Vec<u64> =
        tile.span().map(|number| stored_hash_index(level * HEIGHT, number)).collect();
    let hashes: Vec<Hash> = nodes.read_nodes(&indexes).map_err(LogError::Storage)?;
    if hashes.len() != indexes.len() {
        let what = format!("{} nodes were asked for, {} came", indexes.len(), hashes.len());
        return Err(LogError::Storage(what.into()));
    }
    Ok(hashes.concat())
}

/// The tiles and bundles that a mirror of `size` leaves needs beyond one of `old` leaves, in an
/// order in which each can be published: entries and lower levels first. With `old` 0 all of them.
pub fn new_tiles(old: u64, size: u64) -> impl Iterator<Item = Tile> {
    let entries = Tile::row(None, old, size);
    let levels = (0..=Tile::TOP).flat_map(move |level| {
        let shift = u32::from(level) * u32::from(HEIGHT);
        let count = |leaves: u64| leaves.checked_shr(shift).unwrap_or(0);
        Tile::row(Some(level), count(old), count(size))
    });
    entries.chain(levels)
}
