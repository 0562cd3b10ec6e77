//! The catalogue of checks, and what a sheet changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tanheng_base::PackId;
use tanheng_filing::{
    Change, Check, CheckFinding, Form, Severity, Sheet, checks, difference, read_csv, run_checks,
};
use tanheng_rulebook::{Context, PackFiles, Rulebook};

use crate::{LEDGER, csv, ledger, read};

const CHECKS: &str = include_str!("../../../../rulebooks/cn-hebei/checks/ledger_monthly.toml");
const MONTH: &str = include_str!("../../../../examples/ledgers/power-2022-03.csv");

fn files(folder: &Path, below: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            self::files(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn law() -> Rulebook {
    let packs = ["cn", "cn-hebei"].map(|id| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks").join(id);
        let mut own = BTreeMap::new();
        files(&folder, "", &mut own);
        PackFiles { id: id.parse::<PackId>().unwrap(), files: own }
    });
    Rulebook::load(packs.into()).unwrap()
}

fn catalogue() -> Vec<Check> {
    checks(CHECKS, &[ledger()]).unwrap()
}

fn found(sheet: &Sheet, day: &str) -> Vec<CheckFinding> {
    let context = Context { at: day.parse().unwrap(), region: "130000".parse().unwrap() };
    run_checks(&catalogue(), &ledger(), sheet, &law(), &context)
}

/// `check row` of every finding.
fn told(rows: &[&str]) -> Vec<String> {
    let findings = found(&read(rows).unwrap(), "2022-03-31");
    let place = |finding: &CheckFinding| {
        let row = finding.problem.place.clone().unwrap_or_default().row.unwrap();
        format!("{} {row}", finding.check)
    };
    findings.iter().map(place).collect()
}

#[test]
fn the_catalogue_is_sound_and_says_what_it_rests_on() {
    let catalogue = catalogue();
    assert!(catalogue.len() >= 12);
    let law = law();
    for check in &catalogue {
        assert!(check.citation.is_some() || check.reason.is_some(), "{}", check.id);
        if let Some(citation) = &check.citation {
            assert!(law.document(&citation.document).is_some(), "{}", check.id);
            assert!(check.checked.is_some(), "{}", check.id);
        }
    }
    let json = serde_json::to_value(&catalogue).unwrap();
    assert_eq!(json[0]["id"], "R-1001");
    assert_eq!(json[0]["must"], "ncv * carbon_content <= 1[tC/t]");
}

#[test]
fn a_sound_month_is_told_nothing_and_a_default_is_a_notice() {
    let sheet = read_csv(&ledger(), MONTH.as_bytes()).unwrap();
    assert_eq!(found(&sheet, "2022-03-31"), []);
    let default = read(&["1号,锅炉,化石燃料,烟煤,100,t,,,,缺省,秤,"]).unwrap();
    let findings = found(&default, "2022-03-31");
    let told: Vec<_> = findings.iter().map(|one| (one.check.as_str(), one.severity)).collect();
    assert_eq!(told, [("R-1013", Severity::Notice)]);
}

#[test]
fn each_check_finds_what_it_is_for() {
    let coal = "1号,锅炉,化石燃料,烟煤,";
    for (row, expected) in [
        (format!("{coal}100,t,22.3,0.0618,99%,实测,秤,报告"), vec!["R-1001 2", "R-1003 2"]),
        (format!("{coal}100,t,50.3,0.018,99%,实测,秤,报告"), vec!["R-1002 2", "R-1003 2"]),
        (format!("{coal}100,t,22.3,0.03356,99%,实测,秤,报告"), vec!["R-1004 2"]),
        (format!("{coal}100,t,22.3,0.02618,9.9%,实测,秤,报告"), vec!["R-1005 2"]),
        (format!("{coal}100,t,22.3,0.02618,99%,实测,秤,"), vec!["R-1006 2"]),
        (format!("{coal}100,t,22.3,0.02618,99%,计算,秤,"), vec!["R-1007 2"]),
        ("1号,外购电,购入电力,,1000001,MWh,,,,计算,,账单".to_owned(), vec!["R-1008 2", "R-1009 2"]),
        (format!("{coal}2000000.01,t,22.3,0.02618,99%,实测,秤,报告"), vec!["R-1010 2"]),
        (
            "1号,锅炉,化石燃料,天然气,200001,10^4Nm3,389.31,0.0153,99%,实测,表,报告".to_owned(),
            vec!["R-1011 2"],
        ),
        (format!("{coal}0,t,22.3,0.02618,99%,实测,秤,报告"), vec!["R-1012 2"]),
        (format!("{coal}100,t,,,,缺省,秤,"), vec!["R-1013 2"]),
        (format!("{coal}100,t,22.3,0.02618,99%,实测,秤,报告"), vec![]),
        // a fuel that the table does not know is not compared with it
        ("1号,锅炉,化石燃料,煤泥,100,t,9,0.02618,99%,实测,秤,报告".to_owned(), vec![]),
    ] {
        assert_eq!(told(&[&row]), expected, "{row}");
    }
}

#[test]
fn checks_have_their_time() {
    let row = "1号,锅炉,化石燃料,烟煤,0,t,22.3,0.02618,99%,实测,秤,报告";
    let sheet = read(&[row]).unwrap();
    assert!(found(&sheet, "2021-12-31").is_empty());
    let ended = CHECKS.replace("since = 2022-01-01", "since = 2022-01-01\nuntil = 2022-03-01");
    let ended = checks(&ended, &[ledger()]).unwrap();
    let context = Context { at: "2022-03-01".parse().unwrap(), region: "130000".parse().unwrap() };
    assert!(run_checks(&ended, &ledger(), &sheet, &law(), &context).is_empty());
}

#[test]
fn a_check_that_does_not_fit_is_told_and_refuses_nobody() {
    let text = CHECKS.replacen("ncv * carbon_content <= 1[tC/t]", "ncv <= 1[t]", 1);
    let odd = checks(&text, &[ledger()]).unwrap();
    let row = "1号,锅炉,化石燃料,烟煤,5,t,22.3,0.02618,99%,实测,秤,报告";
    let context = Context { at: "2022-03-31".parse().unwrap(), region: "130000".parse().unwrap() };
    let findings = run_checks(&odd, &ledger(), &read(&[row]).unwrap(), &law(), &context);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].severity, findings[0].problem.code.0),
        (Severity::Notice, "check.definition")
    );
}

#[test]
fn a_check_that_names_nothing_is_refused() {
    let forms: [Form; 1] = [ledger()];
    for (from, to, said) in [
        ("given(ncv)", "given(heat)", "there is no field `heat`"),
        ("hebei.ledger.monthly", "hebei.ledger.yearly", "there is no form"),
        ("\"R-1002\"", "\"R-1001\"", "given twice"),
        ("since = 2022-01-01", "since = 10:00:00", "is no day"),
        ("must = \"ncv *", "must = \"ncv **", "ncv **"),
        ("document = \"ndrc-24-guides\"\n", "", "go together"),
    ] {
        assert!(CHECKS.contains(from), "{from}");
        let problems = checks(&CHECKS.replacen(from, to, 1), &forms).unwrap_err();
        let told: Vec<&str> = problems.iter().map(|p| p.message.en.as_str()).collect();
        assert!(told.iter().any(|message| message.contains(said)), "{said}: {told:?}");
    }
    assert!(Form::parse(LEDGER).is_ok());
}

#[test]
fn a_difference_is_told_by_row_and_field() {
    let form = ledger();
    let sheet = |rows: &[&str]| read_csv(&form, csv(rows).as_bytes()).unwrap();
    let power = "1号,外购电,购入电力,,1000,MWh,,,,实测,电表,账单";
    let steam = "1号,产品,产品产量,供电量,5.50,MWh,,,,实测,表,月报";
    let old = sheet(&[power, steam]);
    assert_eq!(difference(&form, &old, &old), []);
    // the same values in other digits and another order are no change
    let again = sheet(&[&steam.replace("5.50", "5.5"), power]);
    assert_eq!(difference(&form, &old, &again), []);
    let new =
        sheet(&[&power.replace("1000", "1001").replace(",账单", ","), &power.replace("外", "内")]);
    let changes = difference(&form, &old, &new);
    assert_eq!(changes.len(), 3);
    let Change::Changed { row: 2, cells, .. } = &changes[0] else { panic!("{changes:?}") };
    let told: Vec<(&str, Option<&str>, Option<&str>)> = cells
        .iter()
        .map(|cell| (cell.field.as_str(), cell.before.as_deref(), cell.after.as_deref()))
        .collect();
    assert_eq!(told, [("amount", Some("1000"), Some("1001")), ("evidence", Some("账单"), None)]);
    assert!(matches!(&changes[1], Change::Added { row: 3, .. }));
    assert!(matches!(&changes[2], Change::Removed { row: 3, .. }));
}

#[test]
fn rows_that_nothing_tells_apart_are_counted_from_one() {
    let form = Form { unique: Vec::new(), ..ledger() };
    let old = read(&["1号,锅炉,化石燃料,烟煤,100,t,22.3,0.02618,99%,实测,秤,报告"]).unwrap();
    let mut new = old.clone();
    new.rows[0].cells.insert("amount".to_owned(), "101".to_owned());
    let changes = difference(&form, &old, &new);
    let [Change::Changed { about, .. }] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(about, &["1"]);
}
