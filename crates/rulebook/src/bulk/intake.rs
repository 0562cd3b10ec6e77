//! Reads columns as a method declares its inputs: units, places, ranges and choices are decided
//! once for the column, and each block is only looked over.

use std::collections::BTreeMap;
use std::ops::Range;

use tanheng_quantity::{Rational, Unit};

use super::columns::{Cells, Column, Columns, Digits, Part};
use super::divide::Divisor;
use super::node::{LIMIT, Span, Words, packed};
use crate::evaluate::{Given, Parts};
use crate::model::{Input, InputKind, NumberInput, Presence, UnitChoice};
use crate::value::Value;

/// One input of a method.
#[derive(Debug)]
pub(super) enum Intake<'a> {
    /// The same in every record.
    Known(Value),
    /// A column.
    Column(Lane<'a>),
    /// An optional input that no record has.
    Absent,
}

/// A column of an input.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    pub(super) cells: Read<'a>,
    missing: Option<&'a [bool]>,
    given: &'a BTreeMap<usize, Given>,
    /// The input may be left out.
    optional: bool,
}

/// What the cells stand for.
#[derive(Debug)]
pub(super) enum Read<'a> {
    Numbers(Numbers<'a>),
    Choices(Choices<'a>),
}

/// Numbers: `value × factor`, counted in the declared unit.
#[derive(Debug)]
pub(super) struct Numbers<'a> {
    values: &'a Digits,
    pub(super) factor: Rational,
    pub(super) unit: Unit,
    /// What the declared range leaves.
    low: i64,
    high: i64,
    /// What a value must be a multiple of, so that it has no more places than declared.
    multiple: Option<Divisor>,
}

/// Choices, texts, truth, days or years.
#[derive(Debug)]
pub(super) struct Choices<'a> {
    codes: &'a [u32],
    /// What each code stands for; none where the word is refused.
    list: Vec<Option<i64>>,
    pub(super) kind: Kind,
}

/// What the numbers of [`Choices`] mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Bool,
    Date,
    Year,
}

impl Choices<'_> {
    /// Everything that can occur.
    pub(super) fn domain(&self) -> Vec<i64> {
        self.list.iter().flatten().copied().collect()
    }
}

/// All inputs of a method; none where every record must take the single path.
pub(super) fn read<'a>(
    columns: &'a Columns,
    parts: &mut Parts<'_>,
    words: &mut Words,
) -> Option<Vec<Intake<'a>>> {
    let method = parts.method();
    if columns.names().any(|name| method.input(name).is_none()) {
        return None;
    }
    let mut inputs = Vec::new();
    for input in &method.inputs {
        let Some(column) = columns.column(&input.name) else {
            inputs.push(match &input.presence {
                Presence::Required => return None,
                Presence::Optional => Intake::Absent,
                Presence::Default(default) => {
                    Intake::Known(parts.input(input, &Given::from(default.as_str()))?)
                }
            });
            continue;
        };
        inputs.push(match &column.cells {
            Cells::Constant(given) if column.missing.is_none() && column.given.is_empty() => {
                Intake::Known(parts.input(input, given)?)
            }
            _ => Intake::Column(lane(column, input, parts, words)?),
        });
    }
    Some(inputs)
}

fn lane<'a>(
    column: &'a Column,
    input: &Input,
    parts: &mut Parts<'_>,
    words: &mut Words,
) -> Option<Lane<'a>> {
    let cells = match (&column.cells, &input.kind) {
        (Cells::Numbers { unit, scale, values }, InputKind::Number(declared)) => {
            parts.led(input)?;
            let unit = counted_in(input, declared, unit.as_ref(), parts)?;
            Read::Numbers(numbers(values, *scale, unit, declared)?)
        }
        (Cells::Texts { dictionary, codes }, kind) => {
            let kind = match kind {
                InputKind::Number(_) => return None,
                InputKind::Choice { .. } | InputKind::Text => Kind::Text,
                InputKind::Bool => Kind::Bool,
                InputKind::Date => Kind::Date,
                InputKind::Year => Kind::Year,
            };
            let meaning = |word: &String| {
                Some(match parts.word(input, &Given::from(word.as_str()))? {
                    Value::Text(text) => words.number(&text),
                    Value::Bool(truth) => -i64::from(truth),
                    Value::Date(date) => packed(date),
                    Value::Year(year) => i64::from(year),
                    Value::Number(_) => return None,
                })
            };
            Read::Choices(Choices { codes, list: dictionary.iter().map(meaning).collect(), kind })
        }
        _ => return None,
    };
    let optional = input.presence == Presence::Optional;
    Some(Lane { cells, missing: column.missing.as_deref(), given: &column.given, optional })
}

/// The declared unit that a column is counted in, with the factor to it.
fn counted_in(
    input: &Input,
    declared: &NumberInput,
    written: Option<&Unit>,
    parts: &mut Parts<'_>,
) -> Option<(Unit, Rational)> {
    let default = parts.alternative().unit(&declared.unit, &input.name);
    let written = written.unwrap_or(&default);
    if let UnitChoice::OneOf(units) = &declared.unit
        && units.len() > 1
        && input.unit_by.is_none()
    {
        let same = units.iter().position(|unit| unit == written);
        let chosen = same.or_else(|| units.iter().position(|unit| unit.compatible(written)))?;
        parts.alternative().0.insert(input.name.clone(), chosen);
    }
    let unit = parts.alternative().unit(&declared.unit, &input.name);
    let factor = written.factor_to(&unit).ok()?;
    Some((unit, factor))
}

fn numbers<'a>(
    values: &'a Digits,
    scale: u8,
    (unit, factor): (Unit, Rational),
    declared: &NumberInput,
) -> Option<Numbers<'a>> {
    let power = |places: u8| 10i128.checked_pow(places.into()).filter(|power| *power < LIMIT);
    let one = Rational::new(1, power(scale)?).ok()?;
    let factor = factor.checked_mul(one).ok()?;
    let multiple = match declared.places {
        None => None,
        Some(places) => {
            // A value has few enough places when it is whole in units of the last one.
            let last = Rational::new(power(places)?, 1).ok()?;
            let scaled = factor.checked_mul(last).ok()?;
            // The check on the single path writes the value as a decimal.
            Span::new(i64::MIN.into(), i64::MAX.into())
                .times(Span::one(scaled.numerator()))
                .ok()?;
            (scaled.denominator() > 1).then(|| Divisor::new(scaled.denominator().unsigned_abs()))
        }
    };
    Span::new(i64::MIN.into(), i64::MAX.into()).times(Span::one(factor.numerator())).ok()?;
    let low = match declared.min {
        None => i64::MIN + 1,
        Some(min) => {
            let least = min.checked_div(factor).ok()?;
            let whole = least.denominator() == 1;
            let up = -(-least.numerator()).div_euclid(least.denominator());
            narrowed(up + i128::from(whole && declared.min_open)).max(i64::MIN + 1)
        }
    };
    let high = match declared.max {
        None => i64::MAX,
        Some(max) => {
            let most = max.checked_div(factor).ok()?;
            let whole = most.denominator() == 1;
            let down = most.numerator().div_euclid(most.denominator());
            narrowed(down - i128::from(whole && declared.max_open))
        }
    };
    Some(Numbers { values, factor, unit, low, high, multiple })
}

/// The nearest 64-bit number.
fn narrowed(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// What was seen of a block of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Every record can be computed in columns.
    All,
    /// Some can; the others are marked and hold a harmless value.
    Some,
    /// None can.
    Nothing,
}

/// A block of one column as a program reads it.
pub(super) struct Slot<'s> {
    /// What the records hold, where that differs from the column itself.
    pub(super) values: &'s mut [i64],
    /// Masks of the records that have the input.
    pub(super) given: &'s mut [i64],
}

impl Lane<'_> {
    /// Some records may be without this input and can be computed nevertheless.
    pub(super) fn may_be_absent(&self) -> bool {
        self.optional && self.missing.is_some()
    }

    /// Looks over the records from `start` on, one for each of `valid`: marks those that must
    /// take the single path, and writes what the others hold where that differs from the column.
    pub(super) fn look(&self, start: usize, valid: &mut [bool], slot: Slot<'_>) -> (Seen, Span) {
        let rows = start..start + valid.len();
        if self.may_be_absent()
            && let Some(missing) = self.missing
        {
            let given = slot.given.iter_mut().zip(&missing[rows.clone()]);
            given.for_each(|(given, missing)| *given = -i64::from(!missing));
        }
        match &self.cells {
            Read::Numbers(numbers) => {
                let plain = self.missing.is_none() && self.given.is_empty();
                if let Some(span) = numbers.bounds(rows).filter(|_| plain) {
                    return (Seen::All, span);
                }
                let fine = |row: usize| {
                    let value = numbers.values.get(start + row);
                    numbers.accepts(value).then_some(value)
                };
                let spare = 0.clamp(numbers.low.min(numbers.high), numbers.high);
                self.picked(start, valid, slot.values, fine, Some(spare))
            }
            Read::Choices(choices) => {
                let codes = &choices.codes[rows];
                let fine = |row: usize| {
                    let code = usize::try_from(codes[row]).ok()?;
                    choices.list.get(code).copied().flatten()
                };
                let spare = choices.list.iter().flatten().copied().next();
                self.picked(start, valid, slot.values, fine, spare)
            }
        }
    }

    /// Copies what is fine. Other records get a value of the same column, so that nothing that is
    /// worked out with it leaves the bounds; of these, only the absent ones stay valid.
    fn picked(
        &self,
        start: usize,
        valid: &mut [bool],
        into: &mut [i64],
        fine: impl Fn(usize) -> Option<i64>,
        spare: Option<i64>,
    ) -> (Seen, Span) {
        let absent = |row: usize| self.missing.is_some_and(|missing| missing[start + row]);
        let own = |row: usize| {
            let plain = !absent(row) && !self.given.contains_key(&(start + row));
            fine(row).filter(|_| plain)
        };
        let filler = (0..valid.len()).find_map(own).or(spare.filter(|_| self.may_be_absent()));
        let Some(filler) = filler else {
            valid.fill(false);
            return (Seen::Nothing, Span::one(0));
        };
        let mut span = Span::one(filler.into());
        for (row, (valid, into)) in valid.iter_mut().zip(into).enumerate() {
            let own = own(row);
            let left_out = self.optional && absent(row) && !self.given.contains_key(&(start + row));
            *valid &= own.is_some() || left_out;
            *into = own.unwrap_or(filler);
            span = span.joined(Span::one((*into).into()));
        }
        (Seen::Some, span)
    }

    /// The column itself, where nothing had to be written out.
    pub(super) fn direct(&self, rows: Range<usize>) -> Option<Part<'_>> {
        match &self.cells {
            Read::Numbers(numbers) => Some(numbers.values.part(rows)),
            Read::Choices(_) => None,
        }
    }
}

impl Numbers<'_> {
    fn accepts(&self, value: i64) -> bool {
        let whole = |divisor: &Divisor| {
            let magnitude = u128::from(value.unsigned_abs());
            divisor.divide(magnitude) * divisor.value() == magnitude
        };
        (self.low..=self.high).contains(&value) && self.multiple.as_ref().is_none_or(whole)
    }

    /// The bounds of records of which every value is accepted; none where one may not be.
    fn bounds(&self, rows: Range<usize>) -> Option<Span> {
        let (least, most) = self.values.bounds(&rows)?;
        if least < self.low || most > self.high {
            return None;
        }
        if self.multiple.is_some()
            && !rows.into_iter().all(|row| self.accepts(self.values.get(row)))
        {
            return None;
        }
        Some(Span::new(least.into(), most.into()))
    }

    /// The declared range.
    pub(super) fn widest(&self) -> Span {
        Span::new(self.low.min(self.high).into(), self.high.into())
    }

    /// Bounds a little wider, so that neighbouring blocks share them.
    pub(super) fn eased(&self, span: Span) -> Span {
        let out = |bound: i128| i128::from(filled(narrowed(bound.abs())));
        let low = if span.low < 0 { -out(span.low) } else { 0 };
        let high = if span.high > 0 { out(span.high) } else { 0 };
        Span::new(low.max(self.low.into()), high.min(self.high.into())).joined(span)
    }
}

/// The largest number with as many digits in base two.
fn filled(number: i64) -> i64 {
    match number.leading_zeros() {
        64 => 0,
        zeros => i64::MAX >> zeros.saturating_sub(1),
    }
}
