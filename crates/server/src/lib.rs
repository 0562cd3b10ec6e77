//! Pages, API and the command line: binary tanheng.

pub mod cli;
pub mod clock;
pub mod packs;
