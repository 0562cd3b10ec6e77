//! The cells of a sheet, read within bounds, and what each says in a field.

use std::collections::BTreeMap;

use calamine::{DataRef, ExcelDateTime};
use tanheng_base::{Code, Date, Problem};
use tanheng_filing::{Field, FieldKind, TableCell};

use crate::archive::{Workbook, problem, unreadable};
use crate::{code, number};

/// Longest text that a cell of a spreadsheet can hold.
const MOST_CHARACTERS: usize = 32_767;
/// How much of a wrong value a message repeats.
const MOST_SHOWN: usize = 60;
/// Most bytes of text that are kept of a sheet.
const MOST_TEXT: usize = 48 << 20;
/// Columns beyond the headings of a form that are still looked at.
const SPARE_COLUMNS: usize = 64;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A day with a time of day, a duration, or what cannot be told.
    Moment(Moment),
    /// An error, as the spreadsheet shows it.
    Error(String),
}

/// A day of a spreadsheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moment {
    /// The day, where it is one of the calendar and nothing but a day.
    pub(crate) day: Option<Date>,
    /// What the spreadsheet keeps.
    pub(crate) serial: f64,
}

/// A cell that is not empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    /// What it holds; of a computed cell the result that was kept.
    pub(crate) content: Content,
    /// Whether it is computed.
    pub(crate) formula: bool,
}

/// The cells of a sheet by row and column, both from 0.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    /// Rows with at least one cell that is not empty.
    pub(crate) rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
    /// How many such rows the sheet has, also those beyond what was kept.
    pub(crate) count: usize,
}

/// Reads the cells of a sheet: at most so many rows are kept, the others are counted.
///
/// # Errors
/// When the sheet cannot be read, or holds more text than is kept.
pub(crate) fn read_grid(
    workbook: &mut Workbook<'_>,
    sheet: &str,
    most_rows: usize,
    most_columns: usize,
) -> Result<Grid, Problem> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|e| unreadable(&e))?;
    let mut grid = Grid::default();
    let mut last = None;
    let mut left =
        Left { text: MOST_TEXT, cells: most_rows.saturating_mul(most_columns + SPARE_COLUMNS) };
    while let Some(record) =
        reader.next_cell_with_formula_metadata().map_err(|error| unreadable(&error))?
    {
        let (row, column) = record.pos;
        let formula = record.formula.is_some();
        let Some(content) = content(record.value, formula)? else { continue };
        if last != Some(row) && !grid.rows.contains_key(&row) {
            grid.count = grid.count.saturating_add(1);
        }
        last = Some(row);
        if grid.rows.len() >= most_rows && !grid.rows.contains_key(&row) {
            continue;
        }
        left.take(&content)?;
        grid.rows.entry(row).or_default().insert(column, Cell { content, formula });
    }
    Ok(grid)
}

/// What may still be kept of a sheet.
struct Left {
    text: usize,
    cells: usize,
}

impl Left {
    fn take(&mut self, content: &Content) -> Result<(), Problem> {
        let text = match content {
            Content::Text(text) | Content::Error(text) => text.len(),
            _ => 0,
        };
        let (text, cells) = (self.text.checked_sub(text), self.cells.checked_sub(1));
        (self.text, self.cells) = text.zip(cells).ok_or_else(|| {
            problem(
                code::TOO_LARGE,
                ("工作表的单元格或文字过多", "the sheet has too many cells or too much text"),
                ("只保留填报所需的行和列", "keep the rows and columns to be filed alone"),
            )
        })?;
        Ok(())
    }
}

/// What a cell holds; `None` where it is empty.
fn content(value: DataRef<'_>, formula: bool) -> Result<Option<Content>, Problem> {
    let text = |text: &str| {
        let kept: String = text.chars().take(MOST_CHARACTERS.saturating_add(1)).collect();
        (formula || !text.trim().is_empty()).then_some(Content::Text(kept))
    };
    Ok(match value {
        DataRef::Empty => formula.then(|| Content::Text(String::new())),
        DataRef::String(own) => text(&own),
        DataRef::SharedString(shared) => text(shared),
        DataRef::Float(number) => Some(Content::Number(number)),
        // whole numbers of a workbook are binary numbers too: beyond them digits would be lost
        DataRef::Int(number) => match number.to_string().parse() {
            Ok(number) => Some(Content::Number(number)),
            Err(_) => return Err(unreadable(&number)),
        },
        DataRef::Bool(truth) => Some(Content::Bool(truth)),
        DataRef::DateTime(moment) => {
            Some(Content::Moment(Moment { day: day(&moment), serial: moment.as_f64() }))
        }
        DataRef::DateTimeIso(own) | DataRef::DurationIso(own) => {
            let day = own.strip_suffix("T00:00:00").unwrap_or(&own).parse().ok();
            Some(match day {
                Some(day) => Content::Moment(Moment { day: Some(day), serial: 0.0 }),
                None => Content::Text(own),
            })
        }
        DataRef::Error(error) => Some(Content::Error(error.to_string())),
    })
}

/// The day of a moment that is nothing but a day.
fn day(moment: &ExcelDateTime) -> Option<Date> {
    if !moment.is_datetime() || !moment.as_f64().is_finite() || moment.as_f64().fract() != 0.0 {
        return None;
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

impl Cell {
    /// What a heading says.
    pub(crate) fn heading(&self) -> String {
        match &self.content {
            Content::Text(text) => text.trim().to_owned(),
            Content::Number(number) => number.to_string(),
            Content::Bool(truth) => truth.to_string(),
            Content::Moment(moment) => moment.day.map_or_else(String::new, |day| day.to_string()),
            Content::Error(error) => error.clone(),
        }
    }

    /// What the cell says in a field, or why it says nothing there.
    pub(crate) fn read(&self, field: &Field) -> Result<TableCell, Box<Problem>> {
        if self.formula {
            return Err(refusal(
                code::FORMULA,
                &self.heading(),
                ("单元格是公式", "the cell holds a formula"),
                (
                    "复制该格，选择性粘贴为数值；计算过程作为支撑材料另附",
                    "copy the cell and paste it as a value; keep the calculation as evidence",
                ),
            ));
        }
        let text = match (&self.content, &field.kind) {
            (Content::Text(text), _) if text.chars().count() > MOST_CHARACTERS => {
                return Err(refusal(
                    code::CELL_TOO_LONG,
                    &text.chars().take(60).collect::<String>(),
                    ("文字超过一个单元格的长度", "the text is longer than a cell can be"),
                    ("缩短文字", "shorten the text"),
                ));
            }
            (Content::Text(text), _) => text.clone(),
            (Content::Bool(truth), FieldKind::Bool) => truth.to_string(),
            (Content::Bool(truth), _) => truth.to_string().to_uppercase(),
            (Content::Moment(Moment { day: Some(day), .. }), FieldKind::Date) => day.to_string(),
            (Content::Moment(moment), kind) => return Err(no_moment(moment, kind)),
            (Content::Number(number), _) => {
                number::to_text(*number).ok_or_else(|| digits(*number))?
            }
            (Content::Error(error), _) => {
                return Err(refusal(
                    code::CELL_ERROR,
                    error,
                    ("单元格是错误值", "the cell shows an error"),
                    (
                        "填写数值或文字；没有时留空",
                        "write a number or text; leave it empty where there is none",
                    ),
                ));
            }
        };
        Ok(TableCell::Text(text))
    }
}

fn refusal(code: Code, value: &str, said: (&str, &str), remedy: (&str, &str)) -> Box<Problem> {
    let shown: String = value.chars().filter(|c| !c.is_control()).take(MOST_SHOWN).collect();
    Box::new(problem(code, said, remedy).found(shown))
}

fn digits(number: f64) -> Box<Problem> {
    let most = number::DIGITS;
    refusal(
        code::DIGITS,
        &number.to_string(),
        (
            &format!("数字超过{most}位有效数字，电子表格不能准确保存"),
            &format!(
                "the number has more than {most} significant digits, which a spreadsheet cannot keep"
            ),
        ),
        (
            "填写原始读数；编号、代码等须先把单元格设为文本格式再录入",
            "write the reading itself; format the cell as text before writing codes and numbers of documents",
        ),
    )
}

fn no_moment(moment: &Moment, kind: &FieldKind) -> Box<Problem> {
    let shown = moment.day.map_or_else(|| moment.serial.to_string(), |day| day.to_string());
    match kind {
        FieldKind::Date => refusal(
            code::DATE_CELL,
            &shown,
            ("单元格不是单独的日期", "the cell is no day, or has a time of day"),
            ("只填日期，如 2022-11-07", "write the day alone, such as 2022-11-07"),
        ),
        _ => refusal(
            code::DATE_CELL,
            &shown,
            (
                "单元格是日期，电子表格可能把录入的内容改成了日期",
                "the cell is a date: the spreadsheet may have made one of what was written",
            ),
            (
                "把单元格设为文本或常规格式后重新录入",
                "format the cell as text or general and write the content anew",
            ),
        ),
    }
}
