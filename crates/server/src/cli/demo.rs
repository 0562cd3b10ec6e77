//! `tanheng demo`: the whole thing on invented enterprises.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::json;
use tanheng_app::demo::{self, Plan, Stage, Watch};
use tanheng_app::{Acknowledged, Book, Durability, Executor, list};
use tanheng_base::{FixedClock, Instant, RegionCode, Text};
use tanheng_rulebook::{PackFiles, Rulebook};

use super::book::{Data, Disk, Founding};
use super::ledger::hex;
use super::progress::Bar;
use super::session::{Exit, Failure, Session};
use super::summary::Summary;
use crate::packs::without_examples;

/// 示例省份：200家虚构企业走完2022履约年度。The example province: 200 invented enterprises through
/// compliance cycle 2022.
///
/// 全部数值为虚构并带有「示例」标记；真实企业只有名单条目，没有任何数值。再次启动从中断处继续，不会重复。
/// Every figure is invented and marked so; of real companies there are list entries only. A second
/// start continues where the first was cut off and repeats nothing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Demo {
    #[command(flatten)]
    data: Data,

    #[command(flatten)]
    founding: Founding,

    /// 示例企业数，缺省200。Number of example enterprises, by default 200.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    enterprises: Option<u32>,

    /// 随机种子，缺省2022。Seed, by default 2022.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,

    /// 完成后不开网页服务。Do not serve pages afterwards.
    #[arg(long)]
    no_serve: bool,

    /// 网页监听地址，只允许本机。Address to serve on, loopback only.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8022")]
    listen: std::net::SocketAddr,

    /// 以JSON输出小结。Print the summary as JSON.
    #[arg(long)]
    json: bool,

    /// 进度：条形，或逐条JSON。Progress as a bar, or one JSON object per acknowledgement.
    #[arg(long, value_enum, default_value_t = Progress::Bar)]
    progress: Progress,

    #[arg(long, value_enum, default_value_t = Disk::Full, hide = true)]
    durability: Disk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Progress {
    /// 终端上的进度条 a bar on a terminal
    Bar,
    /// 每个确认一行JSON one line of JSON per acknowledgement
    Json,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng demo
  tanheng demo --enterprises 30 --no-serve --data /tmp/tanheng
  tanheng demo --json --no-serve";

/// Tells what is on disk.
struct Telling<'s, 'o> {
    session: &'s mut Session<'o>,
    progress: Progress,
    bar: Bar,
}

impl Watch for Telling<'_, '_> {
    fn stage(&mut self, title: &Text, commands: u64) {
        let title = title.get(self.session.lang).to_owned();
        self.bar.next(&title, commands);
    }

    fn acknowledged(&mut self, acknowledged: &Acknowledged) {
        match self.progress {
            Progress::Bar => self.bar.step(),
            Progress::Json => {
                let (sequence, leaf) = (acknowledged.sequence, hex(&acknowledged.leaf));
                let told = json!({ "acknowledged": { "sequence": sequence, "leaf": leaf } });
                self.session.line(told.to_string());
            }
        }
    }
}

impl Demo {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let book = self.data.made(&self.founding)?;
        self.play(&book, session)?;
        let summary = Summary::of(&book)?;
        if self.json {
            session.json(&summary.to_json());
        } else if self.progress == Progress::Bar {
            for line in summary.lines(session.lang) {
                session.line(line);
            }
        }
        if self.no_serve {
            return Ok(Exit::Done);
        }
        super::serve::serve(&self.data, self.listen, session)
    }

    fn play(&self, book: &Book, session: &mut Session<'_>) -> Result<(), Failure> {
        let begun = Plan::of(book)?.unwrap_or_default();
        let plan = Plan {
            enterprises: self.enterprises.unwrap_or(begun.enterprises),
            seed: self.seed.unwrap_or(begun.seed),
        };
        let cast = Cast::of(session)?;
        let bar = Bar::new("");
        let mut telling = Telling { session, progress: self.progress, bar };
        play(book, &cast, &plan, self.durability.into(), &mut telling)?;
        telling.bar.finish();
        Ok(())
    }
}

/// What the play takes from the rulebook packs.
pub(super) struct Cast {
    law: Vec<PackFiles>,
    example: Vec<PackFiles>,
    regions: Vec<RegionCode>,
    national_list: list::Publish,
}

impl Cast {
    pub(super) fn of(session: &Session<'_>) -> Result<Self, Failure> {
        let example = session.packs()?;
        let law = without_examples(example.clone());
        let rulebook = Rulebook::load(law.clone()).map_err(Failure::Packs)?;
        let placed = rulebook.regions().iter().filter(|region| region.tile.is_some());
        let regions = placed.map(|region| region.code.clone()).collect();
        let national_list = list::from_packs(&rulebook)?.into_iter().next().ok_or_else(no_list)?;
        Ok(Self { law, example, regions, national_list })
    }
}

/// Plays the example province on a book.
pub(super) fn play(
    book: &Book,
    cast: &Cast,
    plan: &Plan,
    durability: Durability,
    watch: &mut dyn Watch,
) -> Result<(), Failure> {
    let clock = Arc::new(FixedClock::new(Instant(0)));
    let executor = Executor::start(book, Arc::clone(&clock) as _, durability)?;
    let stage = Stage {
        executor: &executor,
        clock: &clock,
        law: &cast.law,
        example: &cast.example,
        regions: &cast.regions,
        national_list: cast.national_list.clone(),
    };
    Ok(demo::play(book, &stage, plan, watch)?)
}

fn no_list() -> Failure {
    Failure::new(
        "demo.no_list",
        Text::new("规则包中没有全国碳市场名单", "the packs hold no list of the national market"),
        Text::new("请使用程序自带的规则包", "use the packs built in"),
    )
}
