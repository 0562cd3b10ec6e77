//! Workbooks that another program made.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use tanheng_base::Lang;
use tanheng_workbook::read_workbook;

use crate::{application, ledger, month, places, refused, written};

const MADE: &[u8] = include_bytes!("../fixtures/ledger.xlsx");
const MADE_WRONG: &[u8] = include_bytes!("../fixtures/ledger_wrong.xlsx");

#[test]
fn a_workbook_of_another_program_is_read() {
    let read = read_workbook(&ledger(), MADE).unwrap();
    assert_eq!(read.origin, None);
    let rows = &read.sheet.rows;
    assert_eq!((rows.len(), rows[0].row, rows[1].row), (2, 4, 6));
    assert_eq!(rows[0].get("amount"), Some("1250.55"));
    assert_eq!(rows[0].get("carbon_content"), Some("0.02618"));
    assert_eq!(rows[1].get("amount"), Some("0.1"));
    assert_eq!(rows[1].get("kind"), Some("electricity"));
    assert_eq!(rows[1].get("material"), None);
}

#[test]
fn every_fault_is_told_at_its_cell() {
    assert_eq!(
        refused(&ledger(), MADE_WRONG),
        [
            "D4 workbook.cell_error",
            "E4 workbook.formula",
            "G4 workbook.digits",
            "H4 workbook.date_cell",
            "P6 form.column_unnamed",
            "C6 form.choice",
        ]
    );
    let problems = read_workbook(&ledger(), MADE_WRONG).unwrap_err();
    for problem in &problems {
        assert!(problem.render(Lang::Zh).contains("单元格"), "{problem}");
        assert!(!problem.remedy.zh.is_empty() && !problem.remedy.en.is_empty());
    }
}

#[test]
fn an_export_is_read_again_in_both_languages() {
    let (form, sheet) = (ledger(), month());
    for lang in [Lang::Zh, Lang::En] {
        let read = read_workbook(&form, &written(&form, &sheet, lang)).unwrap();
        for (own, again) in sheet.rows.iter().zip(&read.sheet.rows) {
            for field in &form.fields {
                let value = |row: &tanheng_filing::Row| form.quantity(row, &field.name);
                assert_eq!(value(own), value(again), "{}", field.name);
                if value(own).is_none() {
                    assert_eq!(own.get(&field.name), again.get(&field.name));
                }
            }
        }
        assert_eq!(read.sheet.rows.len(), sheet.rows.len());
    }
}

/// A record as a plain workbook: titles in the first column, values in the second.
fn plain(values: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, field) in (0_u32..).zip(&application().fields) {
        sheet.write_string(row, 0, &field.title.zh).unwrap();
    }
    values(sheet);
    book.save_to_buffer().unwrap()
}

#[test]
fn days_and_codes_of_a_plain_record_are_read() {
    let day = Format::new().set_num_format("yyyy/m/d");
    let bytes = plain(|sheet| {
        sheet.write_string(0, 1, "91139900000000001P").unwrap();
        let date = ExcelDateTime::from_ymd(2022, 3, 9).unwrap();
        sheet.write_datetime_with_format(2, 1, &date, &day).unwrap();
        sheet.write_boolean(3, 1, false).unwrap();
        sheet.write_number(4, 1, 17).unwrap();
    });
    let read = read_workbook(&application(), &bytes).unwrap();
    let row = &read.sheet.rows[0];
    assert_eq!(row.get("day"), Some("2022-03-09"));
    assert_eq!((row.get("accredited"), row.get("heat")), (Some("false"), Some("17")));
    assert_eq!(row.get("factor"), Some("0.11"));
}

#[test]
fn what_a_spreadsheet_makes_of_codes_and_days_is_refused() {
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let bytes = plain(|sheet| {
        // a code typed into a cell for numbers
        sheet.write_number(0, 1, 911_399_000_000_000_017.0).unwrap();
        let date = ExcelDateTime::from_ymd(2022, 3, 9).unwrap().and_hms(8, 30, 0).unwrap();
        sheet.write_datetime_with_format(2, 1, &date, &moment).unwrap();
        sheet.write_boolean(3, 1, true).unwrap();
        sheet.write_datetime_with_format(6, 1, &date, &moment).unwrap();
    });
    assert_eq!(
        places(&read_workbook(&application(), &bytes).unwrap_err()),
        ["B1 workbook.digits", "B3 workbook.date_cell", "B7 workbook.date_cell"]
    );
}
