//! An old copy of the database, or another log's checkpoint, is noticed.

use std::fs;
use std::path::Path;

use tanheng_app::Failure;
use tanheng_app::actor::Admit;
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
