//! What came out for many records: columns again, and what stands behind them as a whole.

use std::collections::BTreeMap;

use tanheng_base::{CheckState, Date};
use tanheng_quantity::{Decimal, Quantity, Rational, Unit};

use super::compile::Shape;
use super::kernel::map;
use super::node::unpacked;
use super::run::Block;
use crate::evaluate::{EvalError, Evaluation};
use crate::model::State;
use crate::trace::Basis;
use crate::value::Value;

/// The results of many records, in their order.
#[derive(Debug, Clone, Default)]
pub struct Results {
    pub(super) rows: usize,
    pub(super) made: Made,
    /// Records that took the single path and whose result does not stand in `made`.
    pub(super) apart: BTreeMap<usize, Result<Value, EvalError>>,
    pub(super) singly: usize,
    pub(super) grounds: BulkGrounds,
}

/// Results as a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Made {
    /// Every record stands apart.
    #[default]
    Nothing,
    /// `values / denominator`, in one unit.
    Numbers { unit: Unit, denominator: i128, values: Mantissas },
    /// Positions in a list of words.
    Texts { words: Vec<String>, codes: Vec<u32> },
    /// Truth.
    Bools(Vec<bool>),
    /// Days.
    Dates(Vec<Date>),
}

/// The digits of numbers without the point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mantissas {
    Narrow(Vec<i64>),
    Wide(Vec<i128>),
}

/// A column of decimals: what [`Results::numbers`] gives.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a> {
    values: &'a Mantissas,
    /// Decimal places: a number is its mantissa × 10^-scale.
    pub scale: u8,
    /// The unit of all numbers.
    pub unit: &'a Unit,
}

impl<'a> Numbers<'a> {
    /// The digits of one number without the point; 0 where the record has no result.
    ///
    /// # Panics
    /// When there is no such row.
    #[must_use]
    pub fn mantissa(&self, row: usize) -> i128 {
        match self.values {
            Mantissas::Narrow(values) => i128::from(values[row]),
            Mantissas::Wide(values) => values[row],
        }
    }

    /// The number of one record.
    ///
    /// # Panics
    /// When there is no such row.
    #[must_use]
    pub fn decimal(&self, row: usize) -> Decimal {
        Decimal::new(self.mantissa(row), self.scale).unwrap_or(Decimal::ZERO)
    }

    /// All mantissas, where each fits 64 bits.
    #[must_use]
    pub fn narrow(self) -> Option<&'a [i64]> {
        match self.values {
            Mantissas::Narrow(values) => Some(values),
            Mantissas::Wide(_) => None,
        }
    }
}

/// What stands behind the results of many records: all that took part in any of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkGrounds {
    /// Everything that took part.
    pub bases: Vec<Basis>,
}

impl BulkGrounds {
    /// What was checked from memory only.
    pub fn unverified(&self) -> impl Iterator<Item = &Basis> {
        self.bases.iter().filter(|basis| basis.checked == CheckState::Memory)
    }

    /// What is in doubt.
    pub fn in_doubt(&self) -> impl Iterator<Item = &Basis> {
        self.bases.iter().filter(|basis| basis.state == State::InDoubt)
    }

    /// Something of an example pack took part.
    #[must_use]
    pub fn example(&self) -> bool {
        self.bases.iter().any(|basis| basis.example)
    }

    /// At least one result is a trial figure (试算), because something unverified or of an example
    /// pack took part.
    #[must_use]
    pub fn trial(&self) -> bool {
        self.example() || self.unverified().next().is_some()
    }

    /// Adds what is not there yet.
    pub(super) fn note(&mut self, basis: &Basis) {
        if !self.bases.contains(basis) {
            self.bases.push(basis.clone());
        }
    }

    /// Adds all that stands behind other records.
    pub fn merge(&mut self, other: &BulkGrounds) {
        other.bases.iter().for_each(|basis| self.note(basis));
    }
}

impl Results {
    /// Results of which none is known yet.
    pub(super) fn nothing(rows: usize) -> Results {
        Results { rows, ..Results::default() }
    }

    /// Forgets everything but the memory of numbers.
    pub(super) fn begin(&mut self, rows: usize) {
        let made = std::mem::take(&mut self.made);
        *self = Results { rows, made, ..Results::default() };
    }

    /// Takes away what stands where the single path has yet to put its results.
    pub(super) fn without(&mut self, singly: &[usize]) {
        if singly.len() == self.rows {
            self.made = Made::Nothing;
        }
        if let Made::Numbers { values: Mantissas::Narrow(values), .. } = &mut self.made {
            singly.iter().for_each(|row| values[*row] = 0);
        }
        if let Made::Numbers { values: Mantissas::Wide(values), .. } = &mut self.made {
            singly.iter().for_each(|row| values[*row] = 0);
        }
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// There is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The result of one record: what [`crate::Rulebook::evaluate`] gives for it.
    ///
    /// # Errors
    /// The error that the record meets when it is evaluated singly.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn get(&self, row: usize) -> Result<Value, EvalError> {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        if let Some(apart) = self.apart.get(&row) {
            return apart.clone();
        }
        let none = || EvalError::unsound("");
        match &self.made {
            Made::Nothing => Err(none()),
            Made::Numbers { unit, denominator, values } => {
                let mantissa = match values {
                    Mantissas::Narrow(values) => i128::from(values[row]),
                    Mantissas::Wide(values) => values[row],
                };
                let value = Rational::new(mantissa, *denominator).map_err(|_| none())?;
                Ok(Value::Number(Quantity::new(value, unit.clone())))
            }
            Made::Texts { words, codes } => {
                let code = usize::try_from(codes[row]).map_err(|_| none())?;
                words.get(code).cloned().map(Value::Text).ok_or_else(none)
            }
            Made::Bools(values) => Ok(Value::Bool(values[row])),
            Made::Dates(values) => Ok(Value::Date(values[row])),
        }
    }

    /// The results as a column of decimals in one unit. A record without result has 0 there: ask
    /// [`Results::errors`] first. `None` where the results are no numbers, do not end as decimals,
    /// or are counted in several units.
    #[must_use]
    pub fn numbers(&self) -> Option<Numbers<'_>> {
        let Made::Numbers { unit, denominator, values } = &self.made else { return None };
        if self.apart.values().any(Result::is_ok) {
            return None;
        }
        let scale =
            (0..=38u8).find(|scale| 10i128.checked_pow(u32::from(*scale)) == Some(*denominator));
        Some(Numbers { values, scale: scale?, unit })
    }

    /// The records without result, and why.
    pub fn errors(&self) -> impl Iterator<Item = (usize, &EvalError)> {
        self.apart.iter().filter_map(|(row, apart)| Some((*row, apart.as_ref().err()?)))
    }

    /// How many records took the single path.
    #[must_use]
    pub fn singly(&self) -> usize {
        self.singly
    }

    /// What stands behind the results: everything that took part in any record.
    #[must_use]
    pub fn grounds(&self) -> &BulkGrounds {
        &self.grounds
    }

    /// At least one result is a trial figure (试算).
    #[must_use]
    pub fn trial(&self) -> bool {
        self.grounds.trial()
    }

    /// Makes room for results of a shape.
    pub(super) fn shaped(&mut self, shape: &Shape) {
        let mut spare = Vec::new();
        if let Made::Numbers { values: Mantissas::Narrow(values), .. } = &mut self.made {
            spare = std::mem::take(values);
        }
        self.made = match shape {
            Shape::Number { unit, denominator } => {
                if spare.capacity() == 0 {
                    // Memory that comes as zeros need not be written twice.
                    spare = vec![0; self.rows];
                }
                spare.resize(self.rows, 0);
                let values = Mantissas::Narrow(spare);
                Made::Numbers { unit: unit.clone(), denominator: *denominator, values }
            }
            Shape::Text => Made::Texts { words: Vec::new(), codes: vec![0; self.rows] },
            Shape::Bool => Made::Bools(vec![false; self.rows]),
            Shape::Date => Made::Dates(vec![Date::ZERO; self.rows]),
        };
    }

    /// Takes over a block of results.
    pub(super) fn put(&mut self, start: usize, block: Block<'_>) {
        match (&mut self.made, block) {
            (Made::Numbers { values, .. }, block) => values.put_block(start, block),
            (Made::Texts { codes, .. }, Block::Narrow(block)) => {
                map(&mut codes[start..], block, |code| u32::try_from(code).unwrap_or_default());
            }
            (Made::Bools(values), Block::Narrow(block)) => {
                map(&mut values[start..], block, |mask| mask != 0);
            }
            (Made::Dates(values), Block::Narrow(block)) => {
                map(&mut values[start..], block, |day| unpacked(day).unwrap_or(Date::ZERO));
            }
            (_, Block::Wide(_)) | (Made::Nothing, _) => {}
        }
    }

    /// Names the texts that the codes stand for.
    pub(super) fn name(&mut self, all: Vec<String>) {
        if let Made::Texts { words, .. } = &mut self.made {
            *words = all;
        }
    }

    /// Takes over what the single path gave for a record.
    pub(super) fn take(&mut self, row: usize, outcome: Result<Evaluation, EvalError>) {
        self.singly += 1;
        match outcome {
            Ok(evaluation) => {
                evaluation.bases.iter().for_each(|basis| self.grounds.note(basis));
                if !self.made.place(row, &evaluation.result) {
                    self.apart.insert(row, Ok(evaluation.result));
                }
            }
            Err(error) => {
                self.apart.insert(row, Err(error));
            }
        }
    }

    /// Makes a column of results that all stand apart, where they are numbers of one unit.
    pub(super) fn gather(&mut self) {
        if self.made != Made::Nothing {
            return;
        }
        let mut unit: Option<&Unit> = None;
        let mut places = 0;
        for value in self.apart.values().flatten() {
            let Some(quantity) = value.number() else { return };
            let Some(decimal) = quantity.value.to_decimal() else { return };
            if **unit.get_or_insert(&quantity.unit) != quantity.unit {
                return;
            }
            places = places.max(decimal.places());
        }
        let Some(unit) = unit.cloned() else { return };
        let Some(denominator) = 10i128.checked_pow(u32::from(places)) else { return };
        let values = Mantissas::Narrow(vec![0; self.rows]);
        self.made = Made::Numbers { unit, denominator, values };
        let made = &mut self.made;
        self.apart.retain(|row, outcome| match outcome {
            Ok(value) => !made.place(*row, value),
            Err(_) => true,
        });
    }
}

impl Made {
    /// Puts a value at its place in the column, where the column can hold it.
    fn place(&mut self, row: usize, value: &Value) -> bool {
        match (self, value) {
            (Made::Numbers { unit, denominator, values }, Value::Number(quantity)) => {
                if quantity.unit != *unit || *denominator % quantity.value.denominator() != 0 {
                    return false;
                }
                let factor = *denominator / quantity.value.denominator();
                let mantissa = quantity.value.numerator().checked_mul(factor);
                mantissa.is_some_and(|mantissa| values.put(row, mantissa))
            }
            (Made::Texts { words, codes }, Value::Text(text)) => {
                let known = words.iter().position(|word| word == text);
                let known = known.unwrap_or_else(|| {
                    words.push(text.clone());
                    words.len() - 1
                });
                u32::try_from(known).map(|code| codes[row] = code).is_ok()
            }
            (Made::Bools(values), Value::Bool(value)) => {
                values[row] = *value;
                true
            }
            (Made::Dates(values), Value::Date(date)) => {
                values[row] = *date;
                true
            }
            _ => false,
        }
    }
}

impl Mantissas {
    fn put_block(&mut self, start: usize, block: Block<'_>) {
        match (&mut *self, block) {
            (Mantissas::Narrow(values), Block::Narrow(block)) => {
                values[start..start + block.len()].copy_from_slice(block);
            }
            (Mantissas::Wide(values), Block::Narrow(block)) => {
                map(&mut values[start..], block, i128::from);
            }
            (Mantissas::Wide(values), Block::Wide(block)) => {
                values[start..start + block.len()].copy_from_slice(block);
            }
            (Mantissas::Narrow(values), Block::Wide(block)) => {
                let mut wide: Vec<i128> = values.iter().copied().map(i128::from).collect();
                wide[start..start + block.len()].copy_from_slice(block);
                *self = Mantissas::Wide(wide);
            }
        }
    }

    fn put(&mut self, row: usize, mantissa: i128) -> bool {
        if let (Mantissas::Narrow(values), Err(_)) = (&*self, i64::try_from(mantissa)) {
            *self = Mantissas::Wide(values.iter().copied().map(i128::from).collect());
        }
        match (self, i64::try_from(mantissa)) {
            (Mantissas::Narrow(values), Ok(narrow)) => values[row] = narrow,
            (Mantissas::Wide(values), _) => values[row] = mantissa,
            (Mantissas::Narrow(_), Err(_)) => return false,
        }
        true
    }
}
