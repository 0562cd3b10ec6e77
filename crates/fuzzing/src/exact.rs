//! An independent model of exact arithmetic: fractions of whole numbers without bounds, never
//! reduced, compared crosswise. Slow, and plainly right.

use std::cmp::Ordering;

use num_bigint::BigInt;
use tanheng_quantity::{Decimal, Rational, RoundingMode};

/// A fraction with a denominator above zero.
#[derive(Debug, Clone)]
pub(crate) struct Fraction {
    pub(crate) top: BigInt,
    pub(crate) bottom: BigInt,
}

pub(crate) fn ten_to(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

/// Whether a whole number fits the product's 128 bits.
pub(crate) fn fits(number: &BigInt) -> bool {
    i128::try_from(number).is_ok()
}

/// Whether a fraction does, in lowest terms; the least numerator has no opposite and counts out.
pub(crate) fn fits_reduced(fraction: &Fraction) -> bool {
    let reduced = fraction.reduced();
    fits(&reduced.top) && fits(&-reduced.top) && fits(&reduced.bottom)
}

fn absolute(number: &BigInt) -> BigInt {
    number.magnitude().clone().into()
}

pub(crate) fn gcd(a: &BigInt, b: &BigInt) -> BigInt {
    let zero = BigInt::ZERO;
    let (mut a, mut b) = (absolute(a), absolute(b));
    while b != zero {
        (a, b) = (b.clone(), a % b);
    }
    a
}

impl Fraction {
    pub(crate) fn of_decimal(decimal: Decimal) -> Fraction {
        Fraction { top: decimal.mantissa().into(), bottom: ten_to(decimal.scale().into()) }
    }

    pub(crate) fn of_rational(rational: Rational) -> Fraction {
        Fraction { top: rational.numerator().into(), bottom: rational.denominator().into() }
    }

    /// `-?digits[.digits]` and nothing else.
    pub(crate) fn read_decimal(text: &str) -> Option<Fraction> {
        let body = text.strip_prefix('-').unwrap_or(text);
        let (whole, places) = body.split_once('.').map_or((body, None), |(a, b)| (a, Some(b)));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || places.is_some_and(|places| !digits(places)) {
            return None;
        }
        let places = places.unwrap_or_default();
        let top: BigInt = format!("{whole}{places}").parse().ok()?;
        let top = if body.len() < text.len() { -top } else { top };
        Some(Fraction { top, bottom: ten_to(u32::try_from(places.len()).ok()?) })
    }

    pub(crate) fn plus(&self, other: &Fraction) -> Fraction {
        let top = &self.top * &other.bottom + &other.top * &self.bottom;
        Fraction { top, bottom: &self.bottom * &other.bottom }
    }

    pub(crate) fn negated(&self) -> Fraction {
        Fraction { top: -&self.top, bottom: self.bottom.clone() }
    }

    pub(crate) fn times(&self, other: &Fraction) -> Fraction {
        Fraction { top: &self.top * &other.top, bottom: &self.bottom * &other.bottom }
    }

    /// One divided by it, unless it is zero.
    pub(crate) fn inverse(&self) -> Option<Fraction> {
        match self.top.cmp(&BigInt::ZERO) {
            Ordering::Equal => None,
            Ordering::Greater => {
                Some(Fraction { top: self.bottom.clone(), bottom: self.top.clone() })
            }
            Ordering::Less => Some(Fraction { top: -&self.bottom, bottom: -&self.top }),
        }
    }

    pub(crate) fn reduced(&self) -> Fraction {
        let divisor = gcd(&self.top, &self.bottom);
        Fraction { top: &self.top / &divisor, bottom: &self.bottom / divisor }
    }

    /// The whole number nearest to it by a mode, after multiplication with a power of ten.
    pub(crate) fn rounded(&self, places: u32, mode: RoundingMode) -> BigInt {
        let top = &self.top * ten_to(places);
        let magnitude = absolute(&top);
        let (whole, rest) = (&magnitude / &self.bottom, &magnitude % &self.bottom);
        let half = (&rest + &rest).cmp(&self.bottom);
        let away = match mode {
            RoundingMode::Up => rest > BigInt::ZERO,
            RoundingMode::Down => false,
            RoundingMode::HalfUp => half != Ordering::Less,
            RoundingMode::HalfEven => {
                half == Ordering::Greater || (half == Ordering::Equal && &whole % 2 != BigInt::ZERO)
            }
        };
        let rounded = if away { whole + 1 } else { whole };
        if top < BigInt::ZERO { -rounded } else { rounded }
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Fraction) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fraction {}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        (&self.top * &other.bottom).cmp(&(&other.top * &self.bottom))
    }
}
