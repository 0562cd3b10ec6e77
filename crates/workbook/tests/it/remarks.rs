//! The copy with remarks.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use tanheng_base::Lang;
use tanheng_workbook::{read_workbook, remarked};

use crate::{ledger, month, places, written};

fn part(bytes: &[u8], ending: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let name = names.iter().find(|name| name.ends_with(ending)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_copy_has_each_fault_at_its_cell_and_can_be_handed_in() {
    let form = ledger();
    let mut wrong = month();
    wrong.rows[0].cells.insert("unit".to_owned(), "桶".to_owned());
    wrong.rows[1].cells.remove("source");
    for lang in [Lang::Zh, Lang::En] {
        let bytes = written(&form, &wrong, lang);
        let problems = read_workbook(&form, &bytes).unwrap_err();
        let found = places(&problems);
        assert!(found.contains(&"F5 form.choice".to_owned()), "{found:?}");
        assert!(found.contains(&"B6 form.required".to_owned()), "{found:?}");
        let copy = remarked(&form, &bytes, &problems, lang).unwrap();
        let comments = part(&copy, "comments1.xml");
        assert!(comments.contains("ref=\"F5\"") && comments.contains("ref=\"B6\""));
        assert!(comments.contains(match lang {
            Lang::Zh => "不是可选的值",
            Lang::En => "none of the values to choose from",
        }));
        // the same values in the same cells give the same faults
        let again = read_workbook(&form, &copy).unwrap_err();
        assert_eq!(places(&again), found);
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(&copy[..])).unwrap();
        let list = book.worksheet_range("检查结果").unwrap();
        assert_eq!(list.get_value((1, 0)), Some(&Data::String("F5".to_owned())));
        assert_eq!(list.height(), problems.len() + 1);
    }
}

#[test]
fn a_copy_of_a_foreign_workbook_keeps_its_cells() {
    let bytes = include_bytes!("../fixtures/ledger_wrong.xlsx");
    let problems = read_workbook(&ledger(), bytes).unwrap_err();
    let copy = remarked(&ledger(), bytes, &problems, Lang::Zh).unwrap();
    let comments = part(&copy, "comments1.xml");
    for cell in ["E4", "D4", "G4", "H4", "P6", "C6"] {
        assert!(comments.contains(&format!("ref=\"{cell}\"")), "{cell}");
    }
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(&copy[..])).unwrap();
    let range = book.worksheet_range("三月").unwrap();
    assert_eq!(range.get_value((3, 0)), Some(&Data::String("1号机组".to_owned())));
}
