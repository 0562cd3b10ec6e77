//! `tanheng log`: proofs, the export of the public log, and its check from outside.

mod check;
mod proof;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use tanheng_app::log::PublicLog;
use tanheng_base::{Lang, Text};
use tanheng_evidence::{Checkpoint, VerifierKey, receipt};

use super::book::{DEFAULT_DATA, Data};
use super::progress::Bar;
use super::session::{Exit, Failure, Session};

/// 公开日志：证明、导出与核查。The public log: proofs, export and check.
#[derive(Debug, Args)]
pub(super) struct Log {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Proof(Proof),
    Consistency(Consistency),
    Verify(proof::Verify),
    Export(Export),
    Check(check::Check),
}

impl Log {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.action {
            Action::Proof(proof) => proof.run(session),
            Action::Consistency(consistency) => consistency.run(session),
            Action::Verify(verify) => verify.run(session),
            Action::Export(export) => export.run(session),
            Action::Check(check) => check.run(session),
        }
    }
}

/// 一条记录在日志中的证明（C2SP tlog-proof）。The proof that an entry is in the log (C2SP tlog-proof).
///
/// 证明中带有该记录和签名的检查点，可离线核验；不含申报内容。
/// It brings the entry and the signed checkpoint along and can be verified offline; it holds
/// nothing of what was declared.
#[derive(Debug, Args)]
#[command(after_help = "例 example:\n  tanheng log proof 12 > 12.tlog-proof")]
struct Proof {
    /// 记录序号，从0开始。Sequence of the entry, from 0.
    sequence: u64,

    /// 在较早的、有这么多条记录的日志中；输出不带检查点，请附上自己保存的。In the earlier log of
    /// so many entries; no checkpoint is put out then: append the one that you kept.
    #[arg(long, value_name = "N")]
    size: Option<u64>,

    #[command(flatten)]
    data: Data,
}

/// 日志由较早的日志延续而来的证明。The proof that the log extends an earlier state of itself.
#[derive(Debug, Args)]
#[command(after_help = "例 example:\n  tanheng log consistency 7 > extension.txt")]
struct Consistency {
    /// 较早的日志有多少条记录。How many entries the earlier log had.
    old: u64,

    /// 止于有这么多条记录的日志；输出不带检查点。Up to the log of so many entries; no checkpoint
    /// is put out then.
    #[arg(long, value_name = "N")]
    size: Option<u64>,

    #[command(flatten)]
    data: Data,
}

impl Proof {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        put_out(&self.data, session, |log| log.inclusion(self.sequence, self.size))
    }
}

impl Consistency {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        put_out(&self.data, session, |log| log.consistency(self.old, self.size))
    }
}

fn put_out(
    data: &Data,
    session: &mut Session<'_>,
    make: impl FnOnce(&PublicLog<'_>) -> Result<Option<String>, tanheng_app::Failure>,
) -> Result<Exit, Failure> {
    let book = data.book()?;
    let sql = book.reader()?;
    let log = PublicLog::open(&book, &sql)?;
    let size = log.checkpoint().size();
    let text = make(&log)?.ok_or_else(|| {
        Failure::new(
            "log.beyond",
            Text::new(
                format!("日志共有 {size} 条记录，没有所问的位置"),
                format!("the log has {size} entries; what you ask for is not there"),
            ),
            Text::new("请核对序号和条数", "check the sequence and the size"),
        )
    })?;
    // the text ends its own last line
    session.line(text.strip_suffix('\n').unwrap_or(&text));
    Ok(Exit::Done)
}

/// 把公开日志导出为静态文件夹（C2SP tlog-tiles）。Export the public log as a static folder.
///
/// 任何网页服务器都可以提供该文件夹；再次导出只写新增部分，中断后可继续。文件夹与账簿矛盾时拒绝写入。
/// Any web server can serve it. Exporting again writes only what is new and continues after an
/// interruption; nothing is written when the folder contradicts the book.
#[derive(Debug, Args)]
#[command(after_help = "例 example:\n  tanheng log export --out /srv/www/log")]
struct Export {
    /// 导出到的文件夹。The folder.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    #[command(flatten)]
    data: Data,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

impl Export {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let book = self.data.book()?;
        let sql = book.reader()?;
        let mut bar = Bar::new(session.pick("导出日志", "exporting the log"));
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let done = tanheng_app::log::export(&book, &sql, &self.out, |done, of| {
            bar.set(number(done), number(of));
        })?;
        bar.finish();
        if self.json {
            session.json(&json!({
                "before": done.before,
                "entries": done.entries,
                "written": done.written,
            }));
            return Ok(Exit::Done);
        }
        session.line(match session.lang {
            Lang::Zh => format!(
                "文件夹现有 {} 条记录（此前 {} 条），写入 {} 个文件",
                done.entries, done.before, done.written
            ),
            Lang::En => format!(
                "the folder has {} entries ({} before); {} tiles and bundles were written",
                done.entries, done.before, done.written
            ),
        });
        Ok(Exit::Done)
    }
}

/// The key that the reader trusts.
#[derive(Debug, Args)]
struct Trust {
    /// 可信公钥，或存放它的文件。The trusted public key, or the file that holds it.
    #[arg(long, value_name = "VKEY_OR_FILE")]
    key: Option<String>,

    /// 数据文件夹，用其中公布的公钥。Data folder whose public key is trusted.
    #[arg(long, value_name = "DIR", conflicts_with = "key")]
    data: Option<PathBuf>,
}

impl Trust {
    /// Never one that the log itself names: anybody can make a key.
    fn key(&self) -> Result<VerifierKey, Failure> {
        let from_folder = |folder: &Path| folder.join("keys").join("log.pub");
        let path = match (&self.key, &self.data) {
            (Some(given), _) => match VerifierKey::parse(given) {
                Ok(key) => return Ok(key),
                Err(_) => PathBuf::from(given),
            },
            (None, Some(folder)) => from_folder(folder),
            (None, None) => from_folder(Path::new(DEFAULT_DATA)),
        };
        let text = read_text(&path)?;
        VerifierKey::parse(text.trim()).map_err(|error| {
            Failure::new(
                "log.key",
                Text::new(
                    format!("`{}` 中没有可用的公钥：{error}", path.display()),
                    format!("there is no usable key in `{}`: {error}", path.display()),
                ),
                Text::new("请用 --key 给出公布的公钥", "give the published key with --key"),
            )
        })
    }
}

fn read_text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::new(
            "log.unreadable",
            Text::new(
                format!("无法读取 `{}`：{error}", path.display()),
                format!("cannot read `{}`: {error}", path.display()),
            ),
            Text::new(
                "请核对路径，或用 --key 给出公钥",
                "check the path, or give the key with --key",
            ),
        )
    })
}

/// A checkpoint that somebody kept: the note itself, a receipt, or the folder of a mirror.
fn kept(path: &Path, key: &VerifierKey) -> Result<(String, Checkpoint), Failure> {
    let path =
        if path.is_dir() { path.join(tanheng_app::log::CHECKPOINT) } else { path.to_owned() };
    let text = read_text(&path)?;
    let refuse = |error: String| {
        Failure::new(
            "log.kept",
            Text::new(
                format!("`{}` 不是该日志签发的检查点或回执：{error}", path.display()),
                format!("`{}` is no checkpoint or receipt of this log: {error}", path.display()),
            ),
            Text::new("请使用原样保存的文件", "use the file exactly as it was kept"),
        )
    };
    let note = if text.trim_start().starts_with('{') {
        let verified = receipt::verify(&text, Some(&key.to_string()));
        verified.map_err(|error| refuse(error.to_string()))?.checkpoint
    } else {
        text
    };
    let checkpoint = Checkpoint::verify(&note, key).map_err(|error| refuse(error.to_string()))?;
    Ok((note, checkpoint))
}
