//! What an act brings about outside its case.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;
use tanheng_base::{NoticeId, Problem, ProcedureId, RegisterId, Role};

use super::{Action, Case, Surroundings, refuse};
use crate::procedure::{Effect, Procedure, Run, Values};
use crate::register::MemberKind;

/// Something that is to be done with an act.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Open a case of another procedure on the same subject.
    Open(ProcedureId),
    /// Issue a notice.
    Notice(NoticeIssued),
    /// Decide a command of the book.
    Run {
        /// The kind of command.
        command: String,
        /// Its fields.
        fields: BTreeMap<String, Json>,
    },
    /// Change a register.
    Move(Move),
}

/// A notice to be numbered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeIssued {
    /// Its kind.
    pub notice: NoticeId,
    /// Whom it is for.
    pub to: Role,
}

/// A member enters a register or leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The register.
    pub register: RegisterId,
    /// The member.
    pub member: String,
    /// It enters; leaves otherwise.
    pub enter: bool,
    /// What the register says of it.
    pub columns: Values,
}

pub(super) fn orders(
    procedure: &Procedure,
    action: &Action,
    case: &Case,
    around: &Surroundings<'_>,
) -> Result<Vec<Order>, Vec<Problem>> {
    let mut orders = Vec::new();
    if let Some(run) = &action.run {
        orders.push(command(run, case, around)?);
    }
    for effect in &action.effects {
        moves(effect, case, around, &mut orders)?;
    }
    if let Some(notice) = action.notice.as_ref().and_then(|id| procedure.notice(id)) {
        orders.push(Order::Notice(NoticeIssued { notice: notice.id.clone(), to: notice.to }));
    }
    orders.extend(action.opens.clone().map(Order::Open));
    Ok(orders)
}

fn moves(
    effect: &Effect,
    case: &Case,
    around: &Surroundings<'_>,
    orders: &mut Vec<Order>,
) -> Result<(), Vec<Problem>> {
    let register = around.casebook.register(&effect.register);
    let register = register.ok_or_else(|| vec![refuse::unsound(effect.register.as_str())])?;
    let none = Values::new();
    let members: Vec<(String, &Values)> = match &effect.member {
        None => {
            let subject = around.subject.ok_or_else(|| vec![refuse::no_member("subject")])?;
            vec![(subject.to_owned(), &none)]
        }
        Some(field) => match (case.key.get(field), case.paper_with(field)) {
            (Some(value), _) => vec![(value.clone(), &none)],
            (None, Some(paper)) => {
                let named = |row| Some((Values::get(row, field)?.clone(), row));
                paper.rows.iter().filter_map(named).collect()
            }
            (None, None) => return Err(vec![refuse::no_member(field)]),
        },
    };
    let mut wrong = Vec::new();
    if effect.replace {
        let named: BTreeSet<&str> = members.iter().map(|(member, _)| member.as_str()).collect();
        let before = (around.members)(&effect.register);
        let leaving = before.into_iter().filter(|member| !named.contains(member.as_str()));
        orders.extend(leaving.map(|member| {
            let (register, columns) = (effect.register.clone(), Values::new());
            Order::Move(Move { register, member, enter: false, columns })
        }));
    }
    let mut moved = BTreeSet::new();
    for (member, row) in members {
        // named in several rows it moves once, with what the first of them says
        if !moved.insert(member.clone()) {
            continue;
        }
        let coded = register.member == MemberKind::Enterprise;
        if coded && let Err(problem) = member.parse::<tanheng_base::EnterpriseId>() {
            wrong.push(problem);
            continue;
        }
        if !effect.enter && !(around.members)(&effect.register).contains(&member) {
            wrong.push(refuse::not_member(&effect.register, &member));
            continue;
        }
        let column = |name: &String| {
            let value = row.get(name).map(String::as_str).or_else(|| case.value(name))?;
            Some((name.clone(), value.to_owned()))
        };
        orders.push(Order::Move(Move {
            register: effect.register.clone(),
            member,
            enter: effect.enter,
            columns: register.columns.iter().filter_map(column).collect(),
        }));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn command(run: &Run, case: &Case, around: &Surroundings<'_>) -> Result<Order, Vec<Problem>> {
    let mut fields = BTreeMap::new();
    for (name, text) in &run.with {
        let value = match text.strip_prefix('$') {
            None => Json::String(text.clone()),
            Some("enterprise" | "region" | "subject") => {
                around.subject.map_or(Json::Null, Json::from)
            }
            Some(wanted) => match case.value(wanted) {
                None => return Err(vec![refuse::key_missing(wanted)]),
                Some(found) => Json::String(found.to_owned()),
            },
        };
        fields.insert(name.clone(), value);
    }
    Ok(Order::Run { command: run.command.clone(), fields })
}
