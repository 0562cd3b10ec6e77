//! The canonical encoding: one value, one run of bytes.

use tanheng_evidence::{Entry, HashAlgorithm, Opening, Part, Value};

/// Bytes that decode are those that the value encodes to, and JSON takes the value there and back.
pub fn value(data: &[u8]) {
    if let Ok(value) = Value::decode(data) {
        assert_eq!(value.encode().as_deref(), Ok(data));
        let json = value.to_json();
        assert_eq!(Value::from_json(json.clone()).as_ref(), Ok(&value), "{json}");
        let text = json.to_string();
        let parsed: serde_json::Value = serde_json::from_str(&text).expect("JSON can be read");
        assert_eq!(Value::from_json(parsed), Ok(value), "{text}");
    }
    // the same input as JSON
    let json: Result<serde_json::Value, _> = serde_json::from_slice(data);
    if let Ok(value) = json.map_err(|_| ()).and_then(|json| Value::from_json(json).map_err(|_| ()))
    {
        let bytes = value.encode().expect("what came from JSON is not too deep");
        assert_eq!(Value::decode(&bytes), Ok(value));
    }
}

/// A leaf that decodes is the leaf that its entry encodes to.
pub fn entry(data: &[u8]) {
    if let Ok(entry) = Entry::decode(data) {
        assert_eq!(entry.encode(), data);
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
    }
}

/// Content that opens is what it was stored as, and whole, in parts and field by field it comes to
/// the same root.
pub fn opening(data: &[u8]) {
    for (hash, part) in [(HashAlgorithm::Sha256, Part::Input), (HashAlgorithm::Sm3, Part::Outcome)]
    {
        let Ok(opening) = Opening::decode(hash, part, [7; 32], data) else { return };
        assert_eq!(opening.content_bytes(), data);
        let root = opening.root();
        assert_eq!(opening.show_all().root(), root);
        let names: Vec<&str> = opening.content().keys().map(String::as_str).collect();
        let first = names.get(..1).unwrap_or_default();
        let shown = opening.show(first).expect("the field is there");
        assert_eq!((shown.root(), shown.hidden()), (root, names.len() - first.len()));
        for name in names.iter().take(8) {
            let proof = opening.prove(name).expect("the field is there");
            assert_eq!(proof.root(hash), Ok(root), "{name}");
        }
    }
}
