//! What outsiders fetch of the log and hand back: names of tiles, bundles of entries, proofs.

use tanheng_evidence::proof::{ConsistencyProof, InclusionProof};
use tanheng_evidence::tiles::{Tile, join_entries, split_entries};

use crate::checkpoint::signed;

/// A path is the one spelling of its tile; the first byte and what follows as a bundle come apart
/// into what they were put together from.
pub fn tile(data: &[u8]) {
    if let Ok(path) = std::str::from_utf8(data)
        && let Some(tile) = Tile::parse(path)
    {
        assert_eq!(tile.to_string(), path);
        assert!((1..=256).contains(&tile.width()) && tile.is_full() == (tile.width() == 256));
        let span = tile.span();
        assert_eq!(span.end - span.start, tile.width(), "{path}");
        if tile.level().unwrap_or(0) == 0 {
            assert!(tile.is_within(span.end) && !tile.is_within(span.end - 1), "{path}");
        }
    }
    if let Some((count, bundle)) = data.split_first()
        && let Ok(entries) = split_entries(bundle, u64::from(*count))
    {
        assert_eq!(entries.len(), usize::from(*count));
        assert_eq!(join_entries(&entries).as_deref(), Ok(bundle));
    }
}

/// A proof is read in its one spelling, and with the key of the log it proves nothing that the
/// log never signed.
pub fn proof(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let signed = signed();
    if let Ok(proof) = InclusionProof::parse(text) {
        assert_eq!(proof.to_text(), text);
        if let Ok((entry, checkpoint)) = proof.verify(&signed.key) {
            assert!(signed.texts.contains(&checkpoint.text()));
            assert_eq!(entry.encode(), proof.leaf);
        }
    }
    if let Ok(proof) = ConsistencyProof::parse(text) {
        assert_eq!(proof.to_text(), text);
        if let Ok((older, newer)) = proof.verify(&signed.notes[1], &signed.key) {
            assert!(older.size() <= newer.size());
            assert!(signed.texts.contains(&newer.text()));
        }
    }
}
