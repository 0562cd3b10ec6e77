//! Books on disk for the commands that use one.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use tanheng_app::{Book, Executor, Failure as AppFailure};
use tanheng_base::{ActorId, Clock, Code, Problem, Text};

use super::session::{Exit, Failure, Session};
use crate::clock::SystemClock;
use tanheng_app::Durability;

/// Where a book lies when nobody says.
pub(super) const DEFAULT_DATA: &str = "tanheng-data";

/// The folder of a book.
#[derive(Debug, Args)]
pub(super) struct Data {
    /// 账簿文件夹。Folder of the book.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    pub(super) data: PathBuf,
}

impl Data {
    /// The book in the folder.
    pub(super) fn book(&self) -> Result<Book, Failure> {
        Ok(Book::open(&self.data)?)
    }
}

/// Whether a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Disk {
    /// Acknowledged means on disk.
    Full,
    /// For tests that show what would be lost.
    Off,
}

impl From<Disk> for Durability {
    fn from(disk: Disk) -> Self {
        match disk {
            Disk::Full => Self::Full,
            Disk::Off => Self::Off,
        }
    }
}

/// Who acts on which book.
#[derive(Debug, Args)]
pub(super) struct Acting {
    /// 操作用户的代号。Pseudonym of the user who acts.
    #[arg(long = "as", value_name = "USER")]
    pub(super) actor: ActorId,

    #[command(flatten)]
    pub(super) data: Data,

    #[arg(long, value_enum, default_value_t = Disk::Full, hide = true)]
    pub(super) durability: Disk,
}

impl Acting {
    /// The book with a running executor on the system clock.
    pub(super) fn start(&self) -> Result<(Book, Executor), Failure> {
        let book = self.data.book()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let executor = Executor::start(&book, clock, self.durability.into())?;
        Ok((book, executor))
    }
}

/// 建立一本正式账簿。Make a book for real filings.
///
/// 建立密钥、首条记录和三个管理员，并发布规则库（不含示例规则包）。
/// Makes the signing key, the first entry and three administrators, and publishes the rulebook
/// without example packs.
#[derive(Debug, Args)]
#[command(after_help = "例 example:\n  tanheng init --data /srv/tanheng")]
pub(super) struct Init {
    #[command(flatten)]
    data: Data,
}

impl Init {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let packs = crate::packs::without_examples(session.packs()?);
        let book = Book::create(&self.data.data)?;
        let executor = Executor::start(&book, Arc::new(SystemClock), Durability::Full)?;
        let name = |text: &str| -> Result<ActorId, Failure> {
            text.parse().map_err(|error: tanheng_base::IdError| {
                Failure::new(
                    "actor.id",
                    Text::new(error.to_string(), error.to_string()),
                    Text::new("请换一个代号", "use another pseudonym"),
                )
            })
        };
        let system = tanheng_app::book::founder()?;
        let found = tanheng_app::book::Found {
            demonstration: None,
            system_admin: system.clone(),
            security_admin: name("security")?,
            audit_admin: name("audit")?,
        };
        executor.run(&system, None, found)?;
        let purpose = tanheng_app::read::record::RulebookPurpose::Law;
        let publish = tanheng_app::rulebook::Publish::new(purpose, &packs);
        executor.run(&name("security")?, None, publish)?;
        session.line(session.pick(
            "账簿已建立；管理员：system（用户）、security（密钥与策略）、audit（日志）",
            "the book is made; administrators: system (users), security (keys and policy), audit (logs)",
        ));
        let path = book.public_key().display().to_string();
        session.line(format!("{} {path}", session.pick("公布此公钥：", "publish this key:")));
        Ok(Exit::Done)
    }
}

impl From<AppFailure> for Failure {
    fn from(failure: AppFailure) -> Self {
        let problem = |code: &'static str, zh: &str, en: &str, remedy: (&str, &str)| {
            let detail = failure.to_string();
            Self::Problems(vec![Problem::new(
                Code(code),
                Text::new(format!("{zh}：{detail}"), format!("{en}: {detail}")),
                Text::new(remedy.0, remedy.1),
            )])
        };
        let audit = ("请运行 tanheng audit", "run tanheng audit");
        let disk = ("请检查磁盘和权限", "check the disk and its permissions");
        match &failure {
            AppFailure::Refused(problems) => Self::Problems(problems.clone()),
            AppFailure::Store(_) => {
                problem("store.failed", "数据库出错", "the database failed", disk)
            }
            AppFailure::File { .. } => {
                problem("book.file", "文件不可用", "a file is unusable", disk)
            }
            AppFailure::Evidence(_) => {
                problem("log.failed", "存证日志出错", "the evidence log failed", audit)
            }
            AppFailure::Unreadable { .. } => {
                problem("journal.unreadable", "日志条目无法读取", "an entry is unreadable", audit)
            }
            AppFailure::Inconsistent(_) => problem(
                "log.inconsistent",
                "数据库与已签发的检查点矛盾",
                "the database contradicts a signed checkpoint",
                audit,
            ),
            AppFailure::Stopped => {
                problem("executor.stopped", "未受理", "nothing was done", ("请重试", "try again"))
            }
        }
    }
}
