//! `methods/*.toml`: inputs, steps, rules and the result.

use std::collections::BTreeMap;
use std::sync::Arc;

use tanheng_base::Text;
use tanheng_quantity::Unit;

use super::node::{self, Fields};
use super::pack::grounds;
use super::{FormulaText, PackContext};
use crate::diagnostic::{Diagnostic, code, text};
use crate::lang;
use crate::model::{
    Body, Formula, Grounds, Input, InputKind, Method, NumberInput, Presence, Refusal, Rule, Step,
    StepKind, UnitBy, UnitChoice,
};
use crate::source::SourceFile;

/// Reads a file of methods.
pub(crate) fn read_methods(file: &Arc<SourceFile>, pack: &PackContext<'_>) -> Vec<Method> {
    let Some(node) = node::parse(file, pack.sink) else { return Vec::new() };
    let Some(root) = Fields::new(file, &node, pack.sink) else { return Vec::new() };
    let entries = root.tables("method");
    root.finish();
    entries.iter().filter_map(|fields| method(fields, pack)).collect()
}

fn method(fields: &Fields<'_>, pack: &PackContext<'_>) -> Option<Method> {
    let id = fields.parsed("id");
    let title = fields.both("title");
    let (from, to) = (fields.date("from"), fields.date_opt("to"));
    let region = fields.parsed_opt("region").unwrap_or_else(|| pack.jurisdiction.clone());
    let grounds = grounds(fields, None);
    let implements = fields.texts("implements").into_iter().map(|(id, _)| id.to_owned()).collect();
    let result = fields.text("result").map(str::to_owned);
    let result_place = fields.place_of("result");
    let mut inputs: Vec<Input> = Vec::new();
    let mut complete = true;
    for entry in fields.tables("input") {
        match input(&entry, &inputs) {
            Some(input) => inputs.push(input),
            None => complete = false,
        }
    }
    let refused = fields.tables("refusal");
    let entries = fields.tables("step");
    let place = fields.place_of("id");
    fields.finish();
    let grounds = grounds?;
    let mut steps = Vec::new();
    for entry in entries {
        match step(&entry, &inputs, &grounds) {
            Some(step) => steps.push(step),
            None => complete = false,
        }
    }
    let read: Vec<Option<Refusal>> = refused.iter().map(|entry| refusal(entry, &grounds)).collect();
    let refusals = read.into_iter().collect::<Option<Vec<Refusal>>>();
    let method = Method {
        id: id?,
        title: title?,
        from: from?,
        to,
        region,
        grounds,
        implements,
        inputs,
        refusals: refusals?,
        steps,
        result: result?,
        result_place,
        pack: pack.id.clone(),
        example: pack.example,
        place,
    };
    complete.then_some(method)
}

fn name(fields: &Fields<'_>) -> Option<String> {
    let raw = fields.text("name")?;
    let good = raw.starts_with(|c: char| c.is_ascii_lowercase())
        && raw.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let reserved = matches!(
        raw,
        "if" | "then"
            | "else"
            | "match"
            | "and"
            | "or"
            | "not"
            | "true"
            | "false"
            | "round"
            | "lookup"
            | "min"
            | "max"
            | "clamp"
            | "pow"
            | "given"
            | "date"
    );
    if good && !reserved {
        return Some(raw.to_owned());
    }
    let message = text(format!("`{raw}` 不能作为名称"), format!("`{raw}` cannot be a name"));
    let remedy = text(
        "用小写字母、数字和下划线，以字母开头，不用公式里的保留字",
        "use lower-case letters, digits and underscores, a letter first, no word of the language",
    );
    fields.wrong("name", message, remedy);
    None
}

fn input(fields: &Fields<'_>, earlier: &[Input]) -> Option<Input> {
    let name = name(fields);
    let title = fields.both("title");
    let symbol = fields.text_opt("symbol").map(str::to_owned);
    let place = fields.place_of("name");
    let kinds = [
        ("number", 'n'),
        ("enum", 'e'),
        ("text", 't'),
        ("date", 'd'),
        ("bool", 'b'),
        ("year", 'y'),
    ];
    let kind = match fields.word("type", &kinds, Some('n')) {
        Some('n') => number_input(fields, earlier).map(InputKind::Number),
        Some('e') => choices(fields).map(|(values, labels)| InputKind::Choice { values, labels }),
        Some('t') => Some(InputKind::Text),
        Some('d') => Some(InputKind::Date),
        Some('b') => Some(InputKind::Bool),
        Some(_) => Some(InputKind::Year),
        None => None,
    };
    let presence = presence(fields);
    let aliases = aliases(fields, kind.as_ref());
    let unit_by = fields.table_opt("unit_by").and_then(|own| unit_by(&own, earlier, kind.as_ref()));
    fields.finish();
    Some(Input {
        name: name?,
        title: title?,
        symbol,
        kind: kind?,
        presence,
        aliases,
        unit_by,
        place,
    })
}

/// `optional = true`, `default = "0"`, or neither.
fn presence(fields: &Fields<'_>) -> Presence {
    let optional = fields.bool("optional");
    match fields.text_opt("default") {
        Some(default) if !optional => Presence::Default(default.to_owned()),
        Some(_) => {
            let message =
                text("可选与缺省值只写其一", "an input is optional or has a default, not both");
            fields.wrong("default", message, text("删去其一", "remove one of them"));
            Presence::Optional
        }
        None if optional => Presence::Optional,
        None => Presence::Required,
    }
}

/// Other words for the choices: `aliases = { "原煤（湿）" = "raw_coal" }`.
fn aliases(fields: &Fields<'_>, kind: Option<&InputKind>) -> BTreeMap<String, String> {
    let mut aliases = BTreeMap::new();
    for (word, choice, place) in fields.texts_by_name("aliases") {
        let known = match kind {
            Some(InputKind::Choice { values, .. }) => values.iter().any(|own| own == choice),
            _ => false,
        };
        if known {
            aliases.insert(word.to_owned(), choice.to_owned());
            continue;
        }
        let message =
            text(format!("没有取值 `{choice}`"), format!("there is no choice `{choice}`"));
        fields.sink().push(
            Diagnostic::new(code::BAD_VALUE, place, message)
                .remedy("与 values 一致", "agree with values"),
        );
    }
    aliases
}

/// `unit_by = { table = "…", column = "…", key = "an earlier choice" }`.
fn unit_by(fields: &Fields<'_>, earlier: &[Input], kind: Option<&InputKind>) -> Option<UnitBy> {
    let (table, column) = (fields.parsed("table"), fields.text("column").map(str::to_owned));
    let key = fields.text("key").map(str::to_owned);
    let place = fields.place();
    fields.finish();
    let (table, column, key) = (table?, column?, key?);
    let chosen = matches!(
        kind,
        Some(InputKind::Number(NumberInput { unit: UnitChoice::OneOf(units), .. })) if units.len() > 1
    );
    let choice = earlier
        .iter()
        .any(|input| input.name == key && matches!(input.kind, InputKind::Choice { .. }));
    if chosen && choice {
        return Some(UnitBy { table, column, key, place });
    }
    let message = text(
        "由表定单位的输入要列出可用的单位，并跟随前面一个选项",
        "an input whose unit a table decides lists its units and follows an earlier choice",
    );
    fields.wrong("key", message, text("改正 unit 或 key", "correct unit or key"));
    None
}

fn refusal(fields: &Fields<'_>, method: &Grounds) -> Option<Refusal> {
    let when = formula(fields, "when");
    let input = fields.text_opt("input").map(str::to_owned);
    let codes =
        [("missing", "input.missing"), ("range", "input.range"), ("refused", "input.refused")];
    let code = fields.word("code", &codes, Some("input.refused"));
    let (message, remedy) = (fields.both("message"), fields.both("remedy"));
    let grounds = grounds(fields, Some(method));
    let place = fields.place_of("when");
    fields.finish();
    Some(Refusal {
        when: when?,
        input,
        code: code?,
        message: message?,
        remedy: remedy?,
        grounds: grounds?,
        place,
    })
}

fn number_input(fields: &Fields<'_>, earlier: &[Input]) -> Option<NumberInput> {
    let unit = unit_choice(fields, earlier, true);
    let places = fields.integer_opt("places");
    let (min, max) = (fields.number_opt("min"), fields.number_opt("max"));
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        let message = text("下限大于上限", "the smallest value is above the largest");
        fields.wrong("min", message, text("改正 min 和 max", "correct min and max"));
    }
    let (min_open, max_open) = (fields.bool("min_open"), fields.bool("max_open"));
    Some(NumberInput { unit: unit?, places, min, min_open, max, max_open })
}

fn choices(fields: &Fields<'_>) -> Option<(Vec<String>, BTreeMap<String, Text>)> {
    let values: Vec<String> =
        fields.texts("values").into_iter().map(|(value, _)| value.to_owned()).collect();
    if values.is_empty() {
        fields.missing("values");
        return None;
    }
    let mut labels = BTreeMap::new();
    for (value, label) in fields.both_by_name("labels") {
        if !values.iter().any(|own| own == value) {
            let message =
                text(format!("没有取值 `{value}`"), format!("there is no choice `{value}`"));
            fields.wrong("labels", message, text("与 values 一致", "agree with values"));
        }
        labels.insert(value.to_owned(), label);
    }
    Some((values, labels))
}

/// The unit of an input or step: fixed, a choice (inputs only), or following an earlier input.
fn unit_choice(fields: &Fields<'_>, inputs: &[Input], may_choose: bool) -> Option<UnitChoice> {
    let written = fields.texts("unit");
    if written.is_empty() {
        if !fields.has("unit") {
            fields.missing("unit");
        }
        return None;
    }
    if let [(template, place)] = written.as_slice()
        && let Some((before, rest)) = template.split_once('{')
    {
        let Some((leader, after)) = rest.split_once('}') else {
            unknown_unit(fields, template, place.clone());
            return None;
        };
        let Some((leader, units)) = leader_units(inputs, leader) else {
            let message = text(
                format!("`{leader}` 不是前面带单位的输入"),
                format!("`{leader}` is no earlier input with a unit"),
            );
            fields.sink().push(
                Diagnostic::new(code::UNKNOWN_NAME, place.clone(), message)
                    .remedy("写前面一个输入的名称", "write the name of an earlier input"),
            );
            return None;
        };
        let mut own = Vec::new();
        for unit in &units {
            match format!("{before}{unit}{after}").parse::<Unit>() {
                Ok(unit) => own.push(unit),
                Err(_) => {
                    unknown_unit(fields, template, place.clone());
                    return None;
                }
            }
        }
        return Some(UnitChoice::Follows { input: leader, units: own });
    }
    if written.len() > 1 && !may_choose {
        let message = text("一步只有一个单位", "a step has one unit");
        let remedy =
            text("写一个单位，或 `{输入}` 以跟随", "write one unit, or `{input}` to follow");
        fields.wrong("unit", message, remedy);
        return None;
    }
    let units = units(fields, written)?;
    let follows = if may_choose { fields.text_opt("unit_follows") } else { None };
    let Some(leader) = follows else {
        return Some(UnitChoice::OneOf(units));
    };
    match leader_units(inputs, leader) {
        Some((leader, leading)) if leading.len() == units.len() => {
            Some(UnitChoice::Follows { input: leader, units })
        }
        _ => {
            let message = text(
                format!("`{leader}` 不是前面的输入，或单位个数不同"),
                format!("`{leader}` is no earlier input, or has another number of units"),
            );
            let remedy =
                text("逐一对应地列出单位", "list one unit for each of the other input's units");
            fields.wrong("unit_follows", message, remedy);
            None
        }
    }
}

fn units(fields: &Fields<'_>, written: Vec<(&str, crate::source::Place)>) -> Option<Vec<Unit>> {
    let mut units = Vec::new();
    for (raw, place) in written {
        match raw.parse() {
            Ok(unit) => units.push(unit),
            Err(_) => {
                unknown_unit(fields, raw, place);
                return None;
            }
        }
    }
    Some(units)
}

/// The units of an earlier input, and the input whose choice decides among them: itself, or the
/// one that it follows.
fn leader_units(inputs: &[Input], leader: &str) -> Option<(String, Vec<Unit>)> {
    let input = inputs.iter().find(|input| input.name == leader)?;
    let InputKind::Number(number) = &input.kind else { return None };
    Some(match &number.unit {
        UnitChoice::OneOf(units) => (leader.to_owned(), units.clone()),
        UnitChoice::Follows { input, units } => (input.clone(), units.clone()),
    })
}

fn unknown_unit(fields: &Fields<'_>, raw: &str, place: crate::source::Place) {
    let message = text(format!("没有单位 `{raw}`"), format!("there is no unit `{raw}`"));
    fields.sink().push(Diagnostic::new(code::BAD_VALUE, place, message).remedy(
        "写规则库认识的单位，如 t、10^4Nm3、GJ/t、tCO2",
        "write a unit that the rulebook knows, such as t, 10^4Nm3, GJ/t, tCO2",
    ));
}

fn step(fields: &Fields<'_>, inputs: &[Input], method: &Grounds) -> Option<Step> {
    let name = name(fields);
    let title = fields.both("title");
    let symbol = fields.text_opt("symbol").map(str::to_owned);
    let kinds = [("number", 'n'), ("enum", 'e'), ("text", 't'), ("bool", 'b'), ("date", 'd')];
    let kind = match fields.word("type", &kinds, Some('n')) {
        Some('n') => unit_choice(fields, inputs, false).map(StepKind::Number),
        Some('e') => choices(fields).map(|(values, labels)| StepKind::Choice { values, labels }),
        Some('t') => Some(StepKind::Text),
        Some('b') => Some(StepKind::Bool),
        Some(_) => Some(StepKind::Date),
        None => None,
    };
    let grounds = grounds(fields, Some(method));
    let place = fields.place_of("name");
    let rules = fields.tables("rule");
    let own = fields.has("formula");
    if own != rules.is_empty() {
        let message = text("一步要么有公式，要么有规则", "a step has either a formula or rules");
        let remedy = text(
            "写 `formula` 或 `[[method.step.rule]]`",
            "write `formula` or `[[method.step.rule]]`",
        );
        fields.wrong("formula", message, remedy);
    }
    let body = if own {
        formula(fields, "formula").map(Body::Formula)
    } else {
        let above = grounds.as_ref().unwrap_or(method);
        let read: Vec<Option<Rule>> = rules.iter().map(|entry| rule(entry, above)).collect();
        read.into_iter().collect::<Option<Vec<Rule>>>().map(Body::Rules)
    };
    fields.finish();
    Some(Step {
        name: name?,
        title: title?,
        symbol,
        kind: kind?,
        body: body?,
        grounds: grounds?,
        place,
    })
}

fn rule(fields: &Fields<'_>, step: &Grounds) -> Option<Rule> {
    let when = formula(fields, "when");
    let then = formula(fields, "then");
    let grounds = grounds(fields, Some(step));
    let place = fields.place_of("when");
    fields.finish();
    Some(Rule { when: when?, then: then?, grounds: grounds?, place })
}

fn formula(fields: &Fields<'_>, key: &'static str) -> Option<Formula> {
    let Some(written) = fields.formula_opt(key) else {
        if !fields.has(key) {
            fields.missing(key);
        }
        return None;
    };
    read_formula(written, fields)
}

fn read_formula(written: FormulaText, fields: &Fields<'_>) -> Option<Formula> {
    match lang::parse(written.as_str()) {
        Ok(expr) => Some(Formula { text: written, expr }),
        Err(error) => {
            let place = written.place(error.span);
            let message = text("公式无法读懂", "the formula cannot be read");
            fields.sink().push(
                Diagnostic::new(code::SYNTAX, place, message)
                    .label(error.zh, error.en)
                    .remedy("按此改正公式", "correct the formula here"),
            );
            None
        }
    }
}
