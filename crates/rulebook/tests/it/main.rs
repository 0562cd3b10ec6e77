//! Tests of the rule language on the packs of this repository, on a small pack and on arbitrary
//! input.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bulk;
mod cases;
mod coverage;
mod dated;
mod diagnostics;
mod difference;
mod explain;
mod language;
mod packs;
mod presence;
mod recompute;
mod robust;
mod rules;
mod small_pack;
