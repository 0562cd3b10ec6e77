//! Reading a sheet from rows of cells, whatever file they came from.

use std::collections::BTreeSet;

use tanheng_base::Problem;

use crate::cell::{excerpt, objection};
use crate::check::{Headings, WrittenRow, settle, unknown_column};
use crate::code;
use crate::form::{Form, Layout};
use crate::sheet::{Row, Sheet};

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Its number as its author counts, from 1.
    pub row: u64,
    /// Its cells from the first column.
    pub cells: Vec<TableCell>,
}

/// A cell of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableCell {
    /// What it says; an empty text where it is empty.
    Text(String),
    /// It holds what is no text, and a problem says so already: nothing more is said of it.
    Refused,
}

impl TableCell {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Refused => "",
        }
    }
}

/// Reads a sheet from rows of cells: of a table the heading and the rows under it, of a record
/// rows of a field and its value, or a table of one row. `problems` are those that the reader of
/// the file found already.
///
/// # Errors
/// Everything wrong with the sheet at once, ordered by row; codes in [`crate::code`].
pub fn read_table(
    form: &Form,
    rows: &[TableRow],
    mut problems: Vec<Problem>,
) -> Result<Sheet, Vec<Problem>> {
    let settled = if form.layout == Layout::Record && !is_table(form, rows) && !rows.is_empty() {
        read_record(form, rows, &mut problems)
    } else {
        read_rows(form, rows, &mut problems)
    };
    if !problems.is_empty() {
        problems.sort_by_key(|problem| problem.place.as_ref().and_then(|place| place.row));
        return Err(problems);
    }
    Ok(Sheet { form: form.id.clone(), form_version: form.version.clone(), rows: settled })
}

fn read_rows(form: &Form, rows: &[TableRow], problems: &mut Vec<Problem>) -> Vec<Row> {
    let Some((heading, rows)) = rows.split_first() else {
        return settle(form, Vec::new(), &Headings::default(), problems);
    };
    let columns = read_heading(form, heading, problems);
    let mut headings = Headings::default();
    for (column, cell) in columns.iter().zip(&heading.cells) {
        if let Column::Of(field) = column {
            headings.labels.insert(field.clone(), cell.text().trim().to_owned());
        }
    }
    headings.missing = missing_columns(form, heading.row, &headings, problems);
    let written = rows.iter().map(|row| read_row(&columns, row, problems)).collect();
    settle(form, written, &headings, problems)
}

/// What a column of the file is.
#[derive(PartialEq)]
enum Column {
    /// The column of this field.
    Of(String),
    /// Its heading was reported; its cells say nothing more.
    Reported,
    /// It has no heading, so its cells must be empty.
    Nameless,
}

fn read_heading(form: &Form, heading: &TableRow, problems: &mut Vec<Problem>) -> Vec<Column> {
    let row = heading.row;
    let mut columns: Vec<Column> = Vec::new();
    for cell in &heading.cells {
        let cell = cell.text().trim();
        let column = match form.field_named(cell) {
            _ if cell.is_empty() => Column::Nameless,
            Some(field) => Column::Of(field.name.clone()),
            None => {
                problems.push(unknown_column(form, cell).at(Some(row), Some(&excerpt(cell))));
                Column::Reported
            }
        };
        if matches!(column, Column::Of(_)) && columns.contains(&column) {
            problems.push(column_twice(cell).at(Some(row), Some(cell)));
            columns.push(Column::Reported);
        } else {
            columns.push(column);
        }
    }
    columns
}

/// The fields asked for in every row that have no column: reported once, not in every row.
fn missing_columns(
    form: &Form,
    row: u64,
    headings: &Headings,
    problems: &mut Vec<Problem>,
) -> BTreeSet<String> {
    let mut missing = BTreeSet::new();
    let wanted = form.fields.iter().filter(|field| field.required && field.value_fixed.is_none());
    for field in wanted.filter(|field| !headings.labels.contains_key(&field.name)) {
        missing.insert(field.name.clone());
        problems.push(
            objection(
                code::COLUMN_MISSING,
                "",
                format!("缺少列 `{}`", field.title.zh),
                format!("the column `{}` is missing", field.title.en),
                ("补上该列，或下载模板填写", "add the column, or fill in the template"),
            )
            .by(form.rule(&field.name, "required"))
            .at(Some(row), Some(&field.title.zh)),
        );
    }
    missing
}

pub(crate) fn column_twice(heading: &str) -> Problem {
    objection(
        code::COLUMN_TWICE,
        heading,
        format!("列 `{}` 出现两次", excerpt(heading)),
        format!("the column `{}` stands twice", excerpt(heading)),
        ("只保留一列", "keep one of them"),
    )
}

fn read_row(columns: &[Column], row: &TableRow, problems: &mut Vec<Problem>) -> WrittenRow {
    if row.cells.len() < columns.len() {
        let (cells, wanted) = (row.cells.len(), columns.len());
        problems.push(
            objection(
                code::ROW_SHORT,
                "",
                format!("本行只有{cells}格，表头有{wanted}列"),
                format!("the row has {cells} cells, the heading {wanted} columns"),
                ("补齐逗号，或重新导出文件", "add the missing commas, or export the file again"),
            )
            .at(Some(row.row), None),
        );
    }
    let mut written = WrittenRow::new(row.row);
    for (position, cell) in row.cells.iter().enumerate() {
        match columns.get(position) {
            Some(Column::Of(field)) => written.put(field, cell),
            Some(Column::Reported) => {}
            _ if cell.text().trim().is_empty() => {}
            _ => problems.push(unnamed(position, cell.text()).at(Some(row.row), None)),
        }
    }
    written
}

/// A record: in each row the title of a field, then its value.
fn read_record(form: &Form, rows: &[TableRow], problems: &mut Vec<Problem>) -> Vec<Row> {
    let first = rows.first().map_or(1, |row| row.row);
    let mut written = WrittenRow::new(first);
    let mut headings = Headings::default();
    for row in rows {
        let title = row.cells.first().map_or("", |cell| cell.text().trim());
        let beyond = row.cells.iter().skip(2).find(|cell| !cell.text().trim().is_empty());
        if let Some(cell) = beyond {
            problems.push(unnamed(2, cell.text()).at(Some(row.row), None));
        }
        let Some(value) = row.cells.get(1) else {
            problems.push(one_cell(title).at(Some(row.row), None));
            continue;
        };
        let Some(field) = form.field_named(title) else {
            let heads = row.row == first && HEADS.contains(&title.to_lowercase().as_str());
            if !heads {
                problems.push(unknown_column(form, title).at(Some(row.row), Some(&excerpt(title))));
            }
            continue;
        };
        if headings.labels.insert(field.name.clone(), title.to_owned()).is_some() {
            problems.push(column_twice(title).at(Some(row.row), Some(title)));
            continue;
        }
        headings.rows.insert(field.name.clone(), row.row);
        written.put(&field.name, value);
    }
    settle(form, vec![written], &headings, problems)
}

/// How the first column of a record may be headed.
const HEADS: [&str; 2] = ["字段", "field"];

fn one_cell(title: &str) -> Problem {
    objection(
        code::ROW_SHORT,
        title,
        "本行只有一格，应为字段和值两格",
        "the row has one cell, a field and its value are asked for",
        ("补上值；没有内容时值留空", "add the value; leave it empty where there is none"),
    )
}

/// Whether a record was written as a table: every cell of its first row names a field.
fn is_table(form: &Form, rows: &[TableRow]) -> bool {
    let first = rows.first().map_or(&[][..], |row| row.cells.as_slice());
    let mut named = first.iter().map(|cell| cell.text().trim()).filter(|text| !text.is_empty());
    let all = named.clone().count() > 1 || rows.len() == 2;
    all && named.all(|text| form.field_named(text).is_some())
}

fn unnamed(position: usize, cell: &str) -> Problem {
    let number = position.saturating_add(1);
    objection(
        code::COLUMN_UNNAMED,
        cell,
        format!("第{number}格有内容，但没有列名"),
        format!("cell {number} has a value, but its column has no heading"),
        (
            "删去多出的内容，或检查是否多了逗号",
            "remove what is too much, or look for a comma too many",
        ),
    )
}
