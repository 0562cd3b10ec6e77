//! What a template holds.

use std::io::Cursor;

use calamine::{Data, Reader, SheetVisible, Xlsx, open_workbook_from_rs};
use tanheng_base::Lang;
use tanheng_workbook::{Filled, origin, read_workbook, template};

use crate::{application, ledger, month, places, sheet_of};

fn open(bytes: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    open_workbook_from_rs(Cursor::new(bytes)).unwrap()
}

fn text(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, cell: (u32, u32)) -> String {
    let range = book.worksheet_range(sheet).unwrap();
    range.get_value(cell).map_or_else(String::new, ToString::to_string)
}

#[test]
fn a_template_has_headings_lists_and_its_origin() {
    let form = ledger();
    let filled = Filled {
        enterprise: Some("91139900000000001P"),
        period: Some("2022-04"),
        ..Filled::default()
    };
    let bytes = template(&form, &filled).unwrap();
    let mut book = open(&bytes);
    let sheets: Vec<(String, SheetVisible)> =
        book.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.visible)).collect();
    assert_eq!(
        sheets,
        [
            ("填报".to_owned(), SheetVisible::Visible),
            ("说明".to_owned(), SheetVisible::Visible),
            ("_lists".to_owned(), SheetVisible::VeryHidden),
            ("_tanheng".to_owned(), SheetVisible::Hidden),
        ]
    );
    assert_eq!(text(&mut book, "填报", (2, 4)), "活动数据");
    let bounds = text(&mut book, "填报", (3, 4));
    assert!(bounds.contains("必填") && bounds.contains("〔单位〕"), "{bounds}");
    assert!(text(&mut book, "填报", (1, 0)).contains("91139900000000001P"));
    // the values to choose stand in the column of their field
    assert_eq!(text(&mut book, "_lists", (0, 2)), "化石燃料");
    assert_eq!(text(&mut book, "_lists", (4, 5)), "m3");
    let origin = origin(&bytes).unwrap().unwrap();
    assert!(origin.is_of(&form));
    assert_eq!(origin.enterprise.as_deref(), Some("91139900000000001P"));
    assert_eq!(origin.period.as_deref(), Some("2022-04"));
}

#[test]
fn cells_are_checked_while_somebody_writes() {
    let bytes = template(&ledger(), &Filled::default()).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut part = archive.by_name("xl/worksheets/sheet1.xml").unwrap();
    let xml = std::io::read_to_string(&mut part).unwrap();
    assert!(xml.contains("'_lists'!$C$1:$C$3"), "a drop-down");
    assert!(xml.contains("type=\"decimal\"") && xml.contains("<formula2>100000000</formula2>"));
    assert!(xml.contains("type=\"textLength\""));
    assert!(xml.contains("<sheetProtection"), "headings are locked");
}

#[test]
fn the_last_filing_stands_where_the_form_carries_it_over() {
    let form = ledger();
    let last = month();
    let bytes = template(&form, &Filled { last: Some(&last), ..Filled::default() }).unwrap();
    let mut book = open(&bytes);
    let range = book.worksheet_range("填报").unwrap();
    for (offset, row) in (0_u32..).zip(&last.rows) {
        let value = |column| range.get_value((4 + offset, column)).cloned();
        assert_eq!(value(0), Some(Data::String(row.get("facility").unwrap().to_owned())));
        assert!(value(4).is_none_or(|amount| amount == Data::Empty), "amounts are new each month");
    }
    // nothing but what is carried over: the month's own figures are asked for
    let problems = read_workbook(&form, &bytes).unwrap_err();
    assert!(problems.iter().all(|problem| problem.code.0 == "form.required"), "{problems:?}");
    assert!(places(&problems).contains(&"E5 form.required".to_owned()), "{problems:?}");
}

#[test]
fn the_same_form_gives_the_same_bytes() {
    let form = ledger();
    let (last, lang) = (month(), Lang::En);
    let filled = Filled { last: Some(&last), lang, ..Filled::default() };
    assert_eq!(template(&form, &filled).unwrap(), template(&form, &filled).unwrap());
}

#[test]
fn a_record_is_filled_in_beside_its_titles() {
    let form = application();
    let sheet = sheet_of(
        &form,
        &[&[
            ("applicant", "91139900000000001P"),
            ("name", "余热利用"),
            ("day", "2022-03-09"),
            ("accredited", "true"),
            ("heat", "1200.5"),
            ("factor", "0.11"),
            ("report", "CNAS L1234 R-17"),
        ]],
    );
    for lang in [Lang::Zh, Lang::En] {
        let bytes = crate::written(&form, &sheet, lang);
        let mut book = open(&bytes);
        let shown = if lang == Lang::Zh { "是" } else { "yes" };
        assert_eq!(text(&mut book, "填报", (6, 2)), shown);
        assert_eq!(text(&mut book, "填报", (7, 1)), "GJ");
        let read = read_workbook(&form, &bytes).unwrap();
        assert!(read.sheet.same_content(&sheet), "{read:?}");
    }
    // empty but for its constant
    let empty = template(&form, &Filled::default()).unwrap();
    assert_eq!(
        places(&read_workbook(&form, &empty).unwrap_err()),
        ["C4 form.required", "C6 form.required", "C7 form.required"]
    );
}
