//! Evaluates parts of a method for made-up values, to find out which rules apply when.

use std::collections::BTreeMap;

use tanheng_base::Text;

use super::{Context, Run};
use crate::book::Rulebook;
use crate::lang::Expr;
use crate::model::{Alternative, Formula, Method};
use crate::trace::InputTrace;
use crate::value::Value;

/// A method held ready for made-up values of its inputs and steps.
pub(crate) struct Probe<'a> {
    run: Run<'a>,
}

impl<'a> Probe<'a> {
    pub(crate) fn new(
        book: &'a Rulebook,
        method: &'a Method,
        context: &'a Context,
        alternative: &Alternative,
    ) -> Probe<'a> {
        let run = Run {
            book,
            method,
            context,
            known_on: context.at,
            alternative: alternative.clone(),
            inputs: Vec::new(),
            steps: BTreeMap::new(),
            bases: Vec::new(),
        };
        Probe { run }
    }

    /// The value of a part of a formula; none where it has none.
    pub(crate) fn part(
        &mut self,
        formula: &Formula,
        part: &Expr,
        values: &[(String, Value)],
    ) -> Option<Value> {
        self.run.inputs = values.iter().filter_map(made_up).collect();
        let part = Formula { text: formula.text.clone(), expr: part.clone() };
        let value = self.run.formula(&part, None).ok().map(|node| node.value);
        self.run.bases.clear();
        value
    }

    /// Whether a condition holds; none where it has no value.
    pub(crate) fn condition(
        &mut self,
        formula: &Formula,
        values: &[(String, Value)],
    ) -> Option<bool> {
        self.run.inputs = values
            .iter()
            .filter(|(name, _)| !values.contains(&missing(name)))
            .filter_map(made_up)
            .collect();
        let value = self.run.formula(formula, None).ok().map(|node| node.value);
        self.run.bases.clear();
        match value {
            Some(Value::Bool(value)) => Some(value),
            _ => None,
        }
    }
}

/// The made-up variable that says whether an optional input was given.
pub(crate) fn presence(name: &str) -> String {
    format!("{name}?")
}

fn missing(name: &str) -> (String, Value) {
    (presence(name), Value::Bool(false))
}

fn made_up((name, value): &(String, Value)) -> Option<InputTrace> {
    let input = InputTrace {
        name: name.clone(),
        symbol: None,
        title: Text::new("", ""),
        given: String::new(),
        assumed: false,
        value: value.clone(),
        label: None,
    };
    (!name.ends_with('?')).then_some(input)
}
