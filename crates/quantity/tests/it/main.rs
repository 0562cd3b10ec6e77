//! Properties of exact numbers.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod power;

use proptest::prelude::*;
use tanheng_quantity::{Decimal, NumberError, Quantity, Rational, Rounding, RoundingMode, Unit};

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0u8..=12).prop_map(|(m, s)| Decimal::new(i128::from(m), s).unwrap())
}

fn rational() -> impl Strategy<Value = Rational> {
    (any::<i32>(), 1i64..1_000_000)
        .prop_map(|(n, d)| Rational::new(i128::from(n), i128::from(d)).unwrap())
}

const MODES: [RoundingMode; 4] =
    [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Up, RoundingMode::Down];

proptest! {
    #[test]
    fn decimals_round_trip(d in decimal()) {
        let text = d.to_string();
        let back: Decimal = text.parse().unwrap();
        prop_assert_eq!((back.mantissa(), back.scale()), (d.mantissa(), d.scale()));
        let json = serde_json::to_string(&d).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap().to_string(), text);
    }

    #[test]
    fn any_text_is_a_number_or_an_error(text in ".{0,60}") {
        if let Ok(d) = text.parse::<Decimal>() {
            prop_assert_eq!(d.to_string(), text.clone());
        }
        let _ = text.parse::<Rational>();
        let _ = text.parse::<Unit>();
        let _ = text.parse::<Quantity>();
    }

    #[test]
    fn sums_are_associative_and_commutative(a in decimal(), b in decimal(), c in decimal()) {
        prop_assert_eq!(a.checked_add(b).unwrap(), b.checked_add(a).unwrap());
        let left = a.checked_add(b).unwrap().checked_add(c).unwrap();
        let right = a.checked_add(b.checked_add(c).unwrap()).unwrap();
        prop_assert_eq!(left, right);
        prop_assert_eq!(left.checked_sub(c).unwrap().checked_sub(b).unwrap(), a);
    }

    #[test]
    fn products_distribute(a in rational(), b in rational(), c in rational()) {
        let left = a.checked_mul(b.checked_add(c).unwrap()).unwrap();
        let right = a.checked_mul(b).unwrap().checked_add(a.checked_mul(c).unwrap()).unwrap();
        prop_assert_eq!(left, right);
        if !a.is_zero() {
            prop_assert_eq!(b.checked_mul(a).unwrap().checked_div(a).unwrap(), b);
        }
    }

    #[test]
    fn a_product_is_exact_or_refused(a in any::<i128>(), b in any::<i128>(), s in 0u8..=19) {
        let (x, y) = (Decimal::new(a, s).unwrap(), Decimal::new(b, s).unwrap());
        match x.checked_mul(y) {
            Ok(product) if !x.is_zero() => {
                let quotient = Rational::try_from(product)
                    .and_then(|p| p.checked_div(Rational::try_from(x)?));
                match quotient {
                    Ok(quotient) => prop_assert_eq!(Ok(quotient), Rational::try_from(y)),
                    Err(error) => prop_assert_eq!(error, NumberError::Overflow),
                }
            }
            Ok(product) => prop_assert!(product.is_zero()),
            Err(error) => prop_assert_eq!(error, NumberError::Overflow),
        }
    }

    #[test]
    fn rounding_is_within_one_place_and_idempotent(a in rational(), places in 0u8..=6) {
        for mode in MODES {
            let rounding = Rounding::new(places, mode);
            let rounded = a.round(rounding).unwrap();
            prop_assert_eq!(rounded.scale(), places);
            let back = Rational::try_from(rounded).unwrap();
            prop_assert_eq!(back.round(rounding).unwrap(), rounded);
            let gap = back.checked_sub(a).unwrap();
            let place = Rational::new(1, 10i128.pow(u32::from(places))).unwrap();
            prop_assert!(gap < place && gap.checked_neg().unwrap() < place);
            if matches!(mode, RoundingMode::HalfUp | RoundingMode::HalfEven) {
                let twice = gap.checked_add(gap).unwrap();
                prop_assert!(twice <= place && twice.checked_neg().unwrap() <= place);
            }
        }
    }

    #[test]
    fn order_agrees_with_difference(a in rational(), b in rational()) {
        let difference = a.checked_sub(b).unwrap();
        prop_assert_eq!(a < b, difference.is_negative());
        prop_assert_eq!(a == b, difference.is_zero());
    }
}
