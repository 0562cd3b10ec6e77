//! `parameters/*.toml`: parameters with their history, and what a pack fills in another.

use std::sync::Arc;

use tanheng_base::{Citation, ParameterId};
use tanheng_quantity::{Quantity, Unit};

use super::PackContext;
use super::node::{self, Fields};
use super::pack::{STATES, grounds};
use crate::diagnostic::text;
use crate::model::{DatedValue, Parameter, ParameterKind, State};
use crate::source::{Place, SourceFile};
use crate::value::Value;

/// Values that a pack supplies for a parameter of another; they are read once that is known.
pub(crate) struct Fill {
    pub(crate) parameter: ParameterId,
    pub(crate) place: Place,
    pub(crate) values: Vec<RawValue>,
}

/// A dated value whose text is not yet read in the parameter's unit.
pub(crate) struct RawValue {
    pub(crate) dated: DatedValue,
    pub(crate) raw: Option<(String, Place)>,
}

/// Reads a file of parameters and fills.
pub(crate) fn read_parameters(
    file: &Arc<SourceFile>,
    pack: &PackContext<'_>,
) -> (Vec<Parameter>, Vec<Fill>) {
    let Some(node) = node::parse(file, pack.sink) else { return Default::default() };
    let Some(root) = Fields::new(file, &node, pack.sink) else { return Default::default() };
    let (parameters, fills) = (root.tables("parameter"), root.tables("fill"));
    root.finish();
    let parameters = parameters.iter().filter_map(|fields| parameter(fields, pack)).collect();
    let fills = fills.iter().filter_map(|fields| fill(fields, pack)).collect();
    (parameters, fills)
}

fn parameter(fields: &Fields<'_>, pack: &PackContext<'_>) -> Option<Parameter> {
    let id = fields.parsed("id");
    let title = fields.both("title");
    let kind = kind(fields);
    let implements = fields.texts("implements").into_iter().map(|(id, _)| id.to_owned()).collect();
    let raw: Vec<RawValue> =
        fields.tables("value").iter().filter_map(|value| raw_value(value, pack)).collect();
    if !fields.has("value") {
        fields.missing("value");
    }
    let place = fields.place_of("id");
    fields.finish();
    let kind = kind?;
    let values = raw.into_iter().filter_map(|raw| raw.read(&kind, pack)).collect();
    let pack = pack.id.clone();
    Some(Parameter { id: id?, title: title?, kind, implements, values, pack, place })
}

fn fill(fields: &Fields<'_>, pack: &PackContext<'_>) -> Option<Fill> {
    let parameter = fields.parsed("parameter");
    let place = fields.place_of("parameter");
    let values = fields.tables("value").iter().filter_map(|value| raw_value(value, pack)).collect();
    fields.finish();
    Some(Fill { parameter: parameter?, place, values })
}

fn kind(fields: &Fields<'_>) -> Option<ParameterKind> {
    let choices: Vec<String> =
        fields.texts("values").into_iter().map(|(choice, _)| choice.to_owned()).collect();
    match fields.word(
        "kind",
        &[("number", 'n'), ("text", 't'), ("bool", 'b'), ("date", 'd')],
        Some('n'),
    )? {
        't' => Some(ParameterKind::Choice(choices)),
        'b' => Some(ParameterKind::Bool),
        'd' => Some(ParameterKind::Date),
        _ => Some(ParameterKind::Number(fields.parsed::<Unit>("unit")?)),
    }
}

fn raw_value(fields: &Fields<'_>, pack: &PackContext<'_>) -> Option<RawValue> {
    let region = fields.parsed_opt("region").unwrap_or_else(|| pack.jurisdiction.clone());
    let from = fields.date("from");
    let to = fields.date_opt("to");
    let state = fields.word("state", &STATES, Some(State::InForce));
    let raw = fields.text_opt("value").map(|raw| (raw.to_owned(), fields.place_of("value")));
    let grounds = grounds(fields, None);
    let overrides = fields.table_opt("overrides").and_then(|over| {
        let (document, clause) = (over.parsed("document"), over.text("clause"));
        over.finish();
        Some(Citation { document: document?, clause: clause?.to_owned() })
    });
    let place =
        if fields.has("value") { fields.place_of("value") } else { fields.place_of("from") };
    fields.finish();
    let (from, state, grounds) = (from?, state?, grounds?);
    if to.is_some_and(|to| to <= from) {
        let message = text("终止日不晚于起始日", "it ends before it begins");
        fields.wrong("to", message, text("`to` 是失效的第一天", "`to` is the first day after it"));
    }
    match (state.has_value(), fields.has("value")) {
        (true, false) => {
            let message = text("没有写明数值", "no value is given");
            let remedy = text(
                "补上 `value = …`，或写明 `state = \"open\"`、`\"announced\"`、`\"repealed\"`",
                "add `value = …`, or say `state = \"open\"`, `\"announced\"` or `\"repealed\"`",
            );
            fields.wrong("value", message, remedy);
        }
        (false, true) => {
            let word = state.word();
            let message =
                text(format!("状态 `{word}` 不带数值"), format!("the state `{word}` has no value"));
            let remedy = text("删去数值或状态", "remove the value or the state");
            fields.wrong("value", message, remedy);
        }
        _ => {}
    }
    let (pack, example) = (pack.id.clone(), pack.example);
    let dated = DatedValue {
        region,
        from,
        to,
        state,
        value: None,
        written: None,
        grounds,
        overrides,
        pack,
        example,
        layer: 0,
        place,
    };
    Some(RawValue { dated, raw })
}

impl RawValue {
    /// The value in the parameter's unit or among its choices; what does not fit is reported.
    pub(crate) fn read(self, kind: &ParameterKind, pack: &PackContext<'_>) -> Option<DatedValue> {
        let mut dated = self.dated;
        let Some((raw, place)) = self.raw else {
            return (!dated.state.has_value()).then_some(dated);
        };
        match read_value(&raw, kind) {
            Ok(value) => {
                dated.value = Some(value).filter(|_| dated.state.has_value());
                dated.written = Some(raw);
                Some(dated)
            }
            Err(remedy) => {
                let message = text(
                    format!("`{raw}` 不能作为本参数的值"),
                    format!("`{raw}` is no value of this parameter"),
                );
                let diagnostic =
                    crate::Diagnostic::new(crate::diagnostic::code::BAD_VALUE, place, message);
                pack.sink.push(diagnostic.remedy(remedy.zh, remedy.en));
                None
            }
        }
    }
}

fn read_value(raw: &str, kind: &ParameterKind) -> Result<Value, tanheng_base::Text> {
    match kind {
        ParameterKind::Number(unit) => match raw.parse() {
            Ok(value) => Ok(Value::Number(Quantity::new(value, unit.clone()))),
            Err(_) => Err(text(
                "写不带单位的精确数值，如 \"0.01532\"、\"10%\"、\"44/12\"",
                "write an exact number without unit, such as \"0.01532\", \"10%\", \"44/12\"",
            )),
        },
        ParameterKind::Choice(choices) => {
            if choices.is_empty() || choices.iter().any(|choice| choice == raw) {
                return Ok(Value::Text(raw.to_owned()));
            }
            let all = choices.join(", ");
            Err(text(format!("写作其中之一：{all}"), format!("write one of {all}")))
        }
        ParameterKind::Bool => match raw {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(text("写 \"true\" 或 \"false\"", "write \"true\" or \"false\"")),
        },
        ParameterKind::Date => raw
            .parse()
            .map(Value::Date)
            .map_err(|_| text("写日期，如 \"2022-01-01\"", "write a date such as \"2022-01-01\"")),
    }
}
