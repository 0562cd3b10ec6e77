//! Evaluates the tree of a formula on exact values and writes the trace as it goes.

use std::cmp::Ordering;

use tanheng_base::Text;
use tanheng_quantity::{Quantity, QuantityError, Rational, Rounding, RoundingMode, Unit};

use super::{EvalError, Run};
use crate::lang::{BinaryOp, Expr, ExprKind, Function, MatchArm, UnaryOp};
use crate::model::Formula;
use crate::resolve::Resolved;
use crate::trace::{Basis, BasisKind, Op, RoundingPoint, TraceNode};
use crate::value::Value;

/// A node without name, basis or rounding.
pub(super) fn node(op: Op, fragment: &str, value: Value, children: Vec<TraceNode>) -> TraceNode {
    TraceNode {
        op,
        fragment: fragment.to_owned(),
        value,
        name: None,
        basis: None,
        rounding: None,
        factor: None,
        children,
    }
}

/// The same in another unit; a node of its own where the number changes, so that the factor is
/// seen.
pub(super) fn converted(mut below: TraceNode, target: &Unit) -> Result<TraceNode, EvalError> {
    let Value::Number(quantity) = &below.value else {
        return Err(EvalError::unsound(&below.fragment));
    };
    if quantity.unit == *target {
        return Ok(below);
    }
    let wrong = |error: QuantityError| EvalError::arithmetic(&below.fragment, &error);
    let factor = quantity.unit.factor_to(target).map_err(|error| wrong(error.into()))?;
    let value = Value::Number(quantity.convert_to(target).map_err(wrong)?);
    if factor == Rational::ONE {
        // The same unit written in another order, such as t·h for h·t.
        below.value = value;
        return Ok(below);
    }
    let fragment = below.fragment.clone();
    let mut above = node(Op::Convert, &fragment, value, vec![below]);
    above.factor = Some(factor.to_string());
    Ok(above)
}

/// A formula being evaluated: its text, and the unit of the step it belongs to.
struct Scope<'f> {
    text: &'f str,
    target: Option<&'f Unit>,
}

impl Scope<'_> {
    fn fragment(&self, expr: &Expr) -> &str {
        self.text.get(expr.span.clone()).unwrap_or_default()
    }

    fn arithmetic(&self, expr: &Expr, error: &QuantityError) -> EvalError {
        EvalError::arithmetic(self.fragment(expr), error)
    }
}

impl Run<'_> {
    /// Evaluates a formula. `target` is the unit of its step: a rounding of something that the
    /// step's unit can count rounds in that unit.
    pub(super) fn formula(
        &mut self,
        formula: &Formula,
        target: Option<&Unit>,
    ) -> Result<TraceNode, EvalError> {
        let scope = Scope { text: formula.text.as_str(), target };
        self.expr(&formula.expr, &scope)
    }

    fn expr(&mut self, expr: &Expr, scope: &Scope<'_>) -> Result<TraceNode, EvalError> {
        let fragment = scope.fragment(expr);
        let literal = |value| Ok(node(Op::Literal, fragment, value, Vec::new()));
        match &expr.kind {
            ExprKind::Number(quantity) => literal(Value::Number(quantity.clone())),
            ExprKind::Text(text) => literal(Value::Text(text.clone())),
            ExprKind::Date(date) => literal(Value::Date(*date)),
            ExprKind::Bool(value) => literal(Value::Bool(*value)),
            ExprKind::Name(name) => self.name(name, fragment),
            ExprKind::Parameter(name) => self.parameter(name, fragment),
            ExprKind::Unary(op, inner) => self.unary(*op, inner, expr, scope),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, expr, scope),
            ExprKind::If(condition, yes, no) => {
                let condition = self.expr(condition, scope)?;
                let taken = if truth(&condition)? { yes } else { no };
                let taken = self.expr(taken, scope)?;
                let value = taken.value.clone();
                Ok(node(Op::If, fragment, value, vec![condition, taken]))
            }
            ExprKind::Match(subject, arms) => self.matching(subject, arms, expr, scope),
            ExprKind::Call(function, args) => self.call(*function, args, expr, scope),
            ExprKind::Round(inner, places, mode) => {
                let rounding = Rounding::new(*places, *mode);
                match &inner.kind {
                    ExprKind::Power(base, exponent) => {
                        self.power((base, exponent), rounding, expr, scope)
                    }
                    _ => self.round(inner, rounding, expr, scope),
                }
            }
            ExprKind::Power(..) => Err(EvalError::unsound(fragment)),
            ExprKind::Given(name) => {
                let given = self.inputs.iter().any(|input| input.name == *name);
                let mut leaf = node(Op::Given, fragment, Value::Bool(given), Vec::new());
                leaf.name = Some(name.clone());
                Ok(leaf)
            }
            ExprKind::Lookup { table, column, keys, .. } => {
                self.cell(table, column, keys, expr, scope)
            }
        }
    }

    fn name(&mut self, name: &str, fragment: &str) -> Result<TraceNode, EvalError> {
        let input = self.inputs.iter().find(|input| input.name == name);
        let (op, value) = match input {
            Some(input) => (Op::Input, input.value.clone()),
            None => match self.method.input(name) {
                // An optional input that is not there; the checks at loading keep formulas off it.
                Some(_) => return Err(EvalError::unsound(fragment)),
                None => (Op::Step, self.step(name)?),
            },
        };
        let mut leaf = node(op, fragment, value, Vec::new());
        leaf.name = Some(name.to_owned());
        Ok(leaf)
    }

    pub(super) fn parameter(&mut self, name: &str, fragment: &str) -> Result<TraceNode, EvalError> {
        let id = name.parse().map_err(|_| EvalError::unsound(name))?;
        let (at, region) = (self.context.at, &self.context.region);
        let resolved = self.book.resolve(&id, at, region).map_err(EvalError::Unresolved)?;
        let title = self.book.parameter(&id).map(|parameter| parameter.title.clone());
        let title = title.ok_or_else(|| EvalError::unsound(name))?;
        Ok(self.sourced(
            Op::Parameter,
            BasisKind::Parameter,
            name.to_owned(),
            title,
            fragment,
            resolved,
        ))
    }

    fn cell(
        &mut self,
        table: &str,
        column: &str,
        keys: &[Expr],
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Result<TraceNode, EvalError> {
        let id = table.parse().map_err(|_| EvalError::unsound(table))?;
        let known = self.book.table(&id).ok_or_else(|| EvalError::unsound(table))?;
        let mut children = Vec::new();
        let mut texts = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let mut key = self.expr(key, scope)?;
            let unit = known.keys.get(index).and_then(|name| known.key_units.get(name));
            if let Some(unit) = unit {
                key = converted(key, unit)?;
            }
            texts.push(key.value.bare());
            children.push(key);
        }
        let mut leaf = self.looked_up(table, column, &texts, scope.fragment(expr))?;
        leaf.children = children;
        Ok(leaf)
    }

    /// A cell with what stands behind it.
    pub(super) fn looked_up(
        &mut self,
        table: &str,
        column: &str,
        keys: &[String],
        fragment: &str,
    ) -> Result<TraceNode, EvalError> {
        let id = table.parse().map_err(|_| EvalError::unsound(table))?;
        let known = self.book.table(&id).ok_or_else(|| EvalError::unsound(table))?;
        let by_year = known.keys.iter().any(|key| key == "year");
        let (at, region) =
            (if by_year { self.known_on } else { self.context.at }, &self.context.region);
        let resolved =
            self.book.lookup(&id, column, keys, at, region).map_err(EvalError::Unresolved)?;
        let heading = known.column(column).and_then(|column| column.title.clone());
        let heading = heading.unwrap_or_else(|| known.title.clone());
        let keys = keys.join(", ");
        let title = Text {
            zh: format!("{}（{keys}）", heading.zh),
            en: format!("{} ({keys})", heading.en),
        };
        let name = format!("{table}.{column}({keys})");
        Ok(self.sourced(Op::Cell, BasisKind::Cell, name, title, fragment, resolved))
    }

    fn sourced(
        &mut self,
        op: Op,
        kind: BasisKind,
        name: String,
        title: Text,
        fragment: &str,
        resolved: Resolved,
    ) -> TraceNode {
        let basis = Basis {
            kind,
            id: name.clone(),
            title,
            value: Some(resolved.value.clone()),
            written: Some(resolved.written),
            source: self.book.source_name(&resolved.citation.document),
            citation: resolved.citation,
            checked: resolved.checked,
            state: resolved.state,
            from: resolved.from,
            to: resolved.to,
            region: resolved.region,
            pack: resolved.pack,
            example: resolved.example,
            note: resolved.note,
        };
        self.note(basis.clone());
        let mut leaf = node(op, fragment, resolved.value, Vec::new());
        leaf.name = Some(name);
        leaf.basis = Some(basis);
        leaf
    }

    fn unary(
        &mut self,
        op: UnaryOp,
        inner: &Expr,
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Result<TraceNode, EvalError> {
        let inner = self.expr(inner, scope)?;
        let (op, value) = match op {
            UnaryOp::Not => (Op::Not, Value::Bool(!truth(&inner)?)),
            UnaryOp::Negate => {
                let quantity = number(&inner)?;
                let value = quantity.value.checked_neg();
                let value = value.map_err(|error| scope.arithmetic(expr, &error.into()))?;
                (Op::Negate, Value::Number(Quantity::new(value, quantity.unit.clone())))
            }
        };
        Ok(node(op, scope.fragment(expr), value, vec![inner]))
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Result<TraceNode, EvalError> {
        let left = self.expr(left, scope)?;
        let fragment = scope.fragment(expr);
        if let (BinaryOp::And | BinaryOp::Or, decided) = (op, truth(&left).ok()) {
            let decided = decided.ok_or_else(|| EvalError::unsound(fragment))?;
            let which = if op == BinaryOp::And { Op::And } else { Op::Or };
            if decided == (op == BinaryOp::Or) {
                return Ok(node(which, fragment, Value::Bool(decided), vec![left]));
            }
            let right = self.expr(right, scope)?;
            let value = Value::Bool(truth(&right)?);
            return Ok(node(which, fragment, value, vec![left, right]));
        }
        let right = self.expr(right, scope)?;
        if op.is_comparison() {
            return comparison(op, left, right, fragment);
        }
        let wrong = |error: QuantityError| scope.arithmetic(expr, &error);
        let (op, right, value) = match op {
            BinaryOp::Multiply => {
                let value = number(&left)?.checked_mul(number(&right)?).map_err(wrong)?;
                (Op::Multiply, right, value)
            }
            BinaryOp::Divide => {
                let value = number(&left)?.checked_div(number(&right)?).map_err(wrong)?;
                (Op::Divide, right, value)
            }
            BinaryOp::Subtract => {
                let right = converted(right, &number(&left)?.unit)?;
                let value = number(&left)?.checked_sub(number(&right)?).map_err(wrong)?;
                (Op::Subtract, right, value)
            }
            _ => {
                let right = converted(right, &number(&left)?.unit)?;
                let value = number(&left)?.checked_add(number(&right)?).map_err(wrong)?;
                (Op::Add, right, value)
            }
        };
        Ok(node(op, fragment, Value::Number(value), vec![left, right]))
    }

    fn matching(
        &mut self,
        subject: &Expr,
        arms: &[MatchArm],
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Result<TraceNode, EvalError> {
        let subject = self.expr(subject, scope)?;
        let Value::Text(choice) = &subject.value else {
            return Err(EvalError::unsound(&subject.fragment));
        };
        let taken = arms
            .iter()
            .find(|arm| arm.choices.is_empty() || arm.choices.iter().any(|(own, _)| own == choice));
        let taken = taken.ok_or_else(|| EvalError::unsound(&subject.fragment))?;
        let taken = self.expr(&taken.body, scope)?;
        let value = taken.value.clone();
        Ok(node(Op::Match, scope.fragment(expr), value, vec![subject, taken]))
    }

    fn call(
        &mut self,
        function: Function,
        args: &[Expr],
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Result<TraceNode, EvalError> {
        let mut children: Vec<TraceNode> = Vec::new();
        for arg in args {
            let mut child = self.expr(arg, scope)?;
            if let Some(first) = children.first() {
                child = converted(child, &number(first)?.unit)?;
            }
            children.push(child);
        }
        let numbers: Vec<&Quantity> = children.iter().map(number).collect::<Result<_, _>>()?;
        let values: Vec<Rational> = numbers.iter().map(|quantity| quantity.value).collect();
        let (op, value) = match (function, values.as_slice()) {
            (Function::Min, values) => (Op::Min, values.iter().min().copied()),
            (Function::Max, values) => (Op::Max, values.iter().max().copied()),
            (Function::Clamp, [value, low, high]) if low <= high => {
                (Op::Clamp, Some((*value).clamp(*low, *high)))
            }
            (Function::Clamp, _) => (Op::Clamp, None),
        };
        let value = value.ok_or_else(|| EvalError::unsound(scope.fragment(expr)))?;
        let unit = numbers[0].unit.clone();
        let value = Value::Number(Quantity::new(value, unit));
        Ok(node(op, scope.fragment(expr), value, children))
    }

    /// A rounded power: correctly rounded also where the power is no fraction.
    fn power(
        &mut self,
        (base, exponent): (&Expr, &Expr),
        rounding: Rounding,
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Result<TraceNode, EvalError> {
        let one = Unit::one();
        let base = converted(self.expr(base, scope)?, &one)?;
        let exponent = converted(self.expr(exponent, scope)?, &one)?;
        let (b, e) = (number(&base)?.value, number(&exponent)?.value);
        let wrong = |error: tanheng_quantity::NumberError| scope.arithmetic(expr, &error.into());
        let after = b.power(e, rounding).map_err(wrong)?;
        let point = RoundingPoint {
            before: first_digits(b, e, rounding),
            after: after.rescaled(rounding.places).unwrap_or(after).to_string(),
            places: rounding.places,
            mode: rounding.mode,
        };
        let value = Quantity::new(Rational::try_from(after).map_err(wrong)?, one);
        let children = vec![base, exponent];
        let mut above = node(Op::Power, scope.fragment(expr), Value::Number(value), children);
        above.rounding = Some(point);
        Ok(above)
    }

    fn round(
        &mut self,
        inner: &Expr,
        rounding: Rounding,
        expr: &Expr,
        scope: &Scope<'_>,
    ) -> Result<TraceNode, EvalError> {
        let mut inner = self.expr(inner, scope)?;
        if let Some(target) = scope.target
            && number(&inner)?.unit.compatible(target)
        {
            inner = converted(inner, target)?;
        }
        let before = number(&inner)?;
        let wrong = |error: tanheng_quantity::NumberError| scope.arithmetic(expr, &error.into());
        let after = before.round(rounding).map_err(wrong)?;
        let point = RoundingPoint {
            before: before.value.to_string(),
            after: after.rescaled(rounding.places).unwrap_or(after).to_string(),
            places: rounding.places,
            mode: rounding.mode,
        };
        let value = Quantity::new(Rational::try_from(after).map_err(wrong)?, before.unit.clone());
        let mut above = node(Op::Round, scope.fragment(expr), Value::Number(value), vec![inner]);
        above.rounding = Some(point);
        Ok(above)
    }
}

/// Digits of a power for readers: all of them where it ends soon, else the first with `…`.
fn first_digits(base: Rational, exponent: Rational, rounding: Rounding) -> String {
    let cut = |mode| base.power(exponent, Rounding::new(rounding.places + 6, mode)).ok();
    match (cut(RoundingMode::Down), cut(RoundingMode::Up)) {
        (Some(down), Some(up)) if down == up => down.normalized().to_string(),
        (Some(down), _) => format!("{down}…"),
        _ => "…".to_owned(),
    }
}

fn comparison(
    op: BinaryOp,
    left: TraceNode,
    right: TraceNode,
    fragment: &str,
) -> Result<TraceNode, EvalError> {
    let right = match (&left.value, &right.value) {
        (Value::Number(quantity), Value::Number(_)) => converted(right, &quantity.unit)?,
        _ => right,
    };
    let order = match (&left.value, &right.value) {
        (Value::Number(a), Value::Number(b)) => a.value.cmp(&b.value),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Year(a), Value::Year(b)) => a.cmp(b),
        (Value::Year(a), Value::Number(b)) => Rational::from(i64::from(*a)).cmp(&b.value),
        (Value::Number(a), Value::Year(b)) => a.value.cmp(&Rational::from(i64::from(*b))),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => return Err(EvalError::unsound(fragment)),
    };
    let (which, value) = match op {
        BinaryOp::Equal => (Op::Equal, order == Ordering::Equal),
        BinaryOp::NotEqual => (Op::NotEqual, order != Ordering::Equal),
        BinaryOp::Less => (Op::Less, order == Ordering::Less),
        BinaryOp::LessOrEqual => (Op::LessOrEqual, order != Ordering::Greater),
        BinaryOp::Greater => (Op::Greater, order == Ordering::Greater),
        _ => (Op::GreaterOrEqual, order != Ordering::Less),
    };
    Ok(node(which, fragment, Value::Bool(value), vec![left, right]))
}

fn number(node: &TraceNode) -> Result<&Quantity, EvalError> {
    node.value.number().ok_or_else(|| EvalError::unsound(&node.fragment))
}

fn truth(node: &TraceNode) -> Result<bool, EvalError> {
    match node.value {
        Value::Bool(value) => Ok(value),
        _ => Err(EvalError::unsound(&node.fragment)),
    }
}
