//! The tree over the journal, and the checkpoints that were signed over it.

use tanheng_evidence::log::{check_consistency, leaf_hash, node_count, prove_consistency};
use tanheng_evidence::{Appender, Checkpoint, Hash, HashAlgorithm, VerifierKey, receipt};
use tanheng_store::{Database, journal};

use super::{Audited, tolerate};
use crate::{Book, Failure};

/// The tree computed afresh from the journal as it is.
pub(super) struct Tree {
    pub(super) log: Appender,
    nodes: Vec<Hash>,
    /// Sequence of each leaf and its hash, in order.
    leaves: Vec<(i64, Hash)>,
}

impl Tree {
    pub(super) fn new(hash: HashAlgorithm) -> Self {
        Self { log: Appender::new(hash), nodes: Vec::new(), leaves: Vec::new() }
    }

    pub(super) fn append(&mut self, sequence: i64, leaf: &[u8]) -> Result<(), Failure> {
        self.log.append_leaf(leaf, &mut self.nodes)?;
        self.leaves.push((sequence, leaf_hash(self.log.hash(), leaf)));
        Ok(())
    }

    /// Compares the stored nodes. A leaf of another hash is the fault of the journal or of
    /// the stored node; a checkpoint that stands over it says whose.
    pub(super) fn check_nodes(
        &self,
        audited: &mut Audited,
        sql: &Database,
        signed: u64,
    ) -> Result<(), Failure> {
        let Some(stored) = tolerate(audited, journal::nodes(sql))? else { return Ok(()) };
        let node = |place: usize| {
            let found = stored.get(place)?;
            (usize::try_from(found.0) == Ok(place)).then_some(found.1.as_slice())
        };
        for (number, (sequence, hash)) in (0_u64..).zip(&self.leaves) {
            let place = usize::try_from(node_count(number)).unwrap_or(usize::MAX);
            if number >= signed && node(place) != Some(hash.as_slice()) {
                let row = format!("sequence={sequence}");
                audited.find("journal", row, "its hash is not that of the tree");
                break;
            }
        }
        let places = self.nodes.iter().enumerate();
        let mut wrong = places.filter(|(place, hash)| node(*place) != Some(hash.as_slice()));
        if let Some((place, _)) = wrong.next() {
            audited.find("log_hash", format!("position={place}"), "it is not the tree's node");
        } else if let Some((position, _)) = stored.get(self.nodes.len()) {
            audited.find("log_hash", format!("position={position}"), "it lies beyond the tree");
        }
        Ok(())
    }

    /// The checkpoint kept outside the database stands over this very log. Gives how many
    /// entries it vouches for.
    pub(super) fn check_kept(&self, audited: &mut Audited, book: &Book) -> Result<u64, Failure> {
        let Some(note) = book.checkpoint()? else {
            if self.log.size() > 0 {
                let what = "there are entries, but no checkpoint is kept";
                audited.find("log.checkpoint", "file", what);
            }
            return Ok(0);
        };
        match Checkpoint::verify(&note, &book.verifier_key()?) {
            Ok(checkpoint) => match self.stands_under(&checkpoint) {
                Ok(()) => return Ok(checkpoint.size()),
                Err(what) => audited.find("log.checkpoint", "file", what),
            },
            Err(error) => audited.find("log.checkpoint", "file", error.to_string()),
        }
        Ok(0)
    }

    /// Whether this log extends a checkpoint or receipt that somebody else kept.
    pub(super) fn check_against(&self, audited: &mut Audited, key: &VerifierKey, text: &str) {
        let note = if text.trim_start().starts_with('{') {
            match receipt::verify(text, Some(&key.to_string())) {
                Ok(verified) => verified.checkpoint,
                Err(error) => return audited.find("receipt", "file", error.to_string()),
            }
        } else {
            text.to_owned()
        };
        match Checkpoint::verify(&note, key) {
            Ok(checkpoint) => match self.stands_under(&checkpoint) {
                Ok(()) => audited.extends = Some(checkpoint.size()),
                Err(what) => audited.find("checkpoint", "file", what),
            },
            Err(error) => audited.find("checkpoint", "file", error.to_string()),
        }
    }

    /// A checkpoint of any earlier size is a beginning of this log.
    fn stands_under(&self, checkpoint: &Checkpoint) -> Result<(), String> {
        let log = &self.log;
        let (size, root) = (checkpoint.size(), checkpoint.root());
        if size > log.size() {
            return Err(format!(
                "it stands over {size} entries, but the log has {}: entries are missing",
                log.size()
            ));
        }
        if size == 0 {
            return Ok(());
        }
        let proof = prove_consistency(log.hash(), log.size(), size, &self.nodes)
            .map_err(|e| e.to_string())?;
        check_consistency(log.hash(), log.size(), &log.root(), size, root, &proof).map_err(|_| {
            format!("the first {size} entries of the log are not those it was signed over")
        })
    }
}
