//! `tanheng bench accounting`: emission from coal, column in, column out.

use std::num::NonZero;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use tanheng_base::{Code, Date, Problem, RegionCode, Text};
use tanheng_quantity::Unit;
use tanheng_rulebook::{Bulk, Columns, Context, EvalError, Results, Rulebook};

use super::peer::Peer;
use super::{Rate, per_second, report};
use crate::cli::session::{Exit, Failure, Session};
use crate::clock::Stopwatch;

/// 批量核算：燃煤排放，含中间修约。Bulk accounting: emission from coal with its intermediate
/// rounding.
///
/// 消耗量×收到基元素碳含量（修约到4位）×碳氧化率×44/12，修约到2位。
/// Consumption × carbon content as received (rounded to 4 places) × oxidation × 44/12, rounded to
/// 2 places; checked against Python `decimal`, which computes the same exactly.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng bench accounting --records 1000000 --json")]
pub(super) struct Accounting {
    /// 记录数。How many records.
    #[arg(long, value_name = "N", default_value_t = 5_000_000)]
    records: usize,

    /// 线程数，缺省为处理器数。Threads, for the peers too; by default as many as processors.
    #[arg(long, value_name = "T")]
    threads: Option<NonZero<usize>>,

    /// 轮数，取最快一轮。Rounds, of which the fastest counts, for all alike.
    #[arg(long, value_name = "R", default_value = "7")]
    rounds: NonZero<usize>,

    /// 末行输出JSON。End with one line of JSON.
    #[arg(long)]
    json: bool,

    /// 同类程序所在文件夹。Folder of the peers, see bench/README.md.
    #[arg(long, value_name = "DIR", default_value = "bench/peers")]
    peers: PathBuf,
}

/// The method that is measured, and the day and region whose rules apply.
const METHOD: &str = "cn.power.combustion.coal";
const DAY: Date = Date::constant(2023, 6, 30);
const REGION: &str = "130000";

/// How many results are compared with those of the peers.
const SAMPLE: usize = 10_000;

/// One input: its unit, places, and range in units of the last place. The peers know the same.
struct Drawn {
    name: &'static str,
    unit: &'static str,
    places: u8,
    low: i64,
    high: i64,
}

const fn drawn(
    name: &'static str,
    unit: &'static str,
    places: u8,
    (low, high): (i64, i64),
) -> Drawn {
    Drawn { name, unit, places, low, high }
}

/// A month of a plant, with the places of the reporting form.
const USUAL: [Drawn; 4] = [
    drawn("consumption", "t", 2, (100_000, 50_000_000)),
    drawn("ncv", "GJ/t", 3, (15_000, 30_000)),
    drawn("carbon_content", "tC/GJ", 5, (2_000, 3_100)),
    drawn("oxidation", "1", 2, (90, 100)),
];

/// The same ranges with all places that the method allows: products need 128 bits.
const FINEST: [Drawn; 4] = [
    drawn("consumption", "t", 4, (10_000_000, 5_000_000_000)),
    drawn("ncv", "GJ/t", 6, (15_000_000, 30_000_000)),
    drawn("carbon_content", "tC/GJ", 8, (2_000_000, 3_100_000)),
    drawn("oxidation", "1", 6, (900_000, 1_000_000)),
];

/// Whole numbers from a seed (SplitMix64): number `index` of a column.
fn draw(column: u64, index: u64) -> u64 {
    let step = 0x9e37_79b9_7f4a_7c15;
    let mut mixed = (column << 32).wrapping_add((index + 1).wrapping_mul(step));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn columns(drawn: &[Drawn], records: usize) -> Result<Columns, Failure> {
    let mut columns = Columns::new(records);
    for (column, own) in (1u64..).zip(drawn) {
        let width = u64::try_from(own.high - own.low + 1).map_err(|_| broken("range"))?;
        let value = |index: u64| own.low + (draw(column, index) % width).cast_signed();
        let values = (0..u64::try_from(records).map_err(|_| broken("records"))?).map(value);
        let unit: Unit = own.unit.parse().map_err(|_| broken(own.unit))?;
        columns = columns.numbers(own.name, unit, own.places, values.collect());
    }
    Ok(columns)
}

/// What can only be wrong when the packs of `--rulebooks` are not those of the product.
fn broken(what: &str) -> Failure {
    let message =
        Text::new(format!("不能测速：{what}"), format!("speed cannot be measured: {what}"));
    let remedy = Text::new("用程序自带的规则包", "measure with the packs that the program carries");
    Problem::new(Code("bench.refused"), message, remedy).into()
}

fn refused(error: &EvalError) -> Failure {
    Failure::Problems(error.problems())
}

impl Accounting {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let book = session.book(false)?;
        let bulk = prepared(&book)?;
        let threads = self.threads.or_else(|| thread::available_parallelism().ok());
        let threads = threads.map_or(1, NonZero::get);
        self.introduce(threads, session);
        let usual = columns(&USUAL, self.records)?;
        let finest = columns(&FINEST, self.records)?;
        let mut peers = self.start(threads, session);
        let mut results: [Vec<Results>; 2] =
            std::array::from_fn(|_| vec![Results::default(); threads]);
        let mut ours = [Duration::MAX; 2];
        let mut theirs: Vec<u64> = vec![0; peers.len()];
        for _ in 0..self.rounds.get() {
            let sets = [&usual, &finest].into_iter().zip(&mut results);
            for (best, (columns, results)) in ours.iter_mut().zip(sets) {
                *best = timed(&bulk, columns, results)?.min(*best);
                for (peer, best) in peers.iter_mut().zip(&mut theirs) {
                    if let Some((records, time)) = peer.round() {
                        *best = per_second(records, time).max(*best);
                    }
                }
            }
        }
        drop(results);
        let agreed = self.compare(&bulk, &usual, &mut peers, session)?;
        let names = ["tanheng", "tanheng, all places allowed"];
        let rate = |(name, time): (&str, Duration)| Rate {
            name: name.to_owned(),
            per_second: per_second(self.records, time),
        };
        let ours: Vec<Rate> = names.into_iter().zip(ours).map(rate).collect();
        let peers: Vec<Rate> = peers
            .iter()
            .zip(theirs)
            .map(|(peer, per_second)| Rate { name: peer.name.clone(), per_second })
            .collect();
        report("accounting", &ours, &peers, self.json, session);
        Ok(if agreed { Exit::Done } else { Exit::Differs })
    }

    fn introduce(&self, threads: usize, session: &mut Session<'_>) {
        let range = |own: &Drawn| {
            let number = |value: i64| {
                let decimal = tanheng_quantity::Decimal::new(value.into(), own.places);
                decimal.map_or_else(|_| value.to_string(), |decimal| decimal.to_string())
            };
            format!("{} {}–{} {}", own.name, number(own.low), number(own.high), own.unit)
        };
        let (usual, finest): (Vec<String>, Vec<String>) =
            (USUAL.iter().map(range).collect(), FINEST.iter().map(range).collect());
        session.line(format!(
            "{METHOD}: {} records, {threads} threads, best of {} rounds",
            self.records, self.rounds
        ));
        session.line("round(consumption × round(ncv × carbon_content, 4) × oxidation × 44/12, 2)");
        session.line(format!("tanheng and peers: {}", usual.join(", ")));
        session.line(format!("tanheng, all places allowed: {}", finest.join(", ")));
    }

    fn start(&self, threads: usize, session: &mut Session<'_>) -> Vec<Peer> {
        let (records, threads) = (self.records.to_string(), threads.to_string());
        let mut peers = Vec::new();
        let wanted = [
            ("accounting_numpy.py", "whole"),
            ("accounting_numpy.py", "blocks"),
            ("accounting_openfisca.py", ""),
            ("accounting_decimal.py", ""),
        ];
        for (script, variant) in wanted {
            let arguments = [records.clone(), threads.clone(), variant.to_owned()];
            match Peer::start(&self.peers, script, &arguments) {
                Some(peer) => peers.push(peer),
                None => session.line(format!(
                    "{script} {variant}: not installed, left out (bench/peers/setup.sh installs it)"
                )),
            }
        }
        peers
    }

    /// Compares the first results with those of the peers: with exact ones digit by digit, with
    /// floating point within what it can carry.
    fn compare(
        &self,
        bulk: &Bulk<'_>,
        columns: &Columns,
        peers: &mut [Peer],
        session: &mut Session<'_>,
    ) -> Result<bool, Failure> {
        let sample = SAMPLE.min(self.records);
        let results = bulk.evaluate_rows(columns, 0..sample);
        let own = mantissas(&results)?.to_vec();
        let mut agreed = true;
        for peer in peers {
            let exact = peer.name.contains("decimal");
            let Some(theirs) = peer.sample(sample) else {
                session.line(format!("{}: no results to compare", peer.name));
                agreed = false;
                continue;
            };
            // Single precision holds seven digits, double precision many more than are printed.
            let part = if peer.name.contains("float32") { 100_000 } else { 1_000_000_000 };
            let differs = |(own, their): &(&i64, &i64)| {
                let allowed = if exact { 0 } else { 1 + own.unsigned_abs() / part };
                own.abs_diff(**their) > allowed
            };
            let apart = own.iter().zip(&theirs).filter(differs).count();
            session.line(format!(
                "{}: {apart} of {sample} results differ{}",
                peer.name,
                if exact { "" } else { " (beyond the last place)" }
            ));
            // Where the intermediate rounding meets a tie, floating point may fall to either side.
            let most = if exact { 0 } else { sample / 100 + 2 };
            agreed &= theirs.len() == sample && apart <= most;
        }
        Ok(agreed)
    }
}

fn prepared(book: &Rulebook) -> Result<Bulk<'_>, Failure> {
    let method = METHOD.parse().map_err(|_| broken(METHOD))?;
    let region: RegionCode = REGION.parse().map_err(|_| broken(REGION))?;
    book.bulk(&method, &Context { at: DAY, region }).map_err(|error| refused(&error))
}

/// One round, the rows shared among threads, each with results of its own to write over: the peers
/// write over theirs as well.
fn timed(bulk: &Bulk<'_>, columns: &Columns, results: &mut [Results]) -> Result<Duration, Failure> {
    let (rows, threads) = (columns.rows(), results.len());
    let watch = Stopwatch::start();
    thread::scope(|scope| {
        for (index, part) in results.iter_mut().enumerate() {
            let (from, to) = (rows * index / threads, rows * (index + 1) / threads);
            scope.spawn(move || bulk.evaluate_into(columns, from..to, part));
        }
    });
    let time = watch.elapsed();
    for part in &*results {
        if part.singly() > 0 || mantissas(part)?.len() != part.len() {
            return Err(broken("single path"));
        }
    }
    Ok(time)
}

fn mantissas(results: &Results) -> Result<&[i64], Failure> {
    if results.is_empty() {
        return Ok(&[]);
    }
    let numbers = results.numbers().filter(|numbers| numbers.scale == 2);
    numbers.and_then(|numbers| numbers.narrow()).ok_or_else(|| broken("results"))
}
