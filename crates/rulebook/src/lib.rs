//! The rule language: parse, resolve, check units, evaluate with trace; packs, documents and clauses.
//!
//! A [`Rulebook`] is read from packs that are already in memory ([`PackFiles`]); nothing here opens
//! a file, asks the clock or knows any law. Loading reports everything that is wrong at once, each
//! as a [`Diagnostic`] with code, file, line, the place underlined and what to do.
//!
//! What a rulebook answers:
//!
//! | question | answer |
//! |---|---|
//! | [`Rulebook::resolve`], [`Rulebook::lookup`] | the value of a day and region with clause and check state, or why the law gives none |
//! | [`Rulebook::evaluate`] | the result of a method for one record, exact, with its [`Trace`] |
//! | [`Rulebook::bulk`] | the results of a method for columns of records, equal to evaluating each |
//! | [`explain`], [`to_json`] | the calculation as an accountant writes it, and as data |
//! | [`check()`], [`run_cases`], [`bless`] | whether packs are sound, and whether their worked cases hold |
//!
//! A figure is a trial figure ([`Evaluation::trial`]) when anything checked only from memory, or
//! anything of an example pack, took part in it.

mod book;
mod bulk;
mod calculation;
mod cases;
mod check;
pub mod coverage;
mod diagnostic;
pub mod difference;
mod evaluate;
mod explain;
mod json;
pub mod lang;
mod load;
pub mod model;
mod pack;
mod read;
mod resolve;
mod source;
mod trace;
mod value;
mod variation;

pub use book::Rulebook;
pub use bulk::{Bulk, BulkGrounds, Columns, Numbers, Results};
pub use calculation::Calculation;
pub use cases::{
    BadCase, CaseKind, CaseReport, Expected, GoodCase, bless, check, run_bad_cases, run_cases,
};
pub use diagnostic::{Diagnostic, Style, code};
pub use evaluate::{Context, EvalError, Evaluation, Given};
pub use explain::{explain, formula_notation, input_remarks};
pub use json::to_json;
pub use model::State;
pub use pack::{PackFiles, RulebookVersion};
pub use read::FormulaText;
pub use resolve::{ResolveError, Resolved};
pub use source::{Place, SourceFile};
pub use trace::{Basis, BasisKind, InputTrace, Op, RoundingPoint, StepTrace, Trace, TraceNode};
pub use value::Value;
pub use variation::{Slot, SlotKind};
