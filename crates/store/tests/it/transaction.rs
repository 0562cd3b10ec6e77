//! Transactions: all or nothing, one writer at a time, one state for a reader.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tanheng_base::EnterpriseId;
use tanheng_store::journal::{self, Head};
use tanheng_store::record::{LedgerLine, MonthFigure, Setting};
use tanheng_store::{Cell, Database, Record, Sql, StoreError, apply};
use tanheng_testkit::{Fresh, on_each_engine};

use crate::{figure, open};

fn months(sql: &Database) -> Vec<MonthFigure> {
    MonthFigure::of(sql, &EnterpriseId::example(1)).unwrap()
}

fn put(sql: &Database, month: &str, direct: &str) -> Result<(), StoreError> {
    apply(sql, figure(month, direct).put()?)
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let failed: Result<(), StoreError> = database.write(|sql| {
            put(sql, "2022-03", "1")?;
            Err(StoreError::Unknown("on purpose".into()))
        });
        assert!(failed.is_err());
        assert_eq!(months(&database), []);
        database.write(|sql| put(sql, "2022-03", "1")).unwrap();
        assert_eq!(months(&database).len(), 1);
    });
}

#[test]
fn what_is_put_is_seen_at_once_and_the_last_word_stands() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let seen = database.write(|sql| {
            put(sql, "2022-03", "1")?;
            put(sql, "2022-04", "1")?;
            put(sql, "2022-03", "2")?;
            let find = |month: &str| {
                MonthFigure::find(sql, &EnterpriseId::example(1), month.parse().unwrap())
            };
            assert_eq!(find("2022-03")?, Some(figure("2022-03", "2")));
            assert_eq!(find("2022-05")?, None);
            assert_eq!(months(sql).len(), 2);
            assert_eq!(find("2022-04")?, Some(figure("2022-04", "1")));
            put(sql, "2022-03", "3")?;
            apply(sql, figure("2022-04", "1").delete()?)?;
            assert_eq!(find("2022-04")?, None);
            put(sql, "2022-05", "1")?;
            put(sql, "2022-05", "5")?;
            Ok::<_, StoreError>(())
        });
        seen.unwrap();
        let left = months(&database);
        assert_eq!(left, [figure("2022-03", "3"), figure("2022-05", "5")]);
    });
}

#[test]
fn many_rows_of_many_tables_are_written_in_one_transaction() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let line = |row: i64| LedgerLine {
            filing: "f/1".into(),
            row,
            facility: "1号".parse().unwrap(),
            source: "s".parse().unwrap(),
            kind: "fuel".into(),
            material: "烟煤".into(),
            amount: "1".into(),
            ncv: None,
            carbon_content: (row % 2 == 0).then(|| "0.1".into()),
            oxidation: None,
            determination: None,
            meter: None,
            evidence: None,
            method: None,
            inputs: None,
            emission_e2: None,
            basis: "{}".into(),
            entry: row,
        };
        let count = 5_003;
        let written = database.write(|sql| {
            for row in 0..count {
                apply(sql, line(row).put()?)?;
                let setting = Setting { name: format!("{row}"), value: "v".into(), entry: row };
                apply(sql, setting.put()?)?;
            }
            Ok::<_, StoreError>(())
        });
        written.unwrap();
        let lines = LedgerLine::of(&database, "f/1").unwrap();
        assert!(lines.iter().zip(0..).all(|(found, row)| *found == line(row)));
        let sums = "SELECT COUNT(*) FROM setting";
        assert_eq!(database.row(sums, &[]).unwrap().unwrap(), [Cell::Integer(count)]);
        assert_eq!(i64::try_from(lines.len()).unwrap(), count);
    });
}

#[test]
fn a_failure_that_was_passed_over_does_not_commit_half() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let done: Result<(), StoreError> = database.write(|sql| {
            put(sql, "2022-03", "1")?;
            // Refused by the engine: the head row is there already.
            let twice = sql.execute("INSERT INTO head (id, size, time_ms) VALUES (1, 0, 0)", &[]);
            assert!(twice.is_err());
            put(sql, "2022-04", "1")
        });
        // Engines differ in whether the rest may be committed; none commits a part of it.
        assert_eq!(months(&database).len(), if done.is_ok() { 2 } else { 0 });
        database.write(|sql| put(sql, "2022-05", "1")).unwrap();
    });
}

#[test]
fn a_writer_waits_for_the_other_and_sees_what_it_did() {
    on_each_engine(|| {
        let fresh = Fresh::new();
        let (one, two) = (open(&fresh), open(&fresh));
        let (begun, is_begun) = channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                let wrote = one.write(|sql| {
                    begun.send(()).unwrap();
                    thread::sleep(Duration::from_millis(300));
                    journal::set_head(sql, Head { size: 5, time_ms: 9 })
                });
                wrote.unwrap();
            });
            is_begun.recv().unwrap();
            let seen = two.write(journal::head).unwrap();
            assert_eq!(seen, Head { size: 5, time_ms: 9 });
        });
    });
}

#[test]
fn a_reader_keeps_its_state_and_writes_nothing() {
    on_each_engine(|| {
        let fresh = Fresh::new();
        let writer = open(&fresh);
        let reader = Database::open_read_only(&fresh.address).unwrap();
        let read = reader.read(|sql| {
            assert_eq!(months(sql), []);
            writer.write(|sql| put(sql, "2022-03", "1"))?;
            assert_eq!(months(sql), []);
            Ok::<_, StoreError>(())
        });
        read.unwrap();
        assert_eq!(months(&reader).len(), 1);
        assert!(put(&reader, "2022-04", "1").is_err());
        assert!(reader.write(|sql| put(sql, "2022-04", "1")).is_err());
        assert_eq!(months(&reader).len(), 1);
    });
}

#[test]
fn what_was_found_in_a_transaction_is_as_it_was_written_since() {
    on_each_engine(|| {
        let database = open(&Fresh::new());
        let setting = |value: &str| Setting { name: "a".into(), value: value.into(), entry: 0 };
        let found = |sql: &Database| Ok::<_, StoreError>(Setting::find(sql, "a")?.map(|s| s.value));
        database
            .write(|sql| {
                assert_eq!(found(sql)?, None);
                apply(sql, setting("1").put()?)?;
                assert_eq!(found(sql)?.as_deref(), Some("1"));
                // written now, and looked up again
                assert_eq!(sql.query("SELECT value FROM setting", &[])?.len(), 1);
                assert_eq!(found(sql)?.as_deref(), Some("1"));
                sql.execute("UPDATE setting SET value = '2'", &[])?;
                assert_eq!(found(sql)?.as_deref(), Some("2"));
                apply(sql, setting("3").put()?)?;
                assert_eq!(found(sql)?.as_deref(), Some("3"));
                apply(sql, setting("3").delete()?)?;
                assert_eq!(found(sql)?, None);
                apply(sql, setting("4").put()?)
            })
            .unwrap();
        let failed: Result<(), StoreError> = database.write(|sql| {
            apply(sql, setting("5").put()?)?;
            assert_eq!(found(sql)?.as_deref(), Some("5"));
            Err(StoreError::Unknown("on purpose".into()))
        });
        assert!(failed.is_err());
        database
            .write(|sql| {
                assert_eq!(found(sql)?.as_deref(), Some("4"));
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}
