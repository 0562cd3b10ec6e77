//! Entries: the leaf and its strict reading.

use serde::Deserialize;
use tanheng_evidence::{Entry, EntryError, MAX_LABEL_BYTES, Opening, Part, Value, log};

use crate::sample::{LOG, SHA, SampleLog, read, signer, unhex};

#[derive(Deserialize)]
struct Vectors {
    leaves: Vec<String>,
}

#[test]
fn vectors_decode_and_encode() {
    let vectors: Vectors = read(LOG);
    for (sequence, leaf) in (0_u64..).zip(&vectors.leaves) {
        let leaf = unhex(leaf);
        let entry = Entry::decode(&leaf).unwrap();
        assert_eq!(entry.sequence(), sequence);
        assert_eq!(entry.time_ms(), 1_668_000_000_000 + i64::try_from(sequence).unwrap());
        assert_eq!(entry.hash().name(), "SHA-256");
        assert_eq!(entry.salt().name(), "HKDF-SHA-256");
        assert_eq!(entry.encode(), leaf);
    }
}

#[test]
fn every_flipped_byte_of_a_leaf_is_noticed() {
    let leaf = unhex(&read::<Vectors>(LOG).leaves[4]);
    let entry = Entry::decode(&leaf).unwrap();
    for at in 0..leaf.len() {
        for bit in 0..8 {
            let mut other = leaf.clone();
            other[at] ^= 1 << bit;
            if let Ok(read) = Entry::decode(&other) {
                assert_ne!(read, entry);
                assert_eq!(read.encode(), other);
                assert_ne!(log::leaf_hash(SHA, &other), log::leaf_hash(SHA, &leaf));
            }
        }
    }
}

#[test]
fn other_formats_versions_algorithms_and_fields_are_refused() {
    let leaf = unhex(&read::<Vectors>(LOG).leaves[0]);
    let Value::Map(good) = Value::decode(&leaf).unwrap() else { panic!("an entry is a map") };
    let with = |name: &str, value: Value| {
        let mut map = good.clone();
        map.insert(name.to_owned(), value);
        Entry::decode(&Value::Map(map).encode().unwrap()).unwrap_err()
    };
    assert_eq!(with("version", 2_i64.into()), EntryError::Version);
    assert_eq!(with("format", "other".into()), EntryError::Version);
    assert!(matches!(with("hash", "SHA-1".into()), EntryError::Algorithm(_)));
    // known algorithms that do not belong together
    assert_eq!(with("hash", "SM3".into()), EntryError::Field { field: "salt" });
    assert!(matches!(with("salt", "none".into()), EntryError::Algorithm(_)));
    assert!(matches!(with("sequence", (-1_i64).into()), EntryError::Field { field: "sequence" }));
    assert!(matches!(with("time", u64::MAX.into()), EntryError::Field { field: "time" }));
    assert!(matches!(with("input", Value::Bytes(vec![0; 31])), EntryError::Field { .. }));
    assert!(matches!(with("actor", "".into()), EntryError::Field { field: "actor" }));
    assert!(matches!(with("more", Value::Null), EntryError::Field { .. }));
    for name in good.keys() {
        let mut map = good.clone();
        map.remove(name);
        assert!(Entry::decode(&Value::Map(map).encode().unwrap()).is_err(), "without {name}");
    }
}

#[test]
fn labels_are_bounded() {
    let make = |actor: &str, kind: &str| Entry::new(SHA, 0, 0, actor, kind, [0; 32], [0; 32]);
    let longest = "x".repeat(MAX_LABEL_BYTES);
    let entry = make(&longest, &longest).unwrap();
    assert!(entry.encode().len() < 65_536, "an entry bundle holds it");
    assert_eq!(Entry::decode(&entry.encode()).unwrap(), entry);
    assert!(make(&format!("{longest}x"), "k").is_err());
    assert!(make("p", "").is_err());
    assert!(make("p\n", "k").is_err());
}

#[test]
fn an_entry_knows_its_openings() {
    let log = SampleLog::new("a", 2, signer("tanheng.example/a", 1));
    for (entry, (input, outcome)) in log.entries.iter().zip(&log.openings) {
        assert!(entry.commits_to(input) && entry.commits_to(outcome));
    }
    assert!(!log.entries[0].commits_to(&log.openings[1].0));
    let swapped = Opening::decode(
        SHA,
        Part::Outcome,
        *log.openings[0].0.secret(),
        &log.openings[0].0.content_bytes(),
    );
    assert!(!log.entries[0].commits_to(&swapped.unwrap()));
}
