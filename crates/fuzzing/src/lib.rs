//! What must hold for any input whatever: one function per target, which panics where it does not.
#![doc = include_str!("../README.md")]

mod canonical;
mod checkpoint;
mod edit;
mod exact;
mod formula;
mod ledger;
mod log;
mod number;
mod pack;
mod receipt;
mod unit;
mod workbook;

pub use canonical::{entry, opening, value};
pub use checkpoint::{checkpoint, checkpoint_edited};
pub use formula::formula;
pub use ledger::{form, ledger_csv, ledger_json};
pub use log::{proof, tile};
pub use number::{decimal, rational};
pub use pack::pack;
pub use receipt::{receipt, receipt_edited};
pub use unit::quantity;
pub use workbook::{workbook, workbook_sheet};

/// A target: its name, which is also that of its corpus folder, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("checkpoint", checkpoint),
    ("checkpoint_edited", checkpoint_edited),
    ("decimal", decimal),
    ("entry", entry),
    ("form", form),
    ("formula", formula),
    ("ledger_csv", ledger_csv),
    ("ledger_json", ledger_json),
    ("opening", opening),
    ("pack", pack),
    ("proof", proof),
    ("quantity", quantity),
    ("rational", rational),
    ("receipt", receipt),
    ("receipt_edited", receipt_edited),
    ("tile", tile),
    ("value", value),
    ("workbook", workbook),
    ("workbook_sheet", workbook_sheet),
];

/// The input as text, and its lines from the first; absent lines are empty.
fn lines(data: &[u8]) -> Option<impl Iterator<Item = &str>> {
    let text = std::str::from_utf8(data).ok()?;
    Some(text.split('\n').chain(std::iter::repeat("")))
}
