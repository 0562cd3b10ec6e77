//! `tanheng eval --csv`: a table in, the same table with results and errors out.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::{Ran, tanheng_in, write_files};

/// Head of what is written beside each row.
const BESIDE: &str = "result,unit,error,message";

const COAL: &str = "\
企业,consumption[t],收到基低位发热量,Carbon content per unit of heat
甲厂,1000,20.5,0.02618
\"乙厂, 二期\",250.5 ,21,0.0261
";

fn coal(folder: &Path, rest: &str) -> Ran {
    let mut line = vec!["eval", "cn.power.combustion.coal", "--at", "2023-06-30"];
    line.extend(rest.split_whitespace());
    tanheng_in(folder, &line)
}

/// The rows of a CSV text.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        row.unwrap().iter().map(str::to_owned).collect()
    };
    reader.records().map(row).collect()
}

/// The files of a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_row_is_computed_as_it_would_be_alone() {
    let folder = TempDir::new().unwrap();
    let text = format!("\u{feff}{COAL}");
    write_files(folder.path(), [("in.csv", text.as_str())]);
    let ran = coal(folder.path(), "oxidation=99% --csv in.csv --out out.csv --keep 企业");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("2 行，0 行有误"), "{}", ran.err);
    let written = fs::read_to_string(folder.path().join("out.csv")).unwrap();
    let head =
        format!("企业,consumption[t],收到基低位发热量,Carbon content per unit of heat,{BESIDE}\n");
    assert!(written.starts_with(&head), "{written}");
    let rows = rows(&written);
    assert_eq!(rows[2][..4], ["乙厂, 二期", "250.5 ", "21", "0.0261"]);
    for (row, inputs) in [
        (1, "consumption=1000 ncv=20.5 carbon_content=0.02618"),
        (2, "consumption=250.5 ncv=21 carbon_content=0.0261"),
    ] {
        let alone = coal(folder.path(), &format!("{inputs} oxidation=99%"));
        assert_eq!(format!("{} {}\n", rows[row][4], rows[row][5]), alone.out);
        assert_eq!(rows[row][6..], ["", ""]);
    }
    assert_eq!(files(folder.path()), ["in.csv", "out.csv"]);
}

#[test]
fn a_wrong_row_says_why_and_the_others_go_on() {
    let folder = TempDir::new().unwrap();
    let table = "\
consumption,ncv,carbon_content,oxidation
1000,20.5,0.02618,0.99
-1,20.5,0.02618,0.99
1000,,0.02618,99
1000,20.5,twelve,0.99
1000,20.5,0.02618
1000 kg,20500 kJ/kg,0.02618,99%
1000,20.5 GJ/10^4Nm3,0.02618,0.99
1000,20.5,0.02618,0.99
";
    write_files(folder.path(), [("in.csv", table)]);
    let ran = coal(folder.path(), "--csv in.csv --out - --lang en");
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("8 rows, 5 failed"), "{}", ran.err);
    let rows = rows(&ran.out);
    let codes: Vec<&str> = rows.iter().skip(1).map(|row| row[6].as_str()).collect();
    let wanted =
        ["", "input.range", "input.missing", "input.malformed", "csv.ragged", "", "input.unit", ""];
    assert_eq!(codes, wanted);
    assert!(rows[2][7].contains("value `-1`"), "{}", rows[2][7]);
    assert!(rows[3][7].contains(" | "), "both faults are told: {}", rows[3][7]);
    assert!(rows[4][7].contains("`twelve`"), "{}", rows[4][7]);
    assert_eq!(rows[1][4..6], rows[8][4..6]);
    // 1000 kg at 20.5 GJ/t are a thousandth of 1000 t.
    assert_eq!((rows[1][4].as_str(), rows[6][4].as_str()), ("1948.22", "1.95"));
}

#[test]
fn faults_of_the_table_are_told_before_anything_is_written() {
    let folder = TempDir::new().unwrap();
    write_files(
        folder.path(),
        [
            ("unknown.csv", "consumtion,ncv,carbon_content,oxidation\n1,1,1,1\n"),
            ("missing.csv", "consumption,ncv\n1,1\n"),
            ("twice.csv", "consumption,燃煤消耗量,ncv,carbon_content,oxidation\n1,1,1,1,1\n"),
            ("unit.csv", "consumption[barrels],ncv,carbon_content,oxidation\n1,1,1,1\n"),
            ("empty.csv", ""),
        ],
    );
    let gbk = b"consumption,ncv,carbon_content,oxidation\n\xb5\xe7,1,1,1\n";
    fs::write(folder.path().join("gbk.csv"), gbk).unwrap();
    let before = files(folder.path());
    for (file, told) in [
        ("unknown.csv", "csv.unknown_column: the column `consumtion` is no input"),
        ("unknown.csv", "did you mean `consumption`?"),
        ("missing.csv", "csv.missing_column: there is no column Oxidation rate (`oxidation`)"),
        ("twice.csv", "input.twice"),
        ("unit.csv", "csv.unit"),
        ("empty.csv", "csv.missing_column"),
        ("gbk.csv", "csv.encoding: line 2 of `gbk.csv` is not UTF-8 text"),
        ("nowhere.csv", "csv.unreadable: there is no file `nowhere.csv`"),
        (".", "csv.unreadable"),
    ] {
        let ran = coal(folder.path(), &format!("--csv {file} --out out.csv --lang en"));
        assert_eq!(ran.code, 1, "{file}");
        assert!(ran.err.contains(told), "{file}: {}", ran.err);
        assert_eq!(files(folder.path()), before, "{file} leaves nothing behind");
    }
    let ran = coal(folder.path(), "--csv missing.csv --out no/folder/out.csv oxidation=1");
    assert_eq!(ran.code, 1);
    let usage = coal(folder.path(), "--csv missing.csv --json");
    assert_eq!(usage.code, 2, "{}", usage.err);
}

#[test]
fn a_long_table_goes_through_in_chunks() {
    let folder = TempDir::new().unwrap();
    let mut table = "consumption,ncv,carbon_content,oxidation\n".to_owned();
    let many = 70_000;
    for row in 0..many {
        let consumption = if row == 69_999 { "-1".to_owned() } else { row.to_string() };
        writeln!(table, "{consumption},20.{},0.026,0.98", row % 1000).unwrap();
    }
    write_files(folder.path(), [("in.csv", table.as_str())]);
    let ran = coal(folder.path(), "--csv in.csv --out out.csv --lang en");
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("70000 rows, 1 failed, 1 computed singly"), "{}", ran.err);
    let rows = rows(&fs::read_to_string(folder.path().join("out.csv")).unwrap());
    assert_eq!(rows.len(), many + 1);
    for row in [0, 1, 65_535, 65_536, 69_998] {
        let alone = coal(
            folder.path(),
            &format!("consumption={row} ncv=20.{} carbon_content=0.026 oxidation=0.98", row % 1000),
        );
        assert_eq!(format!("{} {}\n", rows[row + 1][4], rows[row + 1][5]), alone.out);
    }
}

#[test]
fn choices_and_years_are_columns_too() {
    let folder = TempDir::new().unwrap();
    write_files(folder.path(), [("in.csv", "electricity[MWh],year\n1000,2022\n10,2021\n10,22\n")]);
    let ran = tanheng_in(
        folder.path(),
        &["eval", "cn.power.electricity", "--at", "2022-12-31", "--csv", "in.csv"],
    );
    let rows = rows(&ran.out);
    assert_eq!(rows[1][2..4], ["581.00", "tCO2"]);
    assert_eq!(rows[3][4], "input.malformed");
    assert_eq!(ran.code, 1);
}
