//! Forms as data: one definition reads, checks and writes the sheets that parties fill in.
#![doc = include_str!("../README.md")]

pub mod calendar;
mod casebook;
mod catalogue;
mod cell;
mod check;
pub mod code;
mod code_text;
mod definition;
mod difference;
pub mod fault;
mod field;
mod form;
pub mod procedure;
mod read_csv;
mod read_json;
mod read_table;
pub mod register;
pub mod rehearsal;
mod schema;
mod sheet;
mod write_csv;

pub use casebook::{Casebook, FileFault};
pub use catalogue::{Check, CheckFinding, Severity, checks, run_checks};
pub use check::{check, check_rows};
pub use code_text::CodePattern;
pub use difference::{CellChange, Change, difference};
pub use field::{
    Choice, Condition, Field, FieldKind, Limits, NumberField, Prefill, UnitRule, ValuesWhen,
};
pub use form::{Form, Layout, Period};
pub use read_csv::read_csv;
pub use read_json::read_json;
pub use read_table::{TableCell, TableRow, read_table};
pub use schema::json_schema;
pub use sheet::{Row, Sheet};
pub use write_csv::to_csv;
