//! Forms as data: one definition reads, checks and writes the sheets that parties fill in.
#![doc = include_str!("../README.md")]

pub mod calendar;
mod casebook;
mod cell;
mod check;
pub mod code;
mod definition;
pub mod fault;
mod field;
mod form;
pub mod procedure;
mod read_csv;
mod read_json;
pub mod register;
pub mod rehearsal;
mod sheet;
mod write_csv;

pub use casebook::{Casebook, FileFault};
pub use check::check;
pub use field::{Choice, Condition, Field, FieldKind, Limits, NumberField, UnitRule, ValuesWhen};
pub use form::{Form, Period};
pub use read_csv::read_csv;
pub use read_json::read_json;
pub use sheet::{Row, Sheet};
pub use write_csv::to_csv;
