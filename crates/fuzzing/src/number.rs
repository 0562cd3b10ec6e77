//! Decimals and rationals against the model.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use num_bigint::BigInt;
use tanheng_quantity::{Decimal, NumberError, Rational, Rounding, RoundingMode};

use crate::exact::{Fraction, fits, fits_reduced, gcd, ten_to};
use crate::lines;

/// Most places that a decimal holds.
const MOST_PLACES: u32 = 38;

/// Two lines with a decimal each, and one with a number of places: reading, printing, arithmetic,
/// order and hash agree with the model, and a refusal has its reason there.
pub fn decimal(data: &[u8]) {
    let Some(mut lines) = lines(data) else { return };
    let mut next = || lines.next().unwrap_or_default();
    let (a, b) = (read_decimal(next()), read_decimal(next()));
    if let (Some(a), Ok(places)) = (a, next().trim().parse::<u8>()) {
        rescale(a, places);
    }
    let (Some(a), Some(b)) = (a, b) else { return };
    let (wide_a, wide_b) = (Fraction::of_decimal(a), Fraction::of_decimal(b));
    assert_eq!(a.cmp(&b), wide_a.cmp(&wide_b), "{a} {b}");
    assert_eq!(a == b, hash(&a) == hash(&b), "{a} {b}");
    agrees(a.checked_add(b), &wide_a.plus(&wide_b), aligned_fits(a, b, &wide_a.plus(&wide_b)));
    let difference = wide_a.plus(&wide_b.negated());
    agrees(a.checked_sub(b), &difference, aligned_fits(a, b, &difference));
    let product = wide_a.times(&wide_b);
    let (left, right) = (a.normalized(), b.normalized());
    let mantissa = BigInt::from(left.mantissa()) * right.mantissa();
    let scale = u32::from(left.scale()) + u32::from(right.scale());
    agrees(a.checked_mul(b), &product, fits(&mantissa) && scale <= MOST_PLACES);
    agrees(a.checked_neg(), &wide_a.negated(), fits(&-BigInt::from(a.mantissa())));
}

fn hash(decimal: &Decimal) -> u64 {
    let mut hasher = DefaultHasher::new();
    decimal.hash(&mut hasher);
    hasher.finish()
}

/// Reads a decimal; what is read and what is refused is told by the model.
fn read_decimal(text: &str) -> Option<Decimal> {
    let read = text.parse::<Decimal>();
    let model = Fraction::read_decimal(text);
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let small = |model: &Fraction| fits(&model.top) && places <= 38;
    assert_eq!(read.is_ok(), model.as_ref().is_some_and(small), "{text}: {read:?}");
    let (decimal, model) = (read.ok()?, model?);
    assert_eq!(Fraction::of_decimal(decimal), model, "{text}");
    let printed = decimal.to_string();
    let again: Decimal = printed.parse().expect("what is printed can be read");
    assert_eq!((again.mantissa(), again.scale()), (decimal.mantissa(), decimal.scale()), "{text}");
    let json = serde_json::to_string(&decimal).expect("a decimal has a text");
    let again: Decimal = serde_json::from_str(&json).expect("the text can be read");
    assert_eq!(again, decimal);
    let short = decimal.normalized();
    assert_eq!(Fraction::of_decimal(short), model, "{text}");
    assert!(short.scale() == 0 || short.mantissa() % 10 != 0, "{short:?}");
    assert_eq!(short.places(), short.scale());
    Some(decimal)
}

fn rescale(decimal: Decimal, places: u8) {
    let short = decimal.normalized();
    let fits = places >= short.scale()
        && u32::from(places) <= MOST_PLACES
        && fits(&(BigInt::from(short.mantissa()) * ten_to(u32::from(places - short.scale()))));
    let rescaled = decimal.rescaled(places);
    agrees(rescaled.clone(), &Fraction::of_decimal(decimal), fits);
    assert!(rescaled.is_err() || rescaled.is_ok_and(|one| one.scale() == places));
}

/// Whether both decimals, without needless zeros, and the result fit at one scale.
fn aligned_fits(a: Decimal, b: Decimal, result: &Fraction) -> bool {
    let (a, b) = (a.normalized(), b.normalized());
    let scale = u32::from(a.scale().max(b.scale()));
    let at_scale = |one: &Fraction| &one.top * ten_to(scale) / &one.bottom;
    let all = [Fraction::of_decimal(a), Fraction::of_decimal(b), result.clone()];
    all.iter().all(|one| fits(&at_scale(one)))
}

/// A result is the model's; a refusal is an overflow, and only where the result does not fit.
fn agrees(found: Result<Decimal, NumberError>, wanted: &Fraction, fits: bool) {
    match found {
        Ok(found) => assert_eq!(Fraction::of_decimal(found), *wanted, "{found}"),
        Err(error) => {
            let refused = matches!(error, NumberError::Overflow | NumberError::TooManyPlaces);
            assert!(!fits && refused, "{error:?}: {wanted:?}");
        }
    }
}

/// Two lines with a rational each, and one with places and a rounding mode.
pub fn rational(data: &[u8]) {
    let Some(mut lines) = lines(data) else { return };
    let mut next = || lines.next().unwrap_or_default();
    let (a, b) = (read_rational(next()), read_rational(next()));
    if let (Some(a), Some((places, mode))) = (a, next().split_once(' '))
        && let (Ok(places), Ok(mode)) = (places.parse::<u8>(), mode.parse::<RoundingMode>())
    {
        round(a, places, mode);
    }
    let (Some(a), Some(b)) = (a, b) else { return };
    let (wide_a, wide_b) = (Fraction::of_rational(a), Fraction::of_rational(b));
    assert_eq!(a.cmp(&b), wide_a.cmp(&wide_b), "{a} {b}");
    let common = gcd(&wide_a.bottom, &wide_b.bottom);
    let (left, right) =
        (&wide_a.top * (&wide_b.bottom / &common), &wide_b.top * (&wide_a.bottom / &common));
    let denominator = &wide_a.bottom * &wide_b.bottom / common;
    let steps_fit = fits(&left) && fits(&right) && fits(&denominator);
    let (sum, difference) = (wide_a.plus(&wide_b), wide_a.plus(&wide_b.negated()));
    // the least numerator has no opposite and counts out
    let both_fit = |top: num_bigint::BigInt| steps_fit && fits(&top) && fits(&-top);
    same(a.checked_add(b), &sum, both_fit(&left + &right));
    same(a.checked_sub(b), &difference, both_fit(left - right));
    let product = wide_a.times(&wide_b);
    same(a.checked_mul(b), &product, fits_reduced(&product));
    match wide_b.inverse() {
        None => assert_eq!(a.checked_div(b), Err(NumberError::DivisionByZero)),
        Some(inverse) => {
            let quotient = wide_a.times(&inverse);
            same(a.checked_div(b), &quotient, fits_reduced(&quotient));
        }
    }
    same(a.checked_neg(), &wide_a.negated(), true);
}

fn read_rational(text: &str) -> Option<Rational> {
    let rational = text.parse::<Rational>().ok()?;
    let model = if let Some((top, bottom)) = text.split_once('/') {
        let bottom = Fraction::read_decimal(bottom.trim())?.inverse()?;
        Fraction::read_decimal(top.trim())?.times(&bottom)
    } else if let Some(percent) = text.strip_suffix('%') {
        let hundredth = Fraction { top: 1.into(), bottom: 100.into() };
        Fraction::read_decimal(percent.trim_end())?.times(&hundredth)
    } else {
        Fraction::read_decimal(text)?
    };
    same(Ok(rational), &model, true);
    let again = rational.to_string().parse::<Rational>();
    assert_eq!(again.as_ref(), Ok(&rational), "{text}");
    if let Some(decimal) = rational.to_decimal() {
        assert_eq!(Fraction::of_decimal(decimal), model, "{text}");
    }
    Some(rational)
}

/// As [`agrees`], for rationals: in lowest terms, with a denominator above zero.
fn same(found: Result<Rational, NumberError>, wanted: &Fraction, fits: bool) {
    match found {
        Ok(found) => {
            let reduced = wanted.reduced();
            let (top, bottom) = (found.numerator().into(), found.denominator().into());
            assert_eq!((reduced.top, reduced.bottom), (top, bottom), "{found}");
        }
        Err(error) => {
            assert!(!fits && error == NumberError::Overflow, "{error:?}: {wanted:?}");
        }
    }
}

fn round(rational: Rational, places: u8, mode: RoundingMode) {
    let model = Fraction::of_rational(rational);
    let scaled = Fraction { top: &model.top * ten_to(places.into()), bottom: model.bottom.clone() };
    let wanted = model.rounded(places.into(), mode);
    match rational.round(Rounding::new(places, mode)) {
        Ok(found) => {
            assert_eq!((BigInt::from(found.mantissa()), found.scale()), (wanted, places));
        }
        Err(error) => {
            let fits = u32::from(places) <= MOST_PLACES && fits_reduced(&scaled) && fits(&wanted);
            assert!(!fits && error == NumberError::Overflow, "{rational} {places} {mode}");
        }
    }
}
