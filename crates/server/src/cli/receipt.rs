//! `tanheng receipt verify`: what a receipt proves, checked without network or database.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use tanheng_base::{Instant, Lang, Text};
use tanheng_evidence::receipt::{self, MAX_BYTES};
use tanheng_evidence::{KeySource, OpenField, ReceiptError, VerifiedReceipt, VerifierKey};

use super::session::{Exit, Failure, Session};

/// Where a data folder keeps the public key of its log.
const KEY_FILE: &str = "keys/log.pub";

/// The data folder that the demonstration creates.
const DEFAULT_DATA: &str = "tanheng-data";

/// 存证回执。Receipts of the evidence log.
#[derive(Debug, Args)]
pub(super) struct Receipt {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Verify(Verify),
}

/// 离线核验一份回执。Check a receipt offline.
///
/// 公钥取自 --key，其次取自 --data，再次取自 ./tanheng-data；都没有时只能核验回执自身是否完整，
/// 须将其公钥与公布的公钥比对。
/// The public key is taken from --key, else --data, else ./tanheng-data; without any, the receipt
/// is only shown to be sound in itself, and its key must be compared with the published one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct Verify {
    /// 回执文件。The receipt, exactly as the platform gave it.
    file: PathBuf,

    /// 可信公钥，或存放它的文件。The trusted public key, or the file that holds it.
    #[arg(long, value_name = "VKEY_OR_FILE")]
    key: Option<String>,

    /// 数据文件夹，用其中公布的公钥。Data folder whose public key is trusted.
    #[arg(long, value_name = "DIR", conflicts_with = "key")]
    data: Option<PathBuf>,

    /// 以JSON输出，错误也是。Print JSON, errors too.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng receipt verify receipt.json
  tanheng receipt verify receipt.json --key published.pub
  tanheng receipt verify receipt.json --data ./tanheng-data";

impl Receipt {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let Action::Verify(verify) = self.action;
        verify.run(session)
    }
}

/// A key that the reader trusts, and where it was found.
struct Trusted {
    key: String,
    origin: String,
}

/// Why a receipt is not believed: a code, and the reason with what to do.
struct Refusal {
    code: &'static str,
    reason: Text,
}

impl Refusal {
    fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal { code, reason: Text::new(zh, en) }
    }
}

impl From<ReceiptError> for Refusal {
    fn from(error: ReceiptError) -> Refusal {
        Refusal::new(error.code(), error.zh(), error.en())
    }
}

impl Verify {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.verified() {
            Ok((seen, trusted)) => {
                if self.json {
                    session.json(&seen_json(&seen));
                } else {
                    show(&seen, trusted.as_ref(), session);
                }
                Ok(Exit::Done)
            }
            Err(Refusal { code, reason }) if self.json => {
                session.json(&json!({ "errors": [{ "code": code, "message": reason }] }));
                Ok(Exit::Differs)
            }
            Err(Refusal { code, reason }) => {
                // in both languages, whoever reads it: the holder of a receipt may be anybody
                session.remark(format!("{code}: {}", printable(&reason.zh)));
                session.remark(format!("{code}: {}", printable(&reason.en)));
                Ok(Exit::Differs)
            }
        }
    }

    fn verified(&self) -> Result<(VerifiedReceipt, Option<Trusted>), Refusal> {
        let trusted = self.trusted()?;
        let text = read_text(&self.file)?;
        let key = trusted.as_ref().map(|trusted| trusted.key.as_str());
        Ok((receipt::verify(&text, key)?, trusted))
    }

    fn trusted(&self) -> Result<Option<Trusted>, Refusal> {
        if let Some(given) = &self.key {
            if VerifierKey::parse(given).is_ok() {
                return Ok(Some(Trusted { key: given.clone(), origin: "--key".to_owned() }));
            }
            let path = Path::new(given);
            if !path.exists() {
                return Err(ReceiptError::TrustedKeyMalformed.into());
            }
            return read_key(path).map(Some);
        }
        if let Some(data) = &self.data {
            return read_key(&data.join(KEY_FILE)).map(Some);
        }
        let usual = Path::new(DEFAULT_DATA).join(KEY_FILE);
        if usual.exists() { read_key(&usual).map(Some) } else { Ok(None) }
    }
}

fn read_key(path: &Path) -> Result<Trusted, Refusal> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Ok(Trusted { key: text.trim().to_owned(), origin: path.display().to_string() })
}

/// The file as text; whatever is not UTF-8 is refused, never repaired.
fn read_text(path: &Path) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() > MAX_BYTES {
        return Err(ReceiptError::TooLong.into());
    }
    String::from_utf8(bytes).map_err(|_| {
        Refusal::new(
            "receipt.not_utf8",
            "文件不是UTF-8文本，因而不是平台给出的回执，或已被改动；请使用平台给出的原文件",
            "the file is not UTF-8 text, so it is no receipt of the platform, or it was changed; \
             use the file exactly as the platform gave it",
        )
    })
}

fn unreadable(path: &Path, error: &io::Error) -> Refusal {
    let path = path.display();
    Refusal::new(
        "receipt.unreadable",
        format!("无法读取 `{path}`：{error}；请核对路径和权限"),
        format!("cannot read `{path}`: {error}; check path and permissions"),
    )
}

fn show(seen: &VerifiedReceipt, trusted: Option<&Trusted>, session: &mut Session<'_>) {
    session.line(match seen.key_source {
        KeySource::Pinned => session.pick("回执有效", "the receipt is valid"),
        KeySource::FromReceipt => session.pick(
            "回执自身完整；是否出自平台，须比对公钥",
            "the receipt is sound in itself; whether it is the platform's, its key must tell",
        ),
    });
    if !seen.marks.is_empty() {
        let word = session.pick("标记", "marks");
        session.line(format!("{word}  {}", printable(&seen.marks.join("; "))));
    }
    let entries = match session.lang {
        Lang::Zh => format!("{}（共 {} 条）", printable(&seen.origin), seen.log_size),
        Lang::En => format!("{} ({} entries)", printable(&seen.origin), seen.log_size),
    };
    let rows = [
        ("日志", "log", entries),
        ("序号", "sequence", seen.sequence.to_string()),
        ("时间", "time", Instant(seen.time_ms).to_string()),
        ("操作者", "actor", printable(&seen.actor)),
        ("事项", "kind", printable(&seen.kind)),
    ];
    for (zh, en, value) in rows {
        session.line(format!("{}  {value}", session.pick(zh, en)));
    }
    fields(session.pick("提交内容", "submitted"), &seen.input, seen.input_hidden, session);
    fields(session.pick("处理结果", "outcome"), &seen.outcome, seen.outcome_hidden, session);
    let key = printable(&seen.key.to_string());
    session.line(format!("{}  {key}", session.pick("公钥", "key")));
    match trusted {
        Some(trusted) => {
            let with = session.pick("  与可信公钥一致：", "  is the trusted one: ");
            session.line(format!("{with}{}", trusted.origin));
        }
        None => session.line(session.pick(
            "  注意：这是回执自带的公钥，任何人都能自制。请与主管部门公布的公钥比对，或用 --key 指定后重新核验。",
            "  note: the receipt itself names this key, and anybody can make one. Compare it with the key that the authority has published, or check again with --key.",
        )),
    }
}

fn fields(title: &str, open: &[OpenField], hidden: usize, session: &mut Session<'_>) {
    let count = match (hidden, session.lang) {
        (0, _) => String::new(),
        (_, Lang::Zh) => format!("（另有 {hidden} 项未示出）"),
        (_, Lang::En) => format!(" ({hidden} more not shown)"),
    };
    session.line(format!("{title}{count}"));
    for field in open {
        let value = match field.value.as_text() {
            Some(text) => text.to_owned(),
            None => field.value.to_json().to_string(),
        };
        session.line(format!("  {}  {}", printable(&field.name), printable(&value)));
    }
}

fn seen_json(seen: &VerifiedReceipt) -> Json {
    let fields = |open: &[OpenField]| -> Json {
        open.iter().map(|field| (field.name.clone(), field.value.to_json())).collect()
    };
    json!({
        "valid": true,
        "key_pinned": seen.key_source == KeySource::Pinned,
        "key": seen.key.to_string(),
        "origin": seen.origin,
        "log_size": seen.log_size,
        "sequence": seen.sequence,
        "time": Instant(seen.time_ms).to_string(),
        "actor": seen.actor,
        "kind": seen.kind,
        "marks": seen.marks,
        "input": fields(&seen.input),
        "input_hidden": seen.input_hidden,
        "outcome": fields(&seen.outcome),
        "outcome_hidden": seen.outcome_hidden,
    })
}

/// Text of a stranger as a terminal may show it: nothing in it moves the cursor, changes colours or
/// turns the direction of reading.
pub(super) fn printable(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || turns(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_cannot_draw_on_the_terminal() {
        assert_eq!(printable("示例 example"), "示例 example");
        assert_eq!(printable("a\u{1b}[2Kb\n\u{202e}c"), "a\\u{1b}[2Kb\\u{a}\\u{202e}c");
    }
}
