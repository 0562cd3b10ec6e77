//! Formulas and numbers as people write them: ×, −, ≥, brackets only where needed.

use std::collections::BTreeMap;

use tanheng_base::Lang;
use tanheng_quantity::{Rational, Rounding, RoundingMode, Unit};

use super::mode_word;
use crate::lang::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::trace::{Op, TraceNode};
use crate::value::Value;

/// Places of a decimal that only serves the eye.
const SHOWN_PLACES: u8 = 8;

/// Text with how tightly it holds together.
struct Piece {
    text: String,
    strength: u8,
}

const WHOLE: u8 = 9;
const LOOSE: u8 = 0;

impl Piece {
    fn whole(text: impl Into<String>) -> Piece {
        Piece { text: text.into(), strength: WHOLE }
    }

    /// In brackets when it holds together less tightly than its surroundings demand.
    fn within(self, strength: u8) -> String {
        if self.strength < strength { format!("({})", self.text) } else { self.text }
    }
}

/// A number with its unit, `454.33 tCO2`; without one, `0.99`.
pub(super) fn quantity_text(number: &str, unit: Option<&Unit>) -> String {
    match unit {
        Some(unit) => format!("{number} {unit}"),
        None => number.to_owned(),
    }
}

/// A decimal for the eye, when the exact number is a fraction that does not end.
pub(super) fn approximation(exact: &str) -> Option<String> {
    if !exact.contains('/') {
        return None;
    }
    let value: Rational = exact.parse().ok()?;
    let rounding = Rounding::new(SHOWN_PLACES, RoundingMode::HalfUp);
    value.round(rounding).ok().map(|decimal| decimal.to_string())
}

/// The formula with symbols.
pub(super) fn formula_text(expr: &Expr, symbols: &BTreeMap<String, String>, lang: Lang) -> String {
    formula(expr, symbols, lang).text
}

fn formula(expr: &Expr, symbols: &BTreeMap<String, String>, lang: Lang) -> Piece {
    let go = |part: &Expr| formula(part, symbols, lang);
    let all =
        |parts: &[Expr]| parts.iter().map(|part| go(part).text).collect::<Vec<String>>().join(", ");
    match &expr.kind {
        ExprKind::Number(quantity) => Piece::whole(quantity.to_string()),
        ExprKind::Text(choice) => Piece::whole(format!("'{choice}'")),
        ExprKind::Date(day) => Piece::whole(day.to_string()),
        ExprKind::Bool(value) => Piece::whole(truth(*value, lang)),
        ExprKind::Name(name) => Piece::whole(symbols.get(name).unwrap_or(name)),
        ExprKind::Parameter(name) => Piece::whole(name),
        ExprKind::Unary(op, inner) => negation(*op, go(inner), lang),
        ExprKind::Binary(op, left, right) => infix(*op, go(left), go(right), lang),
        ExprKind::If(condition, yes, no) => {
            choice_text(&go(condition).text, &go(yes).text, &go(no).text, lang)
        }
        ExprKind::Match(subject, arms) => {
            let arms: Vec<String> = arms
                .iter()
                .map(|arm| {
                    let choices: Vec<&str> =
                        arm.choices.iter().map(|(choice, _)| choice.as_str()).collect();
                    let choices =
                        if choices.is_empty() { "_".to_owned() } else { choices.join(" | ") };
                    format!("{choices} → {}", go(&arm.body).text)
                })
                .collect();
            Piece::whole(format!("{} {{ {} }}", go(subject).text, arms.join("; ")))
        }
        ExprKind::Call(function, args) => {
            Piece::whole(format!("{}({})", function.name(), all(args)))
        }
        ExprKind::Power(base, exponent) => power(go(base), go(exponent)),
        ExprKind::Given(name) => Piece::whole(given_text(symbols.get(name).unwrap_or(name), lang)),
        ExprKind::Round(inner, places, mode) => {
            Piece::whole(rounding(&go(inner).text, *places, *mode, lang))
        }
        ExprKind::Lookup { table, column, keys, .. } => {
            Piece::whole(format!("{table}.{column}({})", all(keys)))
        }
    }
}

fn power(base: Piece, exponent: Piece) -> Piece {
    Piece { text: format!("{}^{}", base.within(WHOLE), exponent.within(WHOLE)), strength: 8 }
}

fn given_text(name: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("已填({name})"),
        Lang::En => format!("given({name})"),
    }
}

fn truth(value: bool, lang: Lang) -> &'static str {
    match (value, lang) {
        (true, Lang::Zh) => "是",
        (false, Lang::Zh) => "否",
        (true, Lang::En) => "true",
        (false, Lang::En) => "false",
    }
}

fn negation(op: UnaryOp, inner: Piece, lang: Lang) -> Piece {
    let text = match (op, lang) {
        (UnaryOp::Negate, _) => format!("−{}", inner.within(7)),
        (UnaryOp::Not, Lang::Zh) => format!("非 {}", inner.within(WHOLE)),
        (UnaryOp::Not, Lang::En) => format!("not {}", inner.within(WHOLE)),
    };
    Piece { text, strength: 3 }
}

fn infix(op: BinaryOp, left: Piece, right: Piece, lang: Lang) -> Piece {
    let sign = match (op, lang) {
        (BinaryOp::Multiply, _) => "×",
        (BinaryOp::Divide, _) => "÷",
        (BinaryOp::Subtract, _) => "−",
        (BinaryOp::Equal, _) => "=",
        (BinaryOp::NotEqual, _) => "≠",
        (BinaryOp::LessOrEqual, _) => "≤",
        (BinaryOp::GreaterOrEqual, _) => "≥",
        (BinaryOp::And, Lang::Zh) => "且",
        (BinaryOp::Or, Lang::Zh) => "或",
        _ => op.symbol(),
    };
    let strength = op.strength();
    let text = format!("{} {sign} {}", left.within(strength), right.within(strength + 1));
    Piece { text, strength }
}

fn choice_text(condition: &str, yes: &str, no: &str, lang: Lang) -> Piece {
    let text = match lang {
        Lang::Zh => format!("若 {condition} 则 {yes}，否则 {no}"),
        Lang::En => format!("if {condition} then {yes} else {no}"),
    };
    Piece { text, strength: LOOSE }
}

fn rounding(inner: &str, places: u8, mode: RoundingMode, lang: Lang) -> String {
    let mode = mode_word(mode, lang);
    match lang {
        Lang::Zh => format!("修约({inner}; {places}位小数，{mode})"),
        Lang::En => format!("round({inner}; {places} places, {mode})"),
    }
}

/// The same with the numbers in it.
pub(super) fn numbers_text(node: &TraceNode, lang: Lang) -> String {
    numbers(node, lang).text
}

fn numbers(node: &TraceNode, lang: Lang) -> Piece {
    let child = |index: usize| node.children.get(index).map(|below| numbers(below, lang));
    let pair = |op: BinaryOp| match (child(0), child(1)) {
        (Some(left), Some(right)) => infix(op, left, right, lang),
        (Some(only), None) => only,
        _ => leaf(node, lang),
    };
    let all = |name: &str| {
        let parts: Vec<String> =
            node.children.iter().map(|below| numbers(below, lang).text).collect();
        Piece::whole(format!("{name}({})", parts.join(", ")))
    };
    match node.op {
        Op::Literal | Op::Input | Op::Step | Op::Parameter | Op::Cell => leaf(node, lang),
        Op::Rule | Op::Rules => leaf(node, lang),
        Op::Negate => child(0)
            .map_or_else(|| leaf(node, lang), |inner| negation(UnaryOp::Negate, inner, lang)),
        Op::Not => {
            child(0).map_or_else(|| leaf(node, lang), |inner| negation(UnaryOp::Not, inner, lang))
        }
        Op::Add => pair(BinaryOp::Add),
        Op::Subtract => pair(BinaryOp::Subtract),
        Op::Multiply => pair(BinaryOp::Multiply),
        Op::Divide => pair(BinaryOp::Divide),
        Op::Equal => pair(BinaryOp::Equal),
        Op::NotEqual => pair(BinaryOp::NotEqual),
        Op::Less => pair(BinaryOp::Less),
        Op::LessOrEqual => pair(BinaryOp::LessOrEqual),
        Op::Greater => pair(BinaryOp::Greater),
        Op::GreaterOrEqual => pair(BinaryOp::GreaterOrEqual),
        Op::And => pair(BinaryOp::And),
        Op::Or => pair(BinaryOp::Or),
        Op::If | Op::Match => taken(node, lang),
        Op::Min => all("min"),
        Op::Max => all("max"),
        Op::Clamp => all("clamp"),
        Op::Round => match (&node.rounding, child(0)) {
            (Some(point), Some(inner)) => {
                Piece::whole(rounding(&inner.text, point.places, point.mode, lang))
            }
            _ => leaf(node, lang),
        },
        Op::Power => match (&node.rounding, child(0), child(1)) {
            (Some(point), Some(base), Some(exponent)) => {
                let inner = power(base, exponent).text;
                Piece::whole(rounding(&inner, point.places, point.mode, lang))
            }
            _ => leaf(node, lang),
        },
        Op::Given => Piece::whole(given_text(node.name.as_deref().unwrap_or_default(), lang)),
        Op::Convert => converted(node, lang),
    }
}

/// A conversion: a single value shows both its units, a larger part only its factor.
fn converted(node: &TraceNode, lang: Lang) -> Piece {
    let Some(below) = node.children.first() else { return leaf(node, lang) };
    let inner = numbers(below, lang);
    let unit = node.value.unit().map_or("1".to_owned(), Unit::to_string);
    Piece::whole(format!("[{} → {unit}]", inner.text))
}

/// A choice shows only what was taken, and why.
fn taken(node: &TraceNode, lang: Lang) -> Piece {
    let [subject, taken] = node.children.as_slice() else { return leaf(node, lang) };
    let (subject_text, taken_text) = (numbers(subject, lang).text, numbers(taken, lang).text);
    let why = match (&subject.value, lang) {
        (Value::Bool(value), Lang::Zh) => {
            format!("{subject_text}：{}", if *value { "成立" } else { "不成立" })
        }
        (Value::Bool(value), Lang::En) => {
            format!("{subject_text}: {}", if *value { "holds" } else { "does not hold" })
        }
        _ => subject_text,
    };
    Piece::whole(format!("({why} → {taken_text})"))
}

fn leaf(node: &TraceNode, lang: Lang) -> Piece {
    let written = node.basis.as_ref().and_then(|basis| basis.written.clone());
    let text = match (&node.value, written) {
        (Value::Bool(value), _) => truth(*value, lang).to_owned(),
        (value, Some(written)) => quantity_text(&written, value.unit()),
        (value, None) => value.to_string(),
    };
    let negative = matches!(&node.value, Value::Number(quantity) if quantity.value.is_negative());
    Piece { text, strength: if negative { LOOSE } else { WHOLE } }
}
