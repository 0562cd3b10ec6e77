//! Carrying out what an act brings about, in the entry of the act.

use serde_json::Value as Json;
use tanheng_base::{ActorId, CaseId, Text};
use tanheng_filing::Casebook;
use tanheng_filing::procedure::{
    Attempt, Case, Law, Move, NoticeIssued, Order, Paper, Procedure, Stage, Step, open_exists,
};
use tanheng_store::record::{CaseAct, CaseFile, CasePaper, Membership, NoticeRow};

use super::open::case_id;
use crate::command::Command;
use crate::outcome::{Decision, Outcome};
use crate::situation::Situation;
use crate::{EXAMPLE_MARK, Failure};

/// A step that was decided, and the file it belongs to.
pub(super) struct Carried<'a> {
    pub(super) file: CaseFile,
    pub(super) step: Step,
    pub(super) law: Law<'a>,
    pub(super) casebook: &'a Casebook,
    pub(super) attempt: Attempt<'a>,
}

/// The roles that a procedure shows its cases to, as they are stored.
pub(super) fn seen_by(procedure: &Procedure) -> String {
    procedure.seen_by.iter().map(|role| format!(" {} ", role.name())).collect()
}

/// Puts the rows of a step and carries out its orders.
pub(super) fn carry(
    situation: &Situation<'_>,
    carried: Carried<'_>,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let procedure = procedure(&carried)?;
    let case = &carried.step.case;
    let Some(act) = case.acts.last() else {
        return Err(Failure::Evidence("a step without an act".to_owned()));
    };
    let mut file = standing(&carried, procedure, case, situation.sequence);
    file.trial |= act.trial;
    put_act(&file.id, case, situation, outcome)?;
    tell(outcome, "act", act.number)?;
    tell(outcome, "state", &file.state)?;
    tell(outcome, "due", file.due.map(|day| day.to_string()))?;
    tell(outcome, "pending", file.pending)?;
    tell(outcome, "trial", act.trial)?;
    if let Some(judged) = &carried.step.judged {
        // The values stand in the paper, which can be erased; this stays.
        let inputs: Vec<&String> = judged.inputs.keys().collect();
        let told = serde_json::json!({
            "method": judged.method,
            "result": judged.result,
            "trial": judged.trial,
            "example": judged.example,
            "inputs": inputs,
        });
        tell(outcome, "judged", told)?;
        if judged.example {
            outcome.mark(EXAMPLE_MARK);
        }
    }
    let mut withheld = Vec::new();
    for order in &carried.step.orders {
        match order {
            // A trial decides nothing: it moves no register and determines no figure.
            Order::Move(change) if act.trial => withheld.push(change.register.to_string()),
            Order::Run { command, .. } if act.trial => withheld.push(command.clone()),
            Order::Move(change) => {
                move_member(situation, &file, act.number, change, &carried, outcome)?
            }
            Order::Run { command, fields } => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), value.clone()));
                run(situation, command, fields.collect(), outcome)?;
            }
            Order::Notice(issued) => {
                issue(situation, &file, act.number, issued, &carried, outcome)?
            }
            Order::Open(id) => {
                let Some(child) = carried.casebook.procedure(id) else { continue };
                open_child(situation, &file, child, &carried, outcome)?;
            }
        }
    }
    if !withheld.is_empty() {
        tell(outcome, "withheld", withheld)?;
    }
    outcome.put(&file)
}

fn procedure<'a>(carried: &Carried<'a>) -> Result<&'a Procedure, Failure> {
    carried.casebook.procedure(&carried.file.procedure).ok_or_else(|| Failure::Unreadable {
        sequence: carried.file.entry,
        reason: format!("no procedure {}", carried.file.procedure),
    })
}

fn tell(outcome: &mut Outcome, name: &str, value: impl serde::Serialize) -> Result<(), Failure> {
    let told = std::mem::take(outcome).field(name, value)?;
    *outcome = told;
    Ok(())
}

/// The file after an act.
fn standing(carried: &Carried<'_>, procedure: &Procedure, case: &Case, entry: i64) -> CaseFile {
    let state = case.state_in(procedure);
    let due = case.due(procedure, &carried.casebook.calendar, &carried.law);
    let assigned = procedure.actions.iter().filter_map(|action| action.assigned.as_ref());
    let assigned = assigned.filter_map(|field| case.value(field));
    CaseFile {
        state: case.state.clone(),
        turn: state.and_then(|state| state.with).map(|role| role.name().to_owned()),
        public: state.is_some_and(|state| state.public),
        closed: case.closed(procedure),
        pending: case.pending.is_some(),
        entered: case.clock.entered,
        due: due.map(|due| due.day),
        certain: due.is_none_or(|due| due.certain),
        assigned: assigned.map(|organisation| format!(" {organisation} ")).collect(),
        entry,
        ..carried.file.clone()
    }
}

/// The last act of a case and its paper.
fn put_act(
    id: &CaseId,
    case: &Case,
    situation: &Situation<'_>,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let Some(act) = case.acts.last() else { return Ok(()) };
    let person: ActorId = situation.actor.id.clone();
    let stage: Stage = act.stage;
    outcome.put(&CaseAct {
        case_id: id.clone(),
        number: i64::from(act.number),
        action: act.action.clone(),
        stage: stage.name().to_owned(),
        person,
        organisation: act.organisation.clone(),
        role: act.role.name().to_owned(),
        day: act.day,
        state_from: act.from.clone(),
        state: act.state.clone(),
        entered: act.entered,
        answers: act.answers.map(i64::from),
        notice: act.notice.clone(),
        trial: act.trial,
        entry: situation.sequence,
    })?;
    let Some(paper) = case.papers.iter().find(|paper| paper.number == act.number) else {
        return Ok(());
    };
    outcome.put_confidential(&CasePaper {
        case_id: id.clone(),
        number: i64::from(paper.number),
        form: paper.form.clone(),
        content: json(&paper.rows)?,
        entry: situation.sequence,
    })
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Evidence(error.to_string()))
}

fn move_member(
    situation: &Situation<'_>,
    file: &CaseFile,
    act: u32,
    change: &Move,
    carried: &Carried<'_>,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let (day, act, entry) = (carried.attempt.day, i64::from(act), situation.sequence);
    let stays = Membership::stays(situation.sql, &change.register, &change.member)?;
    let current = stays.first().filter(|stay| stay.until.is_none());
    let row = match (change.enter, current) {
        (true, Some(stay)) => Membership {
            reviewed: day,
            content: json(&change.columns)?,
            case_id: file.id.clone(),
            act,
            entry,
            ..stay.clone()
        },
        (true, None) => Membership {
            register: change.register.clone(),
            member: change.member.clone(),
            stay: stays.first().map_or(1, |last| last.stay + 1),
            since: day,
            reviewed: day,
            until: None,
            content: json(&change.columns)?,
            case_id: file.id.clone(),
            act,
            left_case: None,
            left_act: None,
            entry,
        },
        (false, Some(stay)) => Membership {
            until: Some(day),
            left_case: Some(file.id.clone()),
            left_act: Some(act),
            entry,
            ..stay.clone()
        },
        (false, None) => return Ok(()),
    };
    let count = if change.enter { "entered" } else { "left" };
    let name = format!("{}:{count}", change.register);
    let so_far = outcome.fields.get(&name).and_then(Json::as_i64).unwrap_or(0);
    tell(outcome, &name, so_far + 1)?;
    outcome.put(&row)
}

/// The next number of its kind and year, so that there is no gap.
fn issue(
    situation: &Situation<'_>,
    file: &CaseFile,
    act: u32,
    issued: &NoticeIssued,
    carried: &Carried<'_>,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let Some(kind) = procedure(carried)?.notice(&issued.notice) else { return Ok(()) };
    let day = carried.attempt.day;
    let year = i64::from(day.year());
    let serial = NoticeRow::last_serial(situation.sql, &kind.id, year)? + 1;
    let number =
        kind.number.replace("{year}", &year.to_string()).replace("{serial}", &serial.to_string());
    let id = format!("{}/{year}/{serial}", kind.id);
    tell(outcome, "notice", &id)?;
    tell(outcome, "notice_number", &number)?;
    outcome.put(&NoticeRow {
        id,
        kind: kind.id.clone(),
        year,
        serial,
        number,
        case_id: file.id.clone(),
        act: i64::from(act),
        enterprise: file.enterprise.clone(),
        recipient: issued.to.name().to_owned(),
        issued: day,
        served: None,
        way: None,
        evidence: None,
        served_by: None,
        entry: situation.sequence,
    })
}

fn open_child(
    situation: &Situation<'_>,
    parent: &CaseFile,
    child: &Procedure,
    carried: &Carried<'_>,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let case = &carried.step.case;
    let number = case.acts.last().map(|act| act.answers.unwrap_or(act.number));
    let paper: Option<&Paper> = case.papers.iter().find(|paper| Some(paper.number) == number);
    let opened = child.open_child(&carried.attempt, case.key.clone(), paper.cloned());
    let Some(opened) = opened else { return Ok(()) };
    if child.key.is_some() {
        let subject = super::load::subject_text(parent);
        let content = json(&opened.key)?;
        let open = CaseFile::open_of(situation.sql, &child.id, subject)?;
        if let Some(same) = open.iter().find(|other| other.content == content) {
            return Err(open_exists(child, Some(same.id.as_str())).into());
        }
    }
    let id = case_id(situation.sequence, 1)?;
    let day = carried.attempt.day;
    let file = CaseFile {
        id: id.clone(),
        number: situation.sequence,
        procedure: child.id.clone(),
        content: json(&opened.key)?,
        opened: day,
        parent: Some(parent.id.clone()),
        opened_by: situation.actor.id.clone(),
        opened_for: carried.attempt.organisation.to_owned(),
        seen_by: seen_by(child),
        trial: false,
        ..parent.clone()
    };
    let (law, attempt) = (carried.law.clone(), carried.attempt.clone());
    let step = Step { case: opened.clone(), orders: Vec::new(), judged: None };
    let child_carried = Carried { file, step, law, casebook: carried.casebook, attempt };
    let file = standing(&child_carried, child, &opened, situation.sequence);
    put_act(&id, &opened, situation, outcome)?;
    tell(outcome, "opened", &id)?;
    outcome.put(&file)
}

/// Decides a command of the book within the entry. It needs its own permission too.
fn run(
    situation: &Situation<'_>,
    kind: &str,
    fields: serde_json::Map<String, Json>,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let command = read_command(kind, fields)?;
    match command.decide(situation)? {
        Decision::Same(_) => {}
        Decision::New(more) => {
            outcome.changes.extend(more.changes);
            outcome.confidential.extend(more.confidential);
            for mark in &more.marks {
                outcome.mark(mark);
            }
            tell(outcome, "ran", serde_json::json!({ "command": kind, "outcome": more.fields }))?;
        }
    }
    Ok(())
}

/// Texts of a case stand for numbers where the command asks for numbers.
fn read_command(kind: &str, fields: serde_json::Map<String, Json>) -> Result<Command, Failure> {
    let family = kind.split('.').next().unwrap_or_default();
    let able = ["report", "verification", "ledger", "plan", "list"].contains(&family);
    let numbers = || {
        let number = |value: Json| match value.as_str().and_then(|text| text.parse::<i64>().ok()) {
            Some(number) if value.as_str().is_some_and(|text| text.len() < 10) => {
                Json::from(number)
            }
            _ => value,
        };
        fields.clone().into_iter().map(|(name, value)| (name, number(value))).collect()
    };
    if able {
        for tried in [Json::Object(fields.clone()), Json::Object(numbers())] {
            if let Ok(command) = Command::from_json(kind, tried) {
                return Ok(command);
            }
        }
    }
    Err(Failure::refuse(
        "case.run",
        Text::new(
            format!("流程所写的指令 `{kind}` 无法执行"),
            format!("the command `{kind}` of the procedure cannot be run"),
        ),
        Text::new("核对流程的 run 一节", "check `run` in the procedure"),
    ))
}
