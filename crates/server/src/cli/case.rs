//! `tanheng case`: cases of a book.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use tanheng_app::case::{self, Values};
use tanheng_app::ledger::Media;
use tanheng_app::read::Reader;
use tanheng_app::read::case::{CaseLine, CaseView};
use tanheng_app::read::record::CaseFilter;
use tanheng_app::{Acknowledged, Command, Envelope, actor};
use tanheng_base::{
    ActorId, CaseId, Code, Date, EnterpriseId, FormId, Problem, ProcedureId, RegionCode, Text,
};

use super::book::{Acting, Data};
use super::read_date;
use super::session::{Exit, Failure, Session};

/// 案件：列出、查看、立案、办理、确认、送达、逾期。Cases: list, show, open, act, confirm, serve,
/// overdue.
#[derive(Debug, Args)]
pub(super) struct Case {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
    Show(Show),
    Open(Open),
    Act(Act),
    Confirm(Confirm),
    Serve(Serve),
    Overdue(Overdue),
}

/// Who reads which book.
#[derive(Debug, Args)]
pub(super) struct Reading {
    #[command(flatten)]
    data: Data,

    /// 以谁的身份查看。Who reads.
    #[arg(long = "as", value_name = "USER", default_value = "province")]
    actor: ActorId,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Reading {
    /// A reader of the book.
    pub(super) fn open(&self) -> Result<Reader, Failure> {
        let book = self.data.book()?;
        let who = actor::find(&book.reader()?, &self.actor)?;
        Ok(Reader::open(&book, Arc::default(), who)?)
    }
}

/// 列出可以查看的案件。List the cases that one may see.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng case list --open --turn city")]
struct List {
    /// 只列某流程的。Only of a procedure.
    #[arg(long, value_name = "ID")]
    procedure: Option<ProcedureId>,

    /// 只列某企业的。Only about an enterprise.
    #[arg(long, value_name = "USCC")]
    enterprise: Option<String>,

    /// 只列未结的。Only open ones.
    #[arg(long)]
    open: bool,

    /// 只列轮到某角色办理的。Only those whose turn is a role's.
    #[arg(long, value_name = "ROLE")]
    turn: Option<String>,

    #[command(flatten)]
    reading: Reading,
}

/// 逾期未办的案件，按某日计。Cases that are overdue on a day.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng case overdue --as-of 2022-12-31")]
struct Overdue {
    /// 按此日计，缺省为账簿最后一日。As of this day, by default the book's last.
    #[arg(long, value_name = "DAY", value_parser = read_date)]
    as_of: Option<Date>,

    #[command(flatten)]
    reading: Reading,
}

/// 查看一件案件。Show a case.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng case show c120")]
struct Show {
    /// 案件编号。Id of the case.
    id: CaseId,

    #[command(flatten)]
    reading: Reading,
}

/// What is filled in: a file, or fields one by one.
#[derive(Debug, Args)]
struct Filled {
    /// 表单文件，.xlsx、.csv 或 .json。The form, .xlsx, .csv or .json.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// 逐项填写，如 -f about=甲。Fields one by one, as in -f about=甲.
    #[arg(short = 'f', long = "field", value_name = "NAME=VALUE", value_parser = pair, conflicts_with = "file")]
    fields: Vec<(String, String)>,
}

/// Who acts, and with which key.
#[derive(Debug, Args)]
struct Doing {
    /// 幂等键。Idempotency key.
    #[arg(long = "once", value_name = "KEY")]
    once: Option<String>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    acting: Acting,
}

/// 立案。Open a case.
#[derive(Debug, Args)]
#[command(
    after_help = "例 examples:\n  tanheng case open hebei.national_list.posting --key year=2022 --file list.csv --as province"
)]
struct Open {
    /// 流程的 id。Id of the procedure.
    procedure: ProcedureId,

    /// 所涉企业。The enterprise it is about.
    #[arg(long, value_name = "USCC")]
    enterprise: Option<String>,

    /// 所涉地区。The region it is about.
    #[arg(long, value_name = "CODE")]
    region: Option<RegionCode>,

    /// 区分案件的字段，如 year=2022。Fields of the key, as in year=2022.
    #[arg(long = "key", value_name = "NAME=VALUE", value_parser = pair)]
    key: Vec<(String, String)>,

    #[command(flatten)]
    filled: Filled,

    #[command(flatten)]
    doing: Doing,
}

/// 办理：在案件中做一个动作。Act in a case.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng case act c120 post --as province")]
struct Act {
    /// 案件编号。Id of the case.
    id: CaseId,

    /// 动作，见 case show。The action, see case show.
    action: String,

    #[command(flatten)]
    filled: Filled,

    #[command(flatten)]
    doing: Doing,
}

/// 第二人确认或否决。Confirm or decline as the second person.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng case confirm c120 5 --as province-2")]
struct Confirm {
    /// 案件编号。Id of the case.
    id: CaseId,

    /// 所确认的动作序号，见 case show。Number of the act that proposed it, see case show.
    act: u32,

    /// 否决。Decline it.
    #[arg(long)]
    decline: bool,

    #[command(flatten)]
    doing: Doing,
}

/// 登记通知的送达。Record the service of a notice.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  \
    tanheng case serve hebei.notice.disclosure_order/2023/1 --way electronic --as province")]
struct Serve {
    /// 通知编号，见 case show。Id of the notice, see case show.
    notice: String,

    /// 送达方式，须为流程中该通知所列。The way; one that the notice names in its procedure.
    #[arg(long)]
    way: String,

    /// 送达日，缺省为今日。Day of service, today by default.
    #[arg(long, value_name = "DAY", value_parser = read_date)]
    day: Option<Date>,

    /// 回执号等凭据。What proves it, such as the number of a receipt.
    #[arg(long)]
    evidence: Option<String>,

    #[command(flatten)]
    doing: Doing,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let found = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = found.ok_or("写作 名称=值; write name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Case {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.action {
            Action::List(list) => list.run(session),
            Action::Show(show) => show.run(session),
            Action::Open(open) => open.run(session),
            Action::Act(act) => act.run(session),
            Action::Confirm(confirm) => {
                let Confirm { id, act, decline, doing } = confirm;
                let command = case::Confirm { case: id, act, accept: !decline };
                doing.send(command.into(), session)
            }
            Action::Serve(serve) => {
                let Serve { notice, way, day, evidence, doing } = serve;
                doing.send(case::Serve { notice, way, day, evidence }.into(), session)
            }
            Action::Overdue(overdue) => overdue.run(session),
        }
    }
}

/// Most cases of a list.
const MANY: i64 = 10_000;

impl List {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let enterprise = self.enterprise.as_deref().map(str::parse::<EnterpriseId>).transpose()?;
        let (procedure, turn, open) = (self.procedure, self.turn, self.open);
        let filter = CaseFilter { procedure, enterprise, turn, open, ..CaseFilter::default() };
        tell(&self.reading.open()?.cases(&filter, MANY)?, self.reading.json, session);
        Ok(Exit::Done)
    }
}

impl Overdue {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let reader = self.reading.open()?;
        let day = match self.as_of {
            Some(day) => Some(day),
            None => reader.reach()?.last_day,
        };
        let filter = CaseFilter { overdue: day, open: true, ..CaseFilter::default() };
        let lines = if day.is_some() { reader.cases(&filter, MANY)? } else { Vec::new() };
        tell(&lines, self.reading.json, session);
        Ok(Exit::Done)
    }
}

fn tell(lines: &[CaseLine], as_json: bool, session: &mut Session<'_>) {
    if as_json {
        let all: Vec<Json> = lines.iter().map(line_json).collect();
        session.json(&json!({ "cases": all }));
        return;
    }
    for line in lines {
        let text = line_text(line, session);
        session.line(text);
    }
}

fn line_text(line: &CaseLine, session: &Session<'_>) -> String {
    let file = &line.file;
    let about = line.name.clone().or_else(|| file.region.as_ref().map(ToString::to_string));
    let due = file.due.map_or(String::new(), |due| {
        let unsure = if file.certain { "" } else { "?" };
        format!("  ⏱ {due}{unsure}")
    });
    format!(
        "{}  {}  {}  {}{due}{}",
        file.id,
        line.title.get(session.lang),
        line.state.get(session.lang),
        about.unwrap_or_default(),
        if file.pending {
            session.pick("  待第二人确认", "  waits for a second person")
        } else {
            ""
        },
    )
}

fn line_json(line: &CaseLine) -> Json {
    let file = &line.file;
    json!({
        "id": file.id, "procedure": file.procedure, "title": line.title, "state": file.state,
        "state_title": line.state, "turn": file.turn, "enterprise": file.enterprise,
        "name": line.name, "region": file.region, "opened": file.opened.to_string(),
        "entered": file.entered.to_string(), "due": file.due.map(|day| day.to_string()),
        "due_certain": file.certain, "closed": file.closed, "public": file.public,
        "pending": file.pending, "parent": file.parent, "trial": file.trial, "entry": file.entry,
    })
}

impl Show {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let view = self.reading.open()?.case(&self.id)?.ok_or_else(|| {
            Failure::new(
                "case.none",
                Text::new(
                    format!("没有可查看的案件 `{}`", self.id),
                    format!("there is no case `{}` that you may see", self.id),
                ),
                Text::new("核对编号", "check the id"),
            )
        })?;
        if self.reading.json {
            session.json(&view_json(&view));
            return Ok(Exit::Done);
        }
        let text = line_text(&view.line, session);
        session.line(text);
        for (name, value) in &view.key {
            session.line(format!("  {name} = {value}"));
        }
        for act in &view.acts {
            let (row, title) = (&act.act, act.title.get(session.lang));
            session.line(format!(
                "  {}. {} {title} {} [{}]",
                row.number, row.day, row.person, row.stage
            ));
            for (field, value) in act.rows.iter().flatten() {
                let field = field.get(session.lang).to_owned();
                session.line(format!("       {field}: {value}"));
            }
        }
        for notice in &view.notices {
            let served = notice.served.map_or("–".to_owned(), |day| day.to_string());
            session
                .line(format!("  ✉ {}  {}  {}  {served}", notice.id, notice.number, notice.issued));
        }
        for (action, may) in &view.possible {
            let mark = if *may { "→" } else { "·" };
            let title = action.title.get(session.lang).to_owned();
            session.line(format!("  {mark} {}  {title}", action.name));
        }
        Ok(Exit::Done)
    }
}

fn view_json(view: &CaseView) -> Json {
    let acts: Vec<Json> = view
        .acts
        .iter()
        .map(|line| {
            let act = &line.act;
            let rows: Vec<Vec<Json>> = line
                .rows
                .iter()
                .map(|row| row.iter().map(|(title, value)| json!([title, value])).collect())
                .collect();
            json!({
                "number": act.number, "action": act.action, "title": line.title,
                "stage": act.stage, "person": act.person, "role": act.role,
                "day": act.day.to_string(), "from": act.state_from, "state": act.state,
                "rows": rows, "withheld": line.withheld, "entry": act.entry, "trial": act.trial,
            })
        })
        .collect();
    let notice = |row: &tanheng_app::read::record::NoticeRow| {
        json!({
            "id": row.id, "number": row.number, "issued": row.issued.to_string(),
            "served": row.served.map(|day| day.to_string()), "way": row.way,
        })
    };
    let notices: Vec<Json> = view.notices.iter().map(notice).collect();
    let possible: Vec<Json> = view
        .possible
        .iter()
        .map(|(action, may)| json!({ "action": action.name, "title": action.title, "may": may }))
        .collect();
    let children: Vec<&CaseId> = view.children.iter().map(|child| &child.id).collect();
    json!({
        "case": line_json(&view.line), "key": view.key, "acts": acts, "notices": notices,
        "possible": possible, "pending": view.pending, "children": children,
    })
}

impl Filled {
    /// The rows; a file is read by the form that the procedure names.
    fn rows(
        &self,
        doing: &Doing,
        form: impl FnOnce(&Reader) -> Result<(Arc<case::Casebook>, Option<FormId>), Failure>,
    ) -> Result<Vec<Values>, Failure> {
        let Some(path) = &self.file else {
            let row: Values = self.fields.iter().cloned().collect();
            return Ok(if row.is_empty() { Vec::new() } else { vec![row] });
        };
        let book = doing.acting.data.book()?;
        let who = actor::find(&book.reader()?, &doing.acting.actor)?;
        let (casebook, form) = form(&Reader::open(&book, Arc::default(), who)?)?;
        let media = Media::of(&path.to_string_lossy())?;
        let bytes = fs::read(path).map_err(|error| {
            let path = path.display();
            let message = Text::new(
                format!("无法读取 `{path}`：{error}"),
                format!("cannot read `{path}`: {error}"),
            );
            Problem::new(Code("case.file"), message, Text::new("核对路径", "check the path"))
        })?;
        let form = form.ok_or_else(|| {
            Failure::new(
                "case.no_form",
                Text::new("这一步不填表", "no form is filled in here"),
                Text::new("去掉 --file", "leave --file out"),
            )
        })?;
        Ok(case::read_rows(&casebook, &form, media, &bytes)?)
    }
}

impl Open {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let id = &self.procedure;
        let rows = self.filled.rows(&self.doing, |reader| {
            let (_, casebook) = reader.casebook()?.ok_or_else(no_rules)?;
            let form = casebook.procedure(id).and_then(|own| own.open.form.clone());
            Ok((casebook, form))
        })?;
        let enterprise = self.enterprise.as_deref().map(str::parse::<EnterpriseId>).transpose()?;
        let key = self.key.into_iter().collect();
        let (procedure, region) = (self.procedure, self.region);
        self.doing.send(case::Open { procedure, enterprise, region, key, rows }.into(), session)
    }
}

impl Act {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (id, name) = (&self.id, &self.action);
        let rows = self.filled.rows(&self.doing, |reader| {
            let view = reader.case(id)?.ok_or_else(no_rules)?;
            let form = view.procedure.action(name).and_then(|action| action.form.clone());
            let casebook = reader.casebook_of(&view.line.file.rulebook)?;
            Ok((casebook, form))
        })?;
        let (case, action) = (self.id, self.action);
        self.doing.send(case::Act { case, action, rows }.into(), session)
    }
}

fn no_rules() -> Failure {
    Failure::new(
        "case.none",
        Text::new("没有可查看的案件或规则库", "there is no such case or rulebook that you may see"),
        Text::new("核对编号和用户", "check id and user"),
    )
}

impl Doing {
    fn send(self, command: Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let done = self.executed(command);
        match done {
            Err(failure) if self.json => {
                session.json(&failure.to_json());
                Ok(Exit::Differs)
            }
            Err(failure) => Err(failure),
            Ok(done) => {
                self.tell(&done, session);
                Ok(Exit::Done)
            }
        }
    }

    fn executed(&self, command: Command) -> Result<Acknowledged, Failure> {
        let (_, executor) = self.acting.start()?;
        let actor = self.acting.actor.clone();
        Ok(executor.send(Envelope { actor, key: self.once.clone(), command })?.wait()?)
    }

    fn tell(&self, done: &Acknowledged, session: &mut Session<'_>) {
        if self.json {
            session.json(&json!({
                "sequence": done.sequence, "time": done.time.to_string(),
                "repeated": done.repeated, "outcome": done.fields,
            }));
            return;
        }
        let text =
            |name: &str| done.fields.get(name).and_then(Json::as_str).unwrap_or("–").to_owned();
        let due = match done.fields.get("due").and_then(Json::as_str) {
            Some(day) => format!("  ⏱ {day}"),
            None => String::new(),
        };
        session.line(format!("{}  → {}{due}", text("case"), text("state")));
        for name in ["notice_number", "opened"] {
            if done.fields.contains_key(name) {
                session.line(format!("  {}", text(name)));
            }
        }
        if done.fields.get("pending") == Some(&Json::from(true)) {
            session.line(session.pick("待第二人确认", "a second person has to confirm"));
        }
        if done.fields.get("trial") == Some(&Json::from(true)) {
            session.line(session.pick("试算，不产生效力", "a trial: it decides nothing"));
        }
    }
}
