//! A method: inputs with units and ranges, each step as a formula, each rule with its clause.

use serde_json::{Value as Json, json};
use tanheng_base::{Lang, MethodId, Text};
use tanheng_quantity::Unit;
use tanheng_rulebook::model::{
    Body, Formula, Input, InputKind, Method, NumberInput, Presence, Refusal, Step, StepKind,
    UnitChoice,
};
use tanheng_rulebook::{formula_notation, input_remarks};

use super::{Kind, View};
use crate::cli::words;

/// The versions to show: all, or the one that holds on the day and in the region asked for.
pub(super) fn versions<'a>(view: &View<'a>, id: &MethodId) -> Vec<&'a Method> {
    let book = view.book;
    let all = book.method_versions(id);
    match (view.at, &view.region) {
        (Some(at), Some(region)) => book.method(id, at, region).into_iter().collect(),
        _ => all.iter().filter(|method| view.wanted(method.from, method.to)).collect(),
    }
}

pub(super) fn text(view: &View<'_>, id: &str, versions: &[&Method]) -> String {
    if versions.is_empty() {
        let none = view.pick("这一日没有适用的版本", "no version holds on that day");
        return format!("{} {id}\n  {none}", view.pick(Kind::Method.word(), Kind::Method.name()));
    }
    let shown: Vec<String> = versions.iter().map(|method| version_text(view, method)).collect();
    shown.join("\n\n")
}

fn version_text(view: &View<'_>, method: &Method) -> String {
    let mut lines = vec![view.head(Kind::Method, method.id.as_str(), &method.title)];
    let period = words::period(method.from, method.to, view.lang);
    let region = words::region(view.book, &method.region, view.lang);
    lines.push(format!("  {}{period}  {region}", view.pick("适用：", "holds: ")));
    lines.push(view.origin(&method.pack, &method.implements));
    if method.example {
        lines.push(format!("  {}", view.pick("[示例]", "[example]")));
    }
    lines.push(format!("  {}", view.grounds(&method.grounds)));
    lines.extend(view.note(method.grounds.note.as_ref()).map(|note| format!("  {note}")));
    lines.push(view.pick("  输入", "  inputs").to_owned());
    for input in &method.inputs {
        lines.push(format!("    {}", input_text(view, input)));
    }
    lines.push(view.pick("  步骤", "  steps").to_owned());
    for step in &method.steps {
        step_lines(view, method, step, &mut lines);
    }
    if !method.refusals.is_empty() {
        lines.push(view.pick("  不予计算", "  gives no figure").to_owned());
    }
    for refusal in &method.refusals {
        refusal_lines(view, method, refusal, &mut lines);
    }
    lines.join("\n")
}

fn refusal_lines(view: &View<'_>, method: &Method, refusal: &Refusal, lines: &mut Vec<String>) {
    let when = formula_notation(method, &refusal.when, view.lang);
    lines.push(format!("    {}{when}", view.pick("当 ", "when ")));
    lines.push(format!("      {}: {}", refusal.code, refusal.message.get(view.lang)));
    lines.push(format!("      {}", view.grounds(&refusal.grounds)));
}

fn input_text(view: &View<'_>, input: &Input) -> String {
    let title = input.title.get(view.lang);
    let symbol = input.symbol.as_ref().map(|symbol| format!("{symbol} ")).unwrap_or_default();
    let mut text = format!("{symbol}{title} ({})  {}", input.name, input_kind(view, &input.kind));
    for remark in input_remarks(input, view.lang) {
        text.push_str(&format!("  {remark}"));
    }
    text
}

fn input_kind(view: &View<'_>, kind: &InputKind) -> String {
    match kind {
        InputKind::Number(number) => {
            let mut text = unit_text(view, &number.unit);
            if let Some(range) = range(number) {
                text.push_str(&format!("  {range}"));
            }
            if let Some(places) = number.places {
                let word = match view.lang {
                    Lang::Zh => format!("  至多 {places} 位小数"),
                    Lang::En => format!("  at most {places} places"),
                };
                text.push_str(&word);
            }
            text
        }
        InputKind::Choice { values, labels } => choices(view, values, labels),
        InputKind::Text => view.pick("文字", "text").to_owned(),
        InputKind::Bool => view.pick("true 或 false", "true or false").to_owned(),
        InputKind::Date => view.pick("日期", "a date").to_owned(),
        InputKind::Year => view.pick("年份", "a year").to_owned(),
    }
}

fn choices(
    view: &View<'_>,
    values: &[String],
    labels: &std::collections::BTreeMap<String, Text>,
) -> String {
    let shown: Vec<String> = values
        .iter()
        .map(|value| match labels.get(value) {
            Some(label) if label.get(view.lang) != value => {
                format!("{value} {}", label.get(view.lang))
            }
            _ => value.clone(),
        })
        .collect();
    shown.join(" | ")
}

fn unit_text(view: &View<'_>, unit: &UnitChoice) -> String {
    let joined = |units: &[Unit]| {
        let all: Vec<String> = units.iter().map(Unit::to_string).collect();
        all.join(" | ")
    };
    match unit {
        UnitChoice::OneOf(units) => joined(units),
        UnitChoice::Follows { input, units } if units.len() > 1 => {
            format!("{} ({}{input})", joined(units), view.pick("随 ", "follows "))
        }
        UnitChoice::Follows { units, .. } => joined(units),
    }
}

/// The range as an interval, open where the end itself is excluded.
fn range(number: &NumberInput) -> Option<String> {
    if number.min.is_none() && number.max.is_none() {
        return None;
    }
    let low = number.min.map_or_else(|| "-∞".to_owned(), |min| min.to_string());
    let high = number.max.map_or_else(|| "∞".to_owned(), |max| max.to_string());
    let left = if number.min_open || number.min.is_none() { '(' } else { '[' };
    let right = if number.max_open || number.max.is_none() { ')' } else { ']' };
    Some(format!("{left}{low}, {high}{right}"))
}

fn step_lines(view: &View<'_>, method: &Method, step: &Step, lines: &mut Vec<String>) {
    let result =
        if step.name == method.result { view.pick("，即结果", ", the result") } else { "" };
    let title = step.title.get(view.lang);
    let kind = match &step.kind {
        StepKind::Number(unit) => unit_text(view, unit),
        StepKind::Choice { values, labels } => choices(view, values, labels),
        StepKind::Text => view.pick("文字", "text").to_owned(),
        StepKind::Bool => "true | false".to_owned(),
        StepKind::Date => view.pick("日期", "a date").to_owned(),
    };
    lines.push(format!("    {title} ({}{result})  {kind}", step.name));
    let symbol = step.symbol.as_ref().unwrap_or(&step.name);
    let notation = |formula: &Formula| formula_notation(method, formula, view.lang);
    match &step.body {
        Body::Formula(formula) => lines.push(format!("      {symbol} = {}", notation(formula))),
        Body::Rules(rules) => {
            for rule in rules {
                let (when, then) = (notation(&rule.when), notation(&rule.then));
                let word = view.pick("；当 ", " when ");
                lines.push(format!("      {symbol} = {then}{word}{when}"));
                if rule.grounds.citation != step.grounds.citation {
                    lines.push(format!("        {}", view.grounds(&rule.grounds)));
                }
            }
        }
    }
    lines.push(format!("      {}", view.grounds(&step.grounds)));
    let own = step.grounds.note.as_ref().filter(|note| Some(*note) != method.grounds.note.as_ref());
    lines.extend(view.note(own).map(|note| format!("      {note}")));
}

pub(super) fn json(id: &str, versions: &[&Method]) -> Json {
    let versions: Vec<Json> = versions
        .iter()
        .map(|method| {
            json!({
                "title": method.title,
                "from": method.from,
                "to": method.to,
                "region": method.region,
                "grounds": method.grounds,
                "implements": method.implements,
                "pack": method.pack,
                "example": method.example,
                "inputs": method.inputs.iter().map(input_json).collect::<Vec<Json>>(),
                "steps": method.steps.iter().map(step_json).collect::<Vec<Json>>(),
                "refusals": method.refusals.iter().map(|refusal| json!({
                    "when": formula_notation(method, &refusal.when, Lang::En),
                    "input": refusal.input,
                    "code": refusal.code,
                    "message": refusal.message,
                    "remedy": refusal.remedy,
                    "grounds": refusal.grounds,
                })).collect::<Vec<Json>>(),
                "result": method.result,
            })
        })
        .collect();
    json!({ "method": id, "versions": versions })
}

fn unit_json(unit: &UnitChoice) -> Json {
    match unit {
        UnitChoice::OneOf(units) => {
            json!({ "units": units.iter().map(Unit::to_string).collect::<Vec<String>>() })
        }
        UnitChoice::Follows { input, units } => json!({
            "follows": input,
            "units": units.iter().map(Unit::to_string).collect::<Vec<String>>(),
        }),
    }
}

fn input_json(input: &Input) -> Json {
    let kind = match &input.kind {
        InputKind::Number(number) => json!({
            "kind": "number",
            "unit": unit_json(&number.unit),
            "places": number.places,
            "min": number.min.map(|min| min.to_string()),
            "min_open": number.min_open,
            "max": number.max.map(|max| max.to_string()),
            "max_open": number.max_open,
        }),
        InputKind::Choice { values, labels } => {
            json!({ "kind": "choice", "values": values, "labels": labels })
        }
        InputKind::Text => json!({ "kind": "text" }),
        InputKind::Bool => json!({ "kind": "bool" }),
        InputKind::Date => json!({ "kind": "date" }),
        InputKind::Year => json!({ "kind": "year" }),
    };
    json!({
        "name": input.name,
        "title": input.title,
        "symbol": input.symbol,
        "type": kind,
        "required": input.presence == Presence::Required,
        "default": match &input.presence {
            Presence::Default(value) => Some(value),
            Presence::Required | Presence::Optional => None,
        },
        "aliases": input.aliases,
        "unit_by": input.unit_by.as_ref().map(|by| json!({
            "table": by.table,
            "column": by.column,
            "key": by.key,
        })),
    })
}

fn step_json(step: &Step) -> Json {
    let kind = match &step.kind {
        StepKind::Number(unit) => json!({ "kind": "number", "unit": unit_json(unit) }),
        StepKind::Choice { values, labels } => {
            json!({ "kind": "choice", "values": values, "labels": labels })
        }
        StepKind::Text => json!({ "kind": "text" }),
        StepKind::Bool => json!({ "kind": "bool" }),
        StepKind::Date => json!({ "kind": "date" }),
    };
    let mut json = json!({
        "name": step.name,
        "title": step.title,
        "symbol": step.symbol,
        "type": kind,
        "grounds": step.grounds,
    });
    match &step.body {
        Body::Formula(formula) => json["formula"] = json!(formula.text.as_str()),
        Body::Rules(rules) => {
            let rules = rules.iter().map(|rule| {
                json!({
                    "when": rule.when.text.as_str(),
                    "then": rule.then.text.as_str(),
                    "grounds": rule.grounds,
                })
            });
            json["rules"] = rules.collect();
        }
    }
    json
}
