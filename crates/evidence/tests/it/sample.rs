//! The frozen vectors, and a small log for tests that need a fresh one.
//!
//! The vectors were computed by a separate program in another language from the description in the
//! README, not by this crate. They never change; a new version of a format gets new ones.

use serde::de::DeserializeOwned;
use serde_json::json;
use tanheng_evidence::{
    Appender, Checkpoint, Ed25519Signer, Entry, Hash, HashAlgorithm, Opening, Part, Receipt,
    Signer, Sm2Signer, Value, log,
};

pub const VALUES: &str = include_str!("../vectors/values.json");
pub const OPENINGS: &str = include_str!("../vectors/openings.json");
pub const LOG: &str = include_str!("../vectors/log.json");
pub const CHECKPOINT: &str = include_str!("../vectors/checkpoint.json");
pub const RECEIPT: &str = include_str!("../vectors/receipt.json");

pub const SM_OPENINGS: &str = include_str!("../vectors/sm/openings.json");
pub const SM_LOG: &str = include_str!("../vectors/sm/log.json");
pub const SM_CHECKPOINT: &str = include_str!("../vectors/sm/checkpoint.json");
pub const SM_RECEIPT: &str = include_str!("../vectors/sm/receipt.json");

pub const ORIGIN: &str = "tanheng.example/hebei";

pub fn read<T: DeserializeOwned>(vectors: &str) -> T {
    serde_json::from_str(vectors).unwrap()
}

pub fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0, "{text}");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

pub fn hash(text: &str) -> Hash {
    unhex(text).try_into().unwrap()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub const SHA: HashAlgorithm = HashAlgorithm::Sha256;
pub const SM3: HashAlgorithm = HashAlgorithm::Sm3;

pub fn sm2_signer(origin: &str, log: HashAlgorithm, seed: u8) -> Sm2Signer {
    Sm2Signer::from_seed(origin, log, &[seed; 32]).unwrap()
}

pub fn signer(origin: &str, seed: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(origin, &[seed; 32]).unwrap()
}

/// A log whose entries' content follows from their numbers and `name`.
pub struct SampleLog {
    pub nodes: Vec<Hash>,
    pub appender: Appender,
    pub entries: Vec<Entry>,
    pub openings: Vec<(Opening, Opening)>,
    pub signer: Box<dyn Signer>,
}

impl SampleLog {
    /// The hash is that of the signer's key.
    pub fn new(name: &str, size: u64, signer: impl Signer + 'static) -> SampleLog {
        let mut log = SampleLog {
            nodes: Vec::new(),
            appender: Appender::new(signer.verifier_key().log_hash()),
            entries: Vec::new(),
            openings: Vec::new(),
            signer: Box::new(signer),
        };
        for sequence in 0..size {
            log.grow(name, sequence);
        }
        log
    }

    fn grow(&mut self, name: &str, sequence: u64) {
        let secret = |salt: u8| {
            let mut secret = [salt; 32];
            secret[..8].copy_from_slice(&sequence.to_be_bytes());
            secret
        };
        let input =
            json!({ "ledger": name, "amount": format!("{sequence}.50"), "month": "2022-03" });
        let outcome = json!({ "filing": sequence, "marks": ["示例 example"], "figure": null });
        let hash = self.appender.hash();
        let open = |part, salt, json: &serde_json::Value| {
            Opening::new(hash, part, secret(salt), Value::from_json(json.clone()).unwrap()).unwrap()
        };
        let input = open(Part::Input, 1, &input);
        let outcome = open(Part::Outcome, 2, &outcome);
        let time = 1_668_000_000_000 + i64::try_from(sequence).unwrap();
        let (asked, decided) = (input.root(), outcome.root());
        let entry =
            Entry::new(hash, sequence, time, "p-1", "ledger.submit", asked, decided).unwrap();
        self.appender.append(&entry, &mut self.nodes).unwrap();
        self.entries.push(entry);
        self.openings.push((input, outcome));
    }

    pub fn note(&self, size: u64) -> String {
        let root = log::tree_root(self.appender.hash(), size, &self.nodes).unwrap();
        let origin = self.signer.verifier_key().name();
        Checkpoint::new(origin, size, root).unwrap().sign(self.signer.as_ref()).unwrap()
    }

    pub fn inclusion(&self, index: usize) -> Vec<Hash> {
        let index = u64::try_from(index).unwrap();
        log::prove_inclusion(self.appender.hash(), self.appender.size(), index, &self.nodes)
            .unwrap()
    }

    pub fn receipt(&self, index: usize) -> Receipt {
        let (input, outcome) = &self.openings[index];
        Receipt::new(
            self.entries[index].clone(),
            input.show(&["month"]).unwrap(),
            outcome.show_all(),
            self.inclusion(index),
            self.note(self.appender.size()),
            self.signer.verifier_key().clone(),
        )
        .unwrap()
    }
}
