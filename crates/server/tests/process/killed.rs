//! Killed at any moment, the book keeps what it acknowledged and no half of anything.

use std::time::Duration;

use tanheng_testkit::postgres::Server;
use tanheng_testkit::process::{Acknowledged, Ended, Running, Tanheng};
use tanheng_testkit::{Engine, Seed};
use tempfile::TempDir;

use crate::tanheng;

/// How often the process is killed.
const KILLS: u32 = 200;
/// How often with a database on a server: what differs is there from the first death on.
const KILLS_ON_SERVER: u32 = 40;
/// How often the server of the database is killed.
const KILLS_OF_SERVER: u32 = 8;
/// Replay and audit are run after so many.
const EVERY: u32 = 20;
const ENTERPRISES: &str = "40";

/// A demonstration that is killed again and again until it is finished.
struct Life {
    _folder: TempDir,
    tanheng: Tanheng,
    seed: String,
    acknowledged: Acknowledged,
}

impl Life {
    fn new(seed: u64, database: Option<String>) -> Self {
        let folder = TempDir::new().unwrap();
        let tanheng = tanheng(folder.path()).on(database);
        let seed = seed.to_string();
        Self { _folder: folder, tanheng, seed, acknowledged: Acknowledged::new() }
    }

    /// Goes on until so much was answered, then for a while, and is killed. `false` when it
    /// was finished before.
    fn goes_on(&mut self, moment: Moment) -> bool {
        let running = self.starts();
        running.wait_for(moment.answers);
        self.ends(running.kill_after(moment.delay))
    }

    fn starts(&self) -> Running {
        let plan = ["--enterprises", ENTERPRISES, "--seed", &self.seed];
        let demo = ["demo", "--no-serve", "--progress", "json"];
        self.tanheng.start(&[&demo[..], &plan[..]].concat())
    }

    /// Compares what a process acknowledged. `false` when it had come to its end.
    fn ends(&mut self, ended: Ended) -> bool {
        let finished = ended.finished == Some(0);
        let told = &ended.complaints;
        // Reading is not tried again by itself: without a database that is said.
        let away = told.starts_with("database.unreachable") || told.starts_with("database.lost");
        let on_server = self.tanheng.database.is_some();
        let given_up = ended.finished == Some(1) && on_server && away;
        assert!(finished || given_up || ended.finished.is_none(), "{:?}: {told}", ended.finished);
        // The same command is never acknowledged in two places or with two hashes.
        for (sequence, leaf) in ended.acknowledged {
            let before = self.acknowledged.insert(sequence, leaf.clone());
            assert!(before.is_none_or(|before| before == leaf), "entry {sequence} has changed");
        }
        self.holds_what_it_acknowledged();
        !finished
    }

    fn holds_what_it_acknowledged(&self) {
        let journal = self.tanheng.journal();
        for (sequence, leaf) in &self.acknowledged {
            assert_eq!(journal.get(sequence), Some(leaf), "entry {sequence} was acknowledged");
        }
    }

    /// Replay and audit agree, right after a death.
    fn is_sound(&self) {
        // Death before the first checkpoint leaves entries that nobody vouches for yet.
        if !self.tanheng.data.join("log.checkpoint").exists() {
            assert!(self.acknowledged.is_empty(), "acknowledged without a checkpoint");
            return;
        }
        for command in ["replay", "audit"] {
            let ran = self.tanheng.run(&[command]);
            assert_eq!(ran.code, Some(0), "{command}: {}{}", ran.out, ran.err);
        }
    }
}

/// When to kill: after so many answers, and then after a delay.
#[derive(Debug, Clone, Copy)]
struct Moment {
    answers: usize,
    delay: Duration,
}

impl Moment {
    fn after(milliseconds: u64) -> Self {
        Self { answers: 0, delay: Duration::from_millis(milliseconds) }
    }

    /// Never, as far as a test can wait.
    fn never() -> Self {
        Self::after(300_000)
    }

    /// A moment of the life that `known` answers have been heard of: some while the book is
    /// made or opened, some while old answers are given again, most amid new ones.
    fn random(random: &mut Seed, known: usize) -> Self {
        match random.below(10) {
            0 => Self::after(random.below(60)),
            1 => Self::after(random.below(600)),
            _ => {
                // Answers come by the group, so that one more is often two hundred more.
                let further = 1 + usize::try_from(random.below(20)).unwrap();
                Self { answers: known + further, ..Self::after(random.below(30)) }
            }
        }
    }
}

/// Dies so often, and comes to its end.
#[expect(clippy::print_stdout, reason = "how much was tried is told with the test")]
fn deaths(test: &str, kills: u32, engine: Engine) {
    let mut random = Seed::printed(test);
    let new = |random: &mut Seed| Life::new(random.below(1_000), engine.database());
    let mut life = new(&mut random);
    let (mut died, mut finished, mut silent) = (0, 0, 0);
    while died < kills {
        let known = life.acknowledged.len();
        if life.goes_on(Moment::random(&mut random, known)) {
            died += 1;
            silent += u32::from(life.acknowledged.len() == known);
            if died % EVERY == 0 {
                life.is_sound();
            }
        } else {
            finished += 1;
            life = new(&mut random);
        }
    }
    // A life to its end, however it began.
    assert!(!life.goes_on(Moment::never()), "it comes to its end");
    life.is_sound();
    assert!(life.acknowledged.len() > 40 * 12, "{}", life.acknowledged.len());
    println!("{kills} deaths, {finished} finished lives, {silent} deaths without a new answer");
    assert!(silent < kills * 2 / 3, "too many deaths came before anything new happened");
}

#[test]
fn two_hundred_deaths_lose_nothing_that_was_acknowledged() {
    deaths("two_hundred_deaths", KILLS, Engine::File);
}

#[test]
fn deaths_beside_a_database_server_lose_nothing_that_was_acknowledged() {
    if Server::shared().is_some() {
        deaths("deaths_beside_a_server", KILLS_ON_SERVER, Engine::Server);
    }
}

fn tables(life: &Life) -> serde_json::Value {
    let ran = life.tanheng.run(&["replay", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let tables = json["replay"]["tables"].clone();
    assert!(tables.as_array().is_some_and(|tables| tables.len() > 20), "{ran:?}");
    tables
}

#[test]
fn what_was_cut_off_goes_on_to_the_same_end() {
    let mut whole = Life::new(11, None);
    assert!(!whole.goes_on(Moment::never()), "it comes to its end");
    let mut cut = Life::new(11, None);
    let mut pause = 40;
    while cut.goes_on(Moment::after(pause)) {
        pause += 160;
    }
    assert_eq!(tables(&cut), tables(&whole), "no command came twice or in another order");
}

/// Every process of the database server dies again and again, and recovers from its log,
/// while the program goes on: it waits, and finds out what became of its last group.
#[test]
fn deaths_of_the_database_server_lose_nothing_and_lead_to_the_same_end() {
    let Some(server) = Server::of_its_own() else { return };
    let mut random = Seed::printed("deaths_of_the_database_server");
    let mut whole = Life::new(11, None);
    assert!(!whole.goes_on(Moment::never()), "it comes to its end");

    let (mut killed, mut amid, mut finished) = (0, 0, 0);
    while killed < KILLS_OF_SERVER {
        let mut life = Life::new(11, Some(server.fresh_database()));
        let running = life.starts();
        let mut known = 0;
        while killed < KILLS_OF_SERVER && !running.has_ended() {
            let further = 1 + usize::try_from(random.below(200)).unwrap();
            running.wait_for(known + further);
            std::thread::sleep(Duration::from_millis(random.below(40)));
            server.kill();
            amid += u32::from(!running.has_ended());
            known = running.heard();
            server.start();
            killed += 1;
        }
        let cut = life.ends(running.kill_after(Moment::never().delay));
        assert!(!cut || !life.goes_on(Moment::never()), "it comes to its end");
        life.is_sound();
        assert_eq!(tables(&life), tables(&whole), "no command came twice or in another order");
        finished += 1;
    }
    println!("{killed} deaths of the server, {amid} amid commands, {finished} finished lives");
    assert!(amid >= KILLS_OF_SERVER / 2, "too many deaths came when all was done");
}
