//! Use cases, executor and journal, policy table, the example province.
//!
//! A [`Book`] is a folder with a database, a key and the last checkpoint. A running
//! [`Executor`] changes it, one [`Command`] at a time; everything else reads. Each
//! use case is one file under its noun: authorise, load, decide. What it decides
//! is an [`Outcome`], and nothing changes but by applying one. [`replay()`] rebuilds
//! the tables from the outcomes, [`audit()`] decides every command again.

pub mod actor;
mod audit;
pub mod bench;
pub mod book;
pub mod case;
mod command;
pub mod content;
pub mod demo;
pub mod enterprise;
mod executor;
mod failure;
pub mod form;
pub mod journal;
pub mod ledger;
pub mod list;
pub mod log;
mod outcome;
pub mod plan;
pub mod policy;
pub mod read;
pub mod receipt;
mod replay;
pub mod report;
pub mod rulebook;
mod situation;
pub mod verification;

pub use audit::{Audited, Finding, audit};
pub use book::Book;
pub use command::{Command, UseCase};
pub use executor::{Acknowledged, Envelope, Executor, Ticket};
pub use failure::Failure;
pub use outcome::{Decision, Fields, Outcome};
pub use replay::{Replayed, digests, replay};
pub use situation::{Rulebooks, Situation};
pub use tanheng_store::Durability;

/// The mark that everything in a demonstration book carries, and every figure that
/// an example pack took part in.
pub const EXAMPLE_MARK: &str = "示例 example";
