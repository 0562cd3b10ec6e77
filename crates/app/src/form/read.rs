//! Reading a filled-in form from a file.

use serde::Deserialize;
use tanheng_base::{FormId, Text};
use tanheng_filing::{Form, Sheet, read_csv, read_json};
use tanheng_workbook::{Origin, origin, read_workbook};

use crate::Failure;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
    /// A workbook.
    Xlsx,
}

impl Media {
    /// By the ending of a file name.
    ///
    /// # Errors
    /// `ledger.file_kind` for other endings.
    pub fn of(name: &str) -> Result<Self, Failure> {
        let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(Failure::refuse(
                "ledger.file_kind",
                Text::new(
                    format!("不支持的文件类型 `{name}`"),
                    format!("the kind of file `{name}` is not supported"),
                ),
                Text::new(
                    "请使用 .xlsx、.csv 或 .json 文件；旧的 .xls 和带宏的 .xlsm 请另存为 .xlsx",
                    "use a .xlsx, .csv or .json file; save old .xls and .xlsm with macros as .xlsx",
                ),
            )),
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The sheet.
    pub sheet: Sheet,
    /// What a workbook of ours was made for.
    pub origin: Option<Origin>,
}

/// Reads a file by a form: every fault at once.
///
/// # Errors
/// Each fault with place, value, rule and remedy.
pub fn read(form: &Form, media: Media, bytes: &[u8]) -> Result<File, Failure> {
    let file = match media {
        Media::Csv => File { sheet: read_csv(form, bytes)?, origin: None },
        Media::Json => File { sheet: read_json(form, bytes)?, origin: None },
        Media::Xlsx => {
            let read = read_workbook(form, bytes)?;
            File { sheet: read.sheet, origin: read.origin }
        }
    };
    let rows = tanheng_filing::check(form, &file.sheet)?;
    Ok(File { sheet: Sheet { rows, ..file.sheet }, ..file })
}

/// The form that a file names itself: a workbook of ours, or JSON with `form`.
///
/// # Errors
/// Why the file is no workbook that can be read.
pub fn form_named(media: Media, bytes: &[u8]) -> Result<Option<FormId>, Failure> {
    #[derive(Deserialize)]
    struct Named {
        form: FormId,
    }
    Ok(match media {
        Media::Csv => None,
        Media::Json => serde_json::from_slice::<Named>(bytes).ok().map(|named| named.form),
        Media::Xlsx => origin(bytes)?.and_then(|origin| origin.form.parse().ok()),
    })
}
