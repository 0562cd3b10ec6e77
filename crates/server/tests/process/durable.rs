//! Nothing is acknowledged before it is on disk: system calls show it.

use std::fs;

use tanheng_testkit::process::Tanheng;
use tanheng_testkit::program;
use tanheng_testkit::trace::{Checked, traced};
use tempfile::TempDir;

use crate::tanheng;

const SEED: &str = "1";
/// The first code of the example range: a power plant, whose guide holds for 2023 too.
const ENTERPRISE: &str = "91139900000000001P";

const LEDGER: &str = "\
facility,source,kind,material,amount,unit,ncv,carbon_content,oxidation,determination,meter,evidence
1号机组,锅炉燃煤,fuel,烟煤,40512.36,t,21.402,0.02641,99%,measured,皮带秤 BC-01,检测报告 2023-01-017
1号机组,供电,output,供电量,92860.125,MWh,,,,measured,关口表 EM-01,
";

fn strace() -> bool {
    program("strace", &["-o", "/dev/null", "true"])
}

fn demo(tanheng: &Tanheng, durability: &str) -> Checked {
    let demo = ["demo", "--no-serve", "--progress", "json", "--enterprises", "4", "--seed", SEED];
    let file = tanheng.data.with_extension("trace");
    traced(tanheng, &[&demo[..], &["--durability", durability]].concat(), &file)
}

fn submit(tanheng: &Tanheng, durability: &str) -> Checked {
    let ledger = tanheng.data.with_extension("csv");
    fs::write(&ledger, LEDGER).unwrap();
    let ledger = ledger.to_str().unwrap();
    let submit = ["ledger", "submit", ledger, "--enterprise", ENTERPRISE, "--month", "2023-01"];
    let more = ["--as", "filer-0001", "--json", "--durability", durability];
    traced(tanheng, &[&submit[..], &more].concat(), &tanheng.data.with_extension("trace"))
}

#[test]
fn a_play_acknowledges_only_what_is_on_disk() {
    if !strace() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let checked = demo(&tanheng(folder.path()), "full");
    assert_eq!(checked.violations, Vec::<String>::new());
    assert!(checked.acknowledged > 40, "{checked:?}");
    assert!(checked.checkpoints >= 3 && checked.wal_syncs >= checked.checkpoints, "{checked:?}");
    assert!(checked.wal_writes > checked.acknowledged, "{checked:?}");
}

#[test]
fn a_deposit_is_acknowledged_only_when_it_is_on_disk() {
    if !strace() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let tanheng = tanheng(folder.path());
    let played = ["demo", "--no-serve", "--enterprises", "4", "--seed", SEED];
    let played = tanheng.run(&played);
    assert_eq!(played.code, Some(0), "{played:?}");
    let checked = submit(&tanheng, "full");
    assert_eq!(checked.violations, Vec::<String>::new());
    assert_eq!((checked.acknowledged, checked.checkpoints), (1, 1), "{checked:?}");
    assert!(checked.wal_writes > 0 && checked.wal_syncs > 0, "{checked:?}");
}

#[test]
fn without_waiting_for_the_disk_the_same_check_fails() {
    if !strace() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let tanheng = tanheng(folder.path());
    for checked in [demo(&tanheng, "off"), submit(&tanheng, "off")] {
        assert!(checked.acknowledged > 0 && checked.wal_writes > 0, "{checked:?}");
        let told = checked.violations.join("\n");
        assert!(told.contains("before the write-ahead log was synced"), "{checked:?}");
        assert!(told.contains("was acknowledged"), "{checked:?}");
    }
}
