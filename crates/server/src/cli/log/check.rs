//! `tanheng log check`: the whole public log followed from outside.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use tanheng_base::{Lang, Text};
use tanheng_evidence::tiles::{Followed, follow};
use tanheng_evidence::{Checkpoint, Entry, VerifierKey};

use super::super::progress::Bar;
use super::super::session::{Exit, Failure, Session};
use super::source::Source;
use super::{Trust, kept};

/// 从外部核查整本公开日志。Check a whole public log from outside.
///
/// 读取运行中的服务（http://…/log）或导出的文件夹，逐条重算：记录、分片、根、签名；并与此前保存的
/// 检查点、回执比对。不需要数据库。
/// Reads a running server (http://…/log) or an exported folder and computes everything afresh:
/// entries, tiles, root, signature; and compares with checkpoints or receipts that were kept. It
/// needs no database.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// 日志地址或文件夹。URL or folder of the log.
    #[arg(value_name = "URL_OR_FOLDER")]
    place: String,

    #[command(flatten)]
    trust: Trust,

    /// 此前保存的检查点、回执或镜像文件夹；可多次给出。A checkpoint, receipt or mirror folder that
    /// was kept; may be given several times.
    #[arg(long, value_name = "FILE")]
    against: Vec<PathBuf>,

    /// 与此文件中上次的检查点比对，核查通过后换成今天的。Compare with the checkpoint of last time
    /// in this file, and put today's there when all holds.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng log check http://127.0.0.1:8022/log --key published.pub
  tanheng log check /srv/www/log --key published.pub --against receipt.json
  tanheng log check /srv/www/log --key published.pub --keep last.checkpoint";

impl Check {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let key = self.trust.key()?;
        let before = self.keep.as_deref().filter(|path| path.exists());
        let mut earlier = Vec::new();
        for path in self.against.iter().map(PathBuf::as_path).chain(before) {
            earlier.push(kept(path, &key)?.1);
        }
        let source = Source::new(&self.place);
        let note = source.checkpoint().map_err(|error| self.unreadable(&error.to_string()))?;
        let checkpoint =
            Checkpoint::verify(&note, &key).map_err(|error| differs(&error.to_string()))?;
        let mut bar = Bar::new(session.pick("核查日志", "checking the log"));
        let of = i64::try_from(checkpoint.size()).unwrap_or(i64::MAX);
        let mut last = i64::MIN;
        let visit = |sequence: u64, leaf: &[u8]| {
            bar.set(i64::try_from(sequence).unwrap_or(i64::MAX), of);
            last = check_entry(&key, sequence, last, leaf)?;
            Ok(())
        };
        let followed = follow(key.log_hash(), &checkpoint, &earlier, &source, visit);
        bar.finish();
        let followed = followed.map_err(|error| differs(&error.to_string()))?;
        if let Some(path) = &self.keep {
            keep(path, &note)?;
        }
        self.tell(session, &checkpoint, &earlier, followed);
        Ok(Exit::Done)
    }

    fn tell(
        &self,
        session: &mut Session<'_>,
        checkpoint: &Checkpoint,
        earlier: &[Checkpoint],
        followed: Followed,
    ) {
        let root: String = checkpoint.root().iter().map(|byte| format!("{byte:02x}")).collect();
        let extends: Vec<u64> = earlier.iter().map(Checkpoint::size).collect();
        if self.json {
            session.json(&json!({
                "agrees": true,
                "origin": checkpoint.origin(),
                "entries": followed.entries,
                "tiles": followed.tiles,
                "root": root,
                "extends": extends,
            }));
            return;
        }
        session.line(format!("{} {root}", session.pick("日志根", "root of the log")));
        for size in extends {
            session.line(match session.lang {
                Lang::Zh => format!("今天的日志是所给 {size} 条记录的延续"),
                Lang::En => format!("today's log extends the {size} entries of the given one"),
            });
        }
        session.line(match session.lang {
            Lang::Zh => format!(
                "一致：{} 条记录、{} 个分片与 {} 签发的检查点相符",
                followed.entries,
                followed.tiles,
                checkpoint.origin()
            ),
            Lang::En => format!(
                "agrees: {} entries and {} tiles are those of the checkpoint signed by {}",
                followed.entries,
                followed.tiles,
                checkpoint.origin()
            ),
        });
    }

    fn unreadable(&self, error: &str) -> Failure {
        Failure::new(
            "log.source",
            Text::new(
                format!("无法从 `{}` 读取检查点：{error}", self.place),
                format!("no checkpoint can be read from `{}`: {error}", self.place),
            ),
            Text::new(
                "请给出 http:// 地址或导出的文件夹；https 站点请先镜像到文件夹",
                "give an http:// address or an exported folder; mirror an https site into a folder first",
            ),
        )
    }
}

/// An entry is one of ours, at its place, not before the one before. Gives its time.
fn check_entry(key: &VerifierKey, sequence: u64, last: i64, leaf: &[u8]) -> Result<i64, String> {
    let entry = Entry::decode(leaf).map_err(|error| error.to_string())?;
    if entry.sequence() != sequence {
        return Err(format!("it says that it is number {}", entry.sequence()));
    }
    if entry.hash() != key.log_hash() {
        return Err(format!("it is of the hash {}", entry.hash()));
    }
    if entry.time_ms() < last {
        return Err("its time is before that of the entry before".to_owned());
    }
    Ok(entry.time_ms())
}

fn differs(error: &str) -> Failure {
    Failure::new(
        "log.differs",
        Text::new(
            format!("所提供的不是签名的日志：{error}"),
            format!("what is served is not the signed log: {error}"),
        ),
        Text::new(
            "请保存所读到的文件和检查点，并告知主管部门",
            "keep the files and checkpoints that you read, and inform the supervising authority",
        ),
    )
}

/// Written beside and renamed, so that an interruption leaves the old or the new one.
fn keep(path: &Path, note: &str) -> Result<(), Failure> {
    let beside = path.with_extension("new");
    let written = fs::write(&beside, note).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        Failure::new(
            "log.keep",
            Text::new(
                format!("无法写入 `{}`：{error}", path.display()),
                format!("cannot write `{}`: {error}", path.display()),
            ),
            Text::new("请核对路径和权限", "check path and permissions"),
        )
    })
}
