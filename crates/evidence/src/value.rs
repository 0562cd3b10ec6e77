//! The canonical tree of values that commitments and log entries are made of.

use std::collections::BTreeMap;

mod deserialize;
mod encoding;
pub(crate) use encoding::{MapWriter, write_map, write_prefixed, write_value};
mod json;

/// How deep lists and maps may stand inside one another.
pub const MAX_DEPTH: usize = 64;

/// A tree of values with exactly one encoding in bytes.
///
/// There is no floating point: decimals travel as text, so that no reader has to guess a rounding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing; not the same as zero or as an empty text.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Unicode text, taken as it is: no normalisation.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// Values in an order that matters.
    List(Vec<Value>),
    /// Values by name; names are unique and sorted by their UTF-8 bytes.
    Map(BTreeMap<String, Value>),
}

/// Why a value cannot be encoded, decoded or taken over from JSON.
///
/// The positions are byte offsets into the encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Lists and maps stand deeper inside one another than [`MAX_DEPTH`].
    #[error("values are nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// The bytes end inside a value, or a length points beyond them.
    #[error("the encoding ends too early at byte {at}")]
    Truncated {
        /// Where the missing part begins.
        at: usize,
    },
    /// Bytes follow after the value.
    #[error("{count} bytes follow after the end of the value")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// A type tag that the format does not know.
    #[error("unknown type tag {tag:#04x} at byte {at}")]
    UnknownTag {
        /// The tag.
        tag: u8,
        /// Where it stands.
        at: usize,
    },
    /// A number is written longer than need be, or is too large.
    #[error("the number at byte {at} is not in its shortest form or is too large")]
    BadNumber {
        /// Where it begins.
        at: usize,
    },
    /// A text is not valid UTF-8.
    #[error("the text at byte {at} is not UTF-8")]
    BadText {
        /// Where its content begins.
        at: usize,
    },
    /// Keys of a map are repeated or not in ascending order.
    #[error("the map key at byte {at} is repeated or out of order")]
    KeyOrder {
        /// Where the key begins.
        at: usize,
    },
    /// A JSON number with a fraction or exponent, or outside the 64-bit range.
    #[error("`{number}` is not a 64-bit integer; write decimals as text")]
    NotAnInteger {
        /// The number as JSON writes it.
        number: String,
    },
    /// A JSON key beginning with `$` that is none of ours, or whose content is not in form.
    #[error("`{key}` is a reserved JSON key or its content is malformed")]
    ReservedKey {
        /// The key.
        key: String,
    },
    /// A Rust value that does not serialise to JSON, or JSON that does not fit the Rust type.
    #[error("the value does not fit: {reason}")]
    Mismatch {
        /// What serde says.
        reason: String,
    },
    /// Something else than a map was given where named fields are needed.
    #[error("named fields are needed, but the value is not a map")]
    NotAMap,
}

impl Value {
    /// The value under `name`, when this is a map that has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_map().and_then(|map| map.get(name))
    }

    /// The fields of a map.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Value>> {
        if let Value::Map(map) = self { Some(map) } else { None }
    }

    /// The items of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Value::List(items) = self { Some(items) } else { None }
    }

    /// The content of a text.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// The content of a whole number.
    pub fn as_int(&self) -> Option<i128> {
        if let Value::Int(number) = self { Some(*number) } else { None }
    }

    /// The content of raw bytes.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Value::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(i128::from(number))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Int(i128::from(number))
    }
}

impl From<BTreeMap<String, Value>> for Value {
    fn from(map: BTreeMap<String, Value>) -> Value {
        Value::Map(map)
    }
}
