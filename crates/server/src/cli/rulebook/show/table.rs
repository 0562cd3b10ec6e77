//! A table: its columns, and each row with its period, state and clause.

use serde_json::{Map, Value as Json, json};
use tanheng_base::Lang;
use tanheng_rulebook::model::{Column, ColumnKind, Row, State, Table};

use super::{Kind, View};
use crate::cli::words;

pub(super) fn text(view: &View<'_>, table: &Table) -> String {
    let mut lines = vec![
        view.head(Kind::Table, table.id.as_str(), &table.title),
        view.origin(&table.pack, &table.implements),
        format!("  {}{}", view.pick("按：", "by: "), table.keys.join(", ")),
    ];
    for column in &table.columns {
        lines.push(format!("  {}{}", view.pick("列：", "column: "), column_text(view, column)));
    }
    let rows: Vec<&Row> = table.rows.iter().filter(|row| view.wanted(row.from, row.to)).collect();
    lines.push(match view.lang {
        Lang::Zh => format!("  {} 行", rows.len()),
        Lang::En => format!("  {} rows", rows.len()),
    });
    for row in rows {
        row_lines(view, table, row, &mut lines);
    }
    lines.join("\n")
}

fn column_text(view: &View<'_>, column: &Column) -> String {
    let kind = match &column.kind {
        ColumnKind::Number(unit) => unit.to_string(),
        ColumnKind::NumberWithUnit(other) => {
            format!("{}{other}", view.pick("单位见列 ", "unit in column "))
        }
        ColumnKind::Text => view.pick("文字", "text").to_owned(),
    };
    let title = column.title.as_ref().map(|title| title.get(view.lang)).unwrap_or_default();
    format!("{}  {title}  [{kind}]", column.name)
}

fn row_lines(view: &View<'_>, table: &Table, row: &Row, lines: &mut Vec<String>) {
    let cells: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let missing = view.pick("无数值", "none").to_owned();
            let cell = row.cells.get(&column.name).map_or(missing, ToString::to_string);
            format!("{} = {cell}", column.name)
        })
        .collect();
    let period = words::period(row.from, row.to, view.lang);
    let region = words::region(view.book, &row.region, view.lang);
    let mut line = format!("  - {}  {period}  {region}", row.keys.join(", "));
    if row.state != State::InForce {
        line.push_str(&format!("  [{}]", row.state.title().get(view.lang)));
    }
    if row.example {
        line.push_str(view.pick("  [示例]", "  [example]"));
    }
    lines.push(line);
    if row.state.has_value() {
        lines.push(format!("    {}", cells.join("; ")));
    }
    lines.push(format!("    {}", view.grounds(&row.grounds)));
    if let Some(note) = view.note(row.grounds.note.as_ref()) {
        lines.push(format!("    {note}"));
    }
}

pub(super) fn json(view: &View<'_>, table: &Table) -> Json {
    let columns: Vec<Json> = table
        .columns
        .iter()
        .map(|column| {
            let (unit, unit_from) = match &column.kind {
                ColumnKind::Number(unit) => (Some(unit.to_string()), None),
                ColumnKind::NumberWithUnit(other) => (None, Some(other)),
                ColumnKind::Text => (None, None),
            };
            json!({
                "name": column.name,
                "title": column.title,
                "text": column.kind == ColumnKind::Text,
                "unit": unit,
                "unit_from": unit_from,
            })
        })
        .collect();
    let rows = table.rows.iter().filter(|row| view.wanted(row.from, row.to));
    json!({
        "table": table.id,
        "title": table.title,
        "keys": table.keys,
        "columns": columns,
        "implements": table.implements,
        "pack": table.pack,
        "rows": rows.map(|row| row_json(table, row)).collect::<Vec<Json>>(),
    })
}

fn row_json(table: &Table, row: &Row) -> Json {
    let keys: Map<String, Json> =
        table.keys.iter().cloned().zip(row.keys.iter().map(|key| json!(key))).collect();
    json!({
        "keys": keys,
        "cells": row.cells,
        "region": row.region,
        "from": row.from,
        "to": row.to,
        "state": row.state,
        "citation": row.grounds.citation,
        "checked": row.grounds.checked,
        "note": row.grounds.note,
        "pack": row.pack,
        "example": row.example,
    })
}
