//! Pages, API and the command line: binary tanheng.

pub mod address;
pub mod cli;
pub mod clock;
pub mod i18n;
pub mod packs;
pub mod page;
pub mod web;
