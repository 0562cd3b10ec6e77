//! The Merkle log: an appender that needs only its right edge, roots, and two kinds of proof.

use std::cell::RefCell;

use tlog_tiles::tlog::{self, stored_hash_index};

use crate::{Entry, Hash, HashAlgorithm, merkle};

/// More leaves than any log will hold; it keeps the index arithmetic within 64 bits.
pub const MAX_SIZE: u64 = 1 << 60;

/// A failure of the storage behind [`NodeReader`] or [`NodeWriter`].
pub type StorageError = Box<dyn std::error::Error + Send + Sync>;

/// Read access to the stored nodes of the tree.
///
/// Node indexes are those of Crosby and Wallach as used by Go's `tlog`: after each leaf follow the
/// roots of the complete subtrees that it finishes, so a tree only ever grows at its end.
pub trait NodeReader {
    /// The nodes at `indexes`, in that order.
    ///
    /// # Errors
    /// When storage fails or a node is not there.
    fn read_nodes(&self, indexes: &[u64]) -> Result<Vec<Hash>, StorageError>;
}

/// Write access to the stored nodes of the tree.
pub trait NodeWriter {
    /// Stores `nodes` at `first`, `first + 1`, …, which is always the present end.
    ///
    /// # Errors
    /// When storage fails; then nothing of this call may remain.
    fn write_nodes(&mut self, first: u64, nodes: &[Hash]) -> Result<(), StorageError>;
}

/// Nodes in memory: for rebuilding and for small trees.
impl NodeReader for Vec<Hash> {
    fn read_nodes(&self, indexes: &[u64]) -> Result<Vec<Hash>, StorageError> {
        let at = |index: &u64| usize::try_from(*index).ok().and_then(|index| self.get(index));
        indexes
            .iter()
            .map(|index| at(index).copied().ok_or_else(|| format!("no node {index}").into()))
            .collect()
    }
}

impl NodeWriter for Vec<Hash> {
    fn write_nodes(&mut self, first: u64, nodes: &[Hash]) -> Result<(), StorageError> {
        if first != merkle::as_u64(self.len()) {
            return Err(format!("node {first} is not the end of the tree").into());
        }
        self.extend_from_slice(nodes);
        Ok(())
    }
}

/// Why the log cannot be extended, read or proven.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Storage failed or lacks a node.
    #[error("the storage of the log failed: {0}")]
    Storage(#[source] StorageError),
    /// The entry's sequence is not the next place in the log.
    #[error("the entry has sequence {found}, but the next place in the log is {next}")]
    Sequence {
        /// What the entry says.
        found: u64,
        /// Where it would stand.
        next: u64,
    },
    /// The entry was made with another hash than the log.
    #[error("the entry is of the hash {found}, but the log is of {log}")]
    OtherHash {
        /// What the entry says.
        found: HashAlgorithm,
        /// That of the log.
        log: HashAlgorithm,
    },
    /// A place or size that the tree does not have.
    #[error("a tree of {size} leaves has no {asked}")]
    OutOfRange {
        /// The size of the tree.
        size: u64,
        /// The leaf or smaller size that was asked for.
        asked: u64,
    },
    /// The stored right edge has not as many hashes as the size asks for.
    #[error("the right edge of a tree of {size} leaves needs {needed} hashes, not {found}")]
    Edge {
        /// The size of the tree.
        size: u64,
        /// One for each bit of the size.
        needed: u32,
        /// What was given.
        found: usize,
    },
    /// A proof does not lead to the root.
    #[error("the proof does not lead to the root of the tree")]
    Proof,
}

/// Adds leaves, knowing only the size and the right edge: the roots of the complete subtrees
/// from left to right, one for each bit of the size. Both fit a head row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appender {
    hash: HashAlgorithm,
    size: u64,
    edge: Vec<Hash>,
}

impl Appender {
    /// An empty log of this hash.
    pub fn new(hash: HashAlgorithm) -> Appender {
        Appender { hash, size: 0, edge: Vec::new() }
    }

    /// From a head row.
    ///
    /// # Errors
    /// [`LogError::Edge`] when the number of hashes does not fit the size.
    pub fn from_edge(
        hash: HashAlgorithm,
        size: u64,
        edge: Vec<Hash>,
    ) -> Result<Appender, LogError> {
        let needed = size.count_ones();
        if size > MAX_SIZE {
            return Err(LogError::OutOfRange { size: MAX_SIZE, asked: size });
        }
        if usize::try_from(needed).ok() != Some(edge.len()) {
            return Err(LogError::Edge { size, needed, found: edge.len() });
        }
        Ok(Appender { hash, size, edge })
    }

    /// From the stored nodes of a log of `size` leaves.
    ///
    /// # Errors
    /// When storage fails or lacks a node.
    pub fn open(
        hash: HashAlgorithm,
        size: u64,
        nodes: &impl NodeReader,
    ) -> Result<Appender, LogError> {
        check_size(size)?;
        let edge = read_all(nodes, &tlog::sub_tree_index(0, size, Vec::new()))?;
        Appender::from_edge(hash, size, edge)
    }

    /// The hash of the log.
    pub fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// How many leaves there are: the sequence of the next entry.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The right edge, for the head row.
    pub fn edge(&self) -> &[Hash] {
        &self.edge
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut hashes = self.edge.iter().rev().copied();
        match hashes.next() {
            None => merkle::empty(self.hash),
            Some(last) => hashes.fold(last, |right, left| merkle::node(self.hash, left, right)),
        }
    }

    /// Appends an entry and writes the nodes that it finishes; gives the hash of its leaf.
    ///
    /// # Errors
    /// [`LogError::Sequence`] when it is not the entry for the next place, [`LogError::OtherHash`],
    /// storage errors. The appender is unchanged then.
    pub fn append(&mut self, entry: &Entry, nodes: &mut impl NodeWriter) -> Result<Hash, LogError> {
        if entry.sequence() != self.size {
            return Err(LogError::Sequence { found: entry.sequence(), next: self.size });
        }
        if entry.hash() != self.hash {
            return Err(LogError::OtherHash { found: entry.hash(), log: self.hash });
        }
        self.append_leaf(&entry.encode(), nodes)
    }

    /// Appends a leaf given as bytes; gives its hash.
    ///
    /// # Errors
    /// Storage errors; the appender is unchanged then.
    pub fn append_leaf(
        &mut self,
        leaf: &[u8],
        nodes: &mut impl NodeWriter,
    ) -> Result<Hash, LogError> {
        check_size(self.size + 1)?;
        let own = leaf_hash(self.hash, leaf);
        let mut finished = vec![own];
        let mut edge = self.edge.clone();
        // each trailing one of the old size is a complete subtree that the new leaf fills up
        for _ in 0..self.size.trailing_ones() {
            let (Some(left), Some(right)) = (edge.pop(), finished.last()) else {
                return Err(LogError::Proof);
            };
            finished.push(merkle::node(self.hash, left, *right));
        }
        nodes.write_nodes(stored_hash_index(0, self.size), &finished).map_err(LogError::Storage)?;
        edge.extend(finished.last());
        self.edge = edge;
        self.size += 1;
        Ok(own)
    }
}

/// The hash of a leaf: over a zero byte and the leaf.
pub fn leaf_hash(hash: HashAlgorithm, leaf: &[u8]) -> Hash {
    merkle::leaf(hash, leaf)
}

/// How many nodes a log of `size` leaves has stored.
pub fn node_count(size: u64) -> u64 {
    tlog::stored_hash_count(size)
}

/// The root of the first `size` leaves.
///
/// # Errors
/// When storage fails or lacks a node.
pub fn tree_root(
    hash: HashAlgorithm,
    size: u64,
    nodes: &impl NodeReader,
) -> Result<Hash, LogError> {
    Appender::open(hash, size, nodes).map(|log| log.root())
}

/// The proof that leaf `index` stands in the tree of the first `size` leaves.
///
/// # Errors
/// When there is no such leaf, or storage fails.
pub fn prove_inclusion(
    hash: HashAlgorithm,
    size: u64,
    index: u64,
    nodes: &impl NodeReader,
) -> Result<Vec<Hash>, LogError> {
    check_size(size)?;
    if index >= size {
        return Err(LogError::OutOfRange { size, asked: index });
    }
    match hash {
        HashAlgorithm::Sha256 => {
            Bridge::run(nodes, |bridge| tlog::prove_record(size, index, bridge)).map(unwrap_all)
        }
        HashAlgorithm::Sm3 => span_roots(hash, &merkle::inclusion_spans(size, index), nodes),
    }
}

/// Checks that `leaf` stands at `index` in the tree of `size` leaves with `root`.
///
/// # Errors
/// [`LogError::Proof`] when it does not, [`LogError::OutOfRange`] when there is no such place.
pub fn check_inclusion(
    hash: HashAlgorithm,
    size: u64,
    root: &Hash,
    index: u64,
    leaf: &[u8],
    proof: &[Hash],
) -> Result<(), LogError> {
    check_size(size)?;
    if index >= size {
        return Err(LogError::OutOfRange { size, asked: index });
    }
    let leaf = leaf_hash(hash, leaf);
    match hash {
        HashAlgorithm::Sha256 => {
            let (root, leaf) = (merkle::wrap(*root), merkle::wrap(leaf));
            tlog::check_record(&wrap_all(proof)?, size, root, index, leaf)
                .map_err(|_| LogError::Proof)
        }
        HashAlgorithm::Sm3 => {
            let reached = merkle::climb(hash, leaf, index, size, proof);
            if reached == Some(*root) { Ok(()) } else { Err(LogError::Proof) }
        }
    }
}

/// The proof that the tree of `size` leaves begins with the `old_size` leaves of an older one.
/// Empty for `old_size` 0, of which every tree is an extension.
///
/// # Errors
/// When `old_size` exceeds `size`, or storage fails.
pub fn prove_consistency(
    hash: HashAlgorithm,
    size: u64,
    old_size: u64,
    nodes: &impl NodeReader,
) -> Result<Vec<Hash>, LogError> {
    check_size(size)?;
    if old_size > size {
        return Err(LogError::OutOfRange { size, asked: old_size });
    }
    if old_size == 0 {
        return Ok(Vec::new());
    }
    match hash {
        HashAlgorithm::Sha256 => {
            Bridge::run(nodes, |bridge| tlog::prove_tree(size, old_size, bridge)).map(unwrap_all)
        }
        HashAlgorithm::Sm3 => span_roots(hash, &merkle::consistency_spans(size, old_size), nodes),
    }
}

/// Checks that the tree of `size` leaves with `root` begins with the tree of `old_size` leaves
/// with `old_root`.
///
/// # Errors
/// [`LogError::Proof`] when it does not, [`LogError::OutOfRange`] when it is the smaller one.
pub fn check_consistency(
    hash: HashAlgorithm,
    size: u64,
    root: &Hash,
    old_size: u64,
    old_root: &Hash,
    proof: &[Hash],
) -> Result<(), LogError> {
    check_size(size)?;
    if old_size > size {
        return Err(LogError::OutOfRange { size, asked: old_size });
    }
    let good = if old_size == 0 {
        proof.is_empty() && *old_root == merkle::empty(hash)
    } else {
        match hash {
            HashAlgorithm::Sha256 => {
                let (new, old) = (merkle::wrap(*root), merkle::wrap(*old_root));
                tlog::check_tree(&wrap_all(proof)?, size, new, old_size, old).is_ok()
            }
            HashAlgorithm::Sm3 => {
                let reached = merkle::climb_both(hash, size, old_size, *old_root, proof);
                reached == Some((*old_root, *root))
            }
        }
    };
    if good { Ok(()) } else { Err(LogError::Proof) }
}

/// The root over each span of leaves, from the stored nodes.
fn span_roots(
    hash: HashAlgorithm,
    spans: &[merkle::Span],
    nodes: &impl NodeReader,
) -> Result<Vec<Hash>, LogError> {
    let root = |span: &merkle::Span| {
        let parts = read_all(nodes, &tlog::sub_tree_index(span.0, span.1, Vec::new()))?;
        let joined = parts.into_iter().rev().reduce(|right, left| merkle::node(hash, left, right));
        joined.ok_or(LogError::Proof)
    };
    spans.iter().map(root).collect()
}

fn check_size(size: u64) -> Result<(), LogError> {
    if size <= MAX_SIZE {
        Ok(())
    } else {
        Err(LogError::OutOfRange { size: MAX_SIZE, asked: size })
    }
}

fn unwrap_all(hashes: Vec<tlog::Hash>) -> Vec<Hash> {
    hashes.into_iter().map(|hash| hash.0).collect()
}

/// A proof of a tree within [`MAX_SIZE`] has fewer than 128 hashes; longer ones are not even tried.
fn wrap_all(proof: &[Hash]) -> Result<Vec<tlog::Hash>, LogError> {
    if proof.len() > 128 {
        return Err(LogError::Proof);
    }
    Ok(proof.iter().map(|hash| merkle::wrap(*hash)).collect())
}

fn read_all(nodes: &impl NodeReader, indexes: &[u64]) -> Result<Vec<Hash>, LogError> {
    let read = nodes.read_nodes(indexes).map_err(LogError::Storage)?;
    if read.len() != indexes.len() {
        let what = format!("{} nodes were asked for, {} came", indexes.len(), read.len());
        return Err(LogError::Storage(what.into()));
    }
    Ok(read)
}

/// Lets the tree crate read our nodes and keeps the storage error that its own type cannot carry.
struct Bridge<'a, R> {
    nodes: &'a R,
    failure: RefCell<Option<LogError>>,
}

impl<'a, R: NodeReader> Bridge<'a, R> {
    fn run<T>(
        nodes: &'a R,
        work: impl FnOnce(&Self) -> Result<T, tlog::Error>,
    ) -> Result<T, LogError> {
        let bridge = Bridge { nodes, failure: RefCell::new(None) };
        let done = work(&bridge);
        match (done, bridge.failure.into_inner()) {
            (_, Some(failure)) => Err(failure),
            (Ok(done), None) => Ok(done),
            (Err(error), None) => Err(LogError::Storage(error.to_string().into())),
        }
    }
}

impl<R: NodeReader> tlog::HashReader for Bridge<'_, R> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        match read_all(self.nodes, indexes) {
            Ok(read) => Ok(read.into_iter().map(merkle::wrap).collect()),
            Err(error) => {
                *self.failure.borrow_mut() = Some(error);
                Err(tlog::Error::IndexesNotInTree)
            }
        }
    }
}
