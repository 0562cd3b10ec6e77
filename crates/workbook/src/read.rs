//! Reading a sheet from a workbook.

use std::collections::BTreeMap;

use tanheng_base::Problem;
use tanheng_filing::{Field, Form, Layout, Sheet, TableCell, TableRow, read_table};

use crate::address::address;
use crate::archive::{Workbook, open, problem, sheets};
use crate::cells::{Grid, read_grid};
use crate::origin::{Origin, of_workbook};
use crate::{code, frame};

/// Rows at the top of a sheet among which the headings are looked for.
const TOP: u32 = 20;
/// Rows that are read beyond those of the form, for titles and headings.
const SPARE_ROWS: usize = 40;
/// Most problems of single cells that are told one by one.
const MOST_PROBLEMS: usize = 1_000;

/// A sheet that was read from a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The sheet.
    pub sheet: Sheet,
    /// What the workbook was made for, where it is one of ours.
    pub origin: Option<Origin>,
}

/// Reads a sheet from a workbook: one made by [`crate::template()`], or any whose first visible
/// sheet with the headings of the form has the rows under them.
///
/// Numbers are taken as the shortest decimal that gives the same binary number, so as what was
/// typed; more than 15 significant digits are refused. Computed cells are refused: what is
/// deposited is what a person declares, and only the spreadsheet knows what it computed.
///
/// # Errors
/// Everything wrong with the file at once, each with the address of the cell; codes in
/// [`crate::code`] and in those of the form.
pub fn read_workbook(form: &Form, bytes: &[u8]) -> Result<Imported, Vec<Problem>> {
    if bytes.len() > form.max_bytes {
        return Err(vec![too_many_bytes(form, bytes.len())]);
    }
    let mut workbook = open(bytes).map_err(|problem| vec![problem])?;
    let found = find(form, &mut workbook).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    if found.grid.count > found.rows_before(form).saturating_add(form.max_rows) {
        return Err(vec![too_many_rows(form, &found)]);
    }
    let table = match form.layout {
        Layout::Record if !found.as_table => record(form, &found, &mut problems),
        _ => table(form, &found, &mut problems),
    };
    let more = cut(&mut problems);
    let sheet = read_table(form, &table.rows, problems).map_err(|mut problems| {
        let more = more.saturating_add(cut(&mut problems));
        for problem in &mut problems {
            table.locate(problem);
        }
        problems.extend((more > 0).then(|| not_listed(more)));
        problems
    })?;
    Ok(Imported { sheet, origin: found.origin })
}

/// The sheet that holds what is filed.
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) grid: Grid,
    pub(crate) origin: Option<Origin>,
    /// Row of the headings, from 0.
    pub(crate) heading: u32,
    /// First row that is filled in, from 0.
    pub(crate) first: u32,
    /// The headings stand above the values, also of a record.
    as_table: bool,
}

impl Found {
    /// Rows above those that are filled in, and in a record those that are.
    fn rows_before(&self, form: &Form) -> usize {
        let own = self.grid.rows.range(..self.first).count();
        let fields = if self.as_table { 0 } else { form.fields.len().saturating_add(SPARE_ROWS) };
        own.saturating_add(fields)
    }
}

/// Finds the sheet: in a workbook of ours the one to be filled in, else the first that a reader
/// sees and that has the headings.
pub(crate) fn find(form: &Form, workbook: &mut Workbook<'_>) -> Result<Found, Problem> {
    let origin = of_workbook(workbook)?;
    if let Some(origin) = origin.as_ref().filter(|origin| !origin.is_of(form)) {
        return Err(other_form(form, origin));
    }
    let names = sheets(workbook);
    let most_rows = form.max_rows.max(form.fields.len()).saturating_add(SPARE_ROWS);
    let wanted: Vec<String> = match origin {
        Some(_) => {
            names.iter().filter(|(name, _)| name == frame::DATA).map(|n| n.0.clone()).collect()
        }
        None => names.iter().filter(|(_, seen)| *seen).map(|n| n.0.clone()).collect(),
    };
    for name in wanted {
        let grid = read_grid(workbook, &name, most_rows, form.fields.len())?;
        if let Some((heading, first, as_table)) = headings(form, &grid, origin.is_some()) {
            return Ok(Found { name, grid, origin, heading, first, as_table });
        }
    }
    let seen: Vec<String> = names.into_iter().filter(|(_, seen)| *seen).map(|n| n.0).collect();
    Err(no_sheet(form, &seen))
}

/// Row of the headings, first row to be filled in, and whether the headings stand above the
/// values.
fn headings(form: &Form, grid: &Grid, ours: bool) -> Option<(u32, u32, bool)> {
    let record = form.layout == Layout::Record;
    if ours && record {
        return Some((frame::HEADING, frame::FIRST_OF_RECORD, false));
    }
    let named = |row: u32| {
        let cells = grid.rows.get(&row)?;
        let named = cells.values().filter(|cell| form.field_named(&cell.heading()).is_some());
        Some(named.count())
    };
    let wanted = form.fields.len().min(2);
    let best = grid.rows.range(..TOP).map(|(row, _)| *row).find(|row| named(*row) >= Some(wanted));
    let below = if ours { frame::FIRST - frame::HEADING } else { 1 };
    match best {
        Some(row) => Some((row, row.saturating_add(below), true)),
        None if record => {
            let titles = |cells: &BTreeMap<u32, crate::cells::Cell>| {
                cells.get(&0).is_some_and(|cell| form.field_named(&cell.heading()).is_some())
            };
            let first = grid.rows.iter().find(|(_, cells)| titles(cells)).map(|(row, _)| *row)?;
            Some((first, first, false))
        }
        None => None,
    }
}

/// What was read, and where each heading or field stands.
struct Table {
    rows: Vec<TableRow>,
    /// Column of a heading, from 0.
    columns: BTreeMap<String, u32>,
    /// Column of all values, of a record.
    value: Option<u32>,
}

impl Table {
    /// Says in which cell a problem lies.
    fn locate(&self, problem: &mut Problem) {
        let Some(place) = &mut problem.place else { return };
        let (Some(row), None) = (place.row, &place.cell) else { return };
        let column = place.column.as_ref().and_then(|column| self.columns.get(column));
        if let Some(column) = self.value.or(column.copied()) {
            place.cell = Some(address(row, column));
        }
    }
}

fn table(form: &Form, found: &Found, problems: &mut Vec<Problem>) -> Table {
    let headings = found.grid.rows.get(&found.heading);
    let width = headings.and_then(|cells| cells.keys().next_back().copied()).map_or(0, |w| w + 1);
    let heading = |column: u32| {
        headings.and_then(|cells| cells.get(&column)).map_or_else(String::new, |c| c.heading())
    };
    let mut rows = vec![TableRow {
        row: number(found.heading),
        cells: (0..width).map(|column| TableCell::Text(heading(column))).collect(),
    }];
    let fields: Vec<Option<&Field>> =
        (0..width).map(|column| form.field_named(&heading(column))).collect();
    for (row, cells) in found.grid.rows.range(found.first..) {
        let mut read = TableRow { row: number(*row), cells: Vec::with_capacity(fields.len()) };
        read.cells.resize(fields.len(), TableCell::Text(String::new()));
        for (column, cell) in cells {
            let slot = usize::try_from(*column).ok();
            let Some((slot, field)) = slot.and_then(|c| Some((c, *fields.get(c)?))) else {
                problems.push(beside(&cell.heading(), number(*row), *column));
                continue;
            };
            let said = match field {
                Some(field) => cell.read(field),
                None => Ok(TableCell::Text(cell.heading())),
            };
            read.cells[slot] = said.unwrap_or_else(|problem| {
                let place = problem.at(Some(number(*row)), Some(&heading(*column)));
                problems.push(place.in_cell(address(number(*row), *column)));
                TableCell::Refused
            });
        }
        rows.push(read);
    }
    let columns = (0..width).map(|column| (heading(column), column)).collect();
    Table { rows, columns, value: None }
}

/// A record: in our workbooks title, unit, value and help, elsewhere title and value.
fn record(form: &Form, found: &Found, problems: &mut Vec<Problem>) -> Table {
    let value = if found.origin.is_some() { u32::from(frame::RECORD_VALUE) } else { 1 };
    let mut rows = Vec::new();
    for (row, cells) in found.grid.rows.range(found.first..) {
        let title = cells.get(&0).map_or_else(String::new, |cell| cell.heading());
        let said = match (cells.get(&value), form.field_named(&title)) {
            (Some(cell), Some(field)) => cell.read(field),
            (Some(cell), None) => Ok(TableCell::Text(cell.heading())),
            (None, _) => Ok(TableCell::Text(String::new())),
        };
        let said = said.unwrap_or_else(|problem| {
            let place = problem.at(Some(number(*row)), Some(&title));
            problems.push(place.in_cell(address(number(*row), value)));
            TableCell::Refused
        });
        rows.push(TableRow { row: number(*row), cells: vec![TableCell::Text(title), said] });
    }
    Table { rows, columns: BTreeMap::new(), value: Some(value) }
}

/// The number of a row as its author counts.
fn number(row: u32) -> u64 {
    u64::from(row).saturating_add(1)
}

/// Keeps the first problems, and gives how many more there are.
fn cut(problems: &mut Vec<Problem>) -> usize {
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    more
}

fn not_listed(more: usize) -> Problem {
    problem(
        code::MORE,
        (&format!("另有{more}处差错未列出"), &format!("{more} more problems are not listed")),
        ("改正已列出的差错后重新检查", "mend what is listed and check again"),
    )
}

fn beside(value: &str, row: u64, column: u32) -> Problem {
    let shown: String = value.chars().filter(|c| !c.is_control()).take(60).collect();
    problem(
        tanheng_filing::code::COLUMN_UNNAMED,
        ("单元格有内容，但该列没有列名", "the cell has a value, but its column has no heading"),
        ("清空该单元格", "empty the cell"),
    )
    .found(shown)
    .at(Some(row), None)
    .in_cell(address(row, column))
}

fn too_many_bytes(form: &Form, bytes: usize) -> Problem {
    let most = form.max_bytes;
    problem(
        tanheng_filing::code::TOO_LARGE,
        (
            &format!("文件有{bytes}字节，最多{most}字节"),
            &format!("the file has {bytes} bytes, at most {most} are allowed"),
        ),
        (
            "只保留填报表，支撑材料和图片另行提交",
            "keep the sheet to be filed alone and hand in evidence and pictures apart",
        ),
    )
    .found(bytes.to_string())
}

fn too_many_rows(form: &Form, found: &Found) -> Problem {
    let (count, most) = (found.grid.count.saturating_sub(found.rows_before(form)), form.max_rows);
    problem(
        tanheng_filing::code::TOO_MANY_ROWS,
        (
            &format!("工作表 `{}` 有{count}行，最多{most}行", found.name),
            &format!("the sheet `{}` has {count} rows, at most {most} are allowed", found.name),
        ),
        ("合并或分开填报", "merge rows or file them apart"),
    )
    .found(count.to_string())
}

fn other_form(form: &Form, origin: &Origin) -> Problem {
    let named = format!("{}@{}", origin.form, origin.version);
    let wanted = format!("{}@{}", form.id, form.version);
    let said = if named == wanted {
        (
            format!("工作簿按 `{wanted}` 的另一版定义制作"),
            format!("the workbook was made from another definition of `{wanted}`"),
        )
    } else {
        (
            format!("工作簿属于 `{named}`，此处需要 `{wanted}`"),
            format!("the workbook belongs to `{named}`, `{wanted}` is asked for"),
        )
    };
    problem(
        tanheng_filing::code::OTHER_FORM,
        (&said.0, &said.1),
        ("下载当前版本的模板重新填写", "fill in the template of the version asked for"),
    )
    .found(named)
}

fn no_sheet(form: &Form, seen: &[String]) -> Problem {
    let shown: Vec<String> =
        seen.iter().take(10).map(|name| name.chars().take(31).collect()).collect();
    let titles: Vec<&str> = form.fields.iter().take(3).map(|f| f.title.zh.as_str()).collect();
    problem(
        code::NO_SHEET,
        (
            &format!(
                "没有工作表带有本表单的列名（{}…）；工作簿有：{}",
                titles.join("、"),
                shown.join("、")
            ),
            &format!(
                "no sheet has the headings of this form; the workbook has: {}",
                shown.join(", ")
            ),
        ),
        (
            "下载模板填写，不要改名或删除“填报”工作表及其列名",
            "fill in the template, and leave its sheet and headings as they are",
        ),
    )
}
