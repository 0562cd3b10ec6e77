//! Seeds, engines, process harness and system-call traces, for tests only.
//!
//! A test that draws random numbers takes its [`Seed`] from here: it is printed, and
//! `TANHENG_SEED` pins it. A test that needs a program which may be absent asks
//! [`program()`]: without it the test says so and passes, unless `TANHENG_REQUIRE` names it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod engine;
pub mod postgres;
pub mod process;
mod program;
mod random;
pub mod trace;

pub use engine::{Engine, Fresh, on_each_engine};
pub use program::{program, python_module};
pub use random::Seed;
