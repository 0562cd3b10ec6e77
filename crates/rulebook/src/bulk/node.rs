//! What a part of a formula is while it is turned into operations: where its values will stand,
//! and between which bounds.

use std::collections::BTreeMap;

use tanheng_base::Date;
use tanheng_quantity::{Rational, Unit};

use super::program::Place;

/// No number on the way may reach this: one bit below the width of [`Rational`], so that what is
/// proved to fit here fits on the single path too.
pub(super) const LIMIT: i128 = 1 << 126;

/// A part that cannot be proved, or has no value: the records that need it take the single path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubt;

/// Whole numbers between two bounds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) low: i128,
    pub(super) high: i128,
}

impl Span {
    pub(super) fn new(low: i128, high: i128) -> Span {
        Span { low, high }
    }

    pub(super) fn one(value: i128) -> Span {
        Span { low: value, high: value }
    }

    /// The span of several values; none of none.
    pub(super) fn of(values: impl IntoIterator<Item = i128>) -> Option<Span> {
        let spans = values.into_iter().map(Span::one);
        spans.reduce(Span::joined)
    }

    pub(super) fn joined(self, other: Span) -> Span {
        Span { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    pub(super) fn may_be_negative(self) -> bool {
        self.low < 0
    }

    /// The largest magnitude.
    pub(super) fn most(self) -> u128 {
        self.low.unsigned_abs().max(self.high.unsigned_abs())
    }

    /// Every number in it fits 64 bits, whatever its sign.
    pub(super) fn is_narrow(self) -> bool {
        self.most() < 1 << 63
    }

    /// Every number in it is from 0 up and below 2^32.
    pub(super) fn is_small(self) -> bool {
        self.low >= 0 && self.high < 1 << 32
    }

    /// Refuses what reaches the limit.
    pub(super) fn within(self) -> Result<Span, Doubt> {
        if self.most() < LIMIT.unsigned_abs() { Ok(self) } else { Err(Doubt) }
    }

    pub(super) fn plus(self, other: Span) -> Result<Span, Doubt> {
        let low = self.low.checked_add(other.low).ok_or(Doubt)?;
        let high = self.high.checked_add(other.high).ok_or(Doubt)?;
        Span { low, high }.within()
    }

    pub(super) fn times(self, other: Span) -> Result<Span, Doubt> {
        let mut corners = [0; 4];
        let pairs = [
            (self.low, other.low),
            (self.low, other.high),
            (self.high, other.low),
            (self.high, other.high),
        ];
        for (corner, (a, b)) in corners.iter_mut().zip(pairs) {
            *corner = a.checked_mul(b).ok_or(Doubt)?;
        }
        Span::of(corners).ok_or(Doubt)?.within()
    }
}

/// Whole numbers that will stand somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) place: Place,
    pub(super) span: Span,
}

/// A number: `factor × top / bottom`.
///
/// The factor gathers what is the same in every record, such as scales, conversions and 44/12, so
/// that it is multiplied once, at a rounding point or where two numbers must stand over one
/// denominator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) factor: Rational,
    /// 1 where the number is the same in every record.
    pub(super) top: Option<Whole>,
    /// 1 where nothing but constants was divided by; always above zero.
    pub(super) bottom: Option<Whole>,
    pub(super) unit: Unit,
}

impl Number {
    pub(super) fn constant(factor: Rational, unit: Unit) -> Number {
        Number { factor, top: None, bottom: None, unit }
    }

    pub(super) fn top_span(&self) -> Span {
        self.top.map_or(Span::one(1), |top| top.span)
    }

    pub(super) fn bottom_span(&self) -> Span {
        self.bottom.map_or(Span::one(1), |bottom| bottom.span)
    }

    /// The same, when numerator and denominator are proved to fit.
    pub(super) fn proved(self) -> Result<Number, Doubt> {
        Span::one(self.factor.numerator()).times(self.top_span())?;
        Span::one(self.factor.denominator()).times(self.bottom_span())?;
        Ok(self)
    }

    pub(super) fn is_constant(&self) -> bool {
        self.top.is_none() && self.bottom.is_none()
    }
}

/// Truth: known beforehand, or a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    Known(bool),
    Mask(Place),
}

/// A choice, day or year: known beforehand, or a column of whole numbers that stand for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The only value, or where the values stand.
    pub(super) held: Held,
    /// All values that can occur, ascending.
    pub(super) domain: Vec<i64>,
}

/// Where a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Known(i64),
    At(Place),
}

impl Word {
    pub(super) fn known(value: i64) -> Word {
        Word { held: Held::Known(value), domain: vec![value] }
    }

    pub(super) fn at(place: Place, mut domain: Vec<i64>) -> Word {
        domain.sort_unstable();
        domain.dedup();
        Word { held: Held::At(place), domain }
    }
}

/// A part of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Number(Number),
    /// Positions in the list of words.
    Text(Word),
    Bool(Truth),
    /// Packed days.
    Date(Word),
    Year(Word),
}

/// A day as one number that orders as days do.
pub(super) fn packed(date: Date) -> i64 {
    (i64::from(date.year()) * 16 + i64::from(date.month())) * 32 + i64::from(date.day())
}

/// The day that was packed.
pub(super) fn unpacked(packed: i64) -> Option<Date> {
    let (rest, day) = (packed.div_euclid(32), packed.rem_euclid(32));
    let (year, month) = (rest.div_euclid(16), rest.rem_euclid(16));
    let year = i16::try_from(year).ok()?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Texts by the number that stands for them.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    all: Vec<String>,
    numbers: BTreeMap<String, i64>,
}

impl Words {
    /// The number of a text, new where it has none.
    pub(super) fn number(&mut self, text: &str) -> i64 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = i64::try_from(self.all.len()).unwrap_or(i64::MAX);
        self.all.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    pub(super) fn text(&self, number: i64) -> Option<&str> {
        usize::try_from(number).ok().and_then(|number| self.all.get(number)).map(String::as_str)
    }

    /// All texts, each at the place of its number.
    pub(super) fn into_all(self) -> Vec<String> {
        self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_keep_their_order_when_packed() {
        let days = [(-1, 12, 31), (2021, 12, 31), (2022, 1, 1), (2022, 1, 2), (2022, 10, 1)];
        let days = days.map(|(year, month, day)| Date::constant(year, month, day));
        let numbers = days.map(packed);
        assert!(numbers.is_sorted());
        assert_eq!(numbers.map(unpacked), days.map(Some));
    }

    #[test]
    fn spans_hold_every_product() {
        let (a, b) = (Span::new(-3, 5), Span::new(-7, 2));
        assert_eq!(a.times(b), Ok(Span::new(-35, 21)));
        assert_eq!(a.plus(b), Ok(Span::new(-10, 7)));
        assert_eq!(Span::one(LIMIT - 1).plus(Span::one(1)), Err(Doubt));
        assert_eq!(Span::one(1 << 80).times(Span::one(1 << 60)), Err(Doubt));
    }
}
