//! Units and quantities.

use tanheng_quantity::{Quantity, Rational, Unit};

use crate::lines;

/// Two lines with a unit each, two with a quantity each: what is read can be printed and read
/// again, products of units undo each other, conversions are exact both ways.
pub fn quantity(data: &[u8]) {
    let Some(mut lines) = lines(data) else { return };
    let mut next = || lines.next().unwrap_or_default();
    let (a, b) = (read_unit(next()), read_unit(next()));
    if let (Some(a), Some(b)) = (&a, &b) {
        units(a, b);
    }
    let (x, y) = (read_quantity(next()), read_quantity(next()));
    if let (Some(x), Some(target)) = (&x, &a) {
        convert(x, target);
    }
    let (Some(x), Some(y)) = (x, y) else { return };
    let compatible = x.unit.compatible(&y.unit);
    if let Ok(sum) = x.checked_add(&y) {
        assert!(compatible && sum.unit == x.unit);
        if let Ok(back) = sum.checked_sub(&y) {
            assert_eq!(back, x);
        }
    }
    if let Ok(order) = x.compare(&y) {
        assert!(compatible);
        assert!(y.compare(&x).map_or(true, |other| other == order.reverse()), "{x} {y}");
    }
    if let Ok(product) = x.checked_mul(&y) {
        assert_eq!(product.unit, x.unit.times(&y.unit));
        if let Ok(back) = product.checked_div(&y) {
            assert_eq!(back.value, x.value);
            assert!(back.unit.compatible(&x.unit), "{} {}", back.unit, x.unit);
        }
    }
}

fn read_unit(text: &str) -> Option<Unit> {
    let unit = text.parse::<Unit>().ok()?;
    same(&unit, &unit.to_string().parse().expect("what is printed can be read"));
    Some(unit)
}

/// Factors may stand in another order where some cancelled.
fn same(one: &Unit, other: &Unit) {
    assert_eq!(one.to_string(), other.to_string());
    assert!(one.compatible(other), "{one}");
}

fn units(a: &Unit, b: &Unit) {
    let product = a.times(b);
    assert!(product.compatible(&b.times(a)), "{a} {b}");
    assert!(product.per(b).compatible(a), "{a} {b}");
    assert!(product.per(b).per(a).is_dimensionless(), "{a} {b}");
    assert!(a.per(b).times(b).compatible(a), "{a} {b}");
    assert_eq!(a.compatible(b), a.per(b).is_dimensionless(), "{a} {b}");
    let (there, back) = (a.factor_to(b), b.factor_to(a));
    assert_eq!(there.is_ok(), back.is_ok(), "{a} {b}");
    if let (Ok(there), Ok(back)) = (there, back) {
        assert!(a.compatible(b));
        assert_eq!(there.checked_mul(back), Ok(Rational::ONE), "{a} {b}");
    }
}

fn read_quantity(text: &str) -> Option<Quantity> {
    let quantity = text.parse::<Quantity>().ok()?;
    let again: Quantity = quantity.to_string().parse().expect("what is printed can be read");
    // a percentage is read as its plain number
    let order = again.compare(&quantity);
    assert!(!order.is_ok_and(|order| order.is_ne()), "{text}: {quantity}, {again}");
    Some(quantity)
}

fn convert(quantity: &Quantity, target: &Unit) {
    let Ok(converted) = quantity.convert_to(target) else { return };
    assert!(quantity.unit.compatible(target) && converted.unit == *target);
    if let Ok(back) = converted.convert_to(&quantity.unit) {
        assert_eq!(back, *quantity);
    }
}
