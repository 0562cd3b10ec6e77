//! A case as its rows say, with the rules it stays on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tanheng_base::{CaseId, Date, RegionCode, RegisterId, Role, Text};
use tanheng_filing::Casebook;
use tanheng_filing::procedure::{
    Act, Attempt, Case, Law, Paper, Procedure, Stage, Surroundings, Values,
};
use tanheng_rulebook::Rulebook;
use tanheng_store::record::{CaseAct, CaseFile, CasePaper, Enterprise, Membership};
use tanheng_store::{Database, StoreError};

use super::unknown;
use crate::Failure;
use crate::policy::{self, Action, Subject};
use crate::situation::{Rulebooks, Situation};

/// A case with everything it is decided by.
pub(crate) struct Running {
    pub(crate) file: CaseFile,
    pub(crate) case: Case,
    pub(crate) law: Arc<Rulebook>,
    pub(crate) casebook: Arc<Casebook>,
    pub(crate) region: Option<RegionCode>,
}

impl Running {
    /// A case by its row.
    pub(crate) fn load(
        sql: &Database,
        rulebooks: &Rulebooks,
        file: CaseFile,
    ) -> Result<Self, Failure> {
        let law = rulebooks.get(sql, &file.rulebook)?;
        let casebook = rulebooks.casebook(&law)?;
        let unreadable = |reason: String| Failure::Unreadable { sequence: file.entry, reason };
        let procedure = casebook
            .procedure(&file.procedure)
            .ok_or_else(|| unreadable(format!("no procedure {}", file.procedure)))?;
        let acts = CaseAct::of(sql, &file.id)?.iter().map(act).collect::<Result<Vec<_>, _>>()?;
        let papers =
            CasePaper::of(sql, &file.id)?.iter().map(paper).collect::<Result<Vec<_>, _>>()?;
        let key: Values =
            serde_json::from_str(&file.content).map_err(|error| unreadable(error.to_string()))?;
        let case = Case::of(procedure, key, &acts, papers)
            .ok_or_else(|| unreadable(format!("case {} has no first act", file.id)))?;
        let region = region_of(sql, &file, &law)?;
        Ok(Self { file, case, law, casebook, region })
    }

    /// A case in which somebody wishes to act: seen, and permitted by the policy; `step` is the
    /// action of the procedure, where one is chosen.
    pub(crate) fn authorised(
        situation: &Situation<'_>,
        id: &CaseId,
        action: Action,
        step: Option<&str>,
    ) -> Result<Self, Failure> {
        let scope = policy::case_scope(situation.actor);
        let file = CaseFile::seen(situation.sql, &scope, id)?;
        let file = file.ok_or_else(|| unknown(id.as_str()))?;
        let running = Self::load(situation.sql, situation.rulebooks, file)?;
        let mine = policy::organisation(situation.actor);
        let file = &running.file;
        let near = file.opened_for == mine || file.assigned.contains(&format!(" {mine} "));
        let permitted = action.allowed().iter().any(|(role, _)| *role == situation.actor.role);
        let step = step.and_then(|name| running.procedure().ok()?.action(name));
        let anybody = file.public && step.is_some_and(|step| step.anybody);
        if !(permitted && (near && action != Action::ServeNotice || anybody)) {
            situation.authorise(action, subject(file))?;
        }
        Ok(running)
    }

    pub(crate) fn procedure(&self) -> Result<&Procedure, Failure> {
        self.casebook.procedure(&self.file.procedure).ok_or_else(|| Failure::Unreadable {
            sequence: self.file.entry,
            reason: format!("no procedure {}", self.file.procedure),
        })
    }

    /// Runs `work` with what an act is decided in.
    pub(crate) fn with<T>(
        &self,
        sql: &Database,
        work: impl FnOnce(&Surroundings<'_>) -> T,
    ) -> Result<T, Failure> {
        let children = CaseFile::children(sql, &self.file.id)?;
        let open = children.iter().filter(|child| !child.closed).count();
        let members = Members::new(sql);
        let lookup = |register: &RegisterId| members.of(register);
        let around = Surroundings {
            casebook: &self.casebook,
            law: self.rules(),
            subject: subject_text(&self.file),
            open_children: open,
            members: &lookup,
        };
        let done = work(&around);
        members.settled()?;
        Ok(done)
    }

    pub(crate) fn rules(&self) -> Law<'_> {
        Law { rulebook: Some(&self.law), region: self.region.clone() }
    }

    /// Whether the last act, of the same day, said the same: sent again it is no change.
    pub(super) fn repeats(
        &self,
        situation: &Situation<'_>,
        action: &str,
        rows: &[Values],
    ) -> Option<i64> {
        let last = self.case.acts.last()?;
        let own = last.person == situation.actor.id.as_str();
        let made = matches!(last.stage, Stage::Done | Stage::Proposed) && last.answers.is_none();
        let paper = self.case.papers.iter().find(|paper| paper.number == last.number);
        let read = |paper: &Paper| {
            let form = self.casebook.form(&paper.form)?;
            tanheng_filing::check_rows(form, rows).ok()
        };
        let same = paper.map_or(rows.is_empty(), |paper| read(paper).as_ref() == Some(&paper.rows));
        let today = today(situation).is_ok_and(|today| today == last.day);
        (own && made && same && today && last.action == action).then_some(self.file.entry)
    }
}

/// The members of registers, each read when it is first asked for. Whoever asked looks
/// afterwards whether all could be read.
pub(super) struct Members<'a> {
    sql: &'a Database,
    read: RefCell<BTreeMap<RegisterId, BTreeSet<String>>>,
    failed: RefCell<Option<StoreError>>,
}

impl<'a> Members<'a> {
    pub(super) fn new(sql: &'a Database) -> Self {
        Self { sql, read: RefCell::default(), failed: RefCell::default() }
    }

    pub(super) fn of(&self, register: &RegisterId) -> BTreeSet<String> {
        if let Some(known) = self.read.borrow().get(register) {
            return known.clone();
        }
        let members: BTreeSet<String> = match Membership::on(self.sql, register, None) {
            Ok(rows) => rows.into_iter().map(|row| row.member).collect(),
            Err(error) => {
                self.failed.replace(Some(error));
                BTreeSet::new()
            }
        };
        self.read.borrow_mut().insert(register.clone(), members.clone());
        members
    }

    /// The failure of a register that could not be read.
    pub(super) fn settled(&self) -> Result<(), Failure> {
        self.failed.take().map_or(Ok(()), |error| Err(error.into()))
    }
}

/// What a case is about, as the policy asks.
pub(crate) fn subject(file: &CaseFile) -> Subject<'_> {
    match (&file.enterprise, &file.region) {
        (Some(enterprise), _) => Subject::Enterprise(enterprise),
        (None, Some(region)) => Subject::Region(region),
        (None, None) => Subject::Common,
    }
}

pub(super) fn subject_text(file: &CaseFile) -> Option<&str> {
    let enterprise = file.enterprise.as_ref().map(tanheng_base::EnterpriseId::as_str);
    enterprise.or(file.region.as_ref().map(RegionCode::as_str))
}

/// The region whose rules bind a case: of its subject, or that of the rulebook.
fn region_of(
    sql: &Database,
    file: &CaseFile,
    law: &Rulebook,
) -> Result<Option<RegionCode>, Failure> {
    if let Some(region) = &file.region {
        return Ok(Some(region.clone()));
    }
    let enterprise = file.enterprise.as_ref().map(|id| Enterprise::find(sql, id)).transpose()?;
    let own = enterprise.flatten().map(|found| found.region);
    Ok(own.or_else(|| super::home(law)))
}

/// Who tries to act, today.
pub(super) fn attempt<'a>(
    situation: &'a Situation<'_>,
    organisation: &'a str,
) -> Result<Attempt<'a>, Failure> {
    let (person, role) = (situation.actor.id.as_str(), situation.actor.role);
    Ok(Attempt { person, organisation, role, day: today(situation)? })
}

pub(super) fn today(situation: &Situation<'_>) -> Result<Date, Failure> {
    situation.now.date().ok_or_else(|| {
        Failure::refuse(
            "case.time",
            Text::new("时间超出日历范围", "the time is outside the calendar"),
            Text::new("请核对系统时间", "check the system clock"),
        )
    })
}

/// What was filled in, by the titles of the form; without `whole` only what is not
/// confidential. Whether something was left out comes second.
pub(crate) fn shown_rows(
    casebook: &Casebook,
    paper: &Paper,
    whole: bool,
) -> (Vec<Vec<(Text, String)>>, bool) {
    let Some(form) = casebook.form(&paper.form) else { return (Vec::new(), true) };
    let mut left_out = false;
    let mut rows = Vec::new();
    for row in &paper.rows {
        let mut shown = Vec::new();
        for field in &form.fields {
            let Some(value) = row.get(&field.name) else { continue };
            if whole || !field.confidential {
                shown.push((field.title.clone(), value.clone()));
            } else {
                left_out = true;
            }
        }
        rows.push(shown);
    }
    (rows, left_out)
}

fn act(row: &CaseAct) -> Result<Act, Failure> {
    let unreadable =
        |what: &str| Failure::Unreadable { sequence: row.entry, reason: what.to_owned() };
    let stages = [Stage::Done, Stage::Proposed, Stage::Declined, Stage::Served];
    let stage = stages.into_iter().find(|stage| stage.name() == row.stage);
    let role = Role::ALL.into_iter().find(|role| role.name() == row.role);
    let number = |number: i64| u32::try_from(number).map_err(|_| unreadable("act number"));
    Ok(Act {
        number: number(row.number)?,
        action: row.action.clone(),
        stage: stage.ok_or_else(|| unreadable("stage"))?,
        person: row.person.to_string(),
        organisation: row.organisation.clone(),
        role: role.ok_or_else(|| unreadable("role"))?,
        day: row.day,
        from: row.state_from.clone(),
        state: row.state.clone(),
        entered: row.entered,
        answers: row.answers.map(number).transpose()?,
        notice: row.notice.clone(),
        trial: row.trial,
    })
}

fn paper(row: &CasePaper) -> Result<Paper, Failure> {
    let unreadable = |reason: String| Failure::Unreadable { sequence: row.entry, reason };
    let rows = serde_json::from_str(&row.content).map_err(|error| unreadable(error.to_string()))?;
    let number = u32::try_from(row.number).map_err(|error| unreadable(error.to_string()))?;
    Ok(Paper { number, form: row.form.clone(), rows })
}
