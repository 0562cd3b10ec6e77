//! `tanheng run`: any command of the platform, its fields as JSON.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value as Json, json};
use tanheng_app::{Command, Envelope};
use tanheng_base::Text;

use super::book::Acting;
use super::ledger::hex;
use super::session::{Exit, Failure, Session};

/// 执行平台的任一指令，字段为JSON。Run any command of the platform, its fields as JSON.
///
/// 指令经过与其他命令相同的权限检查、决定和存证。
/// The command passes the same authorisation, decision and evidence as every other.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Run {
    /// 指令种类，如 report.submit。Kind of the command, such as report.submit.
    kind: String,

    /// 字段，如 '{"enterprise": …}'，`-` 表示从标准输入读取，`@FILE` 表示文件。The fields, `-` for
    /// standard input, `@FILE` for a file.
    fields: String,

    /// 幂等键：同一键再次发送不重复执行。Idempotency key: sent again, it does nothing again.
    #[arg(long)]
    key: Option<String>,

    #[command(flatten)]
    acting: Acting,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng run report.submit '{\"enterprise\": \"91139900000000001P\", \"year\": 2022}' --as filer-0001
  tanheng run verification.assign '{\"enterprise\": \"91139900000000001P\", \"year\": 2022,
      \"agency\": \"example-agency-a\"}' --as province
  tanheng run content.erase '{\"entry\": 812, \"reason\": \"…\"}' --as security
种类 kinds: actor.admit, enterprise.register, list.publish, plan.file, ledger.submit, report.submit,
  report.withdraw, report.reject, report.accept, report.revoke, verification.assign,
  verification.find, verification.answer, verification.conclude, rulebook.propose,
  rulebook.publish, rulebook.withdraw, case.open, case.act, case.confirm, case.serve, content.erase";

impl Run {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let fields = self.fields()?;
        let command =
            Command::from_json(&self.kind, fields).map_err(|reason| malformed(&reason))?;
        let (_, executor) = self.acting.start()?;
        let actor = self.acting.actor.clone();
        let done = executor.send(Envelope { actor, key: self.key, command })?.wait()?;
        session.json(&json!({
            "sequence": done.sequence,
            "time": done.time.to_string(),
            "leaf": hex(&done.leaf),
            "repeated": done.repeated,
            "outcome": done.fields,
        }));
        Ok(Exit::Done)
    }

    fn fields(&self) -> Result<Json, Failure> {
        let text = match self.fields.strip_prefix('@') {
            Some(path) => {
                let path = PathBuf::from(path);
                std::fs::read_to_string(path).map_err(|error| malformed(&error.to_string()))?
            }
            None if self.fields == "-" => {
                let mut text = String::new();
                let read = std::io::stdin().read_to_string(&mut text);
                read.map_err(|error| malformed(&error.to_string()))?;
                text
            }
            None => self.fields.clone(),
        };
        serde_json::from_str(&text).map_err(|error| malformed(&error.to_string()))
    }
}

fn malformed(reason: &str) -> Failure {
    Failure::new(
        "command.malformed",
        Text::new(
            format!("指令无法识别：{reason}"),
            format!("the command cannot be read: {reason}"),
        ),
        Text::new(
            "请核对种类和字段，见 tanheng run --help",
            "check kind and fields, see tanheng run --help",
        ),
    )
}
