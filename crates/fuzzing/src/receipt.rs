//! Receipts: nothing but what was signed ever verifies.

use std::sync::OnceLock;

use tanheng_evidence::{OpenField, Receipt, VerifiedReceipt, receipt::verify};

use crate::edit::edited;

/// Sound receipts of both profiles, signed with keys whose seeds no input knows.
const SOUND: [&str; 2] = [
    include_str!("../../evidence/tests/vectors/receipt.json"),
    include_str!("../../evidence/tests/vectors/sm/receipt.json"),
];

fn sound() -> &'static [(VerifiedReceipt, String); 2] {
    static RECEIPTS: OnceLock<[(VerifiedReceipt, String); 2]> = OnceLock::new();
    RECEIPTS.get_or_init(|| {
        SOUND.map(|text| {
            let verified = verify(text, None).expect("the frozen receipts are sound");
            let key = verified.key.to_string();
            (verified, key)
        })
    })
}

/// Any text: it is refused, or it is spelt as its receipt prints it; with the log's key it says
/// only what the log signed.
pub fn receipt(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        judge(text);
    }
}

/// A sound receipt with small changes: the first byte says which.
pub fn receipt_edited(data: &[u8]) {
    if let Some((which, data)) = data.split_first() {
        judge(&edited(SOUND[usize::from(which % 2)], data));
    }
}

fn judge(text: &str) {
    let parsed = Receipt::parse(text);
    if let Ok(parsed) = &parsed {
        assert_eq!(parsed.to_text(), text);
    }
    let mut trusted = 0;
    for (original, key) in sound() {
        match verify(text, Some(key)) {
            Ok(found) => {
                assert!(parsed.is_ok());
                says_no_more(&found, original);
                trusted += 1;
            }
            Err(error) => assert!(!error.code().is_empty() && !error.zh().is_empty()),
        }
    }
    // without a trusted key a receipt may be anybody's; under one of these keys it may not
    let own = |found: &VerifiedReceipt| sound().iter().any(|(one, _)| one.key == found.key);
    assert_eq!(trusted, usize::from(verify(text, None).is_ok_and(|found| own(&found))));
}

/// Who, when, what and where are the same, and each field shown is one that was shown: fields can
/// be hidden, and nothing else.
fn says_no_more(found: &VerifiedReceipt, original: &VerifiedReceipt) {
    let who =
        |one: &VerifiedReceipt| (one.sequence, one.time_ms, one.actor.clone(), one.kind.clone());
    assert_eq!(who(found), who(original));
    assert_eq!(found.marks, original.marks);
    assert_eq!(found.origin, original.origin);
    for (found, hidden, original, hidden_then) in [
        (&found.input, found.input_hidden, &original.input, original.input_hidden),
        (&found.outcome, found.outcome_hidden, &original.outcome, original.outcome_hidden),
    ] {
        assert_eq!(found.len() + hidden, original.len() + hidden_then);
        let known = |field: &OpenField| original.contains(field);
        assert!(found.iter().all(known), "{found:?}");
    }
}
