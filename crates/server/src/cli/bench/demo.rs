//! The whole compliance cycle of a province: its time, how it grows, its memory.

use clap::Args;
use tanheng_app::demo::{Plan, Watch};
use tanheng_app::{Acknowledged, Book, Durability};
use tanheng_base::Text;

use super::report;
use super::scratch::{How, Scratch, Turns};
use crate::cli::demo::{self, Cast};
use crate::cli::progress::Bar;
use crate::cli::session::{Exit, Failure, Session};

/// 全流程：一省一年，用时、增长、内存。The whole cycle of a province-year: time, growth, memory.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng bench demo --enterprises 750")]
pub(super) struct Demo {
    #[command(flatten)]
    how: How,

    /// 示例企业数；先以四分之一测增长。Example enterprises; a quarter of them is measured first.
    #[arg(long, value_name = "N", default_value_t = 3_000, value_parser = clap::value_parser!(u32).range(4..=100_000))]
    enterprises: u32,
}

impl Demo {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let scratch = Scratch::new(&self.how)?;
        let mut results = Vec::new();
        for enterprises in [self.enterprises / 4, self.enterprises] {
            let book = Book::create(&scratch.path(&enterprises.to_string()))?;
            let mut turns = Turns::of(format!("commands of {enterprises} enterprises"));
            let plan = Plan { enterprises, ..Plan::default() };
            turns.measure(|| played(session, &book, plan))?;
            let (millis, peak) = (turns.time().as_millis(), peak_memory());
            session.line(format!("{enterprises} enterprises: {millis} ms, memory ≤ {peak}"));
            results.push(turns.rate());
        }
        report("demo", &results, &[], self.how.json, session);
        Ok(Exit::Done)
    }
}

/// Plays the example province and gives the number of commands.
pub(super) fn played(session: &mut Session<'_>, book: &Book, plan: Plan) -> Result<u64, Failure> {
    let cast = Cast::of(session)?;
    let mut counter = Counter { bar: Bar::new(""), commands: 0, lang: session.lang };
    demo::play(book, &cast, &plan, Durability::Full, &mut counter)?;
    counter.bar.finish();
    Ok(counter.commands)
}

struct Counter {
    bar: Bar,
    commands: u64,
    lang: tanheng_base::Lang,
}

impl Watch for Counter {
    fn stage(&mut self, title: &Text, commands: u64) {
        self.bar.next(title.get(self.lang), commands);
    }

    fn acknowledged(&mut self, _: &Acknowledged) {
        self.commands += 1;
        self.bar.step();
    }
}

/// The most memory this process has had, as the kernel says it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}
