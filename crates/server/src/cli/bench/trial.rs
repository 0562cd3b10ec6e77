//! `tanheng bench try`: values of a rule tried on invented enterprises in memory.

use clap::Args;
use tanheng_app::demo::{Plan, population};
use tanheng_app::rulebook::{Held, Population, Vary, try_values};
use tanheng_base::RegionCode;
use tanheng_rulebook::Rulebook;

use super::{Rate, per_second, tell};
use crate::cli::session::{Exit, Failure, Session};
use crate::clock::Stopwatch;

/// 试算：一个参数取若干值，逐一算出全部企业的义务和类别。Trials: the obligations and classes of
/// all enterprises for several values of a parameter.
///
/// 企业和台账由种子生成，只在内存；一次计一家企业一个月一个取值。逐家计算的速度取前若干家测得。
/// Enterprises and ledgers are made from a seed, in memory only; what is counted is one month of one
/// enterprise under one value. Deciding one enterprise at a time is measured on the first of them.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng bench try --enterprises 10000 --steps 16")]
pub(super) struct Try {
    /// 企业数。How many enterprises.
    #[arg(long, default_value_t = 10_000)]
    enterprises: u32,

    /// 取值个数。How many values.
    #[arg(long, default_value_t = 16)]
    steps: usize,

    /// 种子。Seed of the invented numbers.
    #[arg(long, default_value_t = 2022)]
    seed: u64,

    /// 每项测几遍，取最快。How often each is measured; the fastest counts.
    #[arg(long, default_value_t = 3)]
    rounds: u32,

    /// 末行输出JSON。End with one line of JSON.
    #[arg(long)]
    json: bool,
}

/// What is varied: a value of obligations, of classes, and of every line of every month.
const VARIED: [(&str, &str); 3] = [
    ("obligations", "hebei.offset.excess_ratio=0.05..0.20"),
    ("classes", "hebei.class.key_from=12500..50000"),
    ("monthly lines", "cn.carbon.co2_per_c=3.6..3.75"),
];

/// Enterprises that are decided one at a time, to compare.
const SINGLY: usize = 100;
/// Months of a year.
const MONTHS: usize = 12;

impl Try {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let rulebook = session.book(true)?;
        let regions: Vec<RegionCode> = rulebook
            .regions()
            .iter()
            .filter(|region| region.tile.is_some())
            .map(|region| region.code.clone())
            .collect();
        let plan = Plan { enterprises: self.enterprises, seed: self.seed };
        let watch = Stopwatch::start();
        let population = population(&plan, &rulebook, &regions)?;
        let (made, count) = (watch.elapsed().as_millis(), self.enterprises);
        session.line(format!("{count} enterprises × 12 months made in {made} ms"));
        let (mut ours, mut peers) = (Vec::new(), Vec::new());
        for (name, spec) in VARIED {
            let vary = Vary::read(&rulebook, spec, self.steps)?;
            let best = self.measure(&rulebook, &population, &vary)?;
            let (steps, time) = (vary.values.len(), best.as_millis());
            session.line(format!("{spec}: {steps} values in {time} ms"));
            let months = population.members().len() * MONTHS * steps;
            let name = format!("{name}, enterprise-months × values");
            ours.push(Rate { name: name.clone(), per_second: per_second(months, best) });
            peers.push(self.singly(&rulebook, &population, &vary, name)?);
        }
        tell("try", (&ours, &peers), ours.iter().zip(&peers), self.json, session);
        Ok(Exit::Done)
    }

    /// The fastest of some rounds, each from the population as it was loaded.
    fn measure(
        &self,
        rulebook: &Rulebook,
        population: &Population,
        vary: &Vary,
    ) -> Result<std::time::Duration, Failure> {
        let mut best = std::time::Duration::MAX;
        for _ in 0..self.rounds.max(1) {
            let watch = Stopwatch::start();
            let held = Held::new(rulebook, population, vary);
            try_values(&held, vary)?;
            best = best.min(watch.elapsed());
        }
        Ok(best)
    }

    /// The same the way of a real decision, on some enterprises and one value.
    fn singly(
        &self,
        rulebook: &Rulebook,
        population: &Population,
        vary: &Vary,
        name: String,
    ) -> Result<Rate, Failure> {
        let baseline = population.begin(rulebook, vary.reach);
        let Some(value) = vary.values.first() else {
            return Ok(Rate { name, per_second: 0 });
        };
        let varied = rulebook.varied(&vary.slot, value)?;
        let count = population.members().len().min(SINGLY);
        let watch = Stopwatch::start();
        for place in 0..count {
            population.singly(&baseline, &varied, place).map_err(Failure::Problems)?;
        }
        let rate = per_second(count * MONTHS, watch.elapsed());
        Ok(Rate { name: format!("deciding singly: {name}"), per_second: rate })
    }
}
