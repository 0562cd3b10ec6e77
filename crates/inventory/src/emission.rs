//! The emission of one line.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tanheng_base::{Citation, Date, MethodId, Month, Problem, Text};
use tanheng_quantity::{Decimal, Quantity, Unit};
use tanheng_rulebook::model::State;
use tanheng_rulebook::{EvalError, Given, ResolveError, Value};

use crate::code;
use crate::defaults::{DefaultUsed, Defaults};
use crate::line::{Line, LineKind};
use crate::rule_id;
use crate::setting::{Setting, number_in};
use crate::standing::Standing;

/// What the choice of methods says of a source outside the accounting boundary.
const NOT_COUNTED: &str = "not_counted";

/// Where an emission arises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// At the enterprise's own sources.
    Direct,
    /// At the producer of what it purchased.
    Indirect,
}

/// The figure of one line, with all it takes to compute it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFigure {
    /// Row as the filer counts it.
    pub row: u64,
    /// Where the emission arises; `None` for output.
    pub scope: Option<Scope>,
    /// The method; `None` for output and for what lies outside the boundary.
    pub method: Option<MethodId>,
    /// Inputs of the method as text: evaluating it with these gives the figure again.
    pub inputs: BTreeMap<String, String>,
    /// Emission, tCO2; `None` where no method applies or the law has not decided,
    /// which is not 0.
    pub emission: Option<Decimal>,
    /// Defaults that were filled in or confirmed.
    pub defaults: Vec<DefaultUsed>,
    /// The clause that puts the source outside the boundary.
    pub not_counted: Option<Citation>,
    /// How far the figure can be relied on.
    #[serde(flatten)]
    pub standing: Standing,
}

impl LineFigure {
    fn bare(row: u64) -> Self {
        Self {
            row,
            scope: None,
            method: None,
            inputs: BTreeMap::new(),
            emission: None,
            defaults: Vec::new(),
            not_counted: None,
            standing: Standing::default(),
        }
    }
}

/// Computes one line by the rules of the last day of its month. The method follows from
/// industry, kind of source and date; output carries no emission.
///
/// # Errors
/// Everything wrong with the line: a fuel that no guide names, a parameter that is missing
/// or has no default, a value outside the method's limits. Places are the row and the
/// field's name. What the law leaves open is no fault of the line: its emission is missing,
/// and its standing says what is undecided.
pub fn compute_line(
    setting: &Setting<'_>,
    month: Month,
    line: &Line,
) -> Result<LineFigure, Vec<Problem>> {
    compute_line_known(setting, month, month.last_day(), line)
}

/// [`compute_line`] with what was decreed about the data year up to a later day.
pub(crate) fn compute_line_known(
    setting: &Setting<'_>,
    month: Month,
    known_on: Date,
    line: &Line,
) -> Result<LineFigure, Vec<Problem>> {
    let at = month.last_day();
    let days = Days { at, known_on };
    match line.kind {
        LineKind::Output => Ok(LineFigure::bare(line.row)),
        LineKind::Electricity => {
            let inputs = vec![
                ("electricity", Given::from(line.amount.clone())),
                ("year", Given::from(Value::Year(month.year().number()))),
            ];
            let chosen = choose(setting, line, "electricity", at)?;
            evaluate(setting, line, days, chosen, inputs, Vec::new(), Scope::Indirect)
        }
        LineKind::Fuel => {
            let phase = phase_of(setting, line).map_err(|problem| vec![*problem])?;
            let kind = format!("fuel_{phase}");
            let mut chosen = choose(setting, line, &kind, at)?;
            if chosen.method.is_none() {
                let (inputs, defaults) = (Vec::new(), Vec::new());
                return evaluate(setting, line, days, chosen, inputs, defaults, Scope::Direct);
            }
            let place = |problem: Problem| vec![problem.at(Some(line.row), Some("kind"))];
            let guide = setting.method_choice("guide", &kind, at);
            let guide = guide.map_err(|error| place(error.problem()))?.value.bare();
            let defaults = Defaults { setting, at, guide };
            let (inputs, used) = parameters(&defaults, line, &mut chosen.standing)?;
            evaluate(setting, line, days, chosen, inputs, used, Scope::Direct)
        }
    }
}

/// By the rules of which day a line is computed, and what is known about its year.
#[derive(Clone, Copy)]
struct Days {
    at: Date,
    known_on: Date,
}

/// The method that holds for a kind of source.
struct Chosen {
    /// `None` outside the boundary, and while the law leaves the method undecided.
    method: Option<MethodId>,
    /// The clause that puts the source outside the boundary.
    outside: Option<Citation>,
    standing: Standing,
}

fn choose(
    setting: &Setting<'_>,
    line: &Line,
    kind: &str,
    at: Date,
) -> Result<Chosen, Vec<Problem>> {
    let place = |problem: Problem| vec![problem.at(Some(line.row), Some("kind"))];
    let mut standing = Standing::default();
    let found = match setting.method_choice("method", kind, at) {
        Ok(found) => found,
        Err(error) => {
            let name = undecided(&error).ok_or_else(|| place(error.problem()))?;
            standing.undecided.insert(name.to_owned());
            return Ok(Chosen { method: None, outside: None, standing });
        }
    };
    let name = found.value.bare();
    let keys = format!("{}({}, {kind})", rule_id::method_choice(), setting.industry);
    standing.add_value(&keys, &found);
    if name == NOT_COUNTED {
        return Ok(Chosen { method: None, outside: Some(found.citation), standing });
    }
    let unknown = |_| place(ResolveError::Unknown { name: name.clone() }.problem());
    let method = name.parse().map_err(unknown)?;
    Ok(Chosen { method: Some(method), outside: None, standing })
}

/// What the law has not decided yet: a factor or method that is open or announced. The line
/// is deposited all the same, and its emission is missing until it is decided.
fn undecided(error: &ResolveError) -> Option<&str> {
    match error {
        ResolveError::WithoutValue { name, state: State::Open | State::Announced, .. } => {
            Some(name)
        }
        _ => None,
    }
}

/// Whether a fuel is solid, liquid or gas. Any guide that names the fuel says so: the phase
/// of a fuel is no matter of date or industry.
fn phase_of(setting: &Setting<'_>, line: &Line) -> Result<String, Box<Problem>> {
    let table = setting.rulebook.table(&rule_id::fuel_defaults());
    let position = table.and_then(|table| table.keys.iter().position(|key| key == "fuel"));
    let rows = table.map_or(&[][..], |table| table.rows.as_slice());
    let named = |row: &tanheng_rulebook::model::Row| {
        position.and_then(|index| row.keys.get(index)).cloned().unwrap_or_default()
    };
    let phases: BTreeSet<String> = rows
        .iter()
        .filter(|row| named(row) == line.material)
        .filter_map(|row| row.cells.get("phase").map(Value::bare))
        .collect();
    let mut phases = phases.into_iter();
    match (phases.next(), phases.next()) {
        (Some(phase), None) => Ok(phase),
        _ => {
            let known: BTreeSet<String> = rows.iter().map(named).collect();
            let known: Vec<String> = known.into_iter().collect();
            let problem = Problem::new(
                code::FUEL_UNKNOWN,
                Text::new(
                    format!("规则库中没有燃料 `{}`", line.material),
                    format!("the rulebook has no fuel `{}`", line.material),
                ),
                Text::new(
                    format!("使用指南所列名称：{}", known.join("、")),
                    format!("use a name that the guides print: {}", known.join(", ")),
                ),
            );
            let problem = problem.found(line.material.clone());
            Err(Box::new(problem.at(Some(line.row), Some("material"))))
        }
    }
}

type Inputs = Vec<(&'static str, Given)>;

/// The inputs of a combustion method, all problems at once.
fn parameters(
    defaults: &Defaults<'_>,
    line: &Line,
    standing: &mut Standing,
) -> Result<(Inputs, Vec<DefaultUsed>), Vec<Problem>> {
    let oxidation = line.oxidation.map(|ratio| Quantity::new(ratio, Unit::one()));
    let declared = [
        ("ncv", line.ncv.clone()),
        ("carbon_content", line.carbon_content.clone()),
        ("oxidation", oxidation),
    ];
    let mut inputs = vec![("consumption", Given::from(line.amount.clone()))];
    let mut used = Vec::new();
    let mut problems = Vec::new();
    for (input, value) in declared {
        match defaults.fill(line, input, value, standing) {
            Ok(filled) => {
                inputs.push((input, Given::from(filled.value)));
                used.extend(filled.default);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() { Ok((inputs, used)) } else { Err(problems) }
}

fn evaluate(
    setting: &Setting<'_>,
    line: &Line,
    days: Days,
    chosen: Chosen,
    inputs: Inputs,
    defaults: Vec<DefaultUsed>,
    scope: Scope,
) -> Result<LineFigure, Vec<Problem>> {
    let mut figure = LineFigure { scope: Some(scope), defaults, ..LineFigure::bare(line.row) };
    figure.standing = chosen.standing;
    let Some(method) = chosen.method else {
        figure.not_counted = chosen.outside;
        return Ok(figure);
    };
    let given: BTreeMap<String, Given> =
        inputs.into_iter().map(|(name, given)| (name.to_owned(), given)).collect();
    let context = setting.context(days.at);
    let evaluation = setting.rulebook.evaluate_known(&method, &given, &context, days.known_on);
    let evaluation = match evaluation {
        Ok(evaluation) => evaluation,
        Err(EvalError::Unresolved(error)) if undecided(&error).is_some() => {
            figure.standing.undecided.extend(undecided(&error).map(str::to_owned));
            return Ok(figure);
        }
        Err(error) => return Err(placed(&error, line)),
    };
    let emission = number_in(&evaluation, "tCO2")
        .map_err(|problem| vec![problem.at(Some(line.row), Some("amount"))])?;
    figure.standing.add(&Standing::of(&evaluation));
    figure.inputs = given
        .into_iter()
        .map(|(name, given)| match given {
            Given::Raw(text) => (name, text),
            Given::Typed(value) => (name, value.to_string()),
        })
        .collect();
    figure.method = Some(method);
    figure.emission = Some(emission);
    Ok(figure)
}

/// The problems of an evaluation at the row and the field they come from.
fn placed(error: &EvalError, line: &Line) -> Vec<Problem> {
    let place = |problem: Problem| {
        let input = problem.place.as_ref().and_then(|place| place.column.clone());
        let field = match input.as_deref() {
            Some(parameter @ ("ncv" | "carbon_content" | "oxidation")) => parameter.to_owned(),
            _ => "amount".to_owned(),
        };
        problem.at(Some(line.row), Some(&field))
    };
    error.problems().into_iter().map(place).collect()
}
