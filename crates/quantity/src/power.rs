//! Powers with any rational exponent, correctly rounded by integer arithmetic alone.
//!
//! A power `b^(m/n)` is either rational, and then `b` is the `n`-th power of a rational, or it is
//! irrational and lies on no rounding boundary. A candidate `c` is therefore placed against it by
//! comparing `c^n` with `b^m`: in the rational case by whole numbers, in the other by enclosures
//! that are narrowed until they no longer meet. Nothing is ever guessed: what cannot be decided
//! within the bounds below is an error.

use std::cmp::Ordering;

use crate::decimal::power_of_ten;
use crate::{Decimal, NumberError, Rational, Rounding, RoundingMode};

/// The exponent lies within plus and minus this.
const LARGEST_EXPONENT: i128 = 1000;
/// The exponent's denominator in lowest terms is at most this.
const LARGEST_DENOMINATOR: i128 = 1_000_000_000_000;
/// Whole numbers of more limbs than this are not formed.
const MOST_LIMBS: usize = 4096;
/// Precisions tried one after the other, in limbs of 64 bits.
const PRECISIONS: [usize; 5] = [4, 6, 10, 18, 34];

impl Rational {
    /// `self` to the power of `exponent`, rounded as if the exact power were known.
    ///
    /// # Errors
    /// [`NumberError::PowerOfNothing`] for a base that is not above zero; [`NumberError::TooHard`]
    /// for an exponent outside ±1000 or with a denominator above 10^12, or a power that cannot be
    /// told from a rounding boundary; [`NumberError::Overflow`] when the digits asked for do not
    /// fit 128 bits.
    pub fn power(self, exponent: Self, rounding: Rounding) -> Result<Decimal, NumberError> {
        if self.numerator() <= 0 {
            return Err(NumberError::PowerOfNothing);
        }
        let (top, root) = (exponent.numerator(), exponent.denominator());
        let bound = LARGEST_EXPONENT.checked_mul(root).ok_or(NumberError::TooHard)?;
        if root > LARGEST_DENOMINATOR || top > bound || top < -bound {
            return Err(NumberError::TooHard);
        }
        if self == Self::ONE || top == 0 {
            return Self::ONE.round(rounding);
        }
        // A negative exponent is a positive one of the inverse.
        let (p, q) = match top < 0 {
            true => (self.denominator(), self.numerator()),
            false => (self.numerator(), self.denominator()),
        };
        let times = u64::try_from(top.unsigned_abs()).map_err(|_| NumberError::TooHard)?;
        let root = u64::try_from(root).map_err(|_| NumberError::TooHard)?;
        let (p, q) = (p.unsigned_abs(), q.unsigned_abs());
        let power = match (exact_root(p, root), exact_root(q, root)) {
            (Some(p), Some(q)) => Power::Fraction(whole_power(p, times)?, whole_power(q, times)?),
            _ => Power::Irrational { p, q, times, root },
        };
        rounded(&power, rounding)
    }
}

/// A positive power that can be compared with fractions.
enum Power {
    /// Numerator and denominator.
    Fraction(Natural, Natural),
    /// `(p/q)^(times/root)`, which is no fraction.
    Irrational { p: u128, q: u128, times: u64, root: u64 },
}

impl Power {
    /// How the power stands to `top / bottom`; a zero `top` is below every power.
    fn against(&self, top: u128, bottom: u128) -> Result<Ordering, NumberError> {
        if top == 0 {
            return Ok(Ordering::Greater);
        }
        match self {
            Power::Fraction(above, below) => {
                Ok(above.times(&Natural::from(bottom)).cmp(&below.times(&Natural::from(top))))
            }
            Power::Irrational { p, q, times, root } => {
                for limbs in PRECISIONS {
                    let side = |a: u128, b: u128, direction| {
                        let a = Float::power(a, *times, limbs, direction);
                        a.times(&Float::power(b, *root, limbs, direction), direction)
                    };
                    let (left, right) = ((*p, bottom), (*q, top));
                    if side(left.0, left.1, Direction::Down) > side(right.0, right.1, Direction::Up)
                    {
                        return Ok(Ordering::Greater);
                    }
                    if side(left.0, left.1, Direction::Up) < side(right.0, right.1, Direction::Down)
                    {
                        return Ok(Ordering::Less);
                    }
                }
                Err(NumberError::TooHard)
            }
        }
    }
}

fn rounded(power: &Power, rounding: Rounding) -> Result<Decimal, NumberError> {
    let scale = power_of_ten(rounding.places)?.unsigned_abs();
    // Halves are asked for below, so that one bit stays free.
    let mut high = 1u128 << 126;
    let twice = scale.checked_mul(2).ok_or(NumberError::Overflow)?;
    if power.against(high, scale)? != Ordering::Less {
        return Err(NumberError::Overflow);
    }
    let mut low = 0u128;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match power.against(middle, scale)? {
            Ordering::Less => high = middle,
            Ordering::Equal | Ordering::Greater => low = middle,
        }
    }
    let exact = low != 0 && power.against(low, scale)? == Ordering::Equal;
    let away = match rounding.mode {
        _ if exact => false,
        RoundingMode::Up => true,
        RoundingMode::Down => false,
        RoundingMode::HalfUp => power.against(2 * low + 1, twice)? != Ordering::Less,
        RoundingMode::HalfEven => match power.against(2 * low + 1, twice)? {
            Ordering::Less => false,
            Ordering::Equal => low % 2 == 1,
            Ordering::Greater => true,
        },
    };
    let units = i128::try_from(low).map_err(|_| NumberError::Overflow)? + i128::from(away);
    Decimal::new(units, rounding.places)
}

/// The whole `root`-th root of a number, when it has one.
fn exact_root(value: u128, root: u64) -> Option<u128> {
    if value == 1 || root == 1 {
        return Some(value);
    }
    // Two to the power of 127 is above every value here.
    let root = u32::try_from(root).ok().filter(|root| *root < 127)?;
    let (mut low, mut high) = (1u128, 1u128 << (127 / root + 1));
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match middle.checked_pow(root) {
            Some(power) if power <= value => low = middle,
            _ => high = middle,
        }
    }
    (low.checked_pow(root) == Some(value)).then_some(low)
}

/// A whole power, while it stays of bounded size.
fn whole_power(base: u128, times: u64) -> Result<Natural, NumberError> {
    let bits = u64::from(u128::BITS - base.leading_zeros());
    let limbs = bits.checked_mul(times).map(|bits| bits / 64 + 2);
    let limbs = limbs.and_then(|limbs| usize::try_from(limbs).ok());
    if limbs.is_none_or(|limbs| limbs > MOST_LIMBS) && base > 1 {
        return Err(NumberError::TooHard);
    }
    let (mut result, mut square, mut rest) = (Natural::from(1), Natural::from(base), times);
    while rest > 0 {
        if rest % 2 == 1 {
            result = result.times(&square);
        }
        rest /= 2;
        if rest > 0 {
            square = square.times(&square);
        }
    }
    Ok(result)
}

/// A whole number from zero, limbs of 64 bits, the smallest first, no zero on top.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Natural(Vec<u64>);

impl From<u128> for Natural {
    fn from(value: u128) -> Self {
        let mut limbs = vec![low_half(value), low_half(value >> 64)];
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        Natural(limbs)
    }
}

impl Natural {
    fn times(&self, other: &Natural) -> Natural {
        let mut limbs = product(&self.0, &other.0);
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        Natural(limbs)
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_limbs = || self.0.iter().rev().cmp(other.0.iter().rev());
        self.0.len().cmp(&other.0.len()).then_with(by_limbs)
    }
}

/// The lower 64 bits.
fn low_half(value: u128) -> u64 {
    u64::try_from(value & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

fn product(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut out = vec![0u64; a.len() + b.len()];
    for (i, x) in a.iter().enumerate() {
        let mut carry = 0u128;
        for (j, y) in b.iter().enumerate() {
            // (2^64 − 1)^2 + 2 (2^64 − 1) = 2^128 − 1: it cannot overflow.
            let sum = u128::from(*x) * u128::from(*y) + u128::from(out[i + j]) + carry;
            out[i + j] = low_half(sum);
            carry = sum >> 64;
        }
        out[i + b.len()] = low_half(carry);
    }
    out
}

/// To which side a product that does not fit is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Never above the true product.
    Down,
    /// Never below it.
    Up,
}

/// A positive number `mantissa × 2^exponent`: a fixed number of limbs, the top bit set.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Float {
    exponent: i128,
    /// Smallest limb first.
    mantissa: Vec<u64>,
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    /// Between numbers of the same count of limbs: the top bits are set, so exponents decide first.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_limbs = || self.mantissa.iter().rev().cmp(other.mantissa.iter().rev());
        self.exponent.cmp(&other.exponent).then_with(by_limbs)
    }
}

impl Float {
    /// A whole number above zero; exact, as every precision exceeds 128 bits.
    fn whole(value: u128, limbs: usize) -> Float {
        let shift = value.leading_zeros();
        let value = value << shift;
        let mut mantissa = vec![0; limbs];
        mantissa[limbs - 1] = low_half(value >> 64);
        mantissa[limbs - 2] = low_half(value);
        let below = i128::try_from(64 * (limbs - 2)).unwrap_or(i128::MAX);
        Float { exponent: -i128::from(shift) - below, mantissa }
    }

    fn times(&self, other: &Float, direction: Direction) -> Float {
        let limbs = self.mantissa.len();
        let mut full = product(&self.mantissa, &other.mantissa);
        let kept_bits = i128::try_from(64 * limbs).unwrap_or(i128::MAX);
        let mut exponent = self.exponent + other.exponent + kept_bits;
        if full[2 * limbs - 1] >> 63 == 0 {
            let mut carry = 0;
            for limb in &mut full {
                (*limb, carry) = ((*limb << 1) | carry, *limb >> 63);
            }
            exponent -= 1;
        }
        let (cut, kept) = full.split_at(limbs);
        let inexact = cut.iter().any(|limb| *limb != 0);
        let mut mantissa = kept.to_vec();
        if inexact && direction == Direction::Up {
            let mut carry = true;
            for limb in &mut mantissa {
                (*limb, carry) = limb.overflowing_add(u64::from(carry));
            }
            if carry {
                mantissa[limbs - 1] = 1 << 63;
                exponent += 1;
            }
        }
        Float { exponent, mantissa }
    }

    /// `value^times`, cut to one side at every product.
    fn power(value: u128, times: u64, limbs: usize, direction: Direction) -> Float {
        let mut result = Float::whole(1, limbs);
        let (mut square, mut rest) = (Float::whole(value, limbs), times);
        while rest > 0 {
            if rest % 2 == 1 {
                result = result.times(&square, direction);
            }
            rest /= 2;
            if rest > 0 {
                square = square.times(&square, direction);
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Rational {
        text.parse().expect("a number")
    }

    fn power(base: &str, exponent: &str, places: u8, mode: RoundingMode) -> String {
        let rounding = Rounding::new(places, mode);
        match number(base).power(number(exponent), rounding) {
            Ok(decimal) => decimal.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn whole_exponents_are_exact() {
        let half_up = RoundingMode::HalfUp;
        assert_eq!(power("1.015", "2", 6, half_up), "1.030225");
        assert_eq!(power("1.015", "4", 8, half_up), "1.06136355");
        assert_eq!(power("1.015", "3", 6, half_up), "1.045678");
        assert_eq!(power("1.015", "0", 6, half_up), "1.000000");
        assert_eq!(power("2", "-3", 2, half_up), "0.13");
        assert_eq!(power("2", "-3", 2, RoundingMode::HalfEven), "0.12");
        assert_eq!(power("2", "-3", 3, RoundingMode::Up), "0.125");
        assert_eq!(power("2/3", "1", 3, RoundingMode::Down), "0.666");
        // 203^60 has more than 128 bits.
        assert_eq!(power("1.015", "60", 10, half_up), "2.4432197757");
    }

    #[test]
    fn roots_that_exist_are_exact_and_ties_are_ties() {
        assert_eq!(power("4", "0.5", 0, RoundingMode::Up), "2");
        assert_eq!(power("6.25", "0.5", 0, RoundingMode::HalfUp), "3");
        assert_eq!(power("6.25", "0.5", 0, RoundingMode::HalfEven), "2");
        assert_eq!(power("27/8", "2/3", 1, RoundingMode::HalfEven), "2.2");
        assert_eq!(power("27/8", "2/3", 2, RoundingMode::Up), "2.25");
        assert_eq!(power("16", "-0.75", 3, RoundingMode::Down), "0.125");
    }

    #[test]
    fn irrational_powers_are_correctly_rounded() {
        let half_up = RoundingMode::HalfUp;
        assert_eq!(power("2", "0.5", 18, half_up), "1.414213562373095049");
        assert_eq!(power("2", "0.5", 18, RoundingMode::Down), "1.414213562373095048");
        assert_eq!(power("10", "-0.5", 18, half_up), "0.316227766016837933");
        assert_eq!(power("2", "-100.5", 3, RoundingMode::Up), "0.001");
        assert_eq!(power("2", "-100.5", 3, half_up), "0.000");
    }

    #[test]
    fn what_cannot_be_answered_is_an_error() {
        let half_up = RoundingMode::HalfUp;
        let nothing = NumberError::PowerOfNothing.to_string();
        assert_eq!(power("0", "2", 2, half_up), nothing);
        assert_eq!(power("-8", "1/3", 2, half_up), nothing);
        assert_eq!(power("2", "1000", 0, half_up), NumberError::Overflow.to_string());
        assert_eq!(power("2", "126.5", 0, half_up), NumberError::Overflow.to_string());
        assert_eq!(power("2", "1000.5", 0, half_up), NumberError::TooHard.to_string());
        assert_eq!(power("2", "0.0000000000001", 0, half_up), NumberError::TooHard.to_string());
    }

    #[test]
    fn a_product_cut_down_or_up_encloses_the_true_one() {
        let (a, b) = (u128::MAX - 58, (1u128 << 127) + 12_345);
        for limbs in [2, 3, 4] {
            let pair = |direction| {
                let product = Float::whole(a, limbs).times(&Float::whole(b, limbs), direction);
                product.times(&Float::whole(a, limbs), direction)
            };
            let (down, up) = (pair(Direction::Down), pair(Direction::Up));
            assert!(down <= up);
            assert!(limbs > 3 || down < up, "two factors of 128 bits do not fit {limbs} limbs");
        }
    }
}
