//! The one byte encoding of a value, and the strict decoder.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{MAX_DEPTH, Value, ValueError};

pub(super) const NULL: u8 = 0x00;
const FALSE: u8 = 0x01;
const TRUE: u8 = 0x02;
/// A number n ≥ 0, written as n.
const NATURAL: u8 = 0x03;
/// A number n < 0, written as −1 − n, so that there is no second zero.
const NEGATIVE: u8 = 0x04;
pub(super) const TEXT: u8 = 0x05;
const BYTES: u8 = 0x06;
pub(super) const LIST: u8 = 0x07;
pub(super) const MAP: u8 = 0x08;

impl Value {
    /// The canonical encoding.
    ///
    /// # Errors
    /// [`ValueError::TooDeep`] when lists and maps are nested beyond [`MAX_DEPTH`].
    pub fn encode(&self) -> Result<Vec<u8>, ValueError> {
        let mut out = Vec::new();
        write_value(self, MAX_DEPTH, &mut out)?;
        Ok(out)
    }

    /// Whether it has an encoding.
    ///
    /// # Errors
    /// As [`Value::encode`].
    pub(crate) fn check_depth(&self) -> Result<(), ValueError> {
        check_depth(self, MAX_DEPTH)
    }

    /// Reads back what [`Value::encode`] wrote, and nothing else.
    ///
    /// # Errors
    /// Every deviation from the canonical form is an error that names the place.
    pub fn decode(bytes: &[u8]) -> Result<Value, ValueError> {
        Reader::whole(bytes, Reader::value)
    }

    /// Reads a serde type from a canonical encoding, borrowing its texts where the type does.
    ///
    /// # Errors
    /// As [`Value::decode`], and [`ValueError::Mismatch`] when the value does not fit the type.
    pub fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, ValueError> {
        Reader::whole(bytes, |reader| T::deserialize(reader))
    }
}

/// Writes `number` in groups of seven bits, most significant first; all but the last group carry
/// the bit 0x80; no leading zero group.
fn write_number(number: u128, out: &mut Vec<u8>) {
    let groups = (128 - number.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let more = if group > 0 { 0x80 } else { 0x00 };
        let low = (number >> (7 * group)).to_be_bytes()[15] & 0x7f;
        out.push(low | more);
    }
}

/// Writes the length of `content`, then the content.
pub(crate) fn write_prefixed(content: &[u8], out: &mut Vec<u8>) {
    write_length(content.len(), out);
    out.extend_from_slice(content);
}

fn write_length(length: usize, out: &mut Vec<u8>) {
    write_number(u128::try_from(length).expect("a length fits 128 bits"), out);
}

fn check_depth(value: &Value, depth_left: usize) -> Result<(), ValueError> {
    let below = || depth_left.checked_sub(1).ok_or(ValueError::TooDeep);
    match value {
        Value::List(items) => {
            let below = below()?;
            items.iter().try_for_each(|item| check_depth(item, below))
        }
        Value::Map(map) => {
            let below = below()?;
            map.values().try_for_each(|item| check_depth(item, below))
        }
        _ => Ok(()),
    }
}

pub(crate) fn write_value(
    value: &Value,
    depth_left: usize,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(false) => out.push(FALSE),
        Value::Bool(true) => out.push(TRUE),
        Value::Int(number) => write_int(*number, out),
        Value::Text(text) => write_text(text, out),
        Value::Bytes(bytes) => write_bytes(bytes, out),
        Value::List(items) => {
            let below = depth_left.checked_sub(1).ok_or(ValueError::TooDeep)?;
            out.push(LIST);
            write_length(items.len(), out);
            for item in items {
                write_value(item, below, out)?;
            }
        }
        Value::Map(map) => write_map(map, depth_left, out)?,
    }
    Ok(())
}

/// Writes a map as [`write_value`] does.
pub(crate) fn write_map(
    map: &BTreeMap<String, Value>,
    depth_left: usize,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let below = depth_left.checked_sub(1).ok_or(ValueError::TooDeep)?;
    out.push(MAP);
    write_length(map.len(), out);
    for (key, item) in map {
        write_prefixed(key.as_bytes(), out);
        write_value(item, below, out)?;
    }
    Ok(())
}

fn write_int(number: i128, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(NEGATIVE);
        write_number((!number).unsigned_abs(), out);
    } else {
        out.push(NATURAL);
        write_number(number.unsigned_abs(), out);
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(TEXT);
    write_prefixed(text.as_bytes(), out);
}

fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(BYTES);
    write_prefixed(bytes, out);
}

/// Writes a map whose fields are known, without building it first.
pub(crate) struct MapWriter {
    out: Vec<u8>,
    fields: usize,
    last: &'static str,
}

impl MapWriter {
    /// A map of so many fields, which must come in the order of their names.
    pub(crate) fn new(fields: usize) -> MapWriter {
        let mut out = Vec::with_capacity(256);
        out.push(MAP);
        write_length(fields, &mut out);
        MapWriter { out, fields, last: "" }
    }

    pub(crate) fn text(&mut self, name: &'static str, text: &str) {
        write_text(text, self.field(name));
    }

    pub(crate) fn bytes(&mut self, name: &'static str, bytes: &[u8]) {
        write_bytes(bytes, self.field(name));
    }

    pub(crate) fn int(&mut self, name: &'static str, number: i128) {
        write_int(number, self.field(name));
    }

    /// The encoding.
    pub(crate) fn done(self) -> Vec<u8> {
        debug_assert_eq!(self.fields, 0, "a field is missing");
        self.out
    }

    fn field(&mut self, name: &'static str) -> &mut Vec<u8> {
        debug_assert!(self.last < name, "`{name}` is out of order");
        self.last = name;
        self.fields -= 1;
        write_prefixed(name.as_bytes(), &mut self.out);
        &mut self.out
    }
}

/// What is left to be read.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// How much deeper lists and maps may stand.
    depth_left: usize,
}

impl<'a> Reader<'a> {
    /// Reads one thing that takes all of the bytes.
    fn whole<T>(
        bytes: &'a [u8],
        read: impl FnOnce(&mut Self) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        let mut reader = Reader { bytes, at: 0, depth_left: MAX_DEPTH };
        let whole = read(&mut reader)?;
        match reader.left() {
            0 => Ok(whole),
            count => Err(ValueError::Trailing { count }),
        }
    }

    /// Reads what stands inside a list or map.
    pub(super) fn inside<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or(ValueError::TooDeep)?;
        let inside = read(self)?;
        self.depth_left += 1;
        Ok(inside)
    }

    /// The tag of the value that follows.
    pub(super) fn peek(&self) -> Result<u8, ValueError> {
        self.bytes.get(self.at).copied().ok_or(ValueError::Truncated { at: self.at })
    }

    /// The name of an entry of a map, after the one before.
    pub(super) fn key(&mut self, last: Option<&str>) -> Result<&'a str, ValueError> {
        let at = self.at;
        let key = self.text()?;
        match last {
            Some(last) if last >= key => Err(ValueError::KeyOrder { at }),
            _ => Ok(key),
        }
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn byte(&mut self) -> Result<u8, ValueError> {
        let byte = *self.bytes.get(self.at).ok_or(ValueError::Truncated { at: self.at })?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u128, ValueError> {
        let start = self.at;
        let mut number: u128 = 0;
        loop {
            let byte = self.byte()?;
            if self.at == start + 1 && byte == 0x80 {
                return Err(ValueError::BadNumber { at: start });
            }
            if number.leading_zeros() < 7 {
                return Err(ValueError::BadNumber { at: start });
            }
            number = (number << 7) | u128::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
    }

    fn signed(&mut self) -> Result<i128, ValueError> {
        let at = self.at;
        i128::try_from(self.number()?).map_err(|_| ValueError::BadNumber { at })
    }

    /// A length or count that the rest of the input can hold, each unit taking at least `least`
    /// bytes; this bounds memory before anything is allocated.
    pub(super) fn length(&mut self, least: usize) -> Result<usize, ValueError> {
        let length = self.number()?;
        match usize::try_from(length) {
            Ok(length) if length <= self.left() / least => Ok(length),
            _ => Err(ValueError::Truncated { at: self.bytes.len() }),
        }
    }

    fn prefixed(&mut self) -> Result<&'a [u8], ValueError> {
        let length = self.length(1)?;
        let content = &self.bytes[self.at..self.at + length];
        self.at += length;
        Ok(content)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, ValueError> {
        let content = self.prefixed()?;
        let at = self.at - content.len();
        std::str::from_utf8(content).map_err(|_| ValueError::BadText { at })
    }

    pub(super) fn value(&mut self) -> Result<Value, ValueError> {
        let at = self.at;
        match self.byte()? {
            NULL => Ok(Value::Null),
            FALSE => Ok(Value::Bool(false)),
            TRUE => Ok(Value::Bool(true)),
            NATURAL => Ok(Value::Int(self.signed()?)),
            NEGATIVE => Ok(Value::Int(!self.signed()?)),
            TEXT => Ok(Value::Text(self.text()?.to_owned())),
            BYTES => Ok(Value::Bytes(self.prefixed()?.to_vec())),
            LIST => self.inside(Self::list),
            MAP => self.inside(Self::map),
            tag => Err(ValueError::UnknownTag { tag, at }),
        }
    }

    fn list(&mut self) -> Result<Value, ValueError> {
        let count = self.length(1)?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(self.value()?);
        }
        Ok(Value::List(items))
    }

    fn map(&mut self) -> Result<Value, ValueError> {
        let count = self.length(2)?;
        let (mut map, mut last) = (BTreeMap::new(), None);
        for _ in 0..count {
            let key = self.key(last)?;
            last = Some(key);
            map.insert(key.to_owned(), self.value()?);
        }
        Ok(Value::Map(map))
    }
}
