//! A calculation opened: the formula, the same with its numbers, rounding points, and what each
//! number rests on. Made again with the rulebook of its time, so that a figure of years ago is shown
//! as it was computed then.

use std::sync::Arc;

use serde::Deserialize;
use tanheng_base::{CheckState, Citation, Date, MethodId, RegionCode, Text};
use tanheng_rulebook::model::State;
use tanheng_rulebook::{Calculation as Kept, Rulebook, to_json};

use super::frame::{Fact, View};
use super::grounds;
use super::number::{grouped, grouped_quantity};
use super::table::{Cell, Column, Mark, Table};
use crate::address::Subject;

/// Finds a published rulebook by its version.
pub type Shelf<'a> = &'a dyn Fn(&str) -> Option<Arc<Rulebook>>;

/// The record of an evaluation.
#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    result: Value,
    method: MethodId,
    method_from: Date,
    version: String,
    at: Date,
    region: RegionCode,
    trial: bool,
    example: bool,
    bases: Vec<Basis>,
    trace: Trace,
}

#[derive(Debug, Clone, Deserialize)]
struct Value {
    value: String,
    unit: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Basis {
    kind: String,
    id: String,
    title: Text,
    value: Option<String>,
    unit: Option<String>,
    #[serde(flatten)]
    citation: Citation,
    checked: CheckState,
    state: String,
    from: Date,
    to: Option<Date>,
    example: bool,
    note: Option<Text>,
}

#[derive(Debug, Clone, Deserialize)]
struct Trace {
    inputs: Vec<Input>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Deserialize)]
struct Input {
    name: String,
    symbol: Option<String>,
    title: Text,
    given: String,
    #[serde(flatten)]
    value: Value,
    label: Option<Text>,
}

#[derive(Debug, Clone, Deserialize)]
struct Step {
    name: String,
    symbol: Option<String>,
    title: Text,
    #[serde(flatten)]
    value: Value,
    label: Option<Text>,
    basis: Basis,
    calculation: Node,
}

#[derive(Debug, Clone, Deserialize)]
struct Node {
    op: String,
    fragment: String,
    #[serde(flatten)]
    value: Value,
    name: Option<String>,
    basis: Option<Basis>,
    rounding: Option<Rounding>,
    factor: Option<String>,
    #[serde(default)]
    children: Vec<Node>,
}

#[derive(Debug, Clone, Deserialize)]
struct Rounding {
    before: String,
    after: String,
    places: u8,
    mode: String,
}

/// A calculation as the page shows it.
#[derive(Debug, Clone)]
pub struct Calculation {
    /// The method's title.
    pub title: String,
    /// Method, day, region, rulebook.
    pub facts: Vec<Fact>,
    /// The result with its unit.
    pub result: String,
    /// Marks of the result.
    pub marks: Vec<Mark>,
    /// The inputs.
    pub inputs: Table,
    /// The steps.
    pub steps: Vec<StepView>,
    /// What it rests on.
    pub bases: Table,
}

/// A step as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// Title.
    pub title: String,
    /// With symbols: `C_ar = …`.
    pub symbols: String,
    /// With numbers: `= …`.
    pub numbers: String,
    /// The result.
    pub result: String,
    /// Rounding points and conversions, in order.
    pub roundings: Vec<String>,
    /// Rules with whether each applies, where the step decides by rules.
    pub rules: Vec<RuleView>,
    /// The clause.
    pub clause: Cell,
}

/// A rule as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleView {
    /// The condition with its numbers.
    pub condition: String,
    /// Whether it applies, in words.
    pub verdict: String,
    /// Whether it applies.
    pub holds: bool,
}

impl Calculation {
    /// The page's form of a kept calculation, made again with the rulebook it was made with and
    /// linked into it; none where that rulebook was never published or gives another result.
    #[must_use]
    pub fn again(view: &View, shelf: Shelf<'_>, kept: &Kept, name: &str) -> Option<Self> {
        let rulebook = shelf(kept.version.as_str())?;
        let evaluation = rulebook.again(kept).ok()?;
        let same = evaluation.result.to_string() == kept.result;
        same.then(|| Self::stored(view, shelf, &to_json(&evaluation), name)).flatten()
    }

    /// The page's form of an evaluation as JSON; none where the text is no such record or the
    /// rulebook was never published.
    #[must_use]
    pub fn stored(
        view: &View,
        shelf: Shelf<'_>,
        json: &serde_json::Value,
        name: &str,
    ) -> Option<Self> {
        let record: Record = serde_json::from_value(json.clone()).ok()?;
        let rulebook = shelf(&record.version)?;
        Some(Self::new(&view.of_version(&record.version), &rulebook, &record, name))
    }

    /// The page's form of a record. `name` tells its tables from those of others on the page.
    fn new(view: &View, rulebook: &Rulebook, record: &Record, name: &str) -> Self {
        let words = view.words;
        let pen = Pen { view, record };
        let versions = rulebook.method_versions(&record.method);
        let method = versions.iter().find(|method| method.from == record.method_from);
        let title = method.map_or_else(
            || record.method.to_string(),
            |method| words.pick(&method.title).to_owned(),
        );
        let last = record.trace.steps.last();
        let label = last.and_then(|step| step.label.as_ref());
        let result = match label {
            Some(label) => words.pick(label).to_owned(),
            None => quantity(&record.result),
        };
        Self {
            facts: facts(view, rulebook, record),
            result,
            marks: view.figure_marks(record.trial, record.example),
            inputs: inputs(view, record, format!("{name}-inputs")),
            steps: record.trace.steps.iter().map(|step| pen.step(rulebook, step)).collect(),
            bases: bases(view, rulebook, record, format!("{name}-bases")),
            title,
        }
    }
}

fn facts(view: &View, rulebook: &Rulebook, record: &Record) -> Vec<Fact> {
    let method = Cell::code(record.method.to_string())
        .to(view.to(Subject::Method(record.method.clone())))
        .note(view.words.f("calculation-version-of", &[("from", &record.method_from.to_string())]));
    let version = record.version.get(..12).unwrap_or(&record.version);
    vec![
        Fact::new(view.t("calculation-method"), method),
        Fact::new(view.t("calculation-at"), Cell::date(record.at)),
        Fact::new(
            view.t("calculation-region"),
            Cell::text(grounds::region(view, rulebook, &record.region)),
        ),
        Fact::new(view.t("calculation-rulebook"), Cell::code(version)),
    ]
}

fn inputs(view: &View, record: &Record, id: String) -> Table {
    let columns = vec![
        Column::words(view.t("calculation-input")),
        Column::words(view.t("calculation-symbol")),
        Column::count(view.t("calculation-used")),
        Column::words(view.t("calculation-given")),
    ];
    let caption = view.t("calculation-inputs");
    let mut table = Table::new(id, caption, columns, view.t("calculation-no-inputs"));
    for input in &record.trace.inputs {
        let used = match &input.label {
            Some(label) => Cell::text(view.words.pick(label)),
            None => Cell::quantity(exact_quantity(&input.value)),
        };
        table.rows.push(vec![
            Cell::text(view.words.pick(&input.title)),
            Cell::code(input.symbol.clone().unwrap_or_else(|| input.name.clone())),
            used,
            Cell::text(input.given.clone()),
        ]);
    }
    table
}

fn bases(view: &View, rulebook: &Rulebook, record: &Record, id: String) -> Table {
    let columns = vec![
        Column::words(view.t("calculation-basis")),
        Column::count(view.t("column-value")),
        Column::words(view.t("column-clause")),
        Column::words(view.t("column-checked")),
        Column::words(view.t("column-state")),
        Column::words(view.t("column-holds")),
    ];
    let caption = view.t("calculation-bases");
    let mut table = Table::new(id, caption, columns, view.t("calculation-no-bases"));
    for basis in &record.bases {
        let mut name = Cell::text(view.words.pick(&basis.title));
        if basis.kind == "parameter"
            && let Ok(id) = basis.id.parse()
        {
            name = name.to(view.to(Subject::Parameter(id)));
        }
        if let Some(note) = &basis.note {
            name = name.note(view.words.pick(note));
        }
        let value = basis.value.as_ref().map_or_else(Cell::default, |value| {
            let value = Value { value: value.clone(), unit: basis.unit.clone() };
            Cell::quantity(exact_quantity(&value))
        });
        let mut state = Cell::default();
        if let Some(known) = state_of(&basis.state) {
            state = state.marked(vec![grounds::state_mark(view, known)]);
        }
        if basis.example {
            state = state.marked(vec![view.example_mark()]);
        }
        table.rows.push(vec![
            name,
            value,
            grounds::citation(view, rulebook, &basis.citation),
            grounds::checked(view, basis.checked),
            state,
            grounds::interval(view, basis.from, basis.to),
        ]);
    }
    table
}

fn state_of(word: &str) -> Option<State> {
    let all = [State::InForce, State::Announced, State::Open, State::Repealed, State::InDoubt];
    all.into_iter().find(|state| state.word() == word)
}

fn exact_quantity(value: &Value) -> String {
    match &value.unit {
        Some(unit) => format!("{} {unit}", value.value),
        None => value.value.clone(),
    }
}

fn quantity(value: &Value) -> String {
    grouped_quantity(&exact_quantity(value))
}

/// With symbols or with numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    Symbols,
    Numbers,
}

/// Writes nodes as formulas.
struct Pen<'a> {
    view: &'a View,
    record: &'a Record,
}

impl Pen<'_> {
    fn step(&self, rulebook: &Rulebook, step: &Step) -> StepView {
        let words = self.view.words;
        let title = words.pick(&step.title).to_owned();
        let left = step.symbol.clone().unwrap_or_else(|| title.clone());
        let result = match &step.label {
            Some(label) => words.pick(label).to_owned(),
            None => quantity(&step.value),
        };
        let by_rules = step.calculation.op == "rules";
        let mut roundings = Vec::new();
        self.roundings(&step.calculation, &mut roundings);
        let rules = if by_rules { self.rules(&step.calculation) } else { Vec::new() };
        StepView {
            symbols: if by_rules {
                String::new()
            } else {
                format!("{left} = {}", self.infix(&step.calculation, Hand::Symbols, 0))
            },
            numbers: if by_rules {
                String::new()
            } else {
                format!("= {}", self.infix(&step.calculation, Hand::Numbers, 0))
            },
            result: format!("{left} = {result}"),
            roundings,
            rules,
            clause: grounds::citation(self.view, rulebook, &step.basis.citation),
            title,
        }
    }

    fn rules(&self, node: &Node) -> Vec<RuleView> {
        let rule = |rule: &Node| {
            let holds = rule.basis.is_some();
            let condition = rule.children.first();
            let condition = condition.map_or_else(String::new, |condition| {
                format!(
                    "{}   ({})",
                    self.infix(condition, Hand::Symbols, 0),
                    self.infix(condition, Hand::Numbers, 0)
                )
            });
            let verdict = if holds { "rule-applies" } else { "rule-does-not-apply" };
            RuleView { condition, verdict: self.view.t(verdict), holds }
        };
        node.children.iter().map(rule).collect()
    }

    fn roundings(&self, node: &Node, out: &mut Vec<String>) {
        for child in &node.children {
            self.roundings(child, out);
        }
        let words = self.view.words;
        if let Some(point) = &node.rounding {
            let unit = node.value.unit.clone().unwrap_or_default();
            let before = shortened(&point.before);
            out.push(words.f(
                "rounding-point",
                &[
                    ("places", &point.places.to_string()),
                    ("mode", &words.of("rounding", &point.mode)),
                    ("before", &before),
                    ("after", &grouped(&point.after)),
                    ("unit", &unit),
                ],
            ));
        }
        if let (Some(factor), Some(below)) = (&node.factor, node.children.first()) {
            let (before, after) = (quantity(&below.value), quantity(&node.value));
            let values = [("before", before.as_str()), ("factor", factor), ("after", &after)];
            out.push(words.f("conversion-point", &values));
        }
    }

    /// The node as a formula; `outer` is the strength of what stands around it.
    fn infix(&self, node: &Node, hand: Hand, outer: u8) -> String {
        let parts = |strength: u8, sign: &str| {
            let each = node.children.iter().enumerate().map(|(at, child)| {
                self.infix(child, hand, strength + u8::from(at > 0 && matches!(sign, "−" | "÷")))
            });
            (strength, each.collect::<Vec<_>>().join(&format!(" {sign} ")))
        };
        let (strength, text) = match node.op.as_str() {
            "or" => parts(1, &self.view.t("word-or")),
            "and" => parts(2, &self.view.t("word-and")),
            "equal" => parts(3, "="),
            "not_equal" => parts(3, "≠"),
            "less" => parts(3, "<"),
            "less_or_equal" => parts(3, "≤"),
            "greater" => parts(3, ">"),
            "greater_or_equal" => parts(3, "≥"),
            "add" => parts(4, "+"),
            "subtract" => parts(4, "−"),
            "multiply" => parts(5, "×"),
            "divide" => parts(5, "÷"),
            "negate" => (6, format!("−{}", self.first(node, hand, 6))),
            "not" => (6, format!("{} {}", self.view.t("word-not"), self.first(node, hand, 6))),
            "round" | "convert" => return self.first(node, hand, outer),
            // of a choice only what was taken
            "if" | "match" => return self.last(node, hand, outer),
            "min" | "max" | "clamp" => {
                let each = node.children.iter().map(|child| self.infix(child, hand, 0));
                (9, format!("{}({})", node.op, each.collect::<Vec<_>>().join(", ")))
            }
            _ => return self.leaf(node, hand),
        };
        if strength < outer { format!("({text})") } else { text }
    }

    fn first(&self, node: &Node, hand: Hand, outer: u8) -> String {
        let child = node.children.first();
        child.map_or_else(|| self.leaf(node, hand), |child| self.infix(child, hand, outer))
    }

    fn last(&self, node: &Node, hand: Hand, outer: u8) -> String {
        let child = node.children.last();
        child.map_or_else(|| self.leaf(node, hand), |child| self.infix(child, hand, outer))
    }

    fn leaf(&self, node: &Node, hand: Hand) -> String {
        let words = self.view.words;
        if hand == Hand::Numbers {
            return quantity(&node.value);
        }
        let trace = &self.record.trace;
        let name = node.name.as_deref().unwrap_or_default();
        let named = match node.op.as_str() {
            "input" => trace.inputs.iter().find(|input| input.name == name).map(|input| {
                input.symbol.clone().unwrap_or_else(|| words.pick(&input.title).to_owned())
            }),
            "step" => trace.steps.iter().find(|step| step.name == name).map(|step| {
                step.symbol.clone().unwrap_or_else(|| words.pick(&step.title).to_owned())
            }),
            "parameter" | "cell" => {
                node.basis.as_ref().map(|basis| format!("[{}]", words.pick(&basis.title)))
            }
            _ => None,
        };
        named.unwrap_or_else(|| match node.op.as_str() {
            "literal" => quantity(&node.value),
            _ => node.fragment.clone(),
        })
    }
}

/// An exact value before rounding can have many places; people read twelve and see that more follow.
fn shortened(exact: &str) -> String {
    const PLACES: usize = 12;
    match exact.split_once('.') {
        Some((whole, places)) if places.len() > PLACES => {
            let kept: String = places.chars().take(PLACES).collect();
            format!("{}…", grouped(&format!("{whole}.{kept}")))
        }
        _ => grouped(exact),
    }
}
