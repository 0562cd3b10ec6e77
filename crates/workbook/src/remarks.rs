//! A copy of a workbook with what is wrong as comments at its cells.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Format, Note, Workbook, Worksheet, XlsxError};
use tanheng_base::{Lang, Problem};
use tanheng_filing::{Field, Form, Layout};

use crate::address::position;
use crate::archive::open;
use crate::cells::{Cell, Content};
use crate::export::{Book, Filled, Looks, cell_format, properties, unwritable};
use crate::frame;
use crate::read::{Found, find};

/// Longest comment in characters.
const MOST_COMMENT: usize = 2_000;
/// Size of a comment in pixels.
const COMMENT_SIZE: (u32, u32) = (320, 160);

/// A copy of the sheet that was filed: the same values in the same cells, each wrong cell marked
/// with a comment, and all problems listed on a sheet of their own. A workbook of ours keeps its
/// template, so that the copy can be mended and handed in; other sheets are not copied.
///
/// # Errors
/// Why the file is no workbook with a sheet of this form: then there is nothing to mark.
pub fn remarked(
    form: &Form,
    bytes: &[u8],
    problems: &[Problem],
    lang: Lang,
) -> Result<Vec<u8>, Problem> {
    let mut workbook = open(bytes)?;
    let found = find(form, &mut workbook)?;
    write(form, &found, problems, lang).map_err(|error| unwritable(&error))
}

fn write(
    form: &Form,
    found: &Found,
    problems: &[Problem],
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let remarks = by_cell(problems, lang);
    let Some(origin) = &found.origin else {
        let mut sheet = Worksheet::new();
        sheet.set_name(&found.name)?;
        copy(&mut sheet, form, found, 0, &remarks)?;
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(form.title.get(lang))?);
        workbook.push_worksheet(sheet);
        workbook.push_worksheet(list(problems, lang)?);
        return workbook.save_to_buffer();
    };
    let filled = Filled {
        lang: language(form, found),
        enterprise: origin.enterprise.as_deref(),
        period: origin.period.as_deref(),
        ..Filled::default()
    };
    let mut book = Book::new(form, &filled)?;
    copy(&mut book.data, form, found, found.first, &remarks)?;
    book.finish_with(list(problems, lang)?)
}

/// The language of the template: that of its headings.
fn language(form: &Form, found: &Found) -> Lang {
    let texts = found.grid.rows.values().flat_map(|cells| cells.values()).map(Cell::heading);
    let titles: Vec<&str> = form.fields.iter().map(|field| field.title.en.as_str()).collect();
    let english = texts.take(400).filter(|text| titles.contains(&text.as_str())).count();
    if english > form.fields.len() / 2 { Lang::En } else { Lang::Zh }
}

/// What is wrong with each cell.
fn by_cell(problems: &[Problem], lang: Lang) -> BTreeMap<(u32, u16), String> {
    let mut remarks: BTreeMap<(u32, u16), String> = BTreeMap::new();
    for problem in problems {
        let cell = problem.place.as_ref().and_then(|place| place.cell.as_deref());
        let Some(cell) = cell.and_then(position) else { continue };
        let remark = remarks.entry(cell).or_default();
        if !remark.is_empty() {
            remark.push_str("\n\n");
        }
        remark.push_str(problem.message.get(lang));
        if let Some(rule) = &problem.rule {
            remark.push_str(&format!("\n{rule}"));
        }
        remark.push_str(&format!("\n→ {}", problem.remedy.get(lang)));
        if remark.chars().count() > MOST_COMMENT {
            *remark = remark.chars().take(MOST_COMMENT).collect();
        }
    }
    remarks
}

/// Writes the cells from a row on as they were, and the remarks.
fn copy(
    sheet: &mut Worksheet,
    form: &Form,
    found: &Found,
    from: u32,
    remarks: &BTreeMap<(u32, u16), String>,
) -> Result<(), XlsxError> {
    let looks = Looks::new();
    for (row, cells) in found.grid.rows.range(from..) {
        for (column, cell) in cells {
            let Ok(column) = u16::try_from(*column) else { continue };
            let format = match (
                remarks.contains_key(&(*row, column)),
                field_of(form, found, *row, column),
            ) {
                (false, Some(field)) => cell_format(field),
                (false, None) => Format::new().set_unlocked(),
                (true, Some(field)) => cell_format(field).merge(&looks.wrong),
                (true, None) => looks.wrong.clone(),
            };
            write_cell(sheet, *row, column, cell, &format)?;
        }
    }
    for ((row, column), remark) in remarks {
        let note = Note::new(remark.as_str())
            .add_author_prefix(false)
            .set_width(COMMENT_SIZE.0)
            .set_height(COMMENT_SIZE.1);
        let empty =
            found.grid.rows.get(row).is_none_or(|cells| !cells.contains_key(&u32::from(*column)));
        if empty {
            sheet.write_blank(*row, *column, &looks.wrong)?;
        }
        sheet.insert_note(*row, *column, &note)?;
    }
    Ok(())
}

/// The field whose value stands in a cell.
fn field_of<'f>(form: &'f Form, found: &Found, row: u32, column: u16) -> Option<&'f Field> {
    let (row, column) = match form.layout {
        Layout::Table => (found.heading, u32::from(column)),
        Layout::Record => (row, 0),
    };
    form.field_named(&found.grid.rows.get(&row)?.get(&column)?.heading())
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    format: &Format,
) -> Result<(), XlsxError> {
    match &cell.content {
        Content::Text(text) => sheet.write_string_with_format(row, column, cut(text), format)?,
        Content::Error(text) => sheet.write_string_with_format(row, column, text, format)?,
        Content::Number(number) if number.is_finite() => {
            sheet.write_number_with_format(row, column, *number, format)?
        }
        Content::Number(number) => {
            sheet.write_string_with_format(row, column, number.to_string(), format)?
        }
        Content::Bool(truth) => sheet.write_boolean_with_format(row, column, *truth, format)?,
        Content::Moment(moment) => match moment.day {
            Some(day) => sheet.write_string_with_format(row, column, day.to_string(), format)?,
            None => {
                sheet.write_string_with_format(row, column, moment.serial.to_string(), format)?
            }
        },
    };
    Ok(())
}

/// A text as long as a cell may be; what is longer was refused and is told in the remark.
fn cut(text: &str) -> String {
    text.chars().take(16_000).collect()
}

/// The sheet that lists all problems.
fn list(problems: &[Problem], lang: Lang) -> Result<Worksheet, XlsxError> {
    let looks = Looks::new();
    let wrapped = Format::new().set_text_wrap();
    let mut sheet = Worksheet::new();
    sheet.set_name(frame::REMARKS)?;
    let headings = match lang {
        Lang::Zh => ["单元格", "值", "问题", "规则", "处理", "代码"],
        Lang::En => ["cell", "value", "problem", "rule", "remedy", "code"],
    };
    for (column, (heading, width)) in
        (0_u16..).zip(headings.into_iter().zip([10, 20, 50, 40, 50, 22]))
    {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, heading, &looks.heading)?;
    }
    for (row, problem) in (1_u32..).zip(problems) {
        let place = problem.place.clone().unwrap_or_default();
        let row_alone = place.row.map(|row| row.to_string());
        let texts = [
            place.cell.or(row_alone).unwrap_or_default(),
            problem.value.clone().unwrap_or_default(),
            problem.message.get(lang).to_owned(),
            problem.rule.clone().unwrap_or_default(),
            problem.remedy.get(lang).to_owned(),
            problem.code.to_string(),
        ];
        for (column, text) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, column, cut(&text), &wrapped)?;
        }
    }
    Ok(sheet)
}
