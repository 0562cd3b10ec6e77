//! Ledger lines to figures, classes and obligations, by the rules of a rulebook; pure.
#![doc = include_str!("../README.md")]

mod benchmark;
mod class;
pub mod code;
mod defaults;
mod emission;
mod figure;
mod line;
mod month;
mod obligation;
pub mod population;
mod quantity_text;
mod register;
mod rule_id;
mod setting;
mod standing;
pub mod version;
mod year;

pub use class::{Class, ClassOutcome, Classification, Reading, classify};
pub use defaults::DefaultUsed;
pub use emission::{LineFigure, Scope, compute_line};
pub use figure::{Figure, FigureKind, Figures};
pub use line::{Determination, Line, LineKind};
pub use month::{MonthFigure, MonthSum, compute_month, recompute_month};
pub use obligation::{Obligation, ObligationKind, ObligationOutcome, obligation};
pub use register::{RegisterEvent, RegisterMove, register_event};
pub use setting::Setting;
pub use standing::Standing;
pub use year::{YearSum, sum_year};
