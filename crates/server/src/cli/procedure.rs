//! `tanheng procedure`: procedures of the rulebook: what they are, how they look, how they run.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use tanheng_app::case::procedure::{Procedure as Definition, diagram, due_text, matrix};
use tanheng_app::case::rehearsal::{PlayedAct, Rehearsal, Report};
use tanheng_app::case::{Casebook, casebook, home, rehearse};
use tanheng_base::{Code, Lang, Problem, ProcedureId, Text};
use tanheng_rulebook::Rulebook;

use super::session::{Exit, Failure, Session};

/// 流程：列出、查看、演练。Procedures: list, show, rehearse.
#[derive(Debug, Args)]
pub(super) struct Procedure {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
    Show(Show),
    Rehearse(Rehearse),
}

/// 列出规则库中的流程。List the procedures of the rulebook.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng procedure list --lang en")]
struct List {
    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

/// 查看一个流程：状态、期限、权限表，可输出流程图。Show a procedure: states, time limits, permission
/// matrix, and its diagram.
#[derive(Debug, Args)]
#[command(
    after_help = "例 examples:\n  tanheng procedure show hebei.national_list.posting --svg posting.svg"
)]
struct Show {
    /// 流程的 id。Id of the procedure.
    id: ProcedureId,

    /// 流程图写到此文件。Where to write the diagram.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

/// 演练：不产生效力地走一遍。Rehearse: play worked cases without effect.
#[derive(Debug, Args)]
#[command(
    after_help = "例 examples:\n  tanheng procedure rehearse rulebooks/cn-hebei/rehearsals/national_list.toml"
)]
struct Rehearse {
    /// 演练文件。File with rehearsals.
    file: PathBuf,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,
}

impl Procedure {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        match self.action {
            Action::List(list) => list.run(session),
            Action::Show(show) => show.run(session),
            Action::Rehearse(rehearse) => rehearse.run(session),
        }
    }
}

/// The rulebook of the session with its procedures.
pub(super) fn loaded(session: &Session<'_>) -> Result<(Rulebook, Arc<Casebook>), Failure> {
    let book = Rulebook::load(session.packs()?).map_err(Failure::Packs)?;
    let casebook = casebook(&book)?;
    Ok((book, casebook))
}

impl List {
    fn run(&self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (book, casebook) = loaded(session)?;
        let rehearsed = Casebook::rehearsed(&rehearse(&casebook, &book));
        if self.json {
            let one = |own: &Definition| {
                json!({
                    "id": own.id, "title": own.title, "area": own.area, "version": own.version,
                    "implements": own.implements, "rehearsed": rehearsed.contains(&own.id),
                })
            };
            let all: Vec<Json> = casebook.procedures().map(one).collect();
            session.json(&json!({ "procedures": all }));
            return Ok(Exit::Done);
        }
        for own in casebook.procedures() {
            let mark = if rehearsed.contains(&own.id) { "✓" } else { "–" };
            let title = own.title.get(session.lang);
            session.line(format!("{mark} {}  {title}  {}", own.id, own.implements.join(" ")));
        }
        Ok(Exit::Done)
    }
}

impl Show {
    fn run(&self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (_, casebook) = loaded(session)?;
        let own = casebook.procedure(&self.id).ok_or_else(|| unknown(&self.id))?;
        if let Some(path) = &self.svg {
            fs::write(path, diagram(own, session.lang)).map_err(|error| {
                let path = path.display();
                let message = Text::new(
                    format!("无法写入 `{path}`：{error}"),
                    format!("cannot write `{path}`: {error}"),
                );
                let remedy = Text::new("核对路径和权限", "check path and permissions");
                Problem::new(Code("procedure.unwritable"), message, remedy)
            })?;
        }
        if self.json {
            session.json(&json!(own));
            return Ok(Exit::Done);
        }
        let lang = session.lang;
        session.line(format!("{}  {}  v{}", own.id, own.title.get(lang), own.version));
        session.line(format!("{} {}", own.citation.document, own.citation.clause));
        if let Some(note) = &own.note {
            session.line(note.get(lang));
        }
        session.line("");
        for state in &own.states {
            let with = state.with.map_or("–", |role| role.name());
            let due = state.due.as_ref().map_or(String::new(), |due| due_text(due, lang));
            session.line(format!("  {}  {}  {with}  {due}", state.name, state.title.get(lang)));
        }
        session.line("");
        session.line(matrix(own, lang).trim_end());
        Ok(Exit::Done)
    }
}

impl Rehearse {
    fn run(&self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (book, casebook) = loaded(session)?;
        let text = fs::read_to_string(&self.file).map_err(|error| {
            let path = self.file.display();
            let message = Text::new(
                format!("无法读取 `{path}`：{error}"),
                format!("cannot read `{path}`: {error}"),
            );
            Problem::new(
                Code("rehearsal.unreadable"),
                message,
                Text::new("核对路径", "check the path"),
            )
        })?;
        let all = Rehearsal::parse_all(&text).map_err(Failure::Problems)?;
        let region = home(&book);
        let mut failed = false;
        let mut whole = Vec::new();
        for rehearsal in &all {
            let played = rehearsal.play(&casebook, Some(&book), region.as_ref());
            failed |= played.failure().is_some();
            let title = rehearsal.title.get(session.lang);
            if self.json {
                let acts: Vec<Json> = played.acts.iter().map(act_json).collect();
                whole
                    .push(json!({ "title": rehearsal.title, "ended": played.ended, "acts": acts }));
                continue;
            }
            session.line(format!("{}  {title}", rehearsal.procedure));
            for act in &played.acts {
                let line = act_line(act, session.lang);
                session.line(format!("  {line}"));
            }
            if let Some(problem) = played.failure() {
                let line = problem.render(session.lang);
                session.line(format!("  ✗ {line}"));
            }
        }
        if self.json {
            session.json(&json!({ "rehearsals": whole }));
        }
        Ok(if failed { Exit::Differs } else { Exit::Done })
    }
}

fn act_line(act: &PlayedAct, lang: Lang) -> String {
    let (day, who, action) = (act.day, &act.who, &act.action);
    let state = act.state.as_deref().unwrap_or("–");
    let due = act.due.map_or(String::new(), |due| format!(" ⏱ {}", due.day));
    if act.refused.is_empty() {
        let pending = match (act.pending, lang) {
            (false, _) => "",
            (true, Lang::Zh) => "（待第二人确认）",
            (true, Lang::En) => " (waits for a second person)",
        };
        return format!("{day} {who} {action} → {state}{due}{pending}");
    }
    let codes: Vec<&str> = act.refused.iter().map(|problem| problem.code.0).collect();
    format!("{day} {who} {action} ✗ {}", codes.join(" "))
}

fn act_json(act: &PlayedAct) -> Json {
    json!({
        "day": act.day.to_string(), "as": act.who, "action": act.action, "state": act.state,
        "due": act.due.map(|due| due.day.to_string()), "pending": act.pending,
        "refused": act.refused, "orders": act.orders, "differs": act.differs,
    })
}

fn unknown(id: &ProcedureId) -> Failure {
    Failure::new(
        "procedure.none",
        Text::new(format!("没有流程 `{id}`"), format!("there is no procedure `{id}`")),
        Text::new("用 tanheng procedure list 查看", "see tanheng procedure list"),
    )
}

/// How the rehearsals of packs went: lines for what differs, one line in numbers, and whether
/// all is well.
pub(super) fn tell_rehearsals(
    reports: &[Report],
    casebook: &Casebook,
    asked: &BTreeSet<String>,
    session: &mut Session<'_>,
) -> bool {
    let mut sound = true;
    let of_asked = |path: &str| path.split('/').next().is_some_and(|pack| asked.contains(pack));
    let own: Vec<&Report> = reports.iter().filter(|one| of_asked(&one.path)).collect();
    for report in &own {
        if let Some(problem) = report.played.failure() {
            sound = false;
            let line = problem.render(session.lang);
            let title = report.title.get(session.lang);
            session.line(format!("{} {title}\n  {line}\n", report.path));
        }
    }
    let good = own.iter().filter(|one| one.played.failure().is_none()).count();
    let (all, procedures) = (own.len(), casebook.procedures().count());
    let ended = Casebook::rehearsed(reports).len();
    session.line(match session.lang {
        Lang::Zh => format!("演练 {good}/{all} 相符；流程 {procedures} 个，{ended} 个有走到终结的演练"),
        Lang::En => format!(
            "{good} of {all} rehearsals hold; of {procedures} procedures {ended} are rehearsed to an end"
        ),
    });
    sound
}
