//! Canonical encoding, salted commitments, Merkle log, checkpoints, receipts and the offline verifier.
