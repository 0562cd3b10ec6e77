//! Inputs that need not be given, other words for choices, and units that a table decides.

use std::collections::BTreeMap;

use super::method::Reporter;
use crate::book::Rulebook;
use crate::diagnostic::{Diagnostic, code, text};
use crate::evaluate::default_problem;
use crate::model::{
    ColumnKind, Input, InputKind, Method, NumberInput, Presence, UnitBy, UnitChoice,
};
use crate::value::Value;

pub(super) fn check(book: &Rulebook, method: &Method, report: &Reporter<'_>) {
    for input in &method.inputs {
        if let Presence::Default(default) = &input.presence
            && let Some(problem) = default_problem(method, input, default)
        {
            report.push(
                Diagnostic::new(code::BAD_VALUE, input.place.clone(), problem.message)
                    .remedy("改正 default", "correct default"),
            );
        }
        words(input, report);
        if let Some(by) = &input.unit_by {
            led(book, method, input, by, report);
        }
    }
}

/// A word stands for one choice only.
fn words(input: &Input, report: &Reporter<'_>) {
    let InputKind::Choice { values, labels } = &input.kind else { return };
    let own = values.iter().map(|value| (value.as_str(), value));
    let labelled = labels.iter().map(|(value, label)| (label.zh.as_str(), value));
    let other = input.aliases.iter().map(|(word, value)| (word.as_str(), value));
    let mut known: BTreeMap<&str, &String> = BTreeMap::new();
    for (word, value) in own.chain(labelled).chain(other) {
        let before = known.insert(word, value).filter(|before| *before != value);
        if let Some(before) = before {
            let message = text(
                format!("`{word}` 既指 `{before}` 又指 `{value}`"),
                format!("`{word}` stands for both `{before}` and `{value}`"),
            );
            report.push(
                Diagnostic::new(code::DUPLICATE_ID, input.place.clone(), message)
                    .remedy("改正 labels 或 aliases", "correct labels or aliases"),
            );
        }
    }
}

/// The table that decides a unit has one key, names only units on offer, and names each of them.
fn led(book: &Rulebook, method: &Method, input: &Input, by: &UnitBy, report: &Reporter<'_>) {
    let wrong = |zh: String, en: String| {
        report.push(Diagnostic::new(code::BAD_VALUE, by.place.clone(), text(zh, en)).remedy(
            "改正 unit_by，或使 unit 与表中的单位一致",
            "correct unit_by, or make unit agree with the units of the table",
        ));
    };
    let table = book.table(&by.table);
    let table = table.filter(|table| book.builds_on(&method.pack, &table.pack));
    let Some(table) = table.filter(|table| table.keys.len() == 1) else {
        let id = &by.table;
        return wrong(
            format!("没有单键的表 `{id}`"),
            format!("there is no table `{id}` with one key"),
        );
    };
    if table.column(&by.column).is_none_or(|column| column.kind != ColumnKind::Text) {
        let column = &by.column;
        return wrong(
            format!("没有文本列 `{column}`"),
            format!("there is no text column `{column}`"),
        );
    }
    let InputKind::Number(NumberInput { unit: UnitChoice::OneOf(units), .. }) = &input.kind else {
        return;
    };
    let mut named: Vec<&str> = Vec::new();
    for row in &table.rows {
        named.extend(row.cells.get(&by.column).and_then(Value::text));
    }
    let offered: Vec<String> = units.iter().map(ToString::to_string).collect();
    let unknown = named.iter().find(|unit| !offered.iter().any(|own| own == *unit));
    if let Some(unit) = unknown {
        wrong(
            format!("表中的单位 `{unit}` 不在 unit 之列"),
            format!("the table names `{unit}`, which `unit` does not offer"),
        );
    }
    if let Some(unit) = offered.iter().find(|own| !named.contains(&own.as_str())) {
        wrong(format!("表中没有一行用 `{unit}`"), format!("no row of the table names `{unit}`"));
    }
}
