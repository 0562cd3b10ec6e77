//! Reading a sheet from CSV.

use std::collections::{BTreeMap, BTreeSet};

use csv::{ReaderBuilder, StringRecord};
use tanheng_base::Problem;

use crate::cell::{excerpt, objection};
use crate::check::{Headings, WrittenRow, settle, unknown_column};
use crate::code;
use crate::form::Form;
use crate::sheet::Sheet;

/// What spreadsheets put before UTF-8 text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads a sheet from CSV in UTF-8, with or without a byte-order mark.
///
/// Headings may be the Chinese title, the English title or the name of a field, in any
/// order; columns that the form asks for only in some rows may be left out. Cells are
/// trimmed. Empty lines are skipped and counted.
///
/// # Errors
/// Everything wrong with the file at once: row as a spreadsheet counts it (heading = 1),
/// column as the file heads it, value, rule and remedy; codes in [`crate::code`].
pub fn read_csv(form: &Form, bytes: &[u8]) -> Result<Sheet, Vec<Problem>> {
    check_size(form, bytes)?;
    let text = decode(bytes)?;
    let records = read_records(&text)?;
    let mut problems = Vec::new();
    let Some((first_row, heading)) = records.first() else {
        settle(form, Vec::new(), &Headings::default(), &mut problems);
        return Err(problems);
    };
    let columns = read_heading(form, *first_row, heading, &mut problems);
    let mut headings = Headings::default();
    for (column, cell) in columns.iter().zip(heading) {
        if let Column::Of(field) = column {
            headings.labels.insert(field.clone(), cell.trim().to_owned());
        }
    }
    headings.missing = missing_columns(form, *first_row, &headings, &mut problems);
    let written = records[1..]
        .iter()
        .map(|(row, record)| read_row(&columns, *row, record, &mut problems))
        .collect();
    let rows = settle(form, written, &headings, &mut problems);
    if !problems.is_empty() {
        problems.sort_by_key(|problem| problem.place.as_ref().and_then(|place| place.row));
        return Err(problems);
    }
    Ok(Sheet { form: form.id.clone(), form_version: form.version.clone(), rows })
}

pub(crate) fn check_size(form: &Form, bytes: &[u8]) -> Result<(), Vec<Problem>> {
    if bytes.len() <= form.max_bytes {
        return Ok(());
    }
    Err(vec![objection(
        code::TOO_LARGE,
        &bytes.len().to_string(),
        format!("文件有{}字节，最多{}字节", bytes.len(), form.max_bytes),
        format!("the file has {} bytes, at most {} are allowed", bytes.len(), form.max_bytes),
        ("只上传表格本身，支撑材料另行提交", "upload the table alone and hand in evidence apart"),
    )])
}

/// The text of a file, without a byte-order mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, Vec<Problem>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        let problem = objection(
            code::ENCODING,
            "",
            "文件不是UTF-8编码（可能是GBK或UTF-16）",
            "the file is not UTF-8 text (it may be GBK or UTF-16)",
            (
                "在电子表格软件中另存为“CSV UTF-8（逗号分隔）”",
                "save it as \"CSV UTF-8 (comma delimited)\"",
            ),
        );
        vec![problem.at(u64::try_from(line).ok().map(|line| line.saturating_add(1)), None)]
    })?;
    Ok(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).to_owned())
}

/// All records that are not empty, each with its row as a spreadsheet counts it.
fn read_records(text: &str) -> Result<Vec<(u64, StringRecord)>, Vec<Problem>> {
    // One kind of line end, also behind the last line, so that lines can be counted.
    let text = format!("{}\n", text.replace("\r\n", "\n").replace('\r', "\n"));
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = Vec::new();
    let mut record = StringRecord::new();
    // Line breaks inside quoted cells make lines of the file that are no rows of the table.
    let mut inside: u64 = 0;
    while reader.read_record(&mut record).map_err(|error| vec![not_csv(&error)])? {
        let breaks = record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        inside = inside.saturating_add(u64::try_from(breaks).unwrap_or(u64::MAX));
        // The reader stands on the line behind the record; empty lines before it are behind it too.
        let row = reader.position().line().saturating_sub(1).saturating_sub(inside);
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            records.push((row, record.clone()));
        }
    }
    Ok(records)
}

fn not_csv(error: &csv::Error) -> Problem {
    objection(
        code::CSV,
        "",
        "文件不是CSV",
        format!("the file is no CSV: {error}"),
        ("在电子表格软件中另存为CSV UTF-8", "save it as CSV UTF-8"),
    )
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

fn read_heading(
    form: &Form,
    row: u64,
    heading: &StringRecord,
    problems: &mut Vec<Problem>,
) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for cell in heading {
        let cell = cell.trim();
        let column = match field_named(form, cell) {
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
    let wanted = form.fields.iter().filter(|field| field.required);
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

/// The field that a heading or key means.
pub(crate) fn field_named<'a>(form: &'a Form, heading: &str) -> Option<&'a crate::Field> {
    let heading = heading.to_lowercase();
    form.fields.iter().find(|field| {
        [&field.name, &field.title.zh, &field.title.en].iter().any(|w| w.to_lowercase() == heading)
    })
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

fn read_row(
    columns: &[Column],
    row: u64,
    record: &StringRecord,
    problems: &mut Vec<Problem>,
) -> WrittenRow {
    if record.len() < columns.len() {
        let (cells, wanted) = (record.len(), columns.len());
        problems.push(
            objection(
                code::ROW_SHORT,
                "",
                format!("本行只有{cells}格，表头有{wanted}列"),
                format!("the row has {cells} cells, the heading {wanted} columns"),
                ("补齐逗号，或重新导出文件", "add the missing commas, or export the file again"),
            )
            .at(Some(row), None),
        );
    }
    let mut cells = BTreeMap::new();
    for (position, cell) in record.iter().enumerate() {
        match columns.get(position) {
            Some(Column::Of(field)) => {
                cells.insert(field.clone(), cell.to_owned());
            }
            Some(Column::Reported) => {}
            _ if cell.trim().is_empty() => {}
            _ => problems.push(unnamed(position, cell).at(Some(row), None)),
        }
    }
    WrittenRow { row, cells }
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
