//! Turns the checked formulas of a method into operations on columns.
//!
//! What the single path would do for a record is done for all of them, under a mask that says for
//! which records a part counts. A part that cannot be proved, or to which the law gives no value,
//! sends the records that need it to the single path.

mod cell;
mod choice;
mod number;

use std::collections::BTreeMap;

use tanheng_quantity::{Quantity, Rounding, Unit};

use super::build::{Builder, common_multiple, power_of_ten};
use super::intake::{Intake, Kind, Lane, Numbers, Read};
use super::node::{Doubt, Node, Number, Span, Truth, Whole, Word, Words, packed};
use super::program::{Note, Place, Program, Yield};
use crate::evaluate::Parts;
use crate::lang::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::model::{Body, Formula, Rule, Step, StepKind};
use crate::trace::Basis;
use crate::value::Value;

/// A value of the law, and the position of what stands behind it.
type Cited = (Value, usize);

/// What all programs of one evaluation share.
pub(super) struct Common<'a> {
    pub(super) parts: Parts<'a>,
    pub(super) words: Words,
    /// Everything that may take part, each once.
    pub(super) bases: Vec<Basis>,
    cells: BTreeMap<Vec<String>, Option<Cited>>,
    parameters: BTreeMap<String, Option<Cited>>,
}

impl<'a> Common<'a> {
    pub(super) fn new(parts: Parts<'a>) -> Common<'a> {
        Common {
            parts,
            words: Words::default(),
            bases: Vec::new(),
            cells: BTreeMap::new(),
            parameters: BTreeMap::new(),
        }
    }

    /// The position of a basis in the list.
    pub(super) fn basis(&mut self, basis: Basis) -> usize {
        let known = self.bases.iter().position(|own| *own == basis);
        known.unwrap_or_else(|| {
            self.bases.push(basis);
            self.bases.len() - 1
        })
    }

    fn parameter(&mut self, name: &str) -> Option<Cited> {
        if let Some(known) = self.parameters.get(name) {
            return known.clone();
        }
        let found = self.parts.parameter(name);
        let found = found.map(|(value, basis)| (value, self.basis(basis)));
        self.parameters.insert(name.to_owned(), found.clone());
        found
    }

    fn cell(&mut self, table: &str, column: &str, keys: &[String]) -> Option<Cited> {
        let key = [&[table.to_owned(), column.to_owned()], keys].concat();
        if let Some(known) = self.cells.get(&key) {
            return known.clone();
        }
        let found = self.parts.cell(table, column, keys);
        let found = found.map(|(value, basis)| (value, self.basis(basis)));
        self.cells.insert(key, found.clone());
        found
    }
}

/// What the results of a method look like, whatever the bounds of its inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Numbers over one denominator, a power of ten where that is possible.
    Number {
        unit: Unit,
        denominator: i128,
    },
    Text,
    Bool,
    Date,
}

/// The shape of a method's results.
pub(super) fn shape(common: &mut Common<'_>, intakes: &[Intake<'_>]) -> Result<Shape, Doubt> {
    // The smallest bounds leave out as little as any others do.
    let spans = vec![Span::one(0); intakes.len()];
    let mut compiler = Compiler::new(common, intakes, &spans);
    Ok(match compiler.result()? {
        Node::Number(number) => {
            let denominator = common_multiple(number.factor.denominator(), 1)?;
            let ends = (0..38).map_while(|places| power_of_ten(places).ok());
            let tens = ends.map(|power| power.numerator()).find(|power| power % denominator == 0);
            Shape::Number { unit: number.unit, denominator: tens.unwrap_or(denominator) }
        }
        Node::Text(_) => Shape::Text,
        Node::Bool(_) => Shape::Bool,
        Node::Date(_) => Shape::Date,
        Node::Year(_) => return Err(Doubt),
    })
}

/// The program of a method for inputs between these bounds.
pub(super) fn program(
    common: &mut Common<'_>,
    intakes: &[Intake<'_>],
    spans: &[Span],
    shape: &Shape,
) -> Result<Program, Doubt> {
    let mut compiler = Compiler::new(common, intakes, spans);
    let result = compiler.result()?;
    let yields = compiler.yields(result, shape)?;
    let Builder { ops, constants, faults, notes, .. } = compiler.build;
    let program =
        Program { ops, constants, faults, notes, yields, full: Vec::new(), narrow: 0, wide: 0 };
    Ok(program.tightened())
}

/// A method on its way to a program.
struct Compiler<'c, 'a> {
    common: &'c mut Common<'a>,
    intakes: &'c [Intake<'c>],
    spans: &'c [Span],
    build: Builder,
    /// For which records the part at hand counts.
    active: Truth,
    /// Steps taken, and for which records.
    steps: BTreeMap<(String, Truth), Result<Node, Doubt>>,
}

/// A formula being compiled: the unit of the step it belongs to.
type Target<'t> = Option<&'t Unit>;

impl<'c, 'a> Compiler<'c, 'a> {
    fn new(common: &'c mut Common<'a>, intakes: &'c [Intake<'c>], spans: &'c [Span]) -> Self {
        let (build, steps) = (Builder::default(), BTreeMap::new());
        Compiler { common, intakes, spans, build, active: Truth::Known(true), steps }
    }

    fn result(&mut self) -> Result<Node, Doubt> {
        let basis = self.common.parts.method_basis();
        self.note(basis);
        let method = self.common.parts.method();
        for refusal in &method.refusals {
            let Node::Bool(refused) = self.formula(&refusal.when, None)? else { return Err(Doubt) };
            self.fault(refused)?;
        }
        self.step(&method.result)
    }

    fn yields(&mut self, result: Node, shape: &Shape) -> Result<Yield, Doubt> {
        Ok(match (result, shape) {
            (Node::Number(number), Shape::Number { unit, denominator }) => {
                if number.unit != *unit || number.bottom.is_some() {
                    return Err(Doubt);
                }
                let (top, bottom) = (number.factor.numerator(), number.factor.denominator());
                if denominator % bottom != 0 {
                    return Err(Doubt);
                }
                let by = top.checked_mul(denominator / bottom).ok_or(Doubt)?;
                let whole = match number.top {
                    Some(top) => self.build.scaled(top, by)?,
                    None => self.build.constant(by),
                };
                Yield::Number(whole.place)
            }
            (Node::Text(word), Shape::Text) => Yield::Text(self.whole(&word)?.place),
            (Node::Date(word), Shape::Date) => Yield::Date(self.whole(&word)?.place),
            (Node::Bool(Truth::Mask(place)), Shape::Bool) => Yield::Bool(place),
            (Node::Bool(Truth::Known(truth)), Shape::Bool) => {
                Yield::Bool(self.build.constant(-i128::from(truth)).place)
            }
            _ => return Err(Doubt),
        })
    }

    /// Does something for those of the active records for which something holds.
    fn within<T>(
        &mut self,
        truth: Truth,
        what: impl FnOnce(&mut Self) -> Result<T, Doubt>,
    ) -> Result<T, Doubt> {
        let before = self.active;
        self.active = self.build.both(before, truth)?;
        let done = what(self);
        self.active = before;
        done
    }

    /// Sends those of the active records to the single path for which something holds.
    fn fault(&mut self, truth: Truth) -> Result<(), Doubt> {
        let when = self.build.both(self.active, truth)?;
        self.build.fault(when);
        Ok(())
    }

    fn note(&mut self, basis: Basis) {
        let basis = self.common.basis(basis);
        self.note_known(basis);
    }

    fn note_known(&mut self, basis: usize) {
        let mask = match self.active {
            Truth::Known(true) => None,
            Truth::Known(false) => return,
            Truth::Mask(mask) => Some(mask),
        };
        self.build.notes.push(Note::One { basis, mask });
    }

    fn step(&mut self, name: &str) -> Result<Node, Doubt> {
        // A step that counts for all records serves those of a branch as well.
        for active in [Truth::Known(true), self.active] {
            if let Some(done) = self.steps.get(&(name.to_owned(), active)) {
                return done.clone();
            }
        }
        let method = self.common.parts.method();
        let step = method.step(name).ok_or(Doubt)?;
        let done = self.taken(step);
        self.steps.insert((name.to_owned(), self.active), done.clone());
        done
    }

    fn taken(&mut self, step: &Step) -> Result<Node, Doubt> {
        if let Some(basis) = self.common.parts.step_basis(step) {
            self.note(basis);
        }
        let target = match &step.kind {
            StepKind::Number(unit) => Some(self.common.parts.alternative().unit(unit, "")),
            _ => None,
        };
        let node = match &step.body {
            Body::Formula(formula) => self.formula(formula, target.as_ref())?,
            Body::Rules(rules) => self.rules(step, rules, target.as_ref())?,
        };
        in_unit(node, target.as_ref())
    }

    /// Rules of which exactly one must apply; other records take the single path.
    fn rules(&mut self, step: &Step, rules: &[Rule], target: Target<'_>) -> Result<Node, Doubt> {
        let mut conditions = Vec::new();
        let (mut some, mut twice) = (Truth::Known(false), Truth::Known(false));
        for rule in rules {
            let when = self.formula(&rule.when, None)?;
            let Node::Bool(when) = when else { return Err(Doubt) };
            let again = self.build.both(some, when)?;
            twice = self.build.either(twice, again)?;
            some = self.build.either(some, when)?;
            conditions.push(when);
        }
        let none = self.build.not(some)?;
        let wrong = self.build.either(none, twice)?;
        self.fault(wrong)?;
        let mut arms = Vec::new();
        for (rule, when) in rules.iter().zip(conditions) {
            if when == Truth::Known(false) {
                continue;
            }
            let then = self.within(when, |own| {
                let basis = own.common.parts.rule_basis(step, rule);
                own.note(basis);
                in_unit(own.formula(&rule.then, target)?, target)
            });
            arms.push((when, then));
        }
        self.branches(arms)
    }

    fn formula(&mut self, formula: &Formula, target: Target<'_>) -> Result<Node, Doubt> {
        self.expr(&formula.expr, target)
    }

    fn expr(&mut self, expr: &Expr, target: Target<'_>) -> Result<Node, Doubt> {
        match &expr.kind {
            ExprKind::Number(quantity) => Ok(constant(quantity)),
            ExprKind::Text(text) => Ok(Node::Text(Word::known(self.common.words.number(text)))),
            ExprKind::Date(date) => Ok(Node::Date(Word::known(packed(*date)))),
            ExprKind::Bool(truth) => Ok(Node::Bool(Truth::Known(*truth))),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Parameter(name) => {
                let (value, basis) = self.common.parameter(name).ok_or(Doubt)?;
                self.note_known(basis);
                Ok(self.value(&value))
            }
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let inner = self.truth(inner, target)?;
                self.build.not(inner).map(Node::Bool)
            }
            ExprKind::Unary(UnaryOp::Negate, inner) => {
                let inner = self.number(inner, target)?;
                Ok(Node::Number(number::negated(inner)?))
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, target),
            ExprKind::If(condition, yes, no) => {
                let yes_when = self.truth(condition, target)?;
                let no_when = self.build.not(yes_when)?;
                let mut arms = Vec::new();
                for (when, arm) in [(yes_when, yes), (no_when, no)] {
                    if when != Truth::Known(false) {
                        arms.push((when, self.within(when, |own| own.expr(arm, target))));
                    }
                }
                self.branches(arms)
            }
            ExprKind::Match(subject, arms) => self.matching(subject, arms, target),
            ExprKind::Call(function, args) => self.call(*function, args, target),
            ExprKind::Given(name) => self.given(name).map(Node::Bool),
            ExprKind::Power(..) => Err(Doubt),
            ExprKind::Round(inner, places, mode) => {
                let rounding = Rounding::new(*places, *mode);
                if let ExprKind::Power(base, exponent) = &inner.kind {
                    return self.power(base, exponent, rounding, target);
                }
                let mut inner = self.number(inner, target)?;
                if let Some(target) = target
                    && inner.unit.compatible(target)
                {
                    inner = number::converted(inner, target)?;
                }
                self.build.round(&inner, rounding).map(Node::Number)
            }
            ExprKind::Lookup { table, column, keys, .. } => self.cell(table, column, keys, target),
        }
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        target: Target<'_>,
    ) -> Result<Node, Doubt> {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let left = self.truth(left, target)?;
                let undecided = if op == BinaryOp::And { left } else { self.build.not(left)? };
                if undecided == Truth::Known(false) {
                    return Ok(Node::Bool(left));
                }
                let right = self.within(undecided, |own| own.truth(right, target))?;
                let both = if op == BinaryOp::And {
                    self.build.both(left, right)
                } else {
                    self.build.either(left, right)
                };
                both.map(Node::Bool)
            }
            _ if op.is_comparison() => {
                let (left, right) = (self.expr(left, target)?, self.expr(right, target)?);
                self.comparison(op, left, right).map(Node::Bool)
            }
            BinaryOp::Multiply => {
                let mut factors = Vec::new();
                self.factors(left, target, &mut factors)?;
                factors.push(self.number(right, target)?);
                self.product(&factors).map(Node::Number)
            }
            _ => {
                let (left, right) = (self.number(left, target)?, self.number(right, target)?);
                let number = match op {
                    BinaryOp::Divide => self.quotient(&left, &right),
                    BinaryOp::Subtract => {
                        let right = number::converted(right, &left.unit)?;
                        self.sum(left, number::negated(right)?)
                    }
                    _ => {
                        let right = number::converted(right, &left.unit)?;
                        self.sum(left, right)
                    }
                };
                number.map(Node::Number)
            }
        }
    }

    fn name(&mut self, name: &str) -> Result<Node, Doubt> {
        let inputs = &self.common.parts.method().inputs;
        let Some(index) = inputs.iter().position(|input| input.name == name) else {
            return self.step(name);
        };
        match self.intakes.get(index).ok_or(Doubt)? {
            Intake::Known(value) => {
                let value = value.clone();
                Ok(self.value(&value))
            }
            Intake::Absent => Err(Doubt),
            Intake::Column(lane) => {
                if lane.may_be_absent() {
                    let given = Truth::Mask(Place::Input(inputs.len() + index));
                    let absent = self.build.not(given)?;
                    self.fault(absent)?;
                }
                self.column(lane, Place::Input(index), self.spans.get(index).copied())
            }
        }
    }

    /// What a column of the input is in a formula.
    fn column(&mut self, lane: &Lane<'_>, place: Place, span: Option<Span>) -> Result<Node, Doubt> {
        match &lane.cells {
            Read::Numbers(numbers) => input(numbers, Whole { place, span: span.ok_or(Doubt)? }),
            Read::Choices(choices) => Ok(match choices.kind {
                Kind::Text => Node::Text(Word::at(place, choices.domain())),
                Kind::Date => Node::Date(Word::at(place, choices.domain())),
                Kind::Year => Node::Year(Word::at(place, choices.domain())),
                Kind::Bool => Node::Bool(Truth::Mask(place)),
            }),
        }
    }

    /// Whether an optional input was given.
    fn given(&mut self, name: &str) -> Result<Truth, Doubt> {
        let inputs = &self.common.parts.method().inputs;
        let index = inputs.iter().position(|input| input.name == name).ok_or(Doubt)?;
        Ok(match self.intakes.get(index).ok_or(Doubt)? {
            Intake::Known(_) => Truth::Known(true),
            Intake::Absent => Truth::Known(false),
            Intake::Column(lane) if lane.may_be_absent() => {
                Truth::Mask(Place::Input(inputs.len() + index))
            }
            Intake::Column(_) => Truth::Known(true),
        })
    }

    fn value(&mut self, value: &Value) -> Node {
        match value {
            Value::Number(quantity) => constant(quantity),
            Value::Text(text) => Node::Text(Word::known(self.common.words.number(text))),
            Value::Bool(truth) => Node::Bool(Truth::Known(*truth)),
            Value::Date(date) => Node::Date(Word::known(packed(*date))),
            Value::Year(year) => Node::Year(Word::known(i64::from(*year))),
        }
    }

    fn number(&mut self, expr: &Expr, target: Target<'_>) -> Result<Number, Doubt> {
        match self.expr(expr, target)? {
            Node::Number(number) => Ok(number),
            _ => Err(Doubt),
        }
    }

    fn truth(&mut self, expr: &Expr, target: Target<'_>) -> Result<Truth, Doubt> {
        match self.expr(expr, target)? {
            Node::Bool(truth) => Ok(truth),
            _ => Err(Doubt),
        }
    }
}

fn input(numbers: &Numbers<'_>, top: Whole) -> Result<Node, Doubt> {
    let (factor, unit) = (numbers.factor, numbers.unit.clone());
    Number { factor, top: Some(top), bottom: None, unit }.proved().map(Node::Number)
}

fn constant(quantity: &Quantity) -> Node {
    Node::Number(Number::constant(quantity.value, quantity.unit.clone()))
}

/// A number in the unit of its step; what is no number stays as it is.
fn in_unit(node: Node, target: Target<'_>) -> Result<Node, Doubt> {
    match (node, target) {
        (Node::Number(number), Some(target)) => number::converted(number, target).map(Node::Number),
        (_, Some(_)) => Err(Doubt),
        (node, None) => Ok(node),
    }
}
