//! An old copy of the database, or another log's checkpoint, is noticed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tanheng_app::actor::Admit;
use tanheng_app::book::DatabaseChoice;
use tanheng_app::{Envelope, Failure};
use tanheng_base::{Role, Scope};

use crate::desk::{Desk, id};

fn admit(number: u32) -> Admit {
    Admit { id: id(&format!("citizen-{number}")), role: Role::Public, scope: Scope::Public }
}

/// Puts a database file in the place of another, without what the engine kept beside it.
fn put_back(desk: &Desk, copy: &Path) {
    for beside in ["book.db-wal", "book.db-shm"] {
        drop(fs::remove_file(desk.book.folder().join(beside)));
    }
    fs::copy(copy, desk.database()).unwrap();
}

/// A copy of the database as an operator would make it.
fn copy_of(desk: &Desk) -> std::path::PathBuf {
    let copy = desk.folder.path().join("copy.db");
    let connection = rusqlite::Connection::open(desk.database()).unwrap();
    connection.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    copy
}

#[test]
fn a_restored_backup_is_refused_and_reported() {
    let mut desk = Desk::bare();
    let copy = copy_of(&desk);
    let signed = desk.ok("system", admit(1)).sequence + 1;
    let newest = desk.book.checkpoint().unwrap();
    desk.stop();
    put_back(&desk, &copy);

    let refused = desk.try_start().err().unwrap();
    assert!(matches!(refused, Failure::Inconsistent(_)), "{refused}");
    assert!(refused.to_string().contains(&signed.to_string()), "{refused}");
    let audited = desk.audit();
    assert!(audited.findings.iter().any(|f| f.table == "log.checkpoint"), "{audited:?}");
    assert_eq!(desk.book.checkpoint().unwrap(), newest, "nothing older was signed");
}

#[test]
fn a_backup_that_grew_into_another_log_is_refused() {
    let mut desk = Desk::bare();
    let copy = copy_of(&desk);
    let older = desk.book.checkpoint().unwrap().unwrap();
    desk.ok("system", admit(1));
    let signed = desk.book.checkpoint().unwrap().unwrap();
    desk.stop();
    // Somebody goes on with the old copy and the checkpoint of its day.
    put_back(&desk, &copy);
    let file = desk.book.folder().join("log.checkpoint");
    fs::write(&file, older).unwrap();
    desk.start();
    (2..5).for_each(|number| drop(desk.ok("system", admit(number))));
    desk.stop();
    fs::write(&file, &signed).unwrap();

    let refused = desk.try_start().err().unwrap();
    assert!(matches!(refused, Failure::Inconsistent(_)), "{refused}");
    assert!(desk.audit().findings.iter().any(|f| f.table == "log.checkpoint"));
}

#[test]
fn a_backup_restored_under_a_running_executor_is_never_signed() {
    let desk = Desk::bare();
    let before = desk.head().size;
    desk.ok("system", admit(1));
    let newest = desk.book.checkpoint().unwrap();
    // The state of before, put back through a connection of its own.
    let raw = rusqlite::Connection::open(desk.database()).unwrap();
    raw.execute("UPDATE head SET size = ?1", [before]).unwrap();
    for table in ["journal", "opening"] {
        raw.execute(&format!("DELETE FROM {table} WHERE sequence >= ?1"), [before]).unwrap();
    }
    raw.execute("DELETE FROM actor WHERE id = 'citizen-1'", []).unwrap();
    let failed = desk.run("system", admit(2)).unwrap_err();
    assert!(matches!(failed, Failure::Inconsistent(_)), "{failed}");
    assert_eq!(desk.book.checkpoint().unwrap(), newest);
}

/// Puts the content of another database in the place of a running one's, as when a server goes
/// on from a copy that was behind.
fn exchange(desk: &Desk, other: &Path) {
    let raw = rusqlite::Connection::open(desk.database()).unwrap();
    raw.execute("ATTACH ?1 AS other", [other.to_str().unwrap()]).unwrap();
    let all =
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables: Vec<String> = raw
        .prepare(all)
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let steps = tables.iter().map(|table| {
        format!("DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM other.{table};")
    });
    let steps: String = steps.collect();
    raw.execute_batch(&format!("BEGIN; {steps} COMMIT; DETACH other;")).unwrap();
}

/// A copy of a book, key and checkpoint included, that others went on with.
fn went_on(desk: &Desk, commands: u32) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir_all(data.join("keys")).unwrap();
    for name in ["keys/log.key", "keys/log.pub", "log.checkpoint"] {
        fs::copy(desk.book.folder().join(name), data.join(name)).unwrap();
    }
    fs::copy(copy_of(desk), data.join("book.db")).unwrap();
    let book = tanheng_app::Book::open(&data).unwrap();
    let mut other = Desk { folder, book, clock: desk.clock.clone(), executor: None };
    other.start();
    (0..commands).for_each(|number| drop(other.ok("system", admit(100 + number))));
    other.stop();
    other
}

#[test]
fn a_longer_database_put_under_a_running_executor_is_never_signed() {
    let desk = Desk::bare_on(&DatabaseChoice::default());
    let other = went_on(&desk, 5);
    desk.ok("system", admit(1));
    desk.ok("system", admit(2));
    let newest = desk.book.checkpoint().unwrap();
    exchange(&desk, &other.database());
    assert!(desk.head().size > 2 && desk.head() == other.head());
    let failed = desk.run("system", admit(3)).unwrap_err();
    assert!(matches!(failed, Failure::Inconsistent(_)), "{failed}");
    assert_eq!(desk.book.checkpoint().unwrap(), newest);
    assert_eq!(desk.head(), other.head(), "nothing was added to it");
}

#[test]
fn a_checkpoint_that_comes_between_commit_and_signing_is_compared_too() {
    for others in [1, 2] {
        let desk = Desk::bare_on(&DatabaseChoice::default());
        let other = went_on(&desk, others);
        let strange = other.book.checkpoint().unwrap().unwrap();
        let file = desk.book.folder().join("log.checkpoint");
        let lock = fs::File::create(desk.book.folder().join("log.lock")).unwrap();
        lock.lock().unwrap();
        let before = desk.head();
        let command = Envelope { actor: id("system"), key: None, command: admit(1).into() };
        let ticket = desk.executor().send(command).unwrap();
        while desk.head() == before {
            std::thread::sleep(Duration::from_millis(5));
        }
        fs::write(&file, &strange).unwrap();
        drop(lock);
        let failed = ticket.wait().unwrap_err();
        assert!(failed.to_string().contains("no checkpoint over it could be kept"), "{failed}");
        assert_eq!(fs::read_to_string(&file).unwrap(), strange, "nothing was signed against it");
    }
}

#[test]
fn a_book_without_its_key_is_not_given_a_new_one() {
    let mut desk = Desk::bare_on(&DatabaseChoice::default());
    desk.stop();
    let (key, note) =
        (desk.book.folder().join("keys/log.key"), desk.book.folder().join("log.checkpoint"));
    let (secret, public) = (fs::read(&key).unwrap(), desk.book.verifier_key().unwrap());
    fs::remove_file(&key).unwrap();
    for lost in [false, true] {
        if lost {
            fs::remove_file(&note).unwrap();
        }
        let refused = tanheng_app::Book::create(desk.book.folder()).unwrap_err();
        assert!(matches!(refused, Failure::Inconsistent(_)), "{refused}");
        assert!(!key.exists() && desk.book.verifier_key().unwrap() == public);
    }
    // nor is a book that has its key begun again without a checkpoint
    fs::write(&key, secret).unwrap();
    drop(fs::remove_file(desk.database()));
    let again = tanheng_app::Book::create(desk.book.folder()).unwrap();
    assert_eq!(again.checkpoint().unwrap(), None);
    assert!(matches!(desk.try_start().err().unwrap(), Failure::Inconsistent(_)));
}

#[test]
fn a_whole_folder_from_before_is_found_by_whoever_kept_something() {
    let mut desk = Desk::bare_on(&DatabaseChoice::default());
    let copy = copy_of(&desk);
    let older = desk.book.checkpoint().unwrap().unwrap();
    desk.ok("system", admit(1));
    let receipt = tanheng_app::receipt::issue(&desk.book, &desk.sql(), 0).unwrap();
    let newest = desk.book.checkpoint().unwrap().unwrap();
    desk.stop();
    put_back(&desk, &copy);
    fs::write(desk.book.folder().join("log.checkpoint"), older).unwrap();
    // nothing in the folder contradicts it
    desk.start();
    assert!(desk.audit().agrees());
    // another entry in the place of the one that is gone
    desk.ok("system", admit(2));
    for kept in [receipt, newest] {
        let audited = tanheng_app::audit(&desk.book, &desk.sql(), Some(&kept), |_, _| {}).unwrap();
        assert!(!audited.agrees() && audited.extends.is_none(), "{audited:?}");
    }
}

#[test]
fn the_checkpoint_of_another_log_is_refused() {
    let mut desk = Desk::bare();
    let other = Desk::bare();
    let strange = other.book.checkpoint().unwrap().unwrap();
    let own = desk.book.checkpoint().unwrap().unwrap();
    desk.stop();
    let file = desk.book.folder().join("log.checkpoint");
    fs::write(&file, &strange).unwrap();
    assert!(desk.try_start().is_err());
    assert!(desk.audit().findings.iter().any(|f| f.table == "log.checkpoint"));

    // Somebody else's copy of a checkpoint or receipt does not pass for this log either.
    fs::write(&file, &own).unwrap();
    desk.start();
    let against =
        |text: &str| tanheng_app::audit(&desk.book, &desk.sql(), Some(text), |_, _| {}).unwrap();
    assert!(against(&own).agrees());
    let audited = against(&strange);
    assert!(audited.findings.iter().any(|f| f.table == "checkpoint"), "{audited:?}");
    assert_eq!(audited.extends, None);
    let receipt = tanheng_app::receipt::issue(&other.book, &other.sql(), 0).unwrap();
    let audited = against(&receipt);
    assert!(audited.findings.iter().any(|f| f.table == "receipt"), "{audited:?}");
}

#[test]
fn a_missing_checkpoint_is_refused_and_reported() {
    let mut desk = Desk::bare();
    desk.stop();
    fs::remove_file(desk.book.folder().join("log.checkpoint")).unwrap();
    let refused = desk.try_start().err().unwrap();
    assert!(matches!(refused, Failure::Inconsistent(_)), "{refused}");
    assert!(desk.audit().findings.iter().any(|f| f.table == "log.checkpoint"));
}

#[test]
fn another_structure_of_the_database_is_refused() {
    let mut desk = Desk::bare();
    desk.stop();
    let raw = rusqlite::Connection::open(desk.database()).unwrap();
    raw.execute("UPDATE migration SET digest = 'x' || digest", []).unwrap();
    let refused = desk.try_start().err().unwrap();
    assert!(refused.to_string().contains("migration 1"), "{refused}");
}
