//! Killed at any moment, the book keeps what it acknowledged and no half of anything.

use std::time::Duration;

use tanheng_testkit::Seed;
use tanheng_testkit::process::{Acknowledged, Tanheng};
use tempfile::TempDir;

use crate::tanheng;

/// How often the process is killed.
const KILLS: u32 = 200;
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
    fn new(seed: u64) -> Self {
        let folder = TempDir::new().unwrap();
        let tanheng = tanheng(folder.path());
        let seed = seed.to_string();
        Self { _folder: folder, tanheng, seed, acknowledged: Acknowledged::new() }
    }

    /// Goes on until so much was answered, then for a while, and is killed. `false` when it
    /// was finished before.
    fn goes_on(&mut self, moment: Moment) -> bool {
        let plan = ["--enterprises", ENTERPRISES, "--seed", &self.seed];
        let demo = ["demo", "--no-serve", "--progress", "json"];
        let running = self.tanheng.start(&[&demo[..], &plan[..]].concat());
        running.wait_for(moment.answers);
        let ended = running.kill_after(moment.delay);
        assert!(matches!(ended.finished, None | Some(0)), "{ended:?}");
        // The same command is never acknowledged in two places or with two hashes.
        for (sequence, leaf) in ended.acknowledged {
            let before = self.acknowledged.insert(sequence, leaf.clone());
            assert!(before.is_none_or(|before| before == leaf), "entry {sequence} has changed");
        }
        self.holds_what_it_acknowledged();
        ended.finished.is_none()
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

#[test]
fn two_hundred_deaths_lose_nothing_that_was_acknowledged() {
    let mut random = Seed::printed("two_hundred_deaths");
    let mut life = Life::new(random.below(1_000));
    let (mut kills, mut finished, mut silent) = (0, 0, 0);
    while kills < KILLS {
        let known = life.acknowledged.len();
        if life.goes_on(Moment::random(&mut random, known)) {
            kills += 1;
            silent += u32::from(life.acknowledged.len() == known);
            if kills % EVERY == 0 {
                life.is_sound();
            }
        } else {
            finished += 1;
            life = Life::new(random.below(1_000));
        }
    }
    // A life to its end, however it began.
    assert!(!life.goes_on(Moment::never()), "it comes to its end");
    life.is_sound();
    assert!(life.acknowledged.len() > 40 * 12, "{}", life.acknowledged.len());
    println!("{KILLS} deaths, {finished} finished lives, {silent} deaths without a new answer");
    assert!(silent < KILLS * 2 / 3, "too many deaths came before anything new happened");
}

#[test]
fn what_was_cut_off_goes_on_to_the_same_end() {
    let mut whole = Life::new(11);
    assert!(!whole.goes_on(Moment::never()), "it comes to its end");
    let mut cut = Life::new(11);
    let mut pause = 40;
    while cut.goes_on(Moment::after(pause)) {
        pause += 160;
    }
    let tables = |life: &Life| {
        let ran = life.tanheng.run(&["replay", "--json"]);
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        json["replay"]["tables"].clone()
    };
    assert!(tables(&whole).as_array().is_some_and(|tables| tables.len() > 20));
    assert_eq!(tables(&cut), tables(&whole), "no command came twice or in another order");
}
