//! The book as its users know it: commands in, proofs out.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod book;
mod province;
mod tamper;
