//! Unified social credit code (统一社会信用代码, GB 32100-2015).

use std::fmt;
use std::str::FromStr;

use crate::{Code, Problem, Text};

/// The 31 characters of the code; the letters I, O, S, V and Z are not used.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Length of a code.
const LENGTH: usize = 18;
/// Region part of the reserved example range: GB/T 2260 assigns no 139900, so
/// no registered organisation can ever carry it.
const EXAMPLE_REGION: &str = "139900";

/// An enterprise by its unified social credit code, check character verified.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct EnterpriseId(String);

impl EnterpriseId {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Belongs to the reserved example range, so it names no real organisation.
    #[must_use]
    pub fn is_example(&self) -> bool {
        &self.0[2..8] == EXAMPLE_REGION
    }

    /// The `serial`-th code of the reserved example range.
    #[must_use]
    pub fn example(serial: u32) -> Self {
        let body = format!("91{EXAMPLE_REGION}{serial:09}");
        let body = &body[..LENGTH - 1];
        Self(format!("{body}{}", check_character(body.as_bytes())))
    }
}

/// Check character of the first 17: weights 3^i mod 31 (GB 32100-2015, 5.2).
fn check_character(body: &[u8]) -> char {
    let mut sum = 0;
    let mut weight = 1;
    for byte in body {
        let value = ALPHABET.iter().position(|c| c == byte).unwrap_or(0);
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    char::from(ALPHABET[(31 - sum % 31) % 31])
}

impl FromStr for EnterpriseId {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let problem = |code, zh: &str, en: &str| {
            Problem::new(
                Code(code),
                Text::new(
                    format!("统一社会信用代码 `{text}` {zh}"),
                    format!("unified social credit code `{text}` {en}"),
                ),
                Text::new(
                    "请对照营业执照核对18位代码",
                    "compare the 18 characters with the business licence",
                ),
            )
        };
        if text.chars().count() != LENGTH {
            return Err(problem(
                "enterprise.code_length",
                "不是18位",
                "does not have 18 characters",
            ));
        }
        if !text.bytes().all(|b| ALPHABET.contains(&b)) {
            return Err(problem(
                "enterprise.code_character",
                "含有不允许的字符（仅数字和除 I、O、S、V、Z 外的大写字母）",
                "has a character that is neither a digit nor a capital letter other than I, O, S, V, Z",
            ));
        }
        let (body, check) = text.split_at(LENGTH - 1);
        if !check.starts_with(check_character(body.as_bytes())) {
            return Err(problem(
                "enterprise.code_check",
                "校验码不符",
                "fails its check character",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for EnterpriseId {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EnterpriseId> for String {
    fn from(id: EnterpriseId) -> Self {
        id.0
    }
}

impl fmt::Display for EnterpriseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_code_is_accepted_and_every_slip_in_it_refused() {
        // Printed in GB 32100-2015 as its worked example.
        let code = "91350100M000100Y43";
        assert!(code.parse::<EnterpriseId>().is_ok());
        for position in 0..LENGTH {
            for letter in ALPHABET {
                let mut bytes = code.as_bytes().to_vec();
                if bytes[position] == *letter {
                    continue;
                }
                bytes[position] = *letter;
                let slip = String::from_utf8(bytes).unwrap();
                assert!(slip.parse::<EnterpriseId>().is_err(), "{slip}");
            }
        }
    }

    #[test]
    fn the_example_range_is_well_formed_and_marked() {
        for serial in [0, 1, 42, 99_999, 123_456_789] {
            let id = EnterpriseId::example(serial);
            assert_eq!(id.as_str().parse::<EnterpriseId>().unwrap(), id);
            assert!(id.is_example());
        }
        assert!(!"91350100M000100Y43".parse::<EnterpriseId>().unwrap().is_example());
    }

    #[test]
    fn errors_say_which_rule_failed() {
        let code = |text: &str| text.parse::<EnterpriseId>().unwrap_err().code.0;
        assert_eq!(code("91350100M000100Y4"), "enterprise.code_length");
        assert_eq!(code("91350100M000100O43"), "enterprise.code_character");
        assert_eq!(code("91350100M000100Y44"), "enterprise.code_check");
    }
}
