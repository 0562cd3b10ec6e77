//! Whole rows and whole sheets: what is asked for, what does not belong, what repeats.

use std::collections::{BTreeMap, BTreeSet};

use tanheng_base::{Lang, Problem, Text};

use crate::cell::{
    check_choice, check_fixed, excerpt, objection, read_bool, read_choice, read_date, read_number,
    read_text,
};
use crate::code;
use crate::field::{Condition, Field, FieldKind};
use crate::form::Form;
use crate::read_table::TableCell;
use crate::sheet::{Row, Sheet};

/// A row as it was written, by field name.
pub(crate) struct WrittenRow {
    pub(crate) row: u64,
    pub(crate) cells: BTreeMap<String, String>,
    /// Fields whose cell was reported already.
    pub(crate) refused: BTreeSet<String>,
}

impl WrittenRow {
    pub(crate) fn new(row: u64) -> Self {
        Self { row, cells: BTreeMap::new(), refused: BTreeSet::new() }
    }

    pub(crate) fn put(&mut self, field: &str, cell: &TableCell) {
        match cell {
            TableCell::Text(text) => {
                self.cells.insert(field.to_owned(), text.clone());
            }
            TableCell::Refused => {
                self.refused.insert(field.to_owned());
            }
        }
    }
}

/// The columns of a file.
#[derive(Default)]
pub(crate) struct Headings {
    /// How its author named them: field name → heading.
    pub(crate) labels: BTreeMap<String, String>,
    /// Fields without a column, which were reported once for all rows.
    pub(crate) missing: BTreeSet<String>,
    /// Rows of the fields of a record: field name → row.
    pub(crate) rows: BTreeMap<String, u64>,
}

impl Headings {
    fn label<'a>(&'a self, field: &'a str) -> &'a str {
        self.labels.get(field).map_or(field, String::as_str)
    }
}

/// Reads the rows of a sheet that did not come through a reader, such as one from a page: as
/// they are to be stored. What was read before stays as it is.
///
/// # Errors
/// Everything wrong with it at once, places with the row's number and the field's name.
pub fn check(form: &Form, sheet: &Sheet) -> Result<Vec<Row>, Vec<Problem>> {
    let mut problems = Vec::new();
    check_form(form, Some(sheet.form.as_str()), Some(&sheet.form_version), &mut problems);
    let mut written = Vec::new();
    for row in &sheet.rows {
        for name in row.cells.keys().filter(|name| form.field(name).is_none()) {
            problems.push(unknown_column(form, name).at(Some(row.row), Some(name)));
        }
        let cells = row.cells.clone();
        written.push(WrittenRow { cells, ..WrittenRow::new(row.row) });
    }
    let rows = settle(form, written, &Headings::default(), &mut problems);
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// The same for rows by field name alone, as papers of cases hold them.
///
/// # Errors
/// As [`check`].
pub fn check_rows(
    form: &Form,
    rows: &[BTreeMap<String, String>],
) -> Result<Vec<BTreeMap<String, String>>, Vec<Problem>> {
    let numbered = (1_u64..).zip(rows);
    let sheet = Sheet {
        form: form.id.clone(),
        form_version: form.version.clone(),
        rows: numbered.map(|(row, cells)| Row { row, cells: cells.clone() }).collect(),
    };
    Ok(check(form, &sheet)?.into_iter().map(|row| row.cells).collect())
}

/// Whether a sheet names this form and version, where it names any.
pub(crate) fn check_form(
    form: &Form,
    id: Option<&str>,
    version: Option<&str>,
    problems: &mut Vec<Problem>,
) {
    let (own_id, own_version) = (form.id.as_str(), form.version.as_str());
    if id.is_some_and(|id| id != own_id) || version.is_some_and(|version| version != own_version) {
        let named = format!("{}@{}", id.unwrap_or(own_id), version.unwrap_or(own_version));
        problems.push(objection(
            code::OTHER_FORM,
            &named,
            format!("表格属于 `{}`，此处需要 `{own_id}@{own_version}`", excerpt(&named)),
            format!(
                "the sheet belongs to `{}`, `{own_id}@{own_version}` is asked for",
                excerpt(&named)
            ),
            ("下载当前版本的模板重新填写", "fill in the template of the version asked for"),
        ));
    }
}

pub(crate) fn unknown_column(form: &Form, heading: &str) -> Problem {
    let titles =
        |lang| form.fields.iter().map(|f| f.title.get(lang).to_owned()).collect::<Vec<String>>();
    objection(
        code::COLUMN_UNKNOWN,
        heading,
        format!("表单没有列 `{}`", excerpt(heading)),
        format!("the form has no column `{}`", excerpt(heading)),
        (
            &format!("删去该列，或改为其中之一：{}", titles(Lang::Zh).join("、")),
            &format!("remove the column, or name it one of: {}", titles(Lang::En).join(", ")),
        ),
    )
    .by(format!("{}@{}", form.id, form.version))
}

/// Turns written rows into stored ones and reports everything wrong with them.
pub(crate) fn settle(
    form: &Form,
    written: Vec<WrittenRow>,
    headings: &Headings,
    problems: &mut Vec<Problem>,
) -> Vec<Row> {
    if written.is_empty() {
        problems.push(objection(
            code::NO_ROWS,
            "",
            "表格没有数据行",
            "the sheet has no rows",
            (
                "至少填写一行；停产月份也要填写实际为0的活动数据",
                "fill in at least one row; a month of standstill has activity data that are 0",
            ),
        ));
    }
    if written.len() > form.max_rows {
        let (count, most) = (written.len(), form.max_rows);
        problems.push(objection(
            code::TOO_MANY_ROWS,
            &count.to_string(),
            format!("有{count}行，最多{most}行"),
            format!("the sheet has {count} rows, at most {most} are allowed"),
            ("合并或分开填报", "merge rows or file them apart"),
        ));
        return Vec::new();
    }
    let mut rows = Vec::with_capacity(written.len());
    for row in written {
        let mut settling = Settling { form, headings, problems, whole: true, row };
        let settled = settling.run();
        rows.push((settling.whole, settled));
    }
    check_duplicates(form, &rows, headings, problems);
    rows.into_iter().map(|(_, row)| row).collect()
}

struct Settling<'a> {
    form: &'a Form,
    headings: &'a Headings,
    problems: &'a mut Vec<Problem>,
    /// Nothing was wrong with any cell so far.
    whole: bool,
    row: WrittenRow,
}

impl Settling<'_> {
    fn run(&mut self) -> Row {
        let form = self.form;
        let mut row = Row { row: self.row.row, cells: BTreeMap::new() };
        // Choices first: what may stand in the other fields hangs on them.
        for choices in [true, false] {
            let chosen = row.clone();
            let fields = form.fields.iter().filter(|f| f.kind.has_choices() == choices);
            for field in fields {
                let Some(text) = self.written(field) else { continue };
                match read_cell(form, field, &chosen, &text) {
                    Ok(text) => {
                        row.cells.insert(field.name.clone(), text);
                    }
                    Err(problem) => self.report(field, *problem),
                }
            }
        }
        self.judge(&row);
        self.whole = self.whole && self.row.refused.is_empty();
        row
    }

    /// What the fields of a row say together.
    fn judge(&mut self, chosen: &Row) {
        let form = self.form;
        for field in &form.fields {
            let present = self.written(field).is_some() || self.row.refused.contains(&field.name);
            if let Some(name) = chosen.get(&field.name) {
                let problem = check_choice(form, field, chosen, name);
                if let Some(problem) = problem.or_else(|| check_fixed(form, field, name)) {
                    self.report(field, problem);
                }
            }
            let reported = self.headings.missing.contains(&field.name);
            if !present
                && !reported
                && let Some(problem) = absence(form, field, chosen)
            {
                self.report(field, problem);
            }
            if present && let Some(problem) = presence(form, field, chosen, &self.row) {
                self.report(field, problem);
            }
        }
    }

    /// The trimmed text of a cell; an empty one is absent, unless the field has one value only.
    fn written(&self, field: &Field) -> Option<String> {
        let text = self.row.cells.get(&field.name).map_or("", |text| text.trim());
        if text.is_empty() {
            let asked = !self.row.refused.contains(&field.name);
            return field.value_fixed.clone().filter(|_| asked);
        }
        Some(text.to_owned())
    }

    fn report(&mut self, field: &Field, problem: Problem) {
        self.whole = false;
        let column = self.headings.label(&field.name);
        let row = self.headings.rows.get(&field.name).copied().unwrap_or(self.row.row);
        self.problems.push(problem.at(Some(row), Some(column)));
    }
}

/// The stored form of a cell, by what was chosen in its row.
pub(crate) fn read_cell(
    form: &Form,
    field: &Field,
    chosen: &Row,
    text: &str,
) -> Result<String, Box<Problem>> {
    match &field.kind {
        FieldKind::Choice { values, .. } => read_choice(form, field, values, text),
        FieldKind::Text { max_length } => read_text(form, field, *max_length, text),
        FieldKind::Number(number) => read_number(form, field, number, chosen, text),
        FieldKind::Date => read_date(form, field, text),
        FieldKind::Bool => read_bool(form, field, text),
        FieldKind::Code { pattern, .. } => {
            pattern.read(text).map_err(|p| Box::new(p.by(form.rule(&field.name, pattern.name()))))
        }
    }
}

/// Why an empty field should not be empty.
fn absence(form: &Form, field: &Field, row: &Row) -> Option<Problem> {
    let condition = field.required_when.iter().find(|when| when.holds(row));
    if !field.required && condition.is_none() {
        return None;
    }
    let (zh, en) = reason(form, condition);
    let problem = Problem::new(
        code::REQUIRED,
        Text::new(
            format!("{zh}必须填写，缺失不等于0"),
            format!("{en}a value is asked for; missing is not 0"),
        ),
        Text::new(
            format!("填写{}：{}", field.title.zh, field.help.zh),
            format!("fill in {}: {}", field.title.en, field.help.en),
        ),
    );
    Some(problem.by(form.rule(&field.name, "required")))
}

/// Why a field that is filled in should be empty.
fn presence(form: &Form, field: &Field, row: &Row, written: &WrittenRow) -> Option<Problem> {
    let condition = field.empty_when.iter().find(|when| when.holds(row))?;
    let (zh, en) = reason(form, Some(condition));
    let value = written.cells.get(&field.name).map_or("", String::as_str);
    let problem = objection(
        code::NOT_APPLICABLE,
        value.trim(),
        format!("{zh}不应填写"),
        format!("{en}the cell must be empty"),
        ("清空该单元格，或更正本行的类别", "empty the cell, or correct the kind of the row"),
    );
    Some(problem.by(form.rule(&field.name, "empty")))
}

fn reason(form: &Form, condition: Option<&Condition>) -> (String, String) {
    let in_words = |lang| condition.map(|when| when.describe(&form.fields, lang));
    (
        in_words(Lang::Zh).map_or_else(String::new, |words| format!("{words}时")),
        in_words(Lang::En).map_or_else(String::new, |words| format!("where {words}, ")),
    )
}

/// Rows that say the same fields again; rows with a refused cell are left out, their own
/// problem comes first.
fn check_duplicates(
    form: &Form,
    rows: &[(bool, Row)],
    headings: &Headings,
    problems: &mut Vec<Problem>,
) {
    if form.unique.is_empty() {
        return;
    }
    let mut seen: BTreeMap<Vec<Option<&str>>, u64> = BTreeMap::new();
    for (_, row) in rows.iter().filter(|(whole, _)| *whole) {
        let key: Vec<Option<&str>> = form.unique.iter().map(|name| row.get(name)).collect();
        let Some(first) = seen.get(&key) else {
            seen.insert(key, row.row);
            continue;
        };
        let values: Vec<&str> = key.iter().map(|part| part.unwrap_or_default()).collect();
        let titles = |lang| {
            let own = form.unique.iter().filter_map(|name| form.field(name));
            own.map(|field| field.title.get(lang).to_owned()).collect::<Vec<String>>()
        };
        let column = form.unique.first().map(|name| headings.label(name));
        problems.push(
            objection(
                code::DUPLICATE,
                &values.join(" / "),
                format!("与第{first}行重复：{}相同", titles(Lang::Zh).join("、")),
                format!("it repeats row {first}: same {}", titles(Lang::En).join(", ")),
                (
                    "合并两行，或用不同的排放源名称区分",
                    "merge the rows, or tell the sources apart by name",
                ),
            )
            .by(format!("{}@{} unique: {}", form.id, form.version, form.unique.join("+")))
            .at(Some(row.row), column),
        );
    }
}
