//! `tanheng eval METHOD --csv IN --out OUT`: one method on every row of a table.
//!
//! Rows are read, worked out and written in chunks, so that memory stays the same however many
//! there are. What is wrong with a row stands beside it in the output; other rows go on.

mod file;
mod head;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord, Writer};
use tanheng_base::{Code, Lang, Problem, Text};
use tanheng_quantity::Decimal;
use tanheng_rulebook::lang::ExprKind;
use tanheng_rulebook::model::{Body, InputKind, Method};
use tanheng_rulebook::{
    Bulk, BulkGrounds, Columns, Context, EvalError, Given, Results, Rulebook, Value,
};

use super::super::session::{Failure, Session};
use file::{Progress, Source, Target};
use head::{Head, Meant};

/// How many rows are in memory at a time.
const CHUNK: usize = 65_536;

/// What is to be worked out.
pub(super) struct Task<'t> {
    pub(super) book: &'t Rulebook,
    pub(super) method: &'t Method,
    pub(super) context: &'t Context,
    /// Inputs that are the same in every row.
    pub(super) constants: &'t BTreeMap<String, Given>,
    /// Columns that are no inputs and are only carried along.
    pub(super) kept: &'t [String],
    pub(super) lang: Lang,
}

/// How it went.
pub(super) struct Outcome {
    pub(super) rows: u64,
    pub(super) failed: u64,
    pub(super) singly: u64,
    pub(super) grounds: BulkGrounds,
}

/// Reads `from`, writes `to`; `-` is standard input or output.
pub(super) fn run(
    task: &Task<'_>,
    from: &Path,
    to: &Path,
    session: &mut Session<'_>,
) -> Result<Outcome, Failure> {
    let source = Source::open(from)?;
    let mut progress = Progress::new(&source, to, session);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(source.counted());
    let bulk = task
        .book
        .bulk(&task.method.id, task.context)
        .map_err(|error| Failure::Problems(error.problems()))?;
    let mut first = ByteRecord::new();
    read(&mut reader, &mut first, from)?;
    let first = text_of(first, from)?;
    let head = head::read(task, &first)?;
    let target = Target::create(to)?;
    let mut work = Work {
        task,
        bulk,
        head,
        writer: Writer::from_writer(target),
        outcome: Outcome { rows: 0, failed: 0, singly: 0, grounds: BulkGrounds::default() },
    };
    work.write_head(&first).map_err(|error| file::unwritable(to, &error))?;
    let mut rows: Vec<StringRecord> = Vec::new();
    loop {
        let mut record = ByteRecord::new();
        let more = read(&mut reader, &mut record, from)?;
        if more {
            rows.push(text_of(record, from)?);
        }
        if rows.len() == CHUNK || (!more && !rows.is_empty()) {
            work.chunk(&rows).map_err(|error| file::unwritable(to, &error))?;
            rows.clear();
            progress.set(reader.get_ref().count());
        }
        if !more {
            break;
        }
    }
    progress.finish();
    let Work { writer, outcome, .. } = work;
    let target = writer.into_inner().map_err(|error| file::unwritable(to, &error.into_error()))?;
    target.finish(session).map_err(|error| file::unwritable(to, &error))?;
    Ok(outcome)
}

fn read<R: Read>(
    reader: &mut Reader<R>,
    record: &mut ByteRecord,
    from: &Path,
) -> Result<bool, Failure> {
    reader.read_byte_record(record).map_err(|error| {
        let message = Text::new(
            format!("`{}` 读不下去：{error}", from.display()),
            format!("`{}` cannot be read on: {error}", from.display()),
        );
        Failure::new("csv.unreadable", message, Text::new("核对文件", "check the file"))
    })
}

/// A record as text; a byte-order mark at the very beginning is no part of it.
fn text_of(record: ByteRecord, from: &Path) -> Result<StringRecord, Failure> {
    let line = record.position().map_or(1, csv::Position::line);
    StringRecord::from_byte_record(record).map_err(|_| {
        let message = Text::new(
            format!("`{}` 第 {line} 行不是UTF-8文本", from.display()),
            format!("line {line} of `{}` is not UTF-8 text", from.display()),
        );
        let remedy = Text::new(
            "用表格软件另存为“CSV UTF-8”",
            "save it again as “CSV UTF-8” in the spreadsheet program",
        );
        Failure::new("csv.encoding", message, remedy)
    })
}

/// A table being worked through.
struct Work<'w, W: std::io::Write> {
    task: &'w Task<'w>,
    bulk: Bulk<'w>,
    head: Head,
    writer: Writer<W>,
    outcome: Outcome,
}

/// What is written beside a row.
enum Written {
    Result { value: String, unit: String },
    Wrong(Vec<Problem>),
}

impl<W: std::io::Write> Work<'_, W> {
    fn write_head(&mut self, first: &StringRecord) -> std::io::Result<()> {
        let cells = first.iter().map(head::without_mark);
        let own = ["result", "unit", "error", "message"];
        self.writer.write_record(cells.chain(own)).map_err(std::io::Error::from)
    }

    fn chunk(&mut self, rows: &[StringRecord]) -> std::io::Result<()> {
        let columns = self.columns(rows);
        let results = self.bulk.evaluate(&columns);
        self.outcome.singly += u64::try_from(results.singly()).unwrap_or(u64::MAX);
        self.outcome.grounds.merge(results.grounds());
        for (index, row) in rows.iter().enumerate() {
            let written = self.written(&results, index, row);
            self.outcome.rows += 1;
            let width = self.head.columns.len();
            let cells = (0..width).map(|column| row.get(column).unwrap_or_default());
            let (mut code, mut message) = (String::new(), String::new());
            let (mut value, mut unit) = (String::new(), String::new());
            match written {
                Written::Result { value: own, unit: counted } => (value, unit) = (own, counted),
                Written::Wrong(problems) => {
                    self.outcome.failed += 1;
                    let lang = self.task.lang;
                    let each: Vec<String> = problems.iter().map(|one| told(one, lang)).collect();
                    message = each.join(" | ");
                    code = problems.first().map(|one| one.code.0.to_owned()).unwrap_or_default();
                }
            }
            let own = [value.as_str(), &unit, &code, &message];
            self.writer.write_record(cells.chain(own)).map_err(std::io::Error::from)?;
        }
        Ok(())
    }

    fn written(&self, results: &Results, index: usize, row: &StringRecord) -> Written {
        if row.len() != self.head.columns.len() {
            return Written::Wrong(vec![ragged(row.len(), self.head.columns.len())]);
        }
        match results.get(index) {
            Ok(value) => self.result(&value),
            // Told from what the row says itself, as if it had been given alone.
            Err(_) => match self.singly(row) {
                Ok(value) => self.result(&value),
                Err(error) => Written::Wrong(error.problems()),
            },
        }
    }

    fn singly(&self, row: &StringRecord) -> Result<Value, EvalError> {
        let mut inputs = self.task.constants.clone();
        for (column, cell) in self.head.columns.iter().zip(row) {
            if let Some(meant) = column
                && !cell.trim().is_empty()
            {
                inputs.insert(meant.name.clone(), Given::Raw(meant.written(cell)));
            }
        }
        let (id, context) = (&self.task.method.id, self.task.context);
        self.task.book.evaluate(id, &inputs, context).map(|evaluation| evaluation.result)
    }

    /// A result with the places it was rounded to.
    fn result(&self, value: &Value) -> Written {
        let places = rounded_places(self.task.method);
        let padded = value.number().and_then(|number| {
            let decimal = number.value.to_decimal()?.normalized();
            decimal.rescaled(places?.max(decimal.scale())).ok()
        });
        let text = padded.map_or_else(|| value.bare(), |decimal| decimal.to_string());
        let unit = value.unit().map(ToString::to_string).unwrap_or_default();
        Written::Result { value: text, unit }
    }

    fn columns(&self, rows: &[StringRecord]) -> Columns {
        let mut columns = Columns::new(rows.len());
        for (name, given) in self.task.constants {
            columns = columns.constant(name, given.clone());
        }
        for (index, column) in self.head.columns.iter().enumerate() {
            let Some(meant) = column else { continue };
            let cells = rows.iter().map(|row| row.get(index).unwrap_or_default().trim());
            let number = self.task.method.input(&meant.name).map(|input| &input.kind);
            columns = match number {
                Some(InputKind::Number(_)) => numbers(columns, meant, cells),
                _ => words(columns, meant, cells),
            };
        }
        columns
    }
}

/// A column of numbers; what is no plain number is given as it stands.
fn numbers<'c>(columns: Columns, meant: &Meant, cells: impl Iterator<Item = &'c str>) -> Columns {
    let mut odd: Vec<(usize, String)> = Vec::new();
    let mut missing = Vec::new();
    let mut read: Vec<Option<Decimal>> = Vec::new();
    let mut scale = 0;
    for (row, cell) in cells.enumerate() {
        missing.push(cell.is_empty());
        let number =
            cell.parse::<Decimal>().ok().filter(|number| i64::try_from(number.mantissa()).is_ok());
        match number {
            Some(number) => scale = scale.max(number.scale()),
            None if !cell.is_empty() => odd.push((row, meant.written(cell))),
            None => {}
        }
        read.push(number);
    }
    let mut values = Vec::with_capacity(read.len());
    for (row, number) in read.into_iter().enumerate() {
        let own = number.map(|number| (number, number.rescaled(scale)));
        let value = match own {
            None => Some(0),
            Some((_, Ok(same))) => i64::try_from(same.mantissa()).ok(),
            Some((_, Err(_))) => None,
        };
        if let (None, Some((number, _))) = (value, own) {
            odd.push((row, meant.written(&number.to_string())));
        }
        values.push(value.unwrap_or(0));
    }
    let name = &meant.name;
    let mut columns = match &meant.unit {
        Some(unit) => columns.numbers(name, unit.clone(), scale, values),
        None => columns.bare_numbers(name, scale, values),
    };
    columns = columns.missing(name, missing);
    for (row, given) in odd {
        columns = columns.cell(name, row, Given::Raw(given));
    }
    columns
}

fn words<'c>(columns: Columns, meant: &Meant, cells: impl Iterator<Item = &'c str>) -> Columns {
    let mut dictionary: Vec<String> = Vec::new();
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    let (mut codes, mut missing) = (Vec::new(), Vec::new());
    for cell in cells {
        let code = known.get(cell).copied().unwrap_or_else(|| {
            let code = u32::try_from(dictionary.len()).unwrap_or(u32::MAX);
            dictionary.push(cell.to_owned());
            known.insert(cell.to_owned(), code);
            code
        });
        codes.push(code);
        missing.push(cell.is_empty());
    }
    columns.texts(&meant.name, dictionary, codes).missing(&meant.name, missing)
}

/// The places to which a method rounds its result last.
fn rounded_places(method: &Method) -> Option<u8> {
    let step = method.step(&method.result)?;
    match &step.body {
        Body::Formula(formula) => match &formula.expr.kind {
            ExprKind::Round(_, places, _) => Some(*places),
            _ => None,
        },
        Body::Rules(_) => None,
    }
}

fn ragged(found: usize, wanted: usize) -> Problem {
    let message = Text::new(
        format!("这一行有 {found} 格，表头有 {wanted} 格"),
        format!("the row has {found} cells, the head has {wanted}"),
    );
    let remedy = Text::new("补齐或删去多余的格", "add the cells that are missing, or remove some");
    Problem::new(Code("csv.ragged"), message, remedy)
}

/// A problem without its code, which has a column of its own.
fn told(problem: &Problem, lang: Lang) -> String {
    let line = problem.render(lang);
    let code = format!("{}: ", problem.code);
    line.strip_prefix(&code).unwrap_or(&line).to_owned()
}
