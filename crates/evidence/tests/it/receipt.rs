//! Receipts: frozen text, every byte, every part that could be exchanged.

use tanheng_evidence::receipt::{self, KeySource, MAX_BYTES, Receipt, ReceiptError};
use tanheng_evidence::{Appender, Checkpoint, Entry, MAX_DEPTH, Opening, Part, Signer, Value};

use crate::sample::{CHECKPOINT, ORIGIN, RECEIPT, SHA, SampleLog, read, signer};

fn frozen_key() -> String {
    read::<serde_json::Value>(CHECKPOINT)["verifier"].as_str().unwrap().to_owned()
}

#[test]
fn the_frozen_receipt_reads_and_prints_as_it_is() {
    let receipt = Receipt::parse(RECEIPT).unwrap();
    assert_eq!(receipt.to_text(), RECEIPT);
    let seen = receipt::verify(RECEIPT, Some(&frozen_key())).unwrap();
    assert_eq!((seen.sequence, seen.time_ms), (4, 1_668_000_000_004));
    assert_eq!((seen.actor.as_str(), seen.kind.as_str()), ("p-17", "ledger.submit"));
    assert_eq!((seen.log_size, seen.origin.as_str()), (7, ORIGIN));
    assert_eq!(seen.marks, ["示例 example"]);
    assert_eq!(seen.key_source, KeySource::Pinned);
    let names = |fields: &[tanheng_evidence::OpenField]| -> Vec<String> {
        fields.iter().map(|field| field.name.clone()).collect()
    };
    assert_eq!(names(&seen.input), ["facility", "month"]);
    assert_eq!(names(&seen.outcome), ["big", "count", "emission", "line", "marks"]);
    assert_eq!((seen.input_hidden, seen.outcome_hidden), (3, 1));
    assert_eq!(seen.outcome[0].value, Value::Int(1 << 100));
    assert_eq!(seen.outcome[1].value, Value::Int(-3));
    assert_eq!(seen.checkpoint, receipt.checkpoint());
    let unpinned = receipt::verify(RECEIPT, None).unwrap();
    assert_eq!(unpinned.key_source, KeySource::FromReceipt);
}

#[test]
fn every_changed_byte_is_refused() {
    let key = frozen_key();
    for at in 0..RECEIPT.len() {
        for mask in [0x01, 0x02, 0x20, 0x7f] {
            let mut bytes = RECEIPT.as_bytes().to_vec();
            bytes[at] ^= mask;
            // what is no text at all cannot even be handed over
            if let Ok(text) = String::from_utf8(bytes) {
                assert!(receipt::verify(&text, None).is_err(), "byte {at} ^ {mask:#x} unpinned");
                assert!(receipt::verify(&text, Some(&key)).is_err(), "byte {at} ^ {mask:#x}");
            }
        }
    }
}

#[test]
fn every_missing_or_added_byte_is_refused() {
    for at in 0..=RECEIPT.len() {
        if !RECEIPT.is_char_boundary(at) {
            continue;
        }
        for added in [" ", "\n", "0"] {
            let text = [&RECEIPT[..at], added, &RECEIPT[at..]].concat();
            assert!(receipt::verify(&text, None).is_err(), "{added:?} at {at}");
        }
        if let Some(next) = RECEIPT[at..].chars().next() {
            let text = [&RECEIPT[..at], &RECEIPT[at + next.len_utf8()..]].concat();
            assert!(receipt::verify(&text, None).is_err(), "without {next:?} at {at}");
        }
    }
}

#[test]
fn other_spellings_of_the_same_content_are_refused() {
    let json: serde_json::Value = read(RECEIPT);
    let spellings = [
        json.to_string(),
        serde_json::to_string_pretty(&json).unwrap(),
        RECEIPT.trim_end().to_owned(),
        RECEIPT.replace('\n', "\r\n"),
        RECEIPT.replacen("示例", "\\u793a\\u4f8b", 2),
        RECEIPT.replacen("\"count\"", "\"\\u0063ount\"", 1),
        RECEIPT.replacen("\"unit\": \"tCO2\"", "\"unit\": \"\", \"unit\": \"tCO2\"", 1),
        RECEIPT.replacen("\"name\": \"count\",", "\"name\": \"count\",\n      \"more\": 1,", 1),
    ];
    for text in spellings {
        assert_ne!(text, RECEIPT);
        assert_eq!(receipt::verify(&text, None), Err(ReceiptError::NotCanonical), "{text}");
    }
    let bom = format!("\u{feff}{RECEIPT}");
    assert!(matches!(receipt::verify(&bom, None), Err(ReceiptError::Malformed { .. })));
}

#[test]
fn later_versions_and_unknown_algorithms_are_named() {
    let version = RECEIPT.replacen("\"version\": 1", "\"version\": 2, \"new\": {}", 1);
    let error = receipt::verify(&version, None).unwrap_err();
    assert_eq!(error, ReceiptError::UnknownVersion { version: 2 });
    let hash = RECEIPT.replacen("\"SHA-256\"", "\"SHA-1\"", 1);
    let error = receipt::verify(&hash, None).unwrap_err();
    assert_eq!(error, ReceiptError::UnknownAlgorithm { name: "SHA-1".into() });
    let long = " ".repeat(MAX_BYTES + 1);
    assert_eq!(receipt::verify(&long, None).unwrap_err(), ReceiptError::TooLong);
}

#[test]
fn another_key_is_refused_even_with_the_same_name() {
    let log = SampleLog::new("a", 4, signer(ORIGIN, 7));
    let text = log.receipt(2).to_text();
    let stranger = signer(ORIGIN, 8).verifier_key().to_string();
    let error = receipt::verify(&text, Some(&stranger)).unwrap_err();
    assert!(matches!(error, ReceiptError::OtherKey { .. }), "{error}");
    let error = receipt::verify(&text, Some("no key")).unwrap_err();
    assert_eq!(error, ReceiptError::TrustedKeyMalformed);

    // naming another key in the receipt does not help either
    let own = log.signer.verifier_key().to_string();
    let error = receipt::verify(&text.replace(&own, &stranger), None).unwrap_err();
    assert_eq!(error, ReceiptError::SignatureInvalid { key: ORIGIN.into() });
    let elsewhere = signer("other.example", 7).verifier_key().to_string();
    let error = receipt::verify(&text.replace(&own, &elsewhere), None).unwrap_err();
    assert!(matches!(error, ReceiptError::OtherLog { .. }), "{error}");
}

#[test]
fn a_forged_log_is_sound_in_itself_but_not_under_the_trusted_key() {
    let trusted = signer(ORIGIN, 7).verifier_key().to_string();
    let forged = SampleLog::new("forged", 4, signer(ORIGIN, 66));
    let text = forged.receipt(1).to_text();
    let seen = receipt::verify(&text, None).unwrap();
    assert_eq!(seen.key_source, KeySource::FromReceipt);
    let error = receipt::verify(&text, Some(&trusted)).unwrap_err();
    assert!(matches!(error, ReceiptError::OtherKey { .. }), "{error}");
}

/// What a forger may exchange between two receipts of logs under the same key.
fn exchange(
    from: &SampleLog,
    entry: (&SampleLog, usize),
    content: (&SampleLog, usize),
    proof: (&SampleLog, usize),
    note: &SampleLog,
) -> Result<Receipt, ReceiptError> {
    let (input, outcome) = &content.0.openings[content.1];
    Receipt::new(
        entry.0.entries[entry.1].clone(),
        input.show_all(),
        outcome.show_all(),
        proof.0.inclusion(proof.1),
        note.note(note.appender.size()),
        from.signer.verifier_key().clone(),
    )
}

#[test]
fn parts_of_another_receipt_or_tree_are_refused() {
    let log = SampleLog::new("a", 6, signer(ORIGIN, 7));
    let other = SampleLog::new("b", 6, signer(ORIGIN, 7));
    let make = |entry, content, proof, note| exchange(&log, entry, content, proof, note);
    assert!(make((&log, 2), (&log, 2), (&log, 2), &log).is_ok());
    let changed = ReceiptError::ContentChanged { part: Part::Input };
    assert_eq!(make((&log, 2), (&log, 3), (&log, 2), &log), Err(changed.clone()));
    assert_eq!(make((&log, 2), (&other, 2), (&log, 2), &log), Err(changed));
    let not_there = Err(ReceiptError::NotInTree);
    assert_eq!(make((&log, 2), (&log, 2), (&log, 3), &log), not_there);
    assert_eq!(make((&log, 2), (&log, 2), (&other, 2), &log), not_there);
    assert_eq!(make((&log, 2), (&log, 2), (&log, 2), &other), not_there);
    assert_eq!(make((&other, 2), (&other, 2), (&log, 2), &log), not_there);
    assert_eq!(make((&other, 2), (&other, 2), (&other, 2), &log), not_there);
}

#[test]
fn marks_cannot_be_dropped() {
    let log = SampleLog::new("a", 3, signer(ORIGIN, 7));
    let (input, outcome) = &log.openings[1];
    let make = |outcome| {
        Receipt::new(
            log.entries[1].clone(),
            input.show_all(),
            outcome,
            log.inclusion(1),
            log.note(3),
            log.signer.verifier_key().clone(),
        )
    };
    let hidden = outcome.show(&["filing"]).unwrap();
    assert_eq!(make(hidden), Err(ReceiptError::MarksMissing));
    for marks in [Value::Null, Value::from("示例"), Value::List(vec![Value::Null])] {
        let content = Value::Map([("marks".to_owned(), marks)].into());
        let odd = Opening::new(SHA, Part::Outcome, [0; 32], content).unwrap();
        assert_eq!(make(odd.show_all()), Err(ReceiptError::MarksMissing));
    }
    let none = Value::Map([("marks".to_owned(), Value::List(Vec::new()))].into());
    let none = Opening::new(SHA, Part::Outcome, [0; 32], none).unwrap();
    let changed = ReceiptError::ContentChanged { part: Part::Outcome };
    assert_eq!(make(none.show_all()), Err(changed));

    let text = log.receipt(1).to_text();
    let head = text.replacen("[\n    \"示例 example\"\n  ]", "[]", 1);
    assert_ne!(head, text);
    assert_eq!(receipt::verify(&head, None), Err(ReceiptError::MarksChanged));
}

#[test]
fn a_checkpoint_in_a_receipt_bears_one_signature() {
    let log = SampleLog::new("a", 3, signer(ORIGIN, 7));
    let witness = SampleLog::new("a", 3, signer(ORIGIN, 9));
    let (input, outcome) = &log.openings[1];
    let theirs = witness.note(3);
    let both = format!("{}{}\n", log.note(3), theirs.lines().last().unwrap());
    let made = Receipt::new(
        log.entries[1].clone(),
        input.show_all(),
        outcome.show_all(),
        log.inclusion(1),
        both,
        log.signer.verifier_key().clone(),
    );
    assert_eq!(made, Err(ReceiptError::CheckpointMalformed));
}

#[test]
fn the_deepest_and_oddest_content_survives_the_text() {
    let deep = (2..MAX_DEPTH).fold(Value::Bytes(vec![0, 255]), |value, level| match level % 2 {
        0 => Value::List(vec![value]),
        _ => Value::Map([("$bytes".to_owned(), value)].into()),
    });
    let odd = "\u{0}\u{1f}\u{7f}\u{2028}\u{feff}\\\"/\u{1f600}";
    let fields = [
        ("marks".to_owned(), Value::List(Vec::new())),
        ("deep".to_owned(), deep),
        (odd.to_owned(), odd.into()),
        (String::new(), Value::Int(i128::MIN)),
        ("$int".to_owned(), Value::Map([].into())),
    ];
    let open = |part| Opening::new(SHA, part, [5; 32], Value::Map(fields.clone().into())).unwrap();
    let (input, outcome) = (open(Part::Input), open(Part::Outcome));
    let entry =
        Entry::new(SHA, 0, i64::MIN, odd_label(), "k\"", input.root(), outcome.root()).unwrap();
    let (mut appender, mut nodes) = (Appender::new(SHA), Vec::new());
    appender.append(&entry, &mut nodes).unwrap();
    let signer = signer(ORIGIN, 7);
    let note = Checkpoint::new(ORIGIN, 1, appender.root()).unwrap().sign(&signer).unwrap();
    let key = signer.verifier_key().clone();
    let (input, outcome) = (input.show_all(), outcome.show_all());
    let receipt = Receipt::new(entry, input, outcome, Vec::new(), note, key).unwrap();
    let text = receipt.to_text();
    assert_eq!(Receipt::parse(&text).unwrap(), receipt);
    let seen = receipt::verify(&text, None).unwrap();
    assert_eq!(seen.outcome.len(), fields.len());
    assert!(seen.marks.is_empty());
}

fn odd_label() -> &'static str {
    "企业 \u{1f3ed} \\ \u{2028}"
}

#[test]
fn every_error_has_a_code_and_says_what_to_do_in_both_languages() {
    let name = || ORIGIN.to_owned();
    let errors = [
        ReceiptError::Malformed { reason: "x".into() },
        ReceiptError::TooLong,
        ReceiptError::NotCanonical,
        ReceiptError::UnknownVersion { version: 2 },
        ReceiptError::UnknownAlgorithm { name: "SHA-1".into() },
        ReceiptError::MarksMissing,
        ReceiptError::MarksChanged,
        ReceiptError::ContentChanged { part: Part::Input },
        ReceiptError::ContentChanged { part: Part::Outcome },
        ReceiptError::NotInTree,
        ReceiptError::CheckpointMalformed,
        ReceiptError::OtherLog { origin: name(), key: name() },
        ReceiptError::SignatureInvalid { key: name() },
        ReceiptError::TrustedKeyMalformed,
        ReceiptError::OtherKey { found: name(), trusted: name() },
    ];
    for error in errors {
        assert!(error.code().starts_with("receipt."), "{}", error.code());
        let (zh, en) = (error.zh(), error.en());
        assert_eq!(error.to_string(), en);
        assert!(zh.contains('请') && !zh.ends_with('。') && !zh.contains("  "), "{zh}");
        assert!(!en.ends_with('.') && !en.contains("  ") && !en.contains('\n'), "{en}");
        assert!(en.contains(';') || en.contains(':'), "what happened, then what to do: {en}");
    }
}
