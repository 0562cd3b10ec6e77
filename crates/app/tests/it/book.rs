//! The example province agrees with itself, twice.

use tanheng_app::{audit, receipt, replay};
use tanheng_evidence::receipt::verify;
use tanheng_testkit::on_each_engine;

use crate::province::Province;

#[test]
fn a_played_province_replays_and_audits_and_a_second_start_changes_nothing() {
    on_each_engine(|| {
        let (province, count) = Province::played(40);
        assert!(count.acknowledged.len() > 40 * 12, "{}", count.acknowledged.len());
        assert_eq!(count.repeated, 0);
        let sql = province.book.reader().unwrap();
        let replayed = replay(&sql, |_, _| {}).unwrap();
        assert!(replayed.agrees(), "{:?}", replayed.differences);
        let audited = audit(&province.book, &sql, None, |_, _| {}).unwrap();
        assert!(audited.agrees(), "{:?}", audited.findings);
        assert_eq!(audited.decided_again, audited.entries);

        let again = province.play(40);
        assert_eq!(again.repeated, again.acknowledged.len());
        assert_eq!(again.acknowledged, count.acknowledged);
        let after = replay(&sql, |_, _| {}).unwrap();
        assert_eq!(after.entries, replayed.entries);
        assert_eq!(
            after.tables.iter().map(|t| &t.digest).collect::<Vec<_>>(),
            replayed.tables.iter().map(|t| &t.digest).collect::<Vec<_>>()
        );
    });
}

#[test]
fn two_provinces_of_one_seed_are_equal_on_whatever_engine() {
    let digests = |province: &Province| {
        let tables = replay(&province.book.reader().unwrap(), |_, _| {}).unwrap().tables;
        tables.into_iter().map(|t| (t.table, t.digest)).collect::<Vec<_>>()
    };
    let (one, _) = Province::played(30);
    let first = digests(&one);
    on_each_engine(|| {
        let (two, _) = Province::played(30);
        assert_eq!(first, digests(&two));
    });
}

#[test]
fn receipts_verify_and_show_the_mark() {
    let (province, count) = Province::played(3);
    let sql = province.book.reader().unwrap();
    let key = province.book.verifier_key().unwrap().to_string();
    for (sequence, _) in count.acknowledged.iter().step_by(7) {
        let text = receipt::issue(&province.book, &sql, *sequence).unwrap();
        let verified = verify(&text, Some(&key)).unwrap();
        assert_eq!(i64::try_from(verified.sequence).unwrap(), *sequence);
        assert_eq!(verified.marks, ["示例 example"]);
        let audited = audit(&province.book, &sql, Some(&text), |_, _| {}).unwrap();
        assert!(audited.agrees() && audited.extends.is_some(), "{:?}", audited.findings);
    }
}
