//! Values from and to JSON, without loss and without floating point.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{MAX_DEPTH, Value, ValueError};
use crate::hex;

/// Stands in JSON for a whole number beyond 64 bits: `{"$int": "…"}`.
const INT: &str = "$int";
/// Stands in JSON for raw bytes: `{"$bytes": "…"}` in lower-case hexadecimal.
const BYTES: &str = "$bytes";

impl Value {
    /// Takes over a JSON tree.
    ///
    /// Objects become maps. `{"$int": "…"}` (beyond 64 bits) and `{"$bytes": "hex"}` stand for
    /// what JSON cannot say; a field name that itself begins with `$` is written with one `$` more.
    ///
    /// # Errors
    /// [`ValueError::NotAnInteger`] for any fraction or exponent, [`ValueError::ReservedKey`],
    /// [`ValueError::TooDeep`].
    pub fn from_json(json: Json) -> Result<Value, ValueError> {
        read(json, MAX_DEPTH)
    }

    /// The JSON form that [`Value::from_json`] takes back without loss.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Int(number) => int_to_json(*number),
            Value::Text(text) => Json::String(text.clone()),
            Value::Bytes(bytes) => special(BYTES, hex::encode(bytes)),
            Value::List(items) => Json::Array(items.iter().map(Value::to_json).collect()),
            Value::Map(map) => {
                Json::Object(map.iter().map(|(key, item)| (escape(key), item.to_json())).collect())
            }
        }
    }

    /// Any serde type as a value, by way of its JSON form.
    ///
    /// A not-a-number float is no number in JSON either and would arrive as null: commands and
    /// outcomes carry decimals as text.
    ///
    /// # Errors
    /// As [`Value::from_json`], and [`ValueError::Mismatch`] when serde cannot write the type.
    pub fn from_serialize<T: Serialize + ?Sized>(source: &T) -> Result<Value, ValueError> {
        Value::from_json(serde_json::to_value(source).map_err(mismatch)?)
    }

    /// Reads a serde type back that was written by [`Value::from_serialize`].
    ///
    /// # Errors
    /// [`ValueError::Mismatch`] when the value does not fit the type.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, ValueError> {
        Value::read(&self.encode()?)
    }
}

fn mismatch(error: serde_json::Error) -> ValueError {
    ValueError::Mismatch { reason: error.to_string() }
}

fn special(key: &str, content: String) -> Json {
    Json::Object([(key.to_owned(), Json::String(content))].into_iter().collect())
}

fn escape(key: &str) -> String {
    if key.starts_with('$') { format!("${key}") } else { key.to_owned() }
}

fn int_to_json(number: i128) -> Json {
    if let Ok(small) = i64::try_from(number) {
        Json::from(small)
    } else if let Ok(small) = u64::try_from(number) {
        Json::from(small)
    } else {
        special(INT, number.to_string())
    }
}

fn read(json: Json, depth_left: usize) -> Result<Value, ValueError> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(flag) => Ok(Value::Bool(flag)),
        Json::String(text) => Ok(Value::Text(text)),
        Json::Number(number) => {
            let int = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
            int.map(Value::Int)
                .ok_or_else(|| ValueError::NotAnInteger { number: number.to_string() })
        }
        Json::Array(items) => {
            let below = depth_left.checked_sub(1).ok_or(ValueError::TooDeep)?;
            items
                .into_iter()
                .map(|item| read(item, below))
                .collect::<Result<_, _>>()
                .map(Value::List)
        }
        Json::Object(object) => read_object(object, depth_left),
    }
}

fn read_object(
    object: serde_json::Map<String, Json>,
    depth_left: usize,
) -> Result<Value, ValueError> {
    if let Some(value) = read_special(&object)? {
        return Ok(value);
    }
    let below = depth_left.checked_sub(1).ok_or(ValueError::TooDeep)?;
    let mut map = BTreeMap::new();
    for (key, item) in object {
        let name = match key.strip_prefix('$') {
            None => key,
            Some(escaped) if escaped.starts_with('$') => escaped.to_owned(),
            Some(_) => return Err(ValueError::ReservedKey { key }),
        };
        map.insert(name, read(item, below)?);
    }
    Ok(Value::Map(map))
}

fn read_special(object: &serde_json::Map<String, Json>) -> Result<Option<Value>, ValueError> {
    if object.len() != 1 {
        return Ok(None);
    }
    let Some((key, content)) = object.iter().next() else { return Ok(None) };
    let value = match (key.as_str(), content.as_str()) {
        (INT, text) => text.and_then(read_int).map(Value::Int),
        (BYTES, text) => text.and_then(hex::decode).map(Value::Bytes),
        _ => return Ok(None),
    };
    value.map(Some).ok_or_else(|| ValueError::ReservedKey { key: key.clone() })
}

/// Only numbers that JSON itself cannot hold, and only in their shortest form.
fn read_int(text: &str) -> Option<i128> {
    let number: i128 = text.parse().ok()?;
    let beyond = i64::try_from(number).is_err() && u64::try_from(number).is_err();
    (beyond && number.to_string() == text).then_some(number)
}
