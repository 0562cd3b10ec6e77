//! A method as a whole: names, units of steps, the result, and that everything is used.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::inputs;
use super::typing::{Kind, Typing, assured};
use crate::book::Rulebook;
use crate::diagnostic::{Diagnostic, code, text};
use crate::evaluate::placeholders;
use crate::model::{Alternative, Body, Formula, Method, Presence, Step};
use crate::read::Sink;
use crate::source::Place;

/// More combinations of units than this are refused.
const MOST_ALTERNATIVES: usize = 64;

/// Passes each diagnostic on once, however many choices of units show it.
pub(super) struct Reporter<'a> {
    sink: &'a Sink,
    seen: RefCell<Vec<(&'static str, Place)>>,
}

impl<'a> Reporter<'a> {
    fn new(sink: &'a Sink) -> Self {
        Reporter { sink, seen: RefCell::default() }
    }

    pub(super) fn push(&self, diagnostic: Diagnostic) {
        if let Some(place) = &diagnostic.place {
            let key = (diagnostic.code, place.clone());
            if self.seen.borrow().contains(&key) {
                return;
            }
            self.seen.borrow_mut().push(key);
        }
        self.sink.push(diagnostic);
    }

    fn found_nothing(&self) -> bool {
        self.seen.borrow().is_empty()
    }
}

/// Checks a method; true when its formulas can be evaluated.
pub(super) fn check(book: &Rulebook, method: &Method, sink: &Sink) -> bool {
    let report = Reporter::new(sink);
    names(method, &report);
    if method.step(&method.result).is_none() {
        let known: Vec<&str> = method.steps.iter().map(|step| step.name.as_str()).collect();
        let known = known.join(", ");
        let result = &method.result;
        let message = text(
            format!("没有步骤 `{result}`，不能作为结果"),
            format!("there is no step `{result}` to be the result"),
        );
        report.push(
            Diagnostic::new(code::UNKNOWN_NAME, method.result_place.clone(), message)
                .remedy(format!("写作其中之一：{known}"), format!("write one of {known}")),
        );
    }
    let mut choices = method.unit_variables().map(|(_, units)| units.len());
    let alternatives = choices.try_fold(1usize, usize::checked_mul);
    if alternatives.is_none_or(|alternatives| alternatives > MOST_ALTERNATIVES) {
        let message = text("可选单位的组合过多", "there are too many combinations of units");
        report.push(
            Diagnostic::new(code::BAD_VALUE, method.place.clone(), message)
                .remedy("减少可选的单位", "offer fewer units"),
        );
        return false;
    }
    inputs::check(book, method, &report);
    let mut used = uses(book, method, &report);
    let demanded = refusals(book, method, &report);
    used.insert(String::new(), demanded);
    if report.found_nothing() {
        unused(method, &used, &report);
    }
    report.found_nothing()
}

fn names(method: &Method, report: &Reporter<'_>) {
    let mut known: BTreeMap<&str, &Place> = BTreeMap::new();
    let inputs = method.inputs.iter().map(|input| (input.name.as_str(), &input.place));
    let steps = method.steps.iter().map(|step| (step.name.as_str(), &step.place));
    for (name, place) in inputs.chain(steps) {
        if let Some(first) = known.insert(name, place) {
            let message =
                text(format!("名称 `{name}` 用了两次"), format!("the name `{name}` is used twice"));
            report.push(
                Diagnostic::new(code::DUPLICATE_ID, place.clone(), message)
                    .related(first.clone(), "第一次在此", "first here")
                    .remedy("改用另一个名称", "use another name"),
            );
        }
    }
}

/// Types every formula under every choice of units; what each step uses.
fn uses(
    book: &Rulebook,
    method: &Method,
    report: &Reporter<'_>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut uses = BTreeMap::new();
    for alternative in method.alternatives() {
        for (earlier, step) in method.steps.iter().enumerate() {
            let used = RefCell::default();
            let under = |formula: &Formula, there: Vec<String>| {
                let typing = Typing {
                    book,
                    method,
                    alternative: &alternative,
                    earlier,
                    formula,
                    report,
                    used: &used,
                    there: RefCell::new(there),
                };
                (typing.kind(), formula.text.whole())
            };
            let kind_of = |formula: &Formula| under(formula, Vec::new());
            match &step.body {
                Body::Formula(formula) => {
                    let (kind, place) = kind_of(formula);
                    declared(step, &alternative, kind, &place, report);
                }
                Body::Rules(rules) => {
                    for rule in rules {
                        condition(kind_of(&rule.when), report);
                        let (kind, place) = under(&rule.then, assured(&rule.when.expr, true));
                        declared(step, &alternative, kind, &place, report);
                    }
                }
            }
            uses.insert(step.name.clone(), used.into_inner());
        }
    }
    uses
}

/// Types the conditions of refusals; what they and their texts use.
fn refusals(book: &Rulebook, method: &Method, report: &Reporter<'_>) -> BTreeSet<String> {
    let used = RefCell::default();
    for refusal in &method.refusals {
        for alternative in method.alternatives() {
            let typing = Typing {
                book,
                method,
                alternative: &alternative,
                earlier: method.steps.len(),
                formula: &refusal.when,
                report,
                used: &used,
                there: RefCell::default(),
            };
            condition((typing.kind(), refusal.when.text.whole()), report);
        }
        let there = assured(&refusal.when.expr, true);
        let mut names: Vec<String> =
            [&refusal.message, &refusal.remedy].into_iter().flat_map(placeholders).collect();
        let blamed = refusal.input.iter().filter(|name| method.input(name).is_none());
        names.retain(|name| match method.input(name) {
            Some(input) => input.presence == Presence::Optional && !there.contains(name),
            None => method.step(name).is_none(),
        });
        for name in names.iter().chain(blamed) {
            let message = text(
                format!("`{name}` 不是这里有值的输入或步骤"),
                format!("`{name}` is no input or step with a value here"),
            );
            report.push(
                Diagnostic::new(code::UNKNOWN_NAME, refusal.place.clone(), message)
                    .remedy("改正 input 或花括号中的名称", "correct input, or the name in braces"),
            );
        }
        let told = [&refusal.message, &refusal.remedy].into_iter().flat_map(placeholders);
        used.borrow_mut().extend(told);
    }
    used.into_inner()
}

fn condition((kind, place): (Option<Kind>, Place), report: &Reporter<'_>) {
    let Some(kind) = kind.filter(|kind| *kind != Kind::Bool) else { return };
    let (zh, en) = kind.words();
    let message = text(
        format!("条件应为是非，却是{zh}"),
        format!("a condition is true or false, found {en}"),
    );
    report.push(
        Diagnostic::new(code::TYPE_MISMATCH, place, message)
            .remedy("写一个比较", "write a comparison"),
    );
}

/// What a formula yields against what its step declares.
fn declared(
    step: &Step,
    alternative: &Alternative,
    kind: Option<Kind>,
    place: &Place,
    report: &Reporter<'_>,
) {
    let Some(kind) = kind else { return };
    let wanted = Kind::of_step(step, alternative);
    let name = &step.name;
    match (&wanted, &kind) {
        (Kind::Number(wanted), Kind::Number(found)) => {
            if !wanted.compatible(found) {
                let message = text(
                    format!("步骤 `{name}` 声明的单位与公式不符"),
                    format!("the step `{name}` declares another unit than its formula yields"),
                );
                report.push(
                    Diagnostic::new(code::UNIT_MISMATCH, place.clone(), message)
                        .label(
                            format!("声明 {wanted}，公式得 {found}"),
                            format!("declared {wanted}, formula {found}"),
                        )
                        .remedy(
                            "改正 `unit`，或补上缺少的换算参数",
                            "correct `unit`, or add the conversion that is missing",
                        ),
                );
            }
        }
        (Kind::Choice(all), Kind::Choice(found)) => {
            let unknown: Vec<&str> =
                found.iter().filter(|choice| !all.contains(choice)).map(String::as_str).collect();
            if !unknown.is_empty() {
                let (unknown, all) = (unknown.join(", "), all.join(", "));
                let message = text(
                    format!("步骤 `{name}` 没有选项 `{unknown}`"),
                    format!("the step `{name}` has no choice `{unknown}`"),
                );
                report.push(
                    Diagnostic::new(code::UNKNOWN_NAME, place.clone(), message)
                        .remedy(format!("写作其中之一：{all}"), format!("write one of {all}")),
                );
            }
        }
        (Kind::Text, Kind::Choice(_)) => {}
        (wanted, found) if wanted == found => {}
        _ => {
            let ((a_zh, a_en), (b_zh, b_en)) = (wanted.words(), kind.words());
            let message = text(
                format!("步骤 `{name}` 应得{a_zh}，公式却得{b_zh}"),
                format!("the step `{name}` should yield {a_en}, its formula yields {b_en}"),
            );
            report.push(
                Diagnostic::new(code::TYPE_MISMATCH, place.clone(), message)
                    .remedy("改正 `type` 或公式", "correct `type` or the formula"),
            );
        }
    }
}

fn unused(method: &Method, uses: &BTreeMap<String, BTreeSet<String>>, report: &Reporter<'_>) {
    let mut needed: BTreeSet<&str> = BTreeSet::from([method.result.as_str()]);
    needed.extend(uses.get("").into_iter().flatten().map(String::as_str));
    let led = method.inputs.iter().filter_map(|input| input.unit_by.as_ref());
    needed.extend(led.map(|by| by.key.as_str()));
    for step in method.steps.iter().rev() {
        if needed.contains(step.name.as_str())
            && let Some(used) = uses.get(&step.name)
        {
            needed.extend(used.iter().map(String::as_str));
        }
    }
    for input in &method.inputs {
        if !needed.contains(input.name.as_str()) {
            report_unused(&input.name, &input.place, ("输入", "input"), report);
        }
    }
    for step in &method.steps {
        if !needed.contains(step.name.as_str()) {
            report_unused(&step.name, &step.place, ("步骤", "step"), report);
        }
    }
}

fn report_unused(name: &str, place: &Place, (zh, en): (&str, &str), report: &Reporter<'_>) {
    let message = text(
        format!("{zh} `{name}` 对结果没有作用"),
        format!("the {en} `{name}` has no part in the result"),
    );
    report.push(
        Diagnostic::new(code::UNUSED_INPUT, place.clone(), message)
            .label("没有公式用到", "no formula that leads to the result uses it")
            .remedy("删去，或在公式中使用", "remove it, or use it in a formula"),
    );
}
