//! RFC 6962 hashing over a small list that is at hand as a whole.

use tlog_tiles::tlog::{self, EMPTY_HASH};

use crate::Hash;

/// Wraps a hash for the tree crate.
pub(crate) fn wrap(hash: Hash) -> tlog::Hash {
    tlog::Hash(hash)
}

/// The hash of two subtrees.
pub(crate) fn node(left: Hash, right: Hash) -> Hash {
    tlog::node_hash(wrap(left), wrap(right)).0
}

/// A count as it stands in formats.
pub(crate) fn as_u64(count: usize) -> u64 {
    u64::try_from(count).expect("a count in memory fits 64 bits")
}

/// Merkle tree hash over `leaves`, each hashed as a leaf first.
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY_HASH.0,
        [leaf] => tlog::record_hash(leaf).0,
        _ => {
            let (left, right) = leaves.split_at(split(as_u64(leaves.len())));
            node(root(left), root(right))
        }
    }
}

/// Sibling hashes of leaf `index`, from the leaf upwards.
pub(crate) fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let at = split(as_u64(leaves.len()));
    let (left, right) = leaves.split_at(at);
    let (mut path, sibling) = if index < at {
        (path(left, index), root(right))
    } else {
        (path(right, index - at), root(left))
    };
    path.push(sibling);
    path
}

/// The root that `path` leads to from `leaf`; nothing when the path has not the right length.
pub(crate) fn climb(leaf: Hash, index: u64, count: u64, path: &[Hash]) -> Option<Hash> {
    if index >= count {
        return None;
    }
    if count == 1 {
        return path.is_empty().then(|| tlog::record_hash(&leaf).0);
    }
    let (sibling, below) = path.split_last()?;
    let at = 1 << (count - 1).ilog2();
    if index < at {
        Some(node(climb(leaf, index, at, below)?, *sibling))
    } else {
        Some(node(*sibling, climb(leaf, index - at, count - at, below)?))
    }
}

/// The largest power of two below `count`, which must be at least 2.
fn split(count: u64) -> usize {
    1 << (count - 1).ilog2()
}
