//! The `tanheng` binary as a process that dies and as one that is watched.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod durable;
mod killed;
mod served;
mod together;

use std::path::Path;

use tanheng_testkit::process::Tanheng;

/// The binary with a data folder below a temporary one.
pub fn tanheng(folder: &Path) -> Tanheng {
    Tanheng::new(env!("CARGO_BIN_EXE_tanheng"), &folder.join("data"))
}
