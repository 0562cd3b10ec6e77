//! Checkpoints: signed notes and the keys that are named in them.

use std::sync::OnceLock;

use tanheng_evidence::{Checkpoint, Ed25519Signer, Sm2Signer, VerifierKey};

use crate::edit::edited;

/// Notes of a log of 0, 1, 2 … leaves, signed with one key.
const VECTORS: &str = include_str!("../../evidence/tests/vectors/checkpoint.json");

pub(crate) struct Signed {
    pub(crate) key: VerifierKey,
    pub(crate) notes: Vec<String>,
    /// What they state.
    pub(crate) texts: Vec<String>,
}

pub(crate) fn signed() -> &'static Signed {
    static SIGNED: OnceLock<Signed> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let json: serde_json::Value = serde_json::from_str(VECTORS).expect("the frozen vectors");
        let text = |json: &serde_json::Value| json.as_str().expect("a text").to_owned();
        let key = VerifierKey::parse(&text(&json["verifier"])).expect("a key");
        let notes: Vec<String> =
            json["notes"].as_array().expect("notes").iter().map(text).collect();
        let read = |note: &String| Checkpoint::verify(note, &key).expect("a signed note").text();
        let texts = notes.iter().map(read).collect();
        Signed { key, notes, texts }
    })
}

/// Any text as a note and as a key.
pub fn checkpoint(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    judge(text);
    if let Ok(key) = VerifierKey::parse(text) {
        let printed = key.to_string();
        assert_eq!(VerifierKey::parse(&printed), Ok(key), "{text}");
    }
    if let Ok(signer) = Ed25519Signer::parse(text) {
        let again = Ed25519Signer::parse(&signer.private_text());
        assert!(again.is_ok_and(|again| again.private_text() == signer.private_text()));
    }
    if let Ok(signer) = Sm2Signer::parse(text) {
        let again = Sm2Signer::parse(&signer.private_text());
        assert!(again.is_ok_and(|again| again.private_text() == signer.private_text()));
    }
}

/// A signed note with small changes: the first byte says which.
pub fn checkpoint_edited(data: &[u8]) {
    let notes = &signed().notes;
    if let Some((which, data)) = data.split_first() {
        judge(&edited(&notes[usize::from(*which) % notes.len()], data));
    }
}

/// What verifies is what was signed; what parses is printed as it was written.
fn judge(note: &str) {
    let Signed { key, texts, .. } = signed();
    let stated = Checkpoint::parse_unverified(note);
    if let Ok(stated) = &stated {
        assert!(note.starts_with(&stated.text()), "{note}");
        let again = Checkpoint::new(stated.origin(), stated.size(), *stated.root());
        assert!(again.is_ok_and(|again| again == *stated));
    }
    if let Ok(found) = Checkpoint::verify(note, key) {
        assert!(texts.contains(&found.text()), "{note}");
        assert!(stated.is_ok_and(|stated| stated == found));
    }
}
