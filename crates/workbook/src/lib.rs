//! Forms as workbooks: bytes in, bytes out.
#![doc = include_str!("../README.md")]

mod address;
mod archive;
mod cells;
pub mod code;
mod export;
mod frame;
mod guide;
mod number;
mod origin;
mod read;
mod remarks;

pub use export::{Filled, template};
pub use origin::{Origin, origin};
pub use read::{Imported, read_workbook};
pub use remarks::remarked;
