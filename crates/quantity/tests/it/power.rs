//! Powers against whole numbers in base 10^9, which share nothing with the product code: a rounded
//! power `d` of `b^(m/n)` is right when `d` and its neighbours enclose it after raising to the
//! `n`-th power.

use std::cmp::Ordering;

use proptest::prelude::*;
use tanheng_quantity::{NumberError, Rational, Rounding, RoundingMode};

const BASE: u64 = 1_000_000_000;

/// A whole number, the smallest part first.
#[derive(Debug, Clone)]
struct Whole(Vec<u64>);

impl Whole {
    fn from(mut value: u128) -> Whole {
        let mut parts = Vec::new();
        while value > 0 {
            parts.push(u64::try_from(value % u128::from(BASE)).unwrap());
            value /= u128::from(BASE);
        }
        Whole(parts)
    }

    fn times(&self, other: &Whole) -> Whole {
        let mut parts = vec![0u64; self.0.len() + other.0.len() + 1];
        for (i, a) in self.0.iter().enumerate() {
            for (j, b) in other.0.iter().enumerate() {
                parts[i + j] += a * b % BASE;
                parts[i + j + 1] += a * b / BASE;
                let carry = parts[i + j] / BASE;
                parts[i + j] %= BASE;
                parts[i + j + 1] += carry;
            }
            for k in 0..parts.len() - 1 {
                let carry = parts[k] / BASE;
                parts[k] %= BASE;
                parts[k + 1] += carry;
            }
        }
        while parts.last() == Some(&0) {
            parts.pop();
        }
        Whole(parts)
    }

    /// By plain repetition.
    fn power(&self, times: u32) -> Whole {
        (0..times).fold(Whole::from(1), |product, _| product.times(self))
    }

    fn order(&self, other: &Whole) -> Ordering {
        let length = self.0.len().cmp(&other.0.len());
        length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

/// How `(p/q)^(m/n)` stands to `top/bottom`, by raising both to the power of `n`.
fn against(p: u128, q: u128, (m, n): (i32, u32), top: u128, bottom: u128) -> Ordering {
    let (p, q) = if m < 0 { (q, p) } else { (p, q) };
    let m = m.unsigned_abs();
    let left = Whole::from(p).power(m).times(&Whole::from(bottom).power(n));
    let right = Whole::from(q).power(m).times(&Whole::from(top).power(n));
    left.order(&right)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_rounded_power_is_the_right_neighbour(
        p in 1u32..4000, q in 1u32..4000, m in -40i32..=40, n in 1u32..=12, places in 0u8..=9,
        mode in prop_oneof![
            Just(RoundingMode::HalfUp), Just(RoundingMode::HalfEven),
            Just(RoundingMode::Up), Just(RoundingMode::Down),
        ],
    ) {
        let base = Rational::new(p.into(), q.into()).unwrap();
        let exponent = Rational::new(m.into(), n.into()).unwrap();
        let rounded = match base.power(exponent, Rounding::new(places, mode)) {
            Ok(rounded) => rounded,
            Err(NumberError::Overflow) => {
                let most = 1u128 << 100;
                let scale = 10u128.pow(u32::from(places));
                prop_assert_eq!(
                    against(p.into(), q.into(), (m, n), most, scale), Ordering::Greater
                );
                return Ok(());
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        let units = rounded.mantissa().unsigned_abs();
        let scale = 10u128.pow(u32::from(places));
        let stands = |top: u128, bottom: u128| against(p.into(), q.into(), (m, n), top, bottom);
        let at = stands(units.max(1), scale);
        match mode {
            RoundingMode::Down => {
                prop_assert!(units == 0 || at != Ordering::Less);
                prop_assert_eq!(stands(units + 1, scale), Ordering::Less);
            }
            RoundingMode::Up => {
                prop_assert!(units > 0 && at != Ordering::Greater);
                prop_assert!(units == 1 || stands(units - 1, scale) == Ordering::Greater);
            }
            RoundingMode::HalfUp | RoundingMode::HalfEven => {
                let above = stands(2 * units + 1, 2 * scale);
                let even = mode == RoundingMode::HalfEven && units % 2 == 0;
                prop_assert!(above == Ordering::Less || (even && above == Ordering::Equal));
                if units > 0 {
                    let below = stands(2 * units - 1, 2 * scale);
                    let may_tie = even || mode == RoundingMode::HalfUp;
                    prop_assert!(
                        below == Ordering::Greater || (may_tie && below == Ordering::Equal)
                    );
                }
            }
        }
    }

    #[test]
    fn powers_of_powers_that_are_exact_are_found(a in 1u32..200, c in 1u32..200, n in 2u32..=5) {
        let whole = Rational::new(i128::from(a).pow(n), i128::from(c).pow(n)).unwrap();
        let root = Rational::new(1, n.into()).unwrap();
        let rounding = Rounding::new(12, RoundingMode::HalfEven);
        let direct = Rational::new(a.into(), c.into()).unwrap().round(rounding).unwrap();
        prop_assert_eq!(whole.power(root, rounding).unwrap(), direct);
    }
}
