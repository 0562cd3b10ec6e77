//! Methods: inputs, steps and the result, each with its clause.

use std::collections::BTreeMap;

use tanheng_base::{Date, MethodId, PackId, RegionCode, Text};
use tanheng_quantity::{Rational, Unit};

use super::dated::Grounds;
use crate::lang::Expr;
use crate::read::FormulaText;
use crate::source::Place;

/// A method: how a figure is computed or a decision taken.
#[derive(Debug, Clone)]
pub struct Method {
    /// Its id; the same id can have versions by date and region.
    pub id: MethodId,
    /// Its title.
    pub title: Text,
    /// The first day.
    pub from: Date,
    /// The day after the last, where one is stated.
    pub to: Option<Date>,
    /// The region it binds.
    pub region: RegionCode,
    /// What stands behind it.
    pub grounds: Grounds,
    /// Requirements it fulfils.
    pub implements: Vec<String>,
    /// What it needs.
    pub inputs: Vec<Input>,
    /// When it gives no figure, though every input can be read.
    pub refusals: Vec<Refusal>,
    /// What it does, in order.
    pub steps: Vec<Step>,
    /// The step that is the result.
    pub result: String,
    /// Where the result is named.
    pub result_place: Place,
    /// The pack that supplies it.
    pub pack: PackId,
    /// It comes from an example pack.
    pub example: bool,
    /// Where it stands.
    pub place: Place,
}

impl Method {
    /// An input by name.
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// A step by name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    /// The inputs whose unit can be chosen.
    pub fn unit_variables(&self) -> impl Iterator<Item = (&Input, &[Unit])> {
        self.inputs.iter().filter_map(|input| match &input.kind {
            InputKind::Number(NumberInput { unit: UnitChoice::OneOf(units), .. })
                if units.len() > 1 =>
            {
                Some((input, units.as_slice()))
            }
            _ => None,
        })
    }

    /// Every combination of the units that can be chosen; one when none can be.
    pub fn alternatives(&self) -> Vec<Alternative> {
        let mut all = vec![Alternative::default()];
        for (input, units) in self.unit_variables() {
            let mut next = Vec::new();
            for alternative in &all {
                for chosen in 0..units.len() {
                    let mut longer = alternative.clone();
                    longer.0.insert(input.name.clone(), chosen);
                    next.push(longer);
                }
            }
            all = next;
        }
        all
    }
}

/// Which unit is chosen for each input that leaves a choice: input name → position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alternative(pub BTreeMap<String, usize>);

impl Alternative {
    /// The unit that a declaration means under this choice.
    pub fn unit(&self, declared: &UnitChoice, own_name: &str) -> Unit {
        let (units, leader) = match declared {
            UnitChoice::OneOf(units) => (units, own_name),
            UnitChoice::Follows { input, units } => (units, input.as_str()),
        };
        let position = self.0.get(leader).copied().unwrap_or(0);
        units.get(position).or(units.first()).cloned().unwrap_or_default()
    }
}

/// The unit of an input or a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitChoice {
    /// One of these, the first by default; never empty.
    OneOf(Vec<Unit>),
    /// It follows the unit chosen for another input: one for each of that input's units.
    Follows {
        /// The input that leads.
        input: String,
        /// The own unit for each unit of the leader, in its order.
        units: Vec<Unit>,
    },
}

/// An input.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name in formulas and commands.
    pub name: String,
    /// Its title.
    pub title: Text,
    /// Its symbol in the printed formula; the name where it has none.
    pub symbol: Option<String>,
    /// What it holds.
    pub kind: InputKind,
    /// Whether it must be given.
    pub presence: Presence,
    /// Other words for the choices: word → choice.
    pub aliases: BTreeMap<String, String>,
    /// Where the unit of a number depends on another input: the table that says so.
    pub unit_by: Option<UnitBy>,
    /// Where it is declared.
    pub place: Place,
}

impl Input {
    /// The choice that a word stands for: the choice itself, its Chinese label, or another word
    /// declared for it.
    pub fn choice(&self, word: &str) -> Option<&str> {
        let InputKind::Choice { values, labels } = &self.kind else { return None };
        let own = values.iter().find(|value| *value == word);
        let labelled =
            || values.iter().find(|value| labels.get(*value).is_some_and(|label| label.zh == word));
        own.or_else(labelled).or_else(|| self.aliases.get(word)).map(String::as_str)
    }
}

/// Whether an input must be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It must.
    Required,
    /// It may be left out; formulas ask with `given(…)`.
    Optional,
    /// Left out, it counts as this, written as a person would.
    Default(String),
}

/// A table that names the unit of an input by the value of an earlier choice, such as the unit in
/// which a fuel is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitBy {
    /// The table; its one key is the choice.
    pub table: tanheng_base::TableId,
    /// The text column that names the unit.
    pub column: String,
    /// The earlier input.
    pub key: String,
    /// Where it is declared.
    pub place: Place,
}

/// When a method gives no figure, though every input can be read by itself: a coefficient outside
/// the range that the document prints for this fuel.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// When it applies.
    pub when: Formula,
    /// The input that is to blame.
    pub input: Option<String>,
    /// The code of the problem.
    pub code: &'static str,
    /// What is wrong; `{name}` stands for the value of an input or step.
    pub message: Text,
    /// What to do, likewise.
    pub remedy: Text,
    /// What stands behind it.
    pub grounds: Grounds,
    /// Where it stands.
    pub place: Place,
}

/// What an input holds.
#[derive(Debug, Clone)]
pub enum InputKind {
    /// A number.
    Number(NumberInput),
    /// One of several choices.
    Choice {
        /// The choices.
        values: Vec<String>,
        /// What a reader sees for each.
        labels: BTreeMap<String, Text>,
    },
    /// Any text.
    Text,
    /// Truth.
    Bool,
    /// A day.
    Date,
    /// A year.
    Year,
}

/// The unit, places and range of a number that is asked for.
#[derive(Debug, Clone)]
pub struct NumberInput {
    /// Its unit.
    pub unit: UnitChoice,
    /// Decimal places at most, in the declared unit.
    pub places: Option<u8>,
    /// The smallest value allowed.
    pub min: Option<Rational>,
    /// The smallest value is itself excluded.
    pub min_open: bool,
    /// The largest value allowed.
    pub max: Option<Rational>,
    /// The largest value is itself excluded.
    pub max_open: bool,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name in later formulas.
    pub name: String,
    /// Its title.
    pub title: Text,
    /// Its symbol in the printed formula; the name where it has none.
    pub symbol: Option<String>,
    /// What it yields.
    pub kind: StepKind,
    /// How.
    pub body: Body,
    /// What stands behind it.
    pub grounds: Grounds,
    /// Where it stands.
    pub place: Place,
}

/// What a step yields.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// A number in this unit.
    Number(UnitChoice),
    /// One of several choices.
    Choice {
        /// The choices.
        values: Vec<String>,
        /// What a reader sees for each.
        labels: BTreeMap<String, Text>,
    },
    /// Any text.
    Text,
    /// Truth.
    Bool,
    /// A day.
    Date,
}

/// How a step comes to its value.
#[derive(Debug, Clone)]
pub enum Body {
    /// By one formula.
    Formula(Formula),
    /// By rules of which exactly one must apply.
    Rules(Vec<Rule>),
}

impl Body {
    /// All formulas in it.
    pub fn formulas(&self) -> Vec<&Formula> {
        match self {
            Body::Formula(formula) => vec![formula],
            Body::Rules(rules) => rules.iter().flat_map(|rule| [&rule.when, &rule.then]).collect(),
        }
    }
}

/// A rule of a step.
#[derive(Debug, Clone)]
pub struct Rule {
    /// When it applies.
    pub when: Formula,
    /// What it yields then.
    pub then: Formula,
    /// What stands behind it.
    pub grounds: Grounds,
    /// Where it stands.
    pub place: Place,
}

/// A formula that has been read.
#[derive(Debug, Clone)]
pub struct Formula {
    /// Its text with places.
    pub text: FormulaText,
    /// Its tree.
    pub expr: Expr,
}
