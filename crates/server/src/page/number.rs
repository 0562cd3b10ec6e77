//! Numbers as people read them. Exports and titles keep the exact text.

use tanheng_quantity::Decimal;

/// Groups the integer part of a decimal text by thousands; anything else comes back as it is.
#[must_use]
pub fn grouped(text: &str) -> String {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("\u{2212}", rest),
        None => ("", text),
    };
    let (whole, fraction) = match rest.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (rest, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !fraction.is_none_or(digits) {
        return text.to_owned();
    }
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Groups the number at the head of a quantity such as `26000 tCO2e`.
#[must_use]
pub fn grouped_quantity(text: &str) -> String {
    match text.split_once(' ') {
        Some((number, unit)) => format!("{} {unit}", grouped(number)),
        None => grouped(text),
    }
}

/// The share of `part` in `whole` in thousandths, both not negative; for lengths in charts only.
#[must_use]
pub fn per_mille(part: Decimal, whole: Decimal) -> u32 {
    let scale = part.scale().max(whole.scale());
    let (Ok(part), Ok(whole)) = (part.rescaled(scale), whole.rescaled(scale)) else { return 0 };
    if whole.mantissa() <= 0 || part.mantissa() <= 0 {
        return 0;
    }
    let share = part.mantissa().saturating_mul(1000) / whole.mantissa();
    u32::try_from(share.clamp(0, 1000)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_and_nothing_else_is_touched() {
        for (exact, read) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("26000.00", "26,000.00"),
            ("-1234567.8901", "\u{2212}1,234,567.8901"),
            ("1/3", "1/3"),
            ("", ""),
            ("2022-03", "2022-03"),
            ("key", "key"),
        ] {
            assert_eq!(grouped(exact), read);
        }
        assert_eq!(grouped_quantity("26000 tCO2e"), "26,000 tCO2e");
        assert_eq!(grouped_quantity("44/12 tCO2/tC"), "44/12 tCO2/tC");
    }

    #[test]
    fn shares_are_exact_integers() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(per_mille(decimal("1"), decimal("3.00")), 333);
        assert_eq!(per_mille(decimal("3"), decimal("3.00")), 1000);
        assert_eq!(per_mille(decimal("-1"), decimal("3")), 0);
        assert_eq!(per_mille(decimal("1"), decimal("0")), 0);
    }
}
