//! The canonical encoding: frozen vectors, strictness, and JSON.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tanheng_evidence::{MAX_DEPTH, Value, ValueError};

use crate::sample::{VALUES, hex, read, unhex};

#[derive(Deserialize)]
struct Vectors {
    good: Vec<Good>,
    deepest: String,
    bad: Vec<Bad>,
}

#[derive(Deserialize)]
struct Good {
    json: Json,
    hex: String,
}

#[derive(Deserialize)]
struct Bad {
    hex: String,
    error: String,
}

fn kind(error: &ValueError) -> &'static str {
    match error {
        ValueError::TooDeep => "too_deep",
        ValueError::Truncated { .. } => "truncated",
        ValueError::Trailing { .. } => "trailing",
        ValueError::UnknownTag { .. } => "unknown_tag",
        ValueError::BadNumber { .. } => "bad_number",
        ValueError::BadText { .. } => "bad_text",
        ValueError::KeyOrder { .. } => "key_order",
        _ => "other",
    }
}

#[test]
fn vectors_encode_and_decode() {
    let vectors: Vectors = read(VALUES);
    assert!(vectors.good.len() > 30);
    for good in &vectors.good {
        let value = Value::from_json(good.json.clone()).unwrap();
        assert_eq!(hex(&value.encode().unwrap()), good.hex, "{}", good.json);
        assert_eq!(Value::decode(&unhex(&good.hex)).unwrap(), value, "{}", good.json);
        assert_eq!(value.to_json(), good.json);
    }
    let deepest = Value::decode(&unhex(&vectors.deepest)).unwrap();
    assert_eq!(hex(&deepest.encode().unwrap()), vectors.deepest);
}

#[test]
fn deviations_are_refused_by_name() {
    let vectors: Vectors = read(VALUES);
    assert!(vectors.bad.len() > 20);
    for bad in &vectors.bad {
        let error = Value::decode(&unhex(&bad.hex)).unwrap_err();
        assert_eq!(kind(&error), bad.error, "{}: {error}", bad.hex);
    }
}

#[test]
fn what_is_too_deep_is_refused_everywhere() {
    let nest = |levels: usize| (0..levels).fold(Value::Null, |value, _| Value::List(vec![value]));
    assert!(nest(MAX_DEPTH).encode().is_ok());
    assert_eq!(nest(MAX_DEPTH + 1).encode(), Err(ValueError::TooDeep));
    assert!(Value::from_json(nest(MAX_DEPTH).to_json()).is_ok());
    assert_eq!(Value::from_json(nest(MAX_DEPTH + 1).to_json()), Err(ValueError::TooDeep));
}

#[test]
fn floats_are_refused() {
    for text in ["0.5", "1.0", "1e3", "-0", "18446744073709551616", "[1, {\"a\": 2.5}]"] {
        let json: Json = serde_json::from_str(text).unwrap();
        let error = Value::from_json(json).unwrap_err();
        assert!(matches!(error, ValueError::NotAnInteger { .. }), "{text}: {error}");
    }
}

#[test]
fn reserved_json_keys_are_refused_unless_in_form() {
    let bad = [
        json!({ "$int": "5" }),
        json!({ "$int": "018446744073709551616" }),
        json!({ "$int": "+18446744073709551616" }),
        json!({ "$int": 5 }),
        json!({ "$bytes": "0" }),
        json!({ "$bytes": "AB" }),
        json!({ "$bytes": null }),
        json!({ "$other": 1 }),
        json!({ "$bytes": "00", "a": 1 }),
    ];
    for json in bad {
        let error = Value::from_json(json.clone()).unwrap_err();
        assert!(matches!(error, ValueError::ReservedKey { .. }), "{json}: {error}");
    }
}

#[test]
fn serde_types_go_in_and_come_out() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Command {
        Submit { amount: String, rows: Vec<u64>, note: Option<String> },
    }
    let command = Command::Submit { amount: "21.50".into(), rows: vec![1, 2], note: None };
    let value = Value::from_serialize(&command).unwrap();
    assert_eq!(value.get("amount").and_then(Value::as_text), Some("21.50"));
    assert_eq!(value.get("note"), Some(&Value::Null));
    assert_eq!(value.deserialize::<Command>().unwrap(), command);
    assert!(matches!(value.deserialize::<u8>(), Err(ValueError::Mismatch { .. })));
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i128>().prop_map(Value::Int),
        (-300_i128..300).prop_map(Value::Int),
        "[$a-c碳]{0,6}".prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::btree_map("[$a-c碳]{0,4}", inner, 0..5).prop_map(Value::Map),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_comes_back(value in values()) {
        let bytes = value.encode().unwrap();
        prop_assert_eq!(&Value::decode(&bytes).unwrap(), &value);
        prop_assert_eq!(Value::from_json(value.to_json()).unwrap(), value);
    }

    #[test]
    fn different_values_have_different_bytes(left in values(), right in values()) {
        prop_assert_eq!(left == right, left.encode().unwrap() == right.encode().unwrap());
    }

    #[test]
    fn every_flipped_byte_is_noticed(value in values(), mask in 1_u8..) {
        let bytes = value.encode().unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= mask;
            if let Ok(read) = Value::decode(&other) {
                prop_assert_ne!(&read, &value);
                prop_assert_eq!(read.encode().unwrap(), other);
            }
        }
    }

    #[test]
    fn cut_or_lengthened_bytes_are_refused(value in values(), more in any::<u8>()) {
        let mut bytes = value.encode().unwrap();
        for end in 0..bytes.len() {
            prop_assert!(Value::decode(&bytes[..end]).is_err());
        }
        bytes.push(more);
        prop_assert_eq!(Value::decode(&bytes), Err(ValueError::Trailing { count: 1 }));
    }

    #[test]
    fn only_canonical_bytes_decode(bytes in prop::collection::vec(0_u8..12, 0..24)) {
        if let Ok(value) = Value::decode(&bytes) {
            prop_assert_eq!(value.encode().unwrap(), bytes);
        }
    }
}

#[test]
fn keys_sort_by_their_bytes() {
    let map: BTreeMap<String, Value> =
        [("\u{10000}", 1_i64), ("\u{ffff}", 2)].map(|(k, v)| (k.to_owned(), v.into())).into();
    let bytes = Value::Map(map).encode().unwrap();
    // UTF-16 order would put the supplementary character first
    assert_eq!(hex(&bytes), "080203efbfbf030204f09080800301");
}
