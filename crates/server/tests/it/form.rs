//! `tanheng form` and `tanheng check`: from the template to the receipt.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{Ran, rulebooks, run, tanheng, tanheng_in};

const FORM: &str = "hebei.ledger.monthly";
/// A sound code of no known organisation, outside the range for examples: the book is a real one.
const USCC: &str = "91130100MA0ABCDE10";
/// The number of the first enterprise of a demonstration.
const FIRST: u32 = 1;

fn example(name: &str) -> String {
    rulebooks().join("../examples/ledgers").join(name).to_str().unwrap().to_owned()
}

/// A small demonstration book in a folder.
fn book() -> TempDir {
    let folder = TempDir::new().unwrap();
    let line = ["demo", "--no-serve", "--enterprises", "3", "--data", "book"];
    let ran = tanheng_in(folder.path(), &line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    folder
}

fn words(folder: &Path, line: &str, more: &[&str]) -> Ran {
    tanheng_in(folder, &line.split_whitespace().chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn forms_are_listed_and_shown() {
    let list = run("form list --json").json();
    let ledger = list.as_array().unwrap().iter().find(|form| form["id"] == FORM).unwrap();
    assert_eq!((&ledger["period"], &ledger["command"]), (&"month".into(), &"ledger.submit".into()));
    assert!(run("form list").out.contains("月度碳排放台账"));
    let shown = run("form show hebei.ledger.monthly --lang en").out;
    assert!(shown.contains("amount  Activity data  [number; asked for]"), "{shown}");
    let schema = run("form show hebei.ledger.monthly --schema").json();
    assert_eq!(schema["properties"]["form"]["const"], FORM);
    let unknown = run("form show hebei.ledger.daily");
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("form.unknown") && unknown.err.contains(FORM), "{}", unknown.err);
}

#[test]
fn the_catalogue_of_checks_is_public() {
    let list = run("check list --json").json();
    let numbers: Vec<&str> =
        list.as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap()).collect();
    assert!(numbers.len() >= 12 && numbers.is_sorted(), "{numbers:?}");
    let text = run("check list --form hebei.ledger.monthly").out;
    assert!(text.contains("R-1001  差错") && text.contains("不可豁免"), "{text}");
    assert_eq!(run("check list --form hebei.none.such --json").json(), Json::Array(Vec::new()));
}

#[test]
fn a_file_is_checked_and_a_copy_has_the_remarks() {
    let folder = TempDir::new().unwrap();
    let csv = example("errors-2022-03.csv");
    let ran = words(folder.path(), "form check --month 2022-03 --json --form", &[FORM, &csv]);
    assert_eq!(ran.code, 1);
    assert!(ran.json()["errors"].as_array().unwrap().len() > 5, "{}", ran.out);
    let good = example("power-2022-03.csv");
    let ran = words(folder.path(), "form check --month 2022-03 --form", &[FORM, &good]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("差错0处"), "{}", ran.out);
    // the template alone is asked for everything
    let made = words(folder.path(), "form template hebei.ledger.monthly --out t.xlsx", &[]);
    assert_eq!(made.code, 0, "{}", made.err);
    let ran = words(folder.path(), "form check t.xlsx --out remarks.xlsx", &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("form.no_rows"), "{}", ran.out);
    assert!(folder.path().join("remarks.xlsx").is_file());
    let fixture = rulebooks().join("../crates/workbook/tests/fixtures/ledger_wrong.xlsx");
    let fixture = fixture.to_str().unwrap();
    let line = "form check --form hebei.ledger.monthly --out wrong.xlsx --json";
    let errors = words(folder.path(), line, &[fixture]).json();
    let cells: Vec<&str> = errors["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["place"]["cell"].as_str().unwrap())
        .collect();
    assert_eq!(cells, ["D4", "E4", "G4", "H4", "P6", "C6"]);
}

#[test]
fn a_template_takes_over_what_stays_and_the_same_month_is_no_change() {
    let folder = book();
    let at = folder.path();
    let acting = ["--as", "filer-0001", "--data", "book", "--enterprise"];
    let uscc = tanheng_base::EnterpriseId::example(FIRST).as_str().to_owned();
    let acting = [&acting[..], &[&uscc]].concat();
    let line = "form template hebei.ledger.monthly --out next.xlsx --month 2023-01";
    let made = words(at, line, &acting);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(made.out.contains("2022-12"), "{}", made.out);
    // what was carried over lacks the figures of the month
    let checked = words(at, "form check next.xlsx --json", &[]).json();
    let errors = checked["errors"].as_array().unwrap();
    assert!(!errors.is_empty());
    assert!(errors.iter().all(|error| error["code"] == "form.required"), "{errors:?}");
    let refused = words(at, "form submit next.xlsx --month 2023-01 --json", &acting);
    assert!(!refused.error_codes().is_empty(), "{}", refused.out);
    assert!(refused.error_codes().iter().all(|code| code == "form.required"), "{}", refused.out);
}

#[test]
fn what_is_filed_in_one_kind_of_file_is_the_same_in_another() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    set_up(at);
    let csv = example("power-2022-03.csv");
    let filed = format!("--enterprise {USCC} --month 2022-03 --as filer --data book");
    let first = words(at, &format!("form submit {filed} --json"), &[&csv]);
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    let first = first.json();
    assert_eq!((&first["repeated"], &first["outcome"]["version"]), (&false.into(), &1.into()));
    // the same values from a workbook: nothing happens
    let rows = rulebooks().join("../examples/ledgers/power-2022-03.json");
    let again = words(at, &format!("form submit {filed} --json"), &[rows.to_str().unwrap()]).json();
    assert_eq!(again["repeated"], true, "{again}");
    assert_eq!(again["changes"], Json::Array(Vec::new()));
    // another figure: told before it is filed
    let text = fs::read_to_string(&csv).unwrap().replacen("40512.36", "40512.37", 1);
    fs::write(at.join("more.csv"), text).unwrap();
    let dry = words(at, &format!("form submit more.csv {filed} --dry-run"), &[]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(dry.out.contains("活动数据 40512.36 → 40512.37"), "{}", dry.out);
    assert!(dry.out.contains("未提交"), "{}", dry.out);
    let more = words(at, &format!("form submit more.csv {filed} --json"), &[]).json();
    assert_eq!(more["outcome"]["version"], 2);
    assert_eq!(more["changes"][0]["change"], "changed");
    // a check of the catalogue refuses what cannot be, and warns of what is odd
    let text = fs::read_to_string(&csv).unwrap().replacen("0.02641", "0.06", 1);
    fs::write(at.join("impossible.csv"), text).unwrap();
    for command in ["form", "ledger"] {
        let ran = words(at, &format!("{command} submit impossible.csv {filed} --json"), &[]);
        assert_eq!(ran.error_codes(), ["check.error"], "{}", ran.out);
        assert!(ran.json()["errors"][0]["rule"].as_str().unwrap().starts_with("R-1001"));
    }
    let text = fs::read_to_string(&csv).unwrap().replacen("0.02641", "0.03356", 1);
    fs::write(at.join("odd.csv"), text).unwrap();
    let odd = words(at, &format!("ledger submit odd.csv {filed} --json"), &[]).json();
    let warnings = &odd["outcome"]["warnings"];
    assert_eq!(warnings[0]["check"], "R-1004", "{odd}");
    assert_eq!(warnings[0]["rows"], serde_json::json!([2]));
}

/// A book of its own with the enterprise of the examples.
fn set_up(at: &Path) {
    let done = |line: &str, more: &[&str]| {
        let ran = words(at, line, more);
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.out, ran.err);
    };
    done("init --data book", &[]);
    let enterprise = format!(
        r#"{{"enterprise":"{USCC}","name":"某电力","industry":"power","region":"130000","listed":null,"facilities":[{{"id":"1号机组","name":"1号机组"}}]}}"#
    );
    done("run enterprise.register --as province --data book", &[&enterprise]);
    let filer = format!(
        r#"{{"id":"filer","role":"enterprise","scope":{{"kind":"enterprise","of":"{USCC}"}}}}"#
    );
    done("run actor.admit --as system --data book", &[&filer]);
}

#[test]
fn a_ledger_of_many_rows_is_measured() {
    let ran = tanheng(&["bench", "import", "--rows", "400", "--rounds", "1", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let last: Json = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!((&last["suite"], &last["results"][0]["rows"]), (&"import".into(), &400.into()));
    assert_eq!(last["findings"], 0);
}
