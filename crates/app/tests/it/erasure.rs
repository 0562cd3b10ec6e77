//! What was erased is gone, and everybody says erased instead of different.

use std::fs;
use std::thread;
use std::time::Duration;

use tanheng_app::content::Erase;
use tanheng_app::receipt;
use tanheng_evidence::receipt::verify;
use tanheng_store::{StoreError, journal};
use tanheng_testkit::on_each_engine;

use crate::desk::{Desk, STEEL, annual, deposit, enterprise, month};

/// An amount that stands in one sheet and nowhere else.
const COAL: u32 = 7_351_926;

fn erase(entry: i64) -> Erase {
    Erase { entry, reason: "示例：按数据主体申请".to_owned() }
}

/// Every byte that the engine keeps.
fn bytes_on_disk(desk: &Desk) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(desk.book.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            all.extend(fs::read(path).unwrap());
        }
    }
    all
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn secret_of(desk: &Desk, entry: i64) -> Vec<u8> {
    let raw = rusqlite::Connection::open(desk.database()).unwrap();
    let query = "SELECT secret FROM opening WHERE sequence = ?1 AND part = 'input'";
    raw.query_row(query, [entry], |row| row.get(0)).unwrap()
}

#[test]
fn an_erased_ledger_is_gone_and_what_rests_on_it_is_said_to() {
    let desk = Desk::new();
    desk.at("2023-01-15");
    let filed = desk.ok("filer-1", deposit(STEEL, 1, COAL));
    (2..=12).for_each(|number| drop(desk.ok("filer-1", deposit(STEEL, number, 2_000))));
    let report = desk.ok("filer-1", annual(STEEL, None));
    let secret = secret_of(&desk, filed.sequence);
    let before = receipt::issue(&desk.book, &desk.sql(), filed.sequence).unwrap();
    let meter = format!("BC-{COAL}");
    assert!(holds(&bytes_on_disk(&desk), meter.as_bytes()));
    assert!(holds(&bytes_on_disk(&desk), &secret));

    let erased = desk.ok("security", erase(filed.sequence));
    let left = bytes_on_disk(&desk);
    assert!(!holds(&left, meter.as_bytes()), "the content is still on disk");
    assert!(!holds(&left, COAL.to_string().as_bytes()), "the amount is still on disk");
    assert!(!holds(&left, &secret), "the secret is still on disk");
    assert!(desk.ok("security", erase(filed.sequence)).repeated);

    let audited = desk.sound();
    assert_eq!(audited.erased, [filed.sequence]);
    assert_eq!(audited.rests_on_erased, [report.sequence]);
    assert_eq!(audited.decided_again, audited.entries - 2);
    assert_eq!(desk.replay().erased, [filed.sequence]);

    let key = desk.book.verifier_key().unwrap().to_string();
    assert!(verify(&before, Some(&key)).is_ok());
    let audited = tanheng_app::audit(&desk.book, &desk.sql(), Some(&before), |_, _| {}).unwrap();
    assert!(audited.agrees(), "{:?}", audited.findings);
    let failure = receipt::issue(&desk.book, &desk.sql(), filed.sequence).unwrap_err();
    assert_eq!(failure.problems()[0].code.0, "receipt.erased");
    // The order itself has one.
    let order = receipt::issue(&desk.book, &desk.sql(), erased.sequence).unwrap();
    assert!(verify(&order, Some(&key)).is_ok());
}

#[test]
fn a_report_needs_the_lines_and_the_same_sheet_brings_them_back() {
    on_each_engine(|| {
        let desk = Desk::new();
        let months = desk.file_months(STEEL, 2_000);
        desk.ok("security", erase(months[4]));
        assert_eq!(desk.refused("filer-1", annual(STEEL, None)), ["report.erased"]);

        // The remedy that the refusal names.
        let again = desk.ok("filer-1", deposit(STEEL, 5, 2_000));
        assert!(!again.repeated, "the content of entry {} was erased", months[4]);
        assert_eq!(again.fields["version"], 2);
        desk.ok("filer-1", annual(STEEL, None));
        desk.sound();
    });
}

#[test]
fn only_what_is_there_can_be_erased_and_with_a_reason() {
    on_each_engine(|| {
        let desk = Desk::new();
        let entry = desk.file_months(STEEL, 2_000)[0];
        let silent = Erase { entry, reason: " ".to_owned() };
        assert_eq!(desk.refused("security", silent), ["content.no_reason"]);
        assert_eq!(desk.refused("security", erase(-1)), ["content.no_entry"]);
        assert_eq!(desk.refused("security", erase(i64::MAX)), ["content.no_entry"]);
        let erased = desk.ok("security", erase(entry));
        assert_eq!(desk.refused("security", erase(erased.sequence)), ["content.no_entry"]);
        let reader = read_as_province(&desk);
        let opened = reader.ledger(&enterprise(STEEL), month(1), None).unwrap().unwrap();
        assert!(opened.lines.is_empty());
    });
}

#[test]
fn any_entry_can_be_erased_and_the_book_still_agrees() {
    on_each_engine(|| {
        let desk = Desk::new();
        desk.verified(STEEL, 2_000);
        let entries = desk.head().size;
        for entry in 0..entries {
            desk.ok("security", erase(entry));
        }
        let audited = desk.sound();
        assert_eq!(audited.erased, (0..entries).collect::<Vec<_>>());
    });
}

#[test]
fn erasing_beside_a_reader_is_finished_when_the_reader_ends() {
    let desk = Desk::new();
    desk.at("2023-01-15");
    let filed = desk.ok("filer-1", deposit(STEEL, 1, COAL)).sequence;
    let reader = desk.sql();
    let read = reader.read(|sql| {
        let before = journal::head(sql)?;
        desk.ok("security", erase(filed));
        assert_eq!(journal::head(sql)?, before, "a reader keeps its own state");
        Ok::<_, StoreError>(())
    });
    read.unwrap();
    let meter = format!("BC-{COAL}");
    let gone = || !holds(&bytes_on_disk(&desk), meter.as_bytes());
    let patience = Duration::from_millis(100);
    assert!(
        (0..100).any(|_| gone() || {
            thread::sleep(patience);
            false
        }),
        "still on disk"
    );
    desk.sound();
}

fn read_as_province(desk: &Desk) -> tanheng_app::read::Reader {
    let actor = tanheng_app::actor::find(&desk.sql(), &crate::desk::id("province")).unwrap();
    tanheng_app::read::Reader::open(&desk.book, std::sync::Arc::default(), actor).unwrap()
}
