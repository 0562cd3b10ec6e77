//! Whether a file is a workbook that may be read: its kind, its size unpacked, what it carries.
//!
//! Nothing is believed of what an archive says about itself: every part is unpacked once and
//! counted, and nothing of it is kept, before the reader of workbooks sees it. That reader trusts
//! the cells that a part names to lie in a sheet, so this is looked at too.

use std::io::{BufRead, BufReader, Cursor, Read};

use calamine::{Reader, Xlsx, open_workbook_from_rs};
use quick_xml::events::{BytesStart, Event};
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
        let mut part = BufReader::new(Counted { part: &mut part, left });
        if name == KINDS_PART.to_ascii_lowercase() {
            no_program_among(&mut part)?;
        } else if !cells_in_bounds(&mut part) {
            return Err(unreadable(&"a cell beyond the last row or column"));
        }
        std::io::copy(&mut part, &mut std::io::sink()).map_err(|error| unreadable(&error))?;
        left = part.into_inner().left;
        if left == 0 {
            return Err(too_large());
        }
    }
    if known == (true, true) { Ok(()) } else { Err(no_workbook()) }
}

/// A part that ends where no more may be unpacked.
struct Counted<R> {
    part: R,
    left: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.part.read(&mut buffer[..most])?;
        self.left = self.left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

/// Reads the list of the kinds of parts: no program may be among them.
fn no_program_among(kinds: &mut impl Read) -> Result<(), Problem> {
    let mut text = Vec::new();
    kinds.read_to_end(&mut text).map_err(|error| unreadable(&error))?;
    if text.windows(12).any(|word| word.eq_ignore_ascii_case(b"macroenabled")) {
        return Err(with_program());
    }
    Ok(())
}

/// Whether every cell that a part names lies in a sheet: three letters and seven digits at most.
/// What is no XML names none.
fn cells_in_bounds(part: impl BufRead) -> bool {
    let mut xml = quick_xml::Reader::from_reader(part);
    let config = xml.config_mut();
    (config.check_end_names, config.allow_unmatched_ends) = (false, true);
    let mut buffer = Vec::new();
    loop {
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(tag) | Event::Empty(tag)) if !names_cells_in_bounds(&tag) => {
                return false;
            }
            Ok(Event::Eof) | Err(_) => return true,
            Ok(_) => buffer.clear(),
        }
    }
}

fn names_cells_in_bounds(tag: &BytesStart<'_>) -> bool {
    let mut attributes = tag.attributes();
    let named = attributes.with_checks(false).flatten();
    let mut places = named.filter(|attribute| matches!(attribute.key.as_ref(), "r" | "ref"));
    places.all(|place| {
        place.value.split(':').all(|cell| {
            let letters = cell.bytes().take_while(u8::is_ascii_alphabetic).count();
            letters <= 3 && cell.len() - letters <= 7
        })
    })
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
