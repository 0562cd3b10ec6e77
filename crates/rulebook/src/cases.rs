//! Worked cases: what a rulebook must yield, and what it must refuse.
use std::collections::BTreeMap;
use tanheng_base::{Date, MethodId, PackId, RegionCode, Text};
use crate::source::Place;

/// A worked case: a record, and the result or error it must give.
#[derive(Debug, Clone)]
pub struct GoodCase {
    /// What the case shows.
    pub name: String,
    /// The method.
    pub method: MethodId,
    /// The day.
    pub at: Date,
    /// The region.
    pub region: RegionCode,
    /// The inputs as a person writes them.
    pub inputs: BTreeMap<String, String>,
    /// What it must give.
    pub expected: Expected,
    /// Whether the figure must be a trial figure, where the case says so.
    pub trial: Option<bool>,
    /// The arithmetic, for readers.
    pub arithmetic: Option<String>,
    /// The pack.
    pub pack: PackId,
    /// Where the expectation stands.
    pub place: Place,
}

/// What a case must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Exactly this value.
    Result(String),
    /// An error with this code.
    Error(String),
}

/// A bad case: files laid over a pack, and the diagnostics they must bring about.
#[derive(Debug, Clone)]
pub struct BadCase {
    /// Path in the pack.
    pub path: String,
    /// The pack.
    pub pack: PackId,
    /// Why it must be refused.
    pub why: Text,
    /// Path → text, laid over the pack.
    pub files: BTreeMap<String, String>,
    /// The diagnostics, as text.
    pub expected: String,
    /// Where the expectation stands.
    pub place: Place,
}
