//! The book as its users know it: commands in, proofs out.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod backup;
mod book;
mod casework;
mod connection;
mod desk;
mod erasure;
mod executor;
mod flows;
mod impact;
mod log;
mod policy;
mod proposal;
mod province;
mod tamper;
