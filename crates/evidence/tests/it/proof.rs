//! Proofs as texts: what C2SP writes, whose every byte counts.

use tanheng_evidence::log::prove_consistency;
use tanheng_evidence::proof::{ConsistencyProof, InclusionProof, ProofError};
use tanheng_evidence::{ExtensionError, Signer};

use crate::sample::{ORIGIN, SHA, SM3, SampleLog, signer, sm2_signer};

fn logs(size: u64) -> [SampleLog; 2] {
    [
        SampleLog::new("a", size, signer(ORIGIN, 7)),
        SampleLog::new("a", size, sm2_signer(ORIGIN, SM3, 7)),
    ]
}

fn inclusion(log: &SampleLog, index: usize) -> InclusionProof {
    InclusionProof {
        leaf: log.entries[index].encode(),
        index: log.entries[index].sequence(),
        hashes: log.inclusion(index),
        checkpoint: log.note(log.appender.size()),
    }
}

#[test]
fn an_entry_is_proven_by_its_text_alone() {
    for log in [1, 2, 7, 12].into_iter().flat_map(logs) {
        let key = log.signer.verifier_key();
        for (index, entry) in log.entries.iter().enumerate() {
            let text = inclusion(&log, index).to_text();
            assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra "));
            let proof = InclusionProof::parse(&text).unwrap();
            let (found, checkpoint) = proof.verify(key).unwrap();
            assert_eq!((&found, checkpoint.size()), (entry, log.appender.size()));
        }
    }
}

#[test]
fn the_text_is_that_of_the_specification() {
    let log = SampleLog::new("a", 3, signer(ORIGIN, 7));
    let text = inclusion(&log, 1).to_text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[2], "index 1");
    assert_eq!((lines[3].len(), lines[4].len()), (44, 44));
    assert_eq!((lines[5], lines[6], lines[7]), ("", ORIGIN, "3"));
    assert!(text.ends_with(&log.note(3)));
}

#[test]
fn every_changed_byte_of_a_proof_is_refused() {
    for log in logs(6) {
        let key = log.signer.verifier_key();
        let refused =
            |text: &str| !InclusionProof::parse(text).is_ok_and(|p| p.verify(key).is_ok());
        let text = inclusion(&log, 4).to_text();
        assert!(!refused(&text));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 0x01;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(refused(&changed), "byte {at}");
            }
        }
        for (from, to) in
            [("index 4", "index 04"), ("index 4", "index +4"), ("\n\n", "\n\n\n"), ("\n", "\r\n")]
        {
            assert!(refused(&text.replacen(from, to, 1)), "{to:?}");
        }
        assert!(refused(&format!("{text}\n")) && refused(text.trim_end()) && refused(""));
        let stranger = sm2_signer(ORIGIN, SHA, 9);
        assert!(InclusionProof::parse(&text).unwrap().verify(stranger.verifier_key()).is_err());
    }
}

#[test]
fn an_entry_at_the_place_of_another_is_refused() {
    let log = SampleLog::new("a", 6, signer(ORIGIN, 7));
    let key = log.signer.verifier_key();
    let mut proof = inclusion(&log, 4);
    proof.leaf = log.entries[3].encode();
    assert!(matches!(proof.verify(key), Err(ProofError::NotInTree { index: 4 })));
    let none = InclusionProof { checkpoint: String::new(), ..inclusion(&log, 4) };
    assert_eq!(InclusionProof::parse(&none.to_text()).unwrap(), none);
    assert!(matches!(none.verify(key), Err(ProofError::Checkpoint(_))));
    // the reader's own checkpoint, put behind it
    let text = none.to_text() + &log.note(6);
    InclusionProof::parse(&text).unwrap().verify(key).unwrap();
}

#[test]
fn a_log_that_grew_is_proven_against_the_checkpoint_that_was_kept() {
    for log in logs(12) {
        let (key, hash) = (log.signer.verifier_key(), log.appender.hash());
        for old in 0..=12 {
            let hashes = prove_consistency(hash, 12, old, &log.nodes).unwrap();
            let text = ConsistencyProof { old, hashes, checkpoint: log.note(12) }.to_text();
            let proof = ConsistencyProof::parse(&text).unwrap();
            let (then, now) = proof.verify(&log.note(old), key).unwrap();
            assert_eq!((then.size(), now.size()), (old, 12));
            let other = log.note((old + 1) % 12);
            assert!(matches!(proof.verify(&other, key), Err(ProofError::OldSize { .. })));
        }
    }
    let (log, forged) =
        (SampleLog::new("a", 12, signer(ORIGIN, 7)), SampleLog::new("b", 12, signer(ORIGIN, 7)));
    let hashes = prove_consistency(SHA, 12, 5, &forged.nodes).unwrap();
    let proof = ConsistencyProof { old: 5, hashes, checkpoint: forged.note(12) };
    let refused = proof.verify(&log.note(5), log.signer.verifier_key());
    assert!(matches!(refused, Err(ProofError::Extension(ExtensionError::Rewritten { .. }))));
}
