//! The server of the database stops, or a connection to it breaks, under a running executor.

use std::fs;
use std::thread;
use std::time::Duration;

use tanheng_app::actor::Admit;
use tanheng_app::book::DatabaseChoice;
use tanheng_app::{Book, Envelope, Failure, Ticket, receipt};
use tanheng_base::{Role, Scope};
use tanheng_evidence::receipt::verify;
use tanheng_store::StoreError;
use tanheng_testkit::postgres::Server;

use crate::desk::{Desk, id};

fn admit(name: &str) -> Admit {
    Admit { id: id(name), role: Role::Public, scope: Scope::Public }
}

fn send(desk: &Desk, name: &str) -> Ticket {
    let command = admit(name).into();
    desk.executor().send(Envelope { actor: id("system"), key: None, command }).unwrap()
}

/// A desk whose database is on a server of its own.
fn desk() -> Option<(Server, Desk)> {
    let server = Server::of_its_own()?;
    let address = Some(server.fresh_database());
    let desk = Desk::bare_on(&DatabaseChoice { address, password: None });
    Some((server, desk))
}

/// Waits until a commit is under way that the engine holds up.
fn wait_for_commit(server: &Server, waits_for: &str) {
    let query = format!(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = '{waits_for}'"
    );
    while server.sql("postgres", &query) == "0" {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_server_that_starts_again_is_waited_for_and_nothing_is_lost() {
    let Some((server, desk)) = desk() else { return };
    let before = desk.head().size;
    desk.ok("system", admit("a0"));
    server.stop();
    let tickets: Vec<Ticket> = (1..40).map(|n| send(&desk, &format!("a{n}"))).collect();
    thread::sleep(Duration::from_millis(300));
    server.start();
    for (ticket, sequence) in tickets.into_iter().zip(before + 1..) {
        assert_eq!(ticket.wait().unwrap().sequence, sequence);
    }
    server.kill();
    server.start();
    desk.ok("system", admit("a40"));
    assert_eq!(desk.head().size, before + 41);
    desk.sound();
}

#[test]
fn a_server_that_stays_away_is_said_to_and_the_next_command_finds_it_again() {
    let Some((server, desk)) = desk() else { return };
    let before = desk.head().size;
    server.stop();
    let (one, two) = (send(&desk, "a1"), send(&desk, "a2"));
    for ticket in [one, two] {
        let failure = ticket.wait().unwrap_err();
        let unreachable = matches!(&failure, Failure::Store(StoreError::Unreachable { .. }));
        assert!(unreachable, "{failure}");
    }
    server.start();
    assert_eq!(desk.ok("system", admit("a1")).sequence, before);
    desk.sound();
}

#[test]
fn a_commit_that_was_cut_off_after_it_happened_is_found_and_not_repeated() {
    let Some((server, desk)) = desk() else { return };
    let before = desk.head().size;
    // The engine commits, then waits for a copy elsewhere that never comes, and answers
    // nothing.
    server.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    server.sql("postgres", "SELECT pg_reload_conf()");
    let ticket = send(&desk, "a1");
    wait_for_commit(&server, "SyncRep");
    server.end_connections(&desk.book.address().to_string());
    let done = ticket.wait().unwrap();
    assert_eq!((done.sequence, done.repeated), (before, false));
    server.sql("postgres", "ALTER SYSTEM RESET synchronous_standby_names");
    server.sql("postgres", "SELECT pg_reload_conf()");
    assert_eq!(desk.head().size, before + 1, "it is there once");
    let text = receipt::issue(&desk.book, &desk.sql(), done.sequence).unwrap();
    assert!(verify(&text, None).is_ok(), "and was signed");
    desk.ok("system", admit("a2"));
    desk.sound();
}

#[test]
fn a_commit_that_was_cut_off_before_it_happened_is_done_again() {
    let Some((server, desk)) = desk() else { return };
    let before = desk.head().size;
    let address = desk.book.address().to_string();
    // The first commit takes long; those after it do not, once the switch is off.
    server.sql(
        &address,
        "CREATE TABLE public.switch (held BIGINT); INSERT INTO switch VALUES (1); \
         CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN IF EXISTS (SELECT 1 FROM switch WHERE held = 1) THEN PERFORM pg_sleep(60); \
         END IF; RETURN NULL; END $$; \
         CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON head DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION linger()",
    );
    let signed = desk.book.checkpoint().unwrap();
    let tickets: Vec<Ticket> = (0..5).map(|n| send(&desk, &format!("a{n}"))).collect();
    wait_for_commit(&server, "PgSleep");
    server.sql(&address, "UPDATE switch SET held = 0");
    assert_eq!(desk.book.checkpoint().unwrap(), signed, "nothing was signed yet");
    server.end_connections(&address);
    for (ticket, sequence) in tickets.into_iter().zip(before..) {
        assert_eq!(ticket.wait().unwrap().sequence, sequence);
    }
    assert_eq!(desk.head().size, before + 5);
    server.sql(&address, "DROP TRIGGER late ON head; DROP TABLE switch");
    desk.sound();
}

#[test]
fn when_nobody_can_tell_whether_it_happened_that_is_the_answer() {
    let Some((server, desk)) = desk() else { return };
    let before = desk.head().size;
    let signed = desk.book.checkpoint().unwrap();
    server.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    server.sql("postgres", "SELECT pg_reload_conf()");
    let key = Some("k".to_owned());
    let again = || Envelope { actor: id("system"), key: key.clone(), command: admit("a1").into() };
    let ticket = desk.executor().send(again()).unwrap();
    wait_for_commit(&server, "SyncRep");
    server.stop();
    let failure = ticket.wait().unwrap_err();
    assert!(matches!(failure, Failure::Store(StoreError::Undecided { .. })), "{failure}");
    assert_eq!(desk.book.checkpoint().unwrap(), signed, "nothing was signed");
    let conf = server.folder().join("data/postgresql.auto.conf");
    fs::write(conf, "").unwrap();
    server.start();
    // The key tells: it had happened, and happens once.
    let done = desk.executor().send(again()).unwrap().wait().unwrap();
    assert_eq!((done.sequence, done.repeated), (before, true));
    assert_eq!(desk.head().size, before + 1);
    let text = receipt::issue(&desk.book, &desk.sql(), before).unwrap();
    assert!(verify(&text, None).is_ok());
    desk.sound();
}

#[test]
fn a_folder_remembers_its_database_without_the_password_and_takes_no_other() {
    let Some(server) = Server::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let choice = |address: String| DatabaseChoice { address: Some(address), password: None };
    let first = format!("{}&password=geheim", server.fresh_database());
    let book = Book::create_on(folder.path(), &choice(first.clone())).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap().flatten() {
        let held = fs::read(entry.path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&held).contains("geheim"), "{entry:?}");
    }
    let again = Book::open(folder.path()).unwrap();
    assert!(again.address().same_place(book.address()));
    assert!(Book::open_on(folder.path(), &choice(first)).is_ok());
    let other = choice(server.fresh_database());
    for refused in [Book::open_on(folder.path(), &other), Book::create_on(folder.path(), &other)] {
        assert_eq!(refused.unwrap_err().problems()[0].code.0, "book.other_database");
    }
    // Nor does a book in a file.
    let folder = tempfile::tempdir().unwrap();
    Book::create(folder.path()).unwrap();
    let refused = Book::open_on(folder.path(), &other).unwrap_err();
    assert_eq!(refused.problems()[0].code.0, "book.other_database");
}
