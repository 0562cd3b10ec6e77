//! RFC 6962 hashing and proofs over a small list that is at hand as a whole, and, for the hash that
//! the tree crate does not know, over the stored nodes of a log.

use tlog_tiles::tlog;

use crate::{Hash, HashAlgorithm};

/// Wraps a hash for the tree crate.
pub(crate) fn wrap(hash: Hash) -> tlog::Hash {
    tlog::Hash(hash)
}

/// The hash of a leaf.
pub(crate) fn leaf(hash: HashAlgorithm, leaf: &[u8]) -> Hash {
    hash.digest(&[&[0], leaf])
}

/// The hash of two subtrees.
pub(crate) fn node(hash: HashAlgorithm, left: Hash, right: Hash) -> Hash {
    hash.digest(&[&[1], &left, &right])
}

/// The root of no leaves.
pub(crate) fn empty(hash: HashAlgorithm) -> Hash {
    hash.digest(&[])
}

/// A count as it stands in formats.
pub(crate) fn as_u64(count: usize) -> u64 {
    u64::try_from(count).expect("a count in memory fits 64 bits")
}

/// Merkle tree hash over `leaves`, each hashed as a leaf first.
pub(crate) fn root(hash: HashAlgorithm, leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty(hash),
        [one] => leaf(hash, one),
        _ => {
            let (left, right) = leaves.split_at(split_at(leaves));
            node(hash, root(hash, left), root(hash, right))
        }
    }
}

/// Sibling hashes of leaf `index`, from the leaf upwards.
pub(crate) fn path(hash: HashAlgorithm, leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let at = split_at(leaves);
    let (left, right) = leaves.split_at(at);
    let (mut path, sibling) = if index < at {
        (path(hash, left, index), root(hash, right))
    } else {
        (path(hash, right, index - at), root(hash, left))
    };
    path.push(sibling);
    path
}

/// The root that `path` leads to from the hash of a leaf; nothing when the path has not the right
/// length.
pub(crate) fn climb(
    hash: HashAlgorithm,
    leaf: Hash,
    index: u64,
    count: u64,
    path: &[Hash],
) -> Option<Hash> {
    if index >= count {
        return None;
    }
    if count == 1 {
        return path.is_empty().then_some(leaf);
    }
    let (sibling, below) = path.split_last()?;
    let at = split(count);
    if index < at {
        Some(node(hash, climb(hash, leaf, index, at, below)?, *sibling))
    } else {
        Some(node(hash, *sibling, climb(hash, leaf, index - at, count - at, below)?))
    }
}

/// The leaves `low..high` of a tree as a proof refers to them: one hash stands for all of them.
pub(crate) type Span = (u64, u64);

/// The spans of an inclusion proof of leaf `index` in a tree of `size` leaves (RFC 6962, 2.1.1),
/// from the leaf upwards.
pub(crate) fn inclusion_spans(size: u64, index: u64) -> Vec<Span> {
    let (mut low, mut high) = (0, size);
    let mut spans = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            spans.push((middle, high));
            high = middle;
        } else {
            spans.push((low, middle));
            low = middle;
        }
    }
    spans.reverse();
    spans
}

/// The spans of a consistency proof between the first `old` leaves, at least one, and `size` leaves
/// (RFC 6962, 2.1.2).
pub(crate) fn consistency_spans(size: u64, old: u64) -> Vec<Span> {
    let (mut low, mut high) = (0, size);
    let mut spans = Vec::new();
    // whether the old tree ends exactly here is known when it is reached
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            spans.push((middle, high));
            high = middle;
        } else {
            spans.push((low, middle));
            low = middle;
        }
    }
    // the old root itself is known to the reader when it is a whole subtree from the beginning
    if low > 0 {
        spans.push((low, high));
    }
    spans.reverse();
    spans
}

/// The old and the new root that a consistency proof leads to; `old_root` is what the reader knows.
/// Nothing when the proof has not the right length.
pub(crate) fn climb_both(
    hash: HashAlgorithm,
    size: u64,
    old: u64,
    old_root: Hash,
    proof: &[Hash],
) -> Option<(Hash, Hash)> {
    let spans = consistency_spans(size, old);
    if spans.len() != proof.len() {
        return None;
    }
    // where the old tree is no subtree of its own, the proof begins with its last subtree
    let inside = spans.first().is_some_and(|span| span.1 == old);
    let mut steps = spans.into_iter().zip(proof);
    let (mut low, mut old_tree, mut new_tree) = (0, old_root, old_root);
    if inside && let Some((span, first)) = steps.next() {
        (low, old_tree, new_tree) = (span.0, *first, *first);
    }
    for (span, step) in steps {
        if span.1 == low {
            old_tree = node(hash, *step, old_tree);
            new_tree = node(hash, *step, new_tree);
            low = span.0;
        } else {
            new_tree = node(hash, new_tree, *step);
        }
    }
    Some((old_tree, new_tree))
}

fn split_at(leaves: &[Hash]) -> usize {
    usize::try_from(split(as_u64(leaves.len()))).expect("part of a count in memory")
}

/// The largest power of two below `count`, which must be at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}
