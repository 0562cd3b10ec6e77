//! Files that are no sheet of the form: each is refused with its reason, in bounded time.

use std::io::{Cursor, Read, Write};
use std::time::{Duration, Instant};

use rust_xlsxwriter::{Formula, Workbook};
use tanheng_base::Lang;
use tanheng_filing::Form;
use tanheng_workbook::{Filled, origin, read_workbook, remarked, template};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::{LEDGER, ledger, month, refused, written};

/// No refusal takes longer, on a slow machine and without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads within the time allowed, and gives the codes.
#[expect(clippy::disallowed_methods, reason = "the time that a refusal takes is what is tested")]
fn codes(form: &Form, bytes: &[u8]) -> Vec<String> {
    let started = Instant::now();
    let codes = refused(form, bytes);
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    codes
}

/// A workbook with its parts changed: each by name and content, `None` to add after all.
fn repacked(
    bytes: &[u8],
    change: impl Fn(&str, Vec<u8>) -> Vec<u8>,
    more: &[(&str, &[u8])],
) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        writer.start_file(&name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&change(&name, content)).unwrap();
    }
    for (name, content) in more {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn good() -> Vec<u8> {
    written(&ledger(), &month(), Lang::Zh)
}

fn same(_: &str, content: Vec<u8>) -> Vec<u8> {
    content
}

#[test]
fn other_kinds_of_file_are_refused_by_name() {
    let form = ledger();
    let old = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 600]].concat();
    assert_eq!(codes(&form, &old), ["- workbook.old_or_locked"]);
    for bytes in [&b""[..], b"PK\x03\x04", "设施,排放源\n1,2\n".as_bytes(), &[0xff; 4000]] {
        assert_eq!(codes(&form, bytes), ["- workbook.no_workbook"]);
    }
    let mut other = ZipWriter::new(Cursor::new(Vec::new()));
    other.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    other.write_all(b"<document/>").unwrap();
    let other = other.finish().unwrap().into_inner();
    assert_eq!(codes(&form, &other), ["- workbook.no_workbook"]);
}

#[test]
fn programs_are_refused() {
    let form = ledger();
    let with = repacked(&good(), same, &[("xl/vbaProject.bin", b"program")]);
    assert_eq!(codes(&form, &with), ["- workbook.macro"]);
    let sheet = repacked(&good(), same, &[("xl/macrosheets/sheet1.xml", b"<x/>")]);
    assert_eq!(codes(&form, &sheet), ["- workbook.macro"]);
    let kind = "spreadsheetml.sheet.main";
    let named = repacked(
        &good(),
        |_, content| match String::from_utf8(content) {
            Ok(text) => text.replace(kind, "macroEnabled.main").into_bytes(),
            Err(error) => error.into_bytes(),
        },
        &[],
    );
    assert_eq!(codes(&form, &named), ["- workbook.macro"]);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let form = ledger();
    let zeros = vec![b' '; 80 << 20];
    let bomb = repacked(&good(), same, &[("xl/worksheets/sheet9.xml", &zeros)]);
    assert!(bomb.len() < form.max_bytes);
    assert_eq!(codes(&form, &bomb), ["- workbook.too_large"]);
    // the archive lies about what it holds
    let mut lying = bomb.clone();
    let size = u32::try_from(zeros.len()).unwrap().to_le_bytes();
    let places: Vec<usize> = (0..lying.len() - 4).filter(|at| lying[*at..at + 4] == size).collect();
    assert!(!places.is_empty());
    for at in places {
        lying[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let told = codes(&form, &lying);
    assert!(told == ["- workbook.too_large"] || told == ["- workbook.no_workbook"], "{told:?}");
    let many: Vec<String> = (0..1_100).map(|part| format!("xl/{part}.xml")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(codes(&form, &repacked(&good(), same, &many)), ["- workbook.too_large"]);
}

#[test]
fn a_cell_that_no_sheet_has_is_refused() {
    let form = ledger();
    for cell in ["rrrrrrrrrrrrrL5", "AAAA5", "A99999999", "A1:ZZZZZZZZ9"] {
        let named = repacked(
            &good(),
            |name, content| match name {
                "xl/worksheets/sheet1.xml" => {
                    let text = String::from_utf8(content).unwrap();
                    assert!(text.contains("r=\"A5\""), "{text}");
                    text.replace("r=\"A5\"", &format!("r=\"{cell}\"")).into_bytes()
                }
                _ => content,
            },
            &[],
        );
        assert_eq!(codes(&form, &named), ["- workbook.no_workbook"], "{cell}");
    }
}

/// A plain workbook with the headings of the ledger.
fn plain(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, field) in (0_u16..).zip(&ledger().fields) {
        sheet.write_string(0, column, &field.title.zh).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

/// The ledger's form for files of any size.
fn roomy() -> Form {
    Form { max_bytes: 64 << 20, ..ledger() }
}

#[test]
fn two_hundred_thousand_rows_are_counted_and_not_kept() {
    let bytes = plain(|sheet| {
        for row in 1..=200_000 {
            sheet.write_string(row, 0, "1号机组").unwrap();
            sheet.write_number(row, 4, row).unwrap();
        }
    });
    assert_eq!(codes(&roomy(), &bytes), ["- form.too_many_rows"]);
    let problem = &read_workbook(&roomy(), &bytes).unwrap_err()[0];
    assert_eq!(problem.value.as_deref(), Some("200000"));
    if bytes.len() > ledger().max_bytes {
        assert_eq!(codes(&ledger(), &bytes), ["- form.too_large"]);
    }
}

#[test]
fn a_cell_at_the_far_corner_costs_nothing() {
    let bytes = plain(|sheet| {
        sheet.write_string(1_048_575, 16_383, "x").unwrap();
    });
    let told = codes(&ledger(), &bytes);
    assert!(told.contains(&"XFD1048576 form.column_unnamed".to_owned()), "{told:?}");
}

#[test]
fn one_long_text_in_every_cell_is_not_copied_without_end() {
    let text = "长".repeat(32_000);
    let bytes = plain(|sheet| {
        for row in 1..=1_000 {
            for column in 0..12 {
                sheet.write_string(row, column, &text).unwrap();
            }
        }
    });
    assert_eq!(codes(&ledger(), &bytes), ["- workbook.too_large"]);
}

#[test]
fn many_faults_are_told_and_counted() {
    let bytes = plain(|sheet| {
        for row in 1..=700 {
            sheet.write_formula(row, 0, Formula::new("=1+1")).unwrap();
            sheet.write_formula(row, 4, Formula::new("=1+1")).unwrap();
        }
    });
    let told = codes(&ledger(), &bytes);
    assert_eq!(told.len(), 1_001);
    assert_eq!(told[0], "A2 workbook.formula");
    assert!(told.contains(&"- workbook.more".to_owned()), "{:?}", told.last());
}

#[test]
fn the_wrong_sheet_is_named() {
    let form = ledger();
    let mut book = Workbook::new();
    book.add_worksheet().set_name("人员").unwrap().write_string(0, 0, "姓名").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let problems = read_workbook(&form, &bytes).unwrap_err();
    assert_eq!(problems[0].code.0, "workbook.no_sheet");
    assert!(problems[0].message.zh.contains("人员"), "{}", problems[0]);
    assert!(remarked(&form, &bytes, &problems, Lang::Zh).is_err());
    let renamed = repacked(
        &good(),
        |name, content| match name {
            "xl/workbook.xml" => {
                String::from_utf8(content).unwrap().replace("填报", "改名").into_bytes()
            }
            _ => content,
        },
        &[],
    );
    assert_eq!(codes(&form, &renamed), ["- workbook.no_sheet"]);
}

#[test]
fn another_form_or_version_is_refused() {
    let form = ledger();
    let other = crate::application();
    let bytes = template(&other, &Filled::default()).unwrap();
    assert_eq!(codes(&form, &bytes), ["- form.other_form"]);
    assert_eq!(origin(&bytes).unwrap().unwrap().form, "example.application");
    for (from, to) in [("version = \"1\"", "version = \"2\""), ("max = \"1500\"", "max = \"1600\"")]
    {
        let changed = Form::parse(&LEDGER.replacen(from, to, 1)).unwrap();
        assert_eq!(codes(&changed, &good()), ["- form.other_form"]);
    }
}

#[test]
fn a_file_cut_off_or_changed_gives_reasons() {
    let (form, bytes) = (ledger(), good());
    for length in (0..bytes.len()).step_by(997) {
        assert!(read_workbook(&form, &bytes[..length]).is_err());
    }
    for at in (0..bytes.len()).step_by(41) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x5a;
        if let Err(problems) = read_workbook(&form, &changed) {
            assert!(!problems.is_empty());
            let _ = remarked(&form, &changed, &problems, Lang::En);
        }
    }
}
