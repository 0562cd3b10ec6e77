//! Dated, placed, cited values: parameters and the rows of tables.

use serde::Serialize;
use std::collections::BTreeMap;

use tanheng_base::{CheckState, Citation, Date, PackId, ParameterId, RegionCode, TableId, Text};
use tanheng_quantity::Unit;

use crate::source::Place;
use crate::value::Value;

/// What stands behind a value or a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grounds {
    /// Document and clause.
    pub citation: Citation,
    /// Against what it was checked.
    pub checked: CheckState,
    /// A remark for readers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Where the document is named.
    #[serde(skip)]
    pub place: Place,
}

/// How a value stands in the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In force.
    InForce,
    /// The law says that a value will be published; it has not been.
    Announced,
    /// The law leaves it open.
    Open,
    /// It no longer holds.
    Repealed,
    /// It has a value, but whether it still holds is not stated.
    InDoubt,
}

impl State {
    /// The word in pack files.
    pub fn word(self) -> &'static str {
        match self {
            State::InForce => "in_force",
            State::Announced => "announced",
            State::Open => "open",
            State::Repealed => "repealed",
            State::InDoubt => "in_doubt",
        }
    }

    /// Whether a value belongs to the state.
    pub fn has_value(self) -> bool {
        matches!(self, State::InForce | State::InDoubt)
    }

    /// Whether a dependent pack may fill it.
    pub fn may_be_filled(self) -> bool {
        matches!(self, State::Announced | State::Open)
    }

    /// The word a reader sees.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            State::InForce => ("现行", "in force"),
            State::Announced => ("待公布", "announced"),
            State::Open => ("未规定", "left open"),
            State::Repealed => ("已废止", "repealed"),
            State::InDoubt => ("效力存疑", "in doubt"),
        };
        Text { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// A parameter: one quantity or choice of the law with its history.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its id.
    pub id: ParameterId,
    /// Its title.
    pub title: Text,
    /// What it holds.
    pub kind: ParameterKind,
    /// Requirements it fulfils.
    pub implements: Vec<String>,
    /// Its values by pack, region and start, dependent packs last.
    pub values: Vec<DatedValue>,
    /// The pack that defines it.
    pub pack: PackId,
    /// Where it is defined.
    pub place: Place,
}

/// What a parameter holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterKind {
    /// A number in this unit.
    Number(Unit),
    /// One of these choices.
    Choice(Vec<String>),
    /// Truth.
    Bool,
    /// A day.
    Date,
}

/// A value of a parameter, for a region and a time.
#[derive(Debug, Clone)]
pub struct DatedValue {
    /// The region it binds, with all regions in it.
    pub region: RegionCode,
    /// The first day.
    pub from: Date,
    /// The day after the last, where one is stated or the next value begins.
    pub to: Option<Date>,
    /// How it stands.
    pub state: State,
    /// The value, where the state has one.
    pub value: Option<Value>,
    /// The value as the file writes it, such as `44/12` or `10%`.
    pub written: Option<String>,
    /// What stands behind it.
    pub grounds: Grounds,
    /// What a dependent pack cites for replacing a value in force.
    pub overrides: Option<Citation>,
    /// The pack that supplies it.
    pub pack: PackId,
    /// It comes from an example pack.
    pub example: bool,
    /// Position of its pack in the order of dependency.
    pub layer: usize,
    /// Where it stands.
    pub place: Place,
}

/// A table: values by key, region and time.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its id.
    pub id: TableId,
    /// Its title.
    pub title: Text,
    /// Names of the columns that select a row.
    pub keys: Vec<String>,
    /// The unit of keys that are numbers; other keys are text.
    pub key_units: BTreeMap<String, Unit>,
    /// The other columns.
    pub columns: Vec<Column>,
    /// Its rows, dependent packs last.
    pub rows: Vec<Row>,
    /// Requirements it fulfils.
    pub implements: Vec<String>,
    /// The pack that defines it.
    pub pack: PackId,
    /// Where it is defined.
    pub place: Place,
}

impl Table {
    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the file and in formulas.
    pub name: String,
    /// Its title.
    pub title: Option<Text>,
    /// What its cells hold.
    pub kind: ColumnKind,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers in this unit.
    Number(Unit),
    /// Numbers whose unit stands in another column of the row.
    NumberWithUnit(String),
    /// Text.
    Text,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The keys, in the table's order.
    pub keys: Vec<String>,
    /// The cells that hold a value, by column.
    pub cells: BTreeMap<String, Value>,
    /// The region it binds.
    pub region: RegionCode,
    /// The first day.
    pub from: Date,
    /// The day after the last, where one is stated or the next row begins.
    pub to: Option<Date>,
    /// How it stands.
    pub state: State,
    /// What stands behind it.
    pub grounds: Grounds,
    /// The pack that supplies it.
    pub pack: PackId,
    /// It comes from an example pack.
    pub example: bool,
    /// Position of its pack in the order of dependency.
    pub layer: usize,
    /// Where it stands.
    pub place: Place,
}
