//! Deciding an act: who, when, in which state, with what; and what it brings about.

mod key;
mod law;
mod orders;
mod refusal;

use std::collections::BTreeSet;

use serde::Serialize;
use tanheng_base::{Date, Problem, RegisterId, Role};

pub use law::{Judged, Law};
pub use orders::{Move, NoticeIssued, Order};
pub use refusal::open_exists;

use super::case::{Act, Case, Paper, Stage, Values};
use super::{Action, OPEN, Procedure};
use crate::casebook::Casebook;
use refusal as refuse;

/// The reserved name of proof of service.
pub const SERVE: &str = "serve";
/// The reserved name of a second person's yes.
pub(super) const CONFIRM: &str = "confirm";
/// The reserved name of a second person's no.
pub(super) const DECLINE: &str = "decline";

/// Who tries to do something, and when.
#[derive(Debug, Clone)]
pub struct Attempt<'a> {
    /// Pseudonym.
    pub person: &'a str,
    /// Organisation.
    pub organisation: &'a str,
    /// Role.
    pub role: Role,
    /// The day.
    pub day: Date,
}

/// What an act is decided in.
pub struct Surroundings<'a> {
    /// Forms, registers and calendar.
    pub casebook: &'a Casebook,
    /// The rules.
    pub law: Law<'a>,
    /// The subject, where a case has one.
    pub subject: Option<&'a str>,
    /// Cases that were opened from this one and are not closed.
    pub open_children: usize,
    /// The members of a register.
    pub members: &'a dyn Fn(&RegisterId) -> BTreeSet<String>,
}

/// A notice whose service is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The number of the act that issued it.
    pub act: u32,
    /// The way in which it was served.
    pub way: String,
}

/// What an act makes of a case.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The case afterwards.
    pub case: Case,
    /// What is to be done with it.
    pub orders: Vec<Order>,
    /// What the rulebook said.
    pub judged: Option<Judged>,
}

impl Procedure {
    /// Opens a case: `key` holds those of its key fields that the form does not have.
    ///
    /// # Errors
    /// Why it cannot be opened; everything wrong with the form at once.
    pub fn open(
        &self,
        attempt: &Attempt<'_>,
        key: &Values,
        rows: Vec<Values>,
        around: &Surroundings<'_>,
    ) -> Result<Step, Vec<Problem>> {
        if !self.open.roles.contains(&attempt.role) {
            return Err(vec![refuse::role(&self.open, attempt)]);
        }
        let paper = paper(&self.open, 1, rows, around)?;
        let key = key::read(self, key, paper.as_ref(), around)?;
        let first = self.first_act(attempt);
        let papers: Vec<Paper> = paper.into_iter().collect();
        let opened = Case::of(self, key, std::slice::from_ref(&first), papers);
        let Some(mut case) = opened else { return Err(vec![refuse::unsound(&self.start)]) };
        key::check_years(self, &case)?;
        let judged = law::judge(&self.open, &case, attempt.day, around)?;
        case.acts[0].trial = judged.as_ref().is_some_and(|judged| judged.trial);
        let orders = orders::orders(self, &self.open, &case, around)?;
        Ok(Step { case, orders, judged })
    }

    /// Opens a case that an act of another brought about: its paper is that act's.
    #[must_use]
    pub fn open_child(
        &self,
        attempt: &Attempt<'_>,
        key: Values,
        paper: Option<Paper>,
    ) -> Option<Case> {
        let paper = paper.map(|paper| Paper { number: 1, ..paper });
        Case::of(self, key, &[self.first_act(attempt)], paper.into_iter().collect())
    }

    fn first_act(&self, attempt: &Attempt<'_>) -> Act {
        Act {
            number: 1,
            action: OPEN.to_owned(),
            stage: Stage::Done,
            person: attempt.person.to_owned(),
            organisation: attempt.organisation.to_owned(),
            role: attempt.role,
            day: attempt.day,
            from: None,
            state: self.start.clone(),
            entered: true,
            answers: None,
            notice: self.open.notice.clone(),
            trial: false,
        }
    }
}

impl Case {
    /// Does an action, or proposes one that takes two persons.
    ///
    /// # Errors
    /// Why it cannot be done; everything wrong with the form at once.
    pub fn act(
        &self,
        procedure: &Procedure,
        action: &str,
        attempt: &Attempt<'_>,
        rows: Vec<Values>,
        around: &Surroundings<'_>,
    ) -> Result<Step, Vec<Problem>> {
        let found = procedure.action(action).filter(|action| action.name != OPEN);
        let action = found.ok_or_else(|| vec![refuse::no_action(procedure, action)])?;
        self.may(procedure, action, attempt, around)?;
        let number = self.next_number();
        let paper = paper(action, number, rows, around)?;
        if !action.two_persons {
            return self.take_place(procedure, action, attempt, paper, None, around);
        }
        if let Some(pending) = self.pending.and_then(|number| self.act_of(number)) {
            return Err(vec![refuse::pending(pending)]);
        }
        // what cannot take place is not worth a second person's time
        self.take_place(procedure, action, attempt, paper.clone(), None, around)?;
        let mut case = self.clone();
        case.papers.extend(paper);
        case.push(procedure, self.act_now(attempt, &action.name, Stage::Proposed));
        Ok(Step { case, orders: Vec::new(), judged: None })
    }

    /// A second person confirms or declines what is proposed.
    ///
    /// # Errors
    /// Why not.
    pub fn confirm(
        &self,
        procedure: &Procedure,
        yes: bool,
        attempt: &Attempt<'_>,
        around: &Surroundings<'_>,
    ) -> Result<Step, Vec<Problem>> {
        let waits = self.pending.and_then(|number| self.act_of(number));
        let Some((proposal, action)) = waits.zip(self.proposed(procedure)) else {
            let proposals = self.acts.iter().filter(|act| act.stage == Stage::Proposed);
            return Err(vec![self.not_proposed(proposals.map(|act| act.number).next_back())]);
        };
        self.may_answer(procedure, action, attempt)?;
        if proposal.person == attempt.person {
            return Err(vec![refuse::same_person(proposal)]);
        }
        if yes {
            self.may(procedure, action, attempt, around)?;
            let number = Some(proposal.number);
            return self.take_place(procedure, action, attempt, None, number, around);
        }
        let mut case = self.clone();
        let answers = Some(proposal.number);
        let act = Act { answers, ..self.act_now(attempt, &action.name, Stage::Declined) };
        case.push(procedure, act);
        Ok(Step { case, orders: Vec::new(), judged: None })
    }

    /// The same, where the second person says which proposal it looked at: one that another act
    /// overtook is not confirmed.
    ///
    /// # Errors
    /// Why not.
    pub fn confirm_act(
        &self,
        procedure: &Procedure,
        (proposal, yes): (u32, bool),
        attempt: &Attempt<'_>,
        around: &Surroundings<'_>,
    ) -> Result<Step, Vec<Problem>> {
        if self.pending != Some(proposal) {
            return Err(vec![self.not_proposed(Some(proposal))]);
        }
        self.confirm(procedure, yes, attempt, around)
    }

    fn not_proposed(&self, proposal: Option<u32>) -> Problem {
        let fell = proposal.and_then(|number| Some((self.act_of(number)?, self.fell(number)?)));
        fell.map_or_else(refuse::nothing_proposed, |(act, by)| refuse::overtaken(act, by))
    }

    /// Records that a notice of the case was served.
    ///
    /// # Errors
    /// `case.no_notice` when the act issued none that waits for it, `case.way` when it is not to
    /// be served in this way.
    pub fn serve(
        &self,
        procedure: &Procedure,
        service: &Service,
        attempt: &Attempt<'_>,
    ) -> Result<Step, Vec<Problem>> {
        let before = |act: &Act| act.stage == Stage::Served && act.answers == Some(service.act);
        let issue = self.act_of(service.act).filter(|act| act.stage == Stage::Done);
        let issue = issue.filter(|_| !self.acts.iter().any(before));
        let notice = issue.and_then(|act| act.notice.clone());
        let kind = notice.as_ref().and_then(|id| procedure.notice(id));
        let Some((issue, kind)) = issue.zip(kind) else {
            return Err(vec![refuse::no_notice(service.act)]);
        };
        if issue.day > attempt.day {
            return Err(vec![refuse::day(issue, attempt)]);
        }
        if !kind.served.contains(&service.way) {
            return Err(vec![refuse::way(kind, &service.way)]);
        }
        let mut case = self.clone();
        let answers = Some(service.act);
        let act = self.act_now(attempt, SERVE, Stage::Served);
        case.push(procedure, Act { notice, answers, ..act });
        Ok(Step { case, orders: Vec::new(), judged: None })
    }

    /// The number of the last act that issued a notice.
    #[must_use]
    pub fn last_issue(&self) -> Option<u32> {
        let issued = |act: &&Act| act.stage == Stage::Done && act.notice.is_some();
        self.acts.iter().rev().find(issued).map(|act| act.number)
    }

    /// Who, in a case that is open: all that a no needs, so that a proposal whose time has passed
    /// does not wait for ever.
    fn may_answer(
        &self,
        procedure: &Procedure,
        action: &Action,
        attempt: &Attempt<'_>,
    ) -> Result<(), Vec<Problem>> {
        if self.closed(procedure) {
            return Err(vec![refuse::closed(self)]);
        }
        if !action.roles.contains(&attempt.role) {
            return Err(vec![refuse::role(action, attempt)]);
        }
        self.check_day(attempt)
    }

    /// Who, in which state, when.
    fn may(
        &self,
        procedure: &Procedure,
        action: &Action,
        attempt: &Attempt<'_>,
        around: &Surroundings<'_>,
    ) -> Result<(), Vec<Problem>> {
        let refused = |problem| Err(vec![problem]);
        if self.closed(procedure) {
            return refused(refuse::closed(self));
        }
        if !action.from.contains(&self.state) {
            return refused(refuse::state(procedure, self, action));
        }
        if !action.roles.contains(&attempt.role) {
            return refused(refuse::role(action, attempt));
        }
        self.check_day(attempt)?;
        for earlier in &action.unlike {
            if self.organisation_of(earlier) == Some(attempt.organisation) {
                return refused(refuse::same_organisation(earlier, attempt));
            }
        }
        if let Some(field) = &action.assigned
            && self.value(field) != Some(attempt.organisation)
        {
            return refused(refuse::not_assigned(field, attempt));
        }
        if action.after_due || action.before_due {
            self.in_time(procedure, action, attempt, around)?;
        }
        if action.children_closed && around.open_children > 0 {
            return refused(refuse::children(around.open_children));
        }
        Ok(())
    }

    /// Whether the time limit of the state lets an action take place.
    fn in_time(
        &self,
        procedure: &Procedure,
        action: &Action,
        attempt: &Attempt<'_>,
        around: &Surroundings<'_>,
    ) -> Result<(), Vec<Problem>> {
        let due = self.due(procedure, &around.casebook.calendar, &around.law);
        if due.is_none()
            && let Some(parameter) = self.days_open(procedure, &around.law)
        {
            return Err(vec![refuse::no_days(parameter, self.clock.entered)]);
        }
        let passed = due.map(|due| due.day < attempt.day);
        // a day that a decree may move further is not over
        if let Some(due) = due.filter(|due| !due.certain && passed == Some(true)) {
            return Err(vec![refuse::uncertain(due)]);
        }
        if passed == Some(action.after_due) {
            return Ok(());
        }
        Err(vec![refuse::time(action, due)])
    }

    fn check_day(&self, attempt: &Attempt<'_>) -> Result<(), Vec<Problem>> {
        match self.acts.iter().max_by_key(|act| act.day) {
            Some(last) if last.day > attempt.day => Err(vec![refuse::day(last, attempt)]),
            _ => Ok(()),
        }
    }

    fn act_now(&self, attempt: &Attempt<'_>, action: &str, stage: Stage) -> Act {
        Act {
            number: self.next_number(),
            action: action.to_owned(),
            stage,
            person: attempt.person.to_owned(),
            organisation: attempt.organisation.to_owned(),
            role: attempt.role,
            day: attempt.day,
            from: Some(self.state.clone()),
            state: self.state.clone(),
            entered: false,
            answers: None,
            notice: None,
            trial: false,
        }
    }

    fn take_place(
        &self,
        procedure: &Procedure,
        action: &Action,
        attempt: &Attempt<'_>,
        paper: Option<Paper>,
        answers: Option<u32>,
        around: &Surroundings<'_>,
    ) -> Result<Step, Vec<Problem>> {
        let mut case = self.clone();
        case.papers.extend(paper);
        let judged = law::judge(action, &case, attempt.day, around)?;
        let act = Act {
            state: action.to.clone().unwrap_or_else(|| self.state.clone()),
            entered: action.to.is_some(),
            answers,
            notice: action.notice.clone(),
            trial: judged.as_ref().is_some_and(|judged| judged.trial),
            ..self.act_now(attempt, &action.name, Stage::Done)
        };
        case.push(procedure, act);
        let orders = orders::orders(procedure, action, &case, around)?;
        Ok(Step { case, orders, judged })
    }
}

/// The paper of an act, as its form reads it.
fn paper(
    action: &Action,
    number: u32,
    rows: Vec<Values>,
    around: &Surroundings<'_>,
) -> Result<Option<Paper>, Vec<Problem>> {
    let Some(id) = &action.form else {
        return if rows.is_empty() { Ok(None) } else { Err(vec![refuse::no_form(action)]) };
    };
    let form = around.casebook.form(id).ok_or_else(|| vec![refuse::unsound(id.as_str())])?;
    if rows.is_empty() {
        return Err(vec![refuse::form_missing(action, id)]);
    }
    Ok(Some(Paper { number, form: id.clone(), rows: crate::check_rows(form, &rows)? }))
}
