//! Numbers of many enterprises as columns of integers.

use tanheng_quantity::{Decimal, Quantity, Rational, Unit};
use tanheng_rulebook::{Columns, Given, Numbers as ResultNumbers, Results, Value};

use crate::setting::decimal_in;

/// Most places that are worth a column: numbers with more are given singly.
const MOST_PLACES: u8 = 12;
/// Places that figures are written with, so that no zeros have to be looked for.
const USUAL_PLACES: u8 = 4;

/// One number for each of many records, in one unit.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    unit: Unit,
    scale: u8,
    values: Vec<i64>,
    /// What no 64-bit integer of this scale holds.
    apart: Vec<(usize, Rational)>,
}

impl Numbers {
    /// A column at the least scale that holds all numbers that have few places.
    pub(super) fn new(unit: Unit, numbers: &[Rational]) -> Self {
        let decimals: Vec<Option<Decimal>> =
            numbers.iter().map(|number| number.to_decimal()).collect();
        let places = decimals.iter().flatten().map(|decimal| decimal.places());
        let scale = places.filter(|places| *places <= MOST_PLACES).max().unwrap_or(0);
        let mut column =
            Self { unit, scale, values: Vec::with_capacity(numbers.len()), apart: Vec::new() };
        for (row, (number, decimal)) in numbers.iter().zip(decimals).enumerate() {
            match decimal.and_then(|decimal| mantissa(decimal, scale)) {
                Some(value) => column.values.push(value),
                None => {
                    column.values.push(0);
                    column.apart.push((row, *number));
                }
            }
        }
        column
    }

    /// A column of decimals.
    pub(super) fn of_decimals(unit: Unit, numbers: &[Decimal]) -> Self {
        // As they are written, mostly; else without trailing zeros.
        let written = numbers.iter().map(|decimal| decimal.scale()).max().unwrap_or(0);
        if written <= USUAL_PLACES
            && let Some(values) =
                numbers.iter().map(|decimal| widened(*decimal, written)).collect::<Option<_>>()
        {
            return Self { unit, scale: written, values, apart: Vec::new() };
        }
        let places = numbers.iter().map(|decimal| decimal.places());
        let scale = places.filter(|places| *places <= MOST_PLACES).max().unwrap_or(0);
        let mut column =
            Self { unit, scale, values: Vec::with_capacity(numbers.len()), apart: Vec::new() };
        for (row, decimal) in numbers.iter().enumerate() {
            let value = mantissa(*decimal, scale);
            if value.is_none()
                && let Ok(number) = Rational::try_from(*decimal)
            {
                column.apart.push((row, number));
            }
            column.values.push(value.unwrap_or(0));
        }
        column
    }

    /// A column that stands in integers already; none where one of them does not fit.
    pub(super) fn of_mantissas(
        unit: Unit,
        scale: u8,
        mantissas: impl Iterator<Item = i128>,
    ) -> Option<Self> {
        let values: Option<Vec<i64>> =
            mantissas.map(|mantissa| i64::try_from(mantissa).ok()).collect();
        Some(Self { unit, scale, values: values?, apart: Vec::new() })
    }

    /// Adds this column to those of a method.
    pub(super) fn put(&self, name: &str, columns: Columns) -> Columns {
        let columns = columns.numbers(name, self.unit.clone(), self.scale, self.values.clone());
        self.apart.iter().fold(columns, |columns, (row, number)| {
            let quantity = Quantity::new(*number, self.unit.clone());
            columns.cell(name, *row, Given::Typed(Value::Number(quantity)))
        })
    }
}

/// The digits at a scale that is not below its own.
fn widened(decimal: Decimal, scale: u8) -> Option<i64> {
    let factor = 10_i64.checked_pow(u32::from(scale.checked_sub(decimal.scale())?))?;
    i64::try_from(decimal.mantissa()).ok()?.checked_mul(factor)
}

fn mantissa(decimal: Decimal, scale: u8) -> Option<i64> {
    let decimal = decimal.rescaled(scale).ok()?;
    i64::try_from(decimal.mantissa()).ok()
}

/// The numbers of results in one unit, read quickly where they stand in a column.
pub(super) struct Exact<'a> {
    results: &'a Results,
    column: Option<ResultNumbers<'a>>,
    unit: &'static str,
}

impl<'a> Exact<'a> {
    pub(super) fn new(results: &'a Results, unit: &'static str) -> Self {
        let sound = results.errors().next().is_none();
        let column = results.numbers().filter(|numbers| {
            sound && unit.parse::<Unit>().is_ok_and(|unit| *numbers.unit == unit)
        });
        Self { results, column, unit }
    }

    /// The number of a row; `None` where it has an error or is no decimal.
    pub(super) fn get(&self, row: usize) -> Option<Decimal> {
        if let Some(column) = &self.column {
            return Some(column.decimal(row));
        }
        match self.results.get(row) {
            Ok(Value::Number(quantity)) => decimal_in(&quantity, self.unit),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_no_integer_stands_apart() {
        let numbers = ["1.25", "3", "1/3", "92233720368547758070", "0.0000000000001"];
        let numbers: Vec<Rational> = numbers.iter().map(|text| text.parse().unwrap()).collect();
        let column = Numbers::new(Unit::one(), &numbers);
        assert_eq!((column.scale, &column.values[..2]), (2, &[125, 300][..]));
        let apart: Vec<usize> = column.apart.iter().map(|(row, _)| *row).collect();
        assert_eq!(apart, [2, 3, 4]);
    }
}
