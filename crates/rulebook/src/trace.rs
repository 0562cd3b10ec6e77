//! The trace of a calculation: every figure with what it was made of, down to inputs and sources.

use serde::Serialize;
use tanheng_base::{CheckState, Citation, Date, PackId, RegionCode, Text};

use crate::model::State;
use crate::value::Value;

/// What a calculation rests on: a method, a clause, a factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// What it is.
    pub kind: BasisKind,
    /// Its id: a method, `method.step`, a parameter, `table.column(keys)`.
    pub id: String,
    /// What a reader calls it.
    pub title: Text,
    /// The value it supplied; methods and rules supply none.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The value as the pack writes it, without unit, such as `44/12` or `10%`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// Document and clause.
    #[serde(flatten)]
    pub citation: Citation,
    /// What a reader calls the document.
    pub source: Text,
    /// Against what it was checked.
    pub checked: CheckState,
    /// How it stands.
    pub state: State,
    /// The first day.
    pub from: Date,
    /// The day after the last, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// The region whose rule it is.
    pub region: RegionCode,
    /// The pack that supplies it.
    pub pack: PackId,
    /// It comes from an example pack.
    pub example: bool,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// The kinds of basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BasisKind {
    /// The method as a whole.
    Method,
    /// A step with a clause of its own.
    Step,
    /// A rule that applied.
    Rule,
    /// A parameter.
    Parameter,
    /// A cell of a table.
    Cell,
}

/// A calculation from its inputs to its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The inputs, as given and as used.
    pub inputs: Vec<InputTrace>,
    /// The steps that led to the result, in order.
    pub steps: Vec<StepTrace>,
}

/// An input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputTrace {
    /// Its name.
    pub name: String,
    /// Its symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// What a reader calls it.
    pub title: Text,
    /// As it was given.
    pub given: String,
    /// It was not given: the method supplied its default.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assumed: bool,
    /// As it was used, in the declared unit.
    #[serde(flatten)]
    pub value: Value,
    /// What a reader sees for a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepTrace {
    /// Its name.
    pub name: String,
    /// Its symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// What a reader calls it.
    pub title: Text,
    /// What it yielded.
    #[serde(flatten)]
    pub value: Value,
    /// What a reader sees for a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// What stands behind it.
    pub basis: Basis,
    /// How it came about.
    pub calculation: TraceNode,
}

/// What a node of a calculation does with the nodes below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each operation is named by its word in formulas")]
pub enum Op {
    Literal,
    Input,
    Step,
    Parameter,
    Cell,
    Negate,
    Not,
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    If,
    Match,
    Min,
    Max,
    Clamp,
    /// The node below, rounded.
    Round,
    /// The first node to the power of the second, rounded; the power itself need not be a fraction.
    Power,
    /// Whether an optional input was given.
    Given,
    /// The node below in another unit: its number times `factor`.
    Convert,
    /// One rule: its condition and, where that holds, what it yields.
    Rule,
    /// All rules of a step; the value is that of the one that applied.
    Rules,
}

/// A node of a calculation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceNode {
    /// What it does.
    pub op: Op,
    /// The part of the formula.
    pub fragment: String,
    /// Its value.
    #[serde(flatten)]
    pub value: Value,
    /// Name of the input, step, parameter or table cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What stands behind a parameter, a cell or a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The rounding point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingPoint>,
    /// What a conversion multiplies with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<String>,
    /// What it was made of; of a choice, only what was taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<TraceNode>,
}

/// A rounding point: exactly what went in and what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundingPoint {
    /// Before, exact; of a power that is no fraction the first digits, with `…`.
    pub before: String,
    /// After, with all its places.
    pub after: String,
    /// Decimal places kept.
    pub places: u8,
    /// Mode.
    pub mode: tanheng_quantity::RoundingMode,
}

impl TraceNode {
    /// Calls `visit` for this node and all below it.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a TraceNode)) {
        visit(self);
        for child in &self.children {
            child.walk(visit);
        }
    }
}
