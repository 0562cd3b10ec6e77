//! Rehearsals: worked cases of procedures, played without effect.

mod play;

use serde::Deserialize;
use tanheng_base::{Date, Problem, ProcedureId, RegionCode, RegisterId, Role, Text};

use crate::fault::{self, Faults};
use crate::procedure::Values;

pub use play::{Played, PlayedAct, Report, shown};

/// A worked case of a procedure.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The procedure.
    pub procedure: ProcedureId,
    /// What it shows.
    pub title: Text,
    /// The region whose rules bind; the first pack's with a jurisdiction of its own otherwise.
    pub region: Option<RegionCode>,
    /// What it is about; an example enterprise otherwise.
    pub subject: Option<String>,
    /// Members that registers have before it begins.
    pub members: Vec<(RegisterId, String)>,
    /// The acts.
    pub acts: Vec<RehearsedAct>,
}

/// An act that is tried, and what must come of it.
#[derive(Debug, Clone)]
pub struct RehearsedAct {
    /// When.
    pub day: Date,
    /// Who, as `role` or `role:name`.
    pub who: String,
    /// In which role.
    pub role: Role,
    /// The action, `open`, `confirm`, `decline` or `serve`.
    pub action: String,
    /// The procedure in whose last case it happens; that of the rehearsal otherwise.
    pub within: Option<ProcedureId>,
    /// What is filled in.
    pub rows: Vec<Values>,
    /// How a notice is served.
    pub way: Option<String>,
    /// What must come of it.
    pub expected: Expected,
}

/// What must come of an act; what is left out is not looked at.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The state afterwards.
    pub state: Option<String>,
    /// The day by which it is to be left; `none` for none.
    pub due: Option<String>,
    /// The code of the refusal.
    pub refused: Option<String>,
    /// Whether a second person is waited for.
    pub pending: Option<bool>,
    /// Registers that members enter.
    pub enters: Option<Vec<String>>,
    /// Registers that members leave.
    pub leaves: Option<Vec<String>>,
    /// The notice that is issued.
    pub notice: Option<String>,
    /// The procedure of which a case is opened.
    pub opens: Option<String>,
    /// The command that is run.
    pub runs: Option<String>,
    /// Whether what the rulebook says is a trial.
    pub trial: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    rehearsal: Vec<RehearsalText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RehearsalText {
    procedure: ProcedureId,
    title: Text,
    region: Option<RegionCode>,
    subject: Option<String>,
    #[serde(default)]
    members: Vec<MemberText>,
    act: Vec<ActText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberText {
    register: RegisterId,
    member: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActText {
    day: String,
    #[serde(rename = "as")]
    who: String,
    action: String,
    #[serde(rename = "in")]
    within: Option<ProcedureId>,
    fields: Option<Values>,
    rows: Option<Vec<Values>>,
    way: Option<String>,
    state: Option<String>,
    due: Option<String>,
    refused: Option<String>,
    pending: Option<bool>,
    enters: Option<Vec<String>>,
    leaves: Option<Vec<String>>,
    notice: Option<String>,
    opens: Option<String>,
    runs: Option<String>,
    trial: Option<bool>,
}

impl Rehearsal {
    /// Reads a file of rehearsals.
    ///
    /// # Errors
    /// Everything wrong with it, each with code `rehearsal.definition`.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, Vec<Problem>> {
        let read: FileText = toml::from_str(text)
            .map_err(|error| vec![fault::unreadable(fault::REHEARSAL, text, &error)])?;
        let mut faults = Faults::new(fault::REHEARSAL);
        let all = read.rehearsal.into_iter().map(|one| build(one, &mut faults)).collect();
        faults.finish(all)
    }
}

fn build(read: RehearsalText, faults: &mut Faults) -> Rehearsal {
    let name = read.title.zh.clone();
    let mut acts = Vec::new();
    for (number, act) in (1..).zip(read.act) {
        let at = format!("{name} {number}");
        let expects = act.state.is_some() || act.refused.is_some() || act.pending == Some(true);
        if !expects {
            let en = "an act states what must come of it: `state`, `refused` or `pending`";
            faults.add(&at, "须写明 state、refused 或 pending", en);
        }
        acts.extend(build_act(&at, act, faults));
    }
    Rehearsal {
        procedure: read.procedure,
        title: read.title,
        region: read.region,
        subject: read.subject,
        members: read.members.into_iter().map(|one| (one.register, one.member)).collect(),
        acts,
    }
}

fn build_act(at: &str, read: ActText, faults: &mut Faults) -> Option<RehearsedAct> {
    let named = read.who.split_once(':').map_or(read.who.as_str(), |(role, _)| role);
    let role = Role::ALL.into_iter().find(|role| role.name() == named);
    if role.is_none() {
        let zh = format!("没有角色 `{named}`");
        faults.add(at, &zh, &format!("there is no role `{named}`"));
    }
    let day = read.day.parse::<Date>().ok();
    if day.is_none() {
        let zh = format!("日期 `{}` 无法读取", read.day);
        faults.add(at, &zh, &format!("`{}` is no day", read.day));
    }
    if read.fields.is_some() && read.rows.is_some() {
        faults.add(at, "fields 与 rows 只能写一个", "either `fields` or `rows`");
    }
    Some(RehearsedAct {
        day: day?,
        role: role?,
        who: read.who,
        action: read.action,
        within: read.within,
        rows: read.rows.or_else(|| read.fields.map(|row| vec![row])).unwrap_or_default(),
        way: read.way,
        expected: Expected {
            state: read.state,
            due: read.due,
            refused: read.refused,
            pending: read.pending,
            enters: read.enters,
            leaves: read.leaves,
            notice: read.notice,
            opens: read.opens,
            runs: read.runs,
            trial: read.trial,
        },
    })
}
