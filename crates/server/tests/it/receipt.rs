//! `tanheng receipt verify`: which key is trusted, what is shown, what is refused.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::{Ran, tanheng_in, write_files};

const RECEIPT: &str = include_str!("../../../evidence/tests/vectors/receipt.json");
const CHECKPOINT: &str = include_str!("../../../evidence/tests/vectors/checkpoint.json");

/// A sound key of the same name that signed nothing: its seed is 32 × 8.
fn stranger() -> String {
    use tanheng_evidence::{Ed25519Signer, Signer};
    let signer = Ed25519Signer::from_seed("tanheng.example/hebei", &[8; 32]).unwrap();
    signer.verifier_key().to_string()
}

fn key() -> String {
    let json: serde_json::Value = serde_json::from_str(CHECKPOINT).unwrap();
    json["verifier"].as_str().unwrap().to_owned()
}

fn folder(receipt: impl AsRef<[u8]>) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("receipt.json"), receipt).unwrap();
    folder
}

fn verify(folder: &Path, rest: &[&str]) -> Ran {
    tanheng_in(folder, &[&["receipt", "verify", "receipt.json"], rest].concat())
}

#[test]
fn a_receipt_alone_is_sound_in_itself_and_says_so() {
    let folder = folder(RECEIPT);
    let ran = verify(folder.path(), &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("自身完整") && !ran.out.contains("回执有效"), "{}", ran.out);
    assert!(ran.out.contains("任何人都能自制"), "{}", ran.out);
    let english = verify(folder.path(), &["--lang", "en"]).out;
    assert!(english.contains("Compare it with the key"), "{english}");
    assert_eq!(verify(folder.path(), &["--json"]).json()["key_pinned"], false);
}

#[test]
fn what_it_proves_is_shown() {
    let folder = folder(RECEIPT);
    let text = verify(folder.path(), &["--key", &key()]).out;
    let parts = [
        "回执有效",
        "标记  示例 example",
        "序号  4",
        "2022-11-09T13:20:00.004Z",
        "p-17",
        "ledger.submit",
        "month  2022-03",
        "另有 3 项未示出",
        "454.33",
    ];
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    let json = verify(folder.path(), &["--key", &key(), "--json"]).json();
    assert_eq!((&json["valid"], &json["key_pinned"]), (&true.into(), &true.into()));
    assert_eq!((&json["sequence"], &json["marks"][0]), (&4.into(), &"示例 example".into()));
}

#[test]
fn the_key_comes_from_a_file_a_data_folder_or_the_usual_one() {
    let folder = folder(RECEIPT);
    let line = format!("{}\n", key());
    write_files(folder.path(), [("mine.pub", line.as_str()), ("data/keys/log.pub", &line)]);
    for rest in [["--key", "mine.pub"], ["--data", "data"]] {
        let ran = verify(folder.path(), &rest);
        assert_eq!(ran.code, 0, "{rest:?}: {}", ran.err);
        assert!(ran.out.starts_with("回执有效\n"), "{rest:?}: {}", ran.out);
    }
    write_files(folder.path(), [("tanheng-data/keys/log.pub", line.as_str())]);
    assert!(verify(folder.path(), &[]).out.starts_with("回执有效\n"));
}

#[test]
fn another_key_is_refused_from_wherever_it_comes() {
    let folder = folder(RECEIPT);
    let other = stranger();
    write_files(folder.path(), [("other.pub", other.as_str()), ("data/keys/log.pub", &other)]);
    for rest in [["--key", other.as_str()], ["--key", "other.pub"], ["--data", "data"]] {
        let ran = verify(folder.path(), &rest);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{rest:?}");
        assert!(ran.err.contains("receipt.other_key: 回执由密钥"), "{}", ran.err);
        assert!(ran.err.contains("receipt.other_key: the receipt was made"), "{}", ran.err);
    }
    write_files(folder.path(), [("tanheng-data/keys/log.pub", other.as_str())]);
    assert_eq!(verify(folder.path(), &[]).code, 1);
}

#[test]
fn a_key_that_is_none_is_refused() {
    let folder = folder(RECEIPT);
    write_files(folder.path(), [("empty.pub", "")]);
    for (rest, code) in [
        (["--key", "nonsense"], "receipt.trusted_key_malformed"),
        (["--key", "empty.pub"], "receipt.trusted_key_malformed"),
        (["--data", "nowhere"], "receipt.unreadable"),
    ] {
        let ran = verify(folder.path(), &[&rest[..], &["--json"]].concat());
        assert_eq!((ran.code, ran.error_codes()), (1, vec![code.to_owned()]), "{rest:?}");
    }
    let both = verify(folder.path(), &["--key", &key(), "--data", "data"]);
    assert_eq!(both.code, 2);
}

#[test]
fn a_changed_receipt_is_refused_in_both_languages() {
    let changes = [
        ("454.33", "454.34", "receipt.content_changed"),
        ("2022-03", "2022-04", "receipt.content_changed"),
        ("ledger.submit", "ledger.submiT", "receipt.not_in_tree"),
        ("\"sequence\": 4", "\"sequence\": 3", "receipt.not_in_tree"),
    ];
    for (from, to, code) in changes {
        let changed = RECEIPT.replacen(from, to, 1);
        assert_ne!(changed, RECEIPT);
        let folder = folder(changed);
        let ran = verify(folder.path(), &["--key", &key()]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{from}");
        assert_eq!(ran.err.lines().count(), 2, "{}", ran.err);
        assert!(ran.err.lines().all(|line| line.starts_with(&format!("{code}: "))), "{}", ran.err);
        let json = verify(folder.path(), &["--key", &key(), "--json"]);
        assert_eq!((json.code, json.error_codes()), (1, vec![code.to_owned()]));
    }
}

#[test]
fn what_is_no_text_is_refused_not_repaired() {
    let mut bytes = RECEIPT.as_bytes().to_vec();
    let at = RECEIPT.find("example").unwrap();
    bytes[at] = 0xff;
    let not_text = folder(&bytes);
    let ran = verify(not_text.path(), &["--json"]);
    assert_eq!((ran.code, ran.error_codes()), (1, vec!["receipt.not_utf8".to_owned()]));
    let utf16: Vec<u8> = RECEIPT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(verify(folder(utf16).path(), &[]).code, 1);
    let dos = RECEIPT.replace('\n', "\r\n");
    let ran = verify(folder(dos).path(), &["--json"]);
    assert_eq!(ran.error_codes(), ["receipt.not_canonical"]);
}

#[test]
fn a_missing_file_and_an_endless_one_are_refused() {
    let empty = TempDir::new().unwrap();
    let ran = verify(empty.path(), &["--json"]);
    assert_eq!((ran.code, ran.error_codes()), (1, vec!["receipt.unreadable".to_owned()]));
    let long = folder(vec![b' '; tanheng_evidence::receipt::MAX_BYTES + 1]);
    assert_eq!(verify(long.path(), &["--json"]).error_codes(), ["receipt.too_long"]);
}
