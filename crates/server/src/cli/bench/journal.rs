//! Durable commands, beside a bare loop of the statements that they wrote.

use std::fs::File;
use std::io::Write;
use std::str::FromStr;
use std::sync::Arc;

use clap::Args;
use tanheng_app::actor::Admit;
use tanheng_app::bench::{bare, written};
use tanheng_app::book::Found;
use tanheng_app::demo::Plan;
use tanheng_app::{Book, Durability, Envelope, Executor, Failure as AppFailure};
use tanheng_base::{ActorId, FixedClock, IdError, Instant, Role, Scope};

use super::scratch::{How, Scratch, Turns, refused};
use super::{demo, tell};
use crate::cli::session::{Exit, Failure, Session};

/// 存证：每秒落盘的指令数，与同样语句的裸循环并列。Durable commands per second, beside a bare
/// loop of the same statements.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng bench journal --dir /srv/scratch")]
pub(super) struct Journal {
    #[command(flatten)]
    how: How,

    /// 每轮指令数。Commands in each round.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    commands: u32,

    /// 轮数。Rounds; ours and the peers take turns.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
}

/// Commands under way at once, and commands in a transaction, as many clients make them.
const WINDOW: usize = 512;
const GROUP: i64 = 256;
/// Enterprises of the played part, and appended blocks of the yardstick of the disk.
const ENTERPRISES: u32 = 100;
const BLOCKS: u64 = 200;

impl Journal {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let scratch = Scratch::new(&self.how)?;
        let mut small = Turns::of("durable commands: admit an actor");
        let mut play = Turns::of("durable commands: the example province");
        let mut small_bare = Turns::of("bare rusqlite: admit an actor");
        let mut play_bare = Turns::of("bare rusqlite: the example province");
        let mut fsync = Turns::of("append 4 KiB and fsync");
        for round in 0..self.rounds {
            let path = |name: &str| scratch.path(&format!("{name}-{round}"));
            let book = Book::create(&path("small"))?;
            let executor = founded(&book)?;
            small.measure(|| self.admit(&executor))?;
            drop(executor);
            against(&book, 1, &path("small-bare"), &mut small_bare)?;
            fsync.measure(|| blocks(&path("blocks")))?;
            let book = Book::create(&path("play"))?;
            let plan = Plan { enterprises: ENTERPRISES, ..Plan::default() };
            play.measure(|| demo::played(session, &book, plan))?;
            against(&book, 0, &path("play-bare"), &mut play_bare)?;
        }
        let ours = [small.rate(), play.rate()];
        let peers = [small_bare.rate(), play_bare.rate(), fsync.rate()];
        tell("journal", (&ours, &peers), ours.iter().zip(&peers), self.how.json, session);
        Ok(Exit::Done)
    }

    fn admit(&self, executor: &Executor) -> Result<u64, Failure> {
        let admin: ActorId = id("system")?;
        let mut under_way = std::collections::VecDeque::new();
        for number in 0..self.commands {
            if under_way.len() == WINDOW {
                under_way
                    .pop_front()
                    .map_or(Ok(()), |ticket: tanheng_app::Ticket| ticket.wait().map(drop))?;
            }
            let agency = Scope::Agency(id(&format!("agency-{number}"))?);
            let admit = Admit {
                id: id(&format!("verifier-{number}"))?,
                role: Role::Verifier,
                scope: agency,
            };
            let key = Some(format!("key-{number}"));
            under_way.push_back(executor.send(Envelope {
                actor: admin.clone(),
                key,
                command: admit.into(),
            })?);
        }
        under_way.into_iter().try_for_each(|ticket| ticket.wait().map(drop))?;
        Ok(u64::from(self.commands))
    }
}

fn founded(book: &Book) -> Result<Executor, Failure> {
    let clock = Arc::new(FixedClock::new(Instant(0)));
    let executor = Executor::start(book, clock, Durability::Full)?;
    let [system_admin, security_admin, audit_admin]: [ActorId; 3] =
        [id("system")?, id("security")?, id("audit")?];
    let found = Found {
        demonstration: None,
        system_admin: system_admin.clone(),
        security_admin,
        audit_admin,
    };
    executor.run(&system_admin, None, found)?;
    Ok(executor)
}

/// What a book wrote, written again without us; counted in entries, as ours is.
fn against(
    book: &Book,
    first: i64,
    path: &std::path::Path,
    rate: &mut Turns,
) -> Result<(), Failure> {
    let written = written(book, first, GROUP)?;
    let bare = bare(Some(path))?;
    rate.measure(|| {
        bare.run(&written.groups).map_err(AppFailure::from)?;
        Ok::<_, Failure>(written.count)
    })
}

fn blocks(path: &std::path::Path) -> Result<u64, Failure> {
    let failed = |error: std::io::Error| refused(path, &error);
    let mut file = File::create(path).map_err(failed)?;
    for _ in 0..BLOCKS {
        file.write_all(&[7; 4096]).map_err(failed)?;
        file.sync_all().map_err(failed)?;
    }
    Ok(BLOCKS)
}

fn id<T: FromStr<Err = IdError>>(text: &str) -> Result<T, Failure> {
    Ok(text.parse().map_err(|error: IdError| AppFailure::Evidence(error.to_string()))?)
}
