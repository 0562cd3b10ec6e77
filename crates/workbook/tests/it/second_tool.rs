//! The template in the hands of another program.

use std::fs;
use std::process::Command;

use tanheng_testkit::python_module;
use tanheng_workbook::{Filled, read_workbook, template};

use crate::{ledger, month};

/// Opens the template, fills in the figures of the month and saves it.
const FILL_IN: &str = r#"
import sys
from openpyxl import load_workbook
book = load_workbook(sys.argv[1])
assert book.sheetnames == ["填报", "说明", "_lists", "_tanheng"], book.sheetnames
assert book["_lists"].sheet_state == "veryHidden"
sheet = book["填报"]
rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
assert rules["C5"].type == "list" and "_lists" in rules["C5"].formula1, rules["C5"].formula1
assert rules["E5"].type == "decimal"
assert sheet.protection.sheet and sheet["A3"].protection.locked
assert not sheet["A5"].protection.locked
columns = {sheet.cell(3, c).value: c for c in range(1, 13)}
row = 5
while sheet.cell(row, columns["设施"]).value:
    kind = sheet.cell(row, columns["类别"]).value
    sheet.cell(row, columns["活动数据"]).value = 1250.55 if kind == "化石燃料" else 0.1
    if kind == "化石燃料" and sheet.cell(row, columns["取值方式"]).value != "缺省":
        sheet.cell(row, columns["低位发热量"]).value = 22.334
        sheet.cell(row, columns["单位热值含碳量"]).value = 0.02618
        sheet.cell(row, columns["碳氧化率"]).value = 0.99
    row += 1
book.save(sys.argv[2])
"#;

#[test]
fn openpyxl_fills_in_a_template() {
    if !python_module("openpyxl") {
        return;
    }
    let (form, last) = (ledger(), month());
    let folder = tempfile::tempdir().unwrap();
    let (given, filled) = (folder.path().join("given.xlsx"), folder.path().join("filled.xlsx"));
    fs::write(&given, template(&form, &Filled { last: Some(&last), ..Filled::default() }).unwrap())
        .unwrap();
    let output =
        Command::new("python3").args(["-c", FILL_IN]).arg(&given).arg(&filled).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = read_workbook(&form, &fs::read(&filled).unwrap()).unwrap();
    assert!(read.origin.unwrap().is_of(&form));
    assert_eq!(read.sheet.rows.len(), last.rows.len());
    for (row, before) in read.sheet.rows.iter().zip(&last.rows) {
        assert_eq!(row.get("source"), before.get("source"));
        assert!(["1250.55", "0.1"].contains(&row.get("amount").unwrap()));
    }
}
