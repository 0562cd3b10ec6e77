//! Workbooks that a party uploads, as bytes and as the sheet within a sound archive.

use std::io::{Cursor, Write};

use tanheng_base::Lang;
use tanheng_filing::{Form, check, difference};
use tanheng_workbook::{Filled, read_workbook, remarked, template};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::ledger::ledger;

/// The parts of a workbook around its sheet and texts.
const PARTS: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
    ),
];

/// A file that is or is not a workbook: problems that can be told and marked in a copy, or a sheet that its
/// form accepts and that says the same after it was written as a workbook and read again.
pub fn workbook(data: &[u8]) {
    judge(ledger(), data);
}

/// The XML of a sheet, and behind a line `===` that of the texts it refers to, in an archive that
/// is otherwise sound.
pub fn workbook_sheet(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (sheet, strings) = text.split_once("\n===\n").unwrap_or((text, "<sst></sst>"));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let own = [("xl/worksheets/sheet1.xml", sheet), ("xl/sharedStrings.xml", strings)];
    for (name, content) in PARTS.into_iter().chain(own) {
        archive.start_file(name, options).expect("an archive in memory can be written");
        archive.write_all(content.as_bytes()).expect("an archive in memory can be written");
    }
    let bytes = archive.finish().expect("an archive in memory can be written").into_inner();
    judge(ledger(), &bytes);
}

fn judge(form: &Form, bytes: &[u8]) {
    let sheet = match read_workbook(form, bytes) {
        Ok(read) => read.sheet,
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in &problems {
                assert!(!problem.render(Lang::Zh).is_empty() && !problem.remedy.zh.is_empty());
            }
            for lang in [Lang::Zh, Lang::En] {
                // what has no sheet of the form has no copy
                let _ = remarked(form, bytes, &problems, lang);
            }
            return;
        }
    };
    assert_eq!(check(form, &sheet).as_ref(), Ok(&sheet.rows));
    for lang in [Lang::Zh, Lang::En] {
        let filled = Filled { lang, whole: Some(&sheet), ..Filled::default() };
        let written = template(form, &filled).expect("what was read can be written");
        let again = read_workbook(form, &written).expect("what was written can be read");
        assert_eq!(difference(form, &sheet, &again.sheet), []);
    }
}
