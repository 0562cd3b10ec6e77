//! Tables of the rulebook: factors, benchmarks, lists that rules look values up in.

use askama::Template;
use tanheng_base::TableId;
use tanheng_rulebook::Value;
use tanheng_rulebook::model::{ColumnKind, Row, Table as Reference};

use super::Reading;
use crate::address::Subject;
use crate::page::frame::{Fact, Frame};
use crate::page::table::{Cell, Column, Table};
use crate::page::{grounds, page};

/// All tables.
#[derive(Template)]
#[template(path = "rulebook/tables.html")]
pub struct TablesPage {
    frame: Frame,
    list: Table,
}

page!(TablesPage, |page| vec![&mut page.list]);

impl TablesPage {
    /// The page.
    #[must_use]
    pub fn new(reading: Reading<'_>) -> Self {
        let columns = vec![
            Column::words(reading.t("column-title")),
            Column::words(reading.t("column-identifier")),
            Column::words(reading.t("tables-keys")),
            Column::count(reading.t("tables-rows")),
            Column::words(reading.t("column-pack")),
        ];
        let mut list = Table::new("tables", reading.t("tables-caption"), columns, "");
        for table in reading.rulebook.tables() {
            list.rows.push(vec![
                Cell::text(reading.view.words.pick(&table.title))
                    .to(reading.to(Subject::Table(table.id.clone()))),
                Cell::code(table.id.as_str()),
                Cell::code(table.keys.join(", ")),
                Cell::number(table.rows.len()),
                Cell::code(table.pack.as_str()),
            ]);
        }
        let frame = reading.view.frame(reading.t("contents-tables"), reading.trail(None));
        Self { frame, list }
    }
}

/// One table.
#[derive(Template)]
#[template(path = "rulebook/table.html")]
pub struct TablePage {
    frame: Frame,
    facts: Vec<Fact>,
    rows: Table,
}

page!(TablePage, |page| vec![&mut page.rows]);

impl TablePage {
    /// The page of a table; none when the rulebook has no such table.
    #[must_use]
    pub fn new(reading: Reading<'_>, id: &TableId) -> Option<Self> {
        let table = reading.rulebook.table(id)?;
        let trail = reading.trail(Some(("contents-tables", Subject::Tables)));
        let facts = vec![
            Fact::new(reading.t("column-identifier"), Cell::code(id.as_str())),
            Fact::new(reading.t("column-pack"), Cell::code(table.pack.as_str())),
        ];
        Some(Self {
            frame: reading.view.frame(reading.view.words.pick(&table.title), trail),
            facts,
            rows: rows(reading, table),
        })
    }
}

fn rows(reading: Reading<'_>, table: &Reference) -> Table {
    let mut columns: Vec<Column> =
        table.keys.iter().map(|key| Column::words(key.clone())).collect();
    for column in &table.columns {
        let title = column.title.as_ref().map(|title| reading.view.words.pick(title).to_owned());
        let title = title.unwrap_or_else(|| column.name.clone());
        columns.push(match &column.kind {
            ColumnKind::Text => Column::words(title),
            ColumnKind::Number(unit) if unit.to_string() == "1" => Column::count(title),
            ColumnKind::Number(unit) => Column::count(format!("{title} ({unit})")),
            ColumnKind::NumberWithUnit(_) => Column::count(title),
        });
    }
    columns.extend([
        Column::words(reading.t("column-holds")),
        Column::words(reading.t("column-region")),
        Column::words(reading.t("column-state")),
        Column::words(reading.t("column-clause")),
        Column::words(reading.t("column-checked")),
        Column::words(reading.t("column-note")),
    ]);
    let empty = reading.t("tables-empty");
    let mut out = Table::new("rows", reading.view.words.pick(&table.title), columns, empty);
    out.rows = table.rows.iter().map(|row| cells(reading, table, row)).collect();
    out
}

fn cells(reading: Reading<'_>, table: &Reference, row: &Row) -> Vec<Cell> {
    let mut cells: Vec<Cell> = row.keys.iter().map(Cell::text).collect();
    for column in &table.columns {
        cells.push(match (row.cells.get(&column.name), &column.kind) {
            // the unit stands in the heading where all rows share it
            (Some(value), ColumnKind::Number(_)) => Cell::number(value.bare()),
            (Some(Value::Number(quantity)), _) => Cell::quantity(quantity),
            (Some(value), _) => Cell::text(value.bare()),
            (None, _) => Cell::absent(reading.t("no-value")),
        });
    }
    let mut marks = vec![grounds::state_mark(reading.view, row.state)];
    if row.example {
        marks.push(reading.view.example_mark());
    }
    let note = row.grounds.note.as_ref();
    cells.extend([
        grounds::interval(reading.view, row.from, row.to),
        Cell::text(grounds::region(reading.view, reading.rulebook, &row.region)),
        Cell::default().marked(marks),
        grounds::citation(reading.view, reading.rulebook, &row.grounds.citation),
        grounds::checked(reading.view, row.grounds.checked),
        note.map_or_else(Cell::default, |note| Cell::prose(reading.view.words.pick(note))),
    ]);
    cells
}
