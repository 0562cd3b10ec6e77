//! `tanheng log verify`: a proof checked without network or database.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value as Json, json};
use tanheng_base::{Instant, Lang, Text};
use tanheng_evidence::proof::{ConsistencyProof, InclusionProof, ProofError};
use tanheng_evidence::{Checkpoint, Entry, VerifierKey};

use super::super::receipt::printable;
use super::super::session::{Exit, Failure, Session};
use super::{Trust, kept, read_text};

/// 离线核验一份证明。Verify a proof offline.
///
/// 记录的证明只需公钥；延续的证明还需用 --against 给出较早的检查点。
/// The proof of an entry needs the key alone; a proof of extension needs the older checkpoint too.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Verify {
    /// 证明文件。The proof.
    file: PathBuf,

    #[command(flatten)]
    trust: Trust,

    /// 较早的检查点或回执。The older checkpoint, or a receipt with it.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng log verify 12.tlog-proof --key published.pub
  tanheng log verify extension.txt --key published.pub --against old.checkpoint";

impl Verify {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let key = self.trust.key()?;
        let text = read_text(&self.file)?;
        if text.starts_with("old ") {
            return self.extension(&text, &key, session);
        }
        let (entry, checkpoint) =
            InclusionProof::parse(&text).and_then(|proof| proof.verify(&key)).map_err(refuse)?;
        if let Some(path) = &self.against {
            let (_, earlier) = kept(path, &key)?;
            if earlier != checkpoint {
                return Err(refuse(ProofError::OldSize {
                    proof: checkpoint.size(),
                    given: earlier.size(),
                }));
            }
        }
        if self.json {
            session.json(&entry_json(&entry, &checkpoint));
        } else {
            tell_entry(session, &entry, &checkpoint);
        }
        Ok(Exit::Done)
    }

    fn extension(
        &self,
        text: &str,
        key: &VerifierKey,
        session: &mut Session<'_>,
    ) -> Result<Exit, Failure> {
        let Some(path) = &self.against else {
            return Err(Failure::new(
                "log.against",
                Text::new(
                    "延续的证明须与较早的检查点一起核验",
                    "a proof of extension is verified together with the older checkpoint",
                ),
                Text::new("请用 --against 给出它", "give it with --against"),
            ));
        };
        let (older, _) = kept(path, key)?;
        let proof = ConsistencyProof::parse(text).map_err(refuse)?;
        let (old, new) = proof.verify(&older, key).map_err(refuse)?;
        if self.json {
            session.json(&json!({
                "valid": true,
                "origin": new.origin(),
                "old": old.size(),
                "size": new.size(),
            }));
            return Ok(Exit::Done);
        }
        session.line(match session.lang {
            Lang::Zh => {
                format!(
                    "证明有效：{} 条记录的日志由当时 {} 条的日志延续而来",
                    new.size(),
                    old.size()
                )
            }
            Lang::En => format!(
                "the proof is valid: the log of {} entries begins with the {} entries of then",
                new.size(),
                old.size()
            ),
        });
        Ok(Exit::Done)
    }
}

fn tell_entry(session: &mut Session<'_>, entry: &Entry, checkpoint: &Checkpoint) {
    session.line(
        session.pick("证明有效：记录在日志中", "the proof is valid: the entry is in the log"),
    );
    let entries = match session.lang {
        Lang::Zh => format!("{}（共 {} 条）", printable(checkpoint.origin()), checkpoint.size()),
        Lang::En => format!("{} ({} entries)", printable(checkpoint.origin()), checkpoint.size()),
    };
    let rows = [
        ("日志", "log", entries),
        ("序号", "sequence", entry.sequence().to_string()),
        ("时间", "time", Instant(entry.time_ms()).to_string()),
        ("操作者", "actor", printable(entry.actor())),
        ("事项", "kind", printable(entry.kind())),
    ];
    for (zh, en, value) in rows {
        session.line(format!("{}  {value}", session.pick(zh, en)));
    }
}

fn entry_json(entry: &Entry, checkpoint: &Checkpoint) -> Json {
    json!({
        "valid": true,
        "origin": checkpoint.origin(),
        "log_size": checkpoint.size(),
        "sequence": entry.sequence(),
        "time": Instant(entry.time_ms()).to_string(),
        "actor": entry.actor(),
        "kind": entry.kind(),
    })
}

fn refuse(error: ProofError) -> Failure {
    Failure::new(
        "log.proof",
        Text::new(format!("证明不成立：{error}"), format!("the proof does not hold: {error}")),
        Text::new(
            "请重新索取证明；若仍如此，请告知主管部门",
            "ask for the proof again and, if it stays so, inform the supervising authority",
        ),
    )
}
