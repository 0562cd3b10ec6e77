//! Confirming or declining what another person proposed in a case.

use serde::{Deserialize, Serialize};
use tanheng_base::CaseId;
use tanheng_filing::procedure::Stage;

use super::Running;
use super::carry::{Carried, carry};
use super::load::attempt;
use crate::Failure;
use crate::command::UseCase;
use crate::outcome::{Decision, Outcome};
use crate::policy::{self, Action};
use crate::situation::Situation;

/// The second person of an act of two.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The case.
    pub case: CaseId,
    /// The number of the act that proposed it, as the second person saw it.
    pub act: u32,
    /// It shall take place; otherwise it is declined.
    pub accept: bool,
}

impl UseCase for Confirm {
    const KIND: &'static str = "case.confirm";

    fn decide(&self, situation: &Situation<'_>) -> Result<Decision, Failure> {
        let running = Running::authorised(situation, &self.case, Action::ConfirmCase, None)?;
        let answered = running.case.acts.last().filter(|last| {
            last.answers == Some(self.act)
                && last.stage != Stage::Served
                && last.person == situation.actor.id.as_str()
        });
        if answered.is_some() {
            return Ok(Decision::Same(running.file.entry));
        }
        let organisation = policy::organisation(situation.actor);
        let attempt = attempt(situation, &organisation)?;
        let procedure = running.procedure()?;
        let step = running.with(situation.sql, |around| {
            // what waits must be what was looked at
            running.case.confirm_act(procedure, (self.act, self.accept), &attempt, around)
        })??;
        let mut outcome = Outcome::new().field("case", &self.case)?;
        let (file, law) = (running.file.clone(), running.rules());
        let carried = Carried { file, step, law, casebook: &running.casebook, attempt };
        carry(situation, carried, &mut outcome)?;
        Ok(Decision::New(outcome))
    }
}
