//! Rules of a step: exactly one must apply to every input, on every day and in every region.

use std::collections::{BTreeMap, BTreeSet};

use tanheng_base::{Date, RegionCode, Text};

use super::samples::{Thresholds, constant};
use crate::book::Rulebook;
use crate::diagnostic::{Diagnostic, code, text};
use crate::evaluate::{Context, Probe, presence};
use crate::lang::ExprKind;
use crate::model::{Body, Method, Rule, Step};
use crate::read::Sink;
use crate::value::Value;

/// More samples than this are not tried for one day, region and choice of units.
const MOST_SAMPLES: usize = 20_000;

pub(super) fn check(book: &Rulebook, method: &Method, sink: &Sink) {
    for step in &method.steps {
        if let Body::Rules(rules) = &step.body {
            step_rules(book, method, step, rules, sink);
        }
    }
}

fn step_rules(book: &Rulebook, method: &Method, step: &Step, rules: &[Rule], sink: &Sink) {
    let variables = names(rules);
    let mut found = Found::default();
    for context in contexts(book, method, rules) {
        for alternative in method.alternatives() {
            let mut probe = Probe::new(book, method, &context, &alternative);
            let thresholds = Thresholds::of(rules, &mut |rule, expr| {
                constant(expr).then(|| probe.part(&rule.when, expr, &[])).flatten()
            });
            let samples: Vec<(String, Vec<Value>)> = variables
                .iter()
                .map(|name| (name.clone(), thresholds.samples(method, name, &alternative)))
                .collect();
            for sample in product(&samples).take(MOST_SAMPLES) {
                let applied: Option<Vec<usize>> = rules
                    .iter()
                    .enumerate()
                    .map(|(index, rule)| match probe.condition(&rule.when, &sample) {
                        Some(true) => Some(vec![index]),
                        Some(false) => Some(Vec::new()),
                        None => None,
                    })
                    .collect::<Option<Vec<Vec<usize>>>>()
                    .map(|each| each.concat());
                if let Some(applied) = applied {
                    found.note(&applied, &sample, &context);
                }
            }
        }
    }
    found.report(method, step, rules, sink);
}

/// The inputs and steps that the conditions speak of.
fn names(rules: &[Rule]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rule in rules {
        rule.when.expr.walk(&mut |expr| {
            match &expr.kind {
                ExprKind::Name(name) => names.insert(name.clone()),
                ExprKind::Given(name) => names.insert(presence(name)),
                _ => false,
            };
        });
    }
    names
}

/// The method's first day and every later one on which a parameter in the conditions changes, in
/// the method's region and wherever within it a parameter has a value of its own.
fn contexts(book: &Rulebook, method: &Method, rules: &[Rule]) -> Vec<Context> {
    let mut days: BTreeSet<Date> = BTreeSet::from([method.from]);
    let mut regions: BTreeSet<RegionCode> = BTreeSet::from([method.region.clone()]);
    let mut add = |region: &RegionCode, from: Date, to: Option<Date>| {
        days.insert(from);
        days.extend(to);
        let inside = book.chain(region).is_ok_and(|chain| chain.contains(&method.region));
        if inside {
            regions.insert(region.clone());
        }
    };
    for rule in rules {
        rule.when.expr.walk(&mut |expr| match &expr.kind {
            ExprKind::Parameter(name) => {
                let parameter = name.parse().ok().and_then(|id| book.parameter(&id));
                for value in parameter.iter().flat_map(|parameter| &parameter.values) {
                    add(&value.region, value.from, value.to);
                }
            }
            ExprKind::Lookup { table, .. } => {
                let table = table.parse().ok().and_then(|id| book.table(&id));
                for row in table.iter().flat_map(|table| &table.rows) {
                    add(&row.region, row.from, row.to);
                }
            }
            _ => {}
        });
    }
    days.retain(|day| method.holds_on(*day));
    let pairs = days
        .iter()
        .flat_map(|at| regions.iter().map(|region| Context { at: *at, region: region.clone() }));
    pairs.collect()
}

/// Every combination of the samples.
fn product(
    samples: &[(String, Vec<Value>)],
) -> impl Iterator<Item = Vec<(String, Value)>> + use<'_> {
    let total = samples
        .iter()
        .map(|(_, values)| values.len())
        .try_fold(1usize, |total, length| total.checked_mul(length));
    (0..total.unwrap_or(usize::MAX)).map(|mut number| {
        samples
            .iter()
            .map(|(name, values)| {
                let value = values[number % values.len()].clone();
                number /= values.len();
                (name.clone(), value)
            })
            .collect()
    })
}

/// The first case found for each pair of rules, and the first without any.
#[derive(Default)]
struct Found {
    none: Option<String>,
    twice: BTreeMap<(usize, usize), String>,
}

impl Found {
    fn note(&mut self, applied: &[usize], sample: &[(String, Value)], context: &Context) {
        let witness = || {
            let values: Vec<String> =
                sample.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("{} @ {} {}", values.join(", "), context.at, context.region)
        };
        match applied {
            [] => {
                self.none.get_or_insert_with(witness);
            }
            [_] => {}
            [first, rest @ ..] => {
                for second in rest {
                    self.twice.entry((*first, *second)).or_insert_with(witness);
                }
            }
        }
    }

    fn report(self, method: &Method, step: &Step, rules: &[Rule], sink: &Sink) {
        let Text { zh, en } = &step.title;
        if let Some(witness) = self.none {
            let message = text(
                format!("`{}`“{zh}”有的情形没有规则适用：{witness}", method.id),
                format!("`{}`, {en}: no rule applies to {witness}", method.id),
            );
            let mut diagnostic =
                Diagnostic::new(code::NO_RULE_APPLIES, step.place.clone(), message).remedy(
                    "扩大某条规则的条件，或增加一条有依据的规则",
                    "widen the condition of a rule, or add a rule with its clause",
                );
            for rule in rules {
                let place = rule.when.text.whole();
                diagnostic = diagnostic.related(place, "不适用", "does not apply");
            }
            sink.push(diagnostic);
        }
        for ((first, second), witness) in self.twice {
            let message = text(
                format!("`{}`“{zh}”有的情形有两条规则同时适用：{witness}", method.id),
                format!("`{}`, {en}: two rules apply to {witness}", method.id),
            );
            sink.push(
                Diagnostic::new(code::TWO_RULES_APPLY, rules[second].when.text.whole(), message)
                    .label("适用", "applies")
                    .related(rules[first].when.text.whole(), "也适用", "applies as well")
                    .remedy(
                        "改正条件，使二者不重叠",
                        "correct the conditions so that they exclude each other",
                    ),
            );
        }
    }
}
