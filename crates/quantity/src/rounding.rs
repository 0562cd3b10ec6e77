//! Rounding as a value: how many places, which mode.

use std::fmt;
use std::str::FromStr;

use crate::NumberError;

/// How a number between two neighbours is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// 四舍五入: ties go away from zero.
    HalfUp,
    /// GB/T 8170 (四舍六入五成双): ties go to the even neighbour.
    HalfEven,
    /// 进一法: always away from zero.
    Up,
    /// 去尾法: always towards zero.
    Down,
}

impl RoundingMode {
    /// The name used in the rule language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HalfUp => "half_up",
            Self::HalfEven => "half_even",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

impl fmt::Display for RoundingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for RoundingMode {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "half_up" => Ok(Self::HalfUp),
            "half_even" => Ok(Self::HalfEven),
            "up" => Ok(Self::Up),
            "down" => Ok(Self::Down),
            _ => Err(NumberError::Malformed { text: text.to_owned() }),
        }
    }
}

/// A rounding point: place and mode. The clause that orders it stands beside it
/// in the rulebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Rounding {
    /// Decimal places kept.
    pub places: u8,
    /// What happens to the rest.
    pub mode: RoundingMode,
}

impl Rounding {
    /// A rounding to `places` decimal places.
    #[must_use]
    pub const fn new(places: u8, mode: RoundingMode) -> Self {
        Self { places, mode }
    }
}
