//! Between the binary numbers of a workbook and exact decimal text.

/// Digits that every spreadsheet keeps: a decimal of so many digits survives the way through a
/// binary number and back.
pub(crate) const DIGITS: usize = 15;

/// The first number with more digits before its point.
const FIRST_CUT: f64 = 1e15;

/// The shortest decimal that is this number, as a person typed it; `None` for what is no number
/// and for more digits than a spreadsheet keeps. A number as large as that has lost digits already
/// when it was written: a spreadsheet keeps zeros in their place.
pub(crate) fn to_text(number: f64) -> Option<String> {
    if !number.is_finite() || number.abs() >= FIRST_CUT {
        return None;
    }
    let text = number.to_string();
    if significant(&text) > DIGITS {
        return None;
    }
    Some(if text == "-0" { "0".to_owned() } else { text })
}

/// The number that a workbook keeps for a decimal, where reading it gives the same value again.
pub(crate) fn from_text(text: &str) -> Option<f64> {
    if significant(text) > DIGITS {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Digits of a plain decimal without zeros at either end.
fn significant(text: &str) -> usize {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_gives_what_was_typed() {
        for text in ["0.1", "454.33", "0.02618", "123456789.12345", "100000000", "-5", "0"] {
            assert_eq!(to_text(from_text(text).unwrap()).unwrap(), text);
        }
        assert_eq!(to_text(-0.0).unwrap(), "0");
        assert_eq!(to_text(999_999_999_999_999.0).unwrap(), "999999999999999");
    }

    #[test]
    fn more_digits_than_a_spreadsheet_keeps_are_refused() {
        // what a spreadsheet computes for 0.1 + 0.2
        assert_eq!(to_text("0.30000000000000004".parse().unwrap()), None);
        // what it keeps of a code of 18 digits
        assert_eq!(to_text(911_399_000_000_000_000.0), None);
        assert_eq!(to_text(f64::NAN), None);
        assert_eq!(to_text(f64::INFINITY), None);
        assert_eq!(from_text("1234567890.123456"), None);
    }
}
