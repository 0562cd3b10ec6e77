//! Conditions in the rule language over values that somebody declared: what a check asks of a row.
//!
//! A condition is not part of a method: it yields no figure and needs no trace, only an answer,
//! and where a value is absent, or the law gives none, the answer is that there is none.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use tanheng_quantity::{Quantity, QuantityError, Rational, Rounding};

use crate::book::Rulebook;
use crate::evaluate::Context;
use crate::lang::{BinaryOp, Expr, ExprKind, Function, SyntaxError, UnaryOp, parse};
use crate::resolve::ResolveError;
use crate::value::Value;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    text: String,
    expr: Expr,
}

/// Why a condition has no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum NoAnswer {
    /// A value it asks for is absent.
    Absent(String),
    /// The law gives no value for something it names.
    Unresolved(Box<ResolveError>),
    /// It does not fit the values: a unit or kind that cannot be compared, or an overflow.
    Unfit(String),
}

impl Predicate {
    /// Reads a condition.
    ///
    /// # Errors
    /// Where the formula cannot be read.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Ok(Self { text: text.to_owned(), expr: parse(text)? })
    }

    /// The condition as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names it asks for.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.expr.walk(&mut |expr| match &expr.kind {
            ExprKind::Name(name) | ExprKind::Given(name) => {
                names.insert(name.as_str());
            }
            _ => {}
        });
        names
    }

    /// Whether the condition holds for some values, on the day and in the region of the context.
    ///
    /// # Errors
    /// Why there is no answer.
    pub fn holds(
        &self,
        values: &BTreeMap<String, Value>,
        book: &Rulebook,
        context: &Context,
    ) -> Result<bool, NoAnswer> {
        Answer { text: &self.text, values, book, context }.truth(&self.expr)
    }
}

/// A condition being answered.
struct Answer<'a> {
    text: &'a str,
    values: &'a BTreeMap<String, Value>,
    book: &'a Rulebook,
    context: &'a Context,
}

impl Answer<'_> {
    fn unfit(&self, expr: &Expr) -> NoAnswer {
        NoAnswer::Unfit(self.text.get(expr.span.clone()).unwrap_or_default().to_owned())
    }

    fn truth(&self, expr: &Expr) -> Result<bool, NoAnswer> {
        match self.value(expr)? {
            Value::Bool(truth) => Ok(truth),
            _ => Err(self.unfit(expr)),
        }
    }

    fn number(&self, expr: &Expr) -> Result<Quantity, NoAnswer> {
        match self.value(expr)? {
            Value::Number(quantity) => Ok(quantity),
            _ => Err(self.unfit(expr)),
        }
    }

    fn value(&self, expr: &Expr) -> Result<Value, NoAnswer> {
        match &expr.kind {
            ExprKind::Number(quantity) => Ok(Value::Number(quantity.clone())),
            ExprKind::Text(text) => Ok(Value::Text(text.clone())),
            ExprKind::Date(date) => Ok(Value::Date(*date)),
            ExprKind::Bool(truth) => Ok(Value::Bool(*truth)),
            ExprKind::Name(name) => {
                let value = self.values.get(name).cloned();
                value.ok_or_else(|| NoAnswer::Absent(name.clone()))
            }
            ExprKind::Given(name) => Ok(Value::Bool(self.values.contains_key(name))),
            ExprKind::Parameter(name) => self.parameter(name, expr),
            ExprKind::Unary(UnaryOp::Not, inner) => Ok(Value::Bool(!self.truth(inner)?)),
            ExprKind::Unary(UnaryOp::Negate, inner) => {
                let Quantity { value, unit } = self.number(inner)?;
                let value = value.checked_neg().map_err(|_| self.unfit(expr))?;
                Ok(Value::Number(Quantity::new(value, unit)))
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, expr),
            ExprKind::If(condition, yes, no) => {
                self.value(if self.truth(condition)? { yes } else { no })
            }
            ExprKind::Match(subject, arms) => {
                let Value::Text(choice) = self.value(subject)? else {
                    return Err(self.unfit(subject));
                };
                let meant = |arm: &&crate::lang::MatchArm| {
                    arm.choices.is_empty() || arm.choices.iter().any(|(own, _)| *own == choice)
                };
                let arm = arms.iter().find(meant).ok_or_else(|| self.unfit(expr))?;
                self.value(&arm.body)
            }
            ExprKind::Call(function, args) => self.call(*function, args, expr),
            ExprKind::Round(inner, places, mode) => {
                let quantity = self.number(inner)?;
                let after = quantity.round(Rounding::new(*places, *mode));
                let after = after.ok().and_then(|after| Rational::try_from(after).ok());
                let after = after.ok_or_else(|| self.unfit(expr))?;
                Ok(Value::Number(Quantity::new(after, quantity.unit)))
            }
            ExprKind::Power(..) => Err(self.unfit(expr)),
            ExprKind::Lookup { table, column, keys, .. } => self.cell(table, column, keys, expr),
        }
    }

    fn parameter(&self, name: &str, expr: &Expr) -> Result<Value, NoAnswer> {
        let id = name.parse().map_err(|_| self.unfit(expr))?;
        let resolved = self.book.resolve(&id, self.context.at, &self.context.region);
        Ok(resolved.map_err(|error| NoAnswer::Unresolved(Box::new(error)))?.value)
    }

    fn cell(
        &self,
        table: &str,
        column: &str,
        keys: &[Expr],
        expr: &Expr,
    ) -> Result<Value, NoAnswer> {
        let id = table.parse().map_err(|_| self.unfit(expr))?;
        let keys: Result<Vec<String>, NoAnswer> =
            keys.iter().map(|key| Ok(self.value(key)?.bare())).collect();
        let (at, region) = (self.context.at, &self.context.region);
        let resolved = self.book.lookup(&id, column, &keys?, at, region);
        Ok(resolved.map_err(|error| NoAnswer::Unresolved(Box::new(error)))?.value)
    }

    fn binary(
        &self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        expr: &Expr,
    ) -> Result<Value, NoAnswer> {
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            let left = self.truth(left)?;
            let decided = left == (op == BinaryOp::Or);
            return Ok(Value::Bool(if decided { left } else { self.truth(right)? }));
        }
        if op.is_comparison() {
            let order = self.compare(&self.value(left)?, &self.value(right)?, expr)?;
            return Ok(Value::Bool(match op {
                BinaryOp::Equal => order == Ordering::Equal,
                BinaryOp::NotEqual => order != Ordering::Equal,
                BinaryOp::Less => order == Ordering::Less,
                BinaryOp::LessOrEqual => order != Ordering::Greater,
                BinaryOp::Greater => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }));
        }
        let (left, right) = (self.number(left)?, self.number(right)?);
        let value: Result<Quantity, QuantityError> = match op {
            BinaryOp::Multiply => left.checked_mul(&right),
            BinaryOp::Divide => left.checked_div(&right),
            BinaryOp::Subtract => left.checked_sub(&right),
            _ => left.checked_add(&right),
        };
        Ok(Value::Number(value.map_err(|_| self.unfit(expr))?))
    }

    fn compare(&self, left: &Value, right: &Value, expr: &Expr) -> Result<Ordering, NoAnswer> {
        match (left, right) {
            (Value::Number(a), Value::Number(b)) => a.compare(b).map_err(|_| self.unfit(expr)),
            (Value::Date(a), Value::Date(b)) => Ok(a.cmp(b)),
            (Value::Text(a), Value::Text(b)) => Ok(a.cmp(b)),
            (Value::Bool(a), Value::Bool(b)) => Ok(a.cmp(b)),
            (Value::Year(a), Value::Year(b)) => Ok(a.cmp(b)),
            _ => Err(self.unfit(expr)),
        }
    }

    fn call(&self, function: Function, args: &[Expr], expr: &Expr) -> Result<Value, NoAnswer> {
        let mut numbers: Vec<Quantity> = Vec::new();
        for arg in args {
            let number = self.number(arg)?;
            let number = match numbers.first() {
                Some(first) => number.convert_to(&first.unit).map_err(|_| self.unfit(arg))?,
                None => number,
            };
            numbers.push(number);
        }
        let values: Vec<Rational> = numbers.iter().map(|number| number.value).collect();
        let value = match (function, values.as_slice()) {
            (Function::Min, values) => values.iter().min().copied(),
            (Function::Max, values) => values.iter().max().copied(),
            (Function::Clamp, [value, low, high]) if low <= high => {
                Some((*value).clamp(*low, *high))
            }
            (Function::Clamp, _) => None,
        };
        match (value, numbers.into_iter().next()) {
            (Some(value), Some(first)) => Ok(Value::Number(Quantity::new(value, first.unit))),
            _ => Err(self.unfit(expr)),
        }
    }
}
