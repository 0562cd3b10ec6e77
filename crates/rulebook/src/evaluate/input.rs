//! Reads the inputs of a method: units, places and ranges, all errors at once.

use std::collections::BTreeMap;

use tanheng_base::{Code, Problem, Text};
use tanheng_quantity::{Quantity, QuantityError, Unit, UnitError};

use super::Context;
use crate::book::Rulebook;
use crate::diagnostic::text;
use crate::model::{Alternative, Input, InputKind, Method, NumberInput, Presence, UnitChoice};
use crate::trace::InputTrace;
use crate::value::Value;

/// An input as it is given: text as a person writes it, or a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Text such as `21`, `21 t`, `99%`, `key`, `2022-01-01`.
    Raw(String),
    /// A value from another calculation.
    Typed(Value),
}

impl From<&str> for Given {
    fn from(raw: &str) -> Given {
        Given::Raw(raw.to_owned())
    }
}

impl From<String> for Given {
    fn from(raw: String) -> Given {
        Given::Raw(raw)
    }
}

impl From<Value> for Given {
    fn from(value: Value) -> Given {
        Given::Typed(value)
    }
}

impl From<Quantity> for Given {
    fn from(quantity: Quantity) -> Given {
        Given::Typed(Value::Number(quantity))
    }
}

impl Given {
    /// Nothing is given: the same as no input at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.shown().is_empty()
    }

    fn shown(&self) -> String {
        match self {
            Given::Raw(raw) => raw.trim().to_owned(),
            Given::Typed(value) => value.to_string(),
        }
    }
}

/// The inputs in the declared units, and which units were chosen.
pub(super) fn read(
    book: &Rulebook,
    method: &Method,
    given: &BTreeMap<String, Given>,
    context: &Context,
) -> Result<(Vec<InputTrace>, Alternative), Vec<Problem>> {
    let mut problems = Vec::new();
    for (name, value) in given {
        if method.input(name).is_none() {
            problems.push(unknown(method, name, value));
        }
    }
    let mut alternative = Alternative::default();
    let mut read: Vec<InputTrace> = Vec::new();
    for input in &method.inputs {
        let own = given.get(&input.name).filter(|given| !given.shown().is_empty());
        let supplied = match (own, &input.presence) {
            (Some(own), _) => (own.clone(), false),
            (None, Presence::Default(default)) => (Given::Raw(default.clone()), true),
            (None, Presence::Optional) => continue,
            (None, Presence::Required) => {
                problems.push(missing(input).at(None, Some(&input.name)));
                continue;
            }
        };
        let (supplied, assumed) = supplied;
        let led = led(book, input, &read, context, &mut alternative);
        match led.and_then(|()| value(method, input, &supplied, &mut alternative)) {
            Ok(value) => read.push(traced(input, &supplied, value, assumed)),
            Err(problem) => {
                problems.push(problem.found(supplied.shown()).at(None, Some(&input.name)));
            }
        }
    }
    if problems.is_empty() { Ok((read, alternative)) } else { Err(problems) }
}

/// What is wrong with a default that stands in a method; none when it can be read.
pub(crate) fn default_problem(method: &Method, input: &Input, default: &str) -> Option<Problem> {
    value(method, input, &Given::from(default), &mut Alternative::default()).err()
}

/// Chooses the unit that a table names for the value of an earlier choice. Where that choice is
/// itself wrong, nothing is chosen: it has been reported.
pub(super) fn led(
    book: &Rulebook,
    input: &Input,
    read: &[InputTrace],
    context: &Context,
    alternative: &mut Alternative,
) -> Result<(), Problem> {
    let Some(by) = &input.unit_by else { return Ok(()) };
    let InputKind::Number(NumberInput { unit: UnitChoice::OneOf(units), .. }) = &input.kind else {
        return Ok(());
    };
    let Some(key) = read.iter().find(|earlier| earlier.name == by.key) else { return Ok(()) };
    let keys = [key.value.bare()];
    let row = book.lookup(&by.table, &by.column, &keys, context.at, &context.region);
    let named = row.map_err(|error| error.problem())?.value.bare();
    let position = units.iter().position(|unit| unit.to_string() == named);
    let position = position.ok_or_else(|| {
        malformed(
            input,
            "规则库的单位不在可选之列",
            "the rulebook names a unit that is not offered",
        )
    })?;
    alternative.0.insert(input.name.clone(), position);
    Ok(())
}

pub(super) fn traced(input: &Input, given: &Given, value: Value, assumed: bool) -> InputTrace {
    let label = match (&input.kind, &value) {
        (InputKind::Choice { labels, .. }, Value::Text(choice)) => labels.get(choice).cloned(),
        _ => None,
    };
    InputTrace {
        name: input.name.clone(),
        symbol: input.symbol.clone(),
        title: input.title.clone(),
        given: given.shown(),
        assumed,
        value,
        label,
    }
}

fn problem(code: &'static str, message: Text, remedy: Text) -> Problem {
    Problem::new(Code(code), message, remedy)
}

fn unknown(method: &Method, name: &str, value: &Given) -> Problem {
    let all: Vec<&str> = method.inputs.iter().map(|input| input.name.as_str()).collect();
    let all = all.join(", ");
    let message = text(
        format!("方法 `{}` 没有输入 `{name}`", method.id),
        format!("the method `{}` has no input `{name}`", method.id),
    );
    let remedy = text(format!("可用的输入：{all}"), format!("its inputs are: {all}"));
    problem("input.unknown", message, remedy).at(None, Some(name)).found(value.shown())
}

fn missing(input: &Input) -> Problem {
    let Text { zh, en } = &input.title;
    let name = &input.name;
    let message = text(format!("缺少{zh}（`{name}`）"), format!("{en} (`{name}`) is missing"));
    let remedy = text(format!("补上 {name}=…"), format!("add {name}=…"));
    problem("input.missing", message, remedy)
}

fn malformed(input: &Input, zh: &str, en: &str) -> Problem {
    let message = text(
        format!("{}（`{}`）无法读懂", input.title.zh, input.name),
        format!("{} (`{}`) cannot be read", input.title.en, input.name),
    );
    problem("input.malformed", message, text(zh, en))
}

/// The value of an input in its declared unit; a number chooses its unit where that is open.
pub(super) fn value(
    method: &Method,
    input: &Input,
    given: &Given,
    alternative: &mut Alternative,
) -> Result<Value, Problem> {
    let raw = given.shown();
    match (&input.kind, given) {
        (InputKind::Number(declared), _) => {
            let quantity = written(input, declared, given, alternative)?;
            number(method, input, declared, quantity, alternative).map(Value::Number)
        }
        (InputKind::Choice { values, .. }, _) => {
            if let Some(choice) = input.choice(&raw) {
                return Ok(Value::Text(choice.to_owned()));
            }
            let all = values.join(", ");
            let (zh, en) = (format!("写作其中之一：{all}"), format!("write one of {all}"));
            Err(malformed(input, &zh, &en))
        }
        (InputKind::Text, _) => Ok(Value::Text(raw)),
        (InputKind::Bool, _) => match raw.as_str() {
            "true" | "是" => Ok(Value::Bool(true)),
            "false" | "否" => Ok(Value::Bool(false)),
            _ => Err(malformed(input, "写 true 或 false", "write true or false")),
        },
        (InputKind::Date, _) => raw.parse().map(Value::Date).map_err(|_| {
            malformed(input, "写日期，如 2022-01-01", "write a date such as 2022-01-01")
        }),
        (InputKind::Year, _) => {
            let year = raw.parse::<i16>().ok().filter(|year| (1900..=2200).contains(year));
            year.filter(|_| raw.len() == 4)
                .map(Value::Year)
                .ok_or_else(|| malformed(input, "写四位年份，如 2022", "write a year such as 2022"))
        }
    }
}

/// The quantity as it was written; a missing unit is the default one.
fn written(
    input: &Input,
    declared: &NumberInput,
    given: &Given,
    alternative: &Alternative,
) -> Result<Quantity, Problem> {
    let raw = match given {
        Given::Typed(Value::Number(quantity)) => return Ok(quantity.clone()),
        Given::Typed(_) => {
            return Err(malformed(input, "这里应为数值", "a number is expected"));
        }
        Given::Raw(raw) => raw.trim(),
    };
    let quantity: Quantity = raw.parse().map_err(|error| match error {
        QuantityError::Unit(UnitError::Unknown { symbol }) if !symbol.starts_with([',', '，']) => {
            let default = default_unit(declared, alternative, &input.name);
            let message = text(
                format!("{}（`{}`）的单位 `{symbol}` 不认识", input.title.zh, input.name),
                format!("{} (`{}`) has the unknown unit `{symbol}`", input.title.en, input.name),
            );
            let remedy = text(
                format!("用 {default} 填写，或省去单位"),
                format!("give it in {default}, or leave the unit out"),
            );
            problem("input.unit", message, remedy)
        }
        _ => malformed(
            input,
            "写精确数值，可带单位，不用千分号，如 21、21 t、99%",
            "write an exact number, perhaps with a unit, without separators, such as 21, 21 t, 99%",
        ),
    })?;
    let bare = raw.bytes().all(|byte| byte.is_ascii_digit() || b".-/".contains(&byte));
    if bare {
        let unit = default_unit(declared, alternative, &input.name);
        return Ok(Quantity::new(quantity.value, unit));
    }
    Ok(quantity)
}

fn default_unit(declared: &NumberInput, alternative: &Alternative, name: &str) -> Unit {
    alternative.unit(&declared.unit, name)
}

/// Converts to the declared unit and checks places and range there.
fn number(
    method: &Method,
    input: &Input,
    declared: &NumberInput,
    written: Quantity,
    alternative: &mut Alternative,
) -> Result<Quantity, Problem> {
    if let UnitChoice::OneOf(units) = &declared.unit
        && units.len() > 1
        && input.unit_by.is_none()
    {
        let chosen = units
            .iter()
            .position(|unit| *unit == written.unit)
            .or_else(|| units.iter().position(|unit| unit.compatible(&written.unit)));
        alternative.0.insert(input.name.clone(), chosen.unwrap_or(0));
    }
    let unit = alternative.unit(&declared.unit, &input.name);
    if !written.unit.compatible(&unit) {
        return Err(wrong_unit(method, input, declared, &written.unit, &unit));
    }
    let quantity = written.convert_to(&unit).map_err(|_| {
        malformed(input, "数值过大，无法精确表示", "the number is too large to be held exactly")
    })?;
    places(input, declared, &quantity)?;
    range(input, declared, &quantity)?;
    Ok(quantity)
}

fn wrong_unit(
    method: &Method,
    input: &Input,
    declared: &NumberInput,
    found: &Unit,
    wanted: &Unit,
) -> Problem {
    let (Text { zh, en }, name) = (&input.title, &input.name);
    let message = text(
        format!("{zh}（`{name}`）的单位是 {found}，应为 {wanted}"),
        format!("{en} (`{name}`) is given in {found}, but is counted in {wanted}"),
    );
    let remedy = match &declared.unit {
        UnitChoice::Follows { input: leader, units } => {
            let leading = method.input(leader).map(|input| &input.kind);
            let better = match leading {
                Some(InputKind::Number(NumberInput {
                    unit: UnitChoice::OneOf(choices), ..
                })) => units
                    .iter()
                    .position(|unit| unit.compatible(found))
                    .and_then(|position| choices.get(position)),
                _ => None,
            };
            match better {
                Some(better) => text(
                    format!(
                        "`{name}` 用 {wanted} 填写；或 `{leader}` 用 {better} 填写，如 {leader}=\"… {better}\""
                    ),
                    format!(
                        "give `{name}` in {wanted}, or give `{leader}` in {better}, as in {leader}=\"… {better}\""
                    ),
                ),
                None => text(
                    format!("`{name}` 跟随 `{leader}` 的单位，用 {wanted} 填写"),
                    format!("`{name}` follows the unit of `{leader}`: give it in {wanted}"),
                ),
            }
        }
        UnitChoice::OneOf(_) if input.unit_by.is_some() => {
            text(format!("换算为 {wanted} 后填写"), format!("give it in {wanted}"))
        }
        UnitChoice::OneOf(units) => {
            let all: Vec<String> = units.iter().map(Unit::to_string).collect();
            let all = all.join(", ");
            text(format!("换算为 {all} 后填写"), format!("give it in {all}"))
        }
    };
    problem("input.unit", message, remedy)
}

fn places(input: &Input, declared: &NumberInput, quantity: &Quantity) -> Result<(), Problem> {
    let Some(most) = declared.places else { return Ok(()) };
    let places = quantity.value.to_decimal().map(|decimal| decimal.places());
    if places.is_some_and(|places| places <= most) {
        return Ok(());
    }
    let message = text(
        format!("{}（`{}`）的小数位多于{most}位：{quantity}", input.title.zh, input.name),
        format!(
            "{} (`{}`) has more than {most} decimal places: {quantity}",
            input.title.en, input.name
        ),
    );
    let remedy = text(
        format!("按计量要求修约到{most}位小数"),
        format!("round it to {most} places as the measurement demands"),
    );
    Err(problem("input.places", message, remedy))
}

fn range(input: &Input, declared: &NumberInput, quantity: &Quantity) -> Result<(), Problem> {
    let value = quantity.value;
    let below = declared.min.is_some_and(|min| value < min || (declared.min_open && value == min));
    let above = declared.max.is_some_and(|max| value > max || (declared.max_open && value == max));
    if !below && !above {
        return Ok(());
    }
    let unit = &quantity.unit;
    let limits = limits(declared);
    let message = text(
        format!("{}（`{}`）为 {quantity}，超出允许范围", input.title.zh, input.name),
        format!("{} (`{}`) is {quantity}, outside what is allowed", input.title.en, input.name),
    );
    let counted = if *unit == Unit::one() { String::new() } else { format!(" {unit}") };
    let remedy = text(
        format!("允许范围 {limits}{counted}；核对数值和单位"),
        format!("allowed is {limits}{counted}: check value and unit"),
    );
    Err(problem("input.range", message, remedy))
}

/// The range as an interval: `(0, 1]`.
fn limits(declared: &NumberInput) -> String {
    let low = declared.min.map_or("-∞".to_owned(), |min| min.to_string());
    let high = declared.max.map_or("∞".to_owned(), |max| max.to_string());
    let open = if declared.min_open || declared.min.is_none() { '(' } else { '[' };
    let close = if declared.max_open || declared.max.is_none() { ')' } else { ']' };
    format!("{open}{low}, {high}{close}")
}
