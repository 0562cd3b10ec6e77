//! The tree of a formula. Every node knows the bytes of the formula it was read from.

use std::ops::Range;

use tanheng_base::Date;
use tanheng_quantity::{Quantity, RoundingMode};

/// A node of a formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What the node is.
    pub kind: ExprKind,
    /// Bytes within the formula text.
    pub span: Range<usize>,
}

/// The kinds of node.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A number with its unit: `10%`, `0.5[GJ/t]`.
    Number(Quantity),
    /// A choice: `'key'`.
    Text(String),
    /// `date(2022-01-01)`.
    Date(Date),
    /// `true` or `false`.
    Bool(bool),
    /// An input or an earlier step.
    Name(String),
    /// A dotted name: a parameter.
    Parameter(String),
    /// `-x`, `not x`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`, `a < b`, `a and b` …
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `if c then a else b`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `match x { 'a' => …, 'b' => … }`.
    Match(Box<Expr>, Vec<MatchArm>),
    /// `min(…)`, `max(…)`, `clamp(x, low, high)`.
    Call(Function, Vec<Expr>),
    /// `round(x, 2, half_up)`.
    Round(Box<Expr>, u8, RoundingMode),
    /// `pow(base, exponent)`; only as all that a `round` holds, because it need not be a fraction.
    Power(Box<Expr>, Box<Expr>),
    /// `given(name)`: whether an optional input was given.
    Given(String),
    /// `lookup(table.column, key…)`.
    Lookup {
        /// The table's id.
        table: String,
        /// The column's name.
        column: String,
        /// Bytes of `table.column`.
        name_span: Range<usize>,
        /// The keys, in the table's order.
        keys: Vec<Expr>,
    },
}

/// One arm of a `match`.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchArm {
    /// The choices it is for; none stands for "all others" (`_`).
    pub choices: Vec<(String, Range<usize>)>,
    /// What it yields.
    pub body: Expr,
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// Arithmetic negation.
    Negate,
    /// Logical negation.
    Not,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `and`
    And,
    /// `or`
    Or,
}

impl BinaryOp {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessOrEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterOrEqual => ">=",
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
        }
    }

    /// How tightly it binds: a larger number binds tighter.
    pub fn strength(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::And => 2,
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual => 4,
            BinaryOp::Add | BinaryOp::Subtract => 5,
            BinaryOp::Multiply | BinaryOp::Divide => 6,
        }
    }

    /// Whether it compares two values.
    pub fn is_comparison(self) -> bool {
        self.strength() == 4
    }
}

/// Functions of several numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// A value held between two bounds.
    Clamp,
}

impl Function {
    /// The name as written.
    pub fn name(self) -> &'static str {
        match self {
            Function::Min => "min",
            Function::Max => "max",
            Function::Clamp => "clamp",
        }
    }
}

impl Expr {
    /// The nodes directly below.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Date(_)
            | ExprKind::Bool(_)
            | ExprKind::Name(_)
            | ExprKind::Given(_)
            | ExprKind::Parameter(_) => Vec::new(),
            ExprKind::Unary(_, inner) | ExprKind::Round(inner, _, _) => vec![inner],
            ExprKind::Binary(_, left, right) | ExprKind::Power(left, right) => vec![left, right],
            ExprKind::If(condition, yes, no) => vec![condition, yes, no],
            ExprKind::Match(subject, arms) => {
                let mut all = vec![&**subject];
                all.extend(arms.iter().map(|arm| &arm.body));
                all
            }
            ExprKind::Call(_, args) => args.iter().collect(),
            ExprKind::Lookup { keys, .. } => keys.iter().collect(),
        }
    }

    /// Calls `visit` for this node and all below it.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}
