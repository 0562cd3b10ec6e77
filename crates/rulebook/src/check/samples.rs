//! Sample values that decide rules: every threshold, the gaps between them, the ends of the range.
//!
//! Conditions that only compare inputs, steps and constants are constant between two neighbouring
//! thresholds, so one value per gap stands for the whole gap.

use std::collections::BTreeMap;

use tanheng_base::Date;
use tanheng_quantity::{Decimal, Quantity, Rational, Unit};

use crate::lang::{Expr, ExprKind};
use crate::model::{Alternative, Input, InputKind, Method, NumberInput, Rule, StepKind};
use crate::value::Value;

/// A choice that no rule names stands for all that no rule names.
const OTHER_TEXT: &str = "…";

/// What the conditions compare a variable with.
#[derive(Default)]
pub(super) struct Thresholds {
    values: BTreeMap<String, Vec<Value>>,
    /// Variables compared with one another share their thresholds.
    pairs: Vec<(String, String)>,
}

impl Thresholds {
    /// Collects the comparisons in the rules; `constant` gives the value of a part without
    /// inputs and steps, where it has one.
    pub(super) fn of(
        rules: &[Rule],
        constant: &mut dyn FnMut(&Rule, &Expr) -> Option<Value>,
    ) -> Self {
        let mut out = Thresholds::default();
        for rule in rules {
            rule.when.expr.walk(&mut |expr| out.add(rule, expr, constant));
        }
        out.share();
        out
    }

    fn add(
        &mut self,
        rule: &Rule,
        expr: &Expr,
        constant: &mut dyn FnMut(&Rule, &Expr) -> Option<Value>,
    ) {
        match &expr.kind {
            ExprKind::Binary(op, left, right) if op.is_comparison() => {
                let name = |side: &Expr| match &side.kind {
                    ExprKind::Name(name) => Some(name.clone()),
                    _ => None,
                };
                match (name(left), name(right)) {
                    (Some(a), Some(b)) => self.pairs.push((a, b)),
                    (Some(name), None) => self.note(name, constant(rule, right)),
                    (None, Some(name)) => self.note(name, constant(rule, left)),
                    (None, None) => {}
                }
            }
            ExprKind::Match(subject, arms) => {
                if let ExprKind::Name(name) = &subject.kind {
                    for (choice, _) in arms.iter().flat_map(|arm| &arm.choices) {
                        self.note(name.clone(), Some(Value::Text(choice.clone())));
                    }
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, name: String, value: Option<Value>) {
        let known = self.values.entry(name).or_default();
        known.extend(value.filter(|value| !known.contains(value)));
    }

    /// Gives both sides of a comparison what either is compared with, each value once, until
    /// nothing is new: without that, every round would double what there is.
    fn share(&mut self) {
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.sort();
        pairs.dedup();
        loop {
            let mut new = false;
            for (a, b) in &pairs {
                for (from, to) in [(a, b), (b, a)] {
                    let known = self.for_name(to);
                    let more = self.for_name(from).iter().filter(|value| !known.contains(value));
                    let more: Vec<Value> = more.cloned().collect();
                    new |= !more.is_empty();
                    self.values.entry(to.clone()).or_default().extend(more);
                }
            }
            if !new {
                break;
            }
        }
        self.pairs = pairs;
    }

    fn for_name(&self, name: &str) -> &[Value] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// How many different values each gap must offer.
    fn per_gap(&self) -> usize {
        if self.pairs.is_empty() { 1 } else { 2 }
    }

    /// The sample values of an input or step.
    pub(super) fn samples(
        &self,
        method: &Method,
        name: &str,
        alternative: &Alternative,
    ) -> Vec<Value> {
        if name.ends_with('?') {
            return vec![Value::Bool(false), Value::Bool(true)];
        }
        let known = self.for_name(name);
        if let Some(input) = method.input(name) {
            return self.of_input(input, known, alternative);
        }
        let Some(step) = method.step(name) else { return Vec::new() };
        match &step.kind {
            StepKind::Number(unit) => {
                let unit = alternative.unit(unit, "");
                numbers(known, &unit, &Range::default(), self.per_gap())
            }
            StepKind::Choice { values, .. } => values.iter().cloned().map(Value::Text).collect(),
            StepKind::Text => texts(known),
            StepKind::Bool => vec![Value::Bool(false), Value::Bool(true)],
            StepKind::Date => dates(known),
        }
    }

    fn of_input(&self, input: &Input, known: &[Value], alternative: &Alternative) -> Vec<Value> {
        match &input.kind {
            InputKind::Number(declared) => {
                let unit = alternative.unit(&declared.unit, &input.name);
                numbers(known, &unit, &Range::of(declared), self.per_gap())
            }
            InputKind::Choice { values, .. } => values.iter().cloned().map(Value::Text).collect(),
            InputKind::Text => texts(known),
            InputKind::Bool => vec![Value::Bool(false), Value::Bool(true)],
            InputKind::Date => dates(known),
            InputKind::Year => years(known),
        }
    }
}

/// The values an input may take.
#[derive(Default)]
struct Range {
    places: Option<u8>,
    min: Option<Rational>,
    min_open: bool,
    max: Option<Rational>,
    max_open: bool,
}

impl Range {
    fn of(declared: &NumberInput) -> Range {
        Range {
            places: declared.places,
            min: declared.min,
            min_open: declared.min_open,
            max: declared.max,
            max_open: declared.max_open,
        }
    }

    fn allows(&self, value: Rational) -> bool {
        let above = self.min.is_none_or(|min| value > min || (value == min && !self.min_open));
        let below = self.max.is_none_or(|max| value < max || (value == max && !self.max_open));
        let exact = self.places.is_none_or(|places| {
            value.to_decimal().is_some_and(|decimal| decimal.places() <= places)
        });
        above && below && exact
    }

    /// Values strictly between two, as far as the places allow any.
    fn between(&self, low: Rational, high: Rational, wanted: usize) -> Vec<Rational> {
        let step = Decimal::new(1, self.places.unwrap_or(8)).ok();
        let smallest = step.and_then(|step| Rational::try_from(step).ok());
        let half = half(low, high);
        let quarter = half.and_then(|middle| self::half(low, middle));
        let next = smallest.and_then(|step| low.checked_add(step).ok());
        let after = smallest.zip(next).and_then(|(step, next)| next.checked_add(step).ok());
        let mut found: Vec<Rational> = Vec::new();
        for value in [half, quarter].into_iter().flatten() {
            let cut = self.places.map_or(Some(value), |places| floor(value, places));
            found.extend(cut);
        }
        found.extend([next, after].into_iter().flatten());
        found.retain(|value| *value > low && *value < high && self.allows(*value));
        found.sort();
        found.dedup();
        found.truncate(wanted);
        found
    }
}

fn half(low: Rational, high: Rational) -> Option<Rational> {
    low.checked_add(high).ok()?.checked_div(Rational::from(2)).ok()
}

/// The largest number of that many places that is not above `value`.
fn floor(value: Rational, places: u8) -> Option<Rational> {
    let mode = if value.is_negative() {
        tanheng_quantity::RoundingMode::Up
    } else {
        tanheng_quantity::RoundingMode::Down
    };
    let cut = value.round(tanheng_quantity::Rounding::new(places, mode)).ok()?;
    Rational::try_from(cut).ok()
}

fn numbers(known: &[Value], unit: &Unit, range: &Range, per_gap: usize) -> Vec<Value> {
    let mut marks: Vec<Rational> = known
        .iter()
        .filter_map(|value| value.number()?.convert_to(unit).ok())
        .map(|quantity| quantity.value)
        .collect();
    marks.extend(range.min);
    marks.extend(range.max);
    if marks.is_empty() {
        marks.push(Rational::from(0));
    }
    marks.sort();
    marks.dedup();
    let step = Rational::from(1000);
    let mut samples = Vec::new();
    if range.min.is_none()
        && let Some(below) = marks.first().and_then(|first| first.checked_sub(step).ok())
    {
        samples.extend(range.between(below, marks[0], per_gap));
    }
    for pair in marks.windows(2) {
        samples.extend(range.between(pair[0], pair[1], per_gap));
    }
    if range.max.is_none()
        && let Some(last) = marks.last()
        && let Ok(above) = last.checked_add(step)
    {
        samples.extend(range.between(*last, above, per_gap));
    }
    samples.extend(marks.into_iter().filter(|mark| range.allows(*mark)));
    samples.sort();
    samples.into_iter().map(|value| Value::Number(Quantity::new(value, unit.clone()))).collect()
}

fn texts(known: &[Value]) -> Vec<Value> {
    let mut all: Vec<Value> = known.to_vec();
    all.push(Value::Text(OTHER_TEXT.to_owned()));
    all.dedup();
    all
}

fn dates(known: &[Value]) -> Vec<Value> {
    let mut days: Vec<Date> = Vec::new();
    for value in known {
        if let Value::Date(day) = value {
            days.extend(
                [day.yesterday().ok(), Some(*day), day.tomorrow().ok()].into_iter().flatten(),
            );
        }
    }
    if days.is_empty() {
        days.push(Date::constant(2022, 1, 1));
    }
    days.sort();
    days.dedup();
    days.into_iter().map(Value::Date).collect()
}

fn years(known: &[Value]) -> Vec<Value> {
    let mut years: Vec<i16> = Vec::new();
    for value in known {
        let year = match value {
            Value::Year(year) => Some(*year),
            Value::Number(quantity) => {
                floor(quantity.value, 0).and_then(|year| i16::try_from(year.numerator()).ok())
            }
            _ => None,
        };
        years.extend(
            year.into_iter()
                .flat_map(|year| [year.saturating_sub(1), year, year.saturating_add(1)]),
        );
    }
    if years.is_empty() {
        years.push(2022);
    }
    years.sort_unstable();
    years.dedup();
    years.into_iter().map(Value::Year).collect()
}

/// Whether no input and no step takes part.
pub(super) fn constant(expr: &Expr) -> bool {
    let mut constant = true;
    expr.walk(&mut |part| {
        constant &= !matches!(part.kind, ExprKind::Name(_) | ExprKind::Given(_));
    });
    constant
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Rational {
        text.parse().expect("a number")
    }

    #[test]
    fn a_gap_narrower_than_the_places_holds_no_value() {
        let range = Range { places: Some(2), ..Range::default() };
        assert!(range.between(number("12999.99"), number("13000"), 1).is_empty());
        assert_eq!(range.between(number("12999.98"), number("13000"), 1), [number("12999.99")]);
        assert_eq!(range.between(number("-0.02"), number("0"), 1), [number("-0.01")]);
    }

    #[test]
    fn compared_names_share_each_threshold_once() {
        let unit = Unit::one();
        let value = |text: &str| Value::Number(Quantity::new(number(text), unit.clone()));
        let mut thresholds = Thresholds::default();
        for (a, b) in [("a", "b"), ("b", "c"), ("a", "b"), ("c", "a"), ("c", "d"), ("d", "d")] {
            thresholds.pairs.push((a.to_owned(), b.to_owned()));
        }
        for (name, one) in [("a", "1"), ("d", "2"), ("a", "1"), ("b", "2")] {
            thresholds.note(name.to_owned(), Some(value(one)));
        }
        thresholds.share();
        for name in ["a", "b", "c", "d"] {
            let mut shared: Vec<String> =
                thresholds.for_name(name).iter().map(Value::bare).collect();
            shared.sort();
            assert_eq!(shared, ["1", "2"], "{name}");
        }
    }

    #[test]
    fn samples_cover_thresholds_gaps_and_ends() {
        let unit = Unit::one();
        let known = [Value::Number(Quantity::new(number("5"), unit.clone()))];
        let range = Range { min: Some(number("0")), min_open: true, ..Range::default() };
        let samples: Vec<String> =
            numbers(&known, &unit, &range, 1).iter().map(Value::bare).collect();
        assert_eq!(samples.len(), 3);
        assert!(samples.contains(&"5".to_owned()), "{samples:?}");
        assert!(!samples.contains(&"0".to_owned()), "{samples:?}");
    }
}
