//! Keys, checkpoints, and that one extends the other.

use proptest::prelude::*;
use serde::Deserialize;
use tanheng_evidence::log::prove_consistency;
use tanheng_evidence::{
    Checkpoint, CheckpointError, Ed25519Signer, ExtensionError, KeyError, SignatureAlgorithm,
    Signer, SignerError, Sm2Signer, VerifierKey, extends, read_signer,
};

use crate::sample::{
    CHECKPOINT, ORIGIN, SHA, SM_CHECKPOINT, SM3, SampleLog, hash, read, signer, sm2_signer,
};

#[derive(Deserialize)]
struct Vectors {
    seed: String,
    private: String,
    verifier: String,
    notes: Vec<String>,
}

#[test]
fn vectors_give_their_keys_and_notes() {
    let vectors: Vectors = read(CHECKPOINT);
    let signer = Ed25519Signer::from_seed(ORIGIN, &hash(&vectors.seed)).unwrap();
    assert_eq!(signer.private_text(), vectors.private);
    assert_eq!(signer.verifier_key().to_string(), vectors.verifier);
    let key = VerifierKey::parse(&vectors.verifier).unwrap();
    assert_eq!(key.algorithm(), SignatureAlgorithm::Ed25519);
    let parsed = Ed25519Signer::parse(&vectors.private).unwrap();
    for (size, note) in (0_u64..).zip(&vectors.notes) {
        let checkpoint = Checkpoint::verify(note, &key).unwrap();
        assert_eq!((checkpoint.origin(), checkpoint.size()), (ORIGIN, size));
        assert_eq!(&checkpoint.sign(&parsed).unwrap(), note);
    }
}

#[test]
fn vectors_of_the_second_profile_give_their_keys_and_notes() {
    let vectors: Vectors = read(SM_CHECKPOINT);
    let signer = Sm2Signer::from_seed(ORIGIN, SM3, &hash(&vectors.seed)).unwrap();
    assert_eq!(signer.private_text(), vectors.private);
    assert_eq!(signer.verifier_key().to_string(), vectors.verifier);
    let key = VerifierKey::parse(&vectors.verifier).unwrap();
    assert_eq!((key.algorithm(), key.log_hash()), (SignatureAlgorithm::Sm2, SM3));
    let parsed = read_signer(&vectors.private).unwrap();
    for (size, note) in (0_u64..).zip(&vectors.notes) {
        let checkpoint = Checkpoint::verify(note, &key).unwrap();
        assert_eq!((checkpoint.origin(), checkpoint.size()), (ORIGIN, size));
        assert_eq!(&checkpoint.sign(parsed.as_ref()).unwrap(), note);
    }
    let note = &vectors.notes[3];
    for (text, refused) in [
        (note, &(|text: &str| Checkpoint::verify(text, &key).is_err()) as &dyn Fn(&str) -> bool),
        (&vectors.verifier, &|text: &str| VerifierKey::parse(text).is_err()),
        (&vectors.private, &|text: &str| read_signer(text).is_err()),
    ] {
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 0x01;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(refused(&changed), "byte {at} of {text:?}");
            }
        }
    }
}

#[test]
fn numbers_that_are_no_key_are_refused() {
    let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    let before = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122";
    for seed in ["00".repeat(32), "ff".repeat(32), order.to_owned(), before.to_owned()] {
        let made = Sm2Signer::from_seed(ORIGIN, SM3, &hash(&seed));
        assert_eq!(made.err(), Some(KeyError::Private), "{seed}");
    }
}

#[test]
fn a_checkpoint_with_two_signatures_is_believed_under_either_key() {
    let (first, second) = (signer(ORIGIN, 1), sm2_signer(ORIGIN, SHA, 2));
    let checkpoint = Checkpoint::new(ORIGIN, 3, [9; 32]).unwrap();
    let note = checkpoint.sign_all(&[&first, &second]).unwrap();
    for key in [first.verifier_key(), second.verifier_key()] {
        assert_eq!(Checkpoint::verify(&note, key).unwrap(), checkpoint);
        let only = Checkpoint::only(&note, key).unwrap();
        assert_eq!(only.lines().count(), 5);
        assert_eq!(Checkpoint::verify(&only, key).unwrap(), checkpoint);
    }
    assert_eq!(Checkpoint::only(&note, first.verifier_key()), checkpoint.sign(&first));
    // the hash of the log is part of the key: a key for another tree does not sign this one
    let other = sm2_signer(ORIGIN, SM3, 2);
    assert_eq!(checkpoint.sign_all(&[&first, &other]), Err(CheckpointError::Hashes));
    assert!(Checkpoint::verify(&note, other.verifier_key()).is_err());
    let stranger = sm2_signer("elsewhere", SHA, 2);
    let refused = checkpoint.sign_all(&[&first, &stranger]);
    assert!(matches!(refused, Err(CheckpointError::OtherLog { .. })));
}

/// A module behind the interface: it is given bytes and gives bytes, or fails.
struct Answering {
    key: VerifierKey,
    answer: fn(&[u8]) -> Result<Vec<u8>, SignerError>,
}

impl Signer for Answering {
    fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        (self.answer)(message)
    }
}

#[test]
fn a_module_signs_and_what_it_returns_is_checked() {
    let key = sm2_signer(ORIGIN, SM3, 5).verifier_key().clone();
    let checkpoint = Checkpoint::new(ORIGIN, 3, [9; 32]).unwrap();
    let sign = |answer| checkpoint.sign(&Answering { key: key.clone(), answer });
    let note = sign(|message| sm2_signer(ORIGIN, SM3, 5).sign(message)).unwrap();
    assert_eq!(Checkpoint::verify(&note, &key).unwrap(), checkpoint);
    let locked = sign(|_| Err(SignerError { reason: "locked".to_owned() }));
    assert!(matches!(locked, Err(CheckpointError::Signer(_))));
    type Module = fn(&[u8]) -> Result<Vec<u8>, SignerError>;
    let wrong: [Module; 3] = [
        |_| Ok(vec![1; 64]),
        |_| Ok(Vec::new()),
        |message| sm2_signer(ORIGIN, SM3, 6).sign(message),
    ];
    for answer in wrong {
        assert_eq!(sign(answer), Err(CheckpointError::Signature { key: ORIGIN.to_owned() }));
    }
}

#[test]
fn every_flipped_byte_of_a_note_or_key_is_refused() {
    let vectors: Vectors = read(CHECKPOINT);
    let key = VerifierKey::parse(&vectors.verifier).unwrap();
    let note = &vectors.notes[5];
    for (text, refused) in [
        (note, &(|text: &str| Checkpoint::verify(text, &key).is_err()) as &dyn Fn(&str) -> bool),
        (&vectors.verifier, &|text: &str| VerifierKey::parse(text).is_err()),
        (&vectors.private, &|text: &str| Ed25519Signer::parse(text).is_err()),
    ] {
        for at in 0..text.len() {
            for mask in [0x01, 0x20, 0x80] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= mask;
                if let Ok(changed) = String::from_utf8(bytes) {
                    assert!(refused(&changed), "byte {at} of {text:?}");
                }
            }
        }
    }
}

#[test]
fn the_errors_tell_what_is_wrong() {
    let vectors: Vectors = read(CHECKPOINT);
    let note = &vectors.notes[3];
    let error = |key: &Ed25519Signer| Checkpoint::verify(note, key.verifier_key()).unwrap_err();
    assert!(matches!(error(&signer(ORIGIN, 8)), CheckpointError::OtherKey { .. }));
    assert!(matches!(error(&signer("other.example", 7)), CheckpointError::OtherLog { .. }));
    let key = VerifierKey::parse(&vectors.verifier).unwrap();
    let grown = note.replacen("\n3\n", "\n4\n", 1);
    let error = Checkpoint::verify(&grown, &key).unwrap_err();
    assert_eq!(error, CheckpointError::Signature { key: ORIGIN.into() });
    let root = *Checkpoint::verify(note, &key).unwrap().root();
    for origin in ["", "two words", "a+b", "a\nb", "a\u{1}"] {
        assert!(Checkpoint::new(origin, 0, root).is_err(), "{origin:?}");
        assert!(matches!(Ed25519Signer::from_seed(origin, &[0; 32]), Err(KeyError::Name { .. })));
    }
    let other = Checkpoint::new("other.example", 0, root).unwrap();
    let error = other.sign(&signer(ORIGIN, 7)).unwrap_err();
    assert!(matches!(error, CheckpointError::OtherLog { .. }));
}

#[test]
fn keys_of_every_look_come_back() {
    // base64 may hold the `+` that also separates the parts
    let texts: Vec<String> = (0..=255).map(|seed| signer(ORIGIN, seed).private_text()).collect();
    assert!(texts.iter().any(|text| text.matches('+').count() > 4));
    for text in texts {
        let signer = Ed25519Signer::parse(&text).unwrap();
        assert_eq!(signer.private_text(), text);
        let key = signer.verifier_key();
        assert_eq!(&VerifierKey::parse(&key.to_string()).unwrap(), key);
        assert!(key.verifies(b"message", &signer.sign(b"message").unwrap()));
    }
}

#[test]
fn keys_of_another_type_are_named_as_such() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let text = format!("log+00000000+{}", BASE64_STANDARD.encode([0xfe; 33]));
    assert_eq!(VerifierKey::parse(&text), Err(KeyError::UnknownType { kind: 0xfe }));
}

#[test]
fn witnesses_may_sign_beside_us_but_not_instead() {
    let log = SampleLog::new("a", 5, signer(ORIGIN, 7));
    let note = log.note(5);
    let checkpoint = Checkpoint::parse_unverified(&note).unwrap();
    let witness = signer(ORIGIN, 9);
    let theirs = checkpoint.sign(&witness).unwrap();
    let line = theirs.lines().last().unwrap();
    let both = format!("{note}{line}\n");
    assert_eq!(Checkpoint::verify(&both, log.signer.verifier_key()).unwrap(), checkpoint);
    assert_eq!(Checkpoint::verify(&both, witness.verifier_key()).unwrap(), checkpoint);
    let error = Checkpoint::verify(&theirs, log.signer.verifier_key()).unwrap_err();
    assert!(matches!(error, CheckpointError::OtherKey { .. }));
}

#[test]
fn extension_lines_and_loose_spellings_are_refused() {
    let signer = signer(ORIGIN, 7);
    let sign = |text: &str| {
        use base64::prelude::{BASE64_STANDARD, Engine as _};
        let key = signer.verifier_key();
        let signature = signer.sign(text.as_bytes()).unwrap();
        let bytes = [key.id().to_be_bytes().to_vec(), signature].concat();
        format!("{text}\n— {ORIGIN} {}\n", BASE64_STANDARD.encode(bytes))
    };
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let good = sign(&format!("{ORIGIN}\n0\n{root}\n"));
    assert!(Checkpoint::verify(&good, signer.verifier_key()).is_ok());
    for text in [
        format!("{ORIGIN}\n0\n{root}\nmore\n"),
        format!("{ORIGIN}\n00\n{root}\n"),
        format!("{ORIGIN}\n-1\n{root}\n"),
        format!("{ORIGIN}\n0\n{}\n", &root[4..]),
        format!("{ORIGIN}\n0\n"),
    ] {
        let error = Checkpoint::verify(&sign(&text), signer.verifier_key()).unwrap_err();
        assert_eq!(error, CheckpointError::Malformed, "{text:?}");
    }
}

#[test]
fn a_weak_key_verifies_nothing() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    // the neutral element as a key accepts one signature for every message unless checked strictly
    let mut key = vec![1; 2];
    key.resize(33, 0);
    let id = signed_note_id("log", &key);
    let text = format!("log+{id:08x}+{}", BASE64_STANDARD.encode(&key));
    let key = VerifierKey::parse(&text).unwrap();
    let mut signature = vec![1];
    signature.resize(64, 0);
    assert!(!key.verifies(b"anything", &signature));
}

fn signed_note_id(name: &str, key: &[u8]) -> u32 {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest([name.as_bytes(), b"\n", key].concat());
    u32::from_be_bytes(hash[..4].try_into().unwrap())
}

struct Module(VerifierKey);

impl Signer for Module {
    fn verifier_key(&self) -> &VerifierKey {
        &self.0
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignerError> {
        Err(SignerError { reason: "card removed".into() })
    }
}

#[test]
fn a_failing_module_is_reported() {
    let module = Module(signer(ORIGIN, 7).verifier_key().clone());
    let error = Checkpoint::new(ORIGIN, 0, [0; 32]).unwrap().sign(&module).unwrap_err();
    assert!(error.to_string().contains("card removed"));
}

#[test]
fn private_keys_do_not_reach_debug_output() {
    let signer = signer(ORIGIN, 0xab);
    let text = format!("{signer:?}");
    assert!(!text.contains("171, 171") && !text.to_lowercase().contains("abab"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn growth_is_believed_and_rewriting_is_not(old in 0_u64..40, more in 0_u64..40) {
        let new = old + more;
        let log = SampleLog::new("a", new, signer(ORIGIN, 7));
        let key = log.signer.verifier_key();
        let proof = prove_consistency(SHA, new, old, &log.nodes).unwrap();
        let (before, after) = extends(&log.note(old), &proof, &log.note(new), key).unwrap();
        prop_assert_eq!((before.size(), after.size()), (old, new));

        if more > 0 {
            let error = extends(&log.note(new), &proof, &log.note(old), key).unwrap_err();
            prop_assert!(matches!(error, ExtensionError::Shrunk { .. }), "{}", error);
        }
        if old > 0 {
            let forged = SampleLog::new("b", new, signer(ORIGIN, 7));
            let proof = prove_consistency(SHA, new, old, &forged.nodes).unwrap();
            let error = extends(&log.note(old), &proof, &forged.note(new), key).unwrap_err();
            prop_assert!(matches!(error, ExtensionError::Rewritten { .. }), "{}", error);
        }
        let stranger = SampleLog::new("a", new, signer(ORIGIN, 8));
        let error = extends(&log.note(old), &proof, &stranger.note(new), key).unwrap_err();
        prop_assert!(matches!(error, ExtensionError::New(_)), "{}", error);
        let error = extends(&stranger.note(old), &proof, &log.note(new), key).unwrap_err();
        prop_assert!(matches!(error, ExtensionError::Old(_)), "{}", error);
    }
}
