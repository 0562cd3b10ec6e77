//! Exact bounded rationals: what a formula computes with until a rounding point.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::decimal::power_of_ten;
use crate::{Decimal, NumberError, Rounding, RoundingMode};

/// An exact fraction in lowest terms with a positive denominator; both fit 128
/// bits, and what does not is [`NumberError::Overflow`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rational {
    numerator: i128,
    denominator: i128,
}

impl Rational {
    /// Zero.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// The fraction `numerator / denominator` in lowest terms.
    ///
    /// # Errors
    /// [`NumberError::DivisionByZero`], or [`NumberError::Overflow`] at the edge
    /// of 128 bits.
    pub fn new(numerator: i128, denominator: i128) -> Result<Self, NumberError> {
        if denominator == 0 {
            return Err(NumberError::DivisionByZero);
        }
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let negative = (numerator < 0) != (denominator < 0) && numerator != 0;
        let top = signed(numerator.unsigned_abs() / divisor, negative)?;
        let bottom = signed(denominator.unsigned_abs() / divisor, false)?;
        Ok(Self { numerator: top, denominator: bottom })
    }

    /// Numerator in lowest terms; carries the sign.
    #[must_use]
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// Denominator in lowest terms, above zero.
    #[must_use]
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// Below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// Exactly zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// Sum.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when it does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, NumberError> {
        let common = gcd(self.denominator.unsigned_abs(), other.denominator.unsigned_abs());
        let common = signed(common, false)?;
        let (left, right) = (other.denominator / common, self.denominator / common);
        let a = self.numerator.checked_mul(left).ok_or(NumberError::Overflow)?;
        let b = other.numerator.checked_mul(right).ok_or(NumberError::Overflow)?;
        let sum = a.checked_add(b).ok_or(NumberError::Overflow)?;
        let denominator = self.denominator.checked_mul(left).ok_or(NumberError::Overflow)?;
        Self::new(sum, denominator)
    }

    /// Difference.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when it does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, NumberError> {
        self.checked_add(other.checked_neg()?)
    }

    /// Product.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when it does not fit.
    pub fn checked_mul(self, other: Self) -> Result<Self, NumberError> {
        // Cancelling crosswise first keeps the factors as small as the result allows.
        let a = Self::new(self.numerator, other.denominator)?;
        let b = Self::new(other.numerator, self.denominator)?;
        let top = a.numerator.checked_mul(b.numerator).ok_or(NumberError::Overflow)?;
        let bottom = a.denominator.checked_mul(b.denominator).ok_or(NumberError::Overflow)?;
        Self::new(top, bottom)
    }

    /// Quotient.
    ///
    /// # Errors
    /// [`NumberError::DivisionByZero`], or [`NumberError::Overflow`] when it does
    /// not fit.
    pub fn checked_div(self, other: Self) -> Result<Self, NumberError> {
        self.checked_mul(Self::new(other.denominator, other.numerator)?)
    }

    /// The number with the other sign.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] for the one numerator that has no opposite.
    pub fn checked_neg(self) -> Result<Self, NumberError> {
        let numerator = self.numerator.checked_neg().ok_or(NumberError::Overflow)?;
        Ok(Self { numerator, denominator: self.denominator })
    }

    /// The same number as a decimal, when it terminates within 38 places.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        let (mut rest, mut twos, mut fives) = (self.denominator, 0u8, 0u8);
        while rest % 2 == 0 {
            rest /= 2;
            twos = twos.checked_add(1)?;
        }
        while rest % 5 == 0 {
            rest /= 5;
            fives = fives.checked_add(1)?;
        }
        if rest != 1 {
            return None;
        }
        let scale = twos.max(fives);
        let two = 2i128.checked_pow(u32::from(scale - twos))?;
        let five = 5i128.checked_pow(u32::from(scale - fives))?;
        let mantissa = self.numerator.checked_mul(two)?.checked_mul(five)?;
        Decimal::new(mantissa, scale).ok()
    }

    /// The number at a rounding point.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when the digits asked for do not fit 128 bits.
    pub fn round(self, rounding: Rounding) -> Result<Decimal, NumberError> {
        let factor = power_of_ten(rounding.places)?;
        let scaled = self.checked_mul(Self { numerator: factor, denominator: 1 })?;
        let quotient = scaled.numerator / scaled.denominator;
        let rest = scaled.numerator % scaled.denominator;
        let away = if rest == 0 {
            false
        } else {
            let rest = rest.unsigned_abs();
            let gap = scaled.denominator.unsigned_abs() - rest;
            match rounding.mode {
                RoundingMode::Up => true,
                RoundingMode::Down => false,
                RoundingMode::HalfUp => rest >= gap,
                RoundingMode::HalfEven => rest > gap || (rest == gap && quotient % 2 != 0),
            }
        };
        let step = match (away, self.numerator < 0) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => -1,
        };
        Decimal::new(quotient.checked_add(step).ok_or(NumberError::Overflow)?, rounding.places)
    }
}

fn signed(magnitude: u128, negative: bool) -> Result<i128, NumberError> {
    let value = i128::try_from(magnitude).map_err(|_| NumberError::Overflow)?;
    Ok(if negative { -value } else { value })
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

impl From<i64> for Rational {
    fn from(value: i64) -> Self {
        Self { numerator: i128::from(value), denominator: 1 }
    }
}

impl TryFrom<Decimal> for Rational {
    type Error = NumberError;

    fn try_from(value: Decimal) -> Result<Self, Self::Error> {
        let value = value.normalized();
        Self::new(value.mantissa(), power_of_ten(value.scale())?)
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        // By continued fractions: whole parts first, then the flipped rests, so
        // that nothing can overflow.
        let (mut a, mut b) = (*self, *other);
        let mut flipped = false;
        loop {
            let (qa, qb) =
                (a.numerator.div_euclid(a.denominator), b.numerator.div_euclid(b.denominator));
            let (ra, rb) =
                (a.numerator.rem_euclid(a.denominator), b.numerator.rem_euclid(b.denominator));
            let order = qa.cmp(&qb).then_with(|| match (ra, rb) {
                (0, 0) => Ordering::Equal,
                (0, _) => Ordering::Less,
                (_, 0) => Ordering::Greater,
                _ => Ordering::Equal,
            });
            if order != Ordering::Equal || ra == 0 || rb == 0 {
                return if flipped { order.reverse() } else { order };
            }
            a = Self { numerator: a.denominator, denominator: ra };
            b = Self { numerator: b.denominator, denominator: rb };
            flipped = !flipped;
        }
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_decimal() {
            Some(decimal) => decimal.fmt(f),
            None => f.pad(&format!("{}/{}", self.numerator, self.denominator)),
        }
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rational({self})")
    }
}

impl FromStr for Rational {
    type Err = NumberError;

    /// Reads a decimal (`0.1`), a percentage (`10%`) or a fraction of two
    /// decimals (`44/12`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = |_| NumberError::Malformed { text: text.to_owned() };
        if let Some((top, bottom)) = text.split_once('/') {
            let top: Decimal = top.trim().parse().map_err(malformed)?;
            let bottom: Decimal = bottom.trim().parse().map_err(malformed)?;
            return Self::try_from(top)?.checked_div(Self::try_from(bottom)?);
        }
        if let Some(percent) = text.strip_suffix('%') {
            let percent: Decimal = percent.trim_end().parse().map_err(malformed)?;
            return Self::try_from(percent)?.checked_div(Self::from(100));
        }
        let decimal: Decimal = text.parse()?;
        Self::try_from(decimal)
    }
}

impl serde::Serialize for Rational {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Rational {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn r(text: &str) -> Rational {
        text.parse().unwrap()
    }

    #[test]
    fn reads_percent_and_fraction() {
        assert_eq!(r("99%"), r("0.99"));
        assert_eq!(r("44/12"), Rational::new(11, 3).unwrap());
        assert_eq!(r("44/12").to_string(), "11/3");
        assert!("1/0".parse::<Rational>().is_err());
        assert!("%".parse::<Rational>().is_err());
    }

    #[test]
    fn rounds_by_mode() {
        let cases = [
            // value, places, half_up, half_even, up, down
            ("2.5", 0, "3", "2", "3", "2"),
            ("-2.5", 0, "-3", "-2", "-3", "-2"),
            ("3.5", 0, "4", "4", "4", "3"),
            ("0.125", 2, "0.13", "0.12", "0.13", "0.12"),
            ("1/3", 4, "0.3333", "0.3333", "0.3334", "0.3333"),
            ("-1/3", 4, "-0.3333", "-0.3333", "-0.3334", "-0.3333"),
            ("7", 2, "7.00", "7.00", "7.00", "7.00"),
            ("0.004", 2, "0.00", "0.00", "0.01", "0.00"),
        ];
        for (value, places, half_up, half_even, up, down) in cases {
            let modes = [
                (RoundingMode::HalfUp, half_up),
                (RoundingMode::HalfEven, half_even),
                (RoundingMode::Up, up),
                (RoundingMode::Down, down),
            ];
            for (mode, expected) in modes {
                let rounded = r(value).round(Rounding::new(places, mode)).unwrap();
                assert_eq!(rounded.to_string(), expected, "{value} {mode}");
            }
        }
    }

    #[test]
    fn the_gas_example_of_the_national_form() {
        let product = |c: Rational| {
            [r("0.99"), r("44/12"), r("21")].into_iter().try_fold(c, |a, b| a.checked_mul(b))
        };
        let two = Rounding::new(2, RoundingMode::HalfUp);
        let c_ar = r("389.31").checked_mul(r("0.01532")).unwrap();
        assert_eq!(product(c_ar).unwrap().round(two).unwrap().to_string(), "454.65");
        let rounded = Rational::try_from(c_ar.round(two).unwrap()).unwrap();
        assert_eq!(product(rounded).unwrap().round(two).unwrap().to_string(), "454.33");
    }
}
