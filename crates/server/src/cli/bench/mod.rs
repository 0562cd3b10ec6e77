//! `tanheng bench`: how fast it is, beside others who do the same in the same run.
//!
//! One file per suite. A suite measures itself and its peers in turns, prints the ratios, and ends
//! with one line of JSON when that is asked for.

mod accounting;
mod demo;
mod import;
mod journal;
mod peer;
mod replay;
mod scratch;
mod trial;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::session::{Exit, Failure, Session};

/// 测速，与同类程序轮流比较。Measure speed, in turns with other programs doing the same.
#[derive(Debug, Args)]
pub(super) struct Bench {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Debug, Subcommand)]
enum Suite {
    Accounting(accounting::Accounting),
    Journal(journal::Journal),
    Replay(replay::Replay),
    Demo(demo::Demo),
    Try(trial::Try),
    Import(import::Import),
}

impl Bench {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.suite {
            Suite::Accounting(suite) => suite.run(session),
            Suite::Journal(suite) => suite.run(session),
            Suite::Replay(suite) => suite.run(session),
            Suite::Demo(suite) => suite.run(session),
            Suite::Try(suite) => suite.run(session),
            Suite::Import(suite) => suite.run(session),
        }
    }
}

/// How many things one program did in a second.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rate {
    name: String,
    per_second: u64,
}

impl Rate {
    fn to_json(&self) -> Json {
        json!({ "name": self.name, "per_second": self.per_second })
    }

    /// How often the other's rate fits in this one, with two decimals.
    fn times(&self, other: &Rate) -> String {
        let hundredths = u128::from(self.per_second) * 100 / u128::from(other.per_second.max(1));
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// Things per second from the time that some took.
fn per_second(count: usize, time: std::time::Duration) -> u64 {
    let count = u128::try_from(count).unwrap_or(u128::MAX);
    let rate = count.saturating_mul(1_000_000_000) / time.as_nanos().max(1);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// The rates on lines for readers, each of ours beside each peer, and as the last line of JSON
/// when asked for.
fn report(suite: &str, ours: &[Rate], peers: &[Rate], json: bool, session: &mut Session<'_>) {
    let pairs = |own| peers.iter().map(move |peer| (own, peer));
    tell(suite, (ours, peers), ours.iter().flat_map(pairs), json, session);
}

/// The same where each is beside peers of its own.
fn tell<'r>(
    suite: &str,
    (ours, peers): (&'r [Rate], &'r [Rate]),
    pairs: impl Iterator<Item = (&'r Rate, &'r Rate)>,
    json: bool,
    session: &mut Session<'_>,
) {
    let widest = ours.iter().chain(peers).map(|rate| rate.name.len()).max().unwrap_or(0);
    for rate in ours.iter().chain(peers) {
        session.line(format!("{:widest$}  {:>13} /s", rate.name, grouped(rate.per_second)));
    }
    for (own, peer) in pairs {
        session.line(format!("{} = {} × {}", own.name, own.times(peer), peer.name));
    }
    if json {
        let results: Vec<Json> = ours.iter().map(Rate::to_json).collect();
        let peers: Vec<Json> = peers.iter().map(Rate::to_json).collect();
        session.line(json!({ "suite": suite, "results": results, "peers": peers }).to_string());
    }
}

/// A number with blanks between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_ratios_are_whole_numbers() {
        let rate = |per_second| Rate { name: String::new(), per_second };
        assert_eq!(rate(250).times(&rate(100)), "2.50");
        assert_eq!(rate(1).times(&rate(0)), "1.00");
        assert_eq!(per_second(5_000_000, std::time::Duration::from_millis(20)), 250_000_000);
        assert_eq!(grouped(1_234_567), "1 234 567");
        assert_eq!(grouped(12), "12");
    }
}
