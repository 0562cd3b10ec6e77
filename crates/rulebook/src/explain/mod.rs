//! A calculation as a carbon accountant writes it: formula, numbers with units, rounding points,
//! result, and the clause behind every factor.

mod declared;
mod notation;

use std::collections::BTreeMap;

use tanheng_base::{CheckState, Lang, Text};
use tanheng_quantity::RoundingMode;

use crate::evaluate::Evaluation;
use crate::lang;
use crate::model::{Formula, Method, State};
use crate::trace::{Basis, BasisKind, InputTrace, Op, StepTrace, TraceNode};
use crate::value::Value;
pub use declared::input_remarks;
use notation::{formula_text, numbers_text, quantity_text};

/// The calculation as text in one language; ends with a line break.
pub fn explain(evaluation: &Evaluation, lang: Lang) -> String {
    let mut page = Page { lang, text: String::new(), symbols: symbols(evaluation) };
    page.head(evaluation);
    page.inputs(&evaluation.trace.inputs);
    for (index, step) in evaluation.trace.steps.iter().enumerate() {
        page.step(index + 1, step);
    }
    page.result(evaluation);
    page.bases(evaluation);
    page.warnings(evaluation);
    page.text
}

/// A formula of a method as people write it, with symbols: `FC × NCV × CC × OF`.
pub fn formula_notation(method: &Method, formula: &Formula, lang: Lang) -> String {
    let inputs = method.inputs.iter().map(|input| (&input.name, &input.symbol));
    let steps = method.steps.iter().map(|step| (&step.name, &step.symbol));
    formula_text(&formula.expr, &symbols_of(inputs.chain(steps)), lang)
}

/// What a reader sees for how far something was checked.
pub(crate) fn checked_word(checked: CheckState, lang: Lang) -> &'static str {
    match (checked, lang) {
        (CheckState::Official, Lang::Zh) => "官方",
        (CheckState::Secondary, Lang::Zh) => "二手来源",
        (CheckState::Memory, Lang::Zh) => "凭记忆，未核实",
        (CheckState::Official, Lang::En) => "official text",
        (CheckState::Secondary, Lang::En) => "secondary source",
        (CheckState::Memory, Lang::En) => "from memory, unverified",
    }
}

/// What a reader sees for a rounding mode.
pub(crate) fn mode_word(mode: RoundingMode, lang: Lang) -> &'static str {
    match (mode, lang) {
        (RoundingMode::HalfUp, Lang::Zh) => "四舍五入",
        (RoundingMode::HalfEven, Lang::Zh) => "四舍六入五成双",
        (RoundingMode::Up, Lang::Zh) => "进一",
        (RoundingMode::Down, Lang::Zh) => "去尾",
        (RoundingMode::HalfUp, Lang::En) => "half up",
        (RoundingMode::HalfEven, Lang::En) => "half even",
        (RoundingMode::Up, Lang::En) => "up",
        (RoundingMode::Down, Lang::En) => "down",
    }
}

fn symbols(evaluation: &Evaluation) -> BTreeMap<String, String> {
    let trace = &evaluation.trace;
    let inputs = trace.inputs.iter().map(|input| (&input.name, &input.symbol));
    let steps = trace.steps.iter().map(|step| (&step.name, &step.symbol));
    symbols_of(inputs.chain(steps))
}

fn symbols_of<'a>(
    names: impl Iterator<Item = (&'a String, &'a Option<String>)>,
) -> BTreeMap<String, String> {
    names
        .map(|(name, symbol)| (name.clone(), symbol.clone().unwrap_or_else(|| name.clone())))
        .collect()
}

struct Page {
    lang: Lang,
    text: String,
    symbols: BTreeMap<String, String>,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn say(&self, zh: impl Into<String>, en: impl Into<String>) -> String {
        match self.lang {
            Lang::Zh => zh.into(),
            Lang::En => en.into(),
        }
    }

    /// A line `name: content` below a heading.
    fn field(&mut self, zh: &str, en: &str, content: &str) {
        let line = self.say(format!("  {zh}：{content}"), format!("  {en}: {content}"));
        self.line(&line);
    }

    fn head(&mut self, evaluation: &Evaluation) {
        if evaluation.trial {
            let banner = self.say(
                "【试算】含未核实或示例的依据，结果不作为任何认定的依据",
                "[TRIAL] rests on something unverified or exemplary and decides nothing",
            );
            self.line(&banner);
            self.line("");
        }
        let title = evaluation.title.get(self.lang).to_owned();
        let line = self.say(
            format!("{title}（{}）", evaluation.method),
            format!("{title} ({})", evaluation.method),
        );
        self.line(&line);
        if let Some(basis) = evaluation.bases.iter().find(|basis| basis.kind == BasisKind::Method) {
            let source = self.source(basis);
            self.field("依据", "basis", &source);
            if let Some(note) = &basis.note {
                let note = note.get(self.lang).to_owned();
                self.field("说明", "note", &note);
            }
        }
        let context = &evaluation.context;
        let applied = self.say(
            format!(
                "{}，地区 {}，方法自 {} 起",
                context.at, context.region, evaluation.method_from
            ),
            format!(
                "{}, region {}, method from {}",
                context.at, context.region, evaluation.method_from
            ),
        );
        self.field("适用", "applied", &applied);
        self.field("规则库版本", "rulebook", evaluation.version.short());
        self.line("");
    }

    /// Document, clause and check state.
    fn source(&self, basis: &Basis) -> String {
        let document = basis.source.get(self.lang);
        let clause = &basis.citation.clause;
        let checked = checked_word(basis.checked, self.lang);
        self.say(
            format!("{document} {clause}〔{checked}〕"),
            format!("{document}, {clause} [{checked}]"),
        )
    }

    fn inputs(&mut self, inputs: &[InputTrace]) {
        if inputs.is_empty() {
            return;
        }
        let heading = self.say("输入", "Inputs");
        self.line(&heading);
        for input in inputs {
            let value = value_text(&input.value, &input.label, self.lang);
            let symbol = input.symbol.as_ref().unwrap_or(&input.name);
            let title = input.title.get(self.lang);
            let mut line = format!("  {title}  {symbol} = {value}");
            let as_used =
                input.given == input.value.to_string() || input.given == input.value.bare();
            if !as_used && !input.assumed {
                line += &self
                    .say(format!("（填报 {}）", input.given), format!(" (given {})", input.given));
            }
            if input.assumed {
                line += &self.say("（未填，按缺省）", " (not given: the default)");
            }
            self.line(&line);
        }
        self.line("");
    }

    fn step(&mut self, number: usize, step: &StepTrace) {
        let title = step.title.get(self.lang).to_owned();
        self.line(&format!("{number}. {title}"));
        let symbol = step.symbol.clone().unwrap_or_else(|| step.name.clone());
        if step.calculation.op == Op::Rules {
            self.rules(&step.calculation, &symbol);
        } else {
            self.calculation(&step.calculation, &symbol);
        }
        self.roundings(step);
        let value = match final_rounding(&step.calculation) {
            Some(after) => quantity_text(after, step.value.unit()),
            None => value_text(&step.value, &step.label, self.lang),
        };
        self.field("结果", "result", &format!("{symbol} = {value}"));
        if step.basis.note.is_some() || step.calculation.op != Op::Rules {
            let source = self.source(&step.basis);
            self.field("依据", "basis", &source);
        }
        if let Some(note) = &step.basis.note {
            let note = note.get(self.lang).to_owned();
            self.field("说明", "note", &note);
        }
        self.line("");
    }

    /// A formula, and the same with its numbers.
    fn calculation(&mut self, node: &TraceNode, symbol: &str) {
        if let Ok(expr) = lang::parse(&node.fragment) {
            let written = formula_text(&expr, &self.symbols, self.lang);
            self.field("公式", "formula", &format!("{symbol} = {written}"));
        }
        let numbers = numbers_text(node, self.lang);
        self.field("代入", "numbers", &format!("{symbol} = {numbers}"));
    }

    fn rules(&mut self, rules: &TraceNode, symbol: &str) {
        for rule in &rules.children {
            let Some(when) = rule.children.first() else { continue };
            let written = match lang::parse(&when.fragment) {
                Ok(expr) => formula_text(&expr, &self.symbols, self.lang),
                Err(_) => when.fragment.clone(),
            };
            let applies = rule.basis.is_some();
            let mark = match applies {
                true => self.say("适用", "applies"),
                false => self.say("不适用", "does not apply"),
            };
            self.field("条件", "condition", &format!("{written} → {mark}"));
            let numbers = numbers_text(when, self.lang);
            self.line(&format!("      {numbers}"));
            if let Some(basis) = &rule.basis {
                let source = self.source(basis);
                self.line(&format!("      {source}"));
            }
        }
        // What the rule that applied computes; a plain choice is its own result.
        let applied = rules.children.iter().find(|rule| rule.basis.is_some());
        if let Some(then) = applied.and_then(|rule| rule.children.get(1))
            && then.op != Op::Literal
        {
            self.calculation(then, symbol);
        }
    }

    /// The rounding points of a step, innermost first.
    fn roundings(&mut self, step: &StepTrace) {
        let mut points = Vec::new();
        step.calculation.walk(&mut |node| {
            if let Some(point) = &node.rounding {
                points.push((point.clone(), node.value.unit().cloned()));
            }
        });
        for (point, unit) in points.into_iter().rev() {
            let (places, mode) = (point.places, mode_word(point.mode, self.lang));
            let before = exact_text(&point.before, self.lang);
            let after = quantity_text(&point.after, unit.as_ref());
            let how = self
                .say(format!("（{places}位小数，{mode}）"), format!(" ({places} places, {mode})"));
            self.field("修约", "rounded", &format!("{before} → {after}{how}"));
        }
    }

    fn result(&mut self, evaluation: &Evaluation) {
        let step = evaluation.trace.steps.iter().find(|step| step.name == evaluation.result_name);
        let label = step.and_then(|step| step.label.clone());
        let after = step.and_then(|step| final_rounding(&step.calculation));
        let value = match after {
            Some(after) => quantity_text(after, evaluation.result.unit()),
            None => value_text(&evaluation.result, &label, self.lang),
        };
        let mark =
            if evaluation.trial { self.say("（试算）", " (TRIAL)") } else { String::new() };
        let line = self.say(format!("结果：{value}{mark}"), format!("Result: {value}{mark}"));
        self.line(&line);
        self.line("");
    }

    /// The factors, each with its clause.
    fn bases(&mut self, evaluation: &Evaluation) {
        let factors: Vec<&Basis> =
            evaluation.bases.iter().filter(|basis| basis.value.is_some()).collect();
        if factors.is_empty() {
            return;
        }
        let heading = self.say("采用的数值", "Values used");
        self.line(&heading);
        for basis in factors {
            let Some(value) = &basis.value else { continue };
            let written = basis.written.clone().unwrap_or_else(|| value.bare());
            let amount = quantity_text(&written, value.unit());
            let title = basis.title.get(self.lang).to_owned();
            self.line(&format!("  {title}  {} = {amount}", basis.id));
            let source = self.source(basis);
            let period = self.period(basis);
            self.line(&format!("      {source}{period}"));
            if let Some(note) = &basis.note {
                let note = note.get(self.lang).to_owned();
                self.line(&format!("      {note}"));
            }
        }
        self.line("");
    }

    fn period(&self, basis: &Basis) -> String {
        let region = &basis.region;
        match basis.to {
            Some(to) => self.say(
                format!("，{} 起、{to} 前，{region}", basis.from),
                format!(", from {} until before {to}, {region}", basis.from),
            ),
            None => self.say(
                format!("，{} 起，{region}", basis.from),
                format!(", from {}, {region}", basis.from),
            ),
        }
    }

    fn warnings(&mut self, evaluation: &Evaluation) {
        let doubt = evaluation.in_doubt.iter().collect();
        self.list("效力存疑（仍按现行计算）", "In doubt (computed as in force)", doubt);
        let unverified = evaluation.unverified.iter().collect();
        self.list("凭记忆、未核实", "From memory, unverified", unverified);
        let example = evaluation.bases.iter().filter(|basis| basis.example).collect();
        self.list("示例规则包提供，非真实规定", "From an example pack, not real rules", example);
        if evaluation.trial {
            let line = self.say(
                "试算：以上结果不得用于分类、抵销、分配或处罚。",
                "TRIAL: this result must not decide a class, an offset, an allocation or a penalty.",
            );
            self.line(&line);
        }
    }

    fn list(&mut self, zh: &str, en: &str, bases: Vec<&Basis>) {
        if bases.is_empty() {
            return;
        }
        let heading = self.say(zh, en);
        self.line(&heading);
        for basis in bases {
            let title = basis.title.get(self.lang).to_owned();
            let source = self.source(basis);
            let state = if basis.state == State::InDoubt {
                let word = basis.state.title().get(self.lang).to_owned();
                self.say(format!("，{word}"), format!(", {word}"))
            } else {
                String::new()
            };
            let line = self.say(
                format!("  {title}（{}）：{source}{state}", basis.id),
                format!("  {title} ({}): {source}{state}", basis.id),
            );
            self.line(&line);
        }
        self.line("");
    }
}

/// The digits of a rounding that is the last thing a step does: they keep their zeros.
fn final_rounding(node: &TraceNode) -> Option<&str> {
    node.rounding.as_ref().map(|point| point.after.as_str())
}

fn value_text(value: &Value, label: &Option<Text>, lang: Lang) -> String {
    match (value, label) {
        (Value::Number(quantity), _) => exact_quantity(quantity, lang),
        (_, Some(label)) => {
            let (label, bare) = (label.get(lang), value.bare());
            match lang {
                Lang::Zh => format!("{label}（{bare}）"),
                Lang::En if label == bare => bare,
                Lang::En => format!("{label} ({bare})"),
            }
        }
        _ => value.bare(),
    }
}

fn exact_quantity(quantity: &tanheng_quantity::Quantity, lang: Lang) -> String {
    quantity_text(&exact_text(&quantity.value.to_string(), lang), unit_of(quantity).as_ref())
}

fn unit_of(quantity: &tanheng_quantity::Quantity) -> Option<tanheng_quantity::Unit> {
    Some(quantity.unit.clone()).filter(|unit| *unit != tanheng_quantity::Unit::one())
}

/// An exact number as text; a fraction that does not end gets a decimal beside it for the eye.
fn exact_text(exact: &str, lang: Lang) -> String {
    let Some(shown) = notation::approximation(exact) else { return exact.to_owned() };
    match lang {
        Lang::Zh => format!("{exact}（≈ {shown}，仅供显示，计算用分数）"),
        Lang::En => format!("{exact} (≈ {shown}, for display only: the fraction is used)"),
    }
}
