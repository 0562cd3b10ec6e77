//! The values that rules speak of: exact quantities, choices, truth, dates, years.

use std::fmt;

use serde::Serialize;
use tanheng_base::Date;
use tanheng_quantity::{Quantity, Unit};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// An exact number with its unit.
    Number(Quantity),
    /// A choice or another text.
    Text(String),
    /// Truth.
    Bool(bool),
    /// A day.
    Date(Date),
    /// A year.
    Year(i16),
}

impl Value {
    /// The value without its unit, exact: a decimal, `n/d`, or the word.
    pub fn bare(&self) -> String {
        match self {
            Value::Number(quantity) => quantity.value.to_string(),
            Value::Text(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Year(year) => year.to_string(),
        }
    }

    /// The unit of a number; none for plain numbers and all else.
    pub fn unit(&self) -> Option<&Unit> {
        match self {
            Value::Number(quantity) if quantity.unit != Unit::one() => Some(&quantity.unit),
            _ => None,
        }
    }

    /// The number, when it is one.
    pub fn number(&self) -> Option<&Quantity> {
        match self {
            Value::Number(quantity) => Some(quantity),
            _ => None,
        }
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(quantity) => quantity.fmt(f),
            other => f.write_str(&other.bare()),
        }
    }
}

/// As `{"value": "454.33", "unit": "tCO2"}`; the unit is left out where there is none.
impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let unit = self.unit();
        let mut out = serializer.serialize_struct("Value", 1 + usize::from(unit.is_some()))?;
        out.serialize_field("value", &self.bare())?;
        if let Some(unit) = unit {
            out.serialize_field("unit", &unit.to_string())?;
        }
        out.end()
    }
}
