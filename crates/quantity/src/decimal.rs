//! Exact decimal numbers: a 128-bit mantissa and a scale.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::NumberError;

/// Most decimal places a [`Decimal`] can hold.
const MAX_SCALE: u8 = 38;

/// An exact decimal number, `mantissa × 10^-scale`.
///
/// It keeps the scale it was written with for printing (`454.30`), while
/// equality, order and hash are numeric (`454.3 == 454.30`).
#[derive(Clone, Copy)]
pub struct Decimal {
    mantissa: i128,
    scale: u8,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };
    /// One.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// `mantissa × 10^-scale`.
    ///
    /// # Errors
    /// [`NumberError::TooManyPlaces`] when `scale` is above 38.
    pub fn new(mantissa: i128, scale: u8) -> Result<Self, NumberError> {
        if scale > MAX_SCALE {
            return Err(NumberError::TooManyPlaces);
        }
        Ok(Self { mantissa, scale })
    }

    /// The digits without the point.
    #[must_use]
    pub fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// Decimal places as written.
    #[must_use]
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// Decimal places that are needed: trailing zeros do not count.
    #[must_use]
    pub fn places(self) -> u8 {
        self.normalized().scale
    }

    /// The same number without trailing zeros behind the point.
    #[must_use]
    pub fn normalized(self) -> Self {
        let mut out = self;
        while out.scale > 0 && out.mantissa % 10 == 0 {
            out.mantissa /= 10;
            out.scale -= 1;
        }
        out
    }

    /// Below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Exactly zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The same number written with `scale` places.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when digits would be lost or do not fit.
    pub fn rescaled(self, scale: u8) -> Result<Self, NumberError> {
        let norm = self.normalized();
        if scale < norm.scale {
            return Err(NumberError::Overflow);
        }
        let factor = power_of_ten(scale - norm.scale)?;
        let mantissa = norm.mantissa.checked_mul(factor).ok_or(NumberError::Overflow)?;
        Self::new(mantissa, scale)
    }

    /// Sum, at the larger of both scales; without trailing zeros where it fits only so.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when the exact sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, NumberError> {
        self.aligned(other, i128::checked_add)
    }

    /// Difference, as [`Decimal::checked_add`].
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when the exact difference does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, NumberError> {
        self.aligned(other, i128::checked_sub)
    }

    fn aligned(
        self,
        other: Self,
        operation: fn(i128, i128) -> Option<i128>,
    ) -> Result<Self, NumberError> {
        let attempt = |a: Self, b: Self| {
            let (a, b, scale) = align(a, b).ok()?;
            Some(Self { mantissa: operation(a, b)?, scale })
        };
        attempt(self, other)
            .or_else(|| attempt(self.normalized(), other.normalized()))
            .ok_or(NumberError::Overflow)
    }

    /// Product; the scales add up.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when the exact product does not fit.
    pub fn checked_mul(self, other: Self) -> Result<Self, NumberError> {
        let attempt = |a: Self, b: Self| {
            let mantissa = a.mantissa.checked_mul(b.mantissa)?;
            let scale = a.scale.checked_add(b.scale).filter(|s| *s <= MAX_SCALE)?;
            Some(Self { mantissa, scale })
        };
        attempt(self, other)
            .or_else(|| attempt(self.normalized(), other.normalized()))
            .ok_or(NumberError::Overflow)
    }

    /// The number with the other sign.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] for the one mantissa that has no opposite.
    pub fn checked_neg(self) -> Result<Self, NumberError> {
        let mantissa = self.mantissa.checked_neg().ok_or(NumberError::Overflow)?;
        Ok(Self { mantissa, scale: self.scale })
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self { mantissa: i128::from(value), scale: 0 }
    }
}

/// `10^exponent` as an integer.
pub(crate) fn power_of_ten(exponent: u8) -> Result<i128, NumberError> {
    10i128.checked_pow(u32::from(exponent)).ok_or(NumberError::Overflow)
}

fn align(a: Decimal, b: Decimal) -> Result<(i128, i128, u8), NumberError> {
    let widen = |x: Decimal, scale: u8| {
        x.mantissa.checked_mul(power_of_ten(scale - x.scale)?).ok_or(NumberError::Overflow)
    };
    let scale = a.scale.max(b.scale);
    if let (Ok(left), Ok(right)) = (widen(a, scale), widen(b, scale)) {
        return Ok((left, right, scale));
    }
    let (a, b) = (a.normalized(), b.normalized());
    let scale = a.scale.max(b.scale);
    Ok((widen(a, scale)?, widen(b, scale)?, scale))
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if let Ok((a, b, _)) = align(*self, *other) {
            return a.cmp(&b);
        }
        // Aligning overflowed, so the magnitudes are far apart: compare signs,
        // whole parts, then the rests, which always fit.
        let (a, b) = (self.normalized(), other.normalized());
        let (ta, fa) = split(a);
        let (tb, fb) = split(b);
        ta.cmp(&tb).then_with(|| compare_fractions(fa, a.scale, fb, b.scale))
    }
}

/// Whole part and remaining digits of a decimal.
fn split(d: Decimal) -> (i128, i128) {
    let unit = power_of_ten(d.scale).unwrap_or(i128::MAX);
    (d.mantissa / unit, d.mantissa % unit)
}

/// Orders `a × 10^-sa` and `b × 10^-sb`, both below one in magnitude.
fn compare_fractions(mut a: i128, sa: u8, mut b: i128, sb: u8) -> Ordering {
    let digits = sa.max(sb);
    let (mut ua, mut ub) =
        (power_of_ten(sa).unwrap_or(i128::MAX), power_of_ten(sb).unwrap_or(i128::MAX));
    for _ in 0..digits {
        ua = (ua / 10).max(1);
        ub = (ub / 10).max(1);
        let order = (a / ua).cmp(&(b / ub));
        if order != Ordering::Equal {
            return order;
        }
        a %= ua;
        b %= ub;
    }
    Ordering::Equal
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let norm = self.normalized();
        norm.mantissa.hash(state);
        norm.scale.hash(state);
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let scale = usize::from(self.scale);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        if scale == 0 {
            return f.pad_integral(self.mantissa >= 0, "", &digits);
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        f.pad(&format!("{sign}{whole}.{fraction}"))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

impl FromStr for Decimal {
    type Err = NumberError;

    /// Reads `-?digits[.digits]`: no exponent, no separators, no spaces.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || NumberError::Malformed { text: text.to_owned() };
        let (negative, body) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let bare_point = body.contains('.') && fraction.is_empty();
        if whole.is_empty() || bare_point || !all_digits(whole) || !all_digits(fraction) {
            return Err(malformed());
        }
        let scale = u8::try_from(fraction.len()).map_err(|_| NumberError::TooManyPlaces)?;
        let mut mantissa: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            let digit = i128::from(digit - b'0');
            let digit = if negative { -digit } else { digit };
            mantissa = mantissa
                .checked_mul(10)
                .and_then(|m| m.checked_add(digit))
                .ok_or(NumberError::Overflow)?;
        }
        Self::new(mantissa, scale)
    }
}

impl serde::Serialize for Decimal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Decimal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn prints_what_it_read() {
        for text in ["0", "0.00", "-0.05", "454.30", "170141183460469231731687303715884105727"] {
            assert_eq!(d(text).to_string(), text);
        }
    }

    #[test]
    fn refuses_other_notations() {
        for text in ["", "-", ".5", "5.", "1e3", "1,000", " 1", "+1", "０", "1.2.3", "--1"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn equality_is_numeric() {
        assert_eq!(d("1.0"), d("1.000"));
        assert!(d("-1.5") < d("-1.49"));
        let tiny = d("0.00000000000000000000000000000000000001");
        let huge = d("170141183460469231731687303715884105727");
        assert!(tiny < huge && d("-1") < tiny);
    }

    #[test]
    fn compares_where_aligning_overflows() {
        let huge = d("17014118346046923173168730371588410572.7");
        let long = d("1.7014118346046923173168730371588410572");
        assert!(long < huge);
        assert!(huge > long);
        assert!(d("-17014118346046923173168730371588410572.7") < long);
    }

    #[test]
    fn the_least_number_can_be_taken_away() {
        let least = d("-170141183460469231731687303715884105728");
        let most = d("170141183460469231731687303715884105727");
        assert_eq!(d("-1").checked_sub(least), Ok(most));
        assert_eq!(d("0").checked_sub(least), Err(NumberError::Overflow));
        assert_eq!(d("1.5").checked_sub(d("2.25")).unwrap().to_string(), "-0.75");
    }

    #[test]
    fn a_sum_that_fits_without_trailing_zeros_is_given() {
        let long = d("17014118346046923001614010486089.5805440");
        let other = d("1701411834606923173168728");
        let sum = long.checked_add(other).unwrap();
        assert_eq!(sum.to_string(), "17014120047458757608537183654817.580544");
        assert_eq!(d("0.10").checked_add(d("0.2")).unwrap().to_string(), "0.30");
    }

    #[test]
    fn never_rounds_silently() {
        let long = d("1.0000000000000000000000000000000000001");
        assert_eq!(long.checked_mul(long), Err(NumberError::Overflow));
        assert_eq!(d("0.10").checked_mul(d("0.30")).unwrap().to_string(), "0.0300");
    }
}
