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
        self.run.inputs = values.iter().map(made_up).collect();
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
        self.run.inputs = values.iter().map(made_up).collect();
        let value = self.run.formula(formula, None).ok().map(|node| node.value);
        self.run.bases.clear();
        match value {
            Some(Value::Bool(value)) => Some(value),
            _ => None,
        }
    }
}

fn made_up((name, value): &(String, Value)) -> InputTrace {
    InputTrace {
        name: name.clone(),
        symbol: None,
        title: Text::new("", ""),
        given: String::new(),
        value: value.clone(),
        label: None,
    }
}
