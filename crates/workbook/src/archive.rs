//! Whether a file is a workbook that may be read: its kind, its size unpacked, what it carries.
//!
//! Nothing is believed of what an archive says about itself: every part is unpacked once and
//! counted, and nothing of it is kept, before the reader of workbooks sees it.

use std::io::{Cursor, Read};

use calamine::{Reader, Xlsx, open_workbook_from_rs};
use tanheng_base::{Code, Problem, Text};
use zip::ZipArchive;

use crate::code;

/// A workbook that was opened.
pub(crate) type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Most bytes that the parts of a workbook unpack to together.
const MOST_UNPACKED: u64 = 64 << 20;
/// Most parts of a workbook.
const MOST_PARTS: usize = 1_000;
/// How the old formats and those locked with a password begin.
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// The part that lists the sheets.
const BOOK_PART: &str = "xl/workbook.xml";
/// The part that says what the others are.
const KINDS_PART: &str = "[Content_Types].xml";

/// Opens a workbook within bounds.
///
/// # Errors
/// The one reason why the file is not read.
pub(crate) fn open(bytes: &[u8]) -> Result<Workbook<'_>, Problem> {
    if bytes.starts_with(&COMPOUND_FILE) {
        return Err(problem(
            code::OLD_OR_LOCKED,
            (
                "旧格式（.xls）或加了密码的工作簿",
                "a workbook in the old format (.xls), or with a password",
            ),
            ("另存为不加密的 .xlsx", "save it as .xlsx without a password"),
        ));
    }
    inspect(bytes)?;
    open_workbook_from_rs(Cursor::new(bytes))
        .map_err(|error: calamine::XlsxError| unreadable(&error))
}

/// The workbook cannot be read any further.
pub(crate) fn unreadable(error: &dyn std::fmt::Display) -> Problem {
    let reason: String = error.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    problem(
        code::NO_WORKBOOK,
        (
            &format!("工作簿已损坏，无法读取：{reason}"),
            &format!("the workbook is damaged and cannot be read: {reason}"),
        ),
        ("用电子表格软件打开后另存为 .xlsx", "open it in a spreadsheet and save it as .xlsx"),
    )
}

pub(crate) fn problem(code: Code, said: (&str, &str), remedy: (&str, &str)) -> Problem {
    Problem::new(code, Text::new(said.0, said.1), Text::new(remedy.0, remedy.1))
}

fn inspect(bytes: &[u8]) -> Result<(), Problem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    if archive.len() > MOST_PARTS {
        return Err(too_large());
    }
    let mut known = (false, false);
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| no_workbook())?;
        let name = String::from_utf8_lossy(part.name_raw()).to_ascii_lowercase();
        if carries_program(&name) {
            return Err(with_program());
        }
        known.0 |= name == BOOK_PART;
        known.1 |= name == KINDS_PART.to_ascii_lowercase();
        if part.size() > left {
            return Err(too_large());
        }
        left = unpack(&mut part, left, name == KINDS_PART.to_ascii_lowercase())?;
    }
    if known == (true, true) { Ok(()) } else { Err(no_workbook()) }
}

/// Unpacks a part without keeping it and gives what is left of the bound.
fn unpack(part: &mut impl Read, mut left: u64, kinds: bool) -> Result<u64, Problem> {
    let mut buffer = [0; 16 << 10];
    let mut text = Vec::new();
    loop {
        let read = part.read(&mut buffer).map_err(|error| unreadable(&error))?;
        if read == 0 {
            break;
        }
        let count = u64::try_from(read).unwrap_or(u64::MAX);
        left = left.checked_sub(count).ok_or_else(too_large)?;
        if kinds {
            text.extend_from_slice(&buffer[..read]);
        }
    }
    if text.windows(12).any(|word| word.eq_ignore_ascii_case(b"macroenabled")) {
        return Err(with_program());
    }
    Ok(left)
}

fn carries_program(name: &str) -> bool {
    name.contains("vbaproject") || name.contains("macrosheets/") || name.contains("activex/")
}

fn no_workbook() -> Problem {
    problem(
        code::NO_WORKBOOK,
        ("文件不是 .xlsx 工作簿", "the file is no .xlsx workbook"),
        (
            "下载模板填写，或在电子表格软件中另存为 .xlsx",
            "fill in the template, or save the file as .xlsx in a spreadsheet",
        ),
    )
}

fn with_program() -> Problem {
    problem(
        code::MACRO,
        ("工作簿带有宏，不予读取", "the workbook carries a program and is not read"),
        ("另存为不带宏的 .xlsx", "save it as .xlsx without macros"),
    )
}

fn too_large() -> Problem {
    let most = MOST_UNPACKED >> 20;
    problem(
        code::TOO_LARGE,
        (
            &format!("工作簿解压后超过{most} MiB，或部件过多"),
            &format!("the workbook unpacks to more than {most} MiB, or has too many parts"),
        ),
        (
            "只保留填报表，删去多余的行、工作表和图片；行数很多时分开填报",
            "keep the sheet to be filed alone, without spare rows, sheets and pictures; file many rows apart",
        ),
    )
}

/// Names of the worksheets with whether a reader sees them.
pub(crate) fn sheets(workbook: &Workbook<'_>) -> Vec<(String, bool)> {
    let worksheets = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == calamine::SheetVisible::Visible));
    worksheets.collect()
}
