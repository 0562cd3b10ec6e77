//! One order, one log, whoever sends and how many at once.

use std::fs;
use std::sync::Arc;
use std::thread;

use tanheng_app::actor::Admit;
use tanheng_app::{Acknowledged, Envelope, Executor, Failure, receipt};
use tanheng_base::{FixedClock, Instant, Role, Scope};
use tanheng_evidence::Entry;
use tanheng_evidence::receipt::verify;
use tanheng_store::{Durability, journal};
use tanheng_testkit::on_each_engine;

use crate::desk::{Desk, STEEL, annual, assignment, deposit, finding, id, morning};

fn admit(name: &str) -> Admit {
    Admit { id: id(name), role: Role::Public, scope: Scope::Public }
}

fn envelope(command: impl Into<tanheng_app::Command>) -> Envelope {
    Envelope { actor: id("system"), key: None, command: command.into() }
}

fn times(desk: &Desk) -> Vec<i64> {
    let entries = journal::entries(&desk.sql(), 0, i64::MAX).unwrap();
    entries.iter().map(|(_, leaf)| Entry::decode(leaf).unwrap().time_ms()).collect()
}

/// A desk where every finding that is recorded makes a new entry.
fn with_verification() -> Desk {
    let desk = Desk::new();
    desk.file_months(STEEL, 2_000);
    desk.ok("filer-1", annual(STEEL, None));
    desk.assign(STEEL);
    desk
}

#[test]
fn many_threads_make_one_log_without_gaps() {
    on_each_engine(|| {
        let desk = Desk::bare();
        let before = desk.head().size;
        let work = |thread: usize| {
            let executor = desk.executor();
            let tickets: Vec<_> = (0..50)
                .map(|n| executor.send(envelope(admit(&format!("t{thread}-{n}")))).unwrap())
                .collect();
            tickets.into_iter().map(|ticket| ticket.wait().unwrap().sequence).collect::<Vec<_>>()
        };
        let mut sequences: Vec<i64> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|thread| scope.spawn(move || work(thread))).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        sequences.sort_unstable();
        assert_eq!(sequences, (before..before + 400).collect::<Vec<_>>());
        assert_eq!(desk.sound().entries, before + 400);
    });
}

#[test]
fn a_key_stands_for_one_command_and_a_rejection_uses_none_up() {
    on_each_engine(|| {
        let desk = Desk::new();
        let run = |who: &str, key: &str, command: tanheng_app::Command| {
            desk.executor().run(&id(who), Some(key.to_owned()), command)
        };
        desk.at("2022-01-20");
        let early = run("filer-1", "k", deposit(STEEL, 1, 2_000).into()).unwrap_err();
        assert_eq!(early.problems()[0].code.0, "ledger.month_not_over");
        let before = desk.head();

        desk.at("2022-02-10");
        let first = run("filer-1", "k", deposit(STEEL, 1, 2_000).into()).unwrap();
        assert!(!first.repeated && first.sequence == before.size);
        desk.at("2022-02-11");
        let again = run("filer-1", "k", deposit(STEEL, 1, 2_000).into()).unwrap();
        assert!(again.repeated);
        assert_eq!(without_repeated(&again), without_repeated(&first));
        let after = desk.head();
        let other = run("filer-1", "k", deposit(STEEL, 1, 2_001).into()).unwrap_err();
        assert_eq!(other.problems()[0].code.0, "command.key_reused");
        let kind = run("filer-1", "k", annual(STEEL, None).into()).unwrap_err();
        assert_eq!(kind.problems()[0].code.0, "command.key_reused");
        // Another actor's key of the same name is another key.
        let strange = run("filer-2", "k", deposit(STEEL, 1, 2_000).into()).unwrap_err();
        assert_eq!(strange.problems()[0].code.0, "policy.not_allowed");
        assert_eq!(desk.head(), after);
        desk.sound();
    });
}

fn without_repeated(acknowledged: &Acknowledged) -> (i64, Instant, [u8; 32], String) {
    let fields = serde_json::to_string(&acknowledged.fields).unwrap();
    (acknowledged.sequence, acknowledged.time, acknowledged.leaf, fields)
}

#[test]
fn a_full_queue_is_said_to_be_full_and_loses_nothing() {
    on_each_engine(|| {
        let desk = Desk::bare();
        let before = desk.head().size;
        let mut tickets = Vec::new();
        let busy = desk.while_nobody_writes(|| {
            loop {
                let offered = envelope(admit(&format!("citizen-{}", tickets.len())));
                match desk.executor().offer(offered) {
                    Ok(ticket) => tickets.push(ticket),
                    Err(failure) => break failure,
                }
                assert!(tickets.len() < 10_000, "the queue has no bound");
            }
        });
        assert_eq!(busy.problems()[0].code.0, "executor.busy");
        let taken = i64::try_from(tickets.len()).unwrap();
        for ticket in tickets {
            ticket.wait().unwrap();
        }
        assert_eq!(desk.head().size, before + taken);
        assert!(desk.executor().offer(envelope(admit("late"))).unwrap().wait().is_ok());
    });
}

#[test]
fn entry_times_never_decrease_when_the_clock_goes_back() {
    on_each_engine(|| {
        let desk = Desk::bare();
        desk.at("2022-06-01");
        let first = desk.ok("system", admit("one"));
        desk.at("2022-01-05");
        let second = desk.ok("system", admit("two"));
        assert_eq!((first.time, second.time), (morning("2022-06-01"), morning("2022-06-01")));
        desk.at("2022-06-02");
        assert_eq!(desk.ok("system", admit("three")).time, morning("2022-06-02"));
        assert!(times(&desk).is_sorted());
        desk.sound();
    });
}

#[test]
fn two_executors_on_one_folder_make_one_log() {
    on_each_engine(|| {
        let desk = with_verification();
        let before = desk.head().size;
        let behind = Arc::new(FixedClock::new(morning("2022-01-04")));
        let other = Executor::start(&desk.book, behind as _, Durability::Full).unwrap();
        let work = |executor: &Executor| {
            let run = |n| {
                let key = (n % 2 == 0).then(|| format!("same-key-{n}"));
                let found = executor.run(&id("verifier-a"), key, finding(STEEL, None)).unwrap();
                (found.sequence, found.repeated)
            };
            (0..60).map(run).collect::<Vec<_>>()
        };
        let mut answers = thread::scope(|scope| {
            let one = scope.spawn(|| work(desk.executor()));
            let two = scope.spawn(|| work(&other));
            let mut all = one.join().unwrap();
            all.extend(two.join().unwrap());
            all
        });
        answers.sort_unstable();
        // Thirty keys that both gave, and thirty commands of each without one.
        let repeated = answers.iter().filter(|(_, repeated)| *repeated).count();
        assert_eq!(repeated, 30);
        let made: Vec<i64> = answers.iter().filter(|(_, r)| !r).map(|(s, _)| *s).collect();
        assert_eq!(made, (before..before + 90).collect::<Vec<_>>());
        assert!(times(&desk).is_sorted());
        desk.sound();
        // Both can go on, and the kept checkpoint covers all.
        desk.ok("verifier-a", finding(STEEL, None));
        other.run(&id("verifier-a"), None, finding(STEEL, None)).unwrap();
        let last = desk.head().size - 1;
        let text = receipt::issue(&desk.book, &desk.sql(), last).unwrap();
        assert!(verify(&text, None).is_ok());
    });
}

#[test]
fn a_checkpoint_that_cannot_be_kept_makes_nothing_happen_twice() {
    on_each_engine(|| {
        let desk = with_verification();
        let before = desk.head().size;
        let obstacle = desk.book.folder().join("log.new");
        fs::create_dir(&obstacle).unwrap();
        let envelope = || Envelope {
            actor: id("verifier-a"),
            key: None,
            command: finding(STEEL, None).into(),
        };
        let send = |_| desk.executor().send(envelope()).unwrap();
        let tickets: Vec<_> = desk.while_nobody_writes(|| (0..9).map(send).collect());
        for ticket in tickets {
            let failure = ticket.wait().unwrap_err();
            assert!(failure.to_string().contains("in the journal"), "{failure}");
        }
        assert_eq!(desk.head().size, before + 9, "each was written once");

        // Whatever is asked next, the log is signed up to its end before the answer.
        fs::remove_dir(&obstacle).unwrap();
        assert!(desk.ok("province", assignment(STEEL, "agency-a")).repeated);
        let text = receipt::issue(&desk.book, &desk.sql(), before + 8).unwrap();
        assert!(verify(&text, None).is_ok());
        desk.sound();
    });
}

#[test]
fn what_was_committed_before_a_crash_is_signed_at_the_next_start() {
    on_each_engine(|| {
        let mut desk = Desk::bare();
        let file = desk.book.folder().join("log.checkpoint");
        let older = fs::read_to_string(&file).unwrap();
        let last = desk.ok("system", admit("one")).sequence;
        desk.stop();
        // As if the process had died between the commit and the checkpoint.
        fs::write(&file, older).unwrap();
        desk.start();
        desk.stop();
        let text = receipt::issue(&desk.book, &desk.sql(), last).unwrap();
        assert!(verify(&text, None).is_ok());
        desk.sound();
    });
}

#[test]
fn a_book_whose_checkpoint_was_lost_is_not_signed_again() {
    on_each_engine(|| {
        let mut desk = Desk::bare();
        let file = desk.book.folder().join("log.checkpoint");
        let kept = fs::read_to_string(&file).unwrap();
        desk.stop();
        fs::remove_file(&file).unwrap();
        let refused = desk.try_start().err().unwrap();
        assert!(matches!(refused, Failure::Inconsistent(_)), "{refused}");
        assert!(!file.exists());
        fs::write(&file, kept).unwrap();
        desk.start();
        desk.sound();
    });
}

#[test]
fn a_failed_command_in_a_group_takes_no_other_with_it() {
    on_each_engine(|| {
        let desk = Desk::bare();
        let before = desk.head().size;
        // The engine itself refuses one row.
        desk.raw(
            "CREATE TRIGGER refuse BEFORE INSERT ON actor WHEN NEW.id = 'cursed' \
         BEGIN SELECT RAISE(ABORT, 'cursed'); END",
            "CREATE FUNCTION curse() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION 'cursed'; END $$; \
         CREATE TRIGGER refuse BEFORE INSERT ON actor FOR EACH ROW \
         WHEN (NEW.id = 'cursed') EXECUTE FUNCTION curse()",
        );
        let names = ["a1", "system", "a2", "cursed", "a3"];
        let send = |name: &&str| desk.executor().send(envelope(admit(name))).unwrap();
        let tickets: Vec<_> = desk.while_nobody_writes(|| names.iter().map(send).collect());
        let answers: Vec<_> = tickets.into_iter().map(tanheng_app::Ticket::wait).collect();
        let code = |failure: &Failure| failure.problems().first().map(|problem| problem.code.0);
        assert_eq!(answers[1].as_ref().err().and_then(code), Some("actor.exists"));
        assert!(matches!(answers[3], Err(Failure::Store(_))), "{:?}", answers[3]);
        for (sequence, place) in (before..).zip([0, 2, 4]) {
            assert_eq!(answers[place].as_ref().unwrap().sequence, sequence);
        }
        assert_eq!(desk.head().size, before + 3);
        desk.sound();
    });
}
