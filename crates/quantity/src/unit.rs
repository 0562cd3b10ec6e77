//! Units as products of named symbols, checked by their dimension vector.

use std::fmt;
use std::str::FromStr;

use crate::{NumberError, Rational, UnitError};

/// What a unit measures. All are independent of one another: carbon becomes
/// carbon dioxide, heat becomes standard coal and electricity becomes heat only
/// through a cited parameter, never by a unit conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// Mass of a material.
    Mass,
    /// Volume of gas at normal conditions (标准状况).
    GasVolume,
    /// Volume of a liquid or body.
    Volume,
    /// Area.
    Area,
    /// Mass of carbon in a material (tC).
    Carbon,
    /// Mass of carbon dioxide (tCO2).
    CarbonDioxide,
    /// Carbon-dioxide equivalent (tCO2e).
    CarbonDioxideEquivalent,
    /// Heat and calorific value (GJ).
    Heat,
    /// Electric energy (MWh).
    Electricity,
    /// Energy in standard coal (tce, 吨标准煤).
    StandardCoal,
    /// Time (h).
    Time,
    /// Money (元).
    Money,
    /// Things counted (个, 家, 台).
    Count,
    /// Temperature (℃): the only scale in use, so that a reading and a difference need no telling
    /// apart.
    Temperature,
    /// Pressure (MPa).
    Pressure,
}

/// The highest power of a symbol that is written.
const MOST_POWER: u32 = 9;

/// How many dimensions there are.
const DIMENSIONS: usize = 15;

/// One symbol: the unit it stands for is `numerator / denominator` of the
/// coherent unit of its dimensions.
struct Symbol {
    text: &'static str,
    dimensions: &'static [(Dimension, i8)],
    numerator: i64,
    denominator: i64,
}

const fn symbol(
    text: &'static str,
    dimensions: &'static [(Dimension, i8)],
    numerator: i64,
    denominator: i64,
) -> Symbol {
    Symbol { text, dimensions, numerator, denominator }
}

use Dimension as D;

/// Every symbol the product knows. `m3` is a volume, `Nm3` gas at normal conditions.
const SYMBOLS: &[Symbol] = &[
    symbol("%", &[], 1, 100),
    symbol("‰", &[], 1, 1000),
    symbol("t", &[(D::Mass, 1)], 1, 1),
    symbol("kg", &[(D::Mass, 1)], 1, 1000),
    symbol("g", &[(D::Mass, 1)], 1, 1_000_000),
    symbol("10^4t", &[(D::Mass, 1)], 10_000, 1),
    symbol("万吨", &[(D::Mass, 1)], 10_000, 1),
    symbol("Nm3", &[(D::GasVolume, 1)], 1, 1),
    symbol("10^4Nm3", &[(D::GasVolume, 1)], 10_000, 1),
    symbol("m3", &[(D::Volume, 1)], 1, 1),
    symbol("L", &[(D::Volume, 1)], 1, 1000),
    symbol("m2", &[(D::Area, 1)], 1, 1),
    symbol("tC", &[(D::Carbon, 1)], 1, 1),
    symbol("kgC", &[(D::Carbon, 1)], 1, 1000),
    symbol("tCO2", &[(D::CarbonDioxide, 1)], 1, 1),
    symbol("kgCO2", &[(D::CarbonDioxide, 1)], 1, 1000),
    symbol("10^4tCO2", &[(D::CarbonDioxide, 1)], 10_000, 1),
    symbol("tCO2e", &[(D::CarbonDioxideEquivalent, 1)], 1, 1),
    symbol("kgCO2e", &[(D::CarbonDioxideEquivalent, 1)], 1, 1000),
    symbol("10^4tCO2e", &[(D::CarbonDioxideEquivalent, 1)], 10_000, 1),
    symbol("GJ", &[(D::Heat, 1)], 1, 1),
    symbol("MJ", &[(D::Heat, 1)], 1, 1000),
    symbol("kJ", &[(D::Heat, 1)], 1, 1_000_000),
    symbol("TJ", &[(D::Heat, 1)], 1000, 1),
    symbol("MWh", &[(D::Electricity, 1)], 1, 1),
    symbol("kWh", &[(D::Electricity, 1)], 1, 1000),
    symbol("GWh", &[(D::Electricity, 1)], 1000, 1),
    symbol("10^4kWh", &[(D::Electricity, 1)], 10, 1),
    symbol("10^8kWh", &[(D::Electricity, 1)], 100_000, 1),
    symbol("MW", &[(D::Electricity, 1), (D::Time, -1)], 1, 1),
    symbol("kW", &[(D::Electricity, 1), (D::Time, -1)], 1, 1000),
    symbol("10^4kW", &[(D::Electricity, 1), (D::Time, -1)], 10, 1),
    symbol("tce", &[(D::StandardCoal, 1)], 1, 1),
    symbol("kgce", &[(D::StandardCoal, 1)], 1, 1000),
    symbol("10^4tce", &[(D::StandardCoal, 1)], 10_000, 1),
    symbol("h", &[(D::Time, 1)], 1, 1),
    symbol("元", &[(D::Money, 1)], 1, 1),
    symbol("CNY", &[(D::Money, 1)], 1, 1),
    symbol("万元", &[(D::Money, 1)], 10_000, 1),
    symbol("亿元", &[(D::Money, 1)], 100_000_000, 1),
    symbol("个", &[(D::Count, 1)], 1, 1),
    symbol("家", &[(D::Count, 1)], 1, 1),
    symbol("台", &[(D::Count, 1)], 1, 1),
    symbol("℃", &[(D::Temperature, 1)], 1, 1),
    symbol("MPa", &[(D::Pressure, 1)], 1, 1),
    symbol("kPa", &[(D::Pressure, 1)], 1, 1000),
];

/// A unit: a product of symbols with exponents, such as `GJ/10^4Nm3`.
///
/// Two units are *equal* when written with the same symbols, *compatible* when
/// they measure the same thing.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Unit {
    /// Index into [`SYMBOLS`] and exponent, by first appearance, exponent ≠ 0. No product that
    /// anybody could write reaches the ends of the exponent.
    factors: Vec<(usize, i32)>,
}

impl Unit {
    /// The unit of plain numbers.
    #[must_use]
    pub fn one() -> Self {
        Self::default()
    }

    /// Measures nothing: a plain number, perhaps in percent.
    #[must_use]
    pub fn is_dimensionless(&self) -> bool {
        self.dimensions() == [0; DIMENSIONS]
    }

    /// Both units measure the same thing.
    #[must_use]
    pub fn compatible(&self, other: &Self) -> bool {
        self.dimensions() == other.dimensions()
    }

    /// The number to multiply a value in `self` with to have it in `target`.
    ///
    /// # Errors
    /// [`UnitError::Mismatch`] when the two measure different things.
    pub fn factor_to(&self, target: &Self) -> Result<Rational, UnitError> {
        if !self.compatible(target) {
            return Err(UnitError::Mismatch { left: self.to_string(), right: target.to_string() });
        }
        let factor = self.scale().and_then(|own| own.checked_div(target.scale()?));
        factor.map_err(|_| UnitError::Overflow)
    }

    /// The unit of a product.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        self.combine(other, 1)
    }

    /// The unit of a quotient.
    #[must_use]
    pub fn per(&self, other: &Self) -> Self {
        self.combine(other, -1)
    }

    fn combine(&self, other: &Self, sign: i32) -> Self {
        let mut factors = self.factors.clone();
        for (index, exponent) in &other.factors {
            let added = exponent.saturating_mul(sign);
            match factors.iter_mut().find(|(own, _)| own == index) {
                Some((_, own)) => *own = own.saturating_add(added),
                None => factors.push((*index, added)),
            }
        }
        factors.retain(|(_, exponent)| *exponent != 0);
        Self { factors }
    }

    fn dimensions(&self) -> [i64; DIMENSIONS] {
        let mut vector = [0i64; DIMENSIONS];
        for (index, exponent) in &self.factors {
            for (dimension, power) in SYMBOLS[*index].dimensions {
                vector[*dimension as usize] += i64::from(*power) * i64::from(*exponent);
            }
        }
        vector
    }

    /// How many coherent units one of this unit is.
    fn scale(&self) -> Result<Rational, NumberError> {
        let mut scale = Rational::ONE;
        for (index, exponent) in &self.factors {
            let symbol = &SYMBOLS[*index];
            let (mut top, mut bottom) = (symbol.numerator, symbol.denominator);
            if *exponent < 0 {
                (top, bottom) = (bottom, top);
            }
            let one = Rational::new(top.into(), bottom.into())?;
            for _ in 0..exponent.unsigned_abs() {
                scale = scale.checked_mul(one)?;
            }
        }
        Ok(scale)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |positive: bool| {
            let texts: Vec<String> = self
                .factors
                .iter()
                .filter(|(_, exponent)| (*exponent > 0) == positive)
                .map(|(index, exponent)| match exponent.unsigned_abs() {
                    1 => SYMBOLS[*index].text.to_owned(),
                    power => format!("{}^{power}", SYMBOLS[*index].text),
                })
                .collect();
            texts
        };
        let (above, below) = (part(true), part(false));
        let mut text = if above.is_empty() { "1".to_owned() } else { above.join("·") };
        for unit in below {
            text.push('/');
            text.push_str(&unit);
        }
        f.pad(&text)
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unit({self})")
    }
}

impl FromStr for Unit {
    type Err = UnitError;

    /// Reads `t`, `GJ/10^4Nm3`, `kg·m2/h^2` (also with `*`); `1` and the empty
    /// text are plain numbers. No symbol may come to a power above 9, however it is written, so
    /// that what is read can be printed and read again.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut unit = Self::one();
        for (position, group) in text.trim().split('/').enumerate() {
            for name in group.split(['·', '*']) {
                // `/h` and the empty text have nothing above the bar.
                let bare = position == 0 && group.trim().is_empty();
                let factor = read_factor(name.trim(), bare)?;
                unit = if position == 0 { unit.times(&factor) } else { unit.per(&factor) };
            }
        }
        if unit.factors.iter().any(|(_, exponent)| exponent.unsigned_abs() > MOST_POWER) {
            return Err(UnitError::Unknown { symbol: text.trim().to_owned() });
        }
        Ok(unit)
    }
}

/// One symbol with an optional power, such as `t`, `h^2` or `10^4Nm3`.
fn read_factor(name: &str, may_be_empty: bool) -> Result<Unit, UnitError> {
    let unknown = || UnitError::Unknown { symbol: name.to_owned() };
    if name == "1" || (name.is_empty() && may_be_empty) {
        return Ok(Unit::one());
    }
    let find = |text: &str| SYMBOLS.iter().position(|symbol| symbol.text == text);
    if let Some(index) = find(name) {
        return Ok(Unit { factors: vec![(index, 1)] });
    }
    let (base, power) = name.rsplit_once('^').ok_or_else(unknown)?;
    let power: i32 = power.parse().map_err(|_| unknown())?;
    let written = |_: &usize| power >= 2 && power.unsigned_abs() <= MOST_POWER;
    let index = find(base).filter(written).ok_or_else(unknown)?;
    Ok(Unit { factors: vec![(index, power)] })
}

impl serde::Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Unit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        text.parse().unwrap()
    }

    #[test]
    fn every_symbol_reads_back() {
        for symbol in SYMBOLS {
            assert_eq!(unit(symbol.text).to_string(), symbol.text);
        }
        for text in ["GJ/10^4Nm3", "tCO2/MWh", "tC/GJ", "元/t", "1", "1/h", "t·h^2/m2"] {
            assert_eq!(unit(text).to_string(), text);
        }
    }

    #[test]
    fn symbols_cancel_as_written() {
        let heat = unit("10^4Nm3").times(&unit("GJ/10^4Nm3"));
        assert_eq!(heat.to_string(), "GJ");
        assert_eq!(heat.times(&unit("tC/GJ")).times(&unit("tCO2/tC")).to_string(), "tCO2");
    }

    #[test]
    fn powers_never_stick_at_an_end() {
        let mut long = Unit::one();
        for _ in 0..200 {
            long = long.times(&unit("t"));
        }
        let back = (0..199).fold(long, |long, _| long.per(&unit("t")));
        assert_eq!(back, unit("t"));
    }

    #[test]
    fn converts_exactly() {
        let ten_thousand = unit("tC/TJ").factor_to(&unit("tC/GJ")).unwrap();
        assert_eq!(ten_thousand.to_string(), "0.001");
        assert_eq!(unit("%").factor_to(&Unit::one()).unwrap().to_string(), "0.01");
        assert_eq!(unit("MW·h").factor_to(&unit("kWh")).unwrap().to_string(), "1000");
    }

    #[test]
    fn different_things_do_not_mix() {
        for (left, right) in
            [("tC", "tCO2"), ("tCO2", "tCO2e"), ("GJ/t", "GJ/10^4Nm3"), ("MWh", "GJ"), ("t", "tce")]
        {
            let error = unit(left).factor_to(&unit(right)).unwrap_err();
            assert_eq!(error.to_string(), format!("left {left}, right {right}"));
        }
    }

    #[test]
    fn refuses_unknown_symbols() {
        for text in
            ["tco2", "T", "t/", "/t//", "/", "h^0", "h^99", "GJ per t", "kg·", "h^9·h", "t^9/h^9/h"]
        {
            assert!(text.parse::<Unit>().is_err(), "{text}");
        }
    }
}
