//! Several processes deposit at once in one book.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;

use serde_json::Value as Json;
use tanheng_testkit::process::Tanheng;
use tanheng_testkit::{Engine, on_each_engine};
use tempfile::TempDir;

use crate::tanheng;

const PROCESSES: usize = 4;
/// Months that each process deposits, one after the other.
const MONTHS: usize = 6;
/// The first code of the example range: a power plant, whose guide holds for 2023 too.
const ENTERPRISE: &str = "91139900000000001P";

/// Deposits a month; the same for whoever comes first, and once more for a second process.
fn deposit(tanheng: &Tanheng, folder: &Path, number: usize) -> Json {
    let (year, month) = (2023 + number / 12, number % 12 + 1);
    let ledger = folder.join(format!("{year}-{month}.csv"));
    let text = format!(
        "facility,source,kind,material,amount,unit,ncv,carbon_content,oxidation,determination,meter,evidence\n\
         1号机组,锅炉燃煤,fuel,烟煤,{}.36,t,21.402,0.02641,99%,measured,皮带秤 BC-01,检测报告\n\
         1号机组,供电,output,供电量,92860.125,MWh,,,,measured,关口表 EM-01,\n",
        40_000 + number
    );
    fs::write(&ledger, text).unwrap();
    let month = format!("{year}-{month:02}");
    let submit = ["ledger", "submit", ledger.to_str().unwrap(), "--enterprise", ENTERPRISE];
    let more = ["--month", &month, "--as", "filer-0001", "--json"];
    let ran = tanheng.run(&[&submit[..], &more[..]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

/// A second machine: its own folder with the same keys, on the same database.
fn beside(first: &Tanheng, folder: &Path) -> Tanheng {
    let data = folder.join("beside");
    fs::create_dir_all(data.join("keys")).unwrap();
    for name in ["keys/log.key", "keys/log.pub", "log.checkpoint", "database.address"] {
        fs::copy(first.data.join(name), data.join(name)).unwrap();
    }
    Tanheng { data, ..first.clone() }
}

#[test]
fn four_processes_at_once_make_one_log_without_gap_or_fork() {
    on_each_engine(|| {
        let folder = TempDir::new().unwrap();
        let book = tanheng(folder.path()).on(Engine::current().database());
        let played = book.run(&["demo", "--no-serve", "--enterprises", "4", "--seed", "1"]);
        assert_eq!(played.code, Some(0), "{played:?}");
        let before = i64::try_from(book.journal().len()).unwrap();
        let machines = match book.database {
            Some(_) => vec![book.clone(), beside(&book, folder.path())],
            None => vec![book.clone()],
        };

        let work = |process: usize| {
            let own = folder.path().join(format!("process-{process}"));
            fs::create_dir(&own).unwrap();
            let machine = &machines[process % machines.len()];
            // Two and two deposit the same months.
            let first = process / 2 * MONTHS;
            (first..first + MONTHS).map(|n| deposit(machine, &own, n)).collect::<Vec<_>>()
        };
        let told: Vec<Json> = thread::scope(|scope| {
            let all: Vec<_> = (0..PROCESSES).map(|n| scope.spawn(move || work(n))).collect();
            all.into_iter().flat_map(|one| one.join().unwrap()).collect()
        });

        let journal = book.journal();
        let mut made = BTreeSet::new();
        for one in &told {
            let sequence = one["sequence"].as_i64().unwrap();
            assert_eq!(journal[&sequence], one["leaf"].as_str().unwrap(), "{one}");
            assert!(one["repeated"] == true || made.insert(sequence), "{sequence} was given twice");
        }
        let count = i64::try_from(PROCESSES / 2 * MONTHS).unwrap();
        assert_eq!(made, (before..before + count).collect(), "one entry per month, no gap");
        assert_eq!(i64::try_from(journal.len()).unwrap(), before + count);
        for machine in &machines {
            for command in ["replay", "audit"] {
                let ran = machine.run(&[command]);
                assert_eq!(ran.code, Some(0), "{command}: {}{}", ran.out, ran.err);
            }
        }
        let signed = machines.iter().map(|machine| {
            let note = fs::read_to_string(machine.data.join("log.checkpoint")).unwrap();
            note.lines().nth(1).unwrap().parse::<i64>().unwrap()
        });
        assert_eq!(signed.max(), Some(before + count), "the last one signed all of it");
        // What one machine signed, the other extends.
        let last = machines.last().unwrap().data.join("log.checkpoint");
        let ran = book.run(&["audit", "--against", last.to_str().unwrap()]);
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
        for one in &told {
            let receipt = one["receipt"].as_str().unwrap();
            let ran = book.clone().on(None).run(&["receipt", "verify", receipt]);
            assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
        }
    });
}
