//! Writes the operations of a program, and decides the width of each by its bounds.

use std::collections::BTreeMap;

use tanheng_quantity::{Rational, Rounding, RoundingMode, Unit};

use super::divide::Divisor;
use super::node::{Doubt, LIMIT, Number, Span, Truth, Whole};
use super::program::{Dyad, Note, Op, Order, Place, Point};

/// Longer programs are not worth their memory: the single path takes over.
const MOST_OPS: usize = 20_000;

/// A program being written.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) ops: Vec<Op>,
    pub(super) constants: Vec<(Place, i128)>,
    pub(super) faults: Vec<Option<Place>>,
    pub(super) notes: Vec<Note>,
    held: BTreeMap<(i128, bool), Place>,
    blocks: usize,
}

impl Builder {
    fn narrow(&mut self) -> Place {
        self.blocks += 1;
        Place::Narrow(self.blocks)
    }

    fn target(&mut self, wide: bool) -> Place {
        self.blocks += 1;
        if wide { Place::Wide(self.blocks) } else { Place::Narrow(self.blocks) }
    }

    fn push(&mut self, op: Op) -> Result<Place, Doubt> {
        if self.ops.len() >= MOST_OPS {
            return Err(Doubt);
        }
        let target = op.target();
        self.ops.push(op);
        Ok(target)
    }

    /// A block that holds one number throughout.
    pub(super) fn constant(&mut self, value: i128) -> Whole {
        let span = Span::one(value);
        let wide = !span.is_narrow();
        let held = self.held.get(&(value, wide)).copied();
        let place = held.unwrap_or_else(|| {
            let place = self.target(wide);
            self.constants.push((place, value));
            self.held.insert((value, wide), place);
            place
        });
        Whole { place, span }
    }

    fn widened(&mut self, from: Place) -> Result<Place, Doubt> {
        if from.is_wide() {
            return Ok(from);
        }
        let to = self.target(true);
        self.push(Op::Widen { from, to })
    }

    /// Both in the same width, 128 bits when either or `wide` asks for it.
    fn alike(&mut self, a: Place, b: Place, wide: bool) -> Result<(Place, Place, bool), Doubt> {
        if wide || a.is_wide() || b.is_wide() {
            Ok((self.widened(a)?, self.widened(b)?, true))
        } else {
            Ok((a, b, false))
        }
    }

    /// Times a constant.
    pub(super) fn scaled(&mut self, from: Whole, by: i128) -> Result<Whole, Doubt> {
        if by == 1 {
            return Ok(from);
        }
        let span = from.span.times(Span::one(by))?;
        let wide = !span.is_narrow() || from.place.is_wide();
        let to = self.target(wide);
        let place = self.push(Op::Scale { from: from.place, by, to })?;
        Ok(Whole { place, span })
    }

    pub(super) fn product(&mut self, a: Whole, b: Whole) -> Result<Whole, Doubt> {
        let span = a.span.times(b.span)?;
        let wide = !span.is_narrow() || a.place.is_wide() || b.place.is_wide();
        let to = self.target(wide);
        // Two 64-bit numbers give a 128-bit product without being widened first.
        let small = !wide && a.span.is_small() && b.span.is_small();
        let what = if small { Dyad::MultiplySmall } else { Dyad::Multiply };
        let place = self.push(Op::Dyad { what, a: a.place, b: b.place, to })?;
        Ok(Whole { place, span })
    }

    fn dyad(&mut self, what: Dyad, a: Whole, b: Whole, span: Span) -> Result<Whole, Doubt> {
        let (a, b, wide) = self.alike(a.place, b.place, !span.is_narrow())?;
        let to = self.target(wide);
        let place = self.push(Op::Dyad { what, a, b, to })?;
        Ok(Whole { place, span })
    }

    pub(super) fn sum(&mut self, a: Whole, b: Whole) -> Result<Whole, Doubt> {
        let span = a.span.plus(b.span)?;
        self.dyad(Dyad::Add, a, b, span)
    }

    pub(super) fn least(&mut self, a: Whole, b: Whole) -> Result<Whole, Doubt> {
        let span = Span::new(a.span.low.min(b.span.low), a.span.high.min(b.span.high));
        self.dyad(Dyad::Min, a, b, span)
    }

    pub(super) fn greatest(&mut self, a: Whole, b: Whole) -> Result<Whole, Doubt> {
        let span = Span::new(a.span.low.max(b.span.low), a.span.high.max(b.span.high));
        self.dyad(Dyad::Max, a, b, span)
    }

    /// `a` with its sign turned where `b` is negative.
    pub(super) fn signed(&mut self, a: Whole, b: Whole) -> Result<Whole, Doubt> {
        let most = i128::try_from(a.span.most()).map_err(|_| Doubt)?;
        self.dyad(Dyad::Signed, a, b, Span::new(-most, most))
    }

    /// The magnitude, but 1 for 0.
    pub(super) fn magnitude(&mut self, from: Whole) -> Result<Whole, Doubt> {
        let most = i128::try_from(from.span.most()).map_err(|_| Doubt)?;
        let to = self.target(from.place.is_wide());
        let place = self.push(Op::Magnitude { from: from.place, to })?;
        Ok(Whole { place, span: Span::new(1, most.max(1)) })
    }

    pub(super) fn compare(&mut self, order: Order, a: Whole, b: Whole) -> Result<Truth, Doubt> {
        let (a, b, _) = self.alike(a.place, b.place, false)?;
        let to = self.narrow();
        self.push(Op::Compare { order, a, b, to }).map(Truth::Mask)
    }

    pub(super) fn select(&mut self, mask: Place, a: Whole, b: Whole) -> Result<Whole, Doubt> {
        let span = a.span.joined(b.span);
        let (a, b, wide) = self.alike(a.place, b.place, false)?;
        let to = self.target(wide);
        let place = self.push(Op::Select { mask, a, b, to })?;
        Ok(Whole { place, span })
    }

    /// The number at each position of a list; no position may leave it.
    pub(super) fn listed(&mut self, at: Place, list: &[i128]) -> Result<Whole, Doubt> {
        let span = Span::of(list.iter().copied()).ok_or(Doubt)?.within()?;
        let narrow: Option<Vec<i64>> =
            list.iter().map(|value| i64::try_from(*value).ok()).collect();
        let op = match narrow.filter(|_| span.is_narrow()) {
            Some(list) => Op::List { at, list, to: self.narrow() },
            None => Op::WideList { at, list: list.to_vec(), to: self.target(true) },
        };
        let place = self.push(op)?;
        Ok(Whole { place, span })
    }

    /// The mask at each position of a list.
    pub(super) fn listed_truth(&mut self, at: Place, list: &[bool]) -> Result<Truth, Doubt> {
        match list {
            [] => Ok(Truth::Known(false)),
            all if all.iter().all(|truth| *truth) => Ok(Truth::Known(true)),
            all if !all.contains(&true) => Ok(Truth::Known(false)),
            some => {
                let list = some.iter().map(|truth| -i64::from(*truth)).collect();
                let to = self.narrow();
                self.push(Op::List { at, list, to }).map(Truth::Mask)
            }
        }
    }

    pub(super) fn not(&mut self, truth: Truth) -> Result<Truth, Doubt> {
        match truth {
            Truth::Known(truth) => Ok(Truth::Known(!truth)),
            Truth::Mask(from) => {
                let to = self.narrow();
                self.push(Op::Not { from, to }).map(Truth::Mask)
            }
        }
    }

    pub(super) fn both(&mut self, a: Truth, b: Truth) -> Result<Truth, Doubt> {
        match (a, b) {
            (Truth::Known(false), _) | (_, Truth::Known(false)) => Ok(Truth::Known(false)),
            (Truth::Known(true), other) | (other, Truth::Known(true)) => Ok(other),
            (Truth::Mask(a), Truth::Mask(b)) => self.masks(Dyad::And, a, b),
        }
    }

    pub(super) fn either(&mut self, a: Truth, b: Truth) -> Result<Truth, Doubt> {
        match (a, b) {
            (Truth::Known(true), _) | (_, Truth::Known(true)) => Ok(Truth::Known(true)),
            (Truth::Known(false), other) | (other, Truth::Known(false)) => Ok(other),
            (Truth::Mask(a), Truth::Mask(b)) => self.masks(Dyad::Or, a, b),
        }
    }

    pub(super) fn differ(&mut self, a: Truth, b: Truth) -> Result<Truth, Doubt> {
        match (a, b) {
            (Truth::Known(known), other) | (other, Truth::Known(known)) => {
                if known {
                    self.not(other)
                } else {
                    Ok(other)
                }
            }
            (Truth::Mask(a), Truth::Mask(b)) => self.masks(Dyad::Xor, a, b),
        }
    }

    fn masks(&mut self, what: Dyad, a: Place, b: Place) -> Result<Truth, Doubt> {
        let to = self.narrow();
        self.push(Op::Dyad { what, a, b, to }).map(Truth::Mask)
    }

    /// Records for which something has no value take the single path.
    pub(super) fn fault(&mut self, when: Truth) {
        match when {
            Truth::Known(false) => {}
            Truth::Known(true) => self.faults.push(None),
            Truth::Mask(mask) => self.faults.push(Some(mask)),
        }
    }

    /// The top of a number as a block.
    pub(super) fn top(&mut self, number: &Number) -> Whole {
        number.top.unwrap_or_else(|| self.constant(1))
    }

    /// Rounds a number.
    pub(super) fn round(&mut self, number: &Number, how: Rounding) -> Result<Number, Doubt> {
        let power = power_of_ten(how.places)?;
        let scaled = number.factor.checked_mul(power).map_err(|_| Doubt)?;
        let factor = Rational::ONE.checked_div(power).map_err(|_| Doubt)?;
        let unit = number.unit.clone();
        if number.is_constant() {
            let rounded = number.factor.round(how).map_err(|_| Doubt)?;
            let rounded = Rational::try_from(rounded).map_err(|_| Doubt)?;
            return Number::constant(rounded, unit).proved();
        }
        let (from, scale) = (self.top(number), scaled.numerator());
        let inner = from.span.times(Span::one(scale))?;
        let bottom = number.bottom_span().times(Span::one(scaled.denominator()))?;
        let top = if bottom == Span::one(1) {
            self.scaled(from, scale)?
        } else {
            self.rounded(from, inner, number.bottom, scaled, how.mode)?
        };
        Number { factor, top: Some(top), bottom: None, unit }.proved()
    }

    fn rounded(
        &mut self,
        from: Whole,
        inner: Span,
        by: Option<Whole>,
        scaled: Rational,
        mode: RoundingMode,
    ) -> Result<Whole, Doubt> {
        let divisor = scaled.denominator().unsigned_abs();
        let least = by.map_or(1, |by| by.span.low.max(1)).unsigned_abs() * divisor;
        let most = by.map_or(1, |by| by.span.most()).saturating_mul(divisor);
        // What is added before the division must not carry the sum out of its width.
        let reach = inner.most().saturating_add(most);
        if reach >= LIMIT.unsigned_abs() {
            return Err(Doubt);
        }
        let wide = reach >= 1 << 63 || from.place.is_wide();
        let by =
            by.map(|by| if wide { self.widened(by.place) } else { Ok(by.place) }).transpose()?;
        let wide = wide || by.is_some_and(Place::is_wide);
        let from = if by.is_some() && wide { self.widened(from.place)? } else { from.place };
        let point = Point {
            scale: scaled.numerator(),
            divisor: Divisor::new(divisor),
            mode,
            signed: inner.may_be_negative(),
            wide,
            most: reach,
        };
        let reached = |bound: i128| {
            let most = i128::try_from(bound.unsigned_abs() / least + 1).map_err(|_| Doubt)?;
            Ok(if bound < 0 { -most } else { most })
        };
        let span = Span::new(reached(inner.low)?.min(0), reached(inner.high)?.max(0));
        let to = self.target(!span.is_narrow());
        let place = match by {
            Some(by) => self.push(Op::RoundBy { from, by, point, to })?,
            None => self.push(Op::Round { from, point, to })?,
        };
        Ok(Whole { place, span })
    }

    /// The tops of several numbers over one denominator: `top / (denominator × bottom)`.
    pub(super) fn aligned(&mut self, numbers: &[Number]) -> Result<Aligned, Doubt> {
        let mut denominator = Rational::ONE;
        for number in numbers {
            let common = common_multiple(denominator.numerator(), number.factor.denominator())?;
            denominator = Rational::new(common, 1).map_err(|_| Doubt)?;
        }
        let mut bottom: Option<Whole> = None;
        for own in numbers.iter().filter_map(|number| number.bottom) {
            bottom = Some(match bottom {
                Some(before) => self.product(before, own)?,
                None => own,
            });
        }
        Span::one(denominator.numerator())
            .times(bottom.map_or(Span::one(1), |bottom| bottom.span))?;
        let mut tops = Vec::new();
        for (index, number) in numbers.iter().enumerate() {
            let by = number.factor.checked_mul(denominator).map_err(|_| Doubt)?.numerator();
            let mut top = match number.top {
                Some(top) => self.scaled(top, by)?,
                None => {
                    Span::one(by).within()?;
                    self.constant(by)
                }
            };
            for (other, number) in numbers.iter().enumerate() {
                if let Some(bottom) = number.bottom.filter(|_| other != index) {
                    top = self.product(top, bottom)?;
                }
            }
            tops.push(top);
        }
        let factor = Rational::ONE.checked_div(denominator).map_err(|_| Doubt)?;
        Ok(Aligned { factor, tops, bottom })
    }
}

/// Numbers over one denominator.
pub(super) struct Aligned {
    pub(super) factor: Rational,
    pub(super) tops: Vec<Whole>,
    pub(super) bottom: Option<Whole>,
}

impl Aligned {
    /// The number with one of the tops, or what was made of them.
    pub(super) fn number(&self, top: Whole, unit: Unit) -> Result<Number, Doubt> {
        Number { factor: self.factor, top: Some(top), bottom: self.bottom, unit }.proved()
    }
}

/// `10^places`.
pub(super) fn power_of_ten(places: u8) -> Result<Rational, Doubt> {
    let power = 10i128.checked_pow(places.into()).filter(|power| *power < LIMIT).ok_or(Doubt)?;
    Rational::new(power, 1).map_err(|_| Doubt)
}

/// The smallest number that both divide.
pub(super) fn common_multiple(a: i128, b: i128) -> Result<i128, Doubt> {
    let rest = Rational::new(a, b).map_err(|_| Doubt)?.numerator();
    rest.checked_mul(b).filter(|multiple| *multiple < LIMIT).ok_or(Doubt)
}
