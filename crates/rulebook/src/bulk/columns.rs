//! Many records as columns: one column for each input, all of one length.

use std::collections::BTreeMap;
use std::ops::Range;

use tanheng_quantity::{Decimal, Quantity, Rational, Unit};

use crate::evaluate::Given;
use crate::value::Value;

/// Most decimal places of a column of numbers.
const MOST_PLACES: u8 = 38;

/// The inputs of many records: columns of one length, named as the method names its inputs.
///
/// An input without a column is missing in every record.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    rows: usize,
    columns: BTreeMap<String, Column>,
}

/// One column.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) cells: Cells,
    /// Where the cell is empty; none when no cell is.
    pub(super) missing: Option<Vec<bool>>,
    /// Cells that are given in another way than the rest of the column.
    pub(super) given: BTreeMap<usize, Given>,
}

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    /// `values × 10^-scale`, in one unit.
    /// Without a unit: as numbers that are written without one.
    Numbers { unit: Option<Unit>, scale: u8, values: Digits },
    /// Positions in a dictionary of words.
    Texts { dictionary: Vec<String>, codes: Vec<u32> },
    /// The same in every record.
    Constant(Given),
}

/// The digits of a column of numbers without the point, with the bounds of each part of it.
#[derive(Debug, Clone)]
pub(super) struct Digits {
    values: Values,
    /// Least and largest of every [`ZONE`] numbers.
    zones: Vec<(i64, i64)>,
}

/// Numbers, in half the memory where they fit: what is read from memory decides how quick a column
/// is.
#[derive(Debug, Clone)]
enum Values {
    Half(Vec<i32>),
    Whole(Vec<i64>),
}

/// A part of a column of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'p> {
    Half(&'p [i32]),
    Whole(&'p [i64]),
}

/// How many numbers have bounds of their own.
const ZONE: usize = 4096;

impl Digits {
    fn new(values: Vec<i64>) -> Digits {
        let bounds = |zone: &[i64]| {
            let whole = (i64::MAX, i64::MIN);
            zone.iter().fold(whole, |(least, most), value| (least.min(*value), most.max(*value)))
        };
        let zones: Vec<(i64, i64)> = values.chunks(ZONE).map(bounds).collect();
        let fits = |bound: i64| i32::try_from(bound).is_ok();
        let half = zones.iter().all(|(least, most)| fits(*least) && fits(*most));
        if !half {
            return Digits { values: Values::Whole(values), zones };
        }
        let narrowed = |value: i64| i32::try_from(value).unwrap_or_default();
        Digits { values: Values::Half(values.into_iter().map(narrowed).collect()), zones }
    }

    pub(super) fn get(&self, row: usize) -> i64 {
        match &self.values {
            Values::Half(values) => values[row].into(),
            Values::Whole(values) => values[row],
        }
    }

    pub(super) fn part(&self, rows: Range<usize>) -> Part<'_> {
        match &self.values {
            Values::Half(values) => Part::Half(&values[rows]),
            Values::Whole(values) => Part::Whole(&values[rows]),
        }
    }

    /// Bounds of some of the numbers, perhaps a little wide; none of none.
    pub(super) fn bounds(&self, rows: &Range<usize>) -> Option<(i64, i64)> {
        let zones = self.zones.get(rows.start / ZONE..rows.end.div_ceil(ZONE))?;
        zones.iter().copied().reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
    }

    fn gathered(&self, rows: &[usize]) -> Digits {
        Digits::new(rows.iter().map(|row| self.get(*row)).collect())
    }
}

impl Columns {
    /// Columns for that many records, none yet.
    #[must_use]
    pub fn new(rows: usize) -> Columns {
        Columns { rows, columns: BTreeMap::new() }
    }

    /// How many records there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a column of numbers, `values × 10^-scale`, all counted in `unit`.
    ///
    /// # Panics
    /// When the length is not that of the other columns, or with more than 38 places.
    #[must_use]
    pub fn numbers(self, name: &str, unit: Unit, scale: u8, values: Vec<i64>) -> Columns {
        self.with_numbers(name, Some(unit), scale, values)
    }

    /// Adds a column of numbers without a unit: they count as numbers do that a person writes
    /// without one, in the default unit of the input.
    ///
    /// # Panics
    /// As [`Columns::numbers`].
    #[must_use]
    pub fn bare_numbers(self, name: &str, scale: u8, values: Vec<i64>) -> Columns {
        self.with_numbers(name, None, scale, values)
    }

    fn with_numbers(self, name: &str, unit: Option<Unit>, scale: u8, values: Vec<i64>) -> Columns {
        assert_eq!(values.len(), self.rows, "column `{name}`");
        assert!(scale <= MOST_PLACES, "column `{name}` has more than {MOST_PLACES} places");
        self.with(name, Cells::Numbers { unit, scale, values: Digits::new(values) })
    }

    /// Adds a column of choices, texts, truth, days or years: `codes` are positions in
    /// `dictionary`, whose words are written as a person writes them (`coal`, `true`,
    /// `2022-12-31`, `2022`).
    ///
    /// # Panics
    /// When the length is not that of the other columns, or a code is not in the dictionary.
    #[must_use]
    pub fn texts(self, name: &str, dictionary: Vec<String>, codes: Vec<u32>) -> Columns {
        assert_eq!(codes.len(), self.rows, "column `{name}`");
        let known = |code: &u32| usize::try_from(*code).is_ok_and(|code| code < dictionary.len());
        assert!(codes.iter().all(known), "column `{name}` has a code without word");
        self.with(name, Cells::Texts { dictionary, codes })
    }

    /// Adds an input that is the same in every record.
    #[must_use]
    pub fn constant(self, name: &str, given: impl Into<Given>) -> Columns {
        self.with(name, Cells::Constant(given.into()))
    }

    /// Marks the cells of a column that are empty: there the input is missing.
    ///
    /// # Panics
    /// When the length is not that of the columns, or there is no such column.
    #[must_use]
    pub fn missing(mut self, name: &str, missing: Vec<bool>) -> Columns {
        assert_eq!(missing.len(), self.rows, "missing cells of `{name}`");
        let some = missing.contains(&true);
        self.column_mut(name).missing = some.then_some(missing);
        self
    }

    /// Replaces one cell by what is given in another way, such as `21 kg` in a column of tonnes
    /// or what cannot be read as a number at all. That record is worked out singly.
    ///
    /// # Panics
    /// When there is no such row or column.
    #[must_use]
    pub fn cell(mut self, name: &str, row: usize, given: impl Into<Given>) -> Columns {
        assert!(row < self.rows, "row {row} of `{name}`");
        self.column_mut(name).given.insert(row, given.into());
        self
    }

    fn with(mut self, name: &str, cells: Cells) -> Columns {
        self.columns
            .insert(name.to_owned(), Column { cells, missing: None, given: BTreeMap::new() });
        self
    }

    fn column_mut(&mut self, name: &str) -> &mut Column {
        let column = self.columns.get_mut(name);
        assert!(column.is_some(), "there is no column `{name}`");
        column.expect("just seen")
    }

    /// The same columns for some of the records only, in this order.
    pub(super) fn gathered(&self, rows: &[usize]) -> Columns {
        let columns = self.columns.iter().map(|(name, column)| {
            let cells = match &column.cells {
                Cells::Numbers { unit, scale, values } => Cells::Numbers {
                    unit: unit.clone(),
                    scale: *scale,
                    values: values.gathered(rows),
                },
                Cells::Texts { dictionary, codes } => Cells::Texts {
                    dictionary: dictionary.clone(),
                    codes: rows.iter().map(|row| codes[*row]).collect(),
                },
                Cells::Constant(given) => Cells::Constant(given.clone()),
            };
            let missing = column.missing.as_ref();
            let missing = missing.map(|missing| rows.iter().map(|row| missing[*row]).collect());
            let given = rows
                .iter()
                .enumerate()
                .filter_map(|(index, row)| Some((index, column.given.get(row)?.clone())));
            (name.clone(), Column { cells, missing, given: given.collect() })
        });
        Columns { rows: rows.len(), columns: columns.collect() }
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// The inputs of one record, as they are given to [`crate::Rulebook::evaluate`].
    #[must_use]
    pub fn record(&self, row: usize) -> BTreeMap<String, Given> {
        let given = |(name, column): (&String, &Column)| Some((name.clone(), column.given(row)?));
        self.columns.iter().filter_map(given).collect()
    }
}

impl Column {
    /// The cell is neither empty nor given in another way.
    pub(super) fn is_plain(&self, row: usize) -> bool {
        !self.given.contains_key(&row) && !self.missing.as_ref().is_some_and(|missing| missing[row])
    }

    fn given(&self, row: usize) -> Option<Given> {
        if let Some(given) = self.given.get(&row) {
            return Some(given.clone());
        }
        if self.missing.as_ref().is_some_and(|missing| missing[row]) {
            return None;
        }
        Some(match &self.cells {
            Cells::Numbers { unit, scale, values } => {
                let decimal = Decimal::new(values.get(row).into(), *scale).ok()?;
                let Some(unit) = unit else { return Some(Given::Raw(decimal.to_string())) };
                let value = Rational::try_from(decimal).ok()?;
                Given::Typed(Value::Number(Quantity::new(value, unit.clone())))
            }
            Cells::Texts { dictionary, codes } => {
                let word =
                    usize::try_from(codes[row]).ok().and_then(|code| dictionary.get(code))?;
                Given::Raw(word.clone())
            }
            Cells::Constant(given) => given.clone(),
        })
    }
}
