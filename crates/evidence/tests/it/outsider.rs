//! A verifier written from the README alone: it shares only hash and signature primitives with the
//! crate, none of its code.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::sample::{RECEIPT, SHA, SM_RECEIPT, SM3, SampleLog, hash, signer, sm2_signer, unhex};
use crate::standard::{sm2_verifies, sm3};
use tanheng_evidence::{HashAlgorithm, Signer, receipt};

type Hash = [u8; 32];

fn digest(hash: HashAlgorithm, parts: &[&[u8]]) -> Hash {
    match hash.name() {
        "SHA-256" => Sha256::digest(parts.concat()).into(),
        "SM3" => sm3(&parts.concat()),
        other => panic!("{other}"),
    }
}

/// The Merkle tree hash as RFC 6962 defines it, by plain recursion.
pub fn tree(hash: HashAlgorithm, leaves: &[Vec<u8>]) -> Hash {
    match leaves.len() {
        0 => digest(hash, &[]),
        1 => digest(hash, &[&[0], &leaves[0]]),
        count => {
            let mut split = 1;
            while split * 2 < count {
                split *= 2;
            }
            digest(hash, &[&[1], &tree(hash, &leaves[..split]), &tree(hash, &leaves[split..])])
        }
    }
}

/// The audit path walked iteratively (RFC 9162, 2.1.3.2), unlike the recursion of the crate.
fn climb(
    hash: HashAlgorithm,
    mut node: Hash,
    mut index: u64,
    size: u64,
    path: &[Hash],
) -> Option<Hash> {
    let mut last = size.checked_sub(1)?;
    if index > last {
        return None;
    }
    for sibling in path {
        if last == 0 {
            return None;
        }
        if index & 1 == 1 || index == last {
            node = digest(hash, &[&[1], sibling, &node]);
            while index & 1 == 0 && index != 0 {
                index >>= 1;
                last >>= 1;
            }
        } else {
            node = digest(hash, &[&[1], &node, sibling]);
        }
        index >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(node)
}

fn number(mut value: u128) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(value % 128).unwrap()];
    value /= 128;
    while value > 0 {
        bytes.insert(0, u8::try_from(value % 128).unwrap() + 128);
        value /= 128;
    }
    bytes
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [number(bytes.len().try_into().unwrap()), bytes.to_vec()].concat()
}

fn whole(value: i128) -> Vec<u8> {
    if value < 0 {
        [vec![4], number((-1 - value).try_into().unwrap())].concat()
    } else {
        [vec![3], number(value.try_into().unwrap())].concat()
    }
}

fn text(value: &str) -> Vec<u8> {
    [vec![5], prefixed(value.as_bytes())].concat()
}

fn bytes(value: &[u8]) -> Vec<u8> {
    [vec![6], prefixed(value)].concat()
}

fn map(mut fields: Vec<(String, Vec<u8>)>) -> Vec<u8> {
    fields.sort();
    let mut out = [vec![8], number(fields.len().try_into().unwrap())].concat();
    for (key, value) in fields {
        out.extend(prefixed(key.as_bytes()));
        out.extend(value);
    }
    out
}

fn encode(json: &Json) -> Vec<u8> {
    match json {
        Json::Null => vec![0],
        Json::Bool(flag) => vec![if *flag { 2 } else { 1 }],
        Json::Number(number) => whole(number.to_string().parse().unwrap()),
        Json::String(string) => text(string),
        Json::Array(items) => {
            let mut out = [vec![7], number(items.len().try_into().unwrap())].concat();
            items.iter().for_each(|item| out.extend(encode(item)));
            out
        }
        Json::Object(object) => encode_object(object),
    }
}

fn encode_object(object: &Map<String, Json>) -> Vec<u8> {
    if let (1, Some(number)) = (object.len(), object.get("$int")) {
        return whole(number.as_str().unwrap().parse().unwrap());
    }
    if let (1, Some(hex)) = (object.len(), object.get("$bytes")) {
        return bytes(&unhex(hex.as_str().unwrap()));
    }
    let name = |key: &String| key.strip_prefix('$').unwrap_or(key).to_owned();
    map(object.iter().map(|(key, item)| (name(key), encode(item))).collect())
}

fn root(hash: HashAlgorithm, part: &str, fields: &Json) -> Hash {
    let fields = fields.as_array().unwrap();
    let commitments: Vec<Vec<u8>> = fields
        .iter()
        .map(|field| match field.get("commitment") {
            Some(commitment) => unhex(commitment.as_str().unwrap()),
            None => {
                let salt = unhex(field["salt"].as_str().unwrap());
                let name = prefixed(field["name"].as_str().unwrap().as_bytes());
                let value = encode(&field["value"]);
                digest(hash, &[b"tanheng/v1/commitment\0", &salt, &name, &value]).to_vec()
            }
        })
        .collect();
    let count = u64::try_from(fields.len()).unwrap().to_be_bytes();
    let tree = tree(hash, &commitments);
    digest(hash, &[b"tanheng/v1/root/", part.as_bytes(), &[0], &count, &tree])
}

fn leaf(hash: HashAlgorithm, entry: &Json) -> Vec<u8> {
    let of = |name: &str| entry[name].as_str().unwrap();
    let int = |name: &str| whole(entry[name].to_string().parse().unwrap());
    let fields = [
        ("format", text("tanheng-entry")),
        ("version", int("version")),
        ("hash", text(hash.name())),
        ("salt", text(&format!("HKDF-{hash}"))),
        ("sequence", int("sequence")),
        ("time", int("time_ms")),
        ("actor", text(of("actor"))),
        ("kind", text(of("kind"))),
        ("input", bytes(&unhex(of("input_root")))),
        ("outcome", bytes(&unhex(of("outcome_root")))),
    ];
    map(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

fn signed(note: &str, key: &str) -> Result<(u64, Hash), &'static str> {
    let (name, rest) = key.split_once('+').ok_or("key")?;
    let (id, key) = rest.split_once('+').ok_or("key")?;
    let key = BASE64_STANDARD.decode(key).map_err(|_| "key")?;
    let id_of_key = &Sha256::digest([name.as_bytes(), b"\n", &key].concat())[..4];
    if id_of_key != unhex(id) {
        return Err("key");
    }
    let (message, signature) = note.split_once("\n\n").ok_or("note")?;
    let message = format!("{message}\n");
    let line = signature.strip_prefix(&format!("— {name} ")).ok_or("note")?;
    let signature = BASE64_STANDARD.decode(line.trim_end_matches('\n')).map_err(|_| "note")?;
    if &signature[..4] != id_of_key {
        return Err("another key");
    }
    if key[0] == 1 {
        let key = VerifyingKey::from_bytes(key[1..].try_into().unwrap()).map_err(|_| "key")?;
        let signature = Signature::from_slice(&signature[4..]).map_err(|_| "note")?;
        key.verify_strict(message.as_bytes(), &signature).map_err(|_| "signature")?;
    } else {
        let point = key.strip_prefix(b"\xff\0tanheng/v1/SM2-SM3/SM3\0\x04").ok_or("key")?;
        if !sm2_verifies(point, message.as_bytes(), &signature[4..]) {
            return Err("signature");
        }
    }
    let lines: Vec<&str> = message.lines().collect();
    if lines.len() != 3 || lines[0] != name {
        return Err("note");
    }
    let root = BASE64_STANDARD.decode(lines[2]).map_err(|_| "note")?;
    Ok((lines[1].parse().map_err(|_| "note")?, root.try_into().map_err(|_| "note")?))
}

/// The six steps of the README.
fn check(receipt: &str, trusted: &str) -> Result<(), &'static str> {
    let json: Json = serde_json::from_str(receipt).map_err(|_| "form")?;
    if json["format"] != "tanheng-receipt" || json["version"] != 1 {
        return Err("form");
    }
    let marks = json["outcome"].as_array().unwrap().iter().find(|field| field["name"] == "marks");
    if marks.map(|field| &field["value"]) != Some(&json["marks"]) {
        return Err("marks");
    }
    let algorithm = match json["algorithms"]["hash"].as_str() {
        Some("SHA-256") => SHA,
        Some("SM3") => SM3,
        _ => return Err("form"),
    };
    for part in ["input", "outcome"] {
        let stated = json["entry"][format!("{part}_root")].as_str().unwrap();
        if root(algorithm, part, &json[part]) != hash(stated) {
            return Err("content");
        }
    }
    let (size, root) = signed(json["checkpoint"].as_str().unwrap(), json["key"].as_str().unwrap())?;
    let path: Vec<Hash> =
        json["inclusion"].as_array().unwrap().iter().map(|h| hash(h.as_str().unwrap())).collect();
    let index = json["entry"]["sequence"].as_u64().unwrap();
    let leaf = digest(algorithm, &[&[0], &leaf(algorithm, &json["entry"])]);
    if climb(algorithm, leaf, index, size, &path) != Some(root) {
        return Err("tree");
    }
    if json["key"] == trusted { Ok(()) } else { Err("another key") }
}

#[test]
fn the_frozen_receipts_are_believed_by_both() {
    for text in [RECEIPT, SM_RECEIPT] {
        let json: Json = serde_json::from_str(text).unwrap();
        let key = json["key"].as_str().unwrap();
        check(text, key).unwrap();
        receipt::verify(text, Some(key)).unwrap();
    }
}

fn samples(size: u64) -> [SampleLog; 2] {
    let origin = "tanheng.example/hebei";
    [
        SampleLog::new("a", size, signer(origin, 7)),
        SampleLog::new("a", size, sm2_signer(origin, SM3, 7)),
    ]
}

#[test]
fn fresh_receipts_are_believed_by_both() {
    for log in [1, 2, 3, 8, 13].into_iter().flat_map(samples) {
        let key = log.signer.verifier_key().to_string();
        for index in 0..log.entries.len() {
            let text = log.receipt(index).to_text();
            check(&text, &key).unwrap();
            receipt::verify(&text, Some(&key)).unwrap();
        }
    }
}

#[test]
fn both_refuse_the_same_changes_of_substance() {
    for text in [RECEIPT, SM_RECEIPT] {
        changes_are_refused(text);
    }
}

fn changes_are_refused(original: &str) {
    let json: Json = serde_json::from_str(original).unwrap();
    let key = json["key"].as_str().unwrap();
    let zeros = "0".repeat(64);
    type Change<'a> = (&'a str, Json, &'a str);
    let changes: [Change; 8] = [
        ("/outcome/2/value", Json::from("9"), "content"),
        ("/input/0/commitment", Json::from(zeros.clone()), "content"),
        ("/marks", Json::Array(Vec::new()), "marks"),
        ("/entry/time_ms", Json::from(1), "tree"),
        ("/entry/actor", Json::from("p-18"), "tree"),
        ("/entry/sequence", Json::from(5), "tree"),
        ("/inclusion/0", Json::from(zeros), "tree"),
        ("/entry/version", Json::from(2), "tree"),
    ];
    for (pointer, value, what) in changes {
        let mut changed = json.clone();
        let place = changed.pointer_mut(pointer).unwrap();
        assert_ne!(*place, value);
        *place = value;
        let text = serde_json::to_string_pretty(&changed).unwrap();
        assert_eq!(check(&text, key), Err(what), "{pointer}");
        assert!(receipt::verify(&text, Some(key)).is_err(), "{pointer}");
    }
    let stranger = signer("tanheng.example/hebei", 8);
    let stranger = stranger.verifier_key().to_string();
    assert_eq!(check(original, &stranger), Err("another key"));
    assert!(receipt::verify(original, Some(&stranger)).is_err());
}
