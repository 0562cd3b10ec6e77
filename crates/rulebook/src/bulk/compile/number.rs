//! Arithmetic on numbers of columns.

use tanheng_quantity::{Rational, Rounding, Unit};

use super::{Compiler, Target};
use crate::bulk::node::{Doubt, Node, Number, Span, Truth, Whole};
use crate::bulk::program::Order;
use crate::lang::{BinaryOp, Expr, ExprKind, Function};

/// The same in another unit.
pub(super) fn converted(number: Number, target: &Unit) -> Result<Number, Doubt> {
    if number.unit == *target {
        return Ok(number);
    }
    let factor = number.unit.factor_to(target).map_err(|_| Doubt)?;
    let factor = number.factor.checked_mul(factor).map_err(|_| Doubt)?;
    Number { factor, unit: target.clone(), ..number }.proved()
}

pub(super) fn negated(number: Number) -> Result<Number, Doubt> {
    let factor = number.factor.checked_neg().map_err(|_| Doubt)?;
    Number { factor, ..number }.proved()
}

impl Compiler<'_, '_> {
    fn times(&mut self, a: Option<Whole>, b: Option<Whole>) -> Result<Option<Whole>, Doubt> {
        match (a, b) {
            (Some(a), Some(b)) => self.build.product(a, b).map(Some),
            (one, None) | (None, one) => Ok(one),
        }
    }

    /// The factors of a product, from left to right.
    pub(super) fn factors(
        &mut self,
        expr: &Expr,
        target: Target<'_>,
        factors: &mut Vec<Number>,
    ) -> Result<(), Doubt> {
        if let ExprKind::Binary(BinaryOp::Multiply, left, right) = &expr.kind {
            self.factors(left, target, factors)?;
            factors.push(self.number(right, target)?);
        } else {
            factors.push(self.number(expr, target)?);
        }
        Ok(())
    }

    /// The product of several numbers, the smallest first: so most of the work is done on small
    /// numbers. That no product overflows is proved in the order in which they are written, which
    /// is that of the single path.
    pub(super) fn product(&mut self, numbers: &[Number]) -> Result<Number, Doubt> {
        let (mut factor, mut unit) = (Rational::ONE, Unit::one());
        let (mut tops, mut bottoms): (Vec<Whole>, Vec<Whole>) = (Vec::new(), Vec::new());
        let (mut top, mut bottom) = (Span::one(1), Span::one(1));
        for number in numbers {
            factor = factor.checked_mul(number.factor).map_err(|_| Doubt)?;
            unit = unit.times(&number.unit);
            top = top.times(number.top_span())?;
            bottom = bottom.times(number.bottom_span())?;
            top.times(Span::one(factor.numerator()))?;
            bottom.times(Span::one(factor.denominator()))?;
            tops.extend(number.top);
            bottoms.extend(number.bottom);
        }
        let (top, bottom) = (self.product_of(tops)?, self.product_of(bottoms)?);
        Number { factor, top, bottom, unit }.proved()
    }

    fn product_of(&mut self, mut wholes: Vec<Whole>) -> Result<Option<Whole>, Doubt> {
        wholes.sort_by_key(|whole| whole.span.most());
        let mut product = None;
        for whole in wholes {
            product = self.times(product, Some(whole))?;
        }
        Ok(product)
    }

    /// A quotient stays a fraction until it is rounded; division by zero is left to the single
    /// path.
    pub(super) fn quotient(&mut self, a: &Number, b: &Number) -> Result<Number, Doubt> {
        let factor = a.factor.checked_div(b.factor).map_err(|_| Doubt)?;
        let unit = a.unit.per(&b.unit);
        let (mut top, mut bottom) = (a.top, a.bottom);
        if let Some(by) = b.top {
            let mut below = by;
            if by.span.low <= 0 {
                if by.span.high >= 0 {
                    let nothing = self.build.constant(0);
                    let zero = self.build.compare(Order::Equal, by, nothing)?;
                    self.fault(zero)?;
                }
                below = self.build.magnitude(by)?;
            }
            if by.span.may_be_negative() {
                let above = self.build.top(a);
                top = Some(self.build.signed(above, by)?);
            }
            bottom = self.times(bottom, Some(below))?;
        }
        top = self.times(top, b.bottom)?;
        Number { factor, top, bottom, unit }.proved()
    }

    /// The sum of two numbers in one unit.
    pub(super) fn sum(&mut self, a: Number, b: Number) -> Result<Number, Doubt> {
        if a.is_constant() && b.is_constant() {
            let sum = a.factor.checked_add(b.factor).map_err(|_| Doubt)?;
            return Number::constant(sum, a.unit).proved();
        }
        let unit = a.unit.clone();
        let aligned = self.build.aligned(&[a, b])?;
        let top = self.build.sum(aligned.tops[0], aligned.tops[1])?;
        aligned.number(top, unit)
    }

    /// Whether one number of a unit is before, or the same as, another.
    pub(super) fn ordered(&mut self, order: Order, a: Number, b: Number) -> Result<Truth, Doubt> {
        if a.is_constant() && b.is_constant() {
            return Ok(Truth::Known(match order {
                Order::Equal => a.factor == b.factor,
                Order::Less => a.factor < b.factor,
                Order::LessOrEqual => a.factor <= b.factor,
            }));
        }
        let aligned = self.build.aligned(&[a, b])?;
        self.build.compare(order, aligned.tops[0], aligned.tops[1])
    }

    /// A rounded power of constants; of columns it is left to the single path.
    pub(super) fn power(
        &mut self,
        base: &Expr,
        exponent: &Expr,
        rounding: Rounding,
        target: Target<'_>,
    ) -> Result<Node, Doubt> {
        let one = Unit::one();
        let base = converted(self.number(base, target)?, &one)?;
        let exponent = converted(self.number(exponent, target)?, &one)?;
        if !base.is_constant() || !exponent.is_constant() {
            return Err(Doubt);
        }
        let power = base.factor.power(exponent.factor, rounding).map_err(|_| Doubt)?;
        let power = Rational::try_from(power).map_err(|_| Doubt)?;
        Number::constant(power, one).proved().map(Node::Number)
    }

    /// `min`, `max` and `clamp`.
    pub(super) fn call(
        &mut self,
        function: Function,
        args: &[Expr],
        target: Target<'_>,
    ) -> Result<Node, Doubt> {
        let mut numbers: Vec<Number> = Vec::new();
        for arg in args {
            let mut number = self.number(arg, target)?;
            if let Some(first) = numbers.first() {
                number = converted(number, &first.unit)?;
            }
            numbers.push(number);
        }
        let unit = numbers.first().ok_or(Doubt)?.unit.clone();
        let aligned = self.build.aligned(&numbers)?;
        let mut tops = aligned.tops.iter().copied();
        let mut top = tops.next().ok_or(Doubt)?;
        match function {
            Function::Min => {
                for other in tops {
                    top = self.build.least(top, other)?;
                }
            }
            Function::Max => {
                for other in tops {
                    top = self.build.greatest(top, other)?;
                }
            }
            Function::Clamp => {
                let (Some(low), Some(high), None) = (tops.next(), tops.next(), tops.next()) else {
                    return Err(Doubt);
                };
                let crossed = self.ordered(Order::Less, numbers[2].clone(), numbers[1].clone())?;
                self.fault(crossed)?;
                top = self.build.greatest(top, low)?;
                top = self.build.least(top, high)?;
            }
        }
        aligned.number(top, unit).map(Node::Number)
    }

    /// One of several numbers, the last where no mask before says yes.
    pub(super) fn chosen_number(&mut self, arms: Vec<(Truth, Number)>) -> Result<Number, Doubt> {
        let unit = arms.first().ok_or(Doubt)?.1.unit.clone();
        for (_, number) in &arms {
            // Of two units it would depend on the record in which one the next rounding is made.
            let factor = number.unit.factor_to(&unit).map_err(|_| Doubt)?;
            if factor != Rational::ONE {
                return Err(Doubt);
            }
        }
        let (masks, numbers): (Vec<Truth>, Vec<Number>) = arms.into_iter().unzip();
        if numbers.iter().all(|number| *number == numbers[0]) {
            return Ok(numbers[0].clone());
        }
        let aligned = self.build.aligned(&numbers)?;
        let top = self.chosen(&masks, &aligned.tops)?;
        aligned.number(top, unit)
    }

    /// One of several columns, the last where no mask before says yes.
    pub(super) fn chosen(&mut self, masks: &[Truth], tops: &[Whole]) -> Result<Whole, Doubt> {
        let mut chosen = *tops.last().ok_or(Doubt)?;
        for (mask, top) in masks.iter().zip(tops).rev().skip(1) {
            chosen = match mask {
                Truth::Known(true) => *top,
                Truth::Known(false) => chosen,
                Truth::Mask(mask) => self.build.select(*mask, *top, chosen)?,
            };
        }
        Ok(chosen)
    }

    /// A number that is a year, in the unit of what it is compared with.
    pub(super) fn year_number(&mut self, year: Whole, unit: &Unit) -> Number {
        let (factor, unit) = (Rational::ONE, unit.clone());
        match year.span {
            Span { low, high } if low == high => {
                Number::constant(Rational::new(low, 1).unwrap_or(Rational::ONE), unit)
            }
            _ => Number { factor, top: Some(year), bottom: None, unit },
        }
    }
}
