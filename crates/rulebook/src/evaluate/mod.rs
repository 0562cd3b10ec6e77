//! Evaluation of one record: exact, with a trace, all input errors at once.

mod error;
mod formula;
mod input;
mod parts;
mod probe;

pub use error::EvalError;
pub use input::Given;
pub(crate) use input::default_problem;
pub(crate) use parts::Parts;
pub(crate) use probe::{Probe, presence};

use std::collections::BTreeMap;

use tanheng_base::{CheckState, Code, Date, MethodId, Problem, RegionCode, Text};

use crate::book::Rulebook;
use crate::model::{
    Alternative, Body, DocumentState, Grounds, Method, Rule, State, Step, StepKind,
};
use crate::pack::RulebookVersion;
use crate::trace::{Basis, BasisKind, InputTrace, Op, StepTrace, Trace, TraceNode};
use crate::value::Value;

/// When and where a method is applied: the last day of the period, and the region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The day on which methods and parameters are resolved.
    pub at: Date,
    /// The region whose rules bind.
    pub region: RegionCode,
}

/// A figure or decision with everything it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The method.
    pub method: MethodId,
    /// Its title.
    pub title: Text,
    /// First day of the method's version.
    pub method_from: Date,
    /// Version of the rulebook.
    pub version: RulebookVersion,
    /// Where and when.
    pub context: Context,
    /// The result.
    pub result: Value,
    /// Name of the step that is the result.
    pub result_name: String,
    /// How it came about.
    pub trace: Trace,
    /// Everything that took part: method, clauses, factors.
    pub bases: Vec<Basis>,
    /// What of it was checked from memory only.
    pub unverified: Vec<Basis>,
    /// What of it is in doubt.
    pub in_doubt: Vec<Basis>,
    /// Something of an example pack took part.
    pub example: bool,
    /// A trial figure (试算): it decides nothing, because something unverified or of an example
    /// pack took part.
    pub trial: bool,
}

impl Evaluation {
    /// The result with the places it was rounded to last, as in `581.00`; `None` where its
    /// last step is no rounding.
    #[must_use]
    pub fn rounded(&self) -> Option<&str> {
        let last = self.trace.steps.iter().find(|step| step.name == self.result_name)?;
        last.calculation.rounding.as_ref().map(|rounding| rounding.after.as_str())
    }
}

impl Rulebook {
    /// Applies a method to one record.
    ///
    /// # Errors
    /// What is wrong with the inputs, all at once; a value that the law does not give; two rules
    /// or no rule that applies; a number that cannot be held exactly.
    pub fn evaluate(
        &self,
        id: &MethodId,
        inputs: &BTreeMap<String, Given>,
        context: &Context,
    ) -> Result<Evaluation, EvalError> {
        self.evaluate_known(id, inputs, context, context.at)
    }

    /// [`Rulebook::evaluate`] with what was decreed about the period up to a later day. The
    /// method and its parameters stay those of [`Context::at`]; only tables keyed by `year`,
    /// which speak about a data year whenever they were decreed, are read as of `known_on`.
    ///
    /// # Errors
    /// As [`Rulebook::evaluate`].
    pub fn evaluate_known(
        &self,
        id: &MethodId,
        inputs: &BTreeMap<String, Given>,
        context: &Context,
        known_on: Date,
    ) -> Result<Evaluation, EvalError> {
        let method = self.version_for(id, context)?;
        let (read, alternative) =
            input::read(self, method, inputs, context).map_err(EvalError::Inputs)?;
        let mut run = Run {
            book: self,
            method,
            context,
            known_on,
            alternative,
            inputs: read,
            steps: BTreeMap::new(),
            bases: vec![method_basis(self, method)],
        };
        run.refusals()?;
        let result = run.step(&method.result)?;
        Ok(run.finish(result))
    }

    /// The version of a method that is applied.
    pub(crate) fn version_for(
        &self,
        id: &MethodId,
        context: &Context,
    ) -> Result<&Method, EvalError> {
        self.chain(&context.region).map_err(EvalError::Unresolved)?;
        self.method(id, context.at, &context.region).ok_or_else(|| {
            let known = !self.method_versions(id).is_empty();
            EvalError::NoMethod { id: id.clone(), known, context: context.clone() }
        })
    }
}

/// An evaluation under way.
struct Run<'a> {
    book: &'a Rulebook,
    method: &'a Method,
    context: &'a Context,
    /// Up to which day decrees about a data year count.
    known_on: Date,
    alternative: Alternative,
    inputs: Vec<InputTrace>,
    steps: BTreeMap<String, StepTrace>,
    bases: Vec<Basis>,
}

impl Run<'_> {
    /// Why the method gives no figure for these inputs: every reason that holds.
    fn refusals(&mut self) -> Result<(), EvalError> {
        let method = self.method;
        let mut problems = Vec::new();
        for refusal in &method.refusals {
            let when = self.formula(&refusal.when, None)?;
            if when.value != Value::Bool(true) {
                continue;
            }
            let message = self.filled(&refusal.message)?;
            let remedy = self.filled(&refusal.remedy)?;
            let mut problem = Problem::new(Code(refusal.code), message, remedy);
            if let Some(name) = &refusal.input {
                problem = problem.at(None, Some(name));
                let given = self.inputs.iter().find(|input| input.name == *name);
                if let Some(input) = given {
                    problem = problem.found(input.given.clone());
                }
            }
            problems.push(problem);
        }
        if problems.is_empty() { Ok(()) } else { Err(EvalError::Inputs(problems)) }
    }

    /// A text with the values of inputs and steps in place of `{name}`.
    fn filled(&mut self, template: &Text) -> Result<Text, EvalError> {
        let mut filled = template.clone();
        for name in placeholders(template) {
            let input = self.inputs.iter().find(|input| input.name == name);
            let (value, label) = match input {
                Some(input) => (input.value.clone(), input.label.clone()),
                None => (self.step(&name)?, None),
            };
            let (zh, en) = match label {
                Some(label) => (label.zh, label.en),
                None => (value.to_string(), value.to_string()),
            };
            let mark = format!("{{{name}}}");
            filled = Text::new(filled.zh.replace(&mark, &zh), filled.en.replace(&mark, &en));
        }
        Ok(filled)
    }

    /// The value of a step; it is taken when it is first asked for.
    fn step(&mut self, name: &str) -> Result<Value, EvalError> {
        if let Some(done) = self.steps.get(name) {
            return Ok(done.value.clone());
        }
        let method = self.method;
        let step = method.step(name).ok_or_else(|| EvalError::unsound(name))?;
        let basis = self.step_basis(step);
        if self.has_own_grounds(step) {
            self.note(basis.clone());
        }
        let target = match &step.kind {
            StepKind::Number(unit) => Some(self.alternative.unit(unit, "")),
            _ => None,
        };
        let mut calculation = match &step.body {
            Body::Formula(formula) => self.formula(formula, target.as_ref())?,
            Body::Rules(rules) => self.rules(step, rules, target.as_ref())?,
        };
        if let Some(target) = &target {
            calculation = formula::converted(calculation, target)?;
        }
        let label = match (&step.kind, &calculation.value) {
            (StepKind::Choice { labels, .. }, Value::Text(choice)) => labels.get(choice).cloned(),
            _ => None,
        };
        let value = calculation.value.clone();
        let taken = StepTrace {
            name: step.name.clone(),
            symbol: step.symbol.clone(),
            title: step.title.clone(),
            value: value.clone(),
            label,
            basis,
            calculation,
        };
        self.steps.insert(name.to_owned(), taken);
        Ok(value)
    }

    fn rules(
        &mut self,
        step: &Step,
        rules: &[Rule],
        target: Option<&tanheng_quantity::Unit>,
    ) -> Result<TraceNode, EvalError> {
        let mut children = Vec::new();
        let mut applied: Vec<usize> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let when = self.formula(&rule.when, None)?;
            if when.value == Value::Bool(true) {
                applied.push(index);
            }
            children.push(formula::node(
                Op::Rule,
                rule.when.text.as_str(),
                when.value.clone(),
                vec![when],
            ));
        }
        let [index] = applied[..] else {
            let clauses = applied.iter().map(|index| rules[*index].grounds.citation.clone());
            return Err(EvalError::Rules {
                method: self.method.id.clone(),
                step: step.title.clone(),
                applied: clauses.collect(),
                inputs: self
                    .inputs
                    .iter()
                    .map(|input| (input.name.clone(), input.value.clone()))
                    .collect(),
            });
        };
        let rule = &rules[index];
        let mut then = self.formula(&rule.then, target)?;
        if let Some(target) = target {
            then = formula::converted(then, target)?;
        }
        let basis = self.rule_basis(step, rule);
        self.note(basis.clone());
        let value = then.value.clone();
        children[index].value = value.clone();
        children[index].basis = Some(basis);
        children[index].children.push(then);
        Ok(formula::node(Op::Rules, "", value, children))
    }

    /// A step whose clause or check state is another than the method's.
    fn has_own_grounds(&self, step: &Step) -> bool {
        let (own, whole) = (&step.grounds, &self.method.grounds);
        own.citation != whole.citation || own.checked != whole.checked
    }

    fn rule_basis(&self, step: &Step, rule: &Rule) -> Basis {
        let id = format!("{}.{}", self.method.id, step.name);
        Basis { kind: BasisKind::Rule, ..self.basis_of(&rule.grounds, id, &step.title) }
    }

    fn step_basis(&self, step: &Step) -> Basis {
        Basis {
            kind: BasisKind::Step,
            ..self.basis_of(&step.grounds, format!("{}.{}", self.method.id, step.name), &step.title)
        }
    }

    fn basis_of(&self, grounds: &Grounds, id: String, title: &Text) -> Basis {
        let mut basis = method_basis(self.book, self.method);
        basis.id = id;
        basis.title = title.clone();
        basis.citation = grounds.citation.clone();
        basis.source = self.book.source_name(&grounds.citation.document);
        basis.checked = grounds.checked;
        basis.state = clause_state(self.book, grounds);
        basis.note = grounds.note.clone();
        basis
    }

    /// Remembers that something took part; each once.
    fn note(&mut self, basis: Basis) {
        if !self.bases.contains(&basis) {
            self.bases.push(basis);
        }
    }

    fn finish(mut self, result: Value) -> Evaluation {
        let order = self.method.steps.iter();
        let steps = order.filter_map(|step| self.steps.remove(&step.name)).collect();
        let some = |wanted: &dyn Fn(&Basis) -> bool| {
            self.bases.iter().filter(|basis| wanted(basis)).cloned().collect::<Vec<Basis>>()
        };
        let unverified = some(&|basis| basis.checked == CheckState::Memory);
        let in_doubt = some(&|basis| basis.state == State::InDoubt);
        let example = self.bases.iter().any(|basis| basis.example);
        Evaluation {
            method: self.method.id.clone(),
            title: self.method.title.clone(),
            method_from: self.method.from,
            version: self.book.version().clone(),
            context: self.context.clone(),
            result,
            result_name: self.method.result.clone(),
            trace: Trace { inputs: self.inputs, steps },
            trial: example || !unverified.is_empty(),
            bases: self.bases,
            unverified,
            in_doubt,
            example,
        }
    }
}

/// The names in braces of a text, in either language.
pub(crate) fn placeholders(template: &Text) -> Vec<String> {
    let mut names = Vec::new();
    for text in [&template.zh, &template.en] {
        for part in text.split('{').skip(1) {
            if let Some((name, _)) = part.split_once('}')
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// A clause is in doubt when its document is.
fn clause_state(book: &Rulebook, grounds: &Grounds) -> State {
    match book.document(&grounds.citation.document).map(|document| document.state) {
        Some(DocumentState::InDoubt) => State::InDoubt,
        _ => State::InForce,
    }
}

fn method_basis(book: &Rulebook, method: &Method) -> Basis {
    Basis {
        kind: BasisKind::Method,
        id: method.id.to_string(),
        title: method.title.clone(),
        value: None,
        written: None,
        source: book.source_name(&method.grounds.citation.document),
        citation: method.grounds.citation.clone(),
        checked: method.grounds.checked,
        state: clause_state(book, &method.grounds),
        from: method.from,
        to: method.to,
        region: method.region.clone(),
        pack: method.pack.clone(),
        example: method.example,
        note: method.grounds.note.clone(),
    }
}
