//! `tables/*.toml` with their CSV: values by key, region and time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tanheng_base::{Citation, Date, RegionCode, TableId};
use tanheng_quantity::{Quantity, Rational, Unit};

use super::PackContext;
use super::node::{self, Fields};
use super::pack::{CHECKED, STATES};
use crate::diagnostic::{Diagnostic, code, text};
use crate::model::{Column, ColumnKind, Grounds, Row, State, Table};
use crate::source::{Place, SourceFile};
use crate::value::Value;

/// Columns every table may have.
const COMMON: [&str; 9] =
    ["from", "to", "region", "state", "document", "clause", "checked", "note_zh", "note_en"];

/// Rows that a pack supplies for a table of another; they are read once that is known.
pub(crate) struct TableFill {
    pub(crate) table: TableId,
    pub(crate) place: Place,
}

/// Reads a table's description and, when it defines one, its rows.
pub(crate) fn read_table(
    file: &Arc<SourceFile>,
    rows: Option<&Arc<SourceFile>>,
    pack: &PackContext<'_>,
) -> Option<Result<Table, TableFill>> {
    let node = node::parse(file, pack.sink)?;
    let fields = Fields::new(file, &node, pack.sink)?;
    if rows.is_none() {
        let message = text("没有同名的 CSV 文件", "there is no CSV file of the same name");
        pack.sink.push(
            Diagnostic::new(code::BAD_CSV, fields.place(), message)
                .remedy("在旁边放一个同名的 .csv", "put a .csv of the same name beside it"),
        );
    }
    if fields.has("fills") {
        let table = fields.parsed("fills");
        let place = fields.place_of("fills");
        fields.finish();
        return Some(Err(TableFill { table: table?, place }));
    }
    let id = fields.parsed("id");
    let title = fields.both("title");
    let keys: Vec<String> =
        fields.texts("keys").into_iter().map(|(key, _)| key.to_owned()).collect();
    let key_units = key_units(&fields, &keys);
    let columns: Vec<Column> = fields.tables("columns").iter().filter_map(column).collect();
    let implements = fields.texts("implements").into_iter().map(|(id, _)| id.to_owned()).collect();
    let place = fields.place_of("id");
    fields.finish();
    let mut table = Table {
        id: id?,
        title: title?,
        keys,
        key_units,
        columns,
        rows: Vec::new(),
        implements,
        pack: pack.id.clone(),
        place,
    };
    if let Some(rows) = rows {
        table.rows = read_rows(rows, &table, pack);
    }
    Some(Ok(table))
}

/// Which keys are numbers, and in what unit: `key_units = { temperature = "℃" }`.
fn key_units(fields: &Fields<'_>, keys: &[String]) -> BTreeMap<String, Unit> {
    let mut units = BTreeMap::new();
    for (key, raw, place) in fields.texts_by_name("key_units") {
        match raw.parse::<Unit>() {
            Ok(unit) if keys.iter().any(|own| own == key) => {
                units.insert(key.to_owned(), unit);
            }
            _ => {
                let message = text(
                    format!("`{key}` 不是键，或没有单位 `{raw}`"),
                    format!("`{key}` is no key, or there is no unit `{raw}`"),
                );
                fields.sink().push(Diagnostic::new(code::BAD_VALUE, place, message).remedy(
                    "写 keys 中的名称和规则库认识的单位",
                    "write a name of keys and a unit that the rulebook knows",
                ));
            }
        }
    }
    units
}

fn column(fields: &Fields<'_>) -> Option<Column> {
    let name = fields.text("name").map(str::to_owned);
    let title = fields.both_opt("title");
    let text_column = fields.word("type", &[("number", false), ("text", true)], Some(false));
    let kind = if text_column? {
        Some(ColumnKind::Text)
    } else if fields.has("unit_from") {
        fields.text("unit_from").map(|from| ColumnKind::NumberWithUnit(from.to_owned()))
    } else {
        fields.parsed("unit").map(ColumnKind::Number)
    };
    fields.finish();
    Some(Column { name: name?, title, kind: kind? })
}

/// One row of a CSV file, with the file to point into.
struct Record<'a> {
    file: &'a Arc<SourceFile>,
    header: &'a [String],
    values: &'a csv::StringRecord,
    place: Place,
    pack: &'a PackContext<'a>,
}

/// Reads the rows of `table` from a CSV file.
pub(crate) fn read_rows(file: &Arc<SourceFile>, table: &Table, pack: &PackContext<'_>) -> Vec<Row> {
    let body = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
    let offset = file.text.len() - body.len();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(body.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(error) => {
            bad_csv(file, 0..0, &error, pack);
            return Vec::new();
        }
    };
    if !header_fits(file, &header, table, pack) {
        return Vec::new();
    }
    let mut rows = Vec::new();
    let mut values = csv::StringRecord::new();
    loop {
        let start = position(reader.position()) + offset;
        match reader.read_record(&mut values) {
            Ok(false) => return rows,
            Ok(true) => {
                let end = position(reader.position()) + offset;
                let place = row_place(file, start, end);
                let record = Record { file, header: &header, values: &values, place, pack };
                rows.extend(record.row(table));
            }
            Err(error) => {
                let end = position(reader.position()) + offset;
                let place = row_place(file, start, end);
                bad_csv(file, place.span(), &error, pack);
            }
        }
    }
}

fn position(position: &csv::Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

/// The row without the line breaks around it.
fn row_place(file: &Arc<SourceFile>, start: usize, end: usize) -> Place {
    let place = Place::new(file, start..end);
    let text = place.text();
    let lead = text.len() - text.trim_start().len();
    Place::new(file, start + lead..start + lead + text.trim().len())
}

fn bad_csv(
    file: &Arc<SourceFile>,
    span: std::ops::Range<usize>,
    error: &csv::Error,
    pack: &PackContext<'_>,
) {
    let message = text("表格行与表头不符", "the row does not fit the header");
    let (zh, en) = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => (
            format!("有 {len} 列，应为 {expected_len} 列"),
            format!("{len} columns instead of {expected_len}"),
        ),
        _ => (error.to_string(), error.to_string()),
    };
    pack.sink.push(
        Diagnostic::new(code::BAD_CSV, Place::new(file, span), message).label(zh, en).remedy(
            "每行的列数与表头相同；含逗号的文字加双引号",
            "give every row as many columns as the header; quote texts that hold commas",
        ),
    );
}

fn header_fits(
    file: &Arc<SourceFile>,
    header: &[String],
    table: &Table,
    pack: &PackContext<'_>,
) -> bool {
    let first_line = Place::new(file, 0..file.text.find('\n').unwrap_or(file.text.len()));
    let mut known: BTreeSet<&str> = COMMON.into_iter().collect();
    known.extend(table.keys.iter().map(String::as_str));
    for column in &table.columns {
        known.insert(&column.name);
        if let ColumnKind::NumberWithUnit(from) = &column.kind {
            known.insert(from);
        }
    }
    let mut fits = true;
    let mut report = |zh: String, en: String| {
        fits = false;
        pack.sink.push(Diagnostic::new(code::BAD_CSV, first_line.clone(), text(zh, en)).remedy(
            "表头与 .toml 中的 keys、columns 一致",
            "make the header agree with keys and columns in the .toml",
        ));
    };
    for (index, name) in header.iter().enumerate() {
        if !known.contains(name.as_str()) {
            report(format!("多出列 `{name}`"), format!("there is no column `{name}`"));
        }
        if header[..index].contains(name) {
            report(format!("列 `{name}` 出现两次"), format!("the column `{name}` stands twice"));
        }
    }
    for name in known {
        let optional = matches!(name, "to" | "region" | "state" | "note_zh" | "note_en");
        if !optional && !header.iter().any(|own| own == name) {
            report(format!("缺少列 `{name}`"), format!("the column `{name}` is missing"));
        }
    }
    fits
}

impl Record<'_> {
    fn cell(&self, name: &str) -> &str {
        let index = self.header.iter().position(|own| own == name);
        index.and_then(|index| self.values.get(index)).unwrap_or_default()
    }

    /// The place of a cell's text in the row, or the row.
    fn cell_place(&self, value: &str) -> Place {
        match self.place.text().find(value) {
            Some(at) if !value.is_empty() => {
                let start = self.place.span().start + at;
                Place::new(self.file, start..start + value.len())
            }
            _ => self.place.clone(),
        }
    }

    fn wrong(&self, column: &str, remedy_zh: &str, remedy_en: &str) {
        let value = self.cell(column);
        let message = text(
            format!("列 `{column}` 不能是 `{value}`"),
            format!("the column `{column}` cannot hold `{value}`"),
        );
        let place = self.cell_place(value);
        self.pack
            .sink
            .push(Diagnostic::new(code::BAD_VALUE, place, message).remedy(remedy_zh, remedy_en));
    }

    fn date(&self, column: &str) -> Option<Date> {
        let raw = self.cell(column);
        let date = raw.parse().ok();
        if date.is_none() && !(raw.is_empty() && column == "to") {
            self.wrong(column, "写日期，如 2022-01-01", "write a date such as 2022-01-01");
        }
        date
    }

    fn word<T: Copy>(&self, column: &str, words: &[(&str, T)], default: Option<T>) -> Option<T> {
        let raw = self.cell(column);
        if raw.is_empty() && default.is_some() {
            return default;
        }
        let found = words.iter().find(|(word, _)| *word == raw).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let all = all.join(", ");
            self.wrong(column, &format!("写作 {all} 之一"), &format!("write one of {all}"));
        }
        found
    }

    fn row(&self, table: &Table) -> Option<Row> {
        let keys: Option<Vec<String>> = table.keys.iter().map(|key| self.key(table, key)).collect();
        let state = self.word("state", &STATES, Some(State::InForce));
        let from = self.date("from");
        let to = self.date("to");
        let region = match self.cell("region") {
            "" => Some(self.pack.jurisdiction.clone()),
            raw => {
                let code: Option<RegionCode> = raw.parse().ok();
                if code.is_none() {
                    self.wrong("region", "写地区代码", "write a region code");
                }
                code
            }
        };
        let grounds = self.grounds();
        let mut cells = BTreeMap::new();
        for column in &table.columns {
            if let Some(value) = self.value(column) {
                cells.insert(column.name.clone(), value);
            }
        }
        Some(Row {
            keys: keys?,
            cells,
            region: region?,
            from: from?,
            to,
            state: state?,
            grounds: grounds?,
            pack: self.pack.id.clone(),
            example: self.pack.example,
            layer: 0,
            place: self.place.clone(),
        })
    }

    /// A key; of a number the shortest decimal, so that `1.0` and `1` are one row.
    fn key(&self, table: &Table, key: &str) -> Option<String> {
        let raw = self.cell(key);
        if !table.key_units.contains_key(key) {
            return Some(raw.to_owned());
        }
        let Ok(number) = raw.parse::<Rational>() else {
            self.wrong(key, "写不带单位的精确数值", "write an exact number without unit");
            return None;
        };
        Some(number.to_decimal().map_or_else(|| number.to_string(), |d| d.normalized().to_string()))
    }

    fn grounds(&self) -> Option<Grounds> {
        let checked = self.word("checked", &CHECKED, None);
        let (document, clause) = (self.cell("document"), self.cell("clause"));
        if document.is_empty() || clause.is_empty() {
            let message =
                text("这一行没有写明文件或条款", "the row gives no document or no clause");
            self.pack.sink.push(
                Diagnostic::new(code::NO_CLAUSE, self.place.clone(), message).remedy(
                    "填写 document 和 clause 两列",
                    "fill in the columns document and clause",
                ),
            );
            return None;
        }
        let Ok(document) = document.parse() else {
            self.wrong("document", "写 sources.toml 中的文件 id", "write an id of sources.toml");
            return None;
        };
        let (zh, en) = (self.cell("note_zh"), self.cell("note_en"));
        let note = (!zh.is_empty() || !en.is_empty()).then(|| text(zh, en));
        let citation = Citation { document, clause: clause.to_owned() };
        let place = self.cell_place(citation.document.as_str());
        Some(Grounds { citation, checked: checked?, note, place })
    }

    /// A cell's value; none when the cell is empty, which means that the law gives none.
    fn value(&self, column: &Column) -> Option<Value> {
        let raw = self.cell(&column.name);
        if raw.is_empty() {
            return None;
        }
        let unit = match &column.kind {
            ColumnKind::Text => return Some(Value::Text(raw.to_owned())),
            ColumnKind::Number(unit) => unit.clone(),
            ColumnKind::NumberWithUnit(from) => match self.cell(from).parse::<Unit>() {
                Ok(unit) => unit,
                Err(_) => {
                    self.wrong(from, "写规则库认识的单位", "write a unit that the rulebook knows");
                    return None;
                }
            },
        };
        match raw.parse::<Rational>() {
            Ok(value) => Some(Value::Number(Quantity::new(value, unit))),
            Err(_) => {
                let (zh, en) = ("写不带单位的精确数值", "write an exact number without unit");
                self.wrong(&column.name, zh, en);
                None
            }
        }
    }
}
