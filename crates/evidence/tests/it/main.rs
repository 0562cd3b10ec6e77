//! Integration tests of the evidence crate.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod checkpoint;
mod commitment;
mod entry;
mod log;
mod outsider;
mod proof;
mod receipt;
mod sample;
mod standard;
mod tiles;
mod value;
