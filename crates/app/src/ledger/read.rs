//! Reading a ledger from a file, by the form of the law.

use tanheng_base::Text;
use tanheng_filing::{Form, Period, Sheet, read_csv, read_json};
use tanheng_rulebook::Rulebook;

use crate::Failure;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
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
            _ => Err(Failure::refuse(
                "ledger.file_kind",
                Text::new(
                    format!("不支持的文件类型 `{name}`"),
                    format!("the kind of file `{name}` is not supported"),
                ),
                Text::new("请使用 .csv 或 .json 文件", "use a .csv or .json file"),
            )),
        }
    }
}

/// The form of the law for ledgers of a month.
///
/// # Errors
/// `ledger.no_form` when the law has none; faults of the form.
pub fn form(law: &Rulebook) -> Result<Form, Failure> {
    for (_, _, text) in law.files("forms/") {
        let form = Form::parse(text)?;
        if form.period == Period::Month {
            return Ok(form);
        }
    }
    Err(Failure::refuse(
        "ledger.no_form",
        Text::new("规则库中没有月度台账表", "the rulebook has no form for a monthly ledger"),
        Text::new("请在规则包中加入 forms/*.toml", "add a form to the pack, in forms/*.toml"),
    ))
}

/// Reads a file by the form of the law: every fault at once.
///
/// # Errors
/// Each fault with row, column, value, rule and remedy.
pub fn read(law: &Rulebook, media: Media, bytes: &[u8]) -> Result<Sheet, Failure> {
    let form = form(law)?;
    let sheet = match media {
        Media::Csv => read_csv(&form, bytes)?,
        Media::Json => read_json(&form, bytes)?,
    };
    let problems = tanheng_filing::check(&form, &sheet);
    if problems.is_empty() { Ok(sheet) } else { Err(problems.into()) }
}
