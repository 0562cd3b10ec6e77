//! Serde types read straight from the canonical encoding, without a tree in between.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::ValueError;
use super::encoding::{LIST, MAP, NULL, Reader, TEXT};

impl Error for ValueError {
    fn custom<T: std::fmt::Display>(reason: T) -> Self {
        Self::Mismatch { reason: reason.to_string() }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.peek()? {
            NULL => {
                self.byte()?;
                visitor.visit_unit()
            }
            TEXT => {
                self.byte()?;
                visitor.visit_borrowed_str(self.text()?)
            }
            LIST => {
                self.byte()?;
                self.inside(|reader| {
                    let left = reader.length(1)?;
                    let mut items = Items { reader, left };
                    let read = visitor.visit_seq(&mut items)?;
                    items.all_taken().map(|()| read)
                })
            }
            MAP => {
                self.byte()?;
                self.inside(|reader| {
                    let left = reader.length(2)?;
                    let mut entries = Entries { reader, left, last: None };
                    let read = visitor.visit_map(&mut entries)?;
                    entries.all_taken().map(|()| read)
                })
            }
            _ => match self.value()? {
                super::Value::Bool(flag) => visitor.visit_bool(flag),
                super::Value::Int(number) => match i64::try_from(number) {
                    Ok(small) => visitor.visit_i64(small),
                    Err(_) => visitor.visit_i128(number),
                },
                super::Value::Bytes(bytes) => visitor.visit_byte_buf(bytes),
                other => unreachable!("{other:?} begins with another tag"),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        if self.peek()? == NULL {
            self.byte()?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match self.byte()? {
            TEXT => visitor.visit_enum(BorrowedStrDeserializer::new(self.text()?)),
            MAP => self.inside(|reader| match reader.length(2)? {
                1 => visitor.visit_enum(Variant { reader }),
                _ => Err(named_variant()),
            }),
            _ => Err(named_variant()),
        }
    }

    /// A value holds no floating-point number; what it holds instead does not fit one.
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_any(visitor)
    }

    /// As for single precision.
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

fn named_variant() -> ValueError {
    Error::invalid_type(Unexpected::Other("value"), &"the name of a variant")
}

/// The items of a list that are left.
struct Items<'r, 'de> {
    reader: &'r mut Reader<'de>,
    left: usize,
}

impl Items<'_, '_> {
    fn all_taken(self) -> Result<(), ValueError> {
        match self.left {
            0 => Ok(()),
            more => Err(Error::invalid_length(more, &"fewer items")),
        }
    }
}

impl<'de> SeqAccess<'de> for &mut Items<'_, 'de> {
    type Error = ValueError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ValueError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// The entries of a map that are left.
struct Entries<'r, 'de> {
    reader: &'r mut Reader<'de>,
    left: usize,
    last: Option<&'de str>,
}

impl Entries<'_, '_> {
    fn all_taken(self) -> Result<(), ValueError> {
        match self.left {
            0 => Ok(()),
            more => Err(Error::invalid_length(more, &"fewer entries")),
        }
    }
}

impl<'de> MapAccess<'de> for &mut Entries<'_, 'de> {
    type Error = ValueError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ValueError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let key = self.reader.key(self.last)?;
        self.last = Some(key);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<T::Value, ValueError> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// The one entry of a map that stands for a variant with content.
struct Variant<'r, 'de> {
    reader: &'r mut Reader<'de>,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = ValueError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self), ValueError> {
        let name = BorrowedStrDeserializer::new(self.reader.key(None)?);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        match self.reader.byte()? {
            NULL => Ok(()),
            _ => Err(Error::invalid_type(Unexpected::Other("value"), &"nothing")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, ValueError> {
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ValueError> {
        self.reader.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.reader.deserialize_any(visitor)
    }
}
