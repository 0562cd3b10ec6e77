//! The head of a table: which column is which input, and in what unit.

use std::collections::BTreeSet;

use csv::StringRecord;
use tanheng_base::{Code, Problem, Text};
use tanheng_quantity::Unit;
use tanheng_rulebook::model::{Input, InputKind, Method, Presence};

use super::super::super::session::Failure;
use super::super::super::suggest::near;
use super::super::super::words;
use super::Task;

/// The columns of a table, in order; none for one that is only carried along.
pub(super) struct Head {
    pub(super) columns: Vec<Option<Meant>>,
}

/// Which input a column means.
pub(super) struct Meant {
    pub(super) name: String,
    /// The unit of plain numbers in it, where the head names one.
    pub(super) unit: Option<Unit>,
}

impl Meant {
    /// A cell as a person would give it alone: a plain number with the unit of the head.
    pub(super) fn written(&self, cell: &str) -> String {
        let cell = cell.trim();
        let plain = cell.bytes().all(|byte| byte.is_ascii_digit() || b".-/".contains(&byte));
        match &self.unit {
            Some(unit) if plain && *unit != Unit::one() => format!("{cell} {unit}"),
            _ => cell.to_owned(),
        }
    }
}

/// A cell of the head without the byte-order mark that some programs write.
pub(super) fn without_mark(cell: &str) -> &str {
    cell.trim_start_matches('\u{feff}')
}

/// Reads the head; everything that is wrong with it at once.
pub(super) fn read(task: &Task<'_>, first: &StringRecord) -> Result<Head, Failure> {
    let mut problems = Vec::new();
    let mut columns = Vec::new();
    let mut seen: BTreeSet<String> = task.constants.keys().cloned().collect();
    for cell in first {
        let cell = without_mark(cell).trim();
        if task.kept.iter().any(|kept| kept == cell) {
            columns.push(None);
            continue;
        }
        match meant(task.method, cell) {
            Ok(meant) => {
                if !seen.insert(meant.name.clone()) {
                    problems.push(twice(cell, &meant.name));
                }
                columns.push(Some(meant));
            }
            Err(problem) => problems.push(problem),
        }
    }
    for input in &task.method.inputs {
        if input.presence == Presence::Required && !seen.contains(&input.name) {
            problems.push(lacking(input));
        }
    }
    if problems.is_empty() { Ok(Head { columns }) } else { Err(Failure::Problems(problems)) }
}

/// The input whose name or title a cell is, perhaps with a unit in brackets behind.
fn meant(method: &Method, cell: &str) -> Result<Meant, Problem> {
    let named = |written: &str| {
        let written = written.trim();
        method.inputs.iter().find(|input| {
            input.name == written
                || input.title.zh == written
                || input.title.en.eq_ignore_ascii_case(written)
        })
    };
    if let Some(input) = named(cell) {
        return Ok(Meant { name: input.name.clone(), unit: None });
    }
    let bracketed = cell.strip_suffix(']').and_then(|cell| cell.rsplit_once('['));
    let Some((input, unit)) = bracketed.and_then(|(name, unit)| Some((named(name)?, unit))) else {
        return Err(unknown(method, cell));
    };
    let number = matches!(input.kind, InputKind::Number(_));
    match unit.parse::<Unit>() {
        Ok(unit) if number => Ok(Meant { name: input.name.clone(), unit: Some(unit) }),
        _ => {
            let message = Text::new(
                format!("列 `{cell}` 的单位 `{unit}` 不认识"),
                format!("the column `{cell}` has the unknown unit `{unit}`"),
            );
            let remedy = Text::new("改正或省去单位", "correct the unit or leave it out");
            Err(Problem::new(Code("csv.unit"), message, remedy).at(Some(1), Some(cell)))
        }
    }
}

fn unknown(method: &Method, cell: &str) -> Problem {
    let known = method.inputs.iter().map(|input| (input.name.as_str(), input.title.zh.as_str()));
    let names: Vec<&str> = method.inputs.iter().map(|input| input.name.as_str()).collect();
    let names = names.join(", ");
    let message = Text::new(
        format!("列 `{cell}` 不是方法 `{}` 的输入", method.id),
        format!("the column `{cell}` is no input of the method `{}`", method.id),
    );
    let (bare, _) = cell.split_once('[').unwrap_or((cell, ""));
    let remedy = words::meant(
        &near(bare, known),
        Text::new(
            format!("可用的输入：{names}；不参与计算的列用 --keep 保留"),
            format!("its inputs are: {names}; carry other columns along with --keep"),
        ),
    );
    Problem::new(Code("csv.unknown_column"), message, remedy).at(Some(1), Some(cell))
}

fn twice(cell: &str, name: &str) -> Problem {
    let message = Text::new(
        format!("输入 `{name}` 给了不止一次（列 `{cell}`）"),
        format!("the input `{name}` is given more than once (column `{cell}`)"),
    );
    let remedy = Text::new("只给一次", "give it once");
    Problem::new(Code("input.twice"), message, remedy).at(Some(1), Some(cell))
}

fn lacking(input: &Input) -> Problem {
    let name = &input.name;
    let message = Text::new(
        format!("没有{}（`{name}`）这一列", input.title.zh),
        format!("there is no column {} (`{name}`)", input.title.en),
    );
    let remedy = Text::new(
        format!("加上这一列，或对所有行给出 {name}=…"),
        format!("add the column, or give {name}=… for all rows"),
    );
    Problem::new(Code("csv.missing_column"), message, remedy).at(Some(1), None)
}
