//! A parameter: its history with states, clauses and check states; or its value on a day.

use serde_json::{Value as Json, json};
use tanheng_base::Lang;
use tanheng_rulebook::model::{DatedValue, Parameter, ParameterKind, State};

use super::{Kind, View};
use crate::cli::words;

pub(super) fn text(view: &View<'_>, parameter: &Parameter) -> String {
    let mut lines = vec![
        view.head(Kind::Parameter, parameter.id.as_str(), &parameter.title),
        format!("  {}", kind_text(view, &parameter.kind)),
        view.origin(&parameter.pack, &parameter.implements),
    ];
    if let Some(answer) = answer(view, parameter) {
        lines.push(format!("  {answer}"));
    }
    let values: Vec<&DatedValue> =
        parameter.values.iter().filter(|value| view.wanted(value.from, value.to)).collect();
    if values.is_empty() {
        lines.push(format!("  {}", view.pick("这一日没有规定", "no rule on that day")));
    }
    for value in values {
        value_lines(view, value, &mut lines);
    }
    lines.join("\n")
}

fn kind_text(view: &View<'_>, kind: &ParameterKind) -> String {
    match kind {
        ParameterKind::Number(unit) => format!("{}{unit}", view.pick("单位：", "unit: ")),
        ParameterKind::Choice(values) => {
            format!("{}{}", view.pick("取值：", "one of: "), values.join(" | "))
        }
        ParameterKind::Bool => view.pick("是或否", "true or false").to_owned(),
        ParameterKind::Date => view.pick("日期", "a date").to_owned(),
    }
}

/// What applies on the day asked for: a value, or why there is none.
fn answer(view: &View<'_>, parameter: &Parameter) -> Option<String> {
    let at = view.at?;
    let code = view.region_of(&parameter.pack)?;
    let region = words::region(view.book, &code, view.lang);
    let found = match view.book.resolve(&parameter.id, at, &code) {
        Ok(resolved) => {
            let dated = parameter.values.iter().find(|value| {
                (&value.region, value.from, &value.pack)
                    == (&resolved.region, resolved.from, &resolved.pack)
            });
            dated.and_then(value_text).unwrap_or_else(|| resolved.value.to_string())
        }
        Err(error) => error.problem().message.get(view.lang).to_owned(),
    };
    Some(match view.lang {
        Lang::Zh => format!("{at} {region}：{found}"),
        Lang::En => format!("{at}, {region}: {found}"),
    })
}

fn value_lines(view: &View<'_>, value: &DatedValue, lines: &mut Vec<String>) {
    let period = words::period(value.from, value.to, view.lang);
    let region = words::region(view.book, &value.region, view.lang);
    let shown = value_text(value);
    let state = value.state.title();
    let mut line = format!("  - {period}  {region}  ");
    match shown {
        Some(shown) if value.state == State::InForce => line.push_str(&shown),
        Some(shown) => line.push_str(&format!("{shown}  [{}]", state.get(view.lang))),
        None => line.push_str(&format!("[{}]", state.get(view.lang))),
    }
    if value.example {
        line.push_str(view.pick("  [示例]", "  [example]"));
    }
    lines.push(line);
    lines.push(format!("    {}", view.grounds(&value.grounds)));
    if let Some(overrides) = &value.overrides {
        let name = words::document_name(view.book, &overrides.document, view.lang);
        let word = view.pick("取代依据：", "overrides by: ");
        lines.push(format!("    {word}{name} {}", overrides.clause));
    }
    if let Some(note) = view.note(value.grounds.note.as_ref()) {
        lines.push(format!("    {note}"));
    }
}

/// The value as the file writes it, with the exact number beside it where the two differ.
fn value_text(value: &DatedValue) -> Option<String> {
    let exact = value.value.as_ref()?;
    let written = value.written.as_deref().unwrap_or_default();
    let plain = written.is_empty() || written == exact.bare();
    Some(match exact.unit() {
        _ if plain => exact.to_string(),
        Some(unit) => format!("{written} {unit}"),
        None => written.to_owned(),
    })
}

pub(super) fn json(view: &View<'_>, parameter: &Parameter) -> Json {
    let kind = match &parameter.kind {
        ParameterKind::Number(unit) => json!({ "kind": "number", "unit": unit.to_string() }),
        ParameterKind::Choice(values) => json!({ "kind": "choice", "values": values }),
        ParameterKind::Bool => json!({ "kind": "bool" }),
        ParameterKind::Date => json!({ "kind": "date" }),
    };
    let values = parameter.values.iter().filter(|value| view.wanted(value.from, value.to));
    let mut json = json!({
        "parameter": parameter.id,
        "title": parameter.title,
        "type": kind,
        "implements": parameter.implements,
        "pack": parameter.pack,
        "values": values.map(value_json).collect::<Vec<Json>>(),
    });
    if let (Some(at), Some(region)) = (view.at, view.region_of(&parameter.pack)) {
        json["at"] = json!(at);
        json["region"] = json!(region);
        match view.book.resolve(&parameter.id, at, &region) {
            Ok(resolved) => json["resolved"] = json!(resolved),
            Err(error) => json["unresolved"] = json!(error.problem()),
        }
    }
    json
}

fn value_json(value: &DatedValue) -> Json {
    let mut json = json!({
        "region": value.region,
        "from": value.from,
        "to": value.to,
        "state": value.state,
        "citation": value.grounds.citation,
        "checked": value.grounds.checked,
        "note": value.grounds.note,
        "pack": value.pack,
        "example": value.example,
    });
    if let Some(exact) = &value.value {
        json["value"] = json!(exact.bare());
        json["written"] = json!(value.written);
        json["unit"] = json!(exact.unit().map(ToString::to_string));
    }
    if let Some(overrides) = &value.overrides {
        json["overrides"] = json!(overrides);
    }
    json
}
