//! Books on disk for the commands that use one.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use tanheng_app::book::{DatabaseChoice, ORIGIN, Profile};
use tanheng_app::{Book, Executor, Failure as AppFailure};
use tanheng_base::{ActorId, Clock, Code, Lang, Problem, Role, Scope, Text};

use super::session::{Exit, Failure, Session};
use crate::clock::SystemClock;
use tanheng_app::Durability;

/// Where a book lies when nobody says.
pub(super) const DEFAULT_DATA: &str = "tanheng-data";

/// The folder of a book, and its database where that is not in the folder.
#[derive(Debug, Args)]
pub(super) struct Data {
    /// 账簿文件夹。Folder of the book.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    pub(super) data: PathBuf,

    /// 数据库服务器上的地址 postgres://…，建立账簿时给出一次即可；口令取自地址或环境变量
    /// PGPASSWORD，不保存。Address of a database on a server, needed once, when the book is made;
    /// the password is taken from it or from PGPASSWORD and is never kept.
    #[arg(long, value_name = "URL")]
    database: Option<DatabaseAddress>,
}

/// An address as it was written. It may hold a password, so that it is never printed.
#[derive(Clone)]
struct DatabaseAddress(String);

impl From<String> for DatabaseAddress {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Data {
    /// A folder that was named in another way.
    pub(super) fn at(data: PathBuf) -> Self {
        Self { data, database: None }
    }

    /// The book in the folder.
    pub(super) fn book(&self) -> Result<Book, Failure> {
        Ok(Book::open_on(&self.data, &self.choice())?)
    }

    /// The book in the folder, made if there is none.
    pub(super) fn made(&self, founding: &Founding) -> Result<Book, Failure> {
        let profile = founding.profile.into();
        Ok(Book::create_with(&self.data, profile, &founding.origin, &self.choice())?)
    }

    fn choice(&self) -> DatabaseChoice {
        let address = self.database.as_ref().map(|address| address.0.clone());
        DatabaseChoice { address, password: password() }
    }
}

#[expect(clippy::disallowed_methods, reason = "PGPASSWORD keeps the password off the command line")]
fn password() -> Option<String> {
    std::env::var("PGPASSWORD").ok()
}

/// What a new book's log is made with; a book that is there keeps its own.
#[derive(Debug, Args)]
pub(super) struct Founding {
    /// 日志的密码算法；建立后不变。Algorithms of the log; they stay.
    #[arg(long, value_enum, default_value_t = Algorithms::Standard)]
    profile: Algorithms,

    /// 日志名称，宜为其公布网址（不带 https://）。Name of the log, best the address under which it
    /// is published, without https://.
    #[arg(long, value_name = "NAME", default_value = ORIGIN)]
    origin: String,
}

/// The algorithms of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Algorithms {
    /// SHA-256 与 Ed25519，国际通用审计工具可读。SHA-256 and Ed25519, for every auditor of such logs
    Standard,
    /// 同上，检查点另加 SM2 签名。The same with a second signature by SM2 on checkpoints
    Both,
    /// SM3 与 SM2。SM3 and SM2
    Sm,
}

impl From<Algorithms> for Profile {
    fn from(algorithms: Algorithms) -> Self {
        match algorithms {
            Algorithms::Standard => Self::Standard,
            Algorithms::Both => Self::Both,
            Algorithms::Sm => Self::Sm,
        }
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
/// 建立密钥、首条记录、三个管理员和两名省级用户；规则库（不含示例规则包）由其中一人提出、另一人
/// 发布。
/// Makes the signing key, the first entry, three administrators and two users of the province, one
/// of whom proposes the rulebook without example packs and the other publishes it.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng init --data /srv/tanheng\n  \
    tanheng init --data /srv/tanheng --profile sm --origin log.example.org/hebei\n  \
    tanheng init --data /srv/tanheng --database 'postgres:///tanheng?host=/run/postgresql&user=tanheng'")]
pub(super) struct Init {
    /// 提出首个规则库的省级用户。User of the province who proposes the first rulebook.
    #[arg(long, value_name = "USER", default_value = "province")]
    province: ActorId,

    /// 发布首个规则库的另一省级用户。Another user of the province, who publishes it.
    #[arg(long, value_name = "USER", default_value = "province-2")]
    second: ActorId,

    #[command(flatten)]
    data: Data,

    #[command(flatten)]
    founding: Founding,
}

impl Init {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        if self.province == self.second {
            return Err(Failure::new(
                "rulebook.same_person",
                Text::new(
                    "提出和发布规则库的须是两人",
                    "a rulebook is proposed by one person and published by another",
                ),
                Text::new("用 --second 指定另一人", "name another with --second"),
            ));
        }
        let packs = crate::packs::without_examples(session.packs()?);
        let book = self.data.made(&self.founding)?;
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
        for id in [&self.province, &self.second] {
            let (id, role, scope) = (id.clone(), Role::Province, Scope::Province);
            executor.run(&system, None, tanheng_app::actor::Admit { id, role, scope })?;
        }
        let purpose = tanheng_app::read::record::RulebookPurpose::Law;
        let persons = (&self.province, &self.second);
        tanheng_app::rulebook::by_two(&executor, persons, purpose, &packs)?;
        session.line(session.pick(
            "账簿已建立；管理员：system（用户）、security（密钥与策略）、audit（日志）",
            "the book is made; administrators: system (users), security (keys and policy), audit (logs)",
        ));
        let (first, second) = persons;
        session.line(match session.lang {
            Lang::Zh => format!("首个规则库由 {first} 提出、{second} 发布"),
            Lang::En => {
                format!("the first rulebook was proposed by {first} and published by {second}")
            }
        });
        let path = book.public_key().display().to_string();
        session.line(format!("{} {path}", session.pick("公布此公钥：", "publish this key:")));
        if let Some(second) = book.second_key()? {
            let words = session.pick("第二签名的公钥：", "key of the second signature:");
            session.line(format!("{words} {second}"));
        }
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
            AppFailure::Store(error) => {
                let (zh, en, remedy) = store_words(error.code()).unwrap_or((
                    "数据库出错",
                    "the database failed",
                    disk,
                ));
                problem(error.code(), zh, en, remedy)
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

/// What a failure of the database is called by its code, and what to do about it.
type Words = (&'static str, &'static str, (&'static str, &'static str));

fn store_words(code: &str) -> Option<Words> {
    Some(match code {
        "database.address" => (
            "数据库地址不可用",
            "the address is unusable",
            (
                "写法如 postgres:///NAME?host=/run/postgresql&user=USER",
                "write it as postgres:///NAME?host=/run/postgresql&user=USER",
            ),
        ),
        "database.unreachable" => (
            "连不上数据库，未做任何事",
            "no database, nothing was done",
            (
                "请确认数据库服务器在运行、地址正确，口令可用环境变量 PGPASSWORD 给出，然后重试",
                "see that the server runs and the address is right, give a password in PGPASSWORD, \
                 then try again",
            ),
        ),
        "database.lost" => (
            "与数据库的连接中断，未做任何事",
            "the connection broke, nothing was done",
            ("请重试", "try again"),
        ),
        "database.outcome_unknown" => (
            "提交时连接中断，是否已入账不明",
            "the connection broke during the commit, nobody knows whether it happened",
            (
                "数据库恢复后用同一幂等键（--key）或同一内容重新发送：已入账的不会重复",
                "when the database is back, send it again with the same key (--key) or, for a \
                 ledger, plan, report or rulebook, the same content: what happened is not repeated",
            ),
        ),
        "database.busy" => (
            "另一进程占用数据库，未做任何事",
            "another process holds the database, nothing was done",
            ("请稍后重试", "try again in a moment"),
        ),
        "database.unfit" => (
            "数据库的设置不符合要求",
            "the database is set up wrongly",
            ("请按提示更改设置", "change the setting that is named"),
        ),
        "text.nul" => (
            "文字中含有空字符",
            "a text cannot be stored",
            ("请删去该字符", "take the character out"),
        ),
        _ => return None,
    })
}
