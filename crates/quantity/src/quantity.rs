//! An exact number with its unit.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::{Decimal, NumberError, QuantityError, Rational, Rounding, Unit, UnitError};

/// An exact number with its unit, such as `454.33 tCO2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// The number, counted in `unit`.
    pub value: Rational,
    /// The unit.
    pub unit: Unit,
}

impl Quantity {
    /// A number with its unit.
    #[must_use]
    pub fn new(value: Rational, unit: Unit) -> Self {
        Self { value, unit }
    }

    /// The same quantity counted in `target`.
    ///
    /// # Errors
    /// When the units measure different things or the number does not fit.
    pub fn convert_to(&self, target: &Unit) -> Result<Self, QuantityError> {
        if self.unit == *target {
            return Ok(self.clone());
        }
        let factor = self.unit.factor_to(target)?;
        Ok(Self { value: self.value.checked_mul(factor)?, unit: target.clone() })
    }

    /// The right side of an operation in the unit of the left side, so that a
    /// mismatch names the sides as they stand in the formula.
    fn align(&self, other: &Self) -> Result<Self, QuantityError> {
        if !self.unit.compatible(&other.unit) {
            let (left, right) = (self.unit.to_string(), other.unit.to_string());
            return Err(UnitError::Mismatch { left, right }.into());
        }
        other.convert_to(&self.unit)
    }

    /// Sum, in the unit of the left side.
    ///
    /// # Errors
    /// When the units measure different things or the number does not fit.
    pub fn checked_add(&self, other: &Self) -> Result<Self, QuantityError> {
        let other = self.align(other)?;
        Ok(Self { value: self.value.checked_add(other.value)?, unit: self.unit.clone() })
    }

    /// Difference, in the unit of the left side.
    ///
    /// # Errors
    /// When the units measure different things or the number does not fit.
    pub fn checked_sub(&self, other: &Self) -> Result<Self, QuantityError> {
        let other = self.align(other)?;
        Ok(Self { value: self.value.checked_sub(other.value)?, unit: self.unit.clone() })
    }

    /// Product of values and units.
    ///
    /// # Errors
    /// When the number does not fit.
    pub fn checked_mul(&self, other: &Self) -> Result<Self, QuantityError> {
        let value = self.value.checked_mul(other.value)?;
        Ok(Self { value, unit: self.unit.times(&other.unit) })
    }

    /// Quotient of values and units.
    ///
    /// # Errors
    /// Division by zero, or when the number does not fit.
    pub fn checked_div(&self, other: &Self) -> Result<Self, QuantityError> {
        let value = self.value.checked_div(other.value)?;
        Ok(Self { value, unit: self.unit.per(&other.unit) })
    }

    /// Order, after conversion to the unit of the left side.
    ///
    /// # Errors
    /// When the units measure different things or the number does not fit.
    pub fn compare(&self, other: &Self) -> Result<Ordering, QuantityError> {
        Ok(self.value.cmp(&self.align(other)?.value))
    }

    /// The number at a rounding point, in the same unit.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when the digits asked for do not fit.
    pub fn round(&self, rounding: Rounding) -> Result<Decimal, NumberError> {
        self.value.round(rounding)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unit == Unit::one() {
            return self.value.fmt(f);
        }
        write!(f, "{} {}", self.value, self.unit)
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    /// Reads a number with an optional unit: `21`, `21 t`, `21t`, `99%`,
    /// `44/12 tCO2/tC`, `21 10^4Nm3`. A percentage is read as its plain number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let malformed = || NumberError::Malformed { text: text.to_owned() };
        let (number, unit) = match text.split_once(char::is_whitespace) {
            Some((number, unit)) => (number, unit.trim()),
            None => text.split_at(number_length(text)),
        };
        if number.is_empty() {
            return Err(malformed().into());
        }
        let (percent, unit) = match unit.strip_prefix('%').map(str::trim) {
            // `99%%` is a slip of the finger for `99%`, not 99 % of a hundredth.
            Some(rest) if rest.starts_with(['%', '‰']) || number.ends_with('%') => {
                return Err(malformed().into());
            }
            // a factor of the unit, such as `%·t`
            Some(rest) if rest.starts_with(['·', '*', '^']) => (false, unit),
            Some(rest) => (true, rest),
            None => (false, unit),
        };
        if unit == "1" {
            // `2 1` is a slip of the finger for `21`, not two of the unit one.
            return Err(malformed().into());
        }
        let (value, unit): (Rational, Unit) = (number.parse()?, unit.parse()?);
        // `%*1` is no other unit than `%`
        let alone = unit == "%".parse()?;
        let value = if percent || alone { value.checked_div(Rational::from(100))? } else { value };
        Ok(Self { value, unit: if alone { Unit::one() } else { unit } })
    }
}

/// How many leading bytes belong to the number: digits, point, sign, and a
/// slash that stands between two digits.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while end < bytes.len() {
        let belongs = match bytes[end] {
            b'0'..=b'9' | b'.' => true,
            b'-' => end == 0,
            b'/' => end > 0 && digit(end - 1) && digit(end + 1),
            _ => false,
        };
        if !belongs {
            break;
        }
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_prints() {
        for (text, printed) in [
            ("21", "21"),
            ("21t", "21 t"),
            ("21 10^4Nm3", "21 10^4Nm3"),
            ("99%", "0.99"),
            ("99 %", "0.99"),
            ("44/12 tCO2/tC", "11/3 tCO2/tC"),
            ("44/12tCO2/tC", "11/3 tCO2/tC"),
            ("-0.50 元/t", "-0.5 元/t"),
            ("1/h", "1 1/h"),
            ("5 %·t", "5 %·t"),
            ("44/12 %", "11/300"),
            ("5 %^2", "5 %^2"),
            ("5 %*1", "0.05"),
        ] {
            let read: Result<Quantity, _> = text.parse();
            assert_eq!(read.map(|q| q.to_string()), Ok(printed.to_owned()), "{text}");
        }
        for text in ["", "t", "21 tt", "2 1", "- 5", "1.2.3 t", "99%%", "99 %%", "99% %", "99%‰"]
        {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }

    #[test]
    fn adds_in_the_left_unit() {
        assert_eq!(q("1 t").checked_add(&q("500 kg")).unwrap().to_string(), "1.5 t");
        let error = q("1 tC").checked_add(&q("1 tCO2")).unwrap_err();
        assert_eq!(error.to_string(), "left tC, right tCO2");
    }

    #[test]
    fn compares_across_units() {
        assert_eq!(q("1 t").compare(&q("1000 kg")).unwrap(), Ordering::Equal);
        assert!(q("1 t").compare(&q("1 GJ")).is_err());
    }
}
