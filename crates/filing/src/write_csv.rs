//! Writing a sheet as CSV (RFC 4180), readable again by [`crate::read_csv()`].

use tanheng_base::Lang;

use crate::form::{Form, Layout};
use crate::sheet::Sheet;

/// The sheet as CSV in UTF-8 without a byte-order mark: all columns of the form, headings
/// and choices in the language asked for, absent values empty. A record is two columns, field
/// and value. Reading it again gives the same content.
#[must_use]
pub fn to_csv(form: &Form, sheet: &Sheet, lang: Lang) -> String {
    if form.layout == Layout::Record {
        return record(form, sheet, lang);
    }
    let mut text = form.csv_header(lang);
    text.push('\n');
    for row in &sheet.rows {
        let cells = form
            .fields
            .iter()
            .map(|field| field.kind.label(row.get(&field.name).unwrap_or_default(), lang));
        text.push_str(&csv_line(cells));
        text.push('\n');
    }
    text
}

fn record(form: &Form, sheet: &Sheet, lang: Lang) -> String {
    let mut text = String::new();
    for row in &sheet.rows {
        for field in &form.fields {
            let value = field.kind.label(row.get(&field.name).unwrap_or_default(), lang);
            text.push_str(&csv_line([field.title.get(lang), value].into_iter()));
            text.push('\n');
        }
    }
    text
}

/// Cells joined by commas; a cell with a comma, quote or line break is quoted.
pub(crate) fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells = cells.map(|cell| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    });
    cells.collect::<Vec<String>>().join(",")
}
