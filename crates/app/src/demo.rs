//! The example province: invented enterprises in a real legal frame, played through
//! compliance cycle 2022 (January 2022 to December 2023).
//!
//! Everything is made from a seed, so that the same seed gives the same book. Every
//! command carries a key, so that a second start continues where the first was cut
//! off and repeats nothing. Of real companies there are list entries only, and no
//! figure of any kind.

mod cycle;
mod enterprise;
mod journey;
mod ledger;
mod player;
mod population;
mod random;

use tanheng_base::{Date, FixedClock, ListId, RegionCode, Text};
use tanheng_rulebook::PackFiles;
use tanheng_store::record::Setting;

pub use player::Watch;
pub use population::population;

use crate::book::DEMONSTRATION;
use crate::{Book, Executor, Failure, list};

/// What the example province is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Number of example enterprises.
    pub enterprises: u32,
    /// Seed of every invented number.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { enterprises: 200, seed: 2022 }
    }
}

impl Plan {
    fn text(&self) -> String {
        format!("enterprises={} seed={}", self.enterprises, self.seed)
    }

    /// The plan that a demonstration book was begun with.
    ///
    /// # Errors
    /// When storage fails.
    pub fn of(book: &Book) -> Result<Option<Self>, Failure> {
        let Some(setting) = Setting::find(&book.reader()?, DEMONSTRATION)? else {
            return Ok(None);
        };
        let number = |name: &str| {
            let word = setting.value.split(' ').find_map(|word| word.strip_prefix(name));
            word.and_then(|word| word.strip_prefix('=')).and_then(|word| word.parse::<u64>().ok())
        };
        let enterprises = number("enterprises").and_then(|n| u32::try_from(n).ok());
        Ok(enterprises.zip(number("seed")).map(|(enterprises, seed)| Self { enterprises, seed }))
    }
}

/// What the example province is played on.
pub struct Stage<'a> {
    /// The executor of the book.
    pub executor: &'a Executor,
    /// The clock of the executor: the play sets it.
    pub clock: &'a FixedClock,
    /// The law: packs in loading order, without example packs.
    pub law: &'a [PackFiles],
    /// The law with the example packs.
    pub example: &'a [PackFiles],
    /// Region codes of the province.
    pub regions: &'a [RegionCode],
    /// The real list of 2022.
    pub national_list: list::Publish,
}

/// Plays the cycle, from wherever it was cut off.
///
/// # Errors
/// `demo.other_plan` when the book was begun with another plan; failures of storage.
pub fn play(
    book: &Book,
    stage: &Stage<'_>,
    plan: &Plan,
    watch: &mut dyn Watch,
) -> Result<(), Failure> {
    if let Some(begun) = Plan::of(book)?
        && begun != *plan
    {
        let (begun, asked) = (begun.text(), plan.text());
        return Err(Failure::refuse(
            "demo.other_plan",
            Text::new(
                format!("该示例账簿以 {begun} 建立，与 {asked} 不同"),
                format!("this example book was begun with {begun}, not with {asked}"),
            ),
            Text::new(
                "请用相同参数继续，或用 --data 指定另一个目录",
                "continue with the same, or name another folder with --data",
            ),
        ));
    }
    cycle::play(book, stage, plan, watch)
}

/// The list of example enterprises of the power industry that stand for entities of
/// the national market.
fn example_list() -> Result<ListId, Failure> {
    "example.national_power.2022"
        .parse()
        .map_err(|e: tanheng_base::IdError| Failure::Evidence(e.to_string()))
}

/// A date of the cycle.
fn day(year: i16, month: i8, day: i8) -> Date {
    jiff::civil::date(year, month, day)
}
