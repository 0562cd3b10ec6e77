//! A case: what has happened, and what follows from it alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, FormId, NoticeId, Role};

use super::clock::Clock;
use super::{Action, Procedure, State};

/// Values by field name.
pub type Values = BTreeMap<String, String>;

/// What kind of act it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The action took place.
    Done,
    /// One person proposed it; another has to confirm.
    Proposed,
    /// Another person declined what was proposed.
    Declined,
    /// A notice was served.
    Served,
}

impl Stage {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Proposed => "proposed",
            Self::Declined => "declined",
            Self::Served => "served",
        }
    }
}

/// A step of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Its number within the case, from 1.
    pub number: u32,
    /// The action.
    pub action: String,
    /// What kind of act it was.
    pub stage: Stage,
    /// Pseudonym of who acted.
    pub person: String,
    /// The organisation for which it was done.
    pub organisation: String,
    /// In which role.
    pub role: Role,
    /// When.
    pub day: Date,
    /// The state before; none at the opening.
    pub from: Option<String>,
    /// The state after.
    pub state: String,
    /// A state was entered, be it the same again.
    pub entered: bool,
    /// The number of the act that it confirms or declines, or whose notice it served.
    pub answers: Option<u32>,
    /// The notice that it issued or served.
    pub notice: Option<NoticeId>,
    /// What the rulebook said rests on unverified values: a trial (试算).
    pub trial: bool,
}

/// What was filled in with an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// The number of the act.
    pub number: u32,
    /// The form.
    pub form: FormId,
    /// Its rows.
    pub rows: Vec<Values>,
}

/// A case of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// The values that tell it from other cases of the same subject.
    pub key: Values,
    /// The state.
    pub state: String,
    /// The clock of the state.
    pub clock: Clock,
    /// The clock that a question holds still.
    pub held: Option<Clock>,
    /// What has happened, in order.
    pub acts: Vec<Act>,
    /// What was filled in, in the order of the acts.
    pub papers: Vec<Paper>,
    /// The number of the act that proposed what awaits another person.
    pub pending: Option<u32>,
}

impl Case {
    /// A case from what has happened: everything else follows. `None` without an act, or where
    /// an act names a state that the procedure does not have.
    #[must_use]
    pub fn of(
        procedure: &Procedure,
        key: Values,
        acts: &[Act],
        papers: Vec<Paper>,
    ) -> Option<Self> {
        let (first, rest) = acts.split_first()?;
        let mut case = Self {
            key,
            state: first.state.clone(),
            clock: Clock::new(procedure, first),
            held: None,
            acts: vec![first.clone()],
            papers: Vec::new(),
            pending: None,
        };
        procedure.state(&case.state)?;
        for act in rest {
            procedure.state(&act.state)?;
            case.push(procedure, act.clone());
        }
        case.papers = papers;
        case.drop_void();
        Some(case)
    }

    /// Adds an act that was decided.
    pub(super) fn push(&mut self, procedure: &Procedure, act: Act) {
        match act.stage {
            Stage::Proposed => self.pending = Some(act.number),
            Stage::Declined => self.pending = None,
            // service may be proven while a question holds the clock still
            Stage::Served => {
                for clock in self.held.iter_mut().chain([&mut self.clock]) {
                    clock.served(&act);
                }
            }
            Stage::Done => {
                // what was proposed is what the papers said then: another paper ends it
                let filed = procedure.action(&act.action).is_some_and(|own| own.form.is_some());
                if act.answers.is_some() || act.entered || filed {
                    self.pending = None;
                }
                if act.entered {
                    self.enter(procedure, &act);
                }
            }
        }
        self.acts.push(act);
        self.drop_void();
    }

    /// What was filled in with a proposal that came to nothing counts no more.
    fn drop_void(&mut self) {
        let kept = self.papers.iter().filter(|paper| !self.void(paper.number)).cloned().collect();
        self.papers = kept;
    }

    /// Whether an act proposed what was declined or fell.
    #[must_use]
    pub fn void(&self, number: u32) -> bool {
        let proposed = |act: &Act| act.number == number && act.stage == Stage::Proposed;
        let confirmed = |act: &Act| act.answers == Some(number) && act.stage == Stage::Done;
        self.pending != Some(number)
            && self.acts.iter().any(proposed)
            && !self.acts.iter().any(confirmed)
    }

    /// A question stops the clock of the state that asked; coming back to it, the clock goes
    /// on. Every other way starts a new one.
    fn enter(&mut self, procedure: &Procedure, act: &Act) {
        let stopped = |name: &str| procedure.state(name).is_some_and(|state| state.stopped);
        let held = self.held.take();
        if stopped(&act.state) {
            self.held = if stopped(&self.state) { held } else { Some(self.clock.stop(act.day)) };
            self.clock = Clock::new(procedure, act);
        } else {
            let back = held.filter(|clock| clock.state == act.state);
            self.clock =
                back.map_or_else(|| Clock::new(procedure, act), |clock| clock.resume(act.day));
        }
        self.state.clone_from(&act.state);
    }

    /// The state with its definition.
    #[must_use]
    pub fn state_in<'a>(&self, procedure: &'a Procedure) -> Option<&'a State> {
        procedure.state(&self.state)
    }

    /// Whether nothing follows.
    #[must_use]
    pub fn closed(&self, procedure: &Procedure) -> bool {
        self.state_in(procedure).is_none_or(|state| state.end)
    }

    /// The act of a number.
    #[must_use]
    pub fn act_of(&self, number: u32) -> Option<&Act> {
        self.acts.iter().find(|act| act.number == number)
    }

    /// What an act proposed that awaits another person.
    #[must_use]
    pub fn proposed<'a>(&self, procedure: &'a Procedure) -> Option<&'a Action> {
        procedure.action(&self.act_of(self.pending?)?.action)
    }

    /// The act by which a proposal fell: it is neither answered nor waits any more.
    #[must_use]
    pub(super) fn fell(&self, proposal: u32) -> Option<&Act> {
        let answered = self.acts.iter().any(|act| act.answers == Some(proposal));
        if answered || self.pending == Some(proposal) {
            return None;
        }
        self.act_of(proposal).filter(|act| act.stage == Stage::Proposed)?;
        let after = self.acts.iter().filter(|act| act.number > proposal);
        after.filter(|act| act.stage == Stage::Done).find(|act| act.answers.is_none())
    }

    /// A value: of the key, or of the latest paper that has it in its first row.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let paper = || {
            let first =
                |paper: &'_ Paper| paper.rows.first().is_some_and(|row| row.contains_key(name));
            let found = self.papers.iter().rev().find(|paper| first(paper))?;
            found.rows.first()?.get(name)
        };
        self.key.get(name).or_else(paper).map(String::as_str)
    }

    /// The latest paper that has a field in any row.
    #[must_use]
    pub fn paper_with(&self, field: &str) -> Option<&Paper> {
        let has = |paper: &&Paper| paper.rows.iter().any(|row| row.contains_key(field));
        self.papers.iter().rev().find(has)
    }

    /// The organisation that did an action last.
    #[must_use]
    pub fn organisation_of(&self, action: &str) -> Option<&str> {
        let done = |act: &&Act| act.action == action && act.stage == Stage::Done;
        self.acts.iter().rev().find(done).map(|act| act.organisation.as_str())
    }

    /// The number of the next act.
    pub(super) fn next_number(&self) -> u32 {
        self.acts.last().map_or(1, |act| act.number.saturating_add(1))
    }
}
