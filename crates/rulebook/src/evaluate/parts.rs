//! Parts of a method that are the same for many records: values of the law with what stands behind
//! them, inputs that are given once.

use tanheng_base::Date;
use tanheng_quantity::Unit;

use super::{Context, Given, Run, input, method_basis};
use crate::book::Rulebook;
use crate::model::{Alternative, Input, Method, Rule, Step};
use crate::trace::{Basis, TraceNode};
use crate::value::Value;

/// A method held ready for the evaluation of many records.
pub(crate) struct Parts<'a> {
    run: Run<'a>,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(
        book: &'a Rulebook,
        method: &'a Method,
        context: &'a Context,
        known_on: Date,
    ) -> Parts<'a> {
        let run = Run {
            book,
            method,
            context,
            known_on,
            alternative: Alternative::default(),
            inputs: Vec::new(),
            steps: std::collections::BTreeMap::new(),
            bases: Vec::new(),
        };
        Parts { run }
    }

    pub(crate) fn method(&self) -> &'a Method {
        self.run.method
    }

    /// Which unit is chosen for each input that leaves a choice.
    pub(crate) fn alternative(&mut self) -> &mut Alternative {
        &mut self.run.alternative
    }

    /// The value of an input that is given once for all records; none where it is refused.
    pub(crate) fn input(&mut self, input: &Input, given: &Given) -> Option<Value> {
        self.led(input)?;
        let value = self.word(input, given)?;
        self.run.inputs.push(input::traced(input, given, value.clone(), false));
        Some(value)
    }

    /// What a word in a column of an input stands for; none where it is refused.
    pub(crate) fn word(&mut self, input: &Input, given: &Given) -> Option<Value> {
        if given.is_empty() {
            return None;
        }
        input::value(self.run.method, input, given, &mut self.run.alternative).ok()
    }

    /// Chooses the unit of an input by an earlier one that is given once; none where no unit can
    /// be chosen for all records.
    pub(crate) fn led(&mut self, input: &Input) -> Option<()> {
        let run = &mut self.run;
        if let Some(by) = &input.unit_by
            && !run.inputs.iter().any(|earlier| earlier.name == by.key)
        {
            return None;
        }
        input::led(run.book, input, &run.inputs, run.context, &mut run.alternative).ok()
    }

    /// The units of a table's keys, in their order; none for keys that are words.
    pub(crate) fn key_units(&self, table: &str) -> Option<Vec<Option<Unit>>> {
        let table = self.run.book.table(&table.parse().ok()?)?;
        Some(table.keys.iter().map(|key| table.key_units.get(key).cloned()).collect())
    }

    /// A parameter with what stands behind it; none where the law gives no value.
    pub(crate) fn parameter(&mut self, name: &str) -> Option<(Value, Basis)> {
        sourced(self.run.parameter(name, "").ok()?)
    }

    /// A cell of a table, likewise.
    pub(crate) fn cell(
        &mut self,
        table: &str,
        column: &str,
        keys: &[String],
    ) -> Option<(Value, Basis)> {
        sourced(self.run.looked_up(table, column, keys, "").ok()?)
    }

    /// What stands behind the method.
    pub(crate) fn method_basis(&self) -> Basis {
        method_basis(self.run.book, self.run.method)
    }

    /// What stands behind a step, where that is something else than what stands behind the method.
    pub(crate) fn step_basis(&self, step: &Step) -> Option<Basis> {
        self.run.has_own_grounds(step).then(|| self.run.step_basis(step))
    }

    /// What stands behind a rule of a step.
    pub(crate) fn rule_basis(&self, step: &Step, rule: &Rule) -> Basis {
        self.run.rule_basis(step, rule)
    }
}

fn sourced(node: TraceNode) -> Option<(Value, Basis)> {
    let basis = node.basis?;
    Some((node.value, basis))
}
