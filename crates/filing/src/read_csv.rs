//! Reading a sheet from CSV.

use csv::{ReaderBuilder, StringRecord};
use tanheng_base::Problem;

use crate::cell::objection;
use crate::code;
use crate::form::Form;
use crate::read_table::{TableCell, TableRow, read_table};
use crate::sheet::Sheet;

/// What spreadsheets put before UTF-8 text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads a sheet from CSV in UTF-8, with or without a byte-order mark.
///
/// Headings may be the Chinese title, the English title or the name of a field, in any
/// order; columns that the form asks for only in some rows may be left out. Cells are
/// trimmed. Empty lines are skipped and counted. A record is two columns, field and value, or a
/// table of one row.
///
/// # Errors
/// Everything wrong with the file at once: row as a spreadsheet counts it (heading = 1),
/// column as the file heads it, value, rule and remedy; codes in [`crate::code`].
pub fn read_csv(form: &Form, bytes: &[u8]) -> Result<Sheet, Vec<Problem>> {
    check_size(form, bytes)?;
    let text = decode(bytes)?;
    let rows = read_records(&text)?;
    read_table(form, &rows, Vec::new())
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
fn read_records(text: &str) -> Result<Vec<TableRow>, Vec<Problem>> {
    // One kind of line end, also behind the last line, so that lines can be counted.
    let text = format!("{}\n", text.replace("\r\n", "\n").replace('\r', "\n"));
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    // Line breaks inside quoted cells make lines of the file that are no rows of the table.
    let mut inside: u64 = 0;
    while reader.read_record(&mut record).map_err(|error| vec![not_csv(&error)])? {
        let breaks = record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        inside = inside.saturating_add(u64::try_from(breaks).unwrap_or(u64::MAX));
        // The reader stands on the line behind the record; empty lines before it are behind it too.
        let row = reader.position().line().saturating_sub(1).saturating_sub(inside);
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            let cells = record.iter().map(|cell| TableCell::Text(cell.to_owned())).collect();
            rows.push(TableRow { row, cells });
        }
    }
    Ok(rows)
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
