//! Every input that was kept is tried on every machine, without a fuzzer.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use tanheng_fuzzing::TARGETS;

/// The kept inputs of a target stay small.
const MOST_FILES: usize = 200;
const MOST_BYTES: u64 = 300_000;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn names(folder: &Path, suffix: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    entries.filter_map(|name| Some(name.to_str()?.strip_suffix(suffix)?.to_owned())).collect()
}

#[test]
fn every_kept_input_holds() {
    for (name, target) in TARGETS {
        let folder = fuzz().join("corpus").join(name);
        let mut tried = 0;
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let data = fs::read(&path).unwrap();
            let held = catch_unwind(|| target(&data));
            assert!(held.is_ok(), "{name}: {}", path.display());
            tried += 1;
        }
        assert!(tried > 0, "{name} has no kept input");
    }
}

#[test]
fn every_target_has_a_fuzzer_and_a_small_corpus() {
    let known: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(known.len(), TARGETS.len());
    assert_eq!(names(&fuzz().join("corpus"), ""), known);
    assert_eq!(names(&fuzz().join("fuzz_targets"), ".rs"), known);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &known {
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name} is no fuzzer");
        let files: Vec<u64> = fs::read_dir(fuzz().join("corpus").join(name))
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        let bytes: u64 = files.iter().sum();
        assert!(files.len() <= MOST_FILES && bytes <= MOST_BYTES, "{name}: {bytes} bytes");
    }
}
